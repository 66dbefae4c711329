"""Revocation: by serial number and by the lists of the CAs in a chain."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ObjectIdentifier

from crypto.errors import EncodingError, VerificationError
from tests.certificate_authority import (
    END,
    MIDDLE,
    NOW,
    PARTY,
    ROOT,
    SIGNING,
    Issued,
    issue,
    issue_authority,
    issue_party,
    key_usage,
    subject_name,
    verify,
)

LIST_URL = x509.UniformResourceIdentifier("http://crl.example/3079.crl")


def _list(issuer: Issued, *revoked: Issued, key: Any = None, **options: Any) -> bytes:
    start, end = options.get("start", NOW - timedelta(days=1)), options.get("end", NOW + timedelta(days=1))
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
    builder = builder.last_update(start).next_update(end)
    for one in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number)
        builder = builder.add_revoked_certificate(entry.revocation_date(start).build())
    for value, critical in options.get("extensions", ()):
        builder = builder.add_extension(value, critical)
    algorithm = options.get("algorithm", hashes.SHA256())
    return builder.sign(key or issuer.key, algorithm).public_bytes(Encoding.DER)


def _point(**scope: Any) -> x509.IssuingDistributionPoint:
    fields = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return x509.IssuingDistributionPoint(**{**fields, **scope})


def test_revoked_serial_is_refused() -> None:
    serial = PARTY.certificate.serial_number
    verify(PARTY, MIDDLE, revoked_serials={serial + 1})
    with pytest.raises(VerificationError, match="revoked"):
        verify(PARTY, MIDDLE, revoked_serials={serial})


def test_revocation_list_revokes_whom_it_names() -> None:
    other = issue_party(MIDDLE, SIGNING)
    verify(PARTY, MIDDLE, crls_der=[_list(MIDDLE, other)])
    with pytest.raises(VerificationError, match="is revoked"):
        verify(other, MIDDLE, crls_der=[_list(MIDDLE, other)])


def test_revoked_intermediate_is_refused() -> None:
    verify(PARTY, MIDDLE, crls_der=[_list(MIDDLE), _list(ROOT)])
    with pytest.raises(VerificationError, match="is revoked"):
        verify(PARTY, MIDDLE, crls_der=[_list(MIDDLE), _list(ROOT, MIDDLE)])


@pytest.mark.parametrize("crls", [[], [_list(ROOT)], [_list(issue_authority("Foreign CA"))]])
def test_no_list_of_the_issuer_is_refused(crls: list[bytes]) -> None:
    with pytest.raises(VerificationError, match="no revocation list"):
        verify(PARTY, MIDDLE, crls_der=crls)


@pytest.mark.parametrize(
    ("start", "end"),
    [(NOW - timedelta(days=9), NOW - timedelta(seconds=1)), (NOW + timedelta(seconds=1), END)],
    ids=["old", "of the future"],
)
def test_list_that_is_not_current_is_refused(start: datetime, end: datetime) -> None:
    with pytest.raises(VerificationError, match="not current"):
        verify(PARTY, MIDDLE, crls_der=[_list(MIDDLE, start=start, end=end)])


def test_list_signed_by_another_is_refused() -> None:
    with pytest.raises(VerificationError, match="not signed by the CA"):
        verify(PARTY, MIDDLE, crls_der=[_list(MIDDLE, key=ROOT.key)])


def test_list_of_a_ca_that_may_not_sign_lists_is_refused() -> None:
    constraints = (x509.BasicConstraints(ca=True, path_length=None), True)
    middle = issue(subject_name("No lists CA"), ROOT, [constraints, (key_usage("key_cert_sign"), True)])
    with pytest.raises(VerificationError, match="may not sign"):
        verify(issue_party(middle, SIGNING), middle, crls_der=[_list(middle)])


def test_list_signed_with_a_short_hash_is_refused() -> None:
    with pytest.raises(VerificationError, match="SHA-256"):
        verify(PARTY, MIDDLE, crls_der=[_list(MIDDLE, algorithm=hashes.SHA224())])


def test_list_split_by_distribution_point_covers_who_points_to_it() -> None:
    points = x509.CRLDistributionPoints([x509.DistributionPoint([LIST_URL], None, None, None)])
    pointing = issue_party(MIDDLE, SIGNING, (points, False))
    own = _list(MIDDLE, pointing, extensions=[(_point(full_name=[LIST_URL]), True)])
    other_url = x509.UniformResourceIdentifier("http://crl.example/3080.crl")
    other = _list(MIDDLE, pointing, extensions=[(_point(full_name=[other_url]), True)])
    with pytest.raises(VerificationError, match="is revoked"):
        verify(pointing, MIDDLE, crls_der=[own])
    with pytest.raises(VerificationError, match="no revocation list"):
        verify(pointing, MIDDLE, crls_der=[other])
    with pytest.raises(VerificationError, match="no revocation list"):
        verify(PARTY, MIDDLE, crls_der=[own])


@pytest.mark.parametrize(
    "extension",
    [
        _point(only_contains_ca_certs=True),
        _point(only_contains_attribute_certs=True),
        _point(indirect_crl=True),
        _point(only_some_reasons=frozenset([x509.ReasonFlags.key_compromise])),
        x509.DeltaCRLIndicator(1),
        x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\x05\x00"),
    ],
    ids=["CAs", "attributes", "indirect", "reasons", "delta", "unknown"],
)
def test_list_of_another_scope_covers_nobody(extension: x509.ExtensionType) -> None:
    with pytest.raises(VerificationError, match="no revocation list"):
        verify(PARTY, MIDDLE, crls_der=[_list(MIDDLE, extensions=[(extension, True)])])


def test_list_of_parties_alone_covers_parties() -> None:
    users = [(_point(only_contains_user_certs=True), True)]
    with pytest.raises(VerificationError, match="is revoked"):
        verify(PARTY, MIDDLE, crls_der=[_list(MIDDLE, PARTY, extensions=users)])
    verify(PARTY, MIDDLE, crls_der=[_list(MIDDLE), _list(ROOT, MIDDLE, extensions=users)])


def test_what_is_no_list_is_an_encoding_error() -> None:
    with pytest.raises(EncodingError):
        verify(PARTY, MIDDLE, crls_der=[b"junk"])

"""Chains of party certificates and every way such a chain can fail; what a party's key signed."""

import base64
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from crypto.certificates import verify_chain, verify_signature
from crypto.errors import EncodingError, VerificationError
from tests.certificate_authority import (
    END,
    MIDDLE,
    NOW,
    PARTY,
    ROOT,
    SIGNING,
    START,
    Extension,
    issue,
    issue_authority,
    issue_party,
    key_usage,
    subject_name,
    verify,
)

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def test_good_chain_gives_what_the_certificate_says() -> None:
    party = verify(PARTY, MIDDLE)
    assert party.common_name == "甲公司@91110000"
    assert party.organization == "甲公司"
    assert int(party.serial, 16) == PARTY.certificate.serial_number
    assert (party.not_before, party.not_after) == (START, END)
    assert party.public_key == PARTY.key.public_key()
    assert party.fingerprint == PARTY.certificate.fingerprint(hashes.SHA256()).hex()
    verify_signature(party, PARTY.key.sign(b"challenge", ec.ECDSA(hashes.SHA256())), b"challenge")


def test_party_is_not_printed() -> None:
    assert "甲公司" not in repr(verify(PARTY, MIDDLE))


@pytest.mark.parametrize("usage", [[], [SIGNING], [(key_usage("digital_signature", "key_agreement"), False)]])
def test_certificate_without_alternative_name_is_accepted(usage: list[Extension]) -> None:
    verify(issue_party(ROOT, *usage))


def test_certificate_with_alternative_name_is_accepted() -> None:
    names = x509.SubjectAlternativeName(
        [x509.RFC822Name("bids@example.com"), x509.DirectoryName(subject_name("甲"))]
    )
    verify(issue_party(ROOT, SIGNING, (names, False)))


def test_subject_without_organization_is_accepted() -> None:
    assert verify(issue_party(ROOT, subject=subject_name("张三"))).organization is None


@pytest.mark.parametrize(
    "subject",
    [
        x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "甲公司")]),
        subject_name("甲公司", (NameOID.COMMON_NAME, "乙公司")),
        subject_name("甲公司", (NameOID.ORGANIZATION_NAME, "甲公司"), (NameOID.ORGANIZATION_NAME, "乙公司")),
    ],
    ids=["no common name", "two common names", "two organizations"],
)
def test_subject_that_does_not_name_one_party_is_refused(subject: x509.Name) -> None:
    with pytest.raises(VerificationError, match="common name"):
        verify(issue_party(ROOT, SIGNING, subject=subject))


@pytest.mark.parametrize("now", [START, END, datetime(2026, 1, 1, 8, tzinfo=timezone(timedelta(hours=8)))])
def test_first_and_last_second_are_within_validity(now: datetime) -> None:
    verify(PARTY, MIDDLE, now=now)


@pytest.mark.parametrize(
    "now",
    [
        START - timedelta(seconds=1),
        END + timedelta(seconds=1),
        datetime(2026, 1, 1, 7, 59, 59, tzinfo=timezone(timedelta(hours=8))),
    ],
    ids=["not yet", "expired", "not yet, Beijing time"],
)
def test_certificate_out_of_its_time_is_refused(now: datetime) -> None:
    with pytest.raises(VerificationError, match="not valid at validation time"):
        verify(PARTY, MIDDLE, now=now)


def test_expired_issuer_is_refused_though_the_party_is_not_expired() -> None:
    short = issue(
        subject_name("Short CA"),
        ROOT,
        [(x509.BasicConstraints(ca=True, path_length=None), True), (key_usage("key_cert_sign"), True)],
        days=(START, NOW - timedelta(days=1)),
    )
    with pytest.raises(VerificationError, match="not valid at validation time"):
        verify(issue_party(short, SIGNING), short)


def test_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        verify(PARTY, MIDDLE, now=NOW.replace(tzinfo=None))


def test_chain_to_another_root_of_the_same_name_is_refused() -> None:
    with pytest.raises(VerificationError, match="no valid chain"):
        verify(PARTY, MIDDLE, root=issue_authority("Root CA"))


def test_missing_intermediate_is_refused() -> None:
    with pytest.raises(VerificationError, match="no valid chain"):
        verify(PARTY)


def test_party_certificate_among_the_roots_vouches_for_nothing() -> None:
    with pytest.raises(VerificationError, match="among the roots"):
        verify_chain(PARTY.der, [], [PARTY.der, issue_authority("Other CA").der], NOW)


def test_no_root_at_all_is_refused() -> None:
    with pytest.raises(VerificationError, match="configured root"):
        verify_chain(PARTY.der, [MIDDLE.der], [], NOW)


@pytest.mark.parametrize(
    "extensions",
    [
        [(x509.BasicConstraints(ca=False, path_length=None), True), (key_usage("key_cert_sign"), True)],
        [(key_usage("key_cert_sign"), True)],
        [(x509.BasicConstraints(ca=True, path_length=None), True), (key_usage("digital_signature"), True)],
        [(x509.BasicConstraints(ca=True, path_length=None), True)],
        [SIGNING],
    ],
    ids=["not CA", "no constraints", "may not sign", "no usage", "another party"],
)
def test_intermediate_that_is_no_ca_is_refused(extensions: list[Extension]) -> None:
    middle = issue(subject_name("Not a CA"), ROOT, extensions)
    with pytest.raises(VerificationError, match="no valid chain"):
        verify(issue_party(middle, SIGNING), middle)


def test_path_length_is_kept() -> None:
    root = issue_authority("Short root", path_length=0)
    middle = issue_authority("Too deep CA", root)
    verify(issue_party(root, SIGNING), root=root)
    with pytest.raises(VerificationError, match="path length"):
        verify(issue_party(middle, SIGNING), middle, root=root)


@pytest.mark.parametrize("depth", [4, 5])
def test_chain_has_at_most_four_intermediates(depth: int) -> None:
    chain = [ROOT]
    for level in range(depth):
        chain.append(issue_authority(f"CA {level}", chain[-1]))
    leaf = issue_party(chain[-1], SIGNING)
    if depth <= 4:
        verify(leaf, *chain[1:])
    else:
        with pytest.raises(VerificationError, match="at most 4"):
            verify(leaf, *chain[1:])


@pytest.mark.parametrize(
    "extensions", [[], [SIGNING], [(key_usage("digital_signature", "key_cert_sign"), True)]]
)
def test_ca_as_a_party_is_refused(extensions: list[Extension]) -> None:
    constraints = (x509.BasicConstraints(ca=True, path_length=None), True)
    with pytest.raises(VerificationError, match="no valid chain"):
        verify(issue_party(ROOT, constraints, *extensions))


@pytest.mark.parametrize(
    "usage",
    [
        key_usage("key_encipherment"),
        key_usage("content_commitment"),
        key_usage("digital_signature", "key_cert_sign"),
    ],
    ids=["encryption certificate", "no digitalSignature", "keyCertSign"],
)
@pytest.mark.parametrize("critical", [True, False])
def test_key_that_is_not_for_signing_is_refused(usage: x509.KeyUsage, critical: bool) -> None:
    with pytest.raises(VerificationError, match="keyUsage"):
        verify(issue_party(ROOT, (usage, critical)))


def test_extended_key_usage_has_client_authentication() -> None:
    mail, client = ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.CLIENT_AUTH
    verify(issue_party(ROOT, SIGNING, (x509.ExtendedKeyUsage([mail, client]), False)))
    with pytest.raises(VerificationError, match="EKU"):
        verify(issue_party(ROOT, SIGNING, (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)))


def test_unknown_extension_is_refused_if_critical() -> None:
    unknown = x509.UnrecognizedExtension(ObjectIdentifier("1.2.156.10260.4.1.1"), b"\x05\x00")
    verify(issue_party(ROOT, SIGNING, (unknown, False)))
    with pytest.raises(VerificationError, match="critical"):
        verify(issue_party(ROOT, SIGNING, (unknown, True)))
    middle = issue_authority("Odd CA", ROOT, (unknown, True))
    with pytest.raises(VerificationError, match="critical"):
        verify(issue_party(middle, SIGNING), middle)


def test_ca_with_name_constraints_is_refused_for_the_library_would_not_hold_the_subject_to_them() -> None:
    tree = x509.DirectoryName(subject_name("乙公司"))
    middle = issue_authority("Constrained CA", ROOT, (x509.NameConstraints([tree], None), True))
    with pytest.raises(VerificationError, match="prohibited"):
        verify(issue_party(middle, SIGNING), middle)


@pytest.mark.parametrize(
    "key",
    [
        rsa.generate_private_key(65537, 1024),
        rsa.generate_private_key(65537, 2040),
        ec.generate_private_key(ec.SECP521R1()),
        ec.generate_private_key(ec.SECP256K1()),
    ],
    ids=["RSA 1024", "RSA 2040", "P-521", "secp256k1"],
)
def test_party_key_of_another_kind_or_too_short_is_refused(key: Key) -> None:
    with pytest.raises(VerificationError, match="RSA of 2048 bits or more"):
        verify(issue_party(ROOT, SIGNING, key=key))


def test_ca_key_that_is_too_short_is_refused() -> None:
    middle = issue_authority("Weak CA", ROOT, key=rsa.generate_private_key(65537, 1024))
    with pytest.raises(VerificationError, match="too weak"):
        verify(issue_party(middle, SIGNING), middle)


# Made with OpenSSL 3.0: a P-256 root, and a party certificate it signed with ecdsa-with-SHA1.
SHA1_ROOT = (
    "MIIBZDCCAQqgAwIBAgIUC+xYOnkgDHVwPD1k45KZpqzU/kIwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEcm9vdDAgFw0yNjExMjIx"
    "MjMwMThaGA8yMTI2MTAyOTEyMzAxOFowDzENMAsGA1UEAwwEcm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGjyKQ3NWabX"
    "cJvF0jQ31JKbYjv5D2CLXq136Ofh1E4bP7jXT2V1yGGILfLWSoUc+O9/JuoMmsJYv5AJRNAJeC6jQjBAMA8GA1UdEwEB/wQFMAMB"
    "Af8wDgYDVR0PAQH/BAQDAgEGMB0GA1UdDgQWBBRjM6NLguN9ryazT4pcQE2WmZs3xDAKBggqhkjOPQQDAgNIADBFAiEA3jx02Jhi"
    "AD162XWosZVepsPSyCwKXqKhcD5xA37SdSgCIAz+idht7H8IENAEvjdq+R8/KK6u675cnd8L0bAQWW2w"
)
SHA1_PARTY = (
    "MIIBZzCCAQ6gAwIBAgIBBTAJBgcqhkjOPQQBMA8xDTALBgNVBAMMBHJvb3QwIBcNMjYxMTIyMTIzMDE4WhgPMjEyNjEwMjkxMjMw"
    "MThaMBcxFTATBgNVBAMMDFNIQS0xIGJpZGRlcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLDoNz0tFdKmRn+9cP0VeYNGeL1P"
    "/FekjN8AJ3keYTnRa3WS/FsT53RhOufQxTKpNo1WT8JlzHmEK571473QVn6jUjBQMB8GA1UdIwQYMBaAFGMzo0uC432vJrNPilxA"
    "TZaZmzfEMA4GA1UdDwEB/wQEAwIHgDAdBgNVHQ4EFgQUfqcY2elGpvKt2mN4uivGNv9aTxkwCQYHKoZIzj0EAQNIADBFAiBjUNqY"
    "aNEteJavtdZF2pM33o9FLrWu+SFwzZYfTE4q7gIhANLx+YKZCEoq0eOY2o7sp5IIAzt1zzCb/W2BOxpw9pE6"
)
# Likewise: an SM2 root and party, sm2sign-with-sm3.
SM2_ROOT = (
    "MIIBhTCCASygAwIBAgIUU8hi+Rt+rkMIyH3JpiRCMgJZF8AwCgYIKoEcz1UBg3UwIDELMAkGA1UECgwCQ0ExETAPBgNVBAMMCFNN"
    "MiByb290MCAXDTI2MTEyMjEyMzAxOFoYDzIxMjYxMDI5MTIzMDE4WjAgMQswCQYDVQQKDAJDQTERMA8GA1UEAwwIU00yIHJvb3Qw"
    "WTATBgcqhkjOPQIBBggqgRzPVQGCLQNCAASM+51kvt3MvX2wXXwQvqf/D9G9mHunbf51fYJOepGvvT7FHqvaJPY6Z60GYlYkS/Bq"
    "AcCr/zKxzTUEoHlFBarDo0IwQDAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAdBgNVHQ4EFgQU5Zy/++sQDGZulZm5"
    "kUcPZxH2wPswCgYIKoEcz1UBg3UDRwAwRAIgAhSf45bjBklAtVwdhVUZkz5vsktW/+z2GnrLjsMwIScCIEyeUO0I8j0VLeBqdgqK"
    "+TFxdxxJ+OeNTVBvT4CVElEW"
)
SM2_PARTY = (
    "MIIBhDCCASqgAwIBAgIBBTAKBggqgRzPVQGDdTAgMQswCQYDVQQKDAJDQTERMA8GA1UEAwwIU00yIHJvb3QwIBcNMjYxMTIyMTIz"
    "MDE4WhgPMjEyNjEwMjkxMjMwMThaMCExCjAIBgNVBAoMAUIxEzARBgNVBAMMClNNMiBiaWRkZXIwWTATBgcqhkjOPQIBBggqgRzP"
    "VQGCLQNCAATy9DHVnjWAXyj0XfsKMc6nJpcjJFV0YvczCiiex4+WGK+my7keR3VwFoEbOTjA3Bf5qwUvwQFXkqNCuox0pjDjo1Iw"
    "UDAfBgNVHSMEGDAWgBTlnL/76xAMZm6VmbmRRw9nEfbA+zAOBgNVHQ8BAf8EBAMCB4AwHQYDVR0OBBYEFCaSMzcqHbe1nPBgdNCz"
    "7OpSrW64MAoGCCqBHM9VAYN1A0gAMEUCICKC7sMqBF3+aU85t+4W1OQO/QV0AwXGFmh14uVb0iPQAiEA6QUIgZkpM2OArkDi+J3S"
    "XjASxClEOlbxvJrcPxKCDFQ="
)


def test_sha1_signature_is_refused() -> None:
    root, party = base64.b64decode(SHA1_ROOT), base64.b64decode(SHA1_PARTY)
    with pytest.raises(VerificationError, match="Forbidden signature algorithm"):
        verify_chain(party, [], [root], datetime(2030, 1, 1, tzinfo=UTC))


def test_sm2_certificate_is_refused_by_name() -> None:
    root, party = base64.b64decode(SM2_ROOT), base64.b64decode(SM2_PARTY)
    with pytest.raises(VerificationError, match="SM2"):
        verify_chain(party, [], [root], datetime(2030, 1, 1, tzinfo=UTC))


def test_altered_certificate_is_refused() -> None:
    place = PARTY.der.index("甲公司".encode())
    altered = PARTY.der[:place] + "乙公司".encode() + PARTY.der[place + 9 :]
    with pytest.raises(VerificationError, match="signature"):
        verify_chain(altered, [MIDDLE.der], [ROOT.der], NOW)


@pytest.mark.parametrize("data", [b"", b"junk", PARTY.der[:-1], PARTY.der + b"\x00"])
def test_what_is_no_certificate_is_an_encoding_error(data: bytes) -> None:
    for leaf, middle, root in (
        (data, MIDDLE.der, ROOT.der),
        (PARTY.der, data, ROOT.der),
        (PARTY.der, MIDDLE.der, data),
    ):
        with pytest.raises(EncodingError):
            verify_chain(leaf, [middle], [root], NOW)


def test_unknown_version_of_certificate_is_an_encoding_error() -> None:
    version = PARTY.der.replace(bytes.fromhex("a003020102"), bytes.fromhex("a003020107"), 1)
    with pytest.raises(EncodingError):
        verify_chain(version, [MIDDLE.der], [ROOT.der], NOW)


def test_no_message_names_the_party() -> None:
    for now in START - timedelta(days=1), NOW:
        with pytest.raises(VerificationError) as caught:
            verify(PARTY, root=issue_authority("Root CA"), now=now)
        assert "甲公司" not in str(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None


def _sign(key: Key, message: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        digest = hashes.SHA256() if key.key_size == 256 else hashes.SHA384()
        return key.sign(message, ec.ECDSA(digest))
    return key.sign(message)


RSA_KEY = rsa.generate_private_key(65537, 2048)
SIGNERS: list[Key] = [
    RSA_KEY,
    ec.generate_private_key(ec.SECP256R1()),
    ec.generate_private_key(ec.SECP384R1()),
    ed25519.Ed25519PrivateKey.generate(),
]
signers = pytest.mark.parametrize("key", SIGNERS, ids=["RSA", "P-256", "P-384", "Ed25519"])


@signers
def test_signature_of_each_kind_of_key(key: Key) -> None:
    party = verify(issue_party(ROOT, SIGNING, key=key))
    signature = _sign(key, b"challenge")
    verify_signature(party, signature, b"challenge")
    for other in SIGNERS:
        if other is not key:
            with pytest.raises(VerificationError):
                verify_signature(party, _sign(other, b"challenge"), b"challenge")
    for wrong in b"", signature[:-1], signature + b"\x00":
        with pytest.raises(VerificationError):
            verify_signature(party, wrong, b"challenge")
    with pytest.raises(VerificationError):
        verify_signature(party, signature, b"challengf")


def test_signature_of_another_key_of_the_same_kind_is_refused() -> None:
    signature = _sign(ec.generate_private_key(ec.SECP256R1()), b"challenge")
    with pytest.raises(VerificationError):
        verify_signature(verify(PARTY, MIDDLE), signature, b"challenge")


def test_rsa_signature_in_another_padding_is_refused() -> None:
    party = verify(issue_party(ROOT, SIGNING, key=RSA_KEY))
    for pad in padding.PKCS1v15(), padding.PSS(padding.MGF1(hashes.SHA256()), 0):
        with pytest.raises(VerificationError):
            verify_signature(party, RSA_KEY.sign(b"challenge", pad, hashes.SHA256()), b"challenge")

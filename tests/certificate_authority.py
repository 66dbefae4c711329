"""A small certificate authority: a root, a CA below it, a party, and whatever a test wants made badly."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier

from crypto.certificates import PartyCertificate, verify_chain

Extension = tuple[x509.ExtensionType, bool]

START = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2027, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Issued:
    """A certificate and its secret key."""

    certificate: x509.Certificate
    key: Any

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


def key_usage(*names: str) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature="digital_signature" in names,
        content_commitment="content_commitment" in names,
        key_encipherment="key_encipherment" in names,
        data_encipherment=False,
        key_agreement="key_agreement" in names,
        key_cert_sign="key_cert_sign" in names,
        crl_sign="crl_sign" in names,
        encipher_only=False,
        decipher_only=False,
    )


def subject_name(common_name: str, *more: tuple[ObjectIdentifier, str]) -> x509.Name:
    pairs = [(NameOID.COMMON_NAME, common_name), *more]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in pairs])


def issue_authority(
    name: str,
    issuer: Issued | None = None,
    *extra: Extension,
    path_length: int | None = None,
    key: Any = None,
) -> Issued:
    constraints = (x509.BasicConstraints(ca=True, path_length=path_length), True)
    usage = (key_usage("key_cert_sign", "crl_sign"), True)
    return issue(subject_name(name), issuer, [constraints, usage, *extra], key)


def issue_party(
    issuer: Issued, *extra: Extension, key: Any = None, subject: x509.Name | None = None
) -> Issued:
    subject = subject or subject_name("甲公司@91110000", (NameOID.ORGANIZATION_NAME, "甲公司"))
    return issue(subject, issuer, extra, key)


def issue(
    subject: x509.Name,
    issuer: Issued | None,
    extensions: Sequence[Extension],
    key: Any = None,
    days: tuple[datetime, datetime] = (START, END),
) -> Issued:
    key = key or ec.generate_private_key(ec.SECP256R1())
    signer = issuer.key if issuer else key
    builder = x509.CertificateBuilder(
        issuer.certificate.subject if issuer else subject,
        subject,
        key.public_key(),
        x509.random_serial_number(),
        *days,
        [
            x509.Extension(value.oid, critical, value)
            for value, critical in (
                (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
                (x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False),
                *extensions,
            )
        ],
    )
    return Issued(builder.sign(signer, hashes.SHA256()), key)


SIGNING: Extension = (key_usage("digital_signature", "content_commitment"), True)
ROOT = issue_authority("Root CA")
MIDDLE = issue_authority("Issuing CA", ROOT)
PARTY = issue_party(MIDDLE, SIGNING)


def verify(
    leaf: Issued, *middle: Issued, root: Issued = ROOT, now: datetime = NOW, **options: Any
) -> PartyCertificate:
    return verify_chain(leaf.der, [one.der for one in middle], [root.der], now, **options)

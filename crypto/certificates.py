"""X.509 certificates of parties: from a configured root down to a key that signs (RFC 5280).

Path validation is `cryptography.x509.verification`; ours is the profile, stricter and laxer than the web's:

- no subjectAltName is needed: certificates that Chinese CAs give to companies name the holder in the subject;
- keyUsage, if present, has digitalSignature and not keyCertSign: of the usual pair of certificates only the
  signing one is taken, never the encryption one, whose secret key the CA's escrow also holds;
- extendedKeyUsage, if present, has clientAuth; an authorityKeyIdentifier is present;
- RSA of 2048 bits or more, P-256, P-384, and Ed25519 for the party itself; SHA-256 or better on every
  signature but the root's own;
- a CA with nameConstraints is refused: the library holds them against subjectAltName alone, so they would
  not bind the name we read. An extension that is critical and unknown is refused, certificatePolicies too.

Not covered: SM2 certificates (GM/T 0015), which `cryptography` cannot verify, and OCSP. Revocation is only as
good as what the caller hands in: with neither `revoked_serials` nor `crls_der`, nothing is known of it. The
root is trusted because it is configured: its dates and extensions are checked, its own signature and its
revocation are not. No message here names a party.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import verification
from cryptography.x509.oid import NameOID, ObjectIdentifier
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store

from crypto.errors import EncodingError, VerificationError
from crypto.party_keys import PublicKey, supported, verify
from crypto.revocation import check_revocation

MAX_INTERMEDIATES = 4

_MALFORMED = (
    ValueError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


@dataclass(frozen=True, slots=True)
class PartyCertificate:
    """A certificate whose chain held at the time it was checked.

    `serial` is unique for one issuer only, `fingerprint` is SHA-256 of the DER; both are lower-case hex. Of a
    certificate signed with ECDSA anyone can make a second one with another fingerprint: it tells which bytes
    were seen, and is no name to recognise a party by.
    """

    common_name: str = field(repr=False)
    organization: str | None = field(repr=False)
    serial: str
    not_before: datetime
    not_after: datetime
    public_key: PublicKey = field(repr=False, compare=False)
    fingerprint: str


def verify_chain(
    leaf_der: bytes,
    intermediates_der: Sequence[bytes],
    roots_der: Sequence[bytes],
    now: datetime,
    *,
    revoked_serials: Collection[int] = (),
    crls_der: Sequence[bytes] | None = None,
    signed_at: datetime | None = None,
) -> PartyCertificate:
    """The party's certificate, if at `now` it chains to one of the roots through at most MAX_INTERMEDIATES.

    With `signed_at`, a trusted time before `now`, the question is whether a signature of then holds: the chain must
    have been valid then, and a revocation counts only if its date is not later. The lists are those of `now`; a CA
    may drop a certificate from them once it has expired, so ask while it has not.

    `revoked_serials` are those of the leaf's issuer. With `crls_der`, even empty, there must be a CRL for the
    leaf; those for the CAs above are heeded if they are there (crypto.revocation).

    Raises EncodingError for what cannot be read as a certificate or CRL, VerificationError for what does not
    hold, ValueError if `now` has no time zone.
    """
    if now.utcoffset() is None or (signed_at is not None and signed_at.utcoffset() is None):
        raise ValueError("`now` needs a time zone: certificates are valid in UTC")
    # 1. Bound what a stranger can make us compute
    if len(intermediates_der) > MAX_INTERMEDIATES or not roots_der:
        raise VerificationError(
            f"a chain has at most {MAX_INTERMEDIATES} intermediates, and a configured root"
        )
    try:
        leaf, *others = map(x509.load_der_x509_certificate, (leaf_der, *intermediates_der, *roots_der))
        # 2. The library holds the keys of CAs to the rules, not the leaf's
        public_key = _public_key(leaf)
        # 3. The path (RFC 5280 section 6.1)
        at = signed_at or now
        chain = _path(leaf, others[: len(intermediates_der)], others[len(intermediates_der) :], at)
        # 4. Revocation
        if leaf.serial_number in revoked_serials:
            raise VerificationError("the certificate is revoked")
        if crls_der is not None:
            check_revocation(chain, list(map(x509.load_der_x509_crl, crls_der)), now, signed_at=signed_at)
        # 5. Who it is
        common_name = _subject(leaf, NameOID.COMMON_NAME)
        organization = _subject(leaf, NameOID.ORGANIZATION_NAME)
    except _MALFORMED as error:
        raise EncodingError(f"not an X.509 certificate or CRL in DER that can be read: {error}") from error
    if common_name is None:
        raise VerificationError("the subject of the certificate has no common name")
    return PartyCertificate(
        common_name=common_name,
        organization=organization,
        serial=f"{leaf.serial_number:x}",
        not_before=leaf.not_valid_before_utc,
        not_after=leaf.not_valid_after_utc,
        public_key=public_key,
        fingerprint=leaf.fingerprint(SHA256()).hex(),
    )


def verify_signature(certificate: PartyCertificate, signature: bytes, message: bytes) -> None:
    """Raises VerificationError unless the certificate's key made `signature` over `message`.

    How, by the kind of key, stands in crypto.party_keys. What we have signed is `encode(domain, ...)`. Not asked
    here is whether the certificate was valid when it signed.
    """
    try:
        verify(certificate.public_key, signature, message)
    except VerificationError as error:
        raise VerificationError("the signature is not this certificate's over this message") from error


def _public_key(leaf: x509.Certificate) -> PublicKey:
    try:
        key = leaf.public_key()
    except UnsupportedAlgorithm as error:
        raise VerificationError(
            f"the key of the certificate is of no supported kind (SM2 is none): {error}"
        ) from error
    return supported(key)


def _path(
    leaf: x509.Certificate,
    intermediates: list[x509.Certificate],
    roots: list[x509.Certificate],
    now: datetime,
) -> list[x509.Certificate]:
    """From the leaf to the root."""
    party = (
        ExtensionPolicy.webpki_defaults_ee()
        .may_be_present(x509.SubjectAlternativeName, Criticality.AGNOSTIC, None)
        .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _check_key_usage)
    )
    authority = ExtensionPolicy.webpki_defaults_ca().require_not_present(x509.NameConstraints)
    verifier = (
        PolicyBuilder()
        .store(Store(roots))
        .time(now.astimezone(UTC))
        .max_chain_depth(MAX_INTERMEDIATES)
        .extension_policies(ca_policy=authority, ee_policy=party)
        .build_client_verifier()
    )
    try:
        chain = verifier.verify(leaf, intermediates).chain
        if len(chain) > 1:
            return chain
        reason = "it is itself among the roots, and no CA vouches for it"
    except verification.VerificationError as error:
        # The library's sentence ends with the subject of the certificate, which must not get into a log
        reason = str(error).partition(" (encountered processing")[0]
    raise VerificationError(f"the certificate has no valid chain to a configured root: {reason}")


def _check_key_usage(_: verification.Policy, __: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    # In place of the library's own check, so keyCertSign is ours to refuse too
    if usage is not None and (usage.key_cert_sign or not usage.digital_signature):
        raise VerificationError("keyUsage of a party's certificate has digitalSignature and not keyCertSign")


def _subject(leaf: x509.Certificate, oid: ObjectIdentifier) -> str | None:
    """The attribute's one value; VerificationError if there are several, for one could mislead."""
    values = [attribute.value for attribute in leaf.subject.get_attributes_for_oid(oid)]
    if len(values) > 1 or not all(isinstance(value, str) for value in values):
        raise VerificationError("the certificate's subject has two common names or organizations")
    if values and (not str(values[0]).strip() or not str(values[0]).isprintable()):
        raise VerificationError(
            "a name in the certificate's subject is blank or has characters that do not print"
        )
    return str(values[0]) if values else None

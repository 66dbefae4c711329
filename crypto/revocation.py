"""Certificate revocation lists of the CAs in a chain (RFC 5280 section 6.3.3).

A list may be split by distribution point, as large CAs do, or by kind of holder. Not read, as if they had not
been given: delta lists, indirect lists, lists for some reasons only, lists with a critical extension that is
unknown here. Between two lists of an issuer nobody knows.
"""

from datetime import datetime
from itertools import pairwise

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from crypto.errors import VerificationError


def check_revocation(
    chain: list[x509.Certificate],
    crls: list[x509.CertificateRevocationList],
    now: datetime,
    *,
    signed_at: datetime | None = None,
) -> None:
    """Raises VerificationError if a certificate of the chain, which goes from leaf to root, is revoked.

    The leaf must be covered by one of `crls`; those for the CAs above are heeded if they are there. Every
    list that covers one of the chain must be current at `now`, which has a time zone. With `signed_at`, a revocation
    later than that does not count: its date is the CA's invalidityDate if it gives one, and else that of the listing.
    """
    for depth, (certificate, issuer) in enumerate(pairwise(chain)):
        own = [crl for crl in crls if crl.issuer == issuer.subject and _covers(crl, certificate, depth > 0)]
        if not own and depth == 0:
            raise VerificationError(
                "no revocation list of the certificate's issuer was given, or none that covers it"
            )
        for crl in own:
            _check_crl(crl, issuer, now)
            entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
            if entry is not None and (signed_at is None or _since(entry) <= signed_at):
                raise VerificationError("the certificate, or a CA's above it, is revoked")


def _since(entry: x509.RevokedCertificate) -> datetime:
    try:
        known = entry.extensions.get_extension_for_class(x509.InvalidityDate).value.invalidity_date_utc
    except x509.ExtensionNotFound:
        return entry.revocation_date_utc
    return min(known, entry.revocation_date_utc)


def _check_crl(crl: x509.CertificateRevocationList, issuer: x509.Certificate, now: datetime) -> None:
    key = issuer.public_key()
    if not isinstance(crl.signature_hash_algorithm, SHA256 | SHA384 | SHA512):
        raise VerificationError("a revocation list is signed with SHA-256, SHA-384 or SHA-512")
    if not isinstance(key, RSAPublicKey | EllipticCurvePublicKey) or not crl.is_signature_valid(key):
        raise VerificationError("a revocation list is not signed by the CA it names")
    if not issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign:
        raise VerificationError("a revocation list is signed by a CA that may not sign any")
    if crl.next_update_utc is None or not crl.last_update_utc <= now <= crl.next_update_utc:
        raise VerificationError("a revocation list is not current: fetch it anew")


def _covers(crl: x509.CertificateRevocationList, certificate: x509.Certificate, is_ca: bool) -> bool:
    """Whether the list's scope has the certificate in it: a CA may split its lists by distribution point."""
    point = None
    for extension in crl.extensions:
        if isinstance(extension.value, x509.IssuingDistributionPoint):
            point = extension.value
        elif extension.critical:
            return False
    if point is None:
        return True
    other_kind = point.only_contains_user_certs if is_ca else point.only_contains_ca_certs
    if other_kind or point.only_some_reasons or point.indirect_crl or point.only_contains_attribute_certs:
        return False
    if point.full_name is None:
        return point.relative_name is None
    try:
        named = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return False
    return any(name in point.full_name for other in named for name in other.full_name or ())

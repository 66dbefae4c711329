"""Who signs a package: the bidder's registered Ed25519 key, or the key of its certificate, from PEM files.

Also the parties as a bidder alone at its desk knows them: whoever signed, it takes for itself. Whether the platform
knows the key, or the certificate's CA, no program can say offline.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from app.bidder.errors import FolderError
from bidding.package.signature import ManifestSignature
from bidding.package.signing import PrivateKey, Sign, sign_by_certificate, sign_by_key
from crypto.certificates import PartyCertificate
from crypto.errors import VerificationError
from crypto.signatures import VerifyKey
from statutes.said import Said

_MAX_SIZE = 1 << 20


def signer(key_file: Path, chain_file: Path | None, ask: Callable[[], str]) -> Sign:
    """From the files; `ask` gives the passphrase of a key file that has one. FolderError if they do not fit."""
    key = read_key(key_file, ask)
    if chain_file is None:
        if not isinstance(key, Ed25519PrivateKey):
            raise _not(
                key_file, "没有证书时须为Ed25519密钥", "without a certificate it must be an Ed25519 key"
            )
        return sign_by_key(key)
    chain = read_chain(chain_file)
    if x509.load_der_x509_certificate(chain[0]).public_key() != key.public_key():
        raise _not(chain_file, "第一张证书不是该密钥的", "its first certificate is not that of the key")
    return sign_by_certificate(key, chain)


def signer_elsewhere(signature: bytes, chain: Sequence[bytes]) -> Sign:
    """A signature that was made on another device, under these certificates."""
    encoded = tuple(der.hex() for der in chain)
    return lambda _: ManifestSignature("", encoded, signature.hex())


def read_chain(path: Path) -> tuple[bytes, ...]:
    """The DER certificates in a PEM file, the bidder's first. FolderError if there is none."""
    try:
        found = x509.load_pem_x509_certificates(path.read_bytes()[:_MAX_SIZE])
    except (ValueError, OSError) as error:
        raise _not(path, "不是PEM证书文件", "it holds no certificate in PEM") from error
    return tuple(one.public_bytes(Encoding.DER) for one in found)


@dataclass(frozen=True, slots=True)
class OnlyMyself:
    """The bidder's own view of parties: every signer counts as the one with this credit code."""

    credit_code: str

    def of_key(self, key: VerifyKey) -> str:  # noqa: ARG002 - whichever
        return self.credit_code

    def of_chain(self, chain: Sequence[bytes]) -> tuple[str, PartyCertificate]:
        """The certificate as it stands; no path to a root is looked for, no date checked."""
        try:
            found = x509.load_der_x509_certificate(chain[0])
            key = found.public_key()
        except (ValueError, UnsupportedAlgorithm) as error:
            raise VerificationError("the certificate cannot be read") from error
        if not isinstance(key, RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey):
            raise VerificationError("the certificate's key is neither RSA, ECDSA nor Ed25519")
        return self.credit_code, PartyCertificate(
            common_name="",
            organization=None,
            serial=f"{found.serial_number:x}",
            not_before=found.not_valid_before_utc,
            not_after=found.not_valid_after_utc,
            public_key=key,
            fingerprint=found.fingerprint(SHA256()).hex(),
        )


def read_key(path: Path, ask: Callable[[], str]) -> PrivateKey:
    """The secret key in a PEM file; `ask` gives its passphrase. FolderError if it does not open."""
    try:
        data = path.read_bytes()[:_MAX_SIZE]
        try:
            key = load_pem_private_key(data, None)
        except TypeError:  # it has a passphrase
            key = load_pem_private_key(data, ask().encode())
    except (ValueError, UnsupportedAlgorithm, OSError):
        # `from None`: what is wrong with a secret key is told to nobody in more detail.
        raise _not(
            path, "不是可用的PEM私钥，或口令不对", "it is no secret key in PEM, or the passphrase is wrong"
        ) from None
    if not isinstance(key, Ed25519PrivateKey | EllipticCurvePrivateKey | RSAPrivateKey):
        raise _not(path, "密钥种类不被接受", "a signing key is Ed25519, ECDSA or RSA")
    return key


def _not(path: Path, zh: str, en: str) -> FolderError:
    return FolderError(Said(f"{path}：{zh}。", f"{path} is not usable: {en}."))

"""The CAs whose certificates are believed, and their revocation lists: two folders of DER or PEM files.

    <folder>/roots/*.{der,crt,cer,pem}      the configured roots
    <folder>/crls/*.{crl,der,pem}           revocation lists, which the operator's own job keeps fresh

They are read anew at each question, for a list that has been replaced must count at once. A list that is missing or
out of date makes every certificate under it be refused: no answer is taken for "not revoked".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from crypto.certificates import PartyCertificate, verify_chain
from crypto.errors import CryptoError
from parties.errors import KeyRefusedError

MAX_CERTIFICATE_SIZE = 16 * 1024


@dataclass(frozen=True, slots=True)
class Authorities:
    """Where roots and lists are. `folder` None: no CA is configured, and every certificate is refused."""

    folder: Path | None

    def check(
        self,
        certificate: bytes,
        intermediates: Sequence[bytes],
        *,
        now: datetime,
        signed_at: datetime | None = None,
    ) -> PartyCertificate:
        """What the certificate says, if it holds at `now`, or held at `signed_at` and was not revoked by then.

        Raises KeyRefusedError, which names no party.
        """
        if self.folder is None:
            raise KeyRefusedError("no certificate authority is configured here")
        if any(len(one) > MAX_CERTIFICATE_SIZE for one in (certificate, *intermediates)):
            raise KeyRefusedError("a certificate is too long")
        roots = _read(self.folder / "roots", b"CERTIFICATE", x509.load_pem_x509_certificates)
        crls = _read(self.folder / "crls", b"X509 CRL", lambda pem: [x509.load_pem_x509_crl(pem)])
        try:
            return verify_chain(certificate, intermediates, roots, now, crls_der=crls, signed_at=signed_at)
        except CryptoError as error:
            raise KeyRefusedError(str(error)) from error


def _read(
    folder: Path,
    label: bytes,
    from_pem: Callable[[bytes], Sequence[x509.Certificate | x509.CertificateRevocationList]],
) -> list[bytes]:
    found = []
    for path in sorted(folder.glob("*")) if folder.is_dir() else []:
        if path.name.startswith("."):
            continue
        content = path.read_bytes()
        if b"-----BEGIN " + label in content:
            found += [one.public_bytes(Encoding.DER) for one in from_pem(content)]
        else:
            found.append(content)
    return found

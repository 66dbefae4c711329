"""Signing printed pages with a certificate: PAdES by pyHanko, one invisible signature over all of the file.

Not guaranteed: the time of signing, which is the machine's word.
"""

import io
from dataclasses import dataclass
from pathlib import Path

from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from paper.errors import PaperError


@dataclass(frozen=True, slots=True)
class PdfSigner:
    """A certificate with its key; prints neither."""

    signer: signers.SimpleSigner

    @classmethod
    def read(cls, key: Path, chain: Path, passphrase: bytes | None = None) -> "PdfSigner":
        """A PEM key (PKCS #8) and a PEM chain, the signer's certificate first. PaperError."""
        try:
            first, *others = load_certs_from_pemder_data(chain.read_bytes())
            private = load_private_key_from_pemder_data(key.read_bytes(), passphrase=passphrase)
        except (OSError, ValueError, TypeError) as error:
            raise PaperError(
                f"the key {key} or the certificates {chain} that sign printed pages cannot be read"
            ) from error
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(others)
        return cls(signers.SimpleSigner(signing_cert=first, signing_key=private, cert_registry=store))

    def sign(self, pdf: bytes, *, reason: str) -> bytes:
        """The same pages with the signature behind them."""
        metadata = signers.PdfSignatureMetadata(
            field_name="Sunseal", reason=reason, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
        )
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        signed = signers.sign_pdf(writer, metadata, signer=self.signer)
        return bytes(signed.getvalue())

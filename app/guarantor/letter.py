"""The letter that goes to the applicant with a guarantee: printed, and signed with the guarantor's certificate.

letter.pem        in the guarantor's folder: a key in PEM (PKCS #8)
letter-chain.pem  its certificate, and those above it. Without the two the letter is not signed, and `unsigned` says so
"""

from collections.abc import Callable
from pathlib import Path

from app.guarantor.letter_keys import CHAIN, KEY
from guarantees.errors import FormatError
from guarantees.printed.check_url import check_url
from guarantees.printed.letter import letter_pdf
from guarantees.signed import SignedGuarantee
from paper.errors import PaperError
from paper.signature import PdfSigner


def printer(folder: Path, platform: str) -> Callable[[SignedGuarantee], bytes]:
    """What prints letters whose QR code leads to the platform at that address. FormatError for a key that is none."""
    signer = _signer(folder)

    def printed(guarantee: SignedGuarantee) -> bytes:
        pdf = letter_pdf(guarantee, check_url(platform, guarantee))
        return pdf if signer is None else signer.sign(pdf, reason=f"guarantee {guarantee.undertaking.number}")

    return printed


def _signer(folder: Path) -> PdfSigner | None:
    key, chain = folder / KEY, folder / CHAIN
    if not key.exists() and not chain.exists():
        return None
    try:
        return PdfSigner.read(key, chain)
    except PaperError as error:
        raise FormatError(str(error)) from error

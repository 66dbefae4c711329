"""The address of the public check, which the letter's QR code has. Pure."""

from urllib.parse import urlencode

from guarantees.check_code import code_of
from guarantees.signed import SignedGuarantee

PATH = "/guarantees/check"


def check_url(platform: str, guarantee: SignedGuarantee) -> str:
    """`platform` is where people reach it, such as https://tenders.example.org."""
    return (
        f"{platform}{PATH}?{urlencode({'number': guarantee.undertaking.number, 'code': code_of(guarantee)})}"
    )

"""The kinds of values in the documents of guarantees, beside those that ledger entries have."""

from typing import Annotated

import msgspec

from ledger.printable import line

Line = Annotated[str, line(300, "one line of text that prints, without white space at its ends")]
LineOrNone = Annotated[str, line(300, "one line of text that prints, or empty", or_none=True)]
Paragraph = Annotated[str, line(2000, "a paragraph of text that prints")]
Number = Annotated[
    str,
    msgspec.Meta(
        pattern="^[A-Za-z0-9][A-Za-z0-9._/-]*$(?!\n)",
        min_length=1,
        max_length=64,
        description="what the guarantor calls the guarantee: unique among its own",
    ),
]
CreditCode = Annotated[
    str,
    msgspec.Meta(
        pattern="^[0-9A-HJ-NPQRTUWXY]{18}$(?!\n)",
        min_length=18,
        max_length=18,
        description="a unified social credit code (GB 32100), whose check digit is checked apart",
    ),
]
Cents = Annotated[
    int, msgspec.Meta(ge=1, le=2**53 - 1, description="an amount in hundredths of the currency")
]
CentsOrNone = Annotated[
    int, msgspec.Meta(ge=0, le=2**53 - 1, description="an amount in hundredths of the currency, or 0")
]
Address = Annotated[
    str,
    msgspec.Meta(pattern="^[0-9a-f]{40}$(?!\n)", description="an account on chain: 20 bytes in hexadecimal"),
]
ChainId = Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1, description="the chain's number (EIP-155)")]
Kind = Annotated[str, msgspec.Meta(pattern="^bid$(?!\n)", description="bid: a bid (tender) guarantee")]
Medium = Annotated[
    str, msgspec.Meta(pattern="^(electronic|paper)$(?!\n)", description="in which form a demand is presented")
]
Rules = Annotated[
    str,
    msgspec.Meta(
        pattern="^(urdg-758|none)$(?!\n)", description="the uniform rules that govern it: URDG 758, or none"
    ),
]
Country = Annotated[
    str, msgspec.Meta(pattern="^[A-Z]{2}$(?!\n)", description="the country of the governing law (ISO 3166-1)")
]
Language = Annotated[
    str, msgspec.Meta(pattern="^(zh|en)$(?!\n)", description="a language of the documents (ISO 639-1)")
]
PaidBy = Annotated[
    str, msgspec.Meta(pattern="^(applicant|beneficiary)$(?!\n)", description="who bears the charges")
]
Code = Annotated[
    str,
    msgspec.Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)*$(?!\n)", max_length=40, description="a word for machines"),
]

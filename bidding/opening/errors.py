"""What the opening refuses, each with a stable code and one sentence in both languages.

BiddingError
  OpeningRefusedError   by `code`; the sentence repeats nothing that was sent
  TroubleError          the platform cannot do it now: tried again, and no result of any bid
"""

from bidding.errors import BiddingError
from statutes.said import Said

SENTENCES = {
    "unknown": Said("没有此开标或投标。", "There is no such opening, or no such bid in it."),
    "not-in-fallback": Said(
        "现在不在投标人自行解密的时段内。",
        "Bidders open their own bids only while the fallback's window lasts.",
    ),
    "decided": Said("该投标已有结果。", "The bid has its result already."),
    "wrong-key": Said(
        "该密钥不能打开这份投标文件：文件头校验不符。",
        "That key is not the one of this very file: the header's MAC does not hold under it.",
    ),
    "call": Said("该后续部分不能这样启封。", "The later part cannot be called for like this."),
    "not-passed": Said(
        "名单中有未通过前一部分的投标。", "The call names a bid whose earlier part was not opened."
    ),
    "not-opened": Said("开标尚未完成。", "The opening is not over yet."),
    "window-over": Said("提出异议和确认的时段已过。", "The time to object and to sign off is over."),
    "results-differ": Said(
        "所确认的内容与唱标结果不符：请重新载入。",
        "What is signed off is not what was read out: load it again.",
    ),
    "answered": Said("该异议已答复。", "The objection is answered already."),
    "text": Said("内容须为1至2000字。", "A statement has 1 to 2,000 characters."),
    "not-shown": Said(
        "公开账本尚未公布打开这份投标文件所需的内容，或者该部分仅供评标委员会查阅。",
        "The ledger does not show yet what opens this bid, or the part is for the committee alone.",
    ),
    "no-document": Said(
        "投标文件中没有与所载名称、大小和SHA-256一致的该文件。",
        "The bid has no document of that name, size and SHA-256.",
    ),
    "not-recorded": Said("开标记录尚未完成。", "The opening record is not complete yet."),
}


class OpeningRefusedError(BiddingError):
    """A refusal by its code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"{code}: {SENTENCES[code].en}")
        self.code = code

    @property
    def said(self) -> Said:
        return SENTENCES[self.code]


class TroubleError(BiddingError):
    """The platform's own trouble, such as a blob that is damaged. No fault of the bidder, and no result."""

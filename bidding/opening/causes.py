"""Why a bid is not opened, and whose fault that is (办31). A pure table.

办31: a bid that is not decrypted by the bidder's fault counts as 撤销 (revoked), by anyone else's as 撤回 (withdrawn):
the bidder may then claim its loss from who is to blame. The other bids go on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from bidding.package.sentences import SENTENCES as PACKAGE_CODES
from statutes.said import Said


class Responsibility(StrEnum):
    """Whose fault it is that a bid is not opened."""

    BIDDER = "bidder"
    OTHER = "other"


TAKEN_AS: Mapping[Responsibility, Said] = MappingProxyType(
    {
        Responsibility.BIDDER: Said("视为撤销其投标文件", "taken as revoked by its bidder (撤销)"),
        Responsibility.OTHER: Said(
            "视为撤回其投标文件，投标人有权要求责任方赔偿直接损失",
            "taken as withdrawn (撤回); the bidder may claim its direct loss from who is to blame",
        ),
    }
)


class Cause(StrEnum):
    """Why a part of a bid has no good result."""

    PACKAGE = "package"
    HEADER = "header"
    PAYLOAD = "payload"
    NO_PART = "no-part"
    SHARE = "share"
    SHARE_SEEN = "share-seen"
    KNOWLEDGE = "knowledge"
    KEYHOLDERS = "keyholders"
    STORAGE = "storage"
    LISTED_WRONGLY = "listed-wrongly"


_BIDDER, _OTHER = Responsibility.BIDDER, Responsibility.OTHER

TABLE: Mapping[Cause, tuple[Responsibility, Said]] = MappingProxyType(
    {
        Cause.PACKAGE: (
            _BIDDER,
            Said(
                "解密后的文件包不符合规定，或其签名、清单、所属标段不符。",
                "The file opened, but the package in it, its signature, manifest or lot is not as it must be.",
            ),
        ),
        Cause.HEADER: (
            _BIDDER,
            Said(
                "文件没有正确密封给本标段的公钥，份额打不开它。",
                "The file was not properly sealed to the lot's key: the keyholders' shares do not open it.",
            ),
        ),
        Cause.PAYLOAD: (
            _BIDDER,
            Said(
                "密封文件在提交时即已损坏或不完整，平台所存与提交的一致。",
                "The sealed file was damaged or cut short when it was submitted; what is kept is what came.",
            ),
        ),
        Cause.NO_PART: (_BIDDER, Said("投标缺少这一部分。", "The bid does not have this part.")),
        Cause.SHARE: (
            _BIDDER,
            Said(
                "密封所用的公钥点无效，任何密钥持有人都不会应答。",
                "The point that the file was sealed with is one that no keyholder answers for.",
            ),
        ),
        Cause.SHARE_SEEN: (
            _BIDDER,
            Said(
                "密封段与此前另一份文件的相同，疑为复制。",
                "The stanza of the file stood in an earlier file of another bid, part or lot: a copy.",
            ),
        ),
        Cause.KNOWLEDGE: (
            _BIDDER,
            Said(
                "缺少或未通过密封者的知悉证明。",
                "The proof that the sealer knows the stanza's secret is missing or wrong.",
            ),
        ),
        Cause.KEYHOLDERS: (
            _OTHER,
            Said(
                "在规定时间内应答的密钥持有人不足，投标人也未自行解密。",
                "Too few keyholders answered in time, and the file was not opened by its bidder's own key either.",
            ),
        ),
        Cause.STORAGE: (
            _OTHER,
            Said(
                "平台所存的密封文件已损坏或丢失，未能恢复。",
                "The platform's copy of the sealed file is damaged or lost, and was not restored in time.",
            ),
        ),
        Cause.LISTED_WRONGLY: (
            _OTHER,
            Said(
                "截止名单中列有不应列入的投标（已撤回、已替换或未登记）。",
                "The closing lists a bid that it should not: withdrawn, replaced, or never submitted for this lot.",
            ),
        ),
    }
)
"""Each cause with its responsibility and its sentence."""

_OF_RULE = {
    "no-part": Cause.NO_PART,
    "share": Cause.SHARE,
    "share-seen": Cause.SHARE_SEEN,
    "knowledge": Cause.KNOWLEDGE,
    "unknown-bid": Cause.LISTED_WRONGLY,
    "withdrawn": Cause.LISTED_WRONGLY,
    "replaced": Cause.LISTED_WRONGLY,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A cause as it is recorded; `detail` is the package's code, or empty."""

    cause: Cause
    detail: str = ""

    @property
    def responsibility(self) -> Responsibility:
        return TABLE[self.cause][0]

    @property
    def said(self) -> Said:
        """Cause and consequence, as they are read out. A package's own sentence quotes its bidder: it is left out."""
        why, then = TABLE[self.cause][1], TAKEN_AS[self.responsibility]
        code = f"（{self.detail}）" if self.detail else ""
        code_en = f" ({self.detail})" if self.detail else ""
        return Said(
            f"{why.zh.removesuffix('。')}{code}，{then.zh}。",
            f"{why.en.removesuffix('.')}{code_en}; {then.en}.",
        )


def of_rule(rule: str) -> Fault:
    """The fault behind a keyholders' rule that leaves one bid out (docs/spec/opening.md); KeyError for any other."""
    return Fault(_OF_RULE[rule])


def of_package(code: str) -> Fault:
    """The fault behind a package that was refused by `code`; KeyError for a code that there is not."""
    PACKAGE_CODES[code]
    return Fault(Cause.PACKAGE, code)

"""What is found of a guarantee at the opening: a word for the ledger, and the sentence that is read out. A pure table.

A guarantee that fails rejects no bid by itself: what it fails by is read out, and the committee decides (条51).
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from statutes.said import Said


class Found(StrEnum):
    """How the check came out. The first five are outcomes; each other is the check that failed."""

    VERIFIED = "verified"
    AWAITING_CHAIN = "awaiting-chain"
    SCAN = "scan-by-hand"
    ACCEPTED = "accepted-by-hand"
    REJECTED = "rejected-by-hand"

    SCAN_MISSING = "scan-missing"
    SCAN_DIFFERS = "scan-differs"
    MALFORMED = "malformed"
    SIGNATURE = "signature-wrong"
    NOT_LISTED = "guarantor-not-listed"
    OTHER_KEY = "other-guarantors-key"
    LICENCE = "not-licensed-at-issue"
    OTHER_LOT = "other-lot"
    OTHER_APPLICANT = "other-applicant"
    OTHER_BENEFICIARY = "other-beneficiary"
    OTHER_ACCOUNT = "other-beneficiary-account"
    CURRENCY = "other-currency"
    AMOUNT = "amount-short"
    CONDITIONS = "conditions"
    DOCUMENTS = "demand-needs-documents"
    EVENT = "ends-by-event"
    CHARGES = "charges-on-beneficiary"
    EXPIRY = "expires-too-early"
    EXPIRED = "expired"
    ELSEWHERE = "presented-elsewhere"
    OTHER_CHAIN = "other-chain"
    NO_COMMITMENT = "not-committed"
    COMMITTED_LATE = "committed-late"
    CHAIN_EXPIRY = "chain-expiry-differs"
    CHAIN_STATE = "ended-on-chain"


OUTCOMES = frozenset({Found.VERIFIED, Found.AWAITING_CHAIN, Found.SCAN, Found.ACCEPTED, Found.REJECTED})
"""Words that are no failed check."""

PENDING = frozenset({Found.AWAITING_CHAIN, Found.SCAN})
"""Words that a later entry replaces."""

SENTENCES: Mapping[Found, Said] = MappingProxyType(
    {
        Found.VERIFIED: Said(
            "保函真实有效，各项核验均已通过。", "The guarantee is genuine and holds: every check was passed."
        ),
        Found.AWAITING_CHAIN: Said(
            "保函其余各项核验已通过；链上承诺暂时无法核对，核对结果将另行公布，开标不受影响。",
            "All else of the guarantee holds. Its commitment on chain cannot be seen at the moment: "
            "the outcome follows in a later entry, and the opening goes on.",
        ),
        Found.SCAN: Said(
            "投标文件所附为纸质保函扫描件，由工作人员人工核验，结果将另行公布。",
            "The bid carries a scan of a paper guarantee, which staff examine by hand: the outcome follows.",
        ),
        Found.ACCEPTED: Said(
            "纸质保函经工作人员人工核验，予以接受。",
            "Staff examined the paper guarantee by hand and accept it.",
        ),
        Found.REJECTED: Said(
            "纸质保函经工作人员人工核验，不予接受。",
            "Staff examined the paper guarantee by hand and do not accept it.",
        ),
        Found.SCAN_MISSING: Said(
            "投标文件注明所附为纸质保函扫描件，但投标文件中没有该扫描件。",
            "The bid says that it carries the scan of a paper guarantee, and the scan is not in it.",
        ),
        Found.SCAN_DIFFERS: Said(
            "投标文件中的纸质保函扫描件与所载的SHA-256或者大小不一致。",
            "The scan of the paper guarantee in the bid has another SHA-256 or size than the bid states.",
        ),
        Found.MALFORMED: Said(
            "保函文件不符合规定格式，无法读取。",
            "The file is no guarantee in the prescribed form: it cannot be read.",
        ),
        Found.SIGNATURE: Said(
            "保函签名不成立：内容在签署后被改动，或者签名有误。",
            "The signature does not hold: the guarantee was altered after it was signed, or never signed so.",
        ),
        Found.NOT_LISTED: Said(
            "出具机构不在监督部门公布的保证人名单中。",
            "The guarantor is not on the supervisor's list.",
        ),
        Found.OTHER_KEY: Said(
            "保函由并非所载出具机构的密钥签署，或者该密钥在出具时并不有效。",
            "The key that signed is not that of the guarantor it names, or was not in force on the day of issue.",
        ),
        Found.LICENCE: Said(
            "出具机构在保函出具之日不具备有效的业务许可。",
            "The guarantor's licence was not in force on the day of issue.",
        ),
        Found.OTHER_LOT: Said(
            "保函是为其他招标项目或者标段出具的。", "The guarantee was issued for another tender or lot."
        ),
        Found.OTHER_APPLICANT: Said(
            "保函的申请人不是本投标人。", "The applicant of the guarantee is not this bidder."
        ),
        Found.OTHER_BENEFICIARY: Said(
            "保函的受益人不是本项目招标人。", "The beneficiary of the guarantee is not the tenderee."
        ),
        Found.OTHER_ACCOUNT: Said(
            "保函所载受益人链上账户不是本项目公布的账户，受益人无法据此索赔。",
            "The beneficiary's account on chain is not the published one: the tenderee could not demand by it.",
        ),
        Found.CURRENCY: Said(
            "保函的币种与招标文件要求不一致。", "The guarantee is in another currency than the lot asks for."
        ),
        Found.AMOUNT: Said(
            "保函金额低于招标文件要求的投标保证金金额。",
            "The amount guaranteed is below the bond that the lot asks for.",
        ),
        Found.CONDITIONS: Said(
            "保函不是见索即付、不可撤销的，或者未涵盖法定的索赔事由。",
            "The guarantee is not payable on first demand, not irrevocable, or leaves out a ground that the law names.",
        ),
        Found.DOCUMENTS: Said(
            "保函要求索赔时提交违约声明以外的文件，凭声明不能获得付款。",
            "A demand needs documents beside the statement of breach: the statement alone is not paid against.",
        ),
        Found.EVENT: Said(
            "保函约定了提前终止的事件，不能保证在投标有效期内始终有效。",
            "The guarantee names an event that ends it early: that it lasts as long as the bids bind is not certain.",
        ),
        Found.CHARGES: Said(
            "保函约定由受益人承担费用，受益人不能足额获得付款。",
            "The charges are the beneficiary's: it would not be paid in full.",
        ),
        Found.EXPIRY: Said(
            "保函在投标有效期届满之前到期。", "The guarantee expires before the bids' validity ends."
        ),
        Found.EXPIRED: Said("保函已经到期。", "The guarantee has expired."),
        Found.ELSEWHERE: Said(
            "同一保函已在另一份投标中提交。", "The same guarantee was presented with another bid."
        ),
        Found.OTHER_CHAIN: Said(
            "保函所载的链或者登记合约不是本平台公布的。",
            "The guarantee names another chain or registry than the published one.",
        ),
        Found.NO_COMMITMENT: Said(
            "链上没有该保函的承诺记录。", "The chain has no commitment to this guarantee."
        ),
        Found.COMMITTED_LATE: Said(
            "该保函在投标截止之后才在链上登记。",
            "The guarantee was committed on chain only after the bid deadline.",
        ),
        Found.CHAIN_EXPIRY: Said(
            "链上登记的到期时间与保函所载不一致。",
            "The expiry on chain is not the one that the guarantee states.",
        ),
        Found.CHAIN_STATE: Said(
            "该保函在链上已经退还、索赔或者以其他方式终结。",
            "On chain the guarantee was released, demanded or ended before.",
        ),
    }
)
"""Each word with its sentence."""


def said(word: str) -> Said | None:
    """The sentence of a word of the ledger; None for one of another table, such as "none" and "missing"."""
    try:
        return SENTENCES[Found(word)]
    except ValueError:
        return None

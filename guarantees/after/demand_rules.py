"""What may be demanded of a bid guarantee, and how and until when it may be answered. Pure.

URDG 758: a demand comes by the expiry (article 14), with a statement in what respect the applicant is in breach (15),
for no more than is guaranteed, and for part of it only where that is allowed (17). It is examined within five business
days following the day of presentation (20). One that does not comply is refused once, with every discrepancy, by then
(24); a guarantor that lets the days pass can only pay. An extension may be taken where the demand offers it (23).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from guarantees.errors import RefusedError, StateError
from guarantees.undertaking import NO_PERFORMANCE_BOND, NOT_SIGNED, WITHDRAWN, Undertaking
from statutes.counting import Counting
from statutes.money import format_yuan
from statutes.said import Said
from statutes.statute import Statute

EXAMINATION_DAYS = 5
MAX_EXTENSION_DAYS = 255
"""What the contract has room for."""

GROUND_NAMES = {
    WITHDRAWN: Said("投标截止后撤销投标文件（条35）", "the bid was revoked after the deadline (条35)"),
    NOT_SIGNED: Said(
        "中标后无正当理由不与招标人订立合同，或者在签订合同时提出附加条件（条74）",
        "the winner does not sign the contract, or asks for other terms (条74)",
    ),
    NO_PERFORMANCE_BOND: Said(
        "中标后不按照招标文件要求提交履约保证金（条74）", "the winner gives no performance bond (条74)"
    ),
}


class Answer(StrEnum):
    """How a demand is answered."""

    PAID = "paid"
    REFUSED = "refused"
    EXTENDED = "extended"


EVENTS = {Answer.PAID: "Paid", Answer.REFUSED: "Refused", Answer.EXTENDED: "Extended"}
"""The chain's event of each."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A document that goes with a demand or an answer: its name, and its SHA-256 in hexadecimal."""

    name: str
    sha256: str


def examine_by(statute: Statute, made_at: datetime) -> datetime:
    """The first instant that is too late for a refusal or an extension. UnknownYearError beyond the calendar."""
    return examined_until(statute.counting, made_at)


def examined_until(counting: Counting, made_at: datetime) -> datetime:
    """The same for whoever has a calendar and no statute: a guarantor's desk. UnknownYearError."""
    return counting.ends(made_at, EXAMINATION_DAYS, "working", False, ())


def too_late() -> StateError:
    """What remains after the days of examination."""
    return StateError(
        "answer-too-late",
        Said(
            "审查期（5个营业日）已过，不得再拒付或者展期，应当付款（URDG 758 第20条、第24条）。",
            "The five business days of examination are over: what remains is to pay (URDG 758 articles 20, 24).",
        ),
    )


def check_demand(
    undertaking: Undertaking,
    *,
    state: str,
    expiry: datetime,
    amount: int,
    extension_days: int,
    ground: str,
    statement: str,
    documents: Sequence[Attached],
    now: datetime,
) -> None:
    """Whether the beneficiary may demand this now. StateError; RefusedError with the rule that forbids it."""
    if state not in ("presented", "refused"):
        raise StateError(
            "demand-state",
            Said(
                "保函当前状态下不能索赔：已有未答复的索赔，或者保函已经终结。",
                "No demand can be made now: another is open, or the guarantee has ended.",
            ),
        )
    if now.timestamp() > expiry.timestamp():
        raise StateError("demand-expired", Said("保函已经到期，不能再索赔。", "The guarantee has expired."))
    if ground not in undertaking.demand.grounds:
        raise RefusedError(
            "demand-ground",
            Said("该事由不在保函载明的索赔事由之内。", "The guarantee does not name this ground of demand."),
        )
    if not statement.strip():
        raise RefusedError(
            "demand-statement",
            Said(
                "请写明申请人在哪些方面违反了义务（URDG 758 第15条）。",
                "Say in what respect the applicant is in breach (URDG 758 article 15).",
            ),
        )
    _check_amount(undertaking, amount)
    if not 0 <= extension_days <= MAX_EXTENSION_DAYS:
        raise RefusedError(
            "demand-extension",
            Said("展期天数须在0至255日之间。", "An extension is 0 to 255 days."),
        )
    missing = [name for name in undertaking.demand.documents if name not in {one.name for one in documents}]
    if missing:
        raise RefusedError(
            "demand-documents",
            Said(
                f"索赔缺少保函要求的单据：{'、'.join(missing)}。",
                f"The demand lacks documents that the guarantee asks for: {', '.join(missing)}.",
            ),
        )


def check_answer(
    answer: Answer,
    *,
    state: str,
    examine_until: datetime,
    extension_days: int,
    reasons: Sequence[str],
    documents: Sequence[Attached],
    now: datetime,
) -> None:
    """Whether the guarantor may answer so now. StateError, RefusedError. Paying is never too late."""
    if state != "open":
        raise StateError("answer-state", Said("该索赔已经答复。", "The demand is answered already."))
    if answer is Answer.PAID:
        if not documents:
            raise RefusedError(
                "answer-proof", Said("请附付款凭证。", "A payment comes with the proof that it was made.")
            )
        return
    if now >= examine_until:
        raise too_late()
    if answer is Answer.EXTENDED and not extension_days:
        raise RefusedError(
            "answer-extension",
            Said("受益人未提出展期，不能以展期代替付款。", "The demand offers no extension."),
        )
    if answer is Answer.REFUSED and not [one for one in reasons if one.strip()]:
        raise RefusedError(
            "answer-reasons",
            Said(
                "拒付应当一次列明全部不符点（URDG 758 第24条）。",
                "A refusal names every discrepancy, at once (URDG 758 article 24).",
            ),
        )


def _check_amount(undertaking: Undertaking, amount: int) -> None:
    most = undertaking.amount
    if not 1 <= amount <= most:
        raise RefusedError(
            "demand-amount",
            Said(
                f"索赔金额须大于零且不超过保函金额 {format_yuan(most)}。",
                f"A demand is for more than nothing, and at most for {format_yuan(most)}.",
            ),
        )
    if amount < most and not undertaking.demand.partial:
        raise RefusedError(
            "demand-partial",
            Said(
                "保函不允许部分索赔，请按全额索赔。",
                "The guarantee allows no partial demand: demand the whole.",
            ),
        )

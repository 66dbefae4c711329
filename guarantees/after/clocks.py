"""When a guarantee must be released, by what became of its lot or its bid. Pure; the days are the statute's.

    withdrawn  条35: within 5 days of the withdrawal       contract   条57: within 5 days of the contract, all bidders
    cancelled  条31: at once                               losers     采条33: within 5 working days of the award notice
    failed     at once: the bids bind nobody any more      replaced   an amended guarantee stands in its place

Nobody has to ask: the release is wanted as soon as its ground is there, and the statutory day is when it is late.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from statutes.said import Said
from statutes.statute import Statute


class End(StrEnum):
    """What became of a lot, of what matters to its guarantees."""

    AWARDED = "awarded"
    CONTRACTED = "contracted"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Ending:
    """It happened then; `bid` is the winner's, where there is one."""

    end: End
    at: datetime
    bid: int | None = None


class Clock(StrEnum):
    """Why a guarantee is released."""

    WITHDRAWN = "withdrawn"
    NOT_OPENED = "not-opened"
    CONTRACT = "contract"
    LOSERS = "losers"
    CANCELLED = "cancelled"
    FAILED = "failed"
    REPLACED = "replaced"


SENTENCES = {
    Clock.WITHDRAWN: Said("投标已在截止前撤回", "the bid was withdrawn before the deadline"),
    Clock.NOT_OPENED: Said(
        "投标非因投标人原因未能解密，视为撤回", "the bid was not opened by no fault of its bidder's"
    ),
    Clock.CONTRACT: Said("合同已经签订", "the contract is signed"),
    Clock.LOSERS: Said("中标通知书已发出，本投标未中标", "the award notice is out, and the bid did not win"),
    Clock.CANCELLED: Said("招标已终止", "the tender was cancelled"),
    Clock.FAILED: Said("招标失败", "the lot failed"),
    Clock.REPLACED: Said("已由修改后的保函替代", "an amended guarantee stands in its place"),
}


@dataclass(frozen=True, slots=True)
class Due:
    """A release that is due. `rule` is the statute's, or empty where none has a number of days; `until` is the first
    instant at which it is late."""

    clock: Clock
    rule: str
    since: datetime
    until: datetime


def of_lot(statute: Statute, endings: Sequence[Ending], bid: int) -> Due | None:
    """Why the guarantee of this bid is to be released, by what happened to its lot; None if it is to stand.

    An award releases losers only where the statute says so, and never one to whom the lot was awarded before: whoever
    gave the award up may be asked for its bond (条74). The contract and every other end release all.
    """
    for ending in endings:
        if ending.end in _WHOLE:
            clock, rule = _WHOLE[ending.end]
            return _due(statute, clock, rule, ending.at)
    awards = [ending for ending in endings if ending.end is End.AWARDED]
    if awards and bid not in {one.bid for one in awards} and statute.profile.has(LOSERS_RULE):
        return _due(statute, Clock.LOSERS, LOSERS_RULE, awards[0].at)
    return None


def of_withdrawal(statute: Statute, at: datetime, *, clock: Clock = Clock.WITHDRAWN) -> Due:
    """A bid that was withdrawn, or is taken as withdrawn (办31)."""
    return _due(statute, clock, "withdrawal-refund", at)


def of_replacement(at: datetime) -> Due:
    """A guarantee whose amended successor was presented."""
    return Due(Clock.REPLACED, "", at, at)


def is_late(until: datetime, now: datetime) -> bool:
    return now >= until


LOSERS_RULE = "bond-refund-losers"
_WHOLE = {
    End.CONTRACTED: (Clock.CONTRACT, "bond-refund"),
    End.CANCELLED: (Clock.CANCELLED, "cancelled-with-reason"),
    End.FAILED: (Clock.FAILED, ""),
}


def _due(statute: Statute, clock: Clock, rule: str, at: datetime) -> Due:
    """A rule that counts no days asks for it at once."""
    if not rule or not statute.profile.has(rule):
        return Due(clock, "", at, at)
    counted = statute.rule(rule).days is not None
    return Due(clock, rule, at, statute.due(rule, at).at if counted else at)


class Trouble(StrEnum):
    """What a release waits for."""

    DEMAND = "demand-open"
    PRESENTATION = "not-presented-yet"
    SENDING = "not-sent-yet"
    MINING = "not-mined-yet"
    REFUSED = "refused-by-the-chain"
    FOLLOWING = "not-followed-yet"


TROUBLES = {
    Trouble.DEMAND: Said(
        "受益人的索赔尚未答复", "a demand is open: it ends the guarantee, or must be answered first"
    ),
    Trouble.PRESENTATION: Said("链上尚未完成提交（出示）", "the guarantee is not presented on chain yet"),
    Trouble.SENDING: Said(
        "解除交易尚未发出：请检查链网关及受益人账户的密钥",
        "its transaction was not sent: see to the gateway and the key of the beneficiary's account",
    ),
    Trouble.MINING: Said("解除交易尚未上链确认", "its transaction waits to be mined and confirmed"),
    Trouble.REFUSED: Said("合约拒绝了解除交易", "the contract refused its transaction"),
    Trouble.FOLLOWING: Said("链上事件尚未读取", "the chain's event was not followed yet"),
}


def waits_for(
    *, state: str, presented: bool, sending: str | None, closed: Collection[str] = ("confirmed",)
) -> Trouble:
    """What a release that is not done waits for; `sending` is the state of its row in the outbox, None for none."""
    if state == "demanded":
        return Trouble.DEMAND
    if not presented:
        return Trouble.PRESENTATION
    if sending in (None, "wanted", "signed"):
        return Trouble.SENDING
    if sending in ("reverted", "refused"):
        return Trouble.REFUSED
    return Trouble.FOLLOWING if sending in closed else Trouble.MINING

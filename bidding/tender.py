"""The states of a tender and the moves between them: one table, which tests walk exhaustively.

    draft -> published -> closed -> opened -> evaluated -> candidates-published -> awarded -> contracted
    suspended, from any of the middle, and back; failed, and tendered again; cancelled

Pure. The table says only from where a move goes and by which rule; what else a move requires stands in
bidding/moves.py. From the closing on, each lot of a tender walks the table by itself (bids are counted by lot); a
tender's state is then `state_of_all` of its lots.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from bidding.errors import WrongStateError
from statutes.errors import Violation
from statutes.rule import Rule
from statutes.said import Said
from statutes.statute import Statute


class State(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    OPENED = "opened"
    EVALUATED = "evaluated"
    CANDIDATES_PUBLISHED = "candidates-published"
    AWARDED = "awarded"
    CONTRACTED = "contracted"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TENDERED_AGAIN = "tendered-again"


class Move(StrEnum):
    PUBLISH = "publish"
    AMEND = "amend"
    POSTPONE = "postpone"
    SUSPEND_FOR_OBJECTION = "suspend-for-objection"
    SUSPEND_BY_ORDER = "suspend-by-order"
    RESUME = "resume"
    CLOSE = "close"
    OPEN = "open"
    EVALUATE = "evaluate"
    PUBLISH_CANDIDATES = "publish-candidates"
    AWARD = "award"
    AWARD_FROM_REPORT = "award-from-report"
    AWARD_NEXT = "award-next"
    CONTRACT = "contract"
    FAIL_FOR_TOO_FEW_BIDS = "fail-for-too-few-bids"
    FAIL_AS_ALL_REJECTED = "fail-as-all-rejected"
    FAIL_WITHOUT_WINNER = "fail-without-winner"
    ANNUL = "annul"
    CANCEL = "cancel"
    TENDER_AGAIN = "tender-again"


STATE_NAMES = {
    State.DRAFT: Said("草稿", "draft"),
    State.PUBLISHED: Said("已发布", "published"),
    State.SUSPENDED: Said("已暂停", "suspended"),
    State.CLOSED: Said("投标已截止", "closed"),
    State.OPENED: Said("已开标", "opened"),
    State.EVALUATED: Said("已评标", "evaluated"),
    State.CANDIDATES_PUBLISHED: Said("中标候选人公示中", "candidates published"),
    State.AWARDED: Said("已定标", "awarded"),
    State.CONTRACTED: Said("已签订合同", "contracted"),
    State.FAILED: Said("招标失败", "failed"),
    State.CANCELLED: Said("已终止", "cancelled"),
    State.TENDERED_AGAIN: Said("已重新招标", "tendered again"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A move, the states from which it goes, the state that it leads to (None: the same, or back), its rule."""

    move: Move
    sources: frozenset[State]
    target: State | None
    rule: str


def _row(move: Move, sources: str, target: State | None, rule: str) -> Row:
    return Row(move, frozenset(State(name) for name in sources.split()), target, rule)


_UNDER_WAY = "published closed opened evaluated candidates-published suspended"

TABLE = (
    _row(Move.PUBLISH, "draft", State.PUBLISHED, "notice-published"),
    _row(Move.AMEND, "published", None, "amendment-before-deadline"),
    _row(Move.POSTPONE, "published", None, "deadline-only-later"),
    _row(
        Move.SUSPEND_FOR_OBJECTION,
        "published candidates-published suspended",
        State.SUSPENDED,
        "suspended-until-reply",
    ),
    _row(Move.SUSPEND_BY_ORDER, _UNDER_WAY + " awarded", State.SUSPENDED, "suspension-order"),
    _row(Move.RESUME, "suspended", None, "suspension-order"),
    _row(Move.CLOSE, "published", State.CLOSED, "opening-at-deadline"),
    _row(Move.OPEN, "closed", State.OPENED, "opening-at-deadline"),
    _row(Move.EVALUATE, "opened", State.EVALUATED, "report-signed"),
    _row(Move.PUBLISH_CANDIDATES, "evaluated", State.CANDIDATES_PUBLISHED, "candidates-within"),
    _row(Move.AWARD, "candidates-published", State.AWARDED, "candidates-objection"),
    _row(Move.AWARD_FROM_REPORT, "evaluated", State.AWARDED, "winner-from-report"),
    _row(Move.AWARD_NEXT, "awarded", None, "first-ranked"),
    _row(Move.CONTRACT, "awarded", State.CONTRACTED, "contract-due"),
    _row(Move.FAIL_FOR_TOO_FEW_BIDS, "closed", State.FAILED, "three-bids"),
    _row(Move.FAIL_AS_ALL_REJECTED, "opened evaluated", State.FAILED, "all-rejected"),
    _row(Move.FAIL_WITHOUT_WINNER, "candidates-published awarded", State.FAILED, "first-ranked"),
    _row(
        Move.ANNUL,
        "opened evaluated candidates-published awarded contracted suspended",
        State.FAILED,
        "invalid-award",
    ),
    _row(Move.CANCEL, _UNDER_WAY, State.CANCELLED, "cancelled-with-reason"),
    _row(Move.TENDER_AGAIN, "failed", State.TENDERED_AGAIN, "three-bids"),
)
"""A row whose rule the profile does not have is a move that its law does not know."""

ROWS = {row.move: row for row in TABLE}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a tender or a lot stands.

    causes:  what suspends it: ids of objections or orders. Not empty exactly in SUSPENDED.
    resumes: the state it goes back to when the last cause is gone. Set exactly in SUSPENDED.
    """

    state: State = State.DRAFT
    causes: frozenset[str] = frozenset()
    resumes: State | None = None


def move(statute: Statute, standing: Standing, taken: Move, cause: str = "") -> Standing:
    """The standing after a move. `cause` names what suspends, or what no longer does.

    WrongStateError if the move does not go from here, if the profile's law does not know it, or if the cause is no
    open one. Suspended twice, a tender goes on only when both causes are gone.
    """
    row = ROWS[taken]
    if standing.state not in row.sources or not statute.profile.has(row.rule):
        raise WrongStateError(_refusal(statute, standing, row))
    if row.target is State.SUSPENDED:
        if not cause or cause in standing.causes:
            raise WrongStateError(_refusal(statute, standing, row))
        resumes = standing.resumes or standing.state
        return Standing(State.SUSPENDED, standing.causes | {cause}, resumes)
    if taken is Move.RESUME:
        if cause not in standing.causes:
            raise WrongStateError(_refusal(statute, standing, row))
        left = standing.causes - {cause}
        return replace(standing, causes=left) if left else Standing(standing.resumes or State.DRAFT)
    return Standing(row.target or standing.state)


def possible(statute: Statute, standing: Standing) -> tuple[Move, ...]:
    """The moves that go from here, for a page's buttons; what else they require, they say when tried."""
    return tuple(row.move for row in TABLE if standing.state in row.sources and statute.profile.has(row.rule))


def state_of_all(states: Collection[State]) -> State:
    """A tender's state from those of its lots, at least one.

    The least advanced of the lots that are still alive; suspended if any of them is; when none is alive, the state of
    all if it is one, and else failed before cancelled.
    """
    ended = {State.FAILED, State.CANCELLED, State.TENDERED_AGAIN}
    alive = [state for state in states if state not in ended]
    if State.SUSPENDED in alive:
        return State.SUSPENDED
    order = list(State)
    if alive:
        return min(alive, key=order.index)
    return min(states, key=order.index)


def _refusal(statute: Statute, standing: Standing, row: Row) -> Violation:
    """Cites the row's rule, or, where the profile does not have it, says so under the rule on order."""
    known = statute.profile.has(row.rule)
    rule: Rule = statute.rule(row.rule if known else "order-of-events")
    is_ = STATE_NAMES[standing.state]
    if not known:
        allowed = Said("本程序无此步骤", "this procedure has no such step")
    elif standing.state in row.sources:
        allowed = Said(
            "写明尚未列明的暂停事由或者现存的暂停事由", "a cause: a new one to suspend, an open one to resume"
        )
    else:
        names = [STATE_NAMES[state] for state in State if state in row.sources]
        allowed = Said("、".join(name.zh for name in names), ", ".join(name.en for name in names))
    return Violation(rule.id, rule.articles, row.move.value, rule.law, is_, allowed)

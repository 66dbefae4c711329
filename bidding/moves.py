"""What each move of a tender requires beyond the right state (bidding/tender.py has the table).

Pure. Each function takes the standing and the facts, and returns the new standing or raises the move's own error.
Duties with a date (candidates within 3 days, the contract within 30) are not refused when late: they stay duties, and
their due dates are `Statute.due`.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from bidding.changes import no_reason
from bidding.changes import resume as resume_bidding
from bidding.errors import CandidatesError, ContractError, NoReasonError, TooEarlyError, TooFewBidsError
from bidding.lot import Lot
from bidding.lot_rules import check_lot
from bidding.tender import Move, Standing, State, move
from bidding.timetable import Timetable, check
from statutes.counting import Span, local
from statutes.errors import Violation
from statutes.instants import said_instant, said_start
from statutes.money import said_amount
from statutes.rule import Rule
from statutes.said import Said
from statutes.statute import Statute


class NextRankGround(StrEnum):
    """Why the candidate before is not the winner after all (条55)."""

    GAVE_UP = "gave-up"
    CANNOT_PERFORM = "cannot-perform"
    NO_PERFORMANCE_BOND = "no-performance-bond"
    IN_BREACH = "in-breach"


def publish(
    statute: Statute, standing: Standing, timetable: Timetable, lots: Sequence[Lot], now: datetime
) -> Standing:
    """TimetableError or LotError with every violation; TooEarlyError if the documents were to be had before now."""
    moved = move(statute, standing, Move.PUBLISH)
    _not_before(statute.rule("order-of-events"), Move.PUBLISH, timetable.documents_from, local(now))
    check(statute, timetable)
    check_lot(statute, *lots)
    return moved


def resume(
    statute: Statute,
    standing: Standing,
    cause: str,
    timetable: Timetable,
    now: datetime,
    stops: Sequence[Span],
    amendments: Sequence[datetime] = (),
    new_deadline: datetime | None = None,
) -> tuple[Standing, Timetable]:
    """The cause is gone: the objection answered, the order lifted. `stops` are all suspensions, the last one too.

    When bidding goes on, the deadline must still be possible, or be moved: DeadlineError names the earliest.
    """
    moved = move(statute, standing, Move.RESUME, cause)
    if moved.state is State.PUBLISHED:
        return moved, resume_bidding(statute, timetable, now, stops, amendments, new_deadline)
    return moved, timetable


def close(statute: Statute, standing: Standing, timetable: Timetable, now: datetime) -> Standing:
    """TooEarlyError before the deadline."""
    moved = move(statute, standing, Move.CLOSE)
    _not_before(statute.rule("opening-at-deadline"), Move.CLOSE, now, timetable.deadline)
    return moved


def open_bids(
    statute: Statute, standing: Standing, timetable: Timetable, now: datetime, bids: int
) -> Standing:
    """`bids`: how many the closing lists. TooEarlyError before the opening, TooFewBidsError with fewer than three."""
    moved = move(statute, standing, Move.OPEN)
    _not_before(statute.rule("opening-at-deadline"), Move.OPEN, now, timetable.opening)
    rule = statute.rule("three-bids")
    least = rule.number or 0
    if bids < least:
        raise TooFewBidsError(_of_number(rule, Move.OPEN, bids, f"至少{least}个", f"at least {least}"))
    return moved


def fail_for_too_few_bids(statute: Statute, standing: Standing, bids: int) -> Standing:
    """TooFewBidsError if there are enough: such a tender is opened, and nobody may prefer to start again."""
    moved = move(statute, standing, Move.FAIL_FOR_TOO_FEW_BIDS)
    rule = statute.rule("three-bids")
    least = rule.number or 0
    if bids >= least:
        raise TooFewBidsError(
            _of_number(
                rule, Move.FAIL_FOR_TOO_FEW_BIDS, bids, f"少于{least}个", f"only with fewer than {least}"
            )
        )
    return moved


def publish_candidates(statute: Statute, standing: Standing, candidates: int) -> Standing:
    """CandidatesError unless there is one at least, and no more than the law allows."""
    moved = move(statute, standing, Move.PUBLISH_CANDIDATES)
    rule = statute.rule("candidates-number")
    most = rule.number or 0
    if not 1 <= candidates <= most:
        raise CandidatesError(
            _of_number(rule, Move.PUBLISH_CANDIDATES, candidates, f"1至{most}个", f"1 to {most}")
        )
    return moved


def award(
    statute: Statute, standing: Standing, now: datetime, candidates_until: datetime, rank: int
) -> Standing:
    """To the first candidate, after the publication. TooEarlyError, CandidatesError.

    An objection that is still open has suspended the tender, so no award comes before its reply.
    """
    moved = move(statute, standing, Move.AWARD)
    _not_before(statute.rule("candidates-objection"), Move.AWARD, now, candidates_until)
    _rank_is(statute, Move.AWARD, rank, 1)
    return moved


def award_from_report(statute: Statute, standing: Standing, rank: int) -> Standing:
    """Where the law knows no publication of candidates (采条43). CandidatesError."""
    moved = move(statute, standing, Move.AWARD_FROM_REPORT)
    _rank_is(statute, Move.AWARD_FROM_REPORT, rank, 1)
    return moved


def award_next(
    statute: Statute,
    standing: Standing,
    rank: int,
    last_rank: int,
    candidates: int,
    ground: NextRankGround | None,
) -> Standing:
    """To the next candidate, because the one before fell out. CandidatesError, or NoReasonError without a ground."""
    moved = move(statute, standing, Move.AWARD_NEXT)
    if ground is None:
        raise NoReasonError(no_reason(statute, "first-ranked"))
    _rank_is(statute, Move.AWARD_NEXT, rank, last_rank + 1)
    if rank > candidates:
        rule = statute.rule("first-ranked")
        raise CandidatesError(
            _of_number(rule, Move.AWARD_NEXT, rank, f"第1至第{candidates}名", f"rank 1 to {candidates}")
        )
    return moved


def contract(statute: Statute, standing: Standing, price: int, awarded: int) -> Standing:
    """`price` of the contract and `awarded` price in fen. ContractError unless they are one."""
    moved = move(statute, standing, Move.CONTRACT)
    if price != awarded:
        rule = statute.rule("contract-as-bid")
        raise ContractError(
            Violation(
                *(rule.id, rule.articles, Move.CONTRACT.value, rule.law),
                *(said_amount(price), said_amount(awarded)),
            )
        )
    return moved


def cancel(statute: Statute, standing: Standing, reason: str) -> Standing:
    """NoReasonError without a reason. What was sealed stays sealed."""
    moved = move(statute, standing, Move.CANCEL)
    if not reason.strip():
        raise NoReasonError(no_reason(statute, "cancelled-with-reason"))
    return moved


def _not_before(rule: Rule, taken: Move, now: datetime, earliest: datetime) -> None:
    if local(now) < earliest:
        raise TooEarlyError(
            Violation(
                *(rule.id, rule.articles, taken.value, rule.law, said_instant(now), said_start(earliest)),
                earliest=earliest,
            )
        )


def _rank_is(statute: Statute, taken: Move, rank: int, due: int) -> None:
    if rank != due:
        rule = statute.rule("first-ranked")
        raise CandidatesError(_of_number(rule, taken, rank, f"第{due}名", f"rank {due}"))


def _of_number(rule: Rule, taken: Move, is_: int, zh: str, en: str) -> Violation:
    return Violation(rule.id, rule.articles, taken.value, rule.law, Said(f"{is_}", f"{is_}"), Said(zh, en))

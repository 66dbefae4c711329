"""Every state times every move, against a matrix that is written out here on its own."""

import itertools

import pytest

from bidding.errors import WrongStateError
from bidding.tender import ROWS, STATE_NAMES, TABLE, Move, Standing, State, move, possible, state_of_all
from tests.unit.bidding.examples import PROCUREMENT, TENDER

ALLOWED = {
    "draft": "publish",
    "published": "amend postpone suspend-for-objection suspend-by-order close cancel",
    "suspended": "suspend-for-objection suspend-by-order resume annul cancel",
    "closed": "suspend-by-order open fail-for-too-few-bids cancel",
    "opened": "suspend-by-order evaluate fail-as-all-rejected annul cancel",
    "evaluated": "suspend-by-order publish-candidates fail-as-all-rejected annul cancel",
    "candidates-published": "suspend-for-objection suspend-by-order award fail-without-winner annul cancel",
    "awarded": "suspend-by-order award-next contract fail-without-winner annul",
    "contracted": "annul",
    "failed": "tender-again",
    "cancelled": "",
    "tendered-again": "",
}
LEADS_TO = {
    "publish": "published",
    "suspend-for-objection": "suspended",
    "suspend-by-order": "suspended",
    "close": "closed",
    "open": "opened",
    "evaluate": "evaluated",
    "publish-candidates": "candidates-published",
    "award": "awarded",
    "award-from-report": "awarded",
    "contract": "contracted",
    "fail-for-too-few-bids": "failed",
    "fail-as-all-rejected": "failed",
    "fail-without-winner": "failed",
    "annul": "failed",
    "cancel": "cancelled",
    "tender-again": "tendered-again",
}


def standing(state: State) -> Standing:
    if state is State.SUSPENDED:
        return Standing(state, frozenset({"objection-1"}), State.PUBLISHED)
    return Standing(state)


@pytest.mark.parametrize(("state", "taken"), list(itertools.product(State, Move)))
def test_every_state_times_every_move(state: State, taken: Move) -> None:
    here = standing(state)
    cause = "objection-1" if taken is Move.RESUME else "order-2"
    if taken.value in ALLOWED[state.value].split():
        after = move(TENDER, here, taken, cause)
        expected = "published" if taken is Move.RESUME else LEADS_TO.get(taken.value, state.value)
        assert after.state.value == expected
        assert bool(after.causes) == (after.resumes is not None) == (after.state is State.SUSPENDED)
    else:
        with pytest.raises(WrongStateError) as error:
            move(TENDER, here, taken, cause)
        [found] = error.value.violations
        assert found.subject == taken.value
        assert STATE_NAMES[state].zh in found.said.zh
        assert STATE_NAMES[state].en in found.said.en
        if TENDER.profile.has(ROWS[taken].rule):
            assert (found.rule, found.articles) == (ROWS[taken].rule, TENDER.rule(ROWS[taken].rule).articles)


@pytest.mark.parametrize("state", State)
def test_the_possible_moves_are_those_that_go(state: State) -> None:
    assert {one.value for one in possible(TENDER, standing(state))} == set(ALLOWED[state.value].split())


def test_the_table_has_each_move_once() -> None:
    assert sorted(row.move for row in TABLE) == sorted(Move)


def test_procurement_awards_from_the_report_and_knows_no_publication_of_candidates() -> None:
    here = Standing(State.EVALUATED)
    assert move(PROCUREMENT, here, Move.AWARD_FROM_REPORT).state is State.AWARDED
    with pytest.raises(WrongStateError, match="no such step"):
        move(PROCUREMENT, here, Move.PUBLISH_CANDIDATES)
    with pytest.raises(WrongStateError, match="no such step"):
        move(PROCUREMENT, Standing(State.PUBLISHED), Move.SUSPEND_FOR_OBJECTION, "challenge-1")


@pytest.mark.parametrize("state", [state for state in State if "suspend-by-order" in ALLOWED[state.value]])
def test_a_suspended_tender_goes_back_to_where_it_was_when_the_last_cause_is_gone(state: State) -> None:
    if state is State.SUSPENDED:
        return
    one = move(TENDER, Standing(state), Move.SUSPEND_BY_ORDER, "order-1")
    two = move(TENDER, one, Move.SUSPEND_BY_ORDER, "order-2")
    still = move(TENDER, two, Move.RESUME, "order-1")
    assert still.state is State.SUSPENDED
    assert move(TENDER, still, Move.RESUME, "order-2") == Standing(state)


@pytest.mark.parametrize(
    ("taken", "cause"), [(Move.SUSPEND_BY_ORDER, "a"), (Move.SUSPEND_BY_ORDER, ""), (Move.RESUME, "b")]
)
def test_a_cause_is_new_when_it_suspends_and_open_when_it_ends(taken: Move, cause: str) -> None:
    here = Standing(State.SUSPENDED, frozenset({"a"}), State.CLOSED)
    with pytest.raises(WrongStateError, match="a cause"):
        move(TENDER, here, taken, cause)


@pytest.mark.parametrize(
    ("lots", "tender"),
    [
        ("opened", "opened"),
        ("opened awarded failed", "opened"),
        ("contracted suspended", "suspended"),
        ("contracted failed", "contracted"),
        ("failed cancelled", "failed"),
        ("cancelled cancelled", "cancelled"),
        ("tendered-again", "tendered-again"),
    ],
)
def test_a_tender_is_as_far_as_the_least_advanced_of_its_lots_that_are_alive(lots: str, tender: str) -> None:
    assert state_of_all([State(lot) for lot in lots.split()]) is State(tender)

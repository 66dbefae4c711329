"""What draws follow by themselves: openings, awards, what happens in the pool; and none waits for another's trouble."""

import pytest
from sqlalchemy import update

from oversight import drawing, pool, snapshots
from oversight.draw_tables import EXHAUSTED, FORMED, PUBLISHED, DrawRow
from oversight.errors import DrawRefusedError, OversightError
from oversight.expert_draw import Answer, Need
from tests.integration.oversight.office import Office, expert
from tests.integration.oversight.test_draws import number_of
from tests.log import NOW


def employer_of(office: Office, draw: bytes, call: int) -> str:
    return expert(int(number_of(office, draw, call)[2:])).employer


def suspend(office: Office, number: str) -> None:
    with office.world.database.session() as session:
        pool.suspend(session, number, reason="a case", now=NOW, random=office.random)
        session.commit()


def commit(office: Office) -> None:
    with office.world.database.session() as session:
        snapshots.commit_pool(session, now=office.now, random=office.random)
        session.commit()


def test_bidders_whom_an_opening_names_are_matched_without_anybody_asking(office: Office) -> None:
    draw = office.started()
    office.accept_all(draw)
    assert not office.tick()
    office.lots.named.append(employer_of(office, draw, 0))
    assert office.tick()
    assert office.calls(draw)[0].answer == Answer.CONFLICTED.value
    assert office.committee.replaced[0].number == number_of(office, draw, 0)
    for _ in range(20):
        office.accept_all(draw)
    office.tick()
    assert not office.tick(), "what was matched is matched again for ever"

    # A bid that opens later, out of the fallback or of a second envelope, counts too.
    member = next(c.number for c in office.calls(draw) if c.answer == Answer.ACCEPTED.value)
    office.lots.named.append(employer_of(office, draw, member))
    assert office.tick()
    assert office.calls(draw)[member].answer == Answer.CONFLICTED.value


def test_names_are_published_once_the_award_stands_and_not_before(office: Office) -> None:
    draw, other = office.started(), office.started(lot="lot-2")
    office.accept_all(draw)
    office.tick()
    assert office.row(draw).state == FORMED
    office.lots.won.update({"lot-1", "lot-2"})
    office.tick()
    assert office.row(draw).state == PUBLISHED
    assert office.row(other).names is None, "it is not over"
    assert not office.tick()
    office.redo(draw, office.publish(draw))


def test_an_exhausted_draw_is_published_after_the_award_too(office: Office) -> None:
    barred = [expert(i).number for i in range(40, office.size) if i % 97 != 1]
    draw = office.started(
        needs=(Need("A0801", "460100", 5, 0),),
        avoided=tuple(drawing.Avoided("declared", number=number) for number in barred),
    )
    for number in range(10):
        if office.row(draw).state != EXHAUSTED:
            office.answer(draw, number, Answer.DECLINED)
    office.lots.won.add("lot-1")
    office.tick()
    assert (office.row(draw).state, office.row(draw).names is None) == (EXHAUSTED, False)


def test_a_pool_that_has_changed_is_committed_before_it_is_drawn_from(office: Office) -> None:
    suspend(office, expert(0).number)
    with pytest.raises(DrawRefusedError) as caught:
        office.ask()
    assert caught.value.rule == "stale"
    commit(office)
    office.ask()

    with office.world.database.session() as session:
        pool.enter(session, expert(office.size), now=NOW, random=office.random)
        session.commit()
    office.ask("lot-2")  # who was not reviewed cannot be drawn, committed or not
    with office.world.database.session() as session:
        number = expert(office.size).number
        pool.review(session, number, admit=True, reason="", now=NOW, random=office.random)
        session.commit()
    with pytest.raises(DrawRefusedError):
        office.ask("lot-3")


def test_an_expert_who_is_suspended_after_the_request_is_passed_over(office: Office) -> None:
    first = office.started()
    office.accept_all(first)
    draw = office.ask("lot-2")
    for i in range(office.size):
        if i % 2:
            suspend(office, expert(i).number)
    office.give_seed(draw)
    office.tick()
    calls = {call.number: call.answer for call in office.calls(draw)}
    passed = {number for number in calls if int(number_of(office, draw, number)[2:]) % 2}
    assert passed
    assert {calls[number] for number in passed} == {Answer.CONFLICTED.value}
    assert len(calls) - len(passed) == 5
    assert len(office.telephone.told) == 5 + 5
    office.accept_all(draw)
    office.redo(draw, office.publish(draw))


def test_a_draw_that_cannot_go_on_keeps_no_other_waiting(office: Office) -> None:
    broken, sound = office.ask(), office.ask("lot-2")
    for draw in (broken, sound):
        office.give_seed(draw)
    with office.world.database.session() as session:
        session.execute(update(DrawRow).where(DrawRow.id == broken).values(terms=b"{}"))
        session.commit()
    with pytest.raises(OversightError):
        office.tick()
    assert len(office.calls(sound)) == 5
    assert len(office.telephone.told) == 5, "nobody was told"

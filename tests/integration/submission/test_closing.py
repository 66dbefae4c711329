"""The closing: exactly the bids that stand, once, and whoever submits at its moment is in or out."""

import threading
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from bidding import closing, intake
from bidding.intake import IntakeError
from bidding.submission import acceptance
from bidding.submission.models import IntakeRow
from ledger.entries import LotClosed, LotPublished, Revealed, decode
from ledger.view import judge
from ledger.view.errors import ReleaseRefusedError
from tests.intake import LOT, Draft, World, code_of
from tests.story import PRICE

RECEIPT_SECONDS = 0.0
HOUR = timedelta(hours=1)


def state(world: World, lot: str = LOT) -> str:
    with world.database.session() as session:
        return session.get_one(IntakeRow, lot).state


def closings(world: World) -> list[LotClosed]:
    return [entry for leaf in world.leaves() if isinstance(entry := decode(leaf), LotClosed)]


def bids(world: World, count: int) -> None:
    for number in range(count):
        assert world.post(world.draft(f"bid {number}".encode())).status_code == 202


def test_lot_with_too_few_bids_is_closed_and_has_failed(world: World) -> None:
    world.publish()
    bids(world, 2)
    world.book.run()
    (closed,) = world.close()
    assert closed.failed
    assert state(world) == "failed"
    world.book.run()
    assert [len(entry.bids) for entry in closings(world)] == [2]
    with pytest.raises(ReleaseRefusedError, match="2 bids that stand"):
        judge(world.view(), closed.closing.hex(), "price")


def test_lot_without_any_bid_is_closed_too(world: World) -> None:
    world.publish()
    (closed,) = world.close()
    assert (closed.bids, closed.revealed, closed.failed) == ((), 0, True)


def test_closing_waits_for_entries_that_have_no_place_yet_and_lets_nothing_in_meanwhile(world: World) -> None:
    world.publish()
    bids(world, 3)
    late = world.draft()
    uploads = world.uploads(late)
    assert world.close() == []
    assert state(world) == "closing"
    assert world.post(late, uploads).status_code == 409
    world.book.run()
    (closed,) = world.close(timedelta())
    assert len(closed.bids) == 3
    assert world.close(timedelta()) == []
    world.book.run()
    assert len(closings(world)) == 1


def test_missed_ticks_and_many_workers_change_nothing(world: World) -> None:
    for lot in ("lot-1", "lot-2", "lot-3"):
        world.publish(lot)
    world.book.run()
    world.clock.ahead += timedelta(days=3)
    workers = [threading.Thread(target=world.close, args=(timedelta(),)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    world.close(timedelta())
    world.book.run()
    assert sorted(entry.lot for entry in closings(world)) == ["lot-1", "lot-2", "lot-3"]


def test_who_holds_the_intake_at_the_deadline_is_in_and_the_closing_comes_again(world: World) -> None:
    world.publish()
    with world.database.session() as session:
        acceptance.terms_of(session, LOT, for_share=True)
        assert world.close() == []
        assert state(world) == "open"
    assert len(world.close(timedelta())) == 1


def test_who_submits_while_the_lot_is_being_closed_waits_and_is_out(world: World) -> None:
    world.publish()
    draft = world.draft()
    uploads, answers = world.uploads(draft), list[TestResponse]()
    with world.database.session() as session:
        row = session.execute(select(IntakeRow).with_for_update()).scalar_one()
        thread = threading.Thread(target=lambda: answers.append(world.post(draft, uploads)))
        thread.start()
        thread.join(1)
        assert thread.is_alive(), "the submission did not wait for the closing"
        row.state = "closing"
        session.commit()
    thread.join(10)
    assert code_of(answers[0]) == "deadline-passed"


def test_nothing_is_closed_before_the_deadline_and_its_grace(world: World) -> None:
    deadline = world.publish()
    world.clock.ahead += deadline - world.clock() + timedelta(seconds=1)
    assert world.close(timedelta()) == []
    assert len(world.close(closing.GRACE)) == 1


def test_postponed_lot_is_closed_at_its_new_deadline(world: World) -> None:
    deadline = world.publish()
    bids(world, 3)
    with world.database.session() as session:
        intake.postpone(session, LOT, deadline + HOUR, "more time", now=world.clock())
        session.commit()
    world.book.run()
    assert world.close() == []
    (closed,) = world.close(HOUR)
    world.book.run()
    assert closings(world)[0].deadline == int((deadline + HOUR).timestamp())
    assert len(judge(world.view(), closed.closing.hex(), "price").admitted) == 3


def test_suspended_lot_is_not_closed_and_needs_a_new_deadline_if_the_old_went_by(world: World) -> None:
    deadline = world.publish()
    now = world.clock
    with world.database.session() as session:
        intake.suspend(session, LOT, "an objection", now=now())
        session.commit()
    assert world.close() == []
    with world.database.session() as session:
        with pytest.raises(IntakeError, match="postpone it"):
            intake.resume(session, LOT, "answered", now=now())
        intake.postpone(session, LOT, deadline + 2 * HOUR, "answered", now=now())
        intake.resume(session, LOT, "answered", now=now())
        session.commit()
    assert world.close(timedelta()) == []
    assert len(world.close(2 * HOUR)) == 1
    world.book.run()
    assert world.view().lots.get(LOT).closing is not None


def test_cancelled_lot_is_never_closed_and_what_was_sealed_stays_so(world: World) -> None:
    world.publish()
    bids(world, 3)
    with world.database.session() as session:
        intake.cancel(session, LOT, "no money", now=world.clock())
        session.commit()
    world.book.run()
    assert world.close() == []
    world.book.run()
    assert not [leaf for leaf in world.leaves() if isinstance(decode(leaf), Revealed | LotClosed)]


def test_steps_that_an_intake_does_not_allow(world: World) -> None:
    deadline, now = world.publish(), world.clock()
    with world.database.session() as session:
        for later in (deadline, deadline - HOUR, deadline + timedelta(microseconds=1)):
            with pytest.raises(IntakeError):
                intake.postpone(session, LOT, later, "", now=now)
        with pytest.raises(IntakeError, match="has passed"):
            intake.postpone(session, LOT, deadline + HOUR, "", now=deadline)
        with pytest.raises(IntakeError, match="there is no lot"):
            intake.cancel(session, "lot-9", "", now=now)
        entry = LotPublished(LOT, "t", "ab" * 32, int(deadline.timestamp()), 3, "age1" + "q" * 58, (PRICE,))
        for wrong in (
            entry,
            replace(entry, lot="lot-2", parts=()),
            replace(entry, lot="lot-2", parts=(PRICE, PRICE)),
            replace(entry, lot="lot-2", deadline=int(now.timestamp())),
        ):
            with pytest.raises(IntakeError):
                intake.open_intake(session, wrong, max_size=1, now=now)


def test_closings_of_random_stories_are_what_everybody_computes(world: World) -> None:
    """Replacements, withdrawals and lots in any order; the list is ledger.view's."""
    random = Random(7)
    lots = [f"lot-{number}" for number in range(1, 4)]
    for lot in lots:
        world.publish(lot, min_bids=1)
    drafts: list[Draft] = []
    for _ in range(25):
        if drafts and random.random() < 0.5:
            old = random.choice(drafts)
            if random.random() < 0.3:
                world.withdraw(old)
            else:
                world.post(
                    world.draft(b"again", old.fact.lot, replaces=old).signed(sequence=random.randrange(9))
                )
        else:
            drafts.append(world.draft(b"new", random.choice(lots)))
            world.post(drafts[-1])
    world.book.run()
    closed = world.close()
    world.book.run()
    view = world.view()
    assert view.remarks == []
    for one in closed:
        assert one.bids == view.lots.get(one.lot).standing()
    assert len(closed) == 3

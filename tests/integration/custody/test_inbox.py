"""Taking messages: once, whole or not at all, and only what the sender may send."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from custody.errors import NotAllowedError, SequenceError
from custody.models import KeyholderRow, ReleaseRow, ReportRow
from ledger.entries import Entry, GroupAccepted, KeyRunOpened
from ledger.entries.signed import UNSIGNED
from ledger.exchange import Report, SealedRelease
from ledger.models import EntryRow
from ledger.view import LedgerView
from tests.keyholders import World
from tests.log import NOW
from tests.story import ORIGIN, PLATFORM_AGE, SUPERVISOR_AGE


def entries(world: World) -> int:
    with world.database.session() as session:
        return session.execute(select(func.count(EntryRow.id))).scalar_one()


def proposed(world: World) -> str:
    world.group = world.id_of(world.say(world.proposal()))
    return world.group


def test_what_a_keyholder_sends_stands_in_the_ledger(world: World) -> None:
    group = proposed(world)
    for keyholder in world.keyholders:
        world.take(keyholder, keyholder.message(entries=[world.acceptance(keyholder.party)]))
    assert world.sync().groups.get(group).is_complete


def test_a_repeat_takes_nothing_and_is_no_error(world: World) -> None:
    proposed(world)
    first = world.keyholders[0]
    data = first.message(entries=[world.acceptance(first.party)])
    world.take(first, data)
    before = entries(world)
    assert world.take(first, data).sequence == 1
    assert entries(world) == before


def test_an_old_message_and_another_one_with_the_last_sequence_are_refused(world: World) -> None:
    proposed(world)
    first = world.keyholders[0]
    old = first.message()
    world.take(first, old)
    world.take(first, first.message())
    for data in (old, first.message(entries=[world.acceptance(first.party)], sequence=2)):
        before = entries(world)
        with pytest.raises(SequenceError) as caught:
            world.take(first, data)
        assert caught.value.last == 2
        assert entries(world) == before


def test_channels_have_sequences_of_their_own(world: World) -> None:
    first, second = world.keyholders[:2]
    world.take(first, first.message(sequence=7))
    world.take(first, first.message(sequence=3, channel="witness"))
    world.take(second, second.message(sequence=1))


def test_one_message_sent_by_many_at_once_is_taken_once(world: World) -> None:
    proposed(world)
    first = world.keyholders[0]
    data = first.message(entries=[world.acceptance(first.party)])
    before = entries(world)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: world.take(first, data), range(8)))
    assert entries(world) == before + 1


def test_of_different_messages_with_one_sequence_at_once_one_is_taken(world: World) -> None:
    proposed(world)
    first = world.keyholders[0]
    messages = [first.message(sequence=5, known=known) for known in range(8)]

    def take(data: bytes) -> bool:
        try:
            world.take(first, data)
        except SequenceError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(take, messages)) == 1


def test_the_same_entry_in_a_new_message_is_not_appended_again(world: World) -> None:
    proposed(world)
    first = world.keyholders[0]
    acceptance = world.acceptance(first.party)
    world.take(first, first.message(entries=[acceptance, acceptance]))
    before = entries(world)
    world.take(first, first.message(entries=[acceptance]))
    world.sync()
    world.take(first, first.message(entries=[acceptance]))
    assert entries(world) == before


Change = Callable[[World, GroupAccepted], Entry]

FOREIGN: dict[str, Change] = {
    "another's number": lambda world, own: replace(own, member=2).signed_by(world.parties[0].signing),
    "another's signature": lambda world, own: own.signed_by(world.parties[1].signing),
    "no signature": lambda world, own: replace(own, signature=UNSIGNED),
    "another's entry": lambda world, own: world.acceptance(world.parties[1]),
    "another log": lambda world, own: replace(own, origin="other.example").signed_by(
        world.parties[0].signing
    ),
    "no such group": lambda world, own: replace(own, group="00" * 32).signed_by(world.parties[0].signing),
    "no such member": lambda world, own: replace(own, member=9).signed_by(world.parties[0].signing),
    "the platform's type": lambda world, own: KeyRunOpened(own.group, "11" * 32),
    "the supervisor's type": lambda world, own: world.proposal(),
}


@pytest.mark.parametrize("change", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_message_with_one_thing_that_its_sender_may_not_send_leaves_nothing(
    world: World, change: Change
) -> None:
    proposed(world)
    first = world.keyholders[0]
    good = world.acceptance(first.party)
    before = entries(world)
    report = Report("the group", "group", "I do not know it")
    with pytest.raises(NotAllowedError):
        world.take(first, first.message(entries=[good, change(world, good)], reports=[report]))
    assert entries(world) == before
    with world.database.session() as session:
        assert session.execute(select(func.count()).select_from(ReportRow)).scalar_one() == 0
    world.take(first, first.message(entries=[good], sequence=1))  # its sequence was not used up either
    assert entries(world) == before + 1


def test_a_message_for_another_log_is_refused(world: World) -> None:
    first = world.keyholders[0]
    with pytest.raises(NotAllowedError, match="another log"):
        world.take(first, first.message(origin="other.example"))


def test_entries_do_not_go_on_the_witness_s_channel(world: World) -> None:
    proposed(world)
    first = world.keyholders[0]
    with pytest.raises(NotAllowedError, match="work"):
        world.take(first, first.message(entries=[world.acceptance(first.party)], channel="witness"))


def test_two_different_dealings_both_stand_in_the_ledger_and_convict_their_sender(
    world: World, group: str
) -> None:
    run = world.open_run()
    first = world.keyholders[0]
    world.take(
        first, first.message(entries=[world.dealing(run, first.party), world.dealing(run, first.party)])
    )
    assert world.sync().keys.get(run).culprits == (1,)


def test_a_member_cannot_fill_the_ledger_with_versions_of_one_entry(world: World, group: str) -> None:
    run = world.open_run()
    first = world.keyholders[0]
    before = entries(world)
    dealings = [world.dealing(run, first.party) for _ in range(20)]
    world.take(first, first.message(entries=dealings))
    world.sync()
    world.take(first, first.message(entries=[world.dealing(run, first.party)]))
    assert entries(world) <= before + 3


def test_the_clock_difference_is_kept(world: World) -> None:
    first = world.keyholders[0]
    sent = int((NOW - timedelta(seconds=90)).timestamp())
    world.take(first, first.message(sent=sent))
    with world.database.session() as session:
        row = session.execute(select(KeyholderRow).where(KeyholderRow.signing_key == first.key)).scalar_one()
    assert (row.seen_at, row.clock_difference) == (NOW, -90)


def test_the_last_report_on_a_subject_is_kept_and_no_more_than_the_limit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custody.inbox.MAX_REPORTS", 5)
    first = world.keyholders[0]
    world.take(first, first.message(reports=[Report("lot-1", "early", "too early")]))
    later = NOW + timedelta(seconds=1)
    world.take(first, first.message(reports=[Report("lot-1", "early", "still too early")]), now=later)
    with world.database.session() as session:
        assert session.execute(select(ReportRow.sentence)).scalars().all() == ["still too early"]
    many = [Report(f"lot-{number}", "early", "too early") for number in range(20)]
    world.take(first, first.message(reports=many), now=later + timedelta(seconds=1))
    with world.database.session() as session:
        assert len(session.execute(select(ReportRow)).scalars().all()) == 5


def closed(world: World) -> str:
    keys = world.publish()
    bids = [world.bid("lot-1", keys) for _ in range(3)]
    return world.close("lot-1", bids)


def stored(world: World) -> list[ReleaseRow]:
    with world.database.session() as session:
        return list(session.execute(select(ReleaseRow).order_by(ReleaseRow.member)).scalars())


def test_a_release_is_stored_with_its_entry(world: World, group: str) -> None:
    closing = closed(world)
    first = world.keyholders[0]
    world.take(first, first.message(releases=[first.release(world.view, closing, "price")]))
    (row,) = stored(world)
    assert (row.closing, row.part, row.member, row.state) == (closing, "price", 1, "new")
    assert world.sync().openings.released(closing, "price") == {1: row.hash}


def test_the_same_release_sealed_anew_takes_the_place_of_one_that_is_not_known_to_be_good(
    world: World, group: str
) -> None:
    closing = closed(world)
    first = world.keyholders[0]
    release = first.release(world.view, closing, "price")
    stranger = [PLATFORM_AGE.recipient, PLATFORM_AGE.recipient]
    content = b"the same content as far as the ledger can tell"
    entry = world.release_entry(closing, "price", first.party)
    first_try, second_try = first.sealed(entry, content, stranger), first.sealed(entry, content, stranger)
    world.take(first, first.message(releases=[first_try]))
    before = stored(world)[0].sealed
    world.take(first, first.message(releases=[second_try]))
    assert stored(world)[0].sealed != before
    with world.database.session() as session:
        session.get_one(ReleaseRow, (closing, "price", 1)).state = "good"
        session.commit()
    before = stored(world)[0].sealed
    world.take(first, first.message(releases=[first_try]))
    assert stored(world)[0].sealed == before
    world.take(first, first.message(releases=[release]))  # another one: the first counts
    assert stored(world)[0].hash == entry.release


BAD: dict[str, Callable[[SealedRelease, World, LedgerView, str], SealedRelease]] = {
    "no base64": lambda release, *_: replace(release, sealed="*"),
    "no age file": lambda release, *_: replace(release, sealed="AAAA"),
    "one recipient": lambda _, world, view, closing: world.keyholders[0].release(
        view, closing, "price", recipients=[PLATFORM_AGE.recipient]
    ),
    "three recipients": lambda _, world, view, closing: world.keyholders[0].release(
        view, closing, "price", recipients=[PLATFORM_AGE.recipient, SUPERVISOR_AGE.recipient] * 2
    ),
    "another's": lambda _, world, view, closing: world.keyholders[1].release(view, closing, "price"),
    "no such part": lambda release, world, *_: replace(
        release, entry=release.entry.replace('"part":"price"', '"part":"other"')
    ),
}


@pytest.mark.parametrize("change", BAD.values(), ids=BAD.keys())
def test_a_release_that_cannot_be_one_is_refused_whole(
    world: World, group: str, change: Callable[[SealedRelease, World, LedgerView, str], SealedRelease]
) -> None:
    closing = closed(world)
    first = world.keyholders[0]
    release = change(first.release(world.view, closing, "price"), world, world.view, closing)
    with pytest.raises(NotAllowedError):
        world.take(first, first.message(releases=[release]))
    assert stored(world) == []
    assert world.sync().openings.released(closing, "price") == {}


def test_a_release_without_its_file_is_refused(world: World, group: str) -> None:
    closing = closed(world)
    first = world.keyholders[0]
    entry = world.release_entry(closing, "price", first.party)
    assert entry.origin == ORIGIN
    with pytest.raises(NotAllowedError, match="sealed file"):
        world.take(first, first.message(entries=[entry]))

"""The ledger's steps against the chain's events: what agrees is proved, what is on its way noted, and each lie found."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from ledger.entries import (
    Entry,
    GuaranteeChecked,
    GuaranteeExpired,
    GuaranteeExtended,
    GuaranteePaid,
    GuaranteesReconciled,
    encode,
)
from tests.published import Files, published
from tests.unit.verifier.awarded import Awarded
from tests.unit.verifier.registry_stub import event
from tests.unit.verifier.test_awarded import TRUST
from tests.unit.verifier.test_guarantees import CHECKED, DEMANDED, ID, LISTED, PRESENTED, REFUSED, RELEASED
from verifier.audit import audit
from verifier.events import Events
from verifier.registry_events import Event
from verifier.registry_nodes import Registered
from verifier.report import Finding, Level, Report

HASH, OTHER, EXPIRY = PRESENTED.document, "ef" * 32, PRESENTED.expiry
BEGUN = (LISTED, CHECKED, PRESENTED)
PAID = GuaranteePaid(ID, 1, HASH, 1_789_000_000)
EXTENDED = GuaranteeExtended(ID, 1, EXPIRY + 86400, 1_789_000_000)
EXPIRED = GuaranteeExpired(ID, EXPIRY)

E_ISSUED = event(1, "Issued", ID, LISTED.account, "cc" * 32, EXPIRY)
E_PRESENTED = event(2, "Presented", ID, "22" * 20, 1000, HASH)
E_DEMANDED = event(3, "Demanded", ID, 7, 1000, 30, HASH)
E_REFUSED = event(4, "Refused", ID, 7, HASH)
E_PAID = event(4, "Paid", ID, 7, HASH)
E_EXTENDED = event(4, "Extended", ID, 7, EXPIRY + 86400)
E_AGAIN = event(5, "Demanded", ID, 8, 1000, 30, HASH)
E_RELEASED = event(6, "Released", ID)
SHOWN = (E_ISSUED, E_PRESENTED)


def findings(
    entries: Sequence[Entry],
    deep: Sequence[Event],
    fresh: Sequence[Event] = (),
    *,
    time: int = EXPIRY,
    head: int = 99,
) -> list[Finding]:
    report = Report()
    events = Events(report)
    for index, entry in enumerate(entries):
        events.take(index, entry)
    events.finish(Registered(50, time, head, tuple(deep), tuple(fresh)))
    assert {one.check for one in report} <= {"event"}
    return list(report)


def level(*told: Any, **options: Any) -> Level:
    (found,) = findings(*told, **options)
    assert ID in found.sentence
    return found.level


@pytest.mark.parametrize(
    ("steps", "events"),
    [
        ((), ()),
        ((RELEASED,), (E_RELEASED,)),
        ((DEMANDED, PAID), (E_DEMANDED, E_PAID)),
        ((DEMANDED, REFUSED, replace(DEMANDED, number=2)), (E_DEMANDED, E_REFUSED, E_AGAIN)),
        ((DEMANDED, REFUSED, RELEASED), (E_DEMANDED, E_REFUSED, E_RELEASED)),
        ((DEMANDED, EXTENDED), (E_DEMANDED, E_EXTENDED)),
    ],
)
def test_each_step_with_its_event_is_proved(steps: tuple[Entry, ...], events: tuple[Event, ...]) -> None:
    assert level((*BEGUN, *steps), (*SHOWN, *events)) is Level.PROVED


@pytest.mark.parametrize(
    ("steps", "events", "sentence"),
    [
        (
            (RELEASED,),
            (event(6, "Demanded", ID, 7, 1, 0, HASH),),
            "the ledger says Released, and the chain Demanded",
        ),
        ((RELEASED,), (), "the ledger says Released, and the chain does not, which says so first"),
        ((DEMANDED, PAID), (E_DEMANDED,), "the ledger says Paid, and the chain does not"),
        ((DEMANDED, PAID), (E_DEMANDED, E_RELEASED), "the ledger says Paid, and the chain Released"),
        ((DEMANDED, replace(PAID, payment=OTHER)), (E_DEMANDED, E_PAID), "another payment"),
        (
            (replace(DEMANDED, amount=999),),
            (E_DEMANDED,),
            "another amount on chain: 1000, and 999 in the ledger",
        ),
        ((replace(DEMANDED, statement=OTHER),), (E_DEMANDED,), "another statement"),
        ((replace(DEMANDED, extension_days=0),), (E_DEMANDED,), "another extensionDays"),
        ((DEMANDED, replace(REFUSED, grounds=OTHER)), (E_DEMANDED, E_REFUSED), "another grounds"),
        ((DEMANDED, replace(EXTENDED, expiry=EXPIRY + 1)), (E_DEMANDED, E_EXTENDED), "another expiry"),
        ((EXPIRED,), (E_DEMANDED,), "it ended as expired, and the chain has Demanded in the block 3"),
        ((GuaranteeExpired(ID, EXPIRY - 9),), (), "it expired at"),
    ],
)
def test_what_contradicts_is_wrong(
    steps: tuple[Entry, ...], events: tuple[Event, ...], sentence: str
) -> None:
    (found,) = findings((*BEGUN, *steps), (*SHOWN, *events))
    assert found.level is Level.WRONG
    assert f"guarantee {ID}: " in found.sentence
    assert sentence in found.sentence


@pytest.mark.parametrize(
    ("events", "sentence"),
    [
        ((), "no such commitment"),
        ((event(1, "Issued", OTHER, LISTED.account, "cc" * 32, EXPIRY),), "no such commitment"),
        ((event(1, "Issued", ID, "99" * 20, "cc" * 32, EXPIRY), E_PRESENTED), "never listed"),
        ((event(1, "Issued", ID, LISTED.account, "cc" * 32, EXPIRY + 1), E_PRESENTED), "issued until"),
        ((E_ISSUED, event(2, "Presented", ID, "22" * 20, 999, HASH)), "another amount"),
        ((E_ISSUED, event(2, "Presented", ID, "22" * 20, 1000, OTHER)), "another document"),
    ],
)
def test_what_was_not_issued_or_otherwise_is_wrong(events: tuple[Event, ...], sentence: str) -> None:
    found = [one for one in findings(BEGUN, events) if one.level is Level.WRONG]
    assert [sentence in one.sentence for one in found] == [True]


def test_a_check_alone_asks_for_a_commitment() -> None:
    assert level((LISTED, CHECKED), ()) is Level.WRONG
    assert level((LISTED, CHECKED), (E_ISSUED,)) is Level.PROVED
    invalid = GuaranteeChecked("lot-1", 7, HASH, ID, "invalid", ("not-committed",))
    assert findings((LISTED, invalid), ()) == []
    assert findings((LISTED, invalid), (E_ISSUED,)) == []


def test_what_is_not_deep_enough_is_not_yet_and_never_wrong() -> None:
    assert level(BEGUN, (), SHOWN) is Level.NOTED
    assert level((*BEGUN, RELEASED), SHOWN, (E_RELEASED,)) is Level.NOTED
    assert level((*BEGUN, DEMANDED, PAID), SHOWN, (E_DEMANDED, E_PAID)) is Level.NOTED
    assert level((*BEGUN, DEMANDED), SHOWN, (E_RELEASED,)) is Level.NOTED
    assert level((*BEGUN, DEMANDED, PAID), SHOWN, (E_DEMANDED,)) is Level.WRONG


def test_who_is_ahead_is_told() -> None:
    (ahead,) = findings(BEGUN, (*SHOWN, E_RELEASED))
    assert (ahead.level, "the chain is ahead" in ahead.sentence) == (Level.NOTED, True)
    assert "Released in the block 6" in ahead.sentence
    for steps, events in (((), (E_ISSUED,)), ((DEMANDED,), (E_ISSUED,)), ((DEMANDED,), SHOWN)):
        (behind,) = findings((*BEGUN, *steps), events)
        assert (behind.level, "the chain is behind" in behind.sentence) == (Level.NOTED, True)


def test_what_expired_on_chain_can_never_be_presented_or_demanded() -> None:
    for steps, events in (((), (E_ISSUED,)), ((DEMANDED,), SHOWN)):
        assert level((*BEGUN, *steps), events, time=EXPIRY + 1) is Level.WRONG
    # an extension in time: the demand after it is not too late
    life = (DEMANDED, EXTENDED, replace(DEMANDED, number=2))
    assert level((*BEGUN, *life), (*SHOWN, E_DEMANDED, E_EXTENDED), time=EXPIRY + 9) is Level.NOTED
    assert level((*BEGUN, *life), (*SHOWN, E_DEMANDED, E_EXTENDED), time=EXPIRY + 86401) is Level.WRONG


def test_an_expiry_is_the_clock_s() -> None:
    assert level((*BEGUN, EXPIRED), SHOWN, time=EXPIRY + 1) is Level.PROVED
    assert level((*BEGUN, EXPIRED), SHOWN, time=EXPIRY) is Level.NOTED
    (found,) = findings(BEGUN, SHOWN, time=EXPIRY + 1)
    assert "expired by the chain's clock" in found.sentence


@pytest.mark.parametrize(
    ("steps", "events", "uncounted"),
    [
        # refused too late, and demanded again
        ((DEMANDED, PAID), (E_DEMANDED, E_REFUSED, E_AGAIN, replace(E_PAID, block=6)), 1),
        ((DEMANDED, PAID), (E_DEMANDED, E_EXTENDED, E_AGAIN, replace(E_PAID, block=6)), 1),
        # refused without its document first, and then with it
        ((DEMANDED, REFUSED), (E_DEMANDED, replace(E_REFUSED, values=(*E_REFUSED.values[:1], OTHER)), E_AGAIN,
                               replace(E_REFUSED, block=6)), 1),
        ((DEMANDED, RELEASED), (E_DEMANDED, E_REFUSED, E_RELEASED), 1),
    ],
)  # fmt: skip
def test_answers_that_do_not_count_are_told(
    steps: tuple[Entry, ...], events: tuple[Event, ...], uncounted: int
) -> None:
    found = findings((*BEGUN, *steps), (*SHOWN, *events))
    assert [one.level for one in found] == [Level.NOTED] * uncounted + [Level.PROVED]
    assert "does not count" in found[0].sentence


def test_a_node_that_is_behind_calls_nothing_wrong_that_it_lacks() -> None:
    entries = (*BEGUN, RELEASED, GuaranteesReconciled(120, 1, 0))
    found = findings(entries, SHOWN, head=119)
    assert [one.level for one in found] == [Level.NOTED, Level.NOTED]
    assert "ask another node" in found[0].sentence
    assert level(entries, SHOWN, head=120) is Level.WRONG
    assert level(entries, (*SHOWN, event(6, "Demanded", ID, 7, 1, 0, HASH)), head=120) is Level.WRONG


def test_commitments_that_no_entry_names_are_counted_and_no_more() -> None:
    others = [event(1, "Issued", f"{i:064x}", LISTED.account, "cc" * 32, 9) for i in range(3)]
    shown = event(2, "Presented", f"{0:064x}", "22" * 20, 1, HASH)
    proved, noted = findings(BEGUN, (*SHOWN, *others, shown))
    assert (proved.level, noted.level) == (Level.PROVED, Level.NOTED)
    assert "3 more commitments that no entry names, 1 of them presented" in noted.sentence


def test_events_that_nobody_shows_leave_the_rest_green() -> None:
    report = Report()
    Events(report).finish(Registered(0, 0, 9, (), problem="https://node: gone"))
    assert [(one.level, "gone" in one.sentence) for one in report] == [(Level.NOTED, True)]


class History:
    """In the place of the nodes."""

    def __init__(self, *events: Event) -> None:
        self.events = events

    def read(self) -> Registered:
        return Registered(50, EXPIRY, 60, self.events)


@pytest.fixture(scope="module")
def leaves() -> list[bytes]:
    story = Awarded()
    story.tell()
    return [*story.leaves, *(encode(one) for one in (*BEGUN, DEMANDED, PAID))]


@pytest.mark.parametrize(
    ("events", "is_green"),
    [
        ((*SHOWN, E_DEMANDED, E_PAID), True),
        ((*SHOWN, E_DEMANDED), False),
        ((*SHOWN, E_DEMANDED, replace(E_PAID, values=(*E_PAID.values[:1], OTHER))), False),
        ((*SHOWN, E_DEMANDED, E_RELEASED), False),
        ((), False),
    ],
)
def test_the_whole_verification_asks_for_the_events(
    leaves: list[bytes], events: tuple[Event, ...], is_green: bool
) -> None:
    history: Any = History(*events)
    report = audit(Files(published(leaves)), TRUST, history=history)
    about = [one for one in report if one.check == "event"]
    assert all((one.level is Level.PROVED) is is_green for one in about)
    assert len(about) == 1
    assert "event" not in {one.check for one in audit(Files(published(leaves)), TRUST)}

"""Database, ledger and chain compared: what was changed behind their back, and acts that are not the platform's."""

from copy import copy
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from guarantees.after import demands, reconciling, steps
from guarantees.after.demand_rules import Answer
from guarantees.chain import calls
from guarantees.models import Difference, Guarantee, Step
from ledger import log
from ledger.entries import Entry, GuaranteesReconciled, decode
from ledger.models import EntryRow
from tests.guarantees import BOND, GuaranteeWorld
from tests.integration.guarantees.test_after import answer, demand, differences, presented


def test_reconciling_finds_what_was_changed_behind_its_back(guarantees: GuaranteeWorld) -> None:
    made = presented(guarantees)
    assert differences(guarantees) == []
    cases: dict[str, dict[str, Any]] = {
        "state": {"state": "released", "ended_at": guarantees.now()},
        "expiry": {"amount": BOND + 1},
        "missing": {"id": b"\x01" * 32},
    }
    for kind, values in cases.items():
        with guarantees.database.session() as session:
            if kind == "missing":
                row = session.get_one(Guarantee, made.id)
                copied = {name: getattr(row, name) for name in Guarantee.__table__.columns.keys()}  # noqa: SIM118
                session.add(Guarantee(**copied | values | {"bid": 99}))
            else:
                session.execute(update(Guarantee).where(Guarantee.id == made.id).values(**values))
            found = [one.kind for one in reconciling.reconcile(session, now=guarantees.now())]
            assert kind in found, (kind, found)
            assert session.query(Difference).count() == len(found)
    with guarantees.committing() as session:
        session.execute(update(Step).where(Step.guarantee == made.id).values(step="released"))
    assert differences(guarantees) == ["entries"]
    with guarantees.committing() as session:
        session.execute(update(Step).where(Step.guarantee == made.id).values(step="presented"))
    assert differences(guarantees) == []
    assert len(guarantees.entries(GuaranteesReconciled)) == 2


def changed(entry: Entry, values: dict[str, Any]) -> Entry:
    made = copy(entry)
    for name, value in values.items():
        object.__setattr__(made, name, value)
    return made


def test_reconciling_compares_what_each_entry_says_with_rows_and_chain(guarantees: GuaranteeWorld) -> None:
    world = guarantees
    made = presented(world)
    demand(world, made, extension_days=30)
    world.settle()
    answer(world, made, Answer.EXTENDED)
    world.chain.node.set_next_time(world.chain.chain_time() + 2)  # no two demands of one second
    demand(world, made)
    world.settle()
    answer(world, made, Answer.PAID)
    assert differences(world) == []
    forged: dict[str, tuple[dict[str, Any], str]] = {
        "presented": ({"amount": BOND + 1}, "database in amount"),
        "demanded": ({"extension_days": 31}, "database in extension_days"),
        "extended": ({"expiry": 1}, "chain in expiry"),
        "paid": ({"payment": "ab" * 32}, "chain in payment"),
    }
    for word, (values, said) in forged.items():
        with world.database.session() as session:
            step = next(one for one in steps.of(session, made.id) if one.step == word)
            entry = decode(session.get_one(EntryRow, step.entry_id).leaf)
            step.entry_id = log.append(session, changed(entry, values), now=world.now())
            (forgery,) = reconciling.reconcile(session, now=world.now())
            assert forgery.kind == "entries"
            assert said in forgery.sentence, forgery
    with world.database.session() as session:
        first, second = demands.of(session, made.id)
        first.state, second.state = second.state, first.state
        found = {one.kind: one.sentence for one in reconciling.reconcile(session, now=world.now())}
        assert found["entries"].count("database in number") == 2
        assert "demand 1 is paid here, Extended on chain" in found["answer"]
    with world.database.session() as session:
        session.execute(update(EntryRow).values(index=None))
        session.execute(update(EntryRow).values(appended_at=world.now() - timedelta(hours=2)))
        (waiting,) = reconciling.reconcile(session, now=world.now())
        assert waiting.sentence.count("waits to be put into the log") == 5


def test_a_demand_on_chain_that_is_not_the_platform_s_is_reported(guarantees: GuaranteeWorld) -> None:
    world = guarantees
    made = presented(world)
    world.settle()
    by_itself = calls.demand(made.terms, made.undertaking.amount, 7, bytes(32))
    world.chain.done("beneficiary", "by its own program", by_itself)
    demand(world, made)
    world.settle()
    assert world.row(made).state == "demanded"
    with world.committing() as session:
        found = reconciling.reconcile(session, now=world.now())
    (entries,) = [one.sentence for one in found if one.kind == "entries"]
    assert "demanded differs from the chain in extension_days, statement" in entries

"""Samples for spot checks: at least a fifth of a quarter's draws, redone by a stranger, and what was found."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from crypto.canonical_json import Json
from oversight import redo, samples, snapshots
from oversight.draw_tables import SnapshotRow
from oversight.errors import DrawRefusedError, MalformedDrawError, NotFoundError, PoolError
from oversight.population import Population
from oversight.snapshots import Subject
from tests.integration.oversight.office import Office, sha256

QUESTIONS = ["was the request approved?", "were the reasons on file?", "was the call recorded?"]


def committed(office: Office, kind: str, count: int) -> SnapshotRow:
    members = []
    for i in range(count):
        attributes: dict[str, Json] = {"number": f"{kind}-{i}"}
        members.append(Subject(f"{kind}-{i}", attributes, attributes))
    with office.world.database.session() as session:
        row = snapshots.commit(
            session, kind, f"{kind} of 2026 Q1", members, now=office.now, random=office.random
        )
        session.commit()
    office.world.sync()
    return row


def ask(
    office: Office,
    objects: SnapshotRow,
    inspectors: SnapshotRow | None = None,
    rate: Fraction = Fraction(1, 5),
) -> bytes:
    with office.world.database.session() as session:
        row = samples.request(
            *(session, office.world.group, "draws of 2026 Q1", objects, rate, QUESTIONS),
            now=office.now,
            inspectors=inspectors,
            each=2,
        )
        session.commit()
    office.world.sync()
    return row.id


def files(office: Office, sample: bytes) -> tuple[bytes, bytes, bytes]:
    with office.world.database.session() as session:
        row = samples.get(session, sample)
        assert row.names is not None
        return snapshots.get(session, row.snapshot_id).population, row.terms, row.names


def test_a_fifth_of_a_quarter_s_draws_is_drawn_checked_and_redone(office: Office) -> None:
    sample = ask(office, committed(office, "draws", 23))
    assert not office.tick()
    office.give_seed(sample)
    assert office.tick()
    assert not office.tick()
    with office.world.database.session() as session:
        drawn = samples.items(session, sample)
        assert len(drawn) == 5
        samples.check(
            *(session, sample, drawn[0].item, [True, False, None], "the reasons are missing"),
            follow_up_by=office.now + timedelta(days=7),
            now=office.now,
            random=office.random,
        )
        for item in drawn[1:]:
            samples.check(
                *(session, sample, item.item, [True] * 3, ""),
                follow_up_by=None,
                now=office.now,
                random=office.random,
            )
        reached = samples.reached(session, sample)
        assert reached.rate == Fraction(5, 23) >= Fraction(1, 5)
        assert reached.open_follow_ups == 1
        samples.follow_up(session, sample, drawn[0].item, now=office.now)
        assert samples.reached(session, sample).open_follow_ups == 0
        session.commit()
    office.world.sync()
    pairings, objects = redo.sample(office.evidence().of(sample.hex()), *files(office, sample))
    assert [one.item for one in pairings] == [item.item for item in drawn]
    assert {one.position for one in objects} == {item.item for item in drawn}


def test_objects_and_inspectors_are_both_drawn(office: Office) -> None:
    sample = ask(
        office, committed(office, "objects", 30), committed(office, "inspectors", 8), Fraction(1, 10)
    )
    office.give_seed(sample)
    office.tick()
    pairings, _ = redo.sample(office.evidence().of(sample.hex()), *files(office, sample))
    assert len(pairings) == 3
    assert all(len(set(one.inspectors)) == 2 and max(one.inspectors) < 8 for one in pairings)
    with office.world.database.session() as session:
        assert [item.inspectors for item in samples.items(session, sample)] == [
            list(one.inspectors) for one in pairings
        ]


def test_population_changed_or_sample_chosen_is_convicted(office: Office) -> None:
    sample = ask(office, committed(office, "draws", 23))
    office.give_seed(sample)
    office.tick()
    evidence, (population, terms, names) = office.evidence().of(sample.hex()), files(office, sample)
    fewer = Population(Population.parse(population).members[:-1]).to_bytes()
    with pytest.raises(MalformedDrawError, match="not the population"):
        redo.sample(evidence, fewer, terms, names)
    half = terms.replace(b"[1,5]", b"[1,2]")
    named = replace(evidence, published=replace(evidence.published, terms=sha256(half)))
    with pytest.raises(MalformedDrawError, match="file of the terms"):
        redo.sample(named, population, half, names)
    with pytest.raises(MalformedDrawError, match="others than those"):
        redo.sample(replace(evidence, seed=b"chosen"), population, terms, names)
    with pytest.raises(MalformedDrawError, match="before the draw"):
        redo.sample(replace(evidence, populations=frozenset()), population, terms, names)


def test_nobody_samples_twice_or_records_twice(office: Office) -> None:
    objects = committed(office, "draws", 10)
    sample = ask(office, objects)
    assert ask(office, objects) == sample
    with pytest.raises(DrawRefusedError):
        ask(office, objects, rate=Fraction(1, 2))
    office.give_seed(sample)
    office.tick()
    with office.world.database.session() as session:
        item = samples.items(session, sample)[0].item

        def check(item: int, answers: list[bool | None], findings: str = "") -> None:
            samples.check(
                *(session, sample, item, answers, findings),
                follow_up_by=None,
                now=office.now,
                random=office.random,
            )

        with pytest.raises(MalformedDrawError):
            check(item, [True])
        with pytest.raises(DrawRefusedError):
            check(item, [True, False, True])
        check(item, [True, True, True])
        with pytest.raises(DrawRefusedError):
            check(item, [True, True, True])
        with pytest.raises(NotFoundError):
            check(99, [True, True, True])
        with pytest.raises(DrawRefusedError):
            samples.follow_up(session, sample, item, now=office.now)
    with pytest.raises(PoolError):
        committed(office, "draws", 0)

"""What a platform could change in a draw, and what convicts it: each time the public record alone."""

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from crypto import canonical_json
from ledger.entries import ExpertAnswered, ExpertCalled
from oversight import redo
from oversight.errors import MalformedDrawError, OversightError
from oversight.evidence import DrawEvidence
from oversight.expert_draw import Answer, Exclusion, Terms
from oversight.names_file import Names
from oversight.population import Population
from storage.database import Database
from tests.database import Postgres
from tests.integration.oversight.office import Office, sha256
from tests.keyholders import World

Files = tuple[bytes, bytes, bytes]
Tampering = Callable[[DrawEvidence, Files], tuple[DrawEvidence, Files]]


def renamed(evidence: DrawEvidence, files: Files) -> DrawEvidence:
    """The platform names in the ledger whatever files it shows."""
    population, terms, names = map(sha256, files)
    published = replace(evidence.published, population=population, terms=terms, names=names)
    return replace(evidence, published=published)


def pool_changed(evidence: DrawEvidence, files: Files) -> tuple[DrawEvidence, Files]:
    pool = Population.parse(files[0])
    first = replace(pool.members[0], attributes={**pool.members[0].attributes, "region": "000000"})
    return evidence, (Population((first, *pool.members[1:])).to_bytes(), *files[1:])


def pool_never_committed(evidence: DrawEvidence, files: Files) -> tuple[DrawEvidence, Files]:
    return replace(evidence, populations=frozenset()), files


def avoided_changed(evidence: DrawEvidence, files: Files) -> tuple[DrawEvidence, Files]:
    terms = Terms.parse(files[1])
    return evidence, (files[0], replace(terms, excluded=(Exclusion(0, "kinship"),)).to_bytes(), files[2])


def seed_chosen(evidence: DrawEvidence, files: Files) -> tuple[DrawEvidence, Files]:
    return replace(evidence, seed=hashlib.sha512(b"ours").digest()), files


def called(evidence: DrawEvidence, at: int, position: int) -> DrawEvidence:
    events = [
        replace(event, position=position) if isinstance(event, ExpertCalled) and event.call == at else event
        for event in evidence.events
    ]
    return replace(evidence, events=tuple(events))


def order_skipped(evidence: DrawEvidence, files: Files) -> tuple[DrawEvidence, Files]:
    """The one who was called last takes the place of the first."""
    last = [event for event in evidence.events if isinstance(event, ExpertCalled)][-1]
    return called(evidence, 0, last.position), files


def call_hidden(evidence: DrawEvidence, files: Files) -> tuple[DrawEvidence, Files]:
    events = tuple(event for event in evidence.events if event.call != 0)
    return replace(evidence, events=events), files


def answer_turned(evidence: DrawEvidence, files: Files) -> tuple[DrawEvidence, Files]:
    """A member is said to have been silent, before its window was over."""
    events = [
        replace(event, answer="silent") if isinstance(event, ExpertAnswered) and event.call == 2 else event
        for event in evidence.events
    ]
    return replace(evidence, events=tuple(events)), files


def too_many_called(evidence: DrawEvidence, files: Files) -> tuple[DrawEvidence, Files]:
    """The replacement is called before anybody declined."""
    calls = [event for event in evidence.events if isinstance(event, ExpertCalled)]
    others = [event for event in evidence.events if isinstance(event, ExpertAnswered)]
    return replace(evidence, events=(*calls, *others)), files


def expert_swapped(evidence: DrawEvidence, files: Files) -> tuple[DrawEvidence, Files]:
    names = Names.parse(files[2])
    friend = replace(names.drawn[0], identity={**names.drawn[0].identity, "name": "a friend"})
    return evidence, (*files[:2], replace(names, drawn=(friend, *names.drawn[1:])).to_bytes())


def name_left_out(evidence: DrawEvidence, files: Files) -> tuple[DrawEvidence, Files]:
    names = Names.parse(files[2])
    return evidence, (*files[:2], replace(names, drawn=names.drawn[1:]).to_bytes())


def files_not_those_named(evidence: DrawEvidence, files: Files) -> tuple[DrawEvidence, Files]:
    return replace(evidence, published=replace(evidence.published, names="00" * 32)), files


TAMPERINGS: dict[Tampering, str] = {
    pool_changed: "not the population that was committed",
    pool_never_committed: "before the draw was asked for",
    avoided_changed: "the terms is not the one",
    seed_chosen: "the order has position",
    order_skipped: "the order has position",
    call_hidden: "missing or twice",
    answer_turned: "no answer",
    too_many_called: "every place of its need was taken",
    expert_swapped: "not the one that was committed",
    name_left_out: "others than those",
}


@pytest.fixture(scope="module")
def published(
    postgres: Postgres, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[DrawEvidence, Files]:
    """One draw after the award, as a stranger has it: with a decline, and right."""
    database = Database(postgres.create(migrated_template))
    world = World(database, tmp_path_factory.mktemp("tampering") / "public")
    world.found()
    office = Office(world, 90)
    draw = office.started()
    office.answer(draw, 0, Answer.DECLINED)
    office.accept_all(draw)
    files = office.publish(draw)
    evidence = office.evidence().of(draw.hex())
    world.close_world()
    database.close()
    redo.experts(evidence, *files)
    return evidence, files


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda tampering: tampering.__name__)
def test_tampering_is_convicted_by_the_public_record_alone(
    tampering: Tampering, published: tuple[DrawEvidence, Files]
) -> None:
    forged, shown = tampering(*published)
    with pytest.raises(OversightError, match=TAMPERINGS[tampering]):
        redo.experts(renamed(forged, shown), *shown)


def test_files_that_the_ledger_does_not_name_are_no_evidence(published: tuple[DrawEvidence, Files]) -> None:
    forged, shown = files_not_those_named(*published)
    with pytest.raises(MalformedDrawError, match="not the one that the ledger names"):
        redo.experts(forged, *shown)


def test_a_record_without_its_request_its_seed_or_its_publication_proves_nothing(office: Office) -> None:
    draw = office.started()
    office.accept_all(draw)
    before = list(office.world.leaves)
    office.publish(draw)
    leaves = office.world.leaves
    for some, reason in (
        (before, "published"),
        ([leaf for leaf in leaves if b"draw-share" not in leaf], "seed"),
        ([leaf for leaf in leaves if b"draw-requested" not in leaf], "seed"),
    ):
        with pytest.raises(MalformedDrawError, match=reason):
            office.evidence(some).of(draw.hex())


def test_population_committed_after_the_request_counts_for_nothing(office: Office) -> None:
    draw = office.started()
    office.accept_all(draw)
    files = office.publish(draw)
    committed = [leaf for leaf in office.world.leaves if b"population-committed" in leaf]
    others = [leaf for leaf in office.world.leaves if b"population-committed" not in leaf]
    late = office.evidence([*others, *committed])
    with pytest.raises(MalformedDrawError):
        redo.experts(late.of(draw.hex()), *files)
    value = canonical_json.loads(committed[0])
    assert isinstance(value, dict)
    assert value["size"] == office.size

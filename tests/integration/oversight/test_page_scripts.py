"""The scripts of docs/spec/draw.md on what the services publish: right as it is, and wrong with anything changed."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from crypto import canonical_json
from oversight import drawing, redo
from oversight.evidence import DrawEvidence
from oversight.expert_draw import Answer, Need
from storage.database import Database
from tests.database import Postgres
from tests.draw_page import FailedError, committed, redone
from tests.integration.oversight import test_samples
from tests.integration.oversight.office import Office
from tests.keyholders import World

NEEDS = (Need("A08", "", 3, 1), Need("A0801", "460100", 2, 1))
AVOIDED = (
    drawing.Avoided("employer", employer="Employer 3 Ltd"),
    drawing.Avoided("kinship", number="E-0060"),
)


@dataclass
class Shown:
    """A draw or a sample as a stranger has it."""

    evidence: DrawEvidence
    files: tuple[bytes, bytes, bytes]

    def write(self, folder: Path) -> Path:
        contents = (*self.files, self.evidence.record())
        for name, content in zip(("population", "terms", "names", "record"), contents, strict=True):
            (folder / name).write_bytes(content)
        return folder


@pytest.fixture(scope="module")
def office(
    postgres: Postgres, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    with closing(Database(postgres.create(migrated_template))) as database:
        world = World(database, tmp_path_factory.mktemp("page") / "public")
        world.found()
        yield Office(world, 90)
        world.close_world()


@pytest.fixture(scope="module")
def draw(office: Office) -> Shown:
    """Two needs of one tree, whom to avoid; one declines, the others' window passes, one has a conflict later."""
    draw = office.started(needs=NEEDS, avoided=AVOIDED)
    office.answer(draw, 0, Answer.DECLINED)
    office.answer(draw, 1, Answer.ACCEPTED)
    office.tick(minutes=11)
    office.accept_all(draw)
    office.answer(draw, 1, Answer.CONFLICTED)
    office.accept_all(draw)
    files = office.publish(draw)
    return Shown(office.evidence().of(draw.hex()), files)


@pytest.fixture(scope="module")
def sample(office: Office) -> Shown:
    """Double random: objects and inspectors."""
    objects, inspectors = (
        test_samples.committed(office, *what) for what in (("objects", 23), ("inspectors", 8))
    )
    sample = test_samples.ask(office, objects, inspectors, Fraction(1, 5))
    office.give_seed(sample)
    office.tick()
    return Shown(office.evidence().of(sample.hex()), test_samples.files(office, sample))


def test_calls_of_a_draw_and_their_names_are_redone(draw: Shown, tmp_path: Path) -> None:
    calls = redo.experts(draw.evidence, *draw.files).calls
    answers = [call.answer.value for call in calls]
    assert {"accepted", "declined", "silent", "conflicted"} == set(answers)
    assert {call.need for call in calls} == {0, 1}
    assert redone(draw.write(tmp_path)) == [
        [number, call.position, call.answer.value] for number, call in enumerate(calls)
    ]
    assert committed(tmp_path) == sorted(call.position for call in calls)


def test_objects_of_a_sample_and_their_inspectors_are_redone(sample: Shown, tmp_path: Path) -> None:
    pairings, _ = redo.sample(sample.evidence, *sample.files)
    assert len(pairings) == 5
    assert redone(sample.write(tmp_path)) == [[one.item, list(one.inspectors)] for one in pairings]
    assert committed(tmp_path) == sorted(one.item for one in pairings)


def change(folder: Path, name: str, how: Callable[[Any], object]) -> None:
    """`how` changes the value of a file in place."""
    value = json.loads((folder / name).read_bytes())
    how(value)
    (folder / name).write_bytes(canonical_json.dumps(value))


def first(events: list[dict[str, Any]], **wanted: object) -> dict[str, Any]:
    return next(event for event in events if wanted.items() <= event.items())


def called(record: dict[str, Any]) -> dict[str, Any]:
    return first(record["events"], type="expert-called/v1", call=0)


Change = tuple[str, Callable[[Any], object]]
COURSE: dict[str, Change] = {
    "pool": ("population", lambda value: value["members"].reverse()),
    "pool shortened": ("population", lambda value: value["members"].pop()),
    "terms": ("terms", lambda value: value["needs"][0].update(specialty="B01")),
    "places": ("terms", lambda value: value["needs"][0].update(count=1)),
    "seed": ("record", lambda value: value.update(gamma="11" * 32)),
    "request": ("record", lambda value: value.update(request=value["request"].replace("3", "4"))),
    "decline": ("record", lambda value: first(value["events"], answer="declined").update(answer="accepted")),
    "silence": ("record", lambda value: first(value["events"], answer="silent").update(answer="accepted")),
    "conflict": ("record", lambda value: value["events"].remove(first(value["events"], answer="conflicted"))),
    "expert swapped": ("record", lambda value: called(value).update(position=called(value)["position"] + 1)),
    "call hidden": ("record", lambda value: value["events"].remove(called(value))),
}
"""What redo.py finds in a draw by itself, whatever else was changed to fit."""
PREMISES: dict[str, Change] = {
    "pool": ("population", lambda value: value["members"][0]["attributes"].update(kind="another")),
    "pool shortened": ("population", lambda value: value["members"].pop()),
    "terms": ("terms", lambda value: value.update(window=1)),
    "request": ("record", lambda value: value.update(request=value["request"].replace("3", "4"))),
    "name": ("names", lambda value: value["drawn"][0]["identity"].update(name="a friend")),
    "position": ("names", lambda value: value["drawn"][0].update(position=value["drawn"][1]["position"])),
    "another draw": ("names", lambda value: value.update(draw="00" * 32)),
}
"""What committed.py finds, in draws and in samples."""
SAMPLED: dict[str, Change] = {
    "population shortened": ("population", lambda value: [value["members"].pop() for _ in range(5)]),
    "rate": ("terms", lambda value: value.update(rate=[1, 2])),
    "inspectors": ("terms", lambda value: value["inspectors"].update(size=7)),
    "seed": ("record", lambda value: value.update(gamma="11" * 32)),
}
"""What makes redo.py draw another sample than the one that is shown."""


@pytest.mark.parametrize("changed", COURSE)
def test_draw_that_was_changed_is_not_the_seeds(changed: str, draw: Shown, tmp_path: Path) -> None:
    change(draw.write(tmp_path), *COURSE[changed])
    with pytest.raises(FailedError):
        redone(tmp_path)


def test_avoid_list_that_names_who_was_called_is_not_the_seeds(draw: Shown, tmp_path: Path) -> None:
    *_, last = redone(draw.write(tmp_path))
    change(
        tmp_path, "terms", lambda value: value["excluded"].append({"member": last[1], "reason": "declared"})
    )
    with pytest.raises(FailedError):
        redone(tmp_path)


@pytest.mark.parametrize("changed", PREMISES)
@pytest.mark.parametrize("kind", ["draw", "sample"])
def test_premise_that_was_changed_is_not_the_one_asked_for(
    changed: str, kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    shown: Shown = request.getfixturevalue(kind)
    change(shown.write(tmp_path), *PREMISES[changed])
    with pytest.raises(FailedError):
        committed(tmp_path)


@pytest.mark.parametrize("changed", SAMPLED)
def test_sample_that_was_changed_is_another(changed: str, sample: Shown, tmp_path: Path) -> None:
    right = redone(sample.write(tmp_path))
    change(tmp_path, *SAMPLED[changed])
    assert redone(tmp_path) != right

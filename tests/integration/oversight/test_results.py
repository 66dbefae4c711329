"""What a sample found is public, and a stranger sees when it was changed, kept back, or found by somebody else."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from crypto import canonical_json
from oversight import redo, sample_files, samples
from oversight.errors import MalformedDrawError
from oversight.results import Result, Results
from tests.integration.oversight.office import Office
from tests.integration.oversight.test_samples import QUESTIONS, ask, committed

Files = dict[str, bytes]


def checked(office: Office, *, inspected: bool = True) -> tuple[bytes, Files]:
    """A sample of four of eight, of which the first that was drawn was looked at; its files."""
    objects = committed(office, "lots", 8)
    people = committed(office, "inspectors", 5) if inspected else None
    sample = ask(office, objects, people, rate=Fraction(1, 2))
    office.give_seed(sample)
    office.tick()
    with office.world.database.session() as session:
        first = samples.items(session, sample)[0].item
        samples.check(
            *(session, sample, first, [True, False, None], "no reasons on file"),
            follow_up_by=None,
            now=office.now,
            random=office.random,
        )
        session.commit()
    office.world.sync()
    with office.world.database.session() as session:
        row = samples.get(session, sample)
        return sample, {
            name: sample_files.file_of(session, sample, name) for name in sample_files.files_of(row)
        }


def check(office: Office, sample: bytes, files: Files) -> Results:
    evidence = office.evidence().of(sample.hex())
    redo.sample(evidence, *(files[name] for name in ("population", "terms", "names")))
    return redo.results(evidence, files["terms"], files.get("inspectors"), files["results"])


def test_results_are_checked_against_the_ledger(office: Office) -> None:
    sample, files = checked(office)
    results = check(office, sample, files)
    assert Results.parse(files["results"]) == results
    looked_at, *others = results.items
    assert looked_at.record is not None
    record: Any = canonical_json.loads(looked_at.record)
    assert record == {
        "answers": [True, False, None],
        "checklist": QUESTIONS,
        "findings": "no reasons on file",
    }
    assert all(one.record is None for one in others)
    named = {one.position for one in results.inspectors}
    assert named == {at for one in results.items for at in one.inspectors}
    assert all(len(one.inspectors) == 2 for one in results.items)


def test_a_sample_without_inspectors_has_results_too(office: Office) -> None:
    sample, files = checked(office, inspected=False)
    assert "inspectors" not in files
    assert not check(office, sample, files).inspectors


def _changed(results: Results) -> Results:
    first, *others = results.items
    assert first.record is not None
    record = first.record.replace(b"no reasons on file", b"nothing")
    return replace(results, items=(replace(first, record=record), *others))


def _kept_back(results: Results) -> Results:
    first, *others = results.items
    return replace(results, items=(replace(first, record=None, salt=None), *others))


def _invented(results: Results) -> Results:
    first, second, *others = results.items
    return replace(results, items=(first, replace(second, record=first.record, salt=first.salt), *others))


def _by_another(results: Results) -> Results:
    first, second, *others = results.items
    swapped = Result(first.item, second.inspectors, first.record, first.salt)
    return replace(results, items=(swapped, second, *others))


def _named_another(results: Results) -> Results:
    first, *others = results.inspectors
    return replace(results, inspectors=(replace(first, identity={"number": "friend"}), *others))


def _unnamed(results: Results) -> Results:
    return replace(results, inspectors=results.inspectors[1:])


@pytest.mark.parametrize("size", [30])
def test_every_change_of_the_results_is_found(office: Office) -> None:
    sample, files = checked(office)
    honest = Results.parse(files["results"])
    changes: list[tuple[Callable[[Results], Results], str]] = [
        (_changed, "is not what the ledger has"),
        (_kept_back, "is kept back"),
        (_invented, "is not what the ledger has"),
        (_by_another, "other objects or inspectors"),
        (_named_another, "name that is shown"),
        (_unnamed, "names others"),
    ]
    for change, sentence in changes:
        made = change(honest)
        assert made != honest
        with pytest.raises(MalformedDrawError, match=sentence):
            check(office, sample, {**files, "results": made.to_bytes()})
    with pytest.raises(MalformedDrawError, match="is needed"):
        check(office, sample, {name: files[name] for name in files if name != "inspectors"})
    with pytest.raises(MalformedDrawError, match="not the population"):
        check(office, sample, {**files, "inspectors": files["population"]})
    with pytest.raises(MalformedDrawError, match="not a file of results"):
        check(office, sample, {**files, "results": files["results"][:-1] + b',"x":1}'})

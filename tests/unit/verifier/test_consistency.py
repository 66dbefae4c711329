"""What an earlier run saw has to be the beginning of what a later one sees (`sunseal verify --keep`)."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from ledger.entries import KeyRunEnded, encode
from tests.published import published
from tests.story import ORIGIN
from tests.unit.verifier.honest import Honest
from tests.unit.verifier.test_audit import TRUST, bundle_of
from verifier.audit import audit
from verifier.report import Level, Report
from verifier.source import BundleSource, KeptSource


def run(leaves: Sequence[bytes], folder: Path, **changed: bytes) -> Report:
    files = {**published(list(leaves)), **changed}
    bundle = bundle_of(files, folder / "bundle.zip")
    return audit(KeptSource(BundleSource(bundle), folder / "kept"), TRUST)


def consistency(report: Report) -> list[tuple[Level, str]]:
    return [(one.level, one.sentence) for one in report if one.check == "consistency"]


def another(leaves: Sequence[bytes]) -> list[bytes]:
    """The same log with another entry at its end, as if it had been so from the start."""
    return [*leaves[:-1], encode(KeyRunEnded("11" * 32, (), "another history"))]


def test_a_log_that_grew_extends_what_was_seen(honest: Honest, tmp_path: Path) -> None:
    first = run(honest.leaves[:-3], tmp_path)
    assert consistency(first) == []
    for seen in (len(honest.leaves) - 3, len(honest.leaves)):
        ((level, sentence),) = consistency(run(honest.leaves, tmp_path))
        assert level is Level.PROVED
        assert sentence == f"the {seen} entries that an earlier run saw are the first of these"


def test_a_log_that_takes_back_or_shows_another_history_is_found(honest: Honest, tmp_path: Path) -> None:
    run(honest.leaves, tmp_path)
    for _ in range(2):  # what was wrong is not what the next run is held against
        ((level, sentence),) = consistency(run(honest.leaves[:-1], tmp_path))
        assert (level, "some are withheld" in sentence) == (Level.WRONG, True)
        ((level, sentence),) = consistency(run(another(honest.leaves), tmp_path))
        assert (level, "forked or rewritten" in sentence) == (Level.WRONG, True)
    assert consistency(run(honest.leaves, tmp_path))[0][0] is Level.PROVED


def test_a_tree_that_does_not_hold_is_not_remembered(honest: Honest, tmp_path: Path) -> None:
    stranger = published(list(honest.leaves))["checkpoint"]
    report = run(another(honest.leaves), tmp_path, checkpoint=stranger)
    assert "root" in {one.check for one in report if one.level is Level.WRONG}
    assert consistency(run(another(honest.leaves), tmp_path)) == []


def test_a_folder_of_another_log_is_said_and_costs_nothing(honest: Honest, tmp_path: Path) -> None:
    run(honest.leaves, tmp_path)
    (kept,) = [one for one in (tmp_path / "kept").iterdir() if one.read_bytes().startswith(ORIGIN.encode())]
    kept.write_bytes(b"nonsense")
    ((level, _),) = consistency(run(honest.leaves, tmp_path))
    assert level is Level.NOTED


@pytest.mark.parametrize("content", [b"right", b"wrong"])
def test_named_files_are_kept_if_they_are_what_they_say(tmp_path: Path, content: bytes) -> None:
    name = "file/27042f4e6eca7d0b2a7ee4026df2ecfa51d3339e6d122aa099118ecd8563bad9"  # SHA-256 of "right"
    source = BundleSource(bundle_of({name: content}, tmp_path / "one.zip"))
    assert KeptSource(source, tmp_path / "kept").get(name) == content
    assert len(list((tmp_path / "kept").glob("*"))) == (content == b"right")

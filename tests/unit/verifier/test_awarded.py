"""What came of openings, draws and awards: green when it was right, and every tampering found and named."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ledger import entries
from ledger.anchor_head import Anchored
from ledger.entries import (
    BidFailed,
    BidOpened,
    CandidatesPublished,
    DrawPublished,
    FallbackBegun,
    LotAwarded,
    LotContracted,
    LotOpened,
    LotPublished,
    OpenedByBidder,
    OpeningRecorded,
    PartOpened,
    Revealed,
    Sealed,
    TenderPublished,
    encode,
)
from ledger.merkle import Frontier, leaf_hash
from tests.published import POLICY, Files, published
from tests.story import SUPERVISOR
from tests.unit.verifier.awarded import Awarded
from tests.unit.verifier.tamperings import find
from verifier.audit import Trust, audit
from verifier.report import Level, Report

TRUST = Trust(POLICY, SUPERVISOR.verify_key)
Change = Callable[[Awarded, list[bytes]], object]


@pytest.fixture(scope="module")
def awarded() -> Awarded:
    story = Awarded()
    story.tell()
    return story


def check(story: Awarded, leaves: list[bytes], **files: bytes) -> Report:
    return audit(Files({**published(leaves), **story.files, **files}), TRUST)


def checks(report: Report, level: Level = Level.WRONG) -> set[str]:
    return {finding.check for finding in report if finding.level is level}


def swap(kind: type[Any], nth: int = 0, **values: object) -> Change:
    def change(story: Awarded, leaves: list[bytes]) -> None:
        at = find(leaves, kind, nth)
        entry: Any = entries.decode(leaves[at])
        leaves[at] = encode(replace(entry, **values))

    return change


def drop(kind: type[Any], nth: int = 0) -> Change:
    def change(story: Awarded, leaves: list[bytes]) -> None:
        leaves[find(leaves, kind, nth)] = encode(Sealed("ee" * 32))

    return change


def swap_two(first: type[Any], second: type[Any]) -> Change:
    def change(story: Awarded, leaves: list[bytes]) -> None:
        a, b = find(leaves, first), find(leaves, second)
        leaves[a], leaves[b] = leaves[b], leaves[a]

    return change


def test_story_is_green_and_says_what_was_proved(awarded: Awarded) -> None:
    report = check(awarded, awarded.leaves)
    assert report.is_green, [finding.sentence for finding in report if finding.level is Level.WRONG]
    assert {"clock", "fallback", "record", "course", "redone"} <= checks(report, Level.PROVED)
    sentences = " ".join(finding.sentence for finding in report)
    assert "exactly these 2 of 10 were drawn" in sentences
    assert "of 30 experts 5 were called in the order of the seed, and 5 sit" in sentences
    assert "file" not in checks(report, Level.NOTED)


TAMPERED: dict[str, tuple[Change, str]] = {
    "a result of a bid that the closing does not list": (swap(BidOpened, bid=1), "result"),
    "two results of one bid": (
        lambda story, leaves: leaves.append(leaves[find(leaves, BidOpened)]),
        "result",
    ),
    "a bid read out and never shown": (drop(PartOpened), "result"),
    "an opening that was none": (swap(BidOpened, 2, closing="ab" * 32), "result"),
    "opened by its bidder without a fallback": (drop(FallbackBegun), "fallback"),
    "opened by its bidder, who gave no key": (drop(OpenedByBidder), "fallback"),
    "a bidder's key of another bid": (swap(OpenedByBidder, file_key="ab" * 16), "fallback"),
    "a price other than the record's": (
        lambda story, leaves: swap(BidOpened, read_out=(replace(_first(leaves).read_out[0], price="97.00"),))(
            story, leaves
        ),
        "record",
    ),
    "a failure that the record does not have": (
        lambda story, leaves: leaves.__setitem__(
            find(leaves, BidOpened),
            encode(BidFailed(story.closing, "price", story.bids[0].index, "keyholders", "", "other")),
        ),
        "record",
    ),
    "a second record": (lambda story, leaves: leaves.append(leaves[find(leaves, OpeningRecorded)]), "record"),
    "a record before the last result": (drop(BidOpened), "record"),
    "more bids opened than were closed": (swap(LotOpened, bids=4), "course"),
    "a candidate at another price": (
        lambda story, leaves: swap(
            CandidatesPublished,
            candidates=tuple(
                replace(one, price=one.price - 1) for one in _decoded(leaves, CandidatesPublished).candidates
            ),
        )(story, leaves),
        "course",
    ),
    "an award to a stranger": (
        lambda story, leaves: swap(
            LotAwarded, winner=replace(_decoded(leaves, LotAwarded).winner, bid=story.bids[2].index)
        )(story, leaves),
        "course",
    ),
    "a better candidate passed over in silence": (swap(LotAwarded, ground=""), "course"),
    "an award before the candidates": (swap_two(CandidatesPublished, LotAwarded), "course"),
    "a contract at another price": (swap(LotContracted, price=1), "course"),
    "another deadline than the notice's": (swap(LotPublished, deadline=1_800_000_060), "notice"),
    "a call that was never revealed": (drop(Revealed, 3), "redone"),
    "names of another draw": (
        lambda story, leaves: swap(DrawPublished, 1, names=_decoded(leaves, DrawPublished).names)(
            story, leaves
        ),
        "redone",
    ),
    "another population": (
        lambda story, leaves: swap(DrawPublished, 1, population=_decoded(leaves, DrawPublished).population)(
            story, leaves
        ),
        "redone",
    ),
}


def _decoded(leaves: list[bytes], kind: type[Any]) -> Any:
    return entries.decode(leaves[find(leaves, kind)])


def _first(leaves: list[bytes]) -> BidOpened:
    found: BidOpened = _decoded(leaves, BidOpened)
    return found


@pytest.mark.parametrize("name", TAMPERED)
def test_what_a_platform_could_write_is_found(awarded: Awarded, name: str) -> None:
    change, expected = TAMPERED[name]
    leaves = list(awarded.leaves)
    change(awarded, leaves)
    assert leaves != awarded.leaves
    assert expected in checks(check(awarded, leaves))


def test_file_that_is_not_what_the_ledger_names_is_wrong_and_one_that_lacks_is_noted(
    awarded: Awarded,
) -> None:
    for name in awarded.files:
        assert "file" in checks(check(awarded, awarded.leaves, **{name: b"another"}))
        kept = {other: content for other, content in awarded.files.items() if other != name}
        report = audit(Files({**published(awarded.leaves), **kept}), TRUST)
        assert report.is_green
        assert "file" in checks(report, Level.NOTED)


def test_notice_whose_timetable_breaks_the_law_names_rule_and_article(awarded: Awarded) -> None:
    at = find(awarded.leaves, TenderPublished)
    notice = awarded.files[f"file/{_decoded(awarded.leaves, TenderPublished).notice}"]
    hurried = notice.replace(b"2026-12-12T00:00:00", b"2026-12-02T00:00:00")
    story = Awarded(seed=1)
    story.files = dict(awarded.files)
    leaves = list(awarded.leaves)
    leaves[at] = encode(replace(_decoded(leaves, TenderPublished), notice=story.name(hurried)))
    (found,) = [one for one in check(story, leaves) if (one.check, one.level) == ("clock", Level.WRONG)]
    assert "条16" in found.sentence


def test_anchor_is_of_this_tree_of_another_or_of_entries_that_are_withheld(awarded: Awarded) -> None:
    def root(size: int) -> bytes:
        tree, _ = Frontier().extended([leaf_hash(leaf) for leaf in awarded.leaves[:size]])
        return tree.root()

    source = Files({**published(awarded.leaves), **awarded.files})
    size = len(awarded.leaves)
    for anchored, level in (
        (Anchored(size, root(size)), Level.PROVED),
        (Anchored(9, root(9)), Level.PROVED),
        (Anchored(9, root(8)), Level.WRONG),
        (Anchored(size + 1, root(size)), Level.WRONG),
        (Anchored(0, b""), Level.NOTED),
    ):
        found = [one for one in audit(source, TRUST, anchored) if one.check == "anchor"]
        assert found[0].level is level
    early = [one for one in audit(source, TRUST, Anchored(9, root(9))) if one.check == "anchor"]
    assert [one.level for one in early] == [Level.PROVED, Level.NOTED]

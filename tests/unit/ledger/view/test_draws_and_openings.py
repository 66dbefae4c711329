"""Draws, releases and headers in the ledger, and the fold itself."""

from dataclasses import replace

import pytest

from crypto.errors import VerificationError
from crypto.threshold import vrf
from ledger.entries import (
    DrawRequested,
    DrawShare,
    PartOpened,
    SharesReleased,
    encode,
)
from ledger.entries.signed import UNSIGNED
from ledger.view import LedgerView, RefusedEntryError
from tests.story import ORIGIN, PRICE, SUPERVISOR, TECHNICAL, Story


@pytest.fixture
def story() -> Story:
    told = Story()
    told.found()
    return told


def request(story: Story, key: str) -> str:
    return story.id_of(story.say(DrawRequested(key, "experts for lot 1", "ab" * 32, 20, "cd" * 32)))


def share(story: Story, draw: str, key: str, number: int) -> DrawShare:
    party = story.parties[number - 1]
    batch = vrf.make_share(story.share_of(key, party), story.view.draws.get(draw).leaf, story.random)
    return DrawShare(ORIGIN, draw, number, batch.encode().hex(), UNSIGNED).signed_by(party.signing)


def test_any_t_shares_give_the_seed_and_fewer_do_not(story: Story) -> None:
    key = story.draw_key()
    draw = request(story, key)
    found = story.view.draws.get(draw)
    story.say(share(story, draw, key, 1))
    with pytest.raises(VerificationError):
        found.seed()
    story.say(share(story, draw, key, 3))
    seed = found.seed()
    story.say(share(story, draw, key, 2))
    assert found.seed() == seed
    assert len(seed) == 64


def test_key_of_a_part_or_of_nothing_answers_no_draw(story: Story) -> None:
    for key in (story.publish()["price"], story.key(), "ab" * 32):
        draw = request(story, key)
        assert story.remark()
        with pytest.raises(RefusedEntryError):
            story.view.draws.get(draw)
        assert draw in story.view.draws.refused()


def test_wrong_share_is_named_and_ignored(story: Story) -> None:
    key = story.draw_key()
    draw, other = request(story, key), request(story, story.draw_key())
    wrong = share(story, draw, key, 2)
    story.say(replace(wrong, request=other).signed_by(story.parties[1].signing))
    assert story.view.draws.get(other).wrong == {2}
    story.say(replace(wrong, member=1).signed_by(story.parties[0].signing))
    assert "of another" in story.remark()
    story.say(replace(wrong, member=1))
    assert "not signed" in story.remark()
    assert story.view.draws.get(draw).shares == {}


def test_first_release_of_a_member_counts_and_only_its_own_signature(story: Story) -> None:
    keys = story.publish(parts=(PRICE, TECHNICAL))
    closing = story.close("lot-1", [story.bid("lot-1", keys) for _ in range(3)])
    first, second = story.parties[:2]
    story.say(story.release_entry(closing, "price", first))
    story.say(
        replace(story.release_entry(closing, "price", first), release="cd" * 32).signed_by(first.signing)
    )
    assert "before" in story.remark()
    story.say(SharesReleased(ORIGIN, closing, "price", 1, "ab" * 32, UNSIGNED).signed_by(second.signing))
    assert "not signed" in story.remark()
    assert story.view.openings.released(closing, "price") == {1: "ab" * 32}
    assert story.view.openings.released(closing, "technical") == {}


def test_header_is_shown_of_a_listed_bids_public_part_alone(story: Story) -> None:
    keys = story.publish(parts=(PRICE, TECHNICAL))
    bids = [story.bid("lot-1", keys) for _ in range(3)]
    closing = story.close("lot-1", bids)
    story.say(PartOpened(closing, "price", bids[0].index, "abcd"))
    story.say(PartOpened(closing, "technical", bids[0].index, "abcd"))
    assert "public" in story.remark()
    story.say(PartOpened(closing, "price", 99999, "abcd"))
    assert "public" in story.remark()
    assert story.view.openings.headers(closing, "price") == {bids[0].index: b"\xab\xcd"}


def test_who_reads_the_same_entries_has_the_same_view(story: Story) -> None:
    keys = story.publish()
    closing = story.close("lot-1", [story.bid("lot-1", keys) for _ in range(3)])
    again = LedgerView(ORIGIN, SUPERVISOR.verify_key, story.commitments.get)
    for index, leaf in enumerate(story.leaves):
        again.apply(index, leaf)
    assert again.lots.closing(closing)[0].standing() == story.view.lots.closing(closing)[0].standing()
    assert again.remarks == story.view.remarks
    assert {run.id: run.use for run in again.keys} == {run.id: run.use for run in story.view.keys}
    with pytest.raises(ValueError, match="applied before"):
        again.apply(0, story.leaves[0])


def test_types_that_are_not_known_and_bytes_that_are_no_entry_change_nothing(story: Story) -> None:
    size = len(story.leaves)
    story.view.apply(size, b'{"type":"something-newer/v9"}')
    story.view.apply(size + 1, b"garbage")
    story.view.skip_to(size + 10)
    assert story.view.size == size + 10
    story.view.apply(size + 10, encode(story.proposal()))

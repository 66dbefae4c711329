"""Whoever opens, with whichever keyholders: the same file keys and the same seed, and with fewer nothing."""

import io
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import age
from crypto.errors import VerificationError
from crypto.threshold import (
    ThresholdIdentity,
    VerifiedShares,
    combine_each,
    make_shares,
    verify_shares,
    vrf,
)
from ledger.entries import DrawRequested
from ledger.view import judge, share_context
from tests.story import ORIGIN, Party, Story


@st.composite
def groups(draw: st.DrawFn) -> tuple[Story, list[list[Party]]]:
    """A group of n, and several subsets of t or more of it."""
    n = draw(st.integers(1, 9))
    t = draw(st.integers(1, n))
    story = Story(n, t, seed=draw(st.integers(0, 2**32)))
    story.found()
    subset = st.lists(st.sampled_from(story.parties), min_size=t, max_size=n, unique_by=lambda p: p.number)
    return story, draw(st.lists(subset, min_size=2, max_size=4))


@given(groups())
@settings(max_examples=25, deadline=None)
def test_any_subset_gets_the_same_file_keys(drawn: tuple[Story, list[list[Party]]]) -> None:
    story, subsets = drawn
    keys = story.publish()
    bids = [story.bid("lot-1", keys, bytes([i]) * 100) for i in range(3)]
    closing = story.close("lot-1", bids)
    verdict = judge(story.view, closing, "price")
    public = verdict.run.public
    assert public is not None
    points = [bid.point for bid in verdict.admitted]
    context = share_context(ORIGIN, closing, "lot-1", "price")

    def given_by(party: Party) -> VerifiedShares:
        batch = make_shares(story.share_of(keys["price"], party), points, context, story.random)
        return verify_shares(public, points, batch, context)

    combined = [combine_each([given_by(party) for party in subset]) for subset in subsets]
    assert all(other == combined[0] for other in combined)
    assert len(combined[0]) == len(points)
    assert combine_each([given_by(party) for party in subsets[0][: story.t - 1]]) == {}
    identity = ThresholdIdentity(public, combined[0])
    for i, bid in enumerate(bids):
        target = io.BytesIO()
        age.decrypt(io.BytesIO(bid.files["price"]), target, [identity.unwrap])
        assert target.getvalue() == bytes([i]) * 100


@given(groups())
@settings(max_examples=25, deadline=None)
def test_any_subset_gets_the_same_seed(drawn: tuple[Story, list[list[Party]]]) -> None:
    story, subsets = drawn
    key = story.draw_key()
    request = story.id_of(story.say(DrawRequested(key, "experts", "ab" * 32, 20, "cd" * 32)))
    draw = story.view.draws.get(request)
    public = draw.run.public
    assert public is not None

    def given_by(party: Party) -> VerifiedShares:
        batch = vrf.make_share(story.share_of(key, party), draw.leaf, story.random)
        return vrf.verify_share(public, draw.leaf, batch)

    seeds = {vrf.output(public, draw.leaf, [given_by(party) for party in subset]) for subset in subsets}
    assert len(seeds) == 1
    with pytest.raises(VerificationError):
        vrf.output(public, draw.leaf, [given_by(party) for party in subsets[0][: story.t - 1]])


def test_keyholders_that_answered_for_different_bids_open_what_t_of_them_answered_for() -> None:
    story = Story(4, 2)
    story.found()
    keys = story.publish()
    bids = [story.bid("lot-1", keys) for _ in range(4)]
    closing = story.close("lot-1", bids)
    verdict = judge(story.view, closing, "price")
    public = verdict.run.public
    assert public is not None
    points = [bid.point for bid in verdict.admitted]
    context = share_context(ORIGIN, closing, "lot-1", "price")
    answered = {1: points[:2], 2: points[1:3], 3: [points[3]], 4: points[2:3]}
    verified = []
    for party in story.parties:
        mine = answered[party.number]
        batch = make_shares(story.share_of(keys["price"], party), mine, context, story.random)
        verified.append(verify_shares(public, mine, batch, context))
    assert set(combine_each(verified)) == {points[1], points[2]}
    everyone = [
        verify_shares(
            public,
            points,
            make_shares(story.share_of(keys["price"], party), points, context, story.random),
            context,
        )
        for party in story.parties[:2]
    ]
    whole = combine_each(everyone)
    assert all(whole[point] == shared for point, shared in combine_each(verified).items())


def test_shares_of_different_keys_are_never_mixed() -> None:
    story = Story()
    story.found()
    keys = story.publish()
    others = story.publish("lot-2")
    bids = [story.bid("lot-1", keys) for _ in range(3)]
    closing = story.close("lot-1", bids)
    verdict = judge(story.view, closing, "price")
    points = [bid.point for bid in verdict.admitted]
    context = share_context(ORIGIN, closing, "lot-1", "price")
    verified = []
    for party, key in zip(story.parties, (keys["price"], others["price"]), strict=False):
        share = story.share_of(key, party)
        verified.append(
            verify_shares(share.public, points, make_shares(share, points, context, story.random), context)
        )
    with pytest.raises(VerificationError, match="different keys"):
        combine_each(verified)
    assert combine_each([]) == {}
    for some in combinations(verified, 1):
        assert combine_each(some) == {}

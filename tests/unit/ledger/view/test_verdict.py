"""What the ledger alone says against an opening: each rule of docs/spec/opening.md, 1 to 13, with its own refusal."""

import io
from dataclasses import replace

import pytest

from crypto.age import decrypt
from crypto.curve import base_multiple, montgomery
from crypto.curve.scalar import Scalar
from crypto.threshold import ThresholdIdentity, combine_each, make_shares, verify_shares
from ledger.entries import (
    DeadlineMoved,
    KeyBound,
    LotCancelled,
    LotClosed,
    LotPart,
    LotPublished,
    LotResumed,
    LotSuspended,
    PartCalled,
    SealedPart,
)
from ledger.entries.signed import UNSIGNED
from ledger.view import ReleaseRefusedError, judge, share_context
from tests.story import (
    CALLER,
    DEADLINE,
    LATER_PRICE,
    ORIGIN,
    PLATFORM_AGE,
    PRICE,
    SUPERVISOR,
    TECHNICAL,
    Story,
)

Parts = tuple[SealedPart, ...]


def told(*parts: LotPart, min_bids: int = 3) -> tuple[Story, dict[str, str]]:
    story = Story()
    story.found()
    return story, story.publish(parts=parts or (PRICE,), min_bids=min_bids)


def refusal(story: Story, closing: str, part: str = "price") -> str:
    with pytest.raises(ReleaseRefusedError) as caught:
        judge(story.view, closing, part)
    assert str(caught.value)
    return caught.value.rule


def admitted(story: Story, closing: str, part: str = "price") -> tuple[list[int], dict[int, str]]:
    verdict = judge(story.view, closing, part)
    return [bid.index for bid in verdict.admitted], {i: error.rule for i, error in verdict.refused.items()}


def test_listed_bids_are_admitted_and_t_shares_open_them() -> None:
    story, keys = told()
    bids = [story.bid("lot-1", keys, content) for content in (b"one", b"two", b"three")]
    closing = story.close("lot-1", bids)
    verdict = judge(story.view, closing, "price")
    assert [bid.index for bid in verdict.admitted] == [bid.index for bid in bids]
    assert verdict.run.public is not None
    context, points = (
        share_context(ORIGIN, closing, "lot-1", "price"),
        [bid.point for bid in verdict.admitted],
    )
    verified = [
        verify_shares(
            verdict.run.public,
            points,
            make_shares(story.share_of(keys["price"], party), points, context, story.random),
            context,
        )
        for party in story.parties[1:]
    ]
    identity = ThresholdIdentity(verdict.run.public, combine_each(verified))
    for bid, content in zip(bids, (b"one", b"two", b"three"), strict=True):
        target = io.BytesIO()
        decrypt(io.BytesIO(bid.files["price"]), target, [identity.unwrap])
        assert target.getvalue() == content


def test_1_unknown_and_second_closings_open_nothing() -> None:
    story, keys = told()
    assert refusal(story, "ab" * 32) == "closing"
    bids = [story.bid("lot-1", keys) for _ in range(3)]
    story.close("lot-1", bids)
    late = story.bid("lot-1", keys)
    story.reveal(late)
    second = story.id_of(story.say(LotClosed("lot-1", DEADLINE, tuple(bid.index for bid in [*bids, late]))))
    assert refusal(story, second) == "closing"
    unpublished = story.id_of(story.say(LotClosed("lot-9", DEADLINE, ())))
    assert refusal(story, unpublished) == "closing"


def test_2_part_that_bids_do_not_have() -> None:
    story, keys = told()
    closing = story.close("lot-1", [story.bid("lot-1", keys) for _ in range(3)])
    assert refusal(story, closing, "technical") == "part"


def test_3_cancelled_lot_stays_shut_and_suspended_one_until_it_is_resumed() -> None:
    story, keys = told()
    closing = story.close("lot-1", [story.bid("lot-1", keys) for _ in range(3)])
    story.say(LotSuspended("lot-1", "an objection"))
    assert refusal(story, closing) == "suspended"
    story.say(LotResumed("lot-1", "answered"))
    assert len(admitted(story, closing)[0]) == 3
    story.say(LotCancelled("lot-1", "no money"))
    assert refusal(story, closing) == "cancelled"


def test_4_lot_closed_at_a_deadline_that_was_postponed() -> None:
    story, keys = told()
    story.say(DeadlineMoved("lot-1", DEADLINE + 3600, "more time"))
    closing = story.close("lot-1", [story.bid("lot-1", keys) for _ in range(3)])
    assert refusal(story, closing) == "postponed"


def test_4_deadline_never_moves_to_an_earlier_time_and_not_after_the_closing() -> None:
    story, keys = told()
    story.say(DeadlineMoved("lot-1", DEADLINE - 3600, "hurry"))
    assert "later" in story.remark()
    closing = story.close("lot-1", [story.bid("lot-1", keys) for _ in range(3)])
    story.say(DeadlineMoved("lot-1", DEADLINE + 3600, "too late"))
    assert "closed before" in story.remark()
    assert len(admitted(story, closing)[0]) == 3


def test_5_part_without_a_key_and_key_bound_before_to_another_lot() -> None:
    story, keys = told()
    for lot, bind in (("lot-2", False), ("lot-3", True)):
        if bind:
            story.say(KeyBound(keys["price"], lot, "price"))
        story.say(
            LotPublished(lot, "tender-1", story.group, DEADLINE, 3, str(PLATFORM_AGE.recipient), (PRICE,))
        )
        closing = story.close(lot, [story.bid(lot, keys) for _ in range(3)])
        assert refusal(story, closing) == "key"


def test_5_key_of_another_group_than_the_lots() -> None:
    story = told()[0]
    key = story.key()
    story.say(KeyBound(key, "lot-2", "price"))
    story.say(replace_group(story))
    story.say(
        LotPublished("lot-2", "tender-1", story.group, DEADLINE, 3, str(PLATFORM_AGE.recipient), (PRICE,))
    )
    closing = story.close("lot-2", [story.bid("lot-2", {"price": key}) for _ in range(3)])
    assert refusal(story, closing) == "key"


def replace_group(story: Story):  # type: ignore[no-untyped-def]
    """Another group of the same members; its last acceptance is returned unsaid."""
    proposal = replace(story.proposal(), name="the next group").signed_by(SUPERVISOR)
    story.group = story.id_of(story.say(proposal))
    for party in story.parties[:-1]:
        story.say(story.acceptance(party))
    return story.acceptance(story.parties[-1])


def two_envelopes() -> tuple[Story, str, list[int]]:
    story, keys = told(TECHNICAL, LATER_PRICE)
    bids = [story.bid("lot-1", keys) for _ in range(4)]
    closing = story.close("lot-1", bids)
    return story, closing, [bid.index for bid in bids]


def call(story: Story, closing: str, bids: list[int], key=CALLER) -> None:  # type: ignore[no-untyped-def]
    story.say(PartCalled(ORIGIN, closing, "price", tuple(bids), UNSIGNED).signed_by(key))


def test_6_later_part_waits_for_its_call_and_for_the_part_before() -> None:
    story, closing, bids = two_envelopes()
    assert admitted(story, closing, "technical")[0] == bids
    assert refusal(story, closing) == "called"
    call(story, closing, bids[:3], key=story.parties[0].signing)
    assert refusal(story, closing) == "called"
    call(story, closing, [*bids[:3], 99999])
    assert refusal(story, closing) == "called"
    call(story, closing, bids[:3])
    assert refusal(story, closing) == "called"  # the technical part is not opened yet
    for party in story.parties[: story.t]:
        story.say(story.release_entry(closing, "technical", party))
    assert admitted(story, closing) == (bids[:3], {bids[3]: "not-called"})  # 10
    call(story, closing, bids)
    assert admitted(story, closing)[0] == bids[:3]


def test_7_fewer_bids_than_the_law_asks_for() -> None:
    story, keys = told()
    assert refusal(story, story.close("lot-1", [story.bid("lot-1", keys) for _ in range(2)])) == "too-few"


def test_7_listed_bids_that_do_not_stand_do_not_count() -> None:
    story, keys = told()
    bids = [story.bid("lot-1", keys) for _ in range(3)]
    reveal = story.withdraw(bids[0])
    reveal()
    assert refusal(story, story.close("lot-1", bids)) == "too-few"


def test_8_bid_sealed_after_the_closing_of_another_lot_or_never_revealed() -> None:
    story, keys = told()
    other = story.publish("lot-2")
    bids = [story.bid("lot-1", keys) for _ in range(3)]
    foreign = story.bid("lot-2", other)
    story.reveal(foreign)
    hidden = story.bid("lot-1", keys)
    for bid in bids:
        story.reveal(bid)
    after = len(story.leaves) + 1
    listed = (*(bid.index for bid in bids), foreign.index, hidden.index, after)
    closing = story.id_of(story.say(LotClosed("lot-1", DEADLINE, listed)))
    late = story.bid("lot-1", keys)
    assert late.index == after
    story.reveal(late)
    assert admitted(story, closing) == (
        [bid.index for bid in bids],
        {foreign.index: "unknown-bid", hidden.index: "unknown-bid", after: "unknown-bid"},
    )


def test_9_withdrawn_and_replaced_bids_stay_shut() -> None:
    story, keys = told()
    bids = [story.bid("lot-1", keys) for _ in range(5)]
    story.withdraw(bids[0])()
    newer = story.bid("lot-1", keys, b"better", replaces=bids[1])
    closing = story.close("lot-1", [*bids, newer])
    assert admitted(story, closing) == (
        [bid.index for bid in [*bids[2:], newer]],
        {bids[0].index: "withdrawn", bids[1].index: "replaced"},
    )
    assert story.view.lots.get("lot-1").standing() == tuple(bid.index for bid in [*bids[2:], newer])


def test_9_withdrawal_that_the_platform_hid_counts_when_the_bidder_reveals_it() -> None:
    story, keys = told()
    bids = [story.bid("lot-1", keys) for _ in range(4)]
    reveal = story.withdraw(bids[0])
    closing = story.close("lot-1", bids)
    assert len(admitted(story, closing)[0]) == 4
    reveal()
    assert admitted(story, closing)[1] == {bids[0].index: "withdrawn"}


def test_9_withdrawal_after_the_closing_withdraws_nothing() -> None:
    story, keys = told()
    bids = [story.bid("lot-1", keys) for _ in range(3)]
    closing = story.close("lot-1", bids)
    story.withdraw(bids[0])()
    assert len(admitted(story, closing)[0]) == 3


def test_9_nobody_withdraws_or_replaces_anothers_bid() -> None:
    story, keys = told()
    bids = [story.bid("lot-1", keys) for _ in range(3)]
    stranger = story.bid("lot-1", keys)
    forged = replace(bids[0], key=stranger.key)
    story.withdraw(forged)()
    assert "did not sign" in story.remark()
    closing = story.close("lot-1", bids)
    assert len(admitted(story, closing)[0]) == 3


def test_11_bid_without_the_part_and_share_that_no_secret_may_touch() -> None:
    story, keys = told()

    def with_share(share: bytes):  # type: ignore[no-untyped-def]
        return lambda parts: (replace(parts[0], share=share.hex()),)

    bids = [story.bid("lot-1", keys) for _ in range(3)]
    none = story.bid("lot-1", keys, change=lambda parts: (replace(parts[0], part="technical"),))
    zero = story.bid("lot-1", keys, change=with_share(bytes(32)))
    high = story.bid("lot-1", keys, change=with_share(b"\xff" * 32))
    twist = story.bid("lot-1", keys, change=with_share((2).to_bytes(32, "little")))
    closing = story.close("lot-1", [*bids, none, zero, high, twist])
    assert admitted(story, closing) == (
        [bid.index for bid in bids],
        {none.index: "no-part", zero.index: "share", high.index: "share", twist.index: "share"},
    )


def test_12_copied_stanza_is_refused_in_whatever_lot_or_part_and_the_original_is_not() -> None:
    story, keys = told(PRICE, TECHNICAL)
    elsewhere = story.publish("lot-2", parts=(PRICE,))
    bids = [story.bid("lot-1", keys) for _ in range(3)]
    stolen = bids[0].fact.parts[0].share

    def steal(parts: Parts) -> Parts:
        return (replace(parts[0], share=stolen), *parts[1:])

    def steal_as_technical(parts: Parts) -> Parts:
        return (parts[0], replace(parts[1], share=stolen))

    def price_as_technical(parts: Parts) -> Parts:
        return (parts[0], replace(parts[1], share=parts[0].share))

    same_part = story.bid("lot-1", keys, change=steal)
    other_part = story.bid("lot-1", keys, change=steal_as_technical)
    own = story.bid("lot-1", keys, change=price_as_technical)
    closing = story.close("lot-1", [*bids, same_part, other_part, own])
    good = [bid.index for bid in bids]
    assert admitted(story, closing, "price") == (
        [*good, other_part.index, own.index],
        {same_part.index: "share-seen"},
    )
    assert admitted(story, closing, "technical") == (
        [*good, same_part.index],
        {other_part.index: "share-seen", own.index: "share-seen"},
    )
    copied = story.bid("lot-2", elsewhere, change=steal)
    closing = story.close("lot-2", [*(story.bid("lot-2", elsewhere) for _ in range(3)), copied])
    assert admitted(story, closing)[1] == {copied.index: "share-seen"}


def test_12_replacement_may_keep_a_file_of_its_own() -> None:
    story, keys = told()
    bids = [story.bid("lot-1", keys) for _ in range(3)]
    again = story.bid("lot-1", keys, replaces=bids[0], change=lambda _: bids[0].fact.parts)
    closing = story.close("lot-1", [*bids, again])
    assert admitted(story, closing) == (
        [bids[1].index, bids[2].index, again.index],
        {bids[0].index: "replaced"},
    )


def test_13_sealer_must_know_its_secret_where_the_lot_demands_it() -> None:
    story, keys = told(replace(PRICE, knowledge=True))
    bids = [story.bid("lot-1", keys, knowledge=True) for _ in range(3)]
    without = story.bid("lot-1", keys)
    victim = bids[0].fact.parts[0]

    def related(parts: Parts) -> Parts:
        point = montgomery.from_u(bytes.fromhex(victim.share)) + base_multiple(Scalar.from_int(1))
        return (replace(parts[0], share=montgomery.to_u(point).hex(), knowledge=victim.knowledge),)

    attack = story.bid("lot-1", keys, change=related)
    borrowed = story.bid("lot-1", keys, knowledge=True, change=lambda p: (replace(p[0], sha256="ab" * 32),))
    closing = story.close("lot-1", [*bids, without, attack, borrowed])
    assert admitted(story, closing) == (
        [bid.index for bid in bids],
        {without.index: "knowledge", attack.index: "knowledge", borrowed.index: "knowledge"},
    )


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (PRICE, PRICE),
        (LATER_PRICE, TECHNICAL),
        (TECHNICAL, replace(LATER_PRICE, caller="")),
        (replace(PRICE, caller=CALLER.verify_key.raw.hex()),),
    ],
)
def test_lot_whose_parts_cannot_be_is_not_published(parts: tuple[LotPart, ...]) -> None:
    story = Story()
    story.found()
    story.say(LotPublished("lot-1", "t", story.group, DEADLINE, 3, str(PLATFORM_AGE.recipient), parts))
    assert story.remark()


def test_bid_revealed_before_its_lot_is_published_counts_once_it_is() -> None:
    story = Story()
    story.found()
    key = story.key()
    bid = story.bid("lot-1", {"price": key})
    story.reveal(bid)
    story.say(KeyBound(key, "lot-1", "price"))
    story.say(LotPublished("lot-1", "t", story.group, DEADLINE, 3, str(PLATFORM_AGE.recipient), (PRICE,)))
    assert story.view.lots.get("lot-1").standing() == (bid.index,)

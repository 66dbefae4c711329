"""Rules 14 to 25 of docs/spec/opening.md: each refuses what it is for, by its own word, and nothing else."""

from dataclasses import replace
from typing import Any

import pytest

from crypto.curve import Scalar, base_multiple
from crypto.dkg import Session
from keyholder.heads import Heads, SeenHead
from keyholder.identity import Identity
from keyholder.rules import Allowed, Facts, Terms, allow, require_sound, what_for
from ledger.entries import GroupMember, GroupProposed, LotClosed, LotPart, LotPublished, SealedPart
from ledger.view import AdmittedBid, Closing, Group, KeyRun, Lot, ReleaseRefusedError, Verdict

DEADLINE = 1_000_000
OWN = Identity("own", b"o" * 32)
OTHER = Identity("other", b"x" * 32)
CLOSING = "cc" * 32
PART = LotPart("price", public=True, after="", caller="", knowledge=False)
THIS = what_for(CLOSING, "price")
FILE = SealedPart("price", "00" * 32, 1, "00" * 32, "00" * 32, "")
BIDS = (5, 6, 7, 8)
TERMS = Terms(threshold=2)


def group(*members: Identity, accepted: set[int] | None = None) -> Group:
    cards = [identity.card() for identity in members]
    listed = tuple(GroupMember(card.name, card.static_key, card.signing_key, card.witness) for card in cards)
    key = OTHER.signing_key
    proposal = GroupProposed("o", "group", 1, listed, "age1", key, "00" * 64)
    return Group("aa" * 32, 1, proposal, {1, 2} if accepted is None else accepted)


def point(place: int) -> Any:
    return base_multiple(Scalar.from_int(place))


def verdict(of: Group | None = None, refused: dict[int, str] | None = None) -> Verdict:
    of = of or group(OWN, OTHER)
    refused = refused or {}
    published = LotPublished("lot", "tender", of.id, DEADLINE, 3, "age1", (PART,))
    closing = Closing(CLOSING, 20, LotClosed("lot", DEADLINE, BIDS))
    lot = Lot("lot", 2, published, DEADLINE, closing=closing)
    run = KeyRun("bb" * 32, 1, of, Session.new(b"r" * 32, 1, of.static_keys))
    admitted = tuple(AdmittedBid(bid, FILE, point(bid)) for bid in BIDS if bid not in refused)
    reasons = {bid: ReleaseRefusedError(rule, "so") for bid, rule in refused.items()}
    return Verdict(lot, closing, PART, run, admitted, reasons)


def facts(**changes: Any) -> Facts:
    """All is well, ten seconds after the deadline."""
    heads = Heads([SeenHead(9, DEADLINE - 500, DEADLINE - 1), SeenHead(21, DEADLINE + 2, DEADLINE + 10)])
    well = Facts(
        now=DEADLINE + 10,
        read=21,
        published=21,
        cosigned=21,
        difference=0,
        heads=heads,
        cosigned_at=(DEADLINE + 2, DEADLINE + 3),
        anchored=21,
        approved=True,
    )
    return replace(well, **changes)


def judged(terms: Terms = TERMS, shown: Verdict | None = None, **changes: Any) -> Allowed:
    return allow(shown or verdict(), OWN.signing.verify_key, facts(**changes), terms)


def refusal(terms: Terms = TERMS, shown: Verdict | None = None, **changes: Any) -> str:
    with pytest.raises(ReleaseRefusedError) as caught:
        judged(terms, shown, **changes)
    assert str(caught.value)
    return caught.value.rule


def left_out(terms: Terms = TERMS, shown: Verdict | None = None, **changes: Any) -> dict[int, str]:
    allowed = judged(terms, shown, **changes)
    assert {bid.index for bid in allowed.bids} | set(allowed.refused) == set(BIDS)
    return {bid: error.rule for bid, error in allowed.refused.items()}


def test_all_bids_are_allowed_when_all_is_well() -> None:
    assert [bid.index for bid in judged().bids] == list(BIDS)
    strict = Terms(2, 4, 0, 0, needs_approval=True, watches_chain=True)
    assert left_out(strict) == {}


def test_14_doubt() -> None:
    assert refusal(doubts=("the log forked",)) == "doubt"


@pytest.mark.parametrize("changes", [{"cosigned": 22}, {"published": 22}])
def test_15_behind(changes: dict[str, Any]) -> None:
    assert refusal(**changes) == "behind"


@pytest.mark.parametrize(
    "of", [group(OTHER), group(OWN, OTHER, accepted={2}), group(OWN, OTHER, accepted=set())]
)
def test_16_group(of: Group) -> None:
    assert refusal(shown=verdict(of)) == "group"


@pytest.mark.parametrize("difference", [6, -6, 2**60, None])
def test_17_clock(difference: int | None) -> None:
    assert refusal(difference=difference) == "clock"


@pytest.mark.parametrize("difference", [5, -5])
def test_17_limit_itself_is_allowed(difference: int) -> None:
    assert left_out(difference=difference) == {}


def test_18_early() -> None:
    assert refusal(now=DEADLINE - 1) == "early"
    assert left_out(now=DEADLINE) == {}


def test_19_closed_early() -> None:
    early = Heads([SeenHead(21, DEADLINE - 2, DEADLINE + 10)])
    assert refusal(heads=early) == "closed-early"


def test_19_platform_whose_clock_is_ahead_within_the_limit_closes_in_time() -> None:
    """It closes when its clock is at the deadline, which is a moment before ours is; rounding is a second."""
    for ahead in range(6):
        seen = Heads([SeenHead(21, DEADLINE - ahead - 1, DEADLINE + 10)])
        assert left_out(heads=seen, difference=ahead) == {}
        assert (
            refusal(heads=Heads([SeenHead(21, DEADLINE - ahead - 2, DEADLINE)]), difference=ahead)
            == "closed-early"
        )


def test_19_platform_whose_clock_is_behind_gets_nothing_for_it() -> None:
    assert refusal(heads=Heads([SeenHead(21, DEADLINE - 1, DEADLINE)]), difference=-5) == "closed-early"


@pytest.mark.parametrize(
    "times", [(), (DEADLINE + 5,), (DEADLINE - 6, DEADLINE + 5), (DEADLINE - 9, DEADLINE - 8)]
)
def test_20_stale(times: tuple[int, ...]) -> None:
    assert refusal(cosigned_at=times) == "stale"


def test_20_quorum_at_the_deadline_is_enough() -> None:
    assert left_out(cosigned_at=(DEADLINE, 0, DEADLINE)) == {}


def test_20_witness_whose_clock_is_a_little_slow_holds_nothing_up() -> None:
    assert left_out(cosigned_at=(DEADLINE - 5, 0, DEADLINE)) == {}


def test_21_too_few() -> None:
    assert refusal(Terms(2, min_bids=5)) == "too-few"
    assert refusal(shown=verdict(refused={5: "withdrawn", 6: "replaced"})) == "too-few"
    assert refusal(shown=verdict(refused={5: "unknown-bid", 6: "withdrawn"})) == "too-few"


def test_21_bids_that_stand_count_even_if_they_cannot_be_opened() -> None:
    assert left_out(shown=verdict(refused={5: "share-seen", 6: "knowledge"})) == {
        5: "share-seen",
        6: "knowledge",
    }


def test_21_late_bids_do_not_count() -> None:
    heads = Heads([SeenHead(7, DEADLINE, DEADLINE + 61), SeenHead(21, DEADLINE + 62, DEADLINE + 70)])
    assert refusal(heads=heads, now=DEADLINE + 70) == "too-few"


def test_22_anchor() -> None:
    watching = replace(TERMS, watches_chain=True)
    assert refusal(watching, anchored=20) == "anchor"
    assert left_out(watching, anchored=21) == {}
    assert left_out(anchored=0) == {}


def test_23_late() -> None:
    heads = Heads([SeenHead(8, DEADLINE, DEADLINE + 61), SeenHead(21, DEADLINE + 62, DEADLINE + 70)])
    assert left_out(heads=heads, now=DEADLINE + 70) == {8: "late"}
    in_time = Heads([SeenHead(8, DEADLINE, DEADLINE + 60), SeenHead(21, DEADLINE + 62, DEADLINE + 70)])
    assert left_out(heads=in_time, now=DEADLINE + 70) == {}


def test_24_share_given() -> None:
    assert left_out(given={point(6).raw: what_for("dd" * 32, "price")}) == {6: "share-given"}
    assert left_out(given={point(6).raw: what_for(CLOSING, "technical")}) == {6: "share-given"}
    assert left_out(given={point(6).raw: THIS}) == {}


def test_24_nothing_left_is_refused_as_a_whole() -> None:
    assert refusal(given={point(bid).raw: "draw/1" for bid in BIDS}) == "too-few"


def test_25_approval() -> None:
    careful = replace(TERMS, needs_approval=True)
    assert refusal(careful, approved=False) == "approval"
    assert left_out(approved=False) == {}


def test_draws_need_14_to_17_alone() -> None:
    own = OWN.signing.verify_key
    assert require_sound(group(OTHER, OWN), own, facts(now=0, cosigned_at=(), approved=False), TERMS) == 2
    for changes, rule in (
        ({"doubts": ("x",)}, "doubt"),
        ({"cosigned": 99}, "behind"),
        ({"difference": 99}, "clock"),
    ):
        with pytest.raises(ReleaseRefusedError) as caught:
            require_sound(group(OTHER, OWN), own, facts(**changes), TERMS)
        assert caught.value.rule == rule
    with pytest.raises(ReleaseRefusedError) as caught:
        require_sound(group(OTHER), own, facts(), TERMS)
    assert caught.value.rule == "group"

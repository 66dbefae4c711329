"""The platform's rule of which bids stand is the ledger's: what a closing lists, everybody computes."""

from hypothesis import given
from hypothesis import strategies as st

from bidding.submission.standing import SealedFact, standing
from ledger.entries import BidSubmitted, LotPublished
from ledger.view.lots import Lot, Submission
from tests.story import PRICE

KEYS = [bytes([number]) * 32 for number in range(4)]
FACTS = st.lists(st.tuples(st.sampled_from(KEYS), st.none() | st.integers(0, 5)), max_size=20)


def seen(facts: list[SealedFact]) -> Lot:
    """The lot as a reader of the ledger has it, once all is revealed."""
    published = LotPublished("lot", "tender", "00" * 32, 1, 3, "age1", (PRICE,))
    lot = Lot("lot", 0, published, 1)
    for fact in facts:
        if fact.sequence is None:
            earlier = lot.withdrawn.get(fact.bid.hex(), fact.index)
            lot.withdrawn[fact.bid.hex()] = min(fact.index, earlier)
        else:
            bid = BidSubmitted("origin", "lot", fact.bid.hex(), fact.sequence, (), "")
            lot.take(Submission(fact.index, 100 + fact.index, bid))
    return lot


@given(FACTS, st.randoms(use_true_random=False))
def test_what_stands_is_what_the_ledger_says_in_whatever_order_it_is_read(told, random) -> None:  # type: ignore[no-untyped-def]
    facts = [SealedFact(index, bid, sequence) for index, (bid, sequence) in enumerate(told, start=5)]
    lot = seen(facts)
    random.shuffle(facts)
    assert standing(facts) == lot.standing()


@given(FACTS)
def test_each_bid_stands_once_or_not_at_all(told: list[tuple[bytes, int | None]]) -> None:
    facts = [SealedFact(index, bid, sequence) for index, (bid, sequence) in enumerate(told)]
    found = [fact.bid for fact in facts if fact.index in standing(facts)]
    assert len(found) == len(set(found))
    assert not set(found) & {fact.bid for fact in facts if fact.sequence is None}

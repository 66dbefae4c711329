"""Properties of draws: for any n, t and answering subset the seed is one, and the order a permutation."""

from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.sampling import draw, draw_order
from crypto.threshold import vrf
from tests.ceremony import hold, seeded


@settings(max_examples=15, deadline=None)
@given(n=st.integers(1, 6), seed=st.integers(0, 2**32), message=st.binary(max_size=50), data=st.data())
def test_whoever_answers_the_seed_is_the_same(n: int, seed: int, message: bytes, data: st.DataObject) -> None:
    t = data.draw(st.integers(1, n))
    ceremony = hold(n, t, seed)
    random = seeded(seed)
    verified = [
        vrf.verify_share(ceremony.public, message, vrf.make_share(share, message, random))
        for share in ceremony.shares
    ]
    subsets = st.sets(st.integers(0, n - 1), min_size=t)
    first, second = ([verified[i] for i in data.draw(subsets)] for _ in range(2))
    assert vrf.output(ceremony.public, message, first) == vrf.output(ceremony.public, message, second)


@given(seed=st.binary(max_size=64), population=st.integers(0, 200))
def test_order_is_a_permutation_and_stable(seed: bytes, population: int) -> None:
    order = list(draw_order(seed, population))
    assert sorted(order) == list(range(population))
    assert draw(seed, population, population // 2) == order[: population // 2]

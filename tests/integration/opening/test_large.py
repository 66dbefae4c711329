"""A bid of 200 MB passes through in bounded memory."""

import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.opening import OpeningWorld

MIB = 1 << 20


@dataclass(frozen=True)
class Large:
    """A document that is made as it is read."""

    name: str
    size: int

    def pieces(self) -> Iterator[bytes]:
        for number in range(self.size // MIB):
            yield number.to_bytes(4, "big") * (MIB // 4)


@pytest.mark.long
def test_a_bid_of_200_mb_is_opened_in_bounded_memory(world: OpeningWorld) -> None:
    lot = world.lot()
    lot.bid(0, documents=[Large("documents/图纸.bin", 200 * MIB)])
    lot.bid(1)
    lot.bid(2)
    lot.close()
    lot.release(1)
    lot.release(2)
    tracemalloc.start()
    world.job().run()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert lot.states() == ["opened"] * 3
    assert peak < 24 * MIB

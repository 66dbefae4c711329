"""Each fuzz target takes its seeds, refuses altered ones cleanly, and notices a finding."""

from random import Random

import pytest

from crypto import dkg
from scripts.fuzz import targets
from scripts.fuzz.seeds import SEEDS


@pytest.mark.parametrize("name", targets.TARGETS)
def test_target_takes_its_seeds_and_what_is_near_them(name: str) -> None:
    random = Random(name)
    for seed in SEEDS[name]():
        targets.TARGETS[name](seed)
        for _ in range(20):
            near = bytearray(seed)
            near[random.randrange(len(near))] ^= 1 << random.randrange(8)
            targets.run(name, bytes(near))
            targets.run(name, bytes(near[: random.randrange(len(near))]))


def test_target_notices_a_parser_that_is_not_strict(monkeypatch: pytest.MonkeyPatch) -> None:
    strict = dkg.Round1Message.parse

    def lenient(data: bytes, threshold: int, participants: int) -> dkg.Round1Message:
        return strict(data.rstrip(b"\0"), threshold, participants)

    monkeypatch.setattr(dkg.Round1Message, "parse", lenient)
    with pytest.raises(AssertionError, match="not canonical"):
        targets.run("dkg", SEEDS["dkg"]()[0] + b"\0")

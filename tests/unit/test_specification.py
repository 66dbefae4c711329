"""The worked examples of docs/spec, recomputed from the pages themselves."""

import hashlib
import re
from itertools import islice

import pytest

from crypto import sampling
from crypto.curve import Point, Scalar, base_multiple
from crypto.curve.polynomial import commit, evaluate, evaluate_commitment
from crypto.dkg import KeyShare, PublicKeys
from crypto.encoding import encode, hash512
from crypto.sampling import draw, draw_order
from crypto.threshold import (
    ShareBatch,
    ThresholdIdentity,
    combine,
    ephemeral_point,
    make_shares,
    recipient_of,
    verify_shares,
    vrf,
)
from guarantees.letters.scheme import SCHEME as LETTERS
from oversight.reports import SCHEME as REPORTS
from tests import draw_page
from tests.environment import ROOT
from tests.unit.test_house import PACKAGES

CONTEXT = b"sunseal example"
MESSAGE = b"sunseal example draw"


OF_MAILBOXES = ("identity", "signing", "mailbox", "post", "reply", "fetch", "inbox")
"""What the domains of each use of mailboxes are for (mailboxes/scheme.py)."""


def page(name: str) -> str:
    return (ROOT / "docs" / "spec" / name).read_text()


def values(name: str) -> dict[str, str]:
    return dict(re.findall(r"^(\w+) = (\S+)$", page(name), re.MULTILINE))


def zeros(count: int) -> bytes:
    return bytes(count)


@pytest.fixture(scope="module")
def keys() -> list[KeyShare]:
    polynomial = [Scalar.from_int(20170117), Scalar.from_int(28)]
    commitment = commit(polynomial)
    public = PublicKeys(2, commitment[0], tuple(evaluate_commitment(commitment, i) for i in (1, 2, 3)))
    return [KeyShare(i, evaluate(polynomial, i), public) for i in (1, 2, 3)]


def test_encoding_example() -> None:
    rows = re.findall(r"^([0-9a-f]{16}) ([0-9a-f]+) ", page("encoding.md"), re.MULTILINE)
    written = bytes.fromhex("".join(length + field for length, field in rows))
    assert encode("sunseal/example/v1", b"\x01\x02", "标", 7) == written
    assert hashlib.sha512(written).hexdigest() == values("encoding.md")["sha512"]


def test_every_domain_in_the_code_stands_on_the_page() -> None:
    used = set()
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        used |= set(re.findall(r'(?<!b)"(sunseal/[a-z-]+/v\d+)"', path.read_text()))
    used |= {scheme.domain(what) for scheme in (REPORTS, LETTERS) for what in OF_MAILBOXES}
    listed = set(re.findall(r"^\| `(sunseal/[a-z-]+/v\d+)`", page("encoding.md"), re.MULTILINE))
    assert used == listed


def test_lot_key_example(keys: list[KeyShare]) -> None:
    expected, public = values("lot-key.md"), keys[0].public
    assert public.group.raw.hex() == expected["group"]
    for index in (1, 3):
        assert keys[index - 1].secret.raw.hex() == expected[f"x_{index}"]
        assert public.share(index).raw.hex() == expected[f"Y_{index}"]
    recipient = recipient_of(public)
    assert str(recipient) == expected["recipient"]
    stanza = recipient.wrap(b"\x01" * 16, lambda count: b"\x02" * count)
    assert f"```age\n{stanza.encode().decode()}```" in page("lot-key.md")
    point = ephemeral_point(stanza)
    assert point.raw.hex() == expected["P"]
    verified = []
    for index in (1, 3):
        batch = make_shares(keys[index - 1], [point], CONTEXT, zeros)
        assert batch.encode().hex() == expected[f"batch_{index}"]
        verified.append(verify_shares(public, [point], batch, CONTEXT))
    (shared,) = combine(verified)
    assert shared.raw.hex() == expected["xP"]
    file_key = ThresholdIdentity(public, {point: shared}).unwrap([stanza])
    assert file_key is not None
    assert file_key.hex() == expected["file_key"]
    other = base_multiple(Scalar.from_int(99))
    assert other == Point(bytes.fromhex(expected["Q"]))
    two = make_shares(keys[0], [point, other], CONTEXT, zeros)
    assert two.encode().hex() == expected["batch_of_two"]
    verify_shares(public, [point, other], ShareBatch.parse(two.encode()), CONTEXT)


def test_draw_example(keys: list[KeyShare]) -> None:
    expected, public = values("draw.md"), keys[0].public
    assert vrf.input_point(public, MESSAGE).raw.hex() == expected["input"]
    verified = []
    for key in keys:
        share = vrf.make_share(key, MESSAGE, zeros)
        assert share.encode().hex() == expected[f"batch_{key.index}"]
        verified.append(vrf.verify_share(public, MESSAGE, share))
    assert combine(verified)[0].raw.hex() == expected["gamma"]
    seed = vrf.output(public, MESSAGE, verified)
    assert seed.hex() == expected["seed"]
    assert draw(seed, 20, 7) == [int(i) for i in expected["of_20"].split(",")]
    assert draw(seed, 1_000_000, 7) == [int(i) for i in expected["of_1000000"].split(",")]


def test_script_on_the_page_has_25_lines_and_the_order_of_the_code() -> None:
    """That it redoes whole draws and samples: tests/property/test_draw_page.py and tests/integration/oversight."""
    assert len(draw_page.REDO.splitlines()) <= 25
    assert max(map(len, f"{draw_page.REDO}{draw_page.COMMITTED}".splitlines())) <= 120
    order = draw_page.order()
    for population in (0, 1, 2, 20, 257):
        for seed in (bytes(64), b"another", hashlib.sha512(b"x").digest()):
            assert order(seed, population) == list(islice(draw_order(seed, population), population))


def test_script_skips_the_words_that_would_favour_some(monkeypatch: pytest.MonkeyPatch) -> None:
    def high(domain: str | bytes, seed: bytes, number: int | bytes) -> bytes:
        """The first word is the one that no multiple of 3 reaches."""
        counter = number if isinstance(number, int) else int.from_bytes(number, "big")
        return b"\xff" * 64 if counter == 0 else hash512("sunseal/draw/v1", seed, counter)

    order, seeds = draw_page.order(), [b"s", b"t", b"u", b"v"]
    monkeypatch.setattr(sampling, "hash512", high)
    monkeypatch.setitem(order.__globals__, "hash512", high)
    orders = [order(seed, 3) for seed in seeds]
    assert orders == [list(draw_order(seed, 3)) for seed in seeds]
    assert {first for first, *_ in orders} != {0}, "nothing is shown if the skipped word had said the same"

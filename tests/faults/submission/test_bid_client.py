"""The bidder's program against real web processes: lines that are cut, and processes that are killed at every step."""

import hashlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes

import pytest

from app.api.submission_app import PREFIX
from app.bid_client.channel import Channel
from app.bid_client.records import records
from app.bid_client.submitting import Submitter
from app.bid_client.wallet import Wallet
from app.bidder.folder import SealedBid
from bidding.uploads import sweeping
from crypto.tokens.privacy_pass import request_token
from storage.database import Database
from tests.faults.submission.web import STEPS
from tests.faults.submission.web_process import CuttingLine, WebProcess, kept_alive
from tests.intake import TERMS, Draft, World, make_world, token_key
from tests.log import ORIGIN

pytestmark = pytest.mark.long

CONTENT = 9 << 20


def sealed_bid(draft: Draft, folder: Path) -> SealedBid:
    """As a bid's folder has it."""
    folder.mkdir(exist_ok=True)
    parts = []
    for said in draft.fact.parts:
        path = folder / f"{said.part}-{said.sha256[:8]}.age"
        path.write_bytes(draft.files[said.part])
        parts.append((said, path))
    return SealedBid(ORIGIN, draft.fact.lot, draft.fact.bid, tuple(parts))


def fill(wallet: Wallet, world: World, count: int) -> None:
    """Tokens as if they had been drawn."""
    for _ in range(count):
        pending = request_token(token_key().public_key(), TERMS.challenge, token_bytes)
        wallet.finalize(wallet.add_pending(pending), world.token())


@contextmanager
def bidder(base: str, folder: Path, world: World, tokens: int) -> Iterator[Submitter]:
    """With that many more tokens in its wallet."""
    with (
        Wallet(folder / "wallet.db") as wallet,
        Channel(base + PREFIX, patience=60, timeout=20) as channel,
    ):
        fill(wallet, world, tokens)
        yield Submitter(channel, wallet, world.book.policy(), folder / "bid", token_bytes)


def check_in(world: World, draft: Draft, tmp_path: Path) -> None:
    """The bid stands, its blob is whole, and nothing is left of its uploads."""
    (closed,) = world.close()
    assert len(closed.bids) == 1
    world.book.run()
    view = world.view()
    (bid,) = (view.lots.get(draft.fact.lot).submissions[index] for index in closed.bids)
    assert bid.bid.bid == draft.fact.bid
    for part in bid.bid.parts:
        content = b"".join(world.blobs.stream(bytes.fromhex(part.sha256)))
        assert hashlib.sha256(content).hexdigest() == part.sha256
    sweeping.sweep(world.database, world.blobs, now=datetime(2100, 1, 1, tzinfo=UTC))
    kept = {part.sha256 for part in bid.bid.parts}
    assert {path.name for path in (tmp_path / "blobs").rglob("*") if path.is_file()} == kept


@pytest.mark.parametrize("step", sorted(STEPS))
def test_web_process_killed_at_any_step_costs_nothing_but_time(
    database: Database, database_url: str, tmp_path: Path, step: str
) -> None:
    world = make_world(database, tmp_path)
    world.publish()
    draft = world.draft(token_bytes(CONTENT))
    web = WebProcess(database_url, tmp_path, step)
    with world.published(), kept_alive(web), bidder(web.base, tmp_path, world, 2) as agent:
        bid = sealed_bid(draft, tmp_path / "bid")
        receipt = agent.submit(bid, draft.key, now=datetime.now(UTC))
        assert (tmp_path / "killed").exists(), "the process was never killed"
        assert agent.submit(bid, draft.key, now=datetime.now(UTC)) == receipt
        assert agent.wallet.count() == 0
        check_in(world, draft, tmp_path)
    world.app.close()


@pytest.mark.parametrize("seed", range(3))
def test_line_that_is_cut_at_random_costs_no_token_and_no_byte(
    database: Database, database_url: str, tmp_path: Path, seed: int
) -> None:
    world = make_world(database, tmp_path)
    world.publish()
    first = world.draft(token_bytes(CONTENT))
    second = world.draft(token_bytes(CONTENT), replaces=first)
    web = WebProcess(database_url, tmp_path)
    with world.published(), kept_alive(web), closing(CuttingLine(web.port, seed, 2000, 9 << 20)) as line:
        with bidder(line.base, tmp_path, world, 4) as agent:
            for draft in (first, second):
                agent.submit(sealed_bid(draft, tmp_path / "bid"), draft.key, now=datetime.now(UTC))
            assert line.cuts > 0
            assert agent.wallet.count() == 0
            assert [record.fact for record in records(tmp_path / "bid")] == [first.fact, second.fact]
            assert len(agent.fetch(ORIGIN, first.key, now=datetime.now(UTC))) == 2
            agent.withdraw(ORIGIN, first.fact.lot, first.key)
        (closed,) = world.close()
        assert closed.bids == ()
        assert closed.revealed == 3
    world.app.close()


def test_another_run_goes_on_where_the_last_one_was_killed(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    """The bidder's program ends in the middle; a new one, with the same folder and wallet, finishes."""
    world = make_world(database, tmp_path)
    world.publish()
    draft = world.draft(token_bytes(CONTENT))
    bid = sealed_bid(draft, tmp_path / "bid")
    web = WebProcess(database_url, tmp_path)
    sent: list[int] = []

    def stop(count: int) -> None:
        sent.append(count)
        raise KeyboardInterrupt

    with world.published(), kept_alive(web):
        with bidder(web.base, tmp_path, world, 2) as agent, pytest.raises(KeyboardInterrupt):
            agent.submit(bid, draft.key, now=datetime.now(UTC), progress=stop)
        with bidder(web.base, tmp_path, world, 0) as agent:
            again: list[int] = []
            agent.submit(bid, draft.key, now=datetime.now(UTC), progress=again.append)
            assert again[0] > sent[0] > 0, "what had arrived was sent again"
            assert agent.wallet.count() == 0
        check_in(world, draft, tmp_path)
    world.app.close()

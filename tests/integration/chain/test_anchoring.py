"""The newest published checkpoint goes on chain, on request and on schedule, and counts once the depth is upon it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.web import anchors
from guarantees.chain import anchoring, calls
from guarantees.chain.anchoring import Anchoring, anchor_of, anchored, request_anchor
from guarantees.chain.models import AnchorRow
from ledger.anchoring import published
from ledger.checkpoint import Checkpoint
from ledger.note import encode_base64
from tests.integration.chain.world import LOG, World
from tests.log import ORIGIN, Log, make_log


class Anchored:
    """The job over the test's log."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.book: Log = make_log(world.database, folder / "public")
        poster = world.address("poster")
        self.job = Anchoring(world.database, poster=poster, clock=world.now, interval=timedelta(hours=1))

    def request(self) -> int:
        with self.world.database.session() as session:
            made = request_anchor(session, now=self.world.now())
            session.commit()
        return made

    def state(self, request: int) -> str:
        with self.world.database.session() as session:
            return anchor_of(session, request).state

    def newest(self) -> tuple[int, bytes, int] | None:
        with self.world.database.session() as session:
            return anchored(session)

    def checkpoint(self) -> Checkpoint:
        with self.world.database.session() as session:
            found = published(session)
        assert found is not None
        return found

    def get(self) -> dict[str, object]:
        app = Flask(__name__)
        app.register_blueprint(anchors.blueprint(self.world.database), url_prefix="/ledger")
        found: dict[str, object] = app.test_client().get("/ledger/anchor").get_json()
        return found


@pytest.fixture
def log(world: World, tmp_path: Path) -> Iterator[Anchored]:
    made = Anchored(world, tmp_path)
    yield made
    made.job.close()


def test_a_request_goes_from_requested_to_confirmed_and_is_shown_only_then(log: Anchored) -> None:
    world = log.world
    world.sender("poster", depth=2)
    log.book.append(3)
    request = log.request()
    assert not log.job.run()  # nothing is published yet
    assert log.state(request) == "requested"
    log.book.run()
    assert log.job.run()
    assert log.get()["state"] == "not yet"
    world.sender("poster").run()
    assert log.state(request) == "sent"
    world.run("poster")
    world.run("poster")
    assert log.state(request) == "mined"
    assert log.newest() is None
    shown = log.get()
    assert (shown["state"], shown["origin"], shown["size"]) == ("not yet", ORIGIN, None)
    assert shown["next"] is not None

    world.node.mine(2)
    world.run("poster")
    assert log.state(request) == "confirmed"
    checkpoint = log.checkpoint()
    found = log.newest()
    assert found is not None
    assert found[:2] == (checkpoint.size, checkpoint.root)
    on_chain = world.gateway.log(LOG, found[2])
    assert (on_chain.size, on_chain.root) == (checkpoint.size, checkpoint.root)
    shown = log.get()
    assert (shown["state"], shown["size"], shown["block"]) == ("anchored", checkpoint.size, found[2])
    assert shown["root"] == encode_base64(checkpoint.root)
    assert shown["next"] is None


def test_a_request_waits_for_a_checkpoint_that_covers_what_its_transaction_saw(log: Anchored) -> None:
    log.book.append(1)
    log.book.run()
    log.book.append(1)
    request = log.request()
    log.job.run()  # on the schedule, the older checkpoint
    assert log.state(request) == "requested"
    log.book.run()
    assert log.job.run()
    log.world.run("poster")
    log.world.run("poster")
    assert log.state(request) == "confirmed"
    found = log.newest()
    assert found is not None
    assert found[0] == log.checkpoint().size


def test_requests_that_one_checkpoint_serves_are_one_transaction(log: Anchored) -> None:
    log.book.append(1)
    requests = [log.request() for _ in range(5)]
    log.book.run()
    log.job.run()
    log.world.run("poster")
    log.world.run("poster")
    assert {log.state(request) for request in requests} == {"confirmed"}
    assert log.world.gateway.node.nonce(log.world.address("poster")) == 1


def test_the_schedule_anchors_a_log_that_has_grown_and_leaves_one_that_has_not(log: Anchored) -> None:
    world = log.world
    log.book.append(1)
    log.book.run()
    assert log.job.run()
    world.clock_ahead += timedelta(hours=2)
    assert not log.job.run()
    log.book.append(1)
    log.book.run()
    assert log.job.run()
    log.book.append(1)
    log.book.run()
    assert not log.job.run()  # the interval is not over
    world.run("poster")
    world.run("poster")
    assert world.gateway.node.nonce(world.address("poster")) == 2
    assert world.gateway.log(LOG).size == 3


def test_a_refused_anchor_is_tried_again_with_the_next_checkpoint(log: Anchored) -> None:
    world = log.world
    log.book.append(1)
    request = log.request()
    log.book.run()
    world.done("regulator", "take", calls.set_poster(LOG, bytes(20)))
    log.job.run()
    world.run("poster")
    world.run("poster")
    assert log.state(request) == "failed"
    world.done("regulator", "give", calls.set_poster(LOG, world.address("poster")))
    assert not log.job.run()
    log.book.append(1)
    log.book.run()
    assert log.job.run()
    world.run("poster")
    world.run("poster")
    assert log.state(request) == "confirmed"


def test_a_closing_that_rolls_back_requests_nothing(log: Anchored) -> None:
    with log.world.database.session() as session:
        request_anchor(session, now=log.world.now())
        session.rollback()
    with log.world.database.session() as session:
        assert session.execute(select(AnchorRow)).first() is None


def test_without_a_log_there_is_nothing_to_anchor(world: World) -> None:
    job = Anchoring(world.database, poster=bytes(20), clock=world.now, interval=timedelta(hours=1))
    assert not job.run()
    job.close()
    app = Flask(__name__)
    app.register_blueprint(anchors.blueprint(world.database), url_prefix="/ledger")
    answer = app.test_client().get("/ledger/anchor")
    assert answer.status_code == 404
    assert answer.get_json()["state"] == "not yet"
    with world.database.session() as session:
        assert anchoring.origin(session) is None
        assert session.execute(text("SELECT count(*) FROM chain_anchor")).scalar_one() == 0

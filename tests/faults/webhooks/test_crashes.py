"""The sender dies by kill -9 between claim, send and mark: each event arrives, always under the same id."""

import subprocess
import sys
from collections import Counter

import pytest

from guarantees.webhooks.job import LEASE
from storage.database import Database
from tests.environment import ROOT
from tests.integration.webhooks.world import KEY, NOW, WebhookWorld
from tests.webhook_receiver import Receiver


def run(database: Database, seconds: float, step: str = "none") -> int:
    url = database.engine.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.webhooks.process", url, str(seconds), step],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, -9), done.stderr
    return done.returncode


@pytest.mark.parametrize(("step", "times"), [("claimed", 1), ("sent", 2)])
def test_a_sender_killed_between_send_and_mark_sends_again_under_the_same_id(
    database: Database, step: str, times: int
) -> None:
    world, receiver = WebhookWorld(database), Receiver()
    bank = world.guarantor()
    world.subscribe(bank, receiver.url())
    world.announce(bank)
    assert run(database, 0, step) == -9
    assert run(database, 1) == 0, "the lease has not ended: nothing is sent"
    assert len(receiver.received) == times - 1
    assert run(database, LEASE.total_seconds() + 1) == 0
    receiver.close()
    assert Counter(found.event for found in receiver.received) == {str(world.row().event_id): times}
    assert (world.row().state, world.row().attempts) == ("delivered", 2)
    for found in receiver.received:
        found.check(KEY.public_key(), now=NOW + LEASE)

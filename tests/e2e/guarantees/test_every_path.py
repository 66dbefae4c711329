"""Twenty guarantees of two guarantors, through every path to every final state, on both nodes: in peace on Anvil, and
on `sunseal chain` under kill -9, its own process included.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from guarantees.after import reconciling, releasing
from guarantees.chain.errors import ChainError
from guarantees.chain.indexer import Indexer
from guarantees.chain.rebuild import rebuild
from guarantees.chain.refusals import State
from tests.database import Postgres
from tests.e2e.guarantees.deployment import Deployment, now, wait
from tests.e2e.guarantees.story import Story
from tests.integration.chain.nodes import ANVIL, OURS

pytestmark = [pytest.mark.long, pytest.mark.timeout(1500)]


@contextmanager
def deployed(kind: str, folder: Path, postgres: Postgres, template: str) -> Iterator[Deployment]:
    urls = (postgres.create(template), postgres.create(template), postgres.create(template))
    made = Deployment(kind, folder, urls)
    try:
        yield made
    finally:
        made.close()


def tell(story: Story) -> None:
    story.bid()
    story.open()
    story.live()
    story.end()
    story.await_the_ends()


def on_chain(deployment: Deployment, guarantee: bytes) -> State:
    """As the contract will say with its next block: it tells by the time of its newest whether a guarantee has expired."""
    found = deployment.gateway.guarantee(guarantee)
    waits = found.state in (State.ISSUED, State.PRESENTED, State.REFUSED)
    return State.EXPIRED if waits and found.expiry < now().timestamp() else found.state


def assert_all_agree(deployment: Deployment, story: Story) -> None:
    """Chain, ledger and database: guarantee by guarantee, and by the job that compares them."""
    for path in story.paths:
        assert on_chain(deployment, path.made.id) == path.on_chain, path
        row = story.row(path.made)
        assert (row.state if row else "") == path.here, path
        check = story.check(path)
        if path.name != "never-shown":
            assert check is not None
            assert check.state == ("valid" if path.here else "invalid"), path
    with story.platform.database.session() as session:
        assert not reconciling.reconcile(session, now=now())
        assert not releasing.late(session, now=now())


def assert_the_index_is_the_chain_s(deployment: Deployment) -> None:
    for place in (deployment.platform, *deployment.desks.values()):
        indexer = Indexer(place.database, deployment.gateway, depth=0)
        try:
            wait("the turn is free", indexer.take, 30)
            while indexer.run():
                pass
            assert rebuild(indexer).is_equal, place.name
        except ChainError as error:  # pragma: no cover - says which
            raise AssertionError(place.name) from error
        finally:
            indexer.close()


def test_every_path_ends_where_it_must_on_anvil(
    tmp_path: Path, postgres: Postgres, migrated_template: str
) -> None:
    with deployed(ANVIL, tmp_path, postgres, migrated_template) as deployment:
        story = Story(deployment)
        tell(story)
        assert_all_agree(deployment, story)


def test_kill_9_at_random_points_changes_nothing_of_the_end_on_the_development_chain(
    tmp_path: Path, postgres: Postgres, migrated_template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every program but the keyholders', and the node; what a service does is one transaction, which the database keeps
    whole."""
    with deployed(OURS, tmp_path, postgres, migrated_template) as deployment:
        story, stopped = Story(deployment, slack=2), threading.Event()
        failures: list[BaseException] = []

        def kill() -> None:
            try:
                while not stopped.wait(deployment.random.uniform(3.0, 12.0)):
                    deployment.kill_one()
            except BaseException as error:  # noqa: BLE001 - raised again below
                failures.append(error)

        killer = threading.Thread(target=kill)
        killer.start()
        try:
            tell(story)
        finally:
            stopped.set()
            killer.join()
            assert not failures, failures
        for place in (deployment.platform, *deployment.desks.values()):
            for program in place.programs:
                program.kill()
        assert_all_agree(deployment, story)
        assert_the_index_is_the_chain_s(deployment)
        assert deployment.kills > int(os.environ.get("SUNSEAL_KILLS") or 10)
        with capsys.disabled():
            print(
                f"\n{deployment.kills} kills, {deployment.node_kills} of them of the node, by {time.ctime()}"
            )

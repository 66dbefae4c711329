"""Two of three keyholders do not give their shares: bidders open their own bids, and whoever does not is not opened."""

from collections.abc import Iterator

import pytest

from ledger.entries import BidFailed, BidOpened, OpenedByBidder
from tests.database import Postgres
from tests.e2e.procurement.platform import Platform
from tests.e2e.procurement.story import LOT, Story, begin, number_in

pytestmark = [pytest.mark.long, pytest.mark.timeout(1500)]

BIDDING_SECONDS = 90


@pytest.fixture(scope="module")
def story(
    postgres: Postgres, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Story]:
    """Keyholders 1 and 2 ask a person before they give shares, and no person is there; as witnesses they work."""
    made = Platform(tmp_path_factory.mktemp("fallback"), postgres.create(migrated_template), approving=(1, 2))
    try:
        made.start()
        yield begin(made)
    finally:
        made.stop()


def test_a_bidder_gives_its_key_when_the_ledger_says_that_it_may(story: Story) -> None:
    for number in (1, 2, 3):
        story.add_desk(number).draw(2)
    story.publish([{**LOT, "number": "1"}], BIDDING_SECONDS)
    folders = []
    for number, desk in enumerate(story.desks):
        folders.append(desk.prepare("bid", story.sheet("1"), total=f"4,600,00{number}.00"))
        desk.run("seal", folders[-1])
        story.receipts[str(number)] = number_in(desk.run("submit", folders[-1]))
    assert "no key was given" in story.desks[0].run("give-key", folders[0], fails=True)
    story.await_closings(1)
    assert "no key was given" in story.desks[0].run("give-key", folders[0], fails=True)
    story.await_opening("1", "price", "fallback")
    for number in (0, 1):
        said = story.desks[number].run("give-key", folders[number])
        assert f"the key of the part price of bid {story.receipts[str(number)]} was given" in said
    shown = story.await_opening("1", "price", "opened", 240)
    states = {bid["bid"]: bid for bid in shown["bids"]}
    entries = [one for _, one in story.at.entries()]
    opened = {one.bid for one in entries if isinstance(one, BidOpened) and one.by == "bidder"}
    assert opened == {story.receipts["0"], story.receipts["1"]} < states.keys()
    assert {one.bid for one in entries if isinstance(one, OpenedByBidder)} == opened
    (failed,) = [one for one in entries if isinstance(one, BidFailed)]
    assert (failed.bid, failed.cause, failed.responsibility) == (story.receipts["2"], "keyholders", "other")

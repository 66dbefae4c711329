"""Several workers at once: each bid has one result, and the tender is told once that all is read out."""

import threading

from ledger.entries import BidOpened, PartOpened
from tests.opening import OpeningWorld
from tests.story import PRICE


def test_workers_at_once_open_each_bid_once(world: OpeningWorld) -> None:
    lots = [world.lot(f"lot-{number}", parts=[PRICE]) for number in range(3)]
    for lot in lots:
        for number in range(4):
            lot.bid(number)
        lot.close()
        lot.release(1)
        lot.release(2)
    errors: list[Exception] = []

    def work() -> None:
        job = world.job()
        try:
            for _ in range(3):
                job.run()
        except Exception as error:  # noqa: BLE001 - shown below
            errors.append(error)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    world.clock.goes_on(seconds=2)
    world.job().run()
    assert not errors
    assert all(lot.states() == ["opened"] * 4 for lot in lots)
    assert all(lot.row().state == "opened" for lot in lots)
    for kind in (BidOpened, PartOpened):
        assert sorted(one.bid for one in world.entries(kind)) == sorted(  # type: ignore[attr-defined]
            bid.index for lot in lots for bid in lot.bids
        )
    assert sorted(world.told) == ["lot-0", "lot-1", "lot-2"]

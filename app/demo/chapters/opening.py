"""The deadline: closings in the ledger and on the chain, shares of the keyholders, prices read out."""

import time
from datetime import UTC, datetime
from functools import partial

from rich.table import Table

from app.demo.cast import Cast, Held, wait_for

_DONE = {"opened", "recorded"}
_ENDED = {"failed", "cancelled"}


def open_all(cast: Cast) -> None:
    """Waits for the deadlines and the openings, and shows what was read out."""
    last = max(held.deadline for held in cast.held)
    left = max(0, int((last - datetime.now(UTC)).total_seconds()) + 1)
    with cast.steps("until the deadline, in seconds", left) as step:
        for _ in range(left):
            time.sleep(1)
            step()
    lots = [(held, lot) for held in cast.held for lot in held.facts.lots]
    with cast.steps(
        "lots are closed, anchored on the chain, opened by two of three keyholders", len(lots)
    ) as step:
        for held, lot in lots:
            wait_for(partial(_is_over, cast, held, lot.number), f"lot {lot.number} is opened")
            step()
    for held in cast.held:
        for lot in held.facts.lots:
            _show(cast, held, lot.number)


def _is_over(cast: Cast, held: Held, lot: str) -> bool:
    if _state(cast, held, lot) in _ENDED:
        return True
    found = cast.get(f"/api/openings?lot={held.id}.{lot}")
    if not found or found[0]["state"] not in _DONE:
        return False
    held.closings[lot] = found[0]["closing"]
    return True


def _state(cast: Cast, held: Held, lot: str) -> str:
    return next(str(one["state"]) for one in cast.get(held.path)["lots"] if one["number"] == lot)


def _show(cast: Cast, held: Held, lot: str) -> None:
    title = f"{held.facts.title}, lot {lot}"
    if lot not in held.closings:
        cast.say(f"{title}: fewer than three bids, so the lot failed and nothing was opened (法28)")
        return
    heads = ("bidder", "price", "guarantee", "opened by")
    table = Table(*heads, title=title, title_justify="left", min_width=60)
    for bid in cast.get(f"/api/openings/{held.closings[lot]}/price")["bids"]:
        read = bid.get("read_out")
        row = (read["bidder"], read["price"], read["guarantee"]) if read else ("?", bid["cause"], "")
        table.add_row(*row, bid["by"])
    cast.console.print(table)

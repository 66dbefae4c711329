"""What a measurement is, and how one is taken beside its peer."""

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """One line of var/bench.json. `ratio` above 1 always means better than the peer."""

    name: str
    value: float
    unit: str
    peer: str
    peer_value: float
    ratio: float

    def as_json(self) -> dict[str, object]:
        return {key: round(v, 4) if isinstance(v, float) else v for key, v in asdict(self).items()}


def rate(name: str, value: float, unit: str, peer: str, peer_value: float) -> Result:
    """More is better."""
    return Result(name, value, unit, peer, peer_value, value / peer_value)


def cost(name: str, value: float, unit: str, peer: str, peer_value: float) -> Result:
    """Less is better."""
    return Result(name, value, unit, peer, peer_value, peer_value / value)


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def best_side_by_side(rounds: int, *works: Callable[[], object]) -> list[float]:
    """The best time of each, taken in turns so that a slow moment of the machine falls on all."""
    times = [[seconds(work) for work in works] for _ in range(rounds)]
    return [min(column) for column in zip(*times, strict=True)]


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def table(results: Iterable[Result]) -> str:
    rows = [("name", "value", "unit", "peer", "peer's value", "ratio")]
    rows += [
        (r.name, _short(r.value), r.unit, r.peer, _short(r.peer_value), f"{r.ratio:.2f}") for r in results
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) for row in rows)

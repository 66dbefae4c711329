"""The file that names those who were drawn, and nobody else: with it and the population anyone checks who they are.

    RFC 8785 of {"draw", "drawn": [{"identity", "position", "salt"}, ...], "type": "drawn-names/v1"}

Positions are in rising order, each once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from crypto import canonical_json
from crypto.canonical_json import Json
from crypto.errors import EncodingError
from oversight.errors import MalformedDrawError
from oversight.population import Population

TYPE = "drawn-names/v1"


@dataclass(frozen=True, slots=True)
class Drawn:
    """Who stands at a position, and the salt that shows it."""

    position: int
    identity: Mapping[str, Json]
    salt: bytes


@dataclass(frozen=True, slots=True)
class Names:
    """The file of one draw."""

    draw: str
    drawn: tuple[Drawn, ...]

    def to_bytes(self) -> bytes:
        drawn: list[Json] = [
            {"identity": dict(one.identity), "position": one.position, "salt": one.salt.hex()}
            for one in self.drawn
        ]
        return canonical_json.dumps({"draw": self.draw, "drawn": drawn, "type": TYPE})

    @classmethod
    def parse(cls, data: bytes) -> "Names":
        """MalformedDrawError unless `data` is exactly one such file."""
        try:
            value: Any = canonical_json.loads(data)
            drawn = tuple(
                Drawn(one["position"], cast("dict[str, Json]", one["identity"]), bytes.fromhex(one["salt"]))
                for one in value["drawn"]
            )
            names = cls(value["draw"], drawn)
            positions = [one.position for one in drawn]
            is_exact = names.to_bytes() == data and positions == sorted(set(positions))
        except (EncodingError, KeyError, TypeError, ValueError) as error:
            raise MalformedDrawError("not a file of names") from error
        if not is_exact:
            raise MalformedDrawError("not a file of names: a field too many, or positions out of order")
        return names

    def check(self, draw: str, population: Population, positions: Iterable[int]) -> None:
        """MalformedDrawError unless it names exactly these positions, each as it was committed."""
        if self.draw != draw or [one.position for one in self.drawn] != sorted(set(positions)):
            raise MalformedDrawError("the file names others than those who were drawn")
        for one in self.drawn:
            population.members[one.position].check_identity(one.identity, one.salt)

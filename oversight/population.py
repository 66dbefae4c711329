"""A population that is drawn from: committed before the draw, and opened to strangers without naming everyone.

    identity   = SHA-256(encode("sunseal/sealed/v1", salt, RFC 8785 of who or what it is))      (ledger.sealed)
    leaf       = encode("sunseal/population-member/v1", RFC 8785 of the attributes, identity)
    population = Merkle root (RFC 6962) of the leaves in their order

The attributes decide who is eligible; the identity says who it is. Neither can be learnt from the root, nor from a
leaf's hash, because the identity is salted. After the award all attributes and identities are published, which is
enough to redo the draw, and the salts of those that were called, which names them and nobody else (docs/spec/draw.md).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crypto import canonical_json
from crypto.canonical_json import Json
from crypto.encoding import encode
from crypto.errors import EncodingError
from ledger import sealed
from ledger.errors import LedgerError
from ledger.merkle import leaf_hash, tree_root
from oversight.errors import MalformedDrawError

MAX_MEMBERS = 1_000_000
_LEAF = "sunseal/population-member/v1"


@dataclass(frozen=True, slots=True)
class Member:
    """One member as it is committed: its attributes, and the commitment to its identity (32 bytes)."""

    attributes: Mapping[str, Json]
    identity: bytes

    @classmethod
    def of(cls, attributes: Mapping[str, Json], identity: Mapping[str, Json], salt: bytes) -> "Member":
        """With a fresh 32-byte `salt`, which is kept until the identity may be known."""
        return cls(attributes, sealed.seal(canonical_json.dumps(dict(identity)), salt))

    def leaf(self) -> bytes:
        """What the Merkle tree is made of. EncodingError for attributes without a canonical form."""
        return encode(_LEAF, self.attributes_bytes(), self.identity)

    def attributes_bytes(self) -> bytes:
        """RFC 8785."""
        return canonical_json.dumps(dict(self.attributes))

    def check_identity(self, identity: Mapping[str, Json], salt: bytes) -> None:
        """MalformedDrawError unless this member was committed as `identity` with `salt`."""
        try:
            sealed.check_reveal(self.identity, salt, canonical_json.dumps(dict(identity)))
        except (LedgerError, EncodingError) as error:
            raise MalformedDrawError("the name that is shown is not the one that was committed") from error


@dataclass(frozen=True, slots=True)
class Population:
    """All members in their order. MalformedDrawError for more than MAX_MEMBERS, or an identity twice."""

    members: tuple[Member, ...]

    def __post_init__(self) -> None:
        if len(self.members) > MAX_MEMBERS:
            raise MalformedDrawError(f"a population has at most {MAX_MEMBERS} members")
        if len({member.identity for member in self.members}) != len(self.members):
            raise MalformedDrawError("one member stands in the population twice")

    def root(self) -> bytes:
        """What the ledger has of it before the draw."""
        return tree_root(map(leaf_hash, self._leaves()))

    def _leaves(self) -> Iterator[bytes]:
        """Members have few different attributes: each is brought into its canonical form once."""
        known: dict[str, bytes] = {}
        for member in self.members:
            text = repr(member.attributes)
            attributes = known.get(text) or known.setdefault(text, member.attributes_bytes())
            yield encode(_LEAF, attributes, member.identity)

    def check(self, root: bytes, size: int) -> None:
        """MalformedDrawError unless this is the population that was committed."""
        if len(self.members) != size or self.root() != root:
            raise MalformedDrawError(
                "these members are not the population that was committed before the draw"
            )

    def to_bytes(self) -> bytes:
        """The file that is published: RFC 8785."""
        members: list[Json] = [
            {"attributes": dict(member.attributes), "identity": member.identity.hex()}
            for member in self.members
        ]
        return canonical_json.dumps({"members": members, "type": "population/v1"})

    @classmethod
    def parse(cls, data: bytes) -> "Population":
        """MalformedDrawError unless `data` is exactly one population."""
        try:
            value: Any = canonical_json.loads(data)
        except EncodingError as error:
            raise MalformedDrawError(f"not a population: {error}") from error
        match value:
            case {"members": list(members), "type": "population/v1", **rest} if not rest:
                return cls(tuple(_parse_member(member) for member in members))
            case _:
                raise MalformedDrawError("a population has members and a type, and nothing else")


def _parse_member(value: Any) -> Member:
    attributes, identity = None, None
    if isinstance(value, dict) and len(value) == 2:
        attributes, identity = value.get("attributes"), value.get("identity")
    if not isinstance(attributes, dict) or not isinstance(identity, str):
        raise MalformedDrawError("a member of the population has attributes and identity, and nothing else")
    try:
        raw = bytes.fromhex(identity)
    except ValueError as error:
        raise MalformedDrawError("an identity in the population is not hexadecimal") from error
    if len(raw) != sealed.COMMITMENT_SIZE or raw.hex() != identity:
        raise MalformedDrawError("an identity in the population has 32 bytes in lower-case hexadecimal")
    return Member(attributes, raw)

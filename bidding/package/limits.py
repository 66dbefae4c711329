"""How much of a stranger's package is read before it is refused."""

from dataclasses import dataclass

MIB = 1 << 20
ZIP_LIMIT = (1 << 32) - 1
"""Sizes and offsets of a ZIP without ZIP64 are below this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bytes, unless said otherwise.

    size:      of all members together, unpacked.
    members:   how many there are.
    ratio:     of a member's size to its compressed size. Deflate itself reaches 1032.
    record:    of each JSON member but the guarantee.
    guarantee: of guarantee.json.
    """

    size: int = 1024 * MIB
    members: int = 1000
    ratio: int = 200
    record: int = MIB
    guarantee: int = MIB // 4

    def __post_init__(self) -> None:
        """ValueError for limits that a ZIP without ZIP64 cannot have."""
        if not 0 < self.size < ZIP_LIMIT - 16 * MIB or not 0 < self.members <= 10_000:
            raise ValueError("a package has less than 4 GiB, and at most 10,000 members")


DEFAULT_LIMITS = Limits()

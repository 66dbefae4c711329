"""What one use of mailboxes says for itself: its name in types and domains, its kinds, how far lengths are padded.

Pure. `name` stands in every type and every domain, so nothing of one use is taken for something of another:

    "<name>-message/v1", "<name>-post/v1", "<name>-reply/v1"            types
    "sunseal/<name>-identity/v1", -signing, -mailbox                    keys
    "sunseal/<name>-post/v1", -reply, -fetch, -inbox                    signatures
"""

from collections.abc import Callable
from dataclasses import dataclass

MAX_HEAD = 4096
"""Of the line before the sealed bytes."""

MAX_NUMBER = 2**31


@dataclass(frozen=True, slots=True)
class Scheme:
    """One use of mailboxes.

    is_kind: whether a mailbox may be of that kind.   padded: the length that a plaintext of so many bytes gets.
    error, absent: what is raised for what is refused, and for a mailbox that is not there.
    """

    name: str
    is_kind: Callable[[str], bool]
    padded: Callable[[int], int]
    max_sealed: int
    error: type[Exception]
    absent: type[Exception]

    def type_of(self, what: str) -> str:
        return f"{self.name}-{what}/v1"

    def domain(self, what: str) -> str:
        return f"sunseal/{self.name}-{what}/v1"


def to_multiples_of(size: int) -> Callable[[int], int]:
    """Up to the next multiple of `size`."""
    return lambda length: length + -length % size


def to_powers_from(size: int) -> Callable[[int], int]:
    """Up to the next of size, 2 * size, 4 * size ...: one bit a doubling is all that a length tells."""

    def padded(length: int) -> int:
        room = size
        while room < length:
            room *= 2
        return room

    return padded

"""A line of the table of permissions: who may call a route, by which kind of credential, with how large a body.

app.permissions explains the doors and reads the table.
"""

from dataclasses import dataclass
from enum import Enum, auto

from parties.roles import Role

KIB, MIB = 1 << 10, 1 << 20


class Door(Enum):
    """Who may call where no role is asked for."""

    NO_COOKIE = auto()
    ANYONE = auto()
    VISITOR = auto()
    PERSON = auto()
    CLOSED = auto()


NO_COOKIE, ANYONE, VISITOR, PERSON, CLOSED = Door


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: who, the scope for tokens, and the longest body in bytes.

    `described`: whether the API's description has the route. What people read in a browser, it has not.
    """

    who: Door | frozenset[Role]
    scope: str | None = None
    body: int = 64 * KIB
    described: bool = True

    @property
    def has_session(self) -> bool:
        """Whether the session's cookie is read on this route."""
        return self.who not in (NO_COOKIE, ANYONE, CLOSED)


def only(*roles: Role, scope: str | None = None, body: int = 64 * KIB) -> Rule:
    """A rule for some roles."""
    return Rule(frozenset(roles), scope, body)

"""The roles in which a person acts for an organisation, and who vouches for an organisation in each."""

from enum import StrEnum


class Role(StrEnum):
    """What a member may act as. The administrator keeps the machines running and sees no content."""

    TENDEREE = "tenderee"
    BIDDER = "bidder"
    GUARANTOR = "guarantor"
    CENTER = "center"
    SUPERVISOR = "supervisor"
    EXPERT = "expert"
    ADMINISTRATOR = "administrator"


SECOND_FACTOR_ROLES = frozenset({Role.CENTER, Role.SUPERVISOR, Role.ADMINISTRATOR})
"""Who acts in one of these has proved two factors; not offered, demanded."""

CLAIMABLE = frozenset({Role.TENDEREE, Role.BIDDER, Role.GUARANTOR, Role.EXPERT})
"""What an organisation may register for by itself; the others are set up on the operator's command line."""

VERIFIED_BY = {
    Role.TENDEREE: frozenset({Role.CENTER, Role.SUPERVISOR}),
    Role.BIDDER: frozenset({Role.CENTER, Role.SUPERVISOR}),
    Role.EXPERT: frozenset({Role.CENTER, Role.SUPERVISOR}),
    Role.GUARANTOR: frozenset({Role.SUPERVISOR}),
}
"""Who may say that an organisation is what it claims to be: the supervisor alone lists guarantors."""

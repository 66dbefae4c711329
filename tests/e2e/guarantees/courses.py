"""The twenty guarantees: the lot that each is for, what is done with it, and how it must end here and on chain."""

from dataclasses import dataclass, field

from guarantees.chain.refusals import State as ChainState
from guarantees.checking.receipts import Reveal
from guarantees.signed import SignedGuarantee


@dataclass
class Course:
    """One guarantee: its number from 1, its lot, its bid, and what becomes of it here and on chain.

    bid, sent: its submission's place in the ledger and its receipt, once it is submitted.
    made: once it is issued, at a desk from a sealed application, or as one that is brought along (`BROUGHT`).
    """

    number: int
    lot: str
    bid: int
    name: str
    here: str
    on_chain: ChainState
    made: SignedGuarantee = field(init=False)
    sent: Reveal | None = None

    @property
    def is_brought(self) -> bool:
        return self.name in BROUGHT


BROUGHT = ("short", "expire", "refuse-then-expire", "never-shown")
"""What a desk would not sign, or not for so short a time: issued by another system of the same guarantors."""

FORGETFUL = ((21, "2"), (22, "3"), (23, "3"), (24, "4"), (25, "4"), (26, "6"))
"""Bidders without a guarantee, by number and lot: of fewer than three bids nothing is opened."""

PATHS: tuple[tuple[str, str, str, ChainState], ...] = (
    ("1", "winner", "released", ChainState.RELEASED),
    ("1", "loser", "released", ChainState.RELEASED),
    ("1", "loser", "released", ChainState.RELEASED),
    ("1", "pay", "paid", ChainState.PAID),
    ("1", "pay-part", "paid", ChainState.PAID),
    ("1", "refuse", "released", ChainState.RELEASED),
    ("1", "refuse-then-pay", "paid", ChainState.PAID),
    ("1", "extend", "released", ChainState.RELEASED),
    ("1", "pay-after-contract", "paid", ChainState.PAID),
    ("1", "amend", "released", ChainState.RELEASED),
    ("6", "seen-later", "released", ChainState.RELEASED),
    ("6", "seen-later", "released", ChainState.RELEASED),
    ("1", "short", "", ChainState.ISSUED),
    ("1", "altered", "", ChainState.ISSUED),
    ("2", "expire", "expired", ChainState.EXPIRED),
    ("2", "refuse-then-expire", "expired", ChainState.EXPIRED),
    ("3", "cancelled", "released", ChainState.RELEASED),
    ("4", "failed", "released", ChainState.RELEASED),
    ("5", "give-back", "released", ChainState.RELEASED),
    ("5", "never-shown", "", ChainState.EXPIRED),
)

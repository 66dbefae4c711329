"""What can be told by webhook. A kind is for good: a subscriber's program branches on it."""

from enum import StrEnum


class Kind(StrEnum):
    """`subject` is the id of the subscription, of the mailbox, or of the guarantee on chain, in hexadecimal."""

    TEST = "test"
    LETTER_RECEIVED = "letter.received"
    GUARANTEE_PRESENTED = "guarantee.presented"
    GUARANTEE_DEMANDED = "guarantee.demanded"
    GUARANTEE_PAID = "guarantee.paid"
    GUARANTEE_REFUSED = "guarantee.refused"
    GUARANTEE_EXTENDED = "guarantee.extended"
    GUARANTEE_AMENDED = "guarantee.amended"
    GUARANTEE_RELEASED = "guarantee.released"
    GUARANTEE_EXPIRED = "guarantee.expired"

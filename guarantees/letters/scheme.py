"""Mailboxes of guarantees (docs/spec/guarantee-letter.md): one for each application, between applicant and guarantor.

The kind of a mailbox is the credit code of the guarantor that it is with. Lengths are padded to powers of two from 64
KiB on, so that a letter with documents looks like any other of its size class.
"""

import re

from guarantees.errors import GuaranteesError, NotFoundError
from mailboxes import messages
from mailboxes.scheme import Scheme, to_powers_from

SMALLEST = 64 << 10
MAX_SEALED = 16 << 20
_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}", re.ASCII)


class LetterError(GuaranteesError):
    """Not a letter, or not signed by the key that it needs."""


SCHEME = Scheme(
    name="guarantee-mail",
    is_kind=lambda kind: _CODE.fullmatch(kind) is not None,
    padded=to_powers_from(SMALLEST),
    max_sealed=MAX_SEALED,
    error=LetterError,
    absent=NotFoundError,
)


class Letter(messages.MessageText):
    """A letter: its text is a record of guarantees/letters/kinds.py, its files are documents."""

    __slots__ = ()
    SCHEME = SCHEME


class Post(messages.Post):
    """What is said openly of an applicant's letter."""

    __slots__ = ()
    SCHEME = SCHEME


class Reply(messages.Reply):
    """What is said openly of a guarantor's letter."""

    __slots__ = ()
    SCHEME = SCHEME

"""Reports without a name: mailboxes with the supervisor (docs/spec/report.md).

What is sealed and what is signed around it is mailboxes.messages'; here are the scheme and its classes.
"""

from mailboxes import messages
from mailboxes.messages import File
from mailboxes.scheme import MAX_HEAD, Scheme, to_multiples_of
from oversight.errors import NotFoundError, ReportError

__all__ = [
    "INTERFERENCE",
    "KINDS",
    "MAX_HEAD",
    "MAX_SEALED",
    "PADDING",
    "REPORT",
    "SCHEME",
    "File",
    "MessageText",
    "Post",
    "Reply",
]

REPORT, INTERFERENCE = "report", "interference"
KINDS = (REPORT, INTERFERENCE)
PADDING = 64 << 10
MAX_SEALED = 64 << 20

SCHEME = Scheme(
    name="report",
    is_kind=KINDS.__contains__,
    padded=to_multiples_of(PADDING),
    max_sealed=MAX_SEALED,
    error=ReportError,
    absent=NotFoundError,
)


class MessageText(messages.MessageText):
    """What the reporter and the supervisor say to each other."""

    __slots__ = ()
    SCHEME = SCHEME


class Post(messages.Post):
    """What is said openly of a message to the supervisor."""

    __slots__ = ()
    SCHEME = SCHEME


class Reply(messages.Reply):
    """What is said openly of the supervisor's answer."""

    __slots__ = ()
    SCHEME = SCHEME

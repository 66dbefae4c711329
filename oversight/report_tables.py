"""The tables of reports without a name. Nothing here tells who reports.

Only oversight.mailboxes reads or writes them.
"""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mailboxes.tables import MailboxColumns, MessageColumns
from storage.base import Base


class MailboxRow(MailboxColumns, Base):
    """A reporter's mailbox."""

    __tablename__ = "oversight_mailbox"
    __table_args__ = (
        CheckConstraint("octet_length(id) = 16 AND octet_length(key) = 32", name="id"),
        CheckConstraint("kind IN ('report', 'interference')", name="kind"),
    )


class MessageRow(MessageColumns, Base):
    """A sealed message, or the supervisor's reply."""

    __tablename__ = "oversight_message"
    __table_args__ = (
        UniqueConstraint("entry_id"),
        CheckConstraint("octet_length(salt) = 32 AND octet_length(signature) = 64", name="salt"),
        Index("oversight_message_sha256_index", "sha256"),
    )

    mailbox_id: Mapped[bytes] = mapped_column(ForeignKey("oversight_mailbox.id"), primary_key=True)
    sha256: Mapped[bytes] = mapped_column(ForeignKey("blob.sha256"))

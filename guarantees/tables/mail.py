"""Sealed letters between applicants without a name and guarantors. Nothing here tells who applies, nor for what.

Only guarantees/mail.py reads or writes them; what the columns mean is mailboxes/tables.py's to say.
"""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mailboxes.tables import MailboxColumns, MessageColumns
from storage.base import Base


class LetterboxRow(MailboxColumns, Base):
    """An application's mailbox. `kind` is the credit code of the guarantor that it is with."""

    __tablename__ = "guarantee_mailbox"
    __table_args__ = (
        CheckConstraint("octet_length(id) = 16 AND octet_length(key) = 32", name="id"),
        Index("guarantee_mailbox_kind_index", "kind"),
    )


class LetterRow(MessageColumns, Base):
    """A sealed letter: its bytes are a blob."""

    __tablename__ = "guarantee_message"
    __table_args__ = (UniqueConstraint("entry_id"), CheckConstraint("octet_length(salt) = 32", name="salt"))

    mailbox_id: Mapped[bytes] = mapped_column(ForeignKey("guarantee_mailbox.id"), primary_key=True)
    sha256: Mapped[bytes] = mapped_column(ForeignKey("blob.sha256"), index=True)

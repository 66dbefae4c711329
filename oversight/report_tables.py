"""The tables of reports without a name. Nothing here tells who reports.

Only oversight.mailboxes reads or writes them.
"""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base


class MailboxRow(Base):
    """A mailbox: the key that signs what is put in and fetched, and the age recipient that replies are sealed to.

    There is no time in it, and no counter that runs over all mailboxes.
    """

    __tablename__ = "oversight_mailbox"
    __table_args__ = (
        CheckConstraint("octet_length(id) = 16 AND octet_length(key) = 32", name="id"),
        CheckConstraint("kind IN ('report', 'interference')", name="kind"),
    )

    id: Mapped[bytes] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[bytes] = mapped_column(unique=True)
    recipient: Mapped[str]


class MessageRow(Base):
    """A sealed message: its bytes are a blob. `number` counts within the mailbox, from 0 on; replies too.

    signature: the mailbox's key's, or the supervisor's under a reply.
    salt: of the sealed entry whose body says SHA-256 and number, so that whoever holds both can prove an omission.
    """

    __tablename__ = "oversight_message"
    __table_args__ = (
        UniqueConstraint("entry_id"),
        CheckConstraint("octet_length(salt) = 32 AND octet_length(signature) = 64", name="salt"),
        Index("oversight_message_sha256_index", "sha256"),
    )

    mailbox_id: Mapped[bytes] = mapped_column(ForeignKey("oversight_mailbox.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    is_reply: Mapped[bool]
    sha256: Mapped[bytes] = mapped_column(ForeignKey("blob.sha256"))
    signature: Mapped[bytes]
    salt: Mapped[bytes]
    entry_id: Mapped[int]

"""The columns of mailboxes and their messages; each user of the package has tables of its own."""

from sqlalchemy.orm import Mapped, mapped_column


class MailboxColumns:
    """A mailbox: the key that signs what is put in and fetched, and the age recipient that replies are sealed to.

    There is no time in it, and no counter that runs over all mailboxes. `kind` is the user's own word.
    """

    id: Mapped[bytes] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[bytes] = mapped_column(unique=True)
    recipient: Mapped[str]


class MessageColumns:
    """A sealed message: its bytes are a blob. `number` counts within the mailbox, from 0 on; replies too.

    signature: the mailbox's key's, or under a reply that of whoever the mailbox is with.
    salt: of the sealed entry whose body says SHA-256 and number, so that whoever holds both can prove an omission.
    `mailbox_id` and `sha256` are declared with their foreign keys by each table.
    """

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    is_reply: Mapped[bool]
    signature: Mapped[bytes]
    salt: Mapped[bytes]
    entry_id: Mapped[int]

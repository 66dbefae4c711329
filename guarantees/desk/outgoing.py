"""Letters to applicants: written in the transaction of what they tell, sealed and sent later, each exactly once.

A crash between sending and noting it sends the same sealed bytes again, which the platform takes for the same letter.
"""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from guarantees.letters.kinds import AnyLetter, to_text
from guarantees.letters.scheme import Letter
from guarantees.signed import SignedGuarantee
from guarantees.tables.desk import DELIVERED, ISSUED, Application, Issue, Outgoing
from mailboxes.messages import File

DELIVERY = "delivery"


def say(
    session: Session, application: bytes, purpose: str, letter: AnyLetter, files: Sequence[File] = ()
) -> None:
    """Puts a letter into the caller's transaction. The same purpose of an application is the same letter."""
    content = Letter(to_text(letter), tuple(files)).to_bytes()
    values = {
        "application": application,
        "purpose": f"{application.hex()} {purpose}",
        "content": content,
    }
    session.execute(insert(Outgoing).values(values).on_conflict_do_nothing(index_elements=["purpose"]))


def waiting(session: Session) -> Sequence[Outgoing]:
    """Those that are not sent yet, in their order."""
    query = select(Outgoing).where(Outgoing.sent_at.is_(None)).order_by(Outgoing.id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def undelivered(session: Session) -> dict[int, SignedGuarantee]:
    """The guarantees whose delivery is not sent yet, by the id of that letter; in the order of their ids on chain."""
    purpose = func.encode(Issue.application, "hex") + f" {DELIVERY}"
    query = select(Outgoing.id, Issue.content).join(Issue, Outgoing.purpose == purpose)
    found = session.execute(query.where(Outgoing.sent_at.is_(None)).order_by(Issue.guarantee))
    return {letter: SignedGuarantee.parse(content) for letter, content in found}


def letter_of(row: Outgoing) -> Letter:
    """What it says."""
    return Letter.parse(row.content)


def delivered(session: Session, row: Outgoing) -> None:
    """Once the delivery was sent, its application is delivered."""
    if row.purpose.endswith(f" {DELIVERY}"):
        application = session.get_one(Application, row.application, with_for_update=True)
        if application.state == ISSUED:
            application.state = DELIVERED

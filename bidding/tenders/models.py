"""The tables of tenders, their lots, documents, questions, suspensions and what is due."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bidding.tender import State
from parties.models import Membership, Organisation
from storage.base import Base

_STATES = "'" + "', '".join(State) + "'"


class TenderRow(Base):
    """A tender. `draft` is bidding.tenders.draft.Draft as JSON; from the publication on it is the notice, and stays.

    organisation: the tenderee's.
    law_of:       the day whose version of the profile holds, which is that of the publication; None for a draft.
    keyholders:   the group whose keys its lots have; None for a draft.
    state:        of all its lots together (bidding.tender.state_of_all).
    again:        the tender that this one holds again.
    """

    __tablename__ = "bidding_tender"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint(
            "(state = 'draft') = (published_at IS NULL) AND (state = 'draft') = (law_of IS NULL)",
            name="published",
        ),
        Index("bidding_tender_organisation_index", "organisation"),
        Index("bidding_tender_published_at_index", "published_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    organisation: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id))
    state: Mapped[str]
    draft: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    law_of: Mapped[date | None]
    keyholders: Mapped[str | None]
    again: Mapped[str | None] = mapped_column(ForeignKey("bidding_tender.id"))


class LotRow(Base):
    """A lot from its publication on; what it is stands in the tender's draft. Its id is `<tender>.<number>`.

    timetable: as it is now, for a change may concern some lots alone.
    resumes:   the state a suspended lot goes back to.
    bids:      how many its closing lists.
    candidates, candidates_until: ranked, as published.
    rank:      of the candidate that it is awarded to. price: of that award.
    """

    __tablename__ = "bidding_lot"
    __table_args__ = (
        UniqueConstraint("tender", "number"),
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("(state = 'suspended') = (resumes IS NOT NULL)", name="resumes"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    tender: Mapped[str] = mapped_column(ForeignKey("bidding_tender.id"))
    number: Mapped[str]
    position: Mapped[int]
    state: Mapped[str]
    resumes: Mapped[str | None]
    timetable: Mapped[dict[str, Any]]
    bids: Mapped[int | None]
    report_at: Mapped[datetime | None]
    candidates: Mapped[list[Any]]
    candidates_until: Mapped[datetime | None]
    rank: Mapped[int | None]
    price: Mapped[int | None]


class LotPartRow(Base):
    """The key of a part of a lot's bids."""

    __tablename__ = "bidding_lot_part"

    lot: Mapped[str] = mapped_column(ForeignKey("bidding_lot.id"), primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str]
    recipient: Mapped[str]


class OpinionRow(Base):
    """What a member of a lot's committee handed in. `void_at`: when the member was replaced (条48).

    member: its number in the register of experts. Sealed until the award: nothing that is public shows it.
    """

    __tablename__ = "bidding_opinion"
    __table_args__ = (
        UniqueConstraint("lot", "member", "sha256"),
        CheckConstraint("void_at >= given_at", name="order"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    lot: Mapped[str] = mapped_column(ForeignKey("bidding_lot.id"))
    member: Mapped[str]
    sha256: Mapped[str]
    given_at: Mapped[datetime]
    void_at: Mapped[datetime | None]


class SuspensionRow(Base):
    """A cause for which a lot stands, or stood, still. `rule` is that of the move that suspended."""

    __tablename__ = "bidding_suspension"
    __table_args__ = (
        Index(
            "bidding_suspension_open_key", "lot", "cause", unique=True, postgresql_where="ended_at IS NULL"
        ),
        Index("bidding_suspension_lot_index", "lot"),
        CheckConstraint("ended_at >= began_at", name="order"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    lot: Mapped[str] = mapped_column(ForeignKey("bidding_lot.id"))
    cause: Mapped[str]
    rule: Mapped[str]
    reason: Mapped[str]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str]


class AmendmentRow(Base):
    """A change of the documents, numbered within its tender. `lots` are the ids of those that it concerns."""

    __tablename__ = "bidding_amendment"
    __table_args__ = (UniqueConstraint("tender", "number"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    tender: Mapped[str] = mapped_column(ForeignKey("bidding_tender.id"))
    number: Mapped[int]
    lots: Mapped[list[Any]]
    text: Mapped[str]
    may_affect_bids: Mapped[bool]
    old_deadline: Mapped[datetime]
    new_deadline: Mapped[datetime]
    at: Mapped[datetime]


class DocumentRow(Base):
    """A version of a document. Not published: it waits for the notice, or for the next amendment."""

    __tablename__ = "bidding_document"
    __table_args__ = (
        UniqueConstraint("tender", "name", "version"),
        Index("bidding_document_sha256_index", "sha256"),
        CheckConstraint("version > 0", name="version"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    tender: Mapped[str] = mapped_column(ForeignKey("bidding_tender.id"))
    name: Mapped[str]
    version: Mapped[int]
    title: Mapped[str]
    media_type: Mapped[str]
    sha256: Mapped[bytes] = mapped_column(ForeignKey("blob.sha256"))
    size: Mapped[int]
    stored_at: Mapped[datetime]
    published_at: Mapped[datetime | None]


class QuestionRow(Base):
    """A question without a name, and its answer. There is no column that could say who asked."""

    __tablename__ = "bidding_question"
    __table_args__ = (
        Index("bidding_question_tender_index", "tender", "asked_at"),
        UniqueConstraint("tender", "number"),
        CheckConstraint(
            "(answered_at IS NULL) = (answer IS NULL) AND (answered_at IS NULL) = (number IS NULL)",
            name="answered",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tender: Mapped[str] = mapped_column(ForeignKey("bidding_tender.id"))
    question: Mapped[str]
    asked_at: Mapped[datetime]
    number: Mapped[int | None]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]


class DueRow(Base):
    """What is to be done with a lot, and by when. The rows are the jobs' queue.

    kind:       `close`, which a job does; else the id of the rule whose duty a person has.
    done_at:    when it was done, or when it fell away.
    overdue_at: when a job found that a person's duty was late. A late duty stays a duty.
    done_by:    the membership of whoever said that it was done, where a person says so (bidding.tenders.duties).
    evidence:   the SHA-256 of what shows it, in hexadecimal, or empty.
    """

    __tablename__ = "bidding_due"
    __table_args__ = (
        UniqueConstraint("lot", "kind"),
        Index(
            "bidding_due_open_index",
            "due_at",
            postgresql_where="done_at IS NULL AND overdue_at IS NULL",
        ),
        CheckConstraint("done_by IS NULL OR done_at IS NOT NULL", name="done"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    lot: Mapped[str] = mapped_column(ForeignKey("bidding_lot.id"))
    kind: Mapped[str]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    overdue_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None] = mapped_column(ForeignKey(Membership.id))
    evidence: Mapped[str]

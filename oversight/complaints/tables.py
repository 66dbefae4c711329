"""The tables of objections and complaints."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from oversight.complaints.words import Kind, State
from storage.base import Base

_KINDS = "'" + "', '".join(Kind) + "'"
_STATES = "'" + "', '".join(State) + "'"


class CaseRow(Base):
    """An objection or a complaint.

    lots:         the numbers of those that it concerns.
    organisation: whose it is; party_salt hides that in the ledger. Not for the tenderee before the opening.
    authority:    who handles a complaint; None for an objection.
    after:        the objection that came first; after_closing, after_number: one that was raised at the opening.
    lead:         the complaint that this one is decided with.
    suspended_until: of an order; when it lapses by itself where the law says at most how long (采57).
    decision:     the bytes that are public, whose SHA-256 is in the ledger.
    """

    __tablename__ = "oversight_case"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_KINDS})", name="kind"),
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("octet_length(party_salt) = 32", name="party_salt"),
        CheckConstraint("(kind = 'complaint') = (authority IS NOT NULL)", name="authority"),
        CheckConstraint("(state = 'decided') = (decision IS NOT NULL)", name="decision"),
        CheckConstraint("(after_closing IS NULL) = (after_number IS NULL)", name="opening"),
        Index("oversight_case_tender_index", "tender"),
        Index("oversight_case_organisation_index", "organisation"),
        Index("oversight_case_authority_index", "authority"),
        Index("oversight_case_filed_at_index", "filed_at", "id"),
        Index("oversight_case_lead_index", "lead"),
        Index(
            "oversight_case_suspended_until_index",
            "suspended_until",
            postgresql_where="suspended_until IS NOT NULL AND resumed_at IS NULL",
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    tender: Mapped[str]
    lots: Mapped[list[Any]]
    matter: Mapped[str]
    capacity: Mapped[str]
    state: Mapped[str]
    profile: Mapped[str]
    law_of: Mapped[date]
    organisation: Mapped[UUID] = mapped_column(ForeignKey("party_organisation.id"))
    person: Mapped[UUID] = mapped_column(ForeignKey("party_person.id"))
    party_salt: Mapped[bytes]
    tenderee: Mapped[UUID] = mapped_column(ForeignKey("party_organisation.id"))
    authority: Mapped[UUID | None] = mapped_column(ForeignKey("party_organisation.id"))
    after: Mapped[str | None] = mapped_column(ForeignKey("oversight_case.id"))
    after_closing: Mapped[str | None]
    after_number: Mapped[int | None]
    lead: Mapped[str | None] = mapped_column(ForeignKey("oversight_case.id"))
    filed_at: Mapped[datetime]
    knowing: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str]
    withdrawal_asked_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    suspended_until: Mapped[datetime | None]
    resumed_at: Mapped[datetime | None]
    decision: Mapped[bytes | None]


class StepRow(Base):
    """What happened in a case, in order. `record` are the bytes whose SHA-256 is in the ledger; None where none is."""

    __tablename__ = "oversight_case_step"

    case_id: Mapped[str] = mapped_column(ForeignKey("oversight_case.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]
    person: Mapped[UUID | None] = mapped_column(ForeignKey("party_person.id"))
    record: Mapped[bytes | None]


class ClockRow(Base):
    """A period of a case, as it was last counted. Only oversight.complaints.steps writes it.

    stops:     what did not count: [kind, begin, end] in POSIX seconds.
    done:      whether what it is for was done at `done_at`; else it only fell away then.
    missed_at: when the ledger was told that it was missed.
    next_at:   when somebody is told of it next.
    """

    __tablename__ = "oversight_case_clock"
    __table_args__ = (
        CheckConstraint("done_at IS NOT NULL OR NOT done", name="done"),
        Index("oversight_case_clock_next_at_index", "next_at", postgresql_where="done_at IS NULL"),
        Index("oversight_case_clock_due_at_index", "due_at", postgresql_where="done_at IS NULL"),
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("oversight_case.id"), primary_key=True)
    rule: Mapped[str] = mapped_column(primary_key=True)
    begins: Mapped[datetime]
    due_at: Mapped[datetime]
    near_at: Mapped[datetime]
    stops: Mapped[list[Any]]
    calendar: Mapped[str]
    done_at: Mapped[datetime | None]
    done: Mapped[bool]
    missed_at: Mapped[datetime | None]
    next_at: Mapped[datetime]


class StopRow(Base):
    """A time that does not count towards the decision: it ends at `until` unless it ended before."""

    __tablename__ = "oversight_case_stop"
    __table_args__ = (CheckConstraint("until > began_at AND ended_at >= began_at", name="order"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("oversight_case.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    began_at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class MailRow(Base):
    """A mail that goes out, or went: to whom of the case, by which word, about which clock or step. The outbox.

    done_with: the addresses that have it, or never can; `sent_at`, once it is all of them.
    """

    __tablename__ = "oversight_case_mail"
    __table_args__ = (
        UniqueConstraint("case_id", "target", "word", "about", "at"),
        Index("oversight_case_mail_retry_at_index", "retry_at", postgresql_where="sent_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("oversight_case.id"))
    target: Mapped[str]
    word: Mapped[str]
    about: Mapped[str]
    at: Mapped[datetime]
    attempts: Mapped[int]
    retry_at: Mapped[datetime]
    done_with: Mapped[list[Any]]
    sent_at: Mapped[datetime | None]


class EvidenceRow(Base):
    """A file of evidence: whose it is, and of which step of which case, once it is handed in.

    sha256: of the whole; None until all its pieces are here.
    """

    __tablename__ = "oversight_evidence"
    __table_args__ = (
        ForeignKeyConstraint(
            ["case_id", "step"], ["oversight_case_step.case_id", "oversight_case_step.number"]
        ),
        CheckConstraint("(case_id IS NULL) = (step IS NULL)", name="step"),
        CheckConstraint("case_id IS NULL OR sha256 IS NOT NULL", name="complete"),
        CheckConstraint("octet_length(sha256) = 32", name="sha256"),
        Index("oversight_evidence_case_id_index", "case_id"),
        Index("oversight_evidence_organisation_index", "organisation"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation: Mapped[UUID] = mapped_column(ForeignKey("party_organisation.id"))
    person: Mapped[UUID] = mapped_column(ForeignKey("party_person.id"))
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[bytes | None]
    begun_at: Mapped[datetime]
    case_id: Mapped[str | None]
    step: Mapped[int | None]


class PieceRow(Base):
    """A piece of a file, in the order of the numbers from 0 on: its content is a blob."""

    __tablename__ = "oversight_evidence_piece"

    evidence_id: Mapped[UUID] = mapped_column(ForeignKey("oversight_evidence.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[bytes] = mapped_column(ForeignKey("blob.sha256"))
    size: Mapped[int]

"""The supervisor's list of guarantors: acts that it signed, each an entry of the ledger and a row.

Whoever relays an act cannot make or change one: the supervisor's own key signs it, for this log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.signatures import VerifyKey
from guarantees.checking.facts import Listing
from guarantees.errors import NotFoundError, RefusedError, SignatureError, StateError
from guarantees.register import standing
from guarantees.register.standing import Act
from guarantees.tables.register import GuarantorAct, ListedGuarantor
from ledger import log
from ledger.entries import Entry, GuarantorListed, GuarantorResumed, GuarantorSuspended, decode, encode
from ledger.errors import LedgerError
from parties import credit_code
from parties.errors import CreditCodeError
from parties.models import Organisation
from statutes.said import Said

LISTED, SUSPENDED, RESUMED = "listed", "suspended", "resumed"
SupervisorAct = GuarantorListed | GuarantorSuspended | GuarantorResumed


@dataclass(frozen=True, slots=True)
class Public:
    """A guarantor as everyone sees it: the supervisor's newest listing as its leaf, and whether it may issue now."""

    leaf: bytes
    licensed: bool


def take(session: Session, entry: SupervisorAct, supervisor: VerifyKey, *, now: datetime) -> ListedGuarantor:
    """Takes an act of the supervisor; the caller commits.

    Raises SignatureError unless `supervisor` signed it for this log, RefusedError for a wrong credit code or a changed
    account, StateError for suspending or resuming what already is, NotFoundError for a guarantor that is not listed.
    """
    _check(session, entry, supervisor)
    query = select(ListedGuarantor).where(ListedGuarantor.credit_code == entry.guarantor).with_for_update()
    row = session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if isinstance(entry, GuarantorListed):
        row, act = _listed(session, row, entry), LISTED
    else:
        if row is None:
            raise NotFoundError("no such guarantor is on the supervisor's list")
        is_suspension = isinstance(entry, GuarantorSuspended)
        if (row.suspended_at is not None) == is_suspension:
            raise StateError(
                "suspended", Said("该保证人已处于此状态。", "The guarantor is in that state already.")
            )
        row.suspended_at, act = (now, SUSPENDED) if is_suspension else (None, RESUMED)
    session.flush()
    entry_id = log.append(session, entry, now=now)
    session.add(
        GuarantorAct(guarantor=entry.guarantor, act=act, at=now, leaf=encode(entry), entry_id=entry_id)
    )
    session.flush()
    return row


def listing_of(session: Session, guarantor: str) -> Listing | None:
    """What is known of the guarantor of that credit code; None if it was never listed."""
    return standing.fold(_acts(session, guarantor))


def get(session: Session, guarantor: str) -> ListedGuarantor:
    """NotFoundError."""
    row = session.get(ListedGuarantor, guarantor)
    if row is None:
        raise NotFoundError("no such guarantor is on the supervisor's list")
    return row


def organisation_of(session: Session, guarantor: str) -> UUID | None:
    """The account here of the guarantor with that credit code; None for one that has none, or none yet."""
    query = select(Organisation.id).where(Organisation.credit_code == guarantor)
    return session.execute(query).scalar_one_or_none()


def require_licensed(session: Session, guarantor: str, *, now: datetime) -> ListedGuarantor:
    """The row, if the guarantor may issue now. NotFoundError, StateError."""
    row = get(session, guarantor)
    found = listing_of(session, guarantor)
    if found is None or not any(one.at(now) for one in found.licences):
        raise StateError(
            "not-licensed", Said("该保证人目前无有效许可。", "The guarantor's licence is not in force.")
        )
    return row


def all_of(session: Session, *, now: datetime) -> list[Public]:
    """All that were ever listed, by credit code."""
    found = []
    for guarantor in session.scalars(
        select(ListedGuarantor.credit_code).order_by(ListedGuarantor.credit_code)
    ):
        acts = _acts(session, guarantor)
        known = standing.fold(acts)
        leaf = [encode(act.entry) for act in acts if isinstance(act.entry, GuarantorListed)][-1]
        found.append(Public(leaf, known is not None and any(one.at(now) for one in known.licences)))
    return found


def _check(session: Session, entry: SupervisorAct, supervisor: VerifyKey) -> None:
    if entry.origin != log.head(session).origin or entry.supervisor != supervisor.raw.hex():
        raise SignatureError("the act is not the supervisor's for this platform's log")
    try:
        entry.check()
    except LedgerError as error:
        raise SignatureError(str(error)) from error
    try:
        credit_code.parse(entry.guarantor)
    except CreditCodeError as error:
        raise RefusedError(
            "credit-code", Said("统一社会信用代码不正确。", f"The guarantor's credit code is wrong: {error}.")
        ) from error


def _listed(session: Session, row: ListedGuarantor | None, entry: GuarantorListed) -> ListedGuarantor:
    account = bytes.fromhex(entry.account)
    if row is not None and row.address != account:
        raise RefusedError(
            "other-account",
            Said(
                "链上账户不可更换：已出具的保函与原账户绑定。",
                "A guarantor keeps its account on chain: what it issued is bound to it for ever.",
            ),
        )
    taken = select(ListedGuarantor.credit_code).where(ListedGuarantor.address == account)
    if row is None and session.execute(taken).first() is not None:
        raise RefusedError(
            "account-taken",
            Said("该链上账户属于另一保证人。", "The account on chain is another guarantor's."),
        )
    values = {
        "name": entry.name,
        "address": account,
        "key": bytes.fromhex(entry.key),
        "recipient": entry.recipient,
        "licensed_from": datetime.fromtimestamp(entry.since, UTC),
        "licensed_until": datetime.fromtimestamp(entry.until, UTC),
    }
    if row is None:
        row = ListedGuarantor(credit_code=entry.guarantor, suspended_at=None, **values)
        session.add(row)
        return row
    for name, value in values.items():
        setattr(row, name, value)
    return row


def _acts(session: Session, guarantor: str) -> Sequence[Act]:
    query = select(GuarantorAct.at, GuarantorAct.leaf).where(GuarantorAct.guarantor == guarantor)
    return [Act(at, _entry(leaf)) for at, leaf in session.execute(query.order_by(GuarantorAct.id))]


def _entry(leaf: bytes) -> Entry:
    return decode(leaf)

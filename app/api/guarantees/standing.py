"""Whose guarantee it is: the party of the caller's own organisation, or staff. To anybody else there is none."""

from app.caller import caller
from app.context import parts, session
from app.errors import ProblemError
from guarantees.models import Guarantee
from guarantees.signed import SignedGuarantee
from parties.roles import Role
from storage.blobs import BlobStore

SEES_ALL = frozenset({Role.CENTER, Role.SUPERVISOR})
_COLUMN = {
    Role.GUARANTOR: Guarantee.guarantor,
    Role.TENDEREE: Guarantee.beneficiary,
    Role.BIDDER: Guarantee.applicant,
}


def role() -> Role:
    """What the caller acts as; the gate has let nobody else in."""
    found = caller().role
    if found is None:
        raise ProblemError("membership-needed")
    return found


def credit_code() -> str:
    """Of the organisation that the caller acts for."""
    membership = caller().membership
    if membership is None:
        raise ProblemError("membership-needed")
    return membership.organisation.credit_code


def visible() -> tuple[object, ...]:
    """What a query for guarantees has to ask for, so that it finds the caller's alone."""
    return () if role() in SEES_ALL else (_COLUMN[role()] == credit_code(),)


def seen(guarantee_id: str) -> Guarantee:
    """A guarantee that the caller may see. ProblemError."""
    try:
        raw = bytes.fromhex(guarantee_id)
    except ValueError as error:
        raise ProblemError("unknown") from error
    row = session().get(Guarantee, raw)
    if row is None or guarantee_id != raw.hex():
        raise ProblemError("unknown")
    if role() not in SEES_ALL and getattr(row, _COLUMN[role()].key) != credit_code():
        raise ProblemError("unknown")
    return row


def content(row: Guarantee) -> SignedGuarantee:
    """guarantee.json, as the bid had it."""
    return SignedGuarantee.parse(row.content)


def blobs() -> BlobStore:
    """ProblemError where the deployment keeps none."""
    tendering = parts().tendering
    if tendering is None:
        raise ProblemError("unavailable")
    return tendering.blobs

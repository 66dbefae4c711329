"""The desk's routes of amendments: draft, sign, commit, hand over (guarantees/desk/amending.py)."""

from typing import Any

from app.desk_api import answering, schemas
from app.desk_api.desk import desk, now, session, system
from app.desk_api.routes import routes
from guarantees.desk import acts, amending
from guarantees.desk.amending import Change
from guarantees.signed import SignedGuarantee
from guarantees.tables.succession import Succession

__all__ = ["routes"]  # the same blueprint, with these on it

_ONE = "/guarantees/<string(maxlength=64):guarantee_id>"
_REFUSES = (400, 401, 403, 404, 409, 422)


@routes.operation(
    "POST", f"{_ONE}/amendments", takes=schemas.NewDraft, gives=schemas.Drafted, status=201, refuses=_REFUSES
)
def draft_amendment(given: dict[str, Any], guarantee_id: str) -> dict[str, Any]:
    """Draft the guarantee that is to take this one's place; propose `change` and `successor` on the platform"""
    old = answering.issue_of(session(), guarantee_id)
    change = Change(given["change"], given.get("expiry"), given.get("amount"))
    made = amending.draft(
        *(session(), old.guarantee, change, desk().guarantor), now=now(), random=desk().random
    )
    acts.note(
        session(),
        system(),
        acts.AMEND,
        now=now(),
        application=made.application,
        detail=f"draft {made.number}",
    )
    session().commit()
    return shown(made)


@routes.operation(
    "POST",
    f"{_ONE}/amendments/signature",
    takes=schemas.AmendmentToSign,
    gives=schemas.AmendmentSignature,
    refuses=_REFUSES,
)
def sign_amendment(given: dict[str, Any], guarantee_id: str) -> dict[str, Any]:
    """Sign the amendment as the platform has it (`content`), if it is what was drafted here"""
    answering.issue_of(session(), guarantee_id)
    signature = amending.agree(session(), given["content"], desk().guarantor)
    return {"side": "guarantor", "key": desk().guarantor.spki, "signature": signature}


@routes.operation(
    "POST",
    f"{_ONE}/amendments/commitment",
    takes=schemas.AgreedAmendment,
    gives=schemas.Drafted,
    refuses=_REFUSES,
)
def commit_amendment(given: dict[str, Any], guarantee_id: str) -> dict[str, Any]:
    """Commit on chain to what all three have signed (`agreement` of the platform); again is the same"""
    answering.issue_of(session(), guarantee_id)
    made = amending.commit(session(), given["agreement"], desk().guarantor, now=now())
    acts.note(
        session(), system(), acts.AMEND, now=now(), application=made.application, detail=str(made.purpose)
    )
    session().commit()
    return shown(made)


@routes.operation("GET", f"{_ONE}/amendments", gives=schemas.Drafted, many=True, refuses=_REFUSES)
def list_drafts(guarantee_id: str) -> list[dict[str, Any]]:
    """List what was drafted to take this guarantee's place, oldest first"""
    old = answering.issue_of(session(), guarantee_id)
    return [shown(one) for one in amending.of(session(), old.guarantee)]


@routes.operation("GET", f"{_ONE}/successor", gives=schemas.HandedOver, refuses=_REFUSES)
def get_successor(guarantee_id: str) -> dict[str, Any]:
    """Get the amended guarantee of this id as the platform takes it, once the chain shows its commitment"""
    found = answering.issue_of(session(), guarantee_id)
    made = amending.handed_over(session(), found.guarantee)
    return {"content": made.to_bytes(), "letter": desk().letter(made)}


def shown(row: Succession) -> dict[str, Any]:
    """A draft, with what is proposed of it."""
    document = SignedGuarantee.parse(row.content).undertaking.document
    return {
        "guarantee": row.guarantee.hex(),
        "number": row.number,
        "amount": row.amount,
        "expiry": int(row.expiry.timestamp()),
        "change": row.change,
        "successor": document.hex(),
        "agreed": row.agreed_at is not None,
    }

"""Amendments, which guarantor, applicant and beneficiary all sign; and a guarantee handed in to be given back."""

from typing import Any

from app.api.guarantees import standing
from app.api.guarantees.routes import CHANGES, ONE, routes
from app.api.guarantees.showing import amendment as shown
from app.api.guarantees.showing import whole
from app.api.schemas import guarantees as schemas
from app.context import now, session
from app.errors import ProblemError
from app.guarantee_lots import TenderedLots
from guarantees.after import amending
from guarantees.after.amending import Amendment
from guarantees.after.amending import Role as Side
from guarantees.checking.giving_back import give_back
from guarantees.checking.receipts import Reveal
from parties.roles import Role

_SIDES = {Role.GUARANTOR: Side.GUARANTOR, Role.BIDDER: Side.APPLICANT, Role.TENDEREE: Side.BENEFICIARY}


@routes.operation(
    "POST",
    f"{ONE}/amendments",
    takes=schemas.NewAmendment,
    gives=schemas.AmendmentShown,
    status=201,
    refuses=CHANGES,
)
def propose_amendment(given: dict[str, Any], guarantee_id: str) -> dict[str, Any]:
    """Propose an amendment, as any of the three: what changes, and the undertaking that is to take this one's place"""
    row = standing.seen(guarantee_id)
    number = len(amending.of(session(), row.id)) + 1
    proposed = Amendment(row.id.hex(), number, given["change"], given["successor"])
    made = amending.propose(session(), proposed.to_bytes(), now=now())
    session().commit()
    return shown(made)


@routes.operation(
    "POST",
    f"{ONE}/amendments/agreement",
    takes=schemas.Agreement,
    gives=schemas.AmendmentShown,
    refuses=CHANGES,
)
def agree_to_amendment(given: dict[str, Any], guarantee_id: str) -> dict[str, Any]:
    """Agree to the amendment that waits, by a signature; with the third all have agreed"""
    row = standing.seen(guarantee_id)
    side = Side(given["side"])
    if _SIDES.get(standing.role()) is not side:
        raise ProblemError("not-yours")
    made = amending.agree(session(), row.id, side, given["key"], given["signature"], now=now())
    session().commit()
    return shown(made)


@routes.operation("POST", f"{ONE}/amendments/refusal", gives=schemas.AmendmentShown, refuses=CHANGES)
def refuse_amendment(guarantee_id: str) -> dict[str, Any]:
    """Refuse the amendment that waits: the guarantee stands as it is"""
    made = amending.turn_down(session(), standing.seen(guarantee_id).id, now=now())
    session().commit()
    return shown(made)


@routes.operation(
    "POST",
    f"{ONE}/successor",
    takes=schemas.Successor,
    gives=schemas.GuaranteeWhole,
    status=201,
    refuses=CHANGES,
)
def present_successor(given: dict[str, Any], guarantee_id: str) -> dict[str, Any]:
    """Present the amended guarantee once its commitment is on chain; the old one is then released"""
    row = standing.seen(guarantee_id)
    made = amending.succeed(session(), row.id, given["content"], now=now())
    session().commit()
    return whole(made)


@routes.operation(
    "POST",
    "/given-back",
    takes=schemas.GivenBack,
    gives=schemas.GuaranteeWhole,
    status=201,
    refuses=CHANGES,
)
def hand_in_guarantee(given: dict[str, Any]) -> dict[str, Any]:
    """Hand in the guarantee of a bid that was withdrawn in time, or that nobody opened: it is then released

    Before the deadline it is refused unless `early` is true: its entries then show everybody that one of this amount
    was given for this lot. After the deadline it needs no such word.
    """
    withdrawn = given.get("withdrawn")
    made = give_back(
        session(),
        TenderedLots(),
        given["content"],
        bidder=standing.credit_code(),
        submitted=Reveal(**given["submitted"]),
        withdrawn=None if withdrawn is None else Reveal(**withdrawn),
        early=given["early"],
        now=now(),
    )
    session().commit()
    return whole(made)

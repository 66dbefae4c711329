"""For staff: what is late and why, what differs between chain, ledger and database, scans to be examined."""

from collections.abc import Sequence
from typing import Any

from flask import Response

from app import examiners
from app.api.content import BYTES, Content
from app.api.guarantees import scanned, standing
from app.api.guarantees.routes import CHANGES, routes
from app.api.schemas import guarantees as schemas
from app.caller import caller
from app.context import now, session
from guarantees.after import reconciling, releasing
from guarantees.after.releasing import Late
from guarantees.checking import by_hand
from guarantees.models import Difference, PaperExamination


@routes.operation("GET", "/late", gives=schemas.LateRelease, many=True, refuses=(401, 403))
def list_late() -> list[Late]:
    """List the releases that are past their day, and what they wait for"""
    return releasing.late(session(), now=now())


@routes.operation("GET", "/differences", gives=schemas.DifferenceShown, many=True, refuses=(401, 403))
def list_differences() -> list[Difference]:
    """List what chain, ledger and database do not say alike"""
    return reconciling.open_differences(session())


@routes.operation("GET", "/scans", gives=schemas.ScanShown, many=True, refuses=(401, 403))
def list_scans() -> Sequence[PaperExamination]:
    """List the scanned guarantees that nobody has examined yet"""
    return by_hand.waiting(session())


@routes.operation(
    "GET",
    "/scans/<string(maxlength=128):lot>/<int(max=1000000000):bid>/file",
    gives=Content(BYTES),
    refuses=(401, 403, 404, 409),
)
def get_scan(lot: str, bid: int) -> Response:
    """Download a scanned guarantee out of its opened bid; the tenderee of the lot may, too

    Its SHA-256 and size are compared with what the bid states before the first byte is sent.
    """
    return scanned.file(scanned.seen(lot, bid))


@routes.operation(
    "POST",
    "/scans/<string(maxlength=128):lot>/<int(max=1000000000):bid>",
    takes=schemas.ScanExamined,
    gives=schemas.ScanShown,
    refuses=CHANGES,
)
def examine_scan(given: dict[str, Any], lot: str, bid: int) -> PaperExamination:
    """Say whether a scanned guarantee is accepted; a refusal says why"""
    made = by_hand.settle(
        session(),
        lot,
        bid,
        accepted=given["accepted"],
        remarks=given["remarks"],
        examiner=examiners.recorded(standing.credit_code(), caller().person_id),
        now=now(),
    )
    session().commit()
    return made

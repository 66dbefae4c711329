"""What an authority does with a complaint: examine, order, test, decide. Of another's complaint it knows nothing."""

from typing import Any

from app.api.complaints.routes import ONE, desk, done, party, public, routes
from app.api.schemas import complaints as schemas
from app.context import now, session
from oversight.complaints import examining, investigation, reading, suspending
from oversight.complaints.complaints import of_authority
from oversight.complaints.words import Ground, Outcome, Stop

_REFUSES = (400, 401, 403, 404, 409)


@routes.operation(
    "POST",
    f"{ONE}/correction-notice",
    takes=schemas.CorrectionAsked,
    gives=schemas.CaseRecord,
    refuses=_REFUSES,
)
def ask_correction(given: dict[str, Any], case: str) -> dict[str, Any]:
    """Send a complaint back for correction, once, where the law gives time for it"""
    said = (session(), desk(), party(), case, given["until"], given["text"])
    return done(examining.ask_correction(*said, now=now()))


@routes.operation(
    "POST", f"{ONE}/acceptance", takes=schemas.SaidAlone, gives=schemas.CaseRecord, refuses=_REFUSES
)
def accept(given: dict[str, Any], case: str) -> dict[str, Any]:
    """Accept a complaint; the clock of its decision runs"""
    return done(examining.accept(session(), desk(), party(), case, given["text"], now=now()))


@routes.operation("POST", f"{ONE}/refusal", takes=schemas.Refusal, gives=schemas.CaseRecord, refuses=_REFUSES)
def refuse(given: dict[str, Any], case: str) -> dict[str, Any]:
    """Do not accept a complaint, and say on which ground"""
    said = (session(), desk(), party(), case, Ground(given["ground"]), given["text"])
    return done(examining.refuse(*said, now=now()))


@routes.operation(
    "POST", f"{ONE}/forwarding", takes=schemas.Forwarding, gives=schemas.CaseShown, refuses=_REFUSES
)
def forward(given: dict[str, Any], case: str) -> dict[str, Any]:
    """Forward a complaint to the authority that is the right one; its clocks go on

    From then on it is the other authority's, so what everybody sees of it is answered.
    """
    said = (session(), desk(), party(), case, given["authority"], given["text"])
    found = examining.forward(*said, now=now())
    session().commit()
    return public(found)


@routes.operation("POST", f"{ONE}/joining", takes=schemas.Joining, gives=schemas.CaseRecord, refuses=_REFUSES)
def join(given: dict[str, Any], case: str) -> dict[str, Any]:
    """Join a complaint to another of the same tender, to be decided together; each keeps its own clock"""
    said = (session(), desk(), party(), case, given["lead"], given["text"])
    return done(examining.join(*said, now=now()))


@routes.operation(
    "POST", f"{ONE}/suspension", takes=schemas.OrderGiven, gives=schemas.CaseRecord, refuses=_REFUSES
)
def suspend(given: dict[str, Any], case: str) -> dict[str, Any]:
    """Order that the tender stands still; the reason is public"""
    found, _ = of_authority(session(), party(), case)
    return done(suspending.order(session(), desk(), party(), found, given["reason"], now=now()))


@routes.operation(
    "DELETE", f"{ONE}/suspension", takes=schemas.OrderLifted, gives=schemas.CaseRecord, refuses=_REFUSES
)
def resume(given: dict[str, Any], case: str) -> dict[str, Any]:
    """Lift that order; without a new deadline the earliest possible one holds where the old one is over"""
    found, _ = of_authority(session(), party(), case)
    suspending.require_ordered(found)
    suspending.require_public(session(), desk(), [found], given["reason"], now=now())
    suspending.lift(
        *(session(), desk(), found, given["reason"]),
        party=party(),
        new_deadline=given.get("new_deadline"),
        now=now(),
    )
    return done(found)


@routes.operation(
    "POST", f"{ONE}/measures", takes=schemas.Measure, gives=schemas.CaseRecord, status=201, refuses=_REFUSES
)
def stop_clock(given: dict[str, Any], case: str) -> dict[str, Any]:
    """Begin testing, an appraisal or an expert's opinion; that time does not count towards the decision"""
    said = (session(), desk(), party(), case, Stop(given["kind"]), given["until"], given["text"])
    investigation.stop(*said, now=now())
    return done(of_authority(session(), party(), case)[0])


@routes.operation(
    "POST",
    f"{ONE}/measures/<int(min=1, max=1000000):number>/end",
    takes=schemas.SaidAlone,
    gives=schemas.CaseRecord,
    refuses=_REFUSES,
)
def resume_clock(given: dict[str, Any], case: str, number: int) -> dict[str, Any]:
    """Say that a measure has ended; the clock of the decision goes on"""
    investigation.resume(session(), desk(), party(), case, number, given["text"], now=now())
    return done(of_authority(session(), party(), case)[0])


@routes.operation(
    "POST",
    f"{ONE}/withdrawal-answer",
    takes=schemas.WithdrawalAnswer,
    gives=schemas.CaseRecord,
    refuses=_REFUSES,
)
def answer_withdrawal(given: dict[str, Any], case: str) -> dict[str, Any]:
    """Allow a complaint to be withdrawn, or go on because a breach was found"""
    said = (session(), desk(), party(), case, given["text"])
    return done(investigation.answer_withdrawal(*said, allow=given["allow"], now=now()))


@routes.operation(
    "POST", f"{ONE}/decision", takes=schemas.DecisionGiven, gives=schemas.CaseRecord, refuses=_REFUSES
)
def decide(given: dict[str, Any], case: str) -> dict[str, Any]:
    """Decide a complaint with all that are joined to it; the decision is public at once, and the tender goes on"""
    said = (session(), desk(), party(), case, Outcome(given["outcome"]), given["text"])
    return done(investigation.decide(*said, now=now())[0])


@routes.operation("GET", "/fabricated", gives=schemas.FabricatedShown, many=True, refuses=(401, 403))
def list_fabricated() -> list[dict[str, Any]]:
    """List the complaints that were dismissed as fabricated, with who made them"""
    return [
        {
            "case": case.id,
            "tender": case.tender,
            "decided_at": case.ended_at,
            "filer": {"name": who.name, "credit_code": who.credit_code},
        }
        for case, who in reading.fabricated(session())
    ]

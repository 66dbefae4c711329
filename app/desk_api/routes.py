"""The desk's routes: applications, quotes, payments, limits, issue, answers. Each is one service of guarantees/desk."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from eth_utils.address import to_checksum_address
from flask import Response, request

from app.api.document import ApiRoutes
from app.api.schemas.guarantees import StatisticsQuery, StatisticsShown
from app.desk_api import answering, schemas
from app.desk_api.desk import desk, now, session, system
from app.errors import ProblemError
from crypto import canonical_json
from guarantees import iso20022, statistics
from guarantees.after.demand_rules import Answer
from guarantees.check_code import code_of
from guarantees.desk import exposure, issuing, offers, premiums, queue
from guarantees.desk.exposure import Exposure
from guarantees.desk.premiums import CSV, WEBHOOK, Received
from guarantees.errors import NotFoundError
from guarantees.signed import SignedGuarantee
from guarantees.statistics import Statistics
from guarantees.tables.desk import Application, Issue, Payment, Quote
from statutes.said import Said

routes = ApiRoutes("desk", __name__, url_prefix="/desk/v1", description="A guarantor's desk")
_ONE = "/applications/<string(maxlength=64):application_id>"
_REFUSES = (400, 401, 403, 404, 409)


@routes.operation(
    "GET",
    "/applications",
    query=schemas.ApplicationsQuery,
    gives=schemas.ApplicationShown,
    many=True,
    refuses=(401, 403),
)
def list_applications(given: dict[str, Any]) -> Sequence[Application]:
    """List the applications, oldest first"""
    return queue.listed(session(), *([given["state"]] if "state" in given else []))


@routes.operation("GET", _ONE, gives=schemas.ApplicationShown, refuses=_REFUSES)
def get_application(application_id: str) -> Application:
    """Show an application"""
    return queue.get(session(), _id(application_id))


@routes.operation(
    "POST", f"{_ONE}/quote", takes=schemas.NewQuote, gives=schemas.QuoteMade, status=201, refuses=_REFUSES
)
def quote_application(given: dict[str, Any], application_id: str) -> Quote:
    """Offer the guarantee for a premium; the letter goes out with the desk's next round"""
    row = queue.get(session(), _id(application_id), for_update=True)
    premium = given.get("premium")
    if premium is None:
        product = desk().products().get(row.product)
        if product is None:
            raise ProblemError("invalid", errors={"premium": ["The product is offered no more: say it."]})
        premium = product.premium(row.amount)
    until = now() + timedelta(hours=given["hours"])
    made = offers.quote(session(), row, premium=premium, valid_until=until, now=now(), note=given.get("note"))
    session().commit()
    return made


@routes.operation("POST", f"{_ONE}/refusal", takes=schemas.Reason, status=204, refuses=_REFUSES)
def decline_application(given: dict[str, Any], application_id: str) -> None:
    """Refuse an application, and tell the applicant why"""
    row = queue.get(session(), _id(application_id), for_update=True)
    offers.decline(session(), row, Said(given["zh"], given["en"]), now=now())
    session().commit()


@routes.operation(
    "POST", "/payments", takes=schemas.NewPayment, gives=schemas.PaymentRecorded, refuses=_REFUSES
)
def record_payment(given: dict[str, Any]) -> Payment:
    """Tell the desk that money came in: the core banking system's webhook

    The same reference again is the payment that is there, so it may be sent until it is answered.
    """
    received = Received(
        reference=given["reference"],
        amount=given["amount"],
        currency=given["currency"],
        payer=given["payer"],
        named=given["invoice"],
        paid_at=given["paid_at"],
    )
    made = premiums.record(session(), received, source=WEBHOOK, now=now())
    session().commit()
    return made


@routes.operation("POST", "/payments/csv", gives=schemas.PaymentRecorded, many=True, refuses=_REFUSES)
@routes.doc(  # type: ignore[untyped-decorator]
    requestBody={
        "required": True,
        "content": {"text/csv": {"schema": {"type": "string"}, "example": ",".join(premiums.COLUMNS)}},
    }
)
def record_payments() -> list[Payment]:
    """Record the payments of a CSV file, all or none"""
    try:
        text = request.get_data().decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProblemError("malformed") from error
    rows = [premiums.record(session(), one, source=CSV, now=now()) for one in premiums.parse_csv(text)]
    session().commit()
    return rows


@routes.operation("GET", "/exposure", gives=schemas.ExposureShown, many=True, refuses=(401, 403))
def get_exposure() -> list[Exposure]:
    """Show how much stands, in total and per applicant, against the limits"""
    return exposure.shown(session(), now=now())


@routes.operation("PUT", "/limits", takes=schemas.NewLimit, status=204, refuses=(400, 401, 403))
def set_limit(given: dict[str, Any]) -> None:
    """Let no more be guaranteed at a time"""
    exposure.set_limit(session(), given["applicant"], given["currency"], given["amount"], now=now())
    session().commit()


@routes.operation(
    "POST", "/issue", takes=schemas.NewIssue, gives=schemas.Issued, status=201, refuses=_REFUSES
)
def issue_guarantees(given: dict[str, Any]) -> dict[str, Any]:
    """Sign guarantees whose premium is paid, and commit to them on chain in one transaction

    The desk's gateway sends it; with `itself` a program of yours does, from the guarantor's account.
    """
    at, lots = desk(), desk().lots()
    chosen = [bytes.fromhex(one) for one in given["applications"]]
    act = issuing.sign(
        *(session(), chosen, lots, at.guarantor), now=now(), random=at.random, sends_itself=given["itself"]
    )
    session().commit()
    to = to_checksum_address(bytes.fromhex(lots[0].registry)) if given["itself"] else None
    return {
        "guarantees": [one.hex() for one in act.guarantees],
        "purpose": act.purpose,
        "to": to,
        "data": f"0x{act.call.data.hex()}" if given["itself"] else None,
    }


@routes.operation("GET", "/demands", gives=schemas.DemandedShown, many=True, refuses=(401, 403))
def list_demands() -> list[answering.Demanded]:
    """List the demands that are open on chain, the one whose examination ends first at the beginning"""
    return answering.demanded(session(), now=now())


@routes.operation(
    "POST",
    "/guarantees/<string(maxlength=64):guarantee_id>/answer",
    takes=schemas.NewAnswer,
    gives=schemas.AnswerQueued,
    status=202,
    refuses=_REFUSES,
)
def answer_demand(given: dict[str, Any], guarantee_id: str) -> dict[str, Any]:
    """Answer the open demand on chain: pay, refuse, or take the extension

    The desk's gateway sends it from the guarantor's account. Hand the proof of payment or the notice of refusal in on
    the platform first. A refusal or an extension comes within five business days (URDG 758 article 20). The same answer
    again is the one that is there.
    """
    issue = answering.issue_of(session(), guarantee_id)
    document = bytes.fromhex(given.get("document", ""))
    purpose = answering.answer(
        *(session(), issue, Answer(given["answer"]), document), who=system(), now=now()
    )
    session().commit()
    return {"purpose": purpose}


@routes.operation("GET", f"{_ONE}/guarantee", gives=schemas.IssueShown, refuses=_REFUSES)
def get_issued(application_id: str) -> dict[str, Any]:
    """Get the guarantee of an application, as it was signed"""
    row = _issue(application_id)
    names = ("number", "content", "signed_at", "issued_at")
    return {
        **{name: getattr(row, name) for name in names},
        "guarantee": row.guarantee.hex(),
        "check_code": code_of(SignedGuarantee.parse(row.content)),
    }


@routes.operation("GET", f"{_ONE}/guarantee/letter", refuses=_REFUSES)
def get_issued_letter(application_id: str) -> Response:
    """Get its letter in Chinese and English, as a PDF that the guarantor's certificate signed"""
    guarantee = SignedGuarantee.parse(_issue(application_id).content)
    return Response(desk().letter(guarantee), content_type="application/pdf")


@routes.operation("GET", f"{_ONE}/guarantee/iso20022", refuses=_REFUSES)
def get_issued_iso20022(application_id: str) -> Response:
    """Get it in the shape of ISO 20022 tsrv.001 (Undertaking Issuance), as JSON"""
    exported = iso20022.export(SignedGuarantee.parse(_issue(application_id).content))
    return Response(canonical_json.dumps(exported), content_type="application/json")


@routes.operation("GET", "/statistics", query=StatisticsQuery, gives=StatisticsShown, refuses=(401, 403))
def get_desk_statistics(given: dict[str, Any]) -> Statistics:
    """Number, sum and average time to issue, of what this desk issued in a period"""
    if given["since"] >= given["until"]:
        raise ProblemError("invalid", errors={"until": ["It comes after `since`."]})
    return statistics.of_desk(session(), given["currency"], since=given["since"], until=given["until"])


def _id(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise NotFoundError("the desk has no such application") from error


def _issue(application_id: str) -> Issue:
    row = session().get(Issue, _id(application_id))
    if row is None:
        raise NotFoundError("no guarantee was signed for this application")
    return row

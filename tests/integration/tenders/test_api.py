"""Tenders over REST: read by all, moved by whose they are, refused with rule, article and both languages."""

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bidding.package.sheet import LotSheet
from bidding.tenders.models import TenderRow
from parties.roles import Role
from statutes.counting import local
from tests.environment import shared
from tests.integration.app.world import Browser, World
from tests.integration.tenders.office import Office


def days(world: World, number: int, hour: int = 9) -> str:
    """A morning so many days from now, in Beijing."""
    found = local(world.clock() + timedelta(days=number)).replace(
        hour=hour, minute=0, second=0, microsecond=0
    )
    return found.isoformat()


def draft(world: World, **changes: Any) -> dict[str, Any]:
    """Under the course's clock a day is a minute, so any of these dates is far enough away."""
    return {
        "title": "Bridge over the Nandu",
        "profile": "course",
        "lots": [{"number": "1", "title": "Bridge", "estimate": 500_000_000, "bond": 10_000_000}],
        "timetable": {
            "documents_from": days(world, 1),
            "documents_to": days(world, 9),
            "deadline": days(world, 30),
            "opening": days(world, 30),
            "validity_days": 90,
        },
        **changes,
    }


def published(world: World, browser: Browser, **changes: Any) -> str:
    made = browser.post("/api/tenders", draft(world, **changes))
    assert made.status_code == 201, made.get_json()
    tender = str(made.get_json()["id"])
    answer = browser.post(f"/api/tenders/{tender}/publication")
    assert answer.status_code == 200, answer.get_json()
    return tender


def test_draft_is_its_tenderees_alone_until_it_is_published(world: World) -> None:
    _, browser = world.acting_as(Role.TENDEREE)
    _, stranger = world.acting_as(Role.TENDEREE)
    _, center = world.acting_as(Role.CENTER)
    made = browser.post("/api/tenders", draft(world)).get_json()
    path = f"/api/tenders/{made['id']}"
    assert world.app.test_client().get(path).status_code == 404
    assert stranger.get(f"{path}/draft").status_code == 404
    assert stranger.post(f"{path}/publication").status_code == 404
    assert center.get(f"{path}/draft").status_code == 200
    assert browser.send("PUT", f"{path}/draft", draft(world, title="Road")).get_json()["title"] == "Road"
    assert browser.post(f"{path}/publication").status_code == 200
    shown = world.app.test_client().get(path).get_json()
    assert (shown["state"], shown["title"], shown["training"]) == ("published", "Road", True)
    assert shown["lots"][0]["recipients"]["price"].startswith("age1")
    assert browser.send("PUT", f"{path}/draft", draft(world)).status_code == 409


def test_sheet_is_what_a_bidders_program_takes(world: World) -> None:
    _, browser = world.acting_as(Role.TENDEREE)
    tender = published(world, browser)
    answer = world.app.test_client().get(f"/api/tenders/{tender}/lots/1/sheet")
    sheet = LotSheet.parse(answer.data)
    assert (sheet.lot, sheet.tender, sheet.currency) == (f"{tender}.1", tender, "CNY")
    assert world.app.test_client().get(f"/api/tenders/{tender}/lots/2/sheet").status_code == 404


def test_refusal_names_rule_article_and_what_would_be_allowed_in_both_languages(world: World) -> None:
    _, browser = world.acting_as(Role.TENDEREE)
    soon = draft(world, profile="cn-tender")
    soon["timetable"]["deadline"] = soon["timetable"]["opening"] = days(world, 12)
    made = browser.post("/api/tenders", soon).get_json()
    answer = browser.post(f"/api/tenders/{made['id']}/publication")
    body = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    (broken,) = [one for one in body["violations"] if one["rule"] == "deadline-after-issue"]
    assert broken["articles"] == ["法24"]
    assert broken["found"]["zh"].startswith("投标截止")
    assert broken["allowed"]["en"].startswith("not before")
    assert datetime.fromisoformat(broken["earliest"]).utcoffset() is not None
    chinese = browser.post(f"/api/tenders/{made['id']}/publication", headers={"Accept-Language": "zh"})
    assert "不得少于20日" in chinese.get_json()["detail"]


def test_documents_wait_and_are_downloaded_without_login(world: World) -> None:
    _, browser = world.acting_as(Role.TENDEREE)
    tender = published(world, browser)
    path, public = f"/api/tenders/{tender}", world.app.test_client()
    stored = browser.send(
        "PUT",
        f"{path}/documents/drawing-3.pdf?title=Drawing+3",
        data=io.BytesIO(b"%PDF-1.7"),
        content_type="application/pdf",
    )
    assert stored.status_code == 200, stored.get_json()
    assert stored.get_json()["published_at"] is None
    assert public.get(f"{path}/documents/drawing-3.pdf/1").status_code == 404
    amended = browser.post(f"{path}/amendments", {"text": "Drawing 3.", "may_affect_bids": True})
    assert amended.status_code == 200, amended.get_json()
    answer = public.get(f"{path}/documents/drawing-3.pdf/1")
    assert (answer.data, answer.mimetype) == (b"%PDF-1.7", "application/pdf")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers
    assert public.get(f"{path}/documents").get_json()[0]["sha256"] == stored.get_json()["sha256"]
    assert browser.send("PUT", f"{path}/documents/A?title=x", data=b"1").status_code == 422


def test_question_needs_no_account_and_its_answer_is_for_all(world: World) -> None:
    _, browser = world.acting_as(Role.TENDEREE)
    tender = published(world, browser)
    path, public = f"/api/tenders/{tender}", world.app.test_client()
    asked = public.post(f"{path}/questions", json={"question": "Which steel?"})
    assert asked.status_code == 201, asked.get_json()
    assert public.get(f"{path}/clarifications").get_json() == []
    assert [one["question"] for one in browser.get(f"{path}/questions").get_json()] == ["Which steel?"]
    answered = browser.post(f"{path}/questions/{asked.get_json()['id']}/answer", {"answer": "Q355."})
    assert answered.status_code == 200, answered.get_json()
    assert public.get(f"{path}/clarifications").get_json()[0]["answer"] == "Q355."
    for _ in range(19):
        public.post(f"{path}/questions", json={"question": "Why?"})
    stopped = public.post(f"{path}/questions", json={"question": "Why?"})
    assert (stopped.status_code, stopped.get_json()["code"]) == (429, "too-many")


def test_what_the_supervisor_ordered_it_alone_lifts(world: World) -> None:
    _, browser = world.acting_as(Role.TENDEREE)
    _, supervisor = world.acting_as(Role.SUPERVISOR)
    tender = published(world, browser)
    path = f"/api/tenders/{tender}"
    order = {"ground": "order", "cause": "order-1", "reason": "inspection"}
    assert browser.post(f"{path}/suspensions", order).get_json()["code"] == "role-not-allowed"
    assert supervisor.post(f"{path}/suspensions", order).get_json()["state"] == "suspended"
    lifted = {"cause": "order-1", "reason": "done"}
    assert browser.post(f"{path}/resumption", lifted).status_code == 403
    answer = supervisor.post(f"{path}/resumption", lifted)
    assert answer.get_json()["state"] == "published", answer.get_json()
    events = world.app.test_client().get(f"{path}/timetable").get_json()
    (deadline,) = [one for one in events if one["event"] == "deadline"]
    assert "法24" in deadline["articles"]
    assert supervisor.post(f"{path}/cancellation", {"reason": "x"}).status_code == 403
    assert browser.post(f"{path}/cancellation", {"reason": "no money"}).get_json()["state"] == "cancelled"


def test_lists_are_pages_and_hold_no_draft(world: World) -> None:
    _, browser = world.acting_as(Role.TENDEREE)
    browser.post("/api/tenders", draft(world))
    made = [published(world, browser) for _ in range(3)]
    public = world.app.test_client()
    first = [one["id"] for one in public.get("/api/tenders?limit=2").get_json()]
    rest = [one["id"] for one in public.get(f"/api/tenders?limit=2&after={first[-1]}").get_json()]
    assert first + rest == made[::-1]
    assert public.get("/api/tenders?state=failed").get_json() == []


def test_real_record_is_imported_with_its_report(world: World, office: Office) -> None:
    _, browser = world.acting_as(Role.TENDEREE)
    data = shared("data", "prozorro-ocds-records-10.json").read_bytes()
    ocid = "ocds-be6bcu-UA-2017-10-31-002726-a"
    answer = browser.send(
        "POST", f"/api/tenders/import?ocid={ocid}", data=data, content_type="application/json"
    )
    assert answer.status_code == 201, answer.get_json()
    body = answer.get_json()
    assert body["tender"]["notice"]["source"] == ocid
    assert {one["outcome"] for one in body["report"]} == {"taken", "changed", "assumed", "left"}
    refused = browser.post(f"/api/tenders/{body['tender']['id']}/publication")
    assert refused.status_code == 409
    with office.database.session() as session:
        assert session.scalars(select(TenderRow.state)).one() == "draft"
    assert browser.send("POST", "/api/tenders/import", data=b"{}").status_code == 422


@pytest.mark.parametrize("extra", [{"more": 1}, {"lots": [{"number": "1"}]}, {"title": "\x00"}])
def test_draft_that_does_not_fit_is_refused_by_field(world: World, extra: dict[str, Any]) -> None:
    _, browser = world.acting_as(Role.TENDEREE)
    answer = browser.post("/api/tenders", {**draft(world), **extra})
    assert answer.status_code == 422
    assert set(answer.get_json()["errors"]) == set(extra)

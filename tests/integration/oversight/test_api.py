"""Draws and samples over HTTP, without the gate before them (tests/integration/app walks that)."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import errors
from app.api import oversight, samples
from oversight.expert_draw import Answer
from oversight.quarters import Quarter
from oversight.register import COLUMNS
from tests.integration.oversight.office import Office, expert
from tests.integration.oversight.test_samples import committed

WISH = {
    "lot": "lot-1",
    "needs": [{"specialty": "A08", "region": "", "count": 5, "reserve": 3}],
    "avoided": [{"reason": "employer", "employer": "Employer 3 Ltd"}],
    "window": 600,
}


@pytest.fixture
def client(office: Office) -> FlaskClient:
    app = Flask(__name__)
    errors.register(app)
    database, clock, random = office.world.database, lambda: office.now, office.random
    draws = oversight.blueprint(database, clock, random, office.lots, office.committee)
    app.register_blueprint(draws, url_prefix="/api/oversight/v1")
    app.register_blueprint(samples.blueprint(database, clock, random), url_prefix="/api/samples/v1")
    return app.test_client()


def test_draw_from_the_wish_to_the_files_and_no_name_before_the_award(
    office: Office, client: FlaskClient
) -> None:
    at = "/api/oversight/v1"
    asked = client.post(f"{at}/draws", json={"group": office.world.group, "wish": WISH})
    assert asked.status_code == 201
    draw = asked.json["draw"] if asked.json else ""
    again = client.post(f"{at}/draws", json={"group": office.world.group, "wish": WISH})
    assert (again.status_code, again.json and again.json["rule"]) == (409, "once")
    office.world.sync()
    office.give_seed(bytes.fromhex(draw))
    office.tick()
    for notice in office.telephone.told:
        answer = client.post(f"{at}/answers", json={"code": notice.code, "answer": "accepted"})
        assert answer.status_code == 200
        assert answer.json
        assert json.loads(answer.json["body"])["answer"] == "accepted"
    assert client.post(f"{at}/answers", json={"code": "x", "answer": "accepted"}).status_code == 404
    assert client.post(f"{at}/answers", json={"code": "x", "answer": "perhaps"}).status_code == 422
    office.world.sync()
    shown = client.get(f"{at}/draws/{draw}")
    assert shown.json
    assert (shown.json["state"], shown.json["calls"]) == ("formed", {"accepted": 5})
    first, second = (notice.code for notice in office.telephone.told[:2])
    opinion = {"code": first, "sha256": "0a" * 32}
    assert client.post(f"{at}/opinions", json=opinion).status_code == 204
    assert [(one.lot, one.sha256) for one in office.committee.opinions] == [("lot-1", "0a" * 32)]
    assert client.post(f"{at}/opinions", json={**opinion, "code": "x"}).status_code == 404
    office.answer_by_code(second, Answer.CONFLICTED)
    office.tick()
    refused = client.post(f"{at}/opinions", json={**opinion, "code": second})
    assert (refused.status_code, refused.json and refused.json["rule"]) == (409, "seat")
    office.answer_by_code(office.telephone.told[-1].code, Answer.ACCEPTED)
    for answer in (shown, client.get(f"{at}/draws"), client.get(f"{at}/draws/{draw}/files/names")):
        assert not [i for i in range(office.size) if expert(i).number.encode() in answer.data]
    assert client.post(f"{at}/draws/{draw}/publication").status_code == 409
    assert client.get(f"{at}/draws/{draw}/files/names").status_code == 404
    office.lots.won.add("lot-1")
    assert client.post(f"{at}/draws/{draw}/publication").status_code == 204
    office.world.sync()
    files = [client.get(f"{at}/draws/{draw}/files/{name}").data for name in ("population", "terms", "names")]
    assert len(office.redo(bytes.fromhex(draw), (files[0], files[1], files[2])).members) == 5
    assert client.get(f"{at}/draws/{draw}/files/other").status_code == 404
    assert client.get(f"{at}/draws/xyz").status_code == 404


@pytest.mark.parametrize(
    "wish",
    [
        None,
        {},
        {**WISH, "more": 1},
        {**WISH, "needs": [{"specialty": "A08"}]},
        {**WISH, "needs": [{"specialty": 1, "region": "", "count": 5, "reserve": 3}]},
        {**WISH, "needs": [{"specialty": "A08", "region": "", "count": "5", "reserve": 3}]},
        {**WISH, "window": 0},
        {**WISH, "others": -1},
        {**WISH, "avoided": [{"reason": "dislike", "number": "E-0001"}]},
    ],
)
def test_wish_that_is_none_is_refused(office: Office, client: FlaskClient, wish: object) -> None:
    answer = client.post("/api/oversight/v1/draws", json={"group": office.world.group, "wish": wish})
    assert answer.status_code == 422


def test_pool_is_imported_reviewed_and_committed(office: Office, client: FlaskClient) -> None:
    at = "/api/oversight/v1"
    line = "X-1,a,b,高级工程师,tel,460100,{years},A0801,no\n"
    sheet = ",".join(COLUMNS) + "\n" + line
    refused = client.post(f"{at}/experts/import", data=sheet.format(years="x").encode())
    assert (refused.status_code, refused.json and refused.json["faults"][0]["column"]) == (422, "years")
    assert (
        client.post(f"{at}/experts/import", data=sheet.format(years=9).encode("gb18030")).status_code == 200
    )
    for act, said, status in (
        ("admission", {}, 204),
        ("suspension", {}, 422),
        ("suspension", {"reason": "a complaint"}, 204),
        ("promotion", {}, 404),
        ("removal", {"reason": "retired"}, 204),
        ("admission", {}, 422),
    ):
        assert client.post(f"{at}/experts/X-1/{act}", json=said).status_code == status
    assert client.post(f"{at}/experts/X-2/admission", json={}).status_code == 404
    assert client.post(f"{at}/snapshots").json["size"] == office.size  # type: ignore[index]
    assert len(client.get(f"{at}/specialties").json or []) == 4


def test_sample_is_asked_for_checked_and_shown(office: Office, client: FlaskClient) -> None:
    at = "/api/samples/v1"
    body = {
        "group": office.world.group,
        "subject": "draws of 2026 Q1",
        "snapshot": committed(office, "draws", 11).id,
        "rate": [1, 5],
        "checklist": ["was the request approved?"],
        "inspectors": None,
        "each": 1,
    }
    assert client.post(at, json={**body, "rate": [1, 0]}).status_code == 422
    assert client.post(at, json={**body, "rate": [3, 2]}).status_code == 422
    asked = client.post(at, json=body)
    assert asked.status_code == 201
    sample = asked.json["sample"] if asked.json else ""
    assert client.get(f"{at}/{sample}/files/names").status_code == 404
    office.world.sync()
    office.give_seed(bytes.fromhex(sample))
    office.tick()
    items = client.get(f"{at}/{sample}/items").json or []
    assert len(items) == 3
    place = f"{at}/{sample}/items/{items[0]['item']}"
    finding = {"answers": [False], "findings": "none on file", "follow_up_by": "2026-08-01T00:00:00+08:00"}
    assert client.post(f"{place}/finding", json={**finding, "answers": [1]}).status_code == 422
    assert client.post(f"{place}/finding", json={**finding, "follow_up_by": "soon"}).status_code == 422
    assert client.post(f"{place}/finding", json=finding).status_code == 204
    assert client.post(f"{place}/follow-up").status_code == 204
    shown = client.get(f"{at}/{sample}").json or {}
    assert (shown["rate_reached"], shown["drawn"], shown["open_follow_ups"]) == ([1, 11], 3, 0)
    assert client.get(f"{at}/{sample}/files/names").status_code == 200
    assert client.get(f"{at}/zz").status_code == 404


def test_populations_of_a_quarter_and_inspectors_are_committed(office: Office, client: FlaskClient) -> None:
    at = "/api/samples/v1"
    office.ask()
    quarter = Quarter.of(office.now)
    wanted = {"kind": "draws", "quarter": str(quarter)}
    assert client.post(f"{at}/populations", json=wanted).status_code == 409, "it is not over"
    office.now = quarter.end
    assert client.post(f"{at}/populations", json={**wanted, "kind": "experts"}).status_code == 422
    assert client.post(f"{at}/populations", json={**wanted, "quarter": "2026"}).status_code == 422
    first, again = (client.post(f"{at}/populations", json=wanted) for _ in range(2))
    assert (first.status_code, first.json and first.json["size"]) == (201, 1)
    assert first.json == again.json
    assert client.post(f"{at}/inspectors").status_code == 422, "nobody acts for an authority"

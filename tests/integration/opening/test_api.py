"""The hall over REST: anyone watches, who has the role speaks, the record is downloaded as JSON and as PDF."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from app.hall import Hall
from ledger.entries import encode
from parties.roles import Role
from tests.integration.app.world import URL, make_app
from tests.integration.app.world import World as AppWorld
from tests.opening import LotStory, OpeningWorld, party
from tests.story import LATER_PRICE, TECHNICAL


@pytest.fixture
def api(world: OpeningWorld, tmp_path: Path) -> AppWorld:
    made = make_app(world.database, tmp_path, world.clock)  # type: ignore[arg-type]
    parts = made.extensions["sunseal"]
    made.extensions["sunseal"] = replace(parts, hall=Hall(world.blobs, world.reader, None))
    return AppWorld(made, world.database, world.clock)  # type: ignore[arg-type]


def open_all(world: OpeningWorld, lot: LotStory) -> None:
    lot.release(1)
    lot.release(2)
    world.job().run()


def test_anyone_watches_results_come(world: OpeningWorld, lot: LotStory, api: AppWorld) -> None:
    world.job().run()
    anyone = api.browser()
    (one,) = anyone.get("/api/openings?lot=lot-1").get_json()
    path = f"/api/openings/{one['closing']}/{one['part']}"
    assert [bid["state"] for bid in one["bids"]] == ["sealed"] * 3
    before = anyone.get(path)
    assert anyone.get(path, headers={"If-None-Match": before.headers["ETag"]}).status_code == 304
    lot.release(1)
    lot.release(2)
    world.clock.goes_on(seconds=2)
    world.job().run()
    after = anyone.get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    shown = after.get_json()
    assert shown["state"] == "opened"
    assert [bid["read_out"]["bidder"] for bid in shown["bids"]] == [party(i)[1].name for i in range(3)]
    assert anyone.get(f"/api/openings/{'00' * 32}/price").status_code == 404


def test_staff_objects_not_bidders_do_and_all_sign_off(
    world: OpeningWorld, lot: LotStory, api: AppWorld
) -> None:
    open_all(world, lot)
    path = f"/api/openings/{lot.closing}/price"
    _, staff = api.acting_as(Role.CENTER)
    _, bidder = api.acting_as(Role.BIDDER)
    assert staff.post(f"{path}/objections", {"text": "x"}).status_code == 403
    made = bidder.post(f"{path}/objections", {"text": "唱标有误"})
    assert (made.status_code, made.get_json()) == (201, {"number": 1})
    answer = f"/api/openings/{lot.closing}/objections/1/answer"
    assert bidder.post(answer, {"text": "x"}).status_code == 403
    assert staff.post(answer, {"text": "以解密文件为准"}).status_code == 204
    assert staff.post(answer, {"text": "又"}).status_code == 409
    results = staff.get(path).get_json()["results_sha256"]
    assert staff.post(f"{path}/sign-off", {"results_sha256": results}).status_code == 204
    assert bidder.post(f"{path}/sign-off", {"results_sha256": "00" * 32}).status_code == 409
    (one,) = staff.get(f"{path}/objections").get_json()
    assert one["answer"]["text"] == "以解密文件为准"


def test_a_tenderee_of_another_tender_has_no_say(world: OpeningWorld, lot: LotStory, api: AppWorld) -> None:
    open_all(world, lot)
    _, tenderee = api.acting_as(Role.TENDEREE)
    results = lot.row().results
    assert results is not None
    sent = tenderee.post(f"/api/openings/{lot.closing}/price/sign-off", {"results_sha256": results.hex()})
    assert sent.status_code == 404


def test_record_is_downloaded_as_json_and_as_pages(world: OpeningWorld, lot: LotStory, api: AppWorld) -> None:
    open_all(world, lot)
    path = f"/api/openings/{lot.closing}/price"
    anyone = api.browser()
    assert anyone.get(f"{path}/record.json").status_code == 409
    world.clock.goes_on(minutes=31)
    world.job().run()
    record = anyone.get(f"{path}/record.json").data
    assert hashlib.sha256(record).digest() == hashlib.sha256(lot.row().record or b"").digest()
    for language, title in (("zh", "开标记录"), ("en", "Opening record")):
        pdf = anyone.get(f"{path}/record.pdf?language={language}")
        assert pdf.content_type == "application/pdf"
        text = pypdfium2.PdfDocument(pdf.data)[0].get_textpage().get_text_bounded()
        assert title in text
        assert party(1)[1].name in text
        assert hashlib.sha256(record).hexdigest() in text


def test_of_a_committee_s_part_no_name_is_shown(world: OpeningWorld, api: AppWorld) -> None:
    lot = world.lot(parts=[TECHNICAL, LATER_PRICE])
    for number in range(3):
        lot.bid(number)
    lot.close()
    lot.release(1, "technical")
    lot.release(2, "technical")
    world.job().run()
    anyone, path = api.browser(), f"/api/openings/{lot.closing}/technical"
    shown = anyone.get(path).get_json()
    assert [(bid["state"], bid["read_out"]) for bid in shown["bids"]] == [("opened", None)] * 3
    assert anyone.get(f"{path}/objections").status_code == 404
    world.clock.goes_on(minutes=31)
    world.job().run()
    assert lot.row("technical").state == "recorded"
    assert anyone.get(f"{path}/record.json").status_code == 404
    call = encode(lot.called("price", lot.bids[:2])).decode()
    assert anyone.post("/api/openings/calls", {"entry": call}).status_code == 204
    assert anyone.post("/api/openings/calls", {"entry": "{}"}).status_code == 409


def test_a_bidder_gives_its_key_without_logging_in(world: OpeningWorld, lot: LotStory, api: AppWorld) -> None:
    job = world.job()
    job.run()
    world.clock.goes_on(minutes=31)
    job.run()
    anyone, path = api.app.test_client(), f"/api/openings/{lot.closing}/price/keys"
    wrong = {"bid": lot.bids[0].index, "file_key": "00" * 16}
    refused = anyone.post(path, json=wrong, base_url=URL)
    assert refused.status_code == 409
    assert "00" * 16 not in json.dumps(refused.get_json())
    right = {"bid": lot.bids[0].index, "file_key": lot.file_key(0).hex()}
    assert anyone.post(path, json=right, base_url=URL).status_code == 204
    world.clock.goes_on(seconds=2)
    job.run()
    assert lot.states()[0] == "opened"

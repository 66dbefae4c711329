"""The opening hall as anybody reads it, and as those who are heard speak in it; what programs add, tests/browser shows."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.hall import Hall
from app.web.pages.hall.pulse import Pulse, Pulses, pulses
from parties.roles import Role
from storage.database import Database
from tests.integration.app.world import Clock, make_app
from tests.integration.app.world import World as AppWorld
from tests.integration.pages.reader import HTML, Reader, acting_as
from tests.integration.tenders.office import DEADLINE, LOT, Office
from tests.opening import LotStory, OpeningWorld, party
from tests.opening_notice import LOT_TITLE, noticed
from tests.story import LATER_PRICE, TECHNICAL


@pytest.fixture
def opening(database: Database, tmp_path: Path) -> Iterator[OpeningWorld]:
    made = OpeningWorld(database, tmp_path)
    yield made
    made.close_world()


@pytest.fixture
def site(opening: OpeningWorld, tmp_path: Path) -> AppWorld:
    """The pages over the opening's world; nothing is kept for half a second."""
    made = make_app(opening.database, tmp_path, opening.clock)  # type: ignore[arg-type]
    parts = made.extensions["sunseal"]
    made.extensions["sunseal"] = replace(parts, hall=Hall(opening.blobs, opening.reader, None))
    with made.app_context():
        pulses().fresh = 0.0
    return AppWorld(made, opening.database, opening.clock)  # type: ignore[arg-type]


def closed_lot(opening: OpeningWorld) -> LotStory:
    """Three bids; the second is above the ceiling, the third was spoiled by its bidder."""
    lot = opening.lot(noticed(opening))
    lot.bid(0, total="4680000.00")
    lot.bid(1, total="4800000.01")
    lot.bid(2, change=lambda file: file[:-5])
    lot.close()
    opening.job().run()
    return lot


def open_all(opening: OpeningWorld, lot: LotStory, part: str = "price") -> None:
    lot.release(1, part)
    lot.release(2, part)
    opening.clock.goes_on(seconds=2)
    opening.job().run()


def events(site: AppWorld, path: str, seen: str = "", header: str = "") -> tuple[int, str, str]:
    """Status, text, and the digest that it tells; with nothing that says who asks."""
    client = site.app.test_client(use_cookies=False)
    headers = {"Last-Event-ID": header} if header else {}
    answer = client.get(f"{path}/events?seen={seen}", base_url="https://tenders.example", headers=headers)
    assert "Set-Cookie" not in answer.headers
    found = re.search(r"^id: ([0-9a-f]{32})$", answer.text, re.MULTILINE)
    return answer.status_code, answer.text, found[1] if found else ""


def test_hall_shows_every_stage_to_who_comes_late_too(opening: OpeningWorld, site: AppWorld) -> None:
    lot = closed_lot(opening)
    path, reader = f"/openings/{lot.closing}/price", Reader(site)
    page = reader.get(path).get_data(as_text=True)
    assert "0 of at least 2 keyholders" in page
    assert page.count("sealed ·") == 3
    for bid in lot.bids:
        assert f"/ledger/entries/{bid.index}" in page
    assert party(0)[1].name not in page
    lot.release(1, wrong=True)
    lot.release(2)
    opening.clock.goes_on(seconds=2)
    opening.job().run()
    page = reader.get(path).get_data(as_text=True)
    assert "1 of at least 2 keyholders" in page
    assert "given, but wrong: left out" in page
    assert "given and verified" in page
    lot.release(3)
    opening.clock.goes_on(seconds=2)
    opening.job().run()
    page = reader.get(path).get_data(as_text=True)
    assert party(0)[1].name in page
    assert "4,680,000.00" in page
    assert page.count("above the ceiling") == 1
    assert "Responsible: the bidder" in page
    assert "Everything is read out" in page
    chinese = Reader(site, "zh").get(path).get_data(as_text=True)
    assert "责任方：投标人" in chinese
    assert "高于限价" in chinese


def test_stream_tells_a_change_once_and_ends_when_all_is_recorded(
    opening: OpeningWorld, site: AppWorld
) -> None:
    lot = closed_lot(opening)
    path = f"/openings/{lot.closing}/price"
    digest = re.search(r'data-digest="([0-9a-f]{32})"', Reader(site).get(path).text)
    assert digest is not None
    status, text, told = events(site, path, seen=digest[1])
    assert (status, told) == (200, "")
    assert re.match(r"retry: 1\d{3}\n: ", text)
    assert "event: time\ndata: 20" in text
    _, _, first = events(site, path)
    assert first == digest[1]
    open_all(opening, lot)
    _, text, second = events(site, path, seen=digest[1])
    assert second not in ("", first)
    assert '"over": false' in text
    assert events(site, path, seen=first, header=second)[2] == ""
    opening.clock.goes_on(minutes=31)
    opening.job().run()
    _, text, third = events(site, path, header=second)
    assert '"over": true' in text
    assert events(site, path, header=third)[0] == 204
    assert events(site, f"/openings/{'00' * 32}/price")[0] == 404


def test_a_page_that_follows_along_gets_what_goes_on_alone(opening: OpeningWorld, site: AppWorld) -> None:
    lot = closed_lot(opening)
    client, path = site.app.test_client(), f"/openings/{lot.closing}/price?lang=en"
    part = client.get(path, base_url="https://tenders.example", headers={**HTML, "HX-Request": "true"})
    assert "<html" not in part.text
    assert 'id="keyholders"' in part.text
    whole = client.get(path, base_url="https://tenders.example", headers=HTML)
    assert part.text in whole.text
    assert "sunseal-session" not in whole.headers.get("Set-Cookie", "")


def test_bidder_objects_staff_answers_both_sign_off_and_silence_is_shown(
    opening: OpeningWorld, site: AppWorld
) -> None:
    lot = closed_lot(opening)
    open_all(opening, lot)
    desk, path = f"/desk/openings/{lot.closing}/price", f"/openings/{lot.closing}/price"
    bidder = acting_as(site, Role.BIDDER)
    bidder.get(desk)
    refused = bidder.send("text", text=" ")
    assert refused.status_code == 422
    assert "This has to be filled in." in bidder.text
    bidder.get(desk)
    bidder.send("text", text="唱标价格<b>有误</b>")
    assert "Your objection stands in the hall" in bidder.text
    staff = acting_as(site, Role.CENTER)
    staff.get("/desk")
    assert "1 objection waits for an answer" in staff.text
    staff.get(desk)
    assert "Object to the opening" not in staff.text
    staff.send("answer-1-text", **{"answer-1-text": "以解密文件为准"})
    assert "The answer stands in the hall" in staff.text
    staff.send("results")
    assert "You have signed off" in staff.text
    reader = Reader(site)
    reader.get(path)
    assert "唱标价格&lt;b&gt;有误&lt;/b&gt;" in reader.text
    assert "以解密文件为准" in reader.text
    assert "staff of the trading center" in reader.text
    opening.clock.goes_on(minutes=31)
    opening.job().run()
    reader.get(path)
    assert "Neither signed off nor objected in time" in reader.text
    for kind in ("record.json", "record.pdf"):
        assert f"/api/openings/{lot.closing}/price/{kind}" in reader.text
    bidder.get(desk)
    assert "The time to object and to sign off is over." in bidder.text
    assert not [action for action, _ in bidder.forms() if "openings" in action]


def test_what_is_signed_off_is_what_was_seen(opening: OpeningWorld, site: AppWorld) -> None:
    lot = closed_lot(opening)
    open_all(opening, lot)
    staff = acting_as(site, Role.SUPERVISOR)
    staff.get(f"/desk/openings/{lot.closing}/price")
    assert staff.send("results", results="00" * 32).status_code == 422
    assert "load it again" in staff.text


def test_others_have_no_say(opening: OpeningWorld, site: AppWorld) -> None:
    lot = closed_lot(opening)
    open_all(opening, lot)
    desk = f"/desk/openings/{lot.closing}/price"
    assert acting_as(site, Role.TENDEREE).get(desk).status_code == 404
    assert acting_as(site, Role.GUARANTOR).get(desk).status_code == 403
    assert Reader(site).get(desk).request.path == "/login"


def test_of_a_committee_s_part_nobody_is_named_and_nothing_is_said(
    opening: OpeningWorld, site: AppWorld
) -> None:
    lot = opening.lot(parts=[TECHNICAL, LATER_PRICE])
    for number in range(3):
        lot.bid(number)
    lot.close()
    opening.job().run()
    open_all(opening, lot, "technical")
    reader = Reader(site)
    reader.get(f"/openings/{lot.closing}/technical")
    assert reader.text.count("opened, for the committee alone") == 3
    assert party(0)[1].name not in reader.text
    assert "Objections and answers" not in reader.text
    reader.get(f"/openings/{lot.closing}/price")
    assert "This part opens once it is called for" in reader.text
    staff = acting_as(site, Role.CENTER)
    assert staff.get(f"/desk/openings/{lot.closing}/technical").status_code == 404


def test_openings_are_listed(opening: OpeningWorld, site: AppWorld) -> None:
    lot, reader = closed_lot(opening), Reader(site)
    reader.get("/openings")
    assert f"/openings/{lot.closing}/price" in reader.text
    assert "0 / 3" in reader.text
    assert "No opening is recorded yet." in reader.text
    open_all(opening, lot)
    opening.clock.goes_on(minutes=31)
    opening.job().run()
    reader.get("/openings")
    assert "No opening is under way." in reader.text
    assert "3 / 3" in reader.text


def test_lot_counts_down_and_the_desk_leads_there(office: Office, world: AppWorld) -> None:
    tender = office.publish()
    world.clock.ahead = DEADLINE - Clock()() - timedelta(hours=2)
    reader = Reader(world)
    page = reader.get(f"/notices/{tender}/lots/1/hall")
    assert f'data-until="{DEADLINE.isoformat()}"' in page.text
    assert LOT.title in page.text
    with world.app.app_context():
        pulses().fresh = 0.0
    status, _, told = events(world, f"/notices/{tender}/lots/1/hall")
    assert (status, bool(told)) == (200, True)
    reader.get("/openings")
    assert f"/notices/{tender}/lots/1/hall" in reader.text
    assert reader.get(f"/notices/{tender}/lots/9/hall").status_code == 404


def test_lot_leads_on_into_the_hall(opening: OpeningWorld, site: AppWorld) -> None:
    lot = opening.lot(noticed(opening))
    tender = lot.id.partition(".")[0]
    path, reader = f"/notices/{tender}/lots/1/hall", Reader(site)
    assert reader.get(path).request.path == path
    before = events(site, path)[2]
    for number in range(3):
        lot.bid(number)
    lot.close()
    opening.job().run()
    assert events(site, path)[2] not in ("", before)
    reader.get(path)
    assert reader.path == f"/openings/{lot.closing}/price"
    assert LOT_TITLE in reader.text
    assert "CNY 4,800,000.00" in reader.text


class Ticks:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_many_ask_and_one_looks(database: Database) -> None:
    ticks, looks = Ticks(), []

    def look(_: object) -> Pulse:
        looks.append(ticks.at)
        return Pulse(f"{len(looks)}")

    kept = Pulses(ticks)
    assert {kept.of("a", database, look) for _ in range(100)} == {Pulse("1")}
    ticks.at = 0.6
    assert {kept.of("a", database, look) for _ in range(100)} == {Pulse("2")}
    assert len(looks) == 2


def test_what_was_rendered_is_rendered_once_for_each_state_and_language() -> None:
    kept, made = Pulses(), []

    def render() -> str:
        made.append(1)
        return str(len(made))

    for digest, language in (("1", "zh"), ("1", "zh"), ("1", "en"), ("2", "zh"), ("2", "zh")):
        kept.rendered("a", digest, language, render)
    assert len(made) == 3


@pytest.mark.parametrize(("viewers", "least", "most"), [(10, 1.0, 1.0), (500, 2.5, 4.5), (3000, 9.5, 10.0)])
def test_many_viewers_come_less_often(viewers: int, least: float, most: float) -> None:
    """Each comes again when it was told to; after a while all together keep near to the budget."""
    ticks = Ticks()
    kept = Pulses(ticks)
    due = [number / viewers for number in range(viewers)]
    told = [0.0] * viewers
    for step in range(1, 400):
        ticks.at = step / 20
        for number in range(viewers):
            if due[number] <= ticks.at:
                told[number] = kept.pause()
                due[number] += told[number]
    assert least <= sum(told) / viewers <= most

"""What anybody reads: notices, a notice, the ledger."""

from dataclasses import replace

import pytest

from tests.integration.app.world import World
from tests.integration.pages.reader import Reader
from tests.integration.tenders.office import DRAFT, LOT, PUBLISHED, TWO_PARTS, Office, two_lots


def test_start_page_shows_what_was_published_last_in_both_languages(
    reader: Reader, office: Office, world: World
) -> None:
    office.publish()
    assert "Bridge over the Nandu" in reader.get("/").get_data(as_text=True)
    assert '<html lang="en">' in reader.text
    chinese = Reader(world, "zh")
    chinese.get("/")
    assert '<html lang="zh-CN">' in chinese.text
    assert "最新发布" in chinese.text
    assert "Bridge over the Nandu" in chinese.text


def test_language_is_chinese_until_chosen_and_then_kept(world: World) -> None:
    client = world.app.test_client()
    assert '<html lang="zh-CN">' in client.get("/", base_url="https://tenders.example").text
    assert '<html lang="en">' in client.get("/?lang=en", base_url="https://tenders.example").text
    assert '<html lang="en">' in client.get("/notices", base_url="https://tenders.example").text


def test_draft_is_on_no_public_page(reader: Reader, office: Office) -> None:
    tender = office.begin()
    reader.get("/notices")
    assert "Bridge over the Nandu" not in reader.text
    answer = reader.get(f"/notices/{tender}")
    assert answer.status_code == 404
    assert "What to do" in reader.text


def test_notices_are_searched_by_every_word(reader: Reader, office: Office) -> None:
    office.publish()
    office.publish(replace(DRAFT, title="海口市路灯 100%_"))
    reader.get("/notices", query_string={"q": "nandu bridge"})
    assert "Bridge over the Nandu" in reader.text
    assert "海口" not in reader.text
    reader.get("/notices", query_string={"q": "100%_"})
    assert "海口市路灯" in reader.text
    assert "Bridge over" not in reader.text
    reader.get("/notices", query_string={"state": "cancelled"})
    assert "Nothing fits" in reader.text
    reader.get("/notices", query_string={"since": "nonsense"})
    assert "makes no sense" in reader.text
    assert "Bridge over" in reader.text


def test_pages_of_the_list_show_every_notice_once_and_lead_back(reader: Reader, office: Office) -> None:
    office.fill(30, seed=2)
    for number in range(23):
        office.publish(replace(DRAFT, title=f"Tender {number:02}"))
    first = reader.get("/notices").get_data(as_text=True)
    older = next(part.split('"')[0] for part in first.split('href="')[1:] if "after=" in part.split('"')[0])
    second = reader.get(older.replace("&amp;", "&")).get_data(as_text=True)
    both = [f"Tender {number:02}" for number in range(23)]
    assert sum(name in first for name in both) == 20
    assert sum(name in second for name in both) == 3
    newer = next(part.split('"')[0] for part in second.split('href="')[1:] if "before=" in part.split('"')[0])
    back = reader.get(newer.replace("&amp;", "&")).get_data(as_text=True)
    assert [name in back for name in both] == [name in first for name in both]


def test_htmx_gets_the_list_alone_from_the_same_address(world: World, office: Office) -> None:
    office.publish()
    answer = world.app.test_client().get(
        "/notices", base_url="https://tenders.example", headers={"HX-Request": "true"}
    )
    assert "<html" not in answer.text
    assert "Bridge over the Nandu" in answer.text
    assert "HX-Request" in answer.headers["Vary"]


def test_notice_shows_lots_parts_money_and_its_course_by_the_ledger(reader: Reader, office: Office) -> None:
    tender = office.publish(
        replace(two_lots(), lots=(replace(LOT, parts=TWO_PARTS), replace(LOT, number="2")))
    )
    office.log.run()
    reader.get(f"/notices/{tender}")
    assert "CNY 4,800,000.00" in reader.text
    assert "Technical part" in reader.text
    assert "after the evaluation of: Technical part" in reader.text
    assert '<svg class="timetable-picture"' in reader.text
    assert "某招标人 published a tender with 2 lots." in reader.text
    entry = next(
        part.split('"')[0] for part in reader.text.split('href="')[1:] if part.startswith("/ledger/entries/")
    )
    assert reader.get(entry).status_code == 200
    assert "Proof that it is in" in reader.text


def test_question_is_asked_without_a_session_and_kept_when_refused(
    reader: Reader, office: Office, world: World
) -> None:
    tender = office.publish()
    world.clock.ahead = PUBLISHED - world.clock()
    reader.get(f"/notices/{tender}")
    reader.send("question", question="Which steel?")
    assert "Your question has been taken" in reader.text
    reader.send("question", question="x" * 2001)
    assert reader.page is not None
    assert reader.page.status_code == 422
    assert "x" * 2001 in reader.text
    assert reader.client.get_cookie("__Host-sunseal", domain="tenders.example") is None


@pytest.mark.parametrize("path", ["/", "/notices", "/ledger/", "/ledger/?open=1"])
def test_public_pages_stand_without_a_log(world: World, path: str) -> None:
    assert Reader(world).get(path).status_code == 200


def test_ledger_lists_its_entries_and_each_proves_itself(reader: Reader, office: Office) -> None:
    office.publish()
    office.log.run()
    reader.get("/ledger/")
    assert "Tender published" in reader.text
    assert "sunseal verify https://tenders.example/ledger" in reader.text
    reader.get("/ledger/?open=1")
    assert "Lot open for bids" in reader.text
    assert reader.get("/ledger/?index=0").request.path == "/ledger/entries/0"
    assert "The ledger begins" in reader.text
    assert reader.get("/ledger/entries/100000").status_code == 404

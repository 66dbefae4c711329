"""A procurement from its notice to its contract, on real processes: read it from the top.

One tender with two lots, on the clock of the training. Lot 1 has one envelope: three bids stand, of which one was
sealed by the stock age program, one by `sunseal bid` and then replaced, one over REST with pyrage; a fourth is
withdrawn. Lot 2 has two envelopes: one bidder fails with its technical one, and its price is never opened.
"""

import hashlib
import time
from pathlib import Path

import httpx
import pytest

from app.demo.people import member_of
from bidding.package.sheet import LotSheet
from ledger.entries import BidFailed, BidOpened, LotClosed, PartOpened, Revealed, SharesReleased
from tests.e2e.keyholders.deployment import eventually, now
from tests.e2e.procurement.bidders import RestBidder, seal_by_age
from tests.e2e.procurement.platform import HALL_MINUTES, Platform
from tests.e2e.procurement.story import DRAWING, LOT, Story, begin, number_in

pytestmark = [pytest.mark.long, pytest.mark.timeout(1500)]

BIDDING_SECONDS = 120
"""From the notice to the deadline: time for bidders who work one after another, on a slow machine too."""
TWO_ENVELOPES = [{"name": "technical"}, {"name": "price", "has_price": True, "after": "technical"}]


@pytest.fixture(scope="module")
def story(at: Platform) -> Story:
    return begin(at)


def test_bidders_are_verified_and_draw_tokens_long_before(story: Story) -> None:
    at = story.at
    first, second, third = (story.add_desk(number) for number in (1, 2, 3))
    stranger = member_of(at.url, "bidder", 20, "无名建设工程有限公司", None)
    stranger.ask("POST", "/api/blind-tokens/request", status=403)
    assert first.draw(10).endswith("10 tokens are ready\n")
    assert second.draw(8).endswith("8 tokens are ready\n")
    assert third.draw_by_login(8).startswith("8 tokens are ready\n")
    story.rest = RestBidder(at, story.bidder(4), at.folder / "desk-rest")


def test_the_notice_is_published_over_rest(story: Story) -> None:
    second = {**LOT, "number": "2", "title": "引道工程", "parts": TWO_ENVELOPES}
    story.publish([{**LOT, "number": "1"}, second], BIDDING_SECONDS)
    shown = story.at.get(story.path)
    assert (shown["state"], shown["training"]) == ("published", True)
    assert shown["documents"][0]["sha256"] == hashlib.sha256(DRAWING).hexdigest()


def test_bids_come_in_sealed_by_three_programs(story: Story) -> None:
    first, second, third = story.desks
    sheet = story.sheet("1")
    # The stock age program
    folder = first.prepare("lot-1", sheet, total="4,680,000.00")
    seal_by_age(folder, "price")
    described = first.run(
        "describe", folder / "parts/price/sealed.age", "--part", "price", "--lot-file", folder / "lot.json"
    )
    (folder / "parts/price/sealed.json").write_text(described)
    first.run("rehearse", folder)
    story.receipts["age"] = number_in(first.run("submit", folder))
    # sunseal bid, with the lot's sheet compared with the ledger
    folder = second.prepare("lot-1", sheet, total="4,790,000.00")
    assert "agrees with the ledger" in second.run("seal", folder)
    second.run("rehearse", folder)
    story.receipts["before"] = number_in(second.run("submit", folder))
    # REST and pyrage
    assert story.rest is not None
    story.receipts["rest"] = story.rest.submit(LotSheet.parse(sheet), "4700000.00").index
    # One more, which will be withdrawn
    folder = third.prepare("lot-1", sheet, total="1.00")
    third.run("seal", folder)
    story.receipts["withdrawn"] = number_in(third.run("submit", folder))


def test_a_sheet_that_is_not_the_lots_is_not_sealed_to(story: Story) -> None:
    desk = story.desks[2]
    own = story.sheet("2")
    forged = LotSheet.parse(own)
    stranger = LotSheet.parse(story.sheet("1")).parts[0].recipient
    forged_bytes = own.replace(forged.parts[0].recipient.encode(), stranger.encode())
    folder = desk.prepare("forged", forged_bytes, total="4,000,000.00")
    said = desk.run("seal", folder, fails=True)
    assert "is not the keyholders' key" in said
    assert not (folder / "parts" / "technical" / "sealed.age").exists()


def test_one_bid_is_replaced_and_one_withdrawn(story: Story) -> None:
    _, second, third = story.desks
    folder = second.folder / "lot-1"
    second.fill(folder, total="4,650,000.00")
    second.run("pack", folder)
    second.run("seal", folder, "--again")
    assert story.at.url in second.environment["SUNSEAL_SUBMISSIONS"]
    said = second.run("replace", folder)
    assert said.splitlines()[-1].startswith("  seen by")
    story.receipts["replaced"] = number_in(said)
    assert number_in(third.run("withdraw", third.folder / "lot-1", "--yes")) > story.receipts["withdrawn"]
    assert second.run("receipt", folder).count("receipt: entry") == 2


def test_two_envelopes_are_submitted_in_one_act(story: Story) -> None:
    sheet = story.sheet("2")
    for number, (desk, total) in enumerate(zip(story.desks, ("4.1", "4.2", "4.3"), strict=True)):
        folder = desk.prepare("lot-2", sheet, total=total)
        desk.run("seal", folder)
        if number == 2:  # somebody's mistake: what is sealed as the technical part is no package
            spoilt = folder / "parts" / "technical"
            (spoilt / "sealed.age").unlink()
            seal_by_age(folder, "technical", b"minutes of another meeting")
            described = desk.run("describe", spoilt / "sealed.age", "--part", "technical")
            (spoilt / "sealed.json").write_text(described)
        story.receipts[f"lot-2-{number}"] = number_in(desk.run("submit", folder))
    assert now() < story.deadline, "the machine is too slow for BIDDING_SECONDS"


def test_nothing_tells_who_bids_before_the_deadline(story: Story) -> None:
    entries = story.at.entries()
    assert not [one for _, one in entries if isinstance(one, Revealed | LotClosed)]
    for number in ("1", "2"):
        assert story.at.get(f"/api/openings?lot={story.tender}.{number}") == []
    assert [lot["bids"] for lot in story.at.get(story.path)["lots"]] == [None, None]


def test_the_closing_lists_exactly_the_bids_that_stand(story: Story) -> None:
    found, receipts = story.await_closings(2), story.receipts
    assert found["1"].bids == tuple(sorted(receipts[name] for name in ("age", "replaced", "rest")))
    assert found["2"].bids == tuple(sorted(receipts[f"lot-2-{number}"] for number in range(3)))
    late = story.desks[0].run("withdraw", story.desks[0].folder / "lot-1", "--yes", fails=True)
    assert "[deadline-passed]" in late


def test_the_first_envelopes_are_opened(story: Story) -> None:
    shown = {bid["bid"]: bid for bid in story.await_opening("1", "price", "opened")["bids"]}
    story.await_opening("2", "technical", "opened")
    prices = {name: shown[story.receipts[name]]["read_out"]["price"] for name in ("age", "replaced", "rest")}
    assert prices == {"age": "4680000.00", "replaced": "4650000.00", "rest": "4700000.00"}
    named = {bid["read_out"]["bidder"] for bid in shown.values()}
    assert named == {"第1建设工程有限公司", "第2建设工程有限公司", "第4建设工程有限公司"}
    assert story.state("1") == "opened"
    failed = [one for _, one in story.at.entries() if isinstance(one, BidFailed)]
    assert [(one.bid, one.responsibility) for one in failed] == [(story.receipts["lot-2-2"], "bidder")]


def test_the_hall_hears_objections_and_signatures(story: Story) -> None:
    closing = story.closings["1"]
    bidder = story.desks[0].person
    path = f"/api/openings/{closing}"
    bidder.ask("POST", f"{path}/price/objections", {"text": "第二名的报价是否含税？"})
    story.tenderee.ask("POST", f"{path}/objections/1/answer", {"text": "招标文件第3条：含税。"})
    results = story.opening("1", "price")["results_sha256"]
    for person in (bidder, story.tenderee, story.center):
        person.ask("POST", f"{path}/price/sign-off", {"results_sha256": results})


def test_second_envelopes_open_only_for_those_who_passed(story: Story) -> None:
    at, closing = story.at, story.closings["2"]
    assert story.opening("2", "price")["state"] == "later"
    passed = [str(story.receipts[f"lot-2-{number}"]) for number in range(2)]
    failed = str(story.receipts["lot-2-2"])
    caller = ("--key", str(at.caller_key), "--platform", at.url)
    assert "refused" in at.run("opening", "call", closing, "price", *passed, failed, *caller, fails=True)
    at.run("opening", "call", closing, "price", *passed, *caller)
    opened = story.await_opening("2", "price", "opened")
    shown = {str(bid["bid"]): bid for bid in opened["bids"]}
    assert shown.pop(failed) == {"bid": int(failed), "state": "not-called"}
    assert shown.keys() == set(passed)
    assert {bid["read_out"]["price"] for bid in shown.values()} == {"4.10", "4.20"}


def test_the_price_of_who_failed_is_never_opened(story: Story) -> None:
    """No share of it was ever released, so nobody can open it, now or later."""
    closing, failed = story.closings["2"], story.receipts["lot-2-2"]
    passed = {story.receipts["lot-2-0"], story.receipts["lot-2-1"]}

    def shown() -> set[int]:
        every = [one for _, one in story.at.entries() if isinstance(one, PartOpened)]
        return {one.bid for one in every if (one.closing, one.part) == (closing, "price")}

    eventually(lambda: len(shown()) >= len(passed), "the shares of the prices are shown")
    assert shown() == passed
    entries = [one for _, one in story.at.entries()]
    assert not [
        one
        for one in entries
        if isinstance(one, BidOpened) and (one.closing, one.bid, one.part) == (closing, failed, "price")
    ]
    assert [one for one in entries if isinstance(one, SharesReleased) and one.part == "price"]


def test_the_record_is_there_as_json_and_as_pdf(story: Story) -> None:
    path = f"/api/openings/{story.closings['1']}/price"
    story.await_opening("1", "price", "recorded", 60 * HALL_MINUTES + 90)
    record = story.at.get(f"{path}/record.json")
    assert (record["title"], record["origin"]) == ("南渡江大桥", "ledger.sunseal.example")
    assert [one["answer"] is not None for one in record["objections"]] == [True]
    assert len(record["signatures"]) == 3
    pdf = httpx.get(f"{story.at.url}{path}/record.pdf?language=zh", trust_env=False)
    assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")
    target: Path = story.at.folder / "record.pdf"
    story.at.run("opening", "record", story.closings["1"], "price", str(target), "--language", "en")
    assert target.read_bytes()[:5] == b"%PDF-"


def test_the_lot_is_awarded_and_what_remains_is_a_duty(story: Story) -> None:
    tenderee, lot = story.tenderee, f"{story.path}/lots/1"
    ranked = [
        {"rank": rank, "bid": story.receipts[name], "price": price, "score": ""}
        for rank, (name, price) in enumerate((("replaced", 465_000_000), ("age", 468_000_000)), 1)
    ]
    tenderee.ask("POST", f"{lot}/evaluation", {"sha256": "ab" * 32})
    tenderee.ask("POST", f"{lot}/candidates", {"candidates": ranked})
    tenderee.ask("POST", f"{lot}/award", {"rank": 1}, status=409)  # three days are six seconds
    time.sleep(7)
    tenderee.ask("POST", f"{lot}/award", {"rank": 1})
    tenderee.ask("POST", f"{lot}/contract", {"price": 465_000_000, "sha256": "cd" * 32})
    owed = {one["rule"] for one in tenderee.ask("GET", f"{lot}/duties") if one["done_at"] is None}
    assert owed == {"supervisor-report", "bond-refund"}
    for rule in owed:
        tenderee.ask("POST", f"{lot}/duties/{rule}", {"sha256": "ef" * 32})
    assert all(one["done_at"] for one in tenderee.ask("GET", f"{lot}/duties"))
    assert story.state("1") == "contracted"


def test_a_stranger_verifies_all_of_it(story: Story) -> None:
    at = story.at
    trust = ("--policy", str(at.folder / "policy"), "--supervisor", at.supervisor.raw.hex())
    said = at.run("verify", f"{at.url}/ledger", *trust)
    assert "0 wrong" in said
    for process in at.processes.values():
        assert process.started.poll() is None, process.log.read_text()
        assert "Traceback" not in process.log.read_text()

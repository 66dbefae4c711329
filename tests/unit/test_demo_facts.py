"""The demonstration's prices are those of the records they are said to be from."""

import json
from decimal import Decimal
from typing import Any

from app.demo import facts
from tests.environment import shared

ADDED = "海南铁路培训中心"


def prices(tender: facts.TenderFacts, lot: str) -> list[Decimal]:
    return sorted(Decimal(one.price) for one in tender.bids if one.lot == lot and one.bidder != ADDED)


def test_the_record_with_two_bidders() -> None:
    record: Any = next(
        one
        for one in json.loads(shared("data", "prozorro-ocds-records-10.json").read_text("utf-8"))["records"]
        if "UA-2017-10-31-002726-a" in json.dumps(one)
    )
    release, ours = record["compiledRelease"], facts.tenders()[0]
    bids = sorted(Decimal(one["value"]["amount"]) for one in release["bids"]["details"])
    assert prices(ours, "1") == bids
    assert Decimal(ours.lots[0].ceiling) in {
        Decimal(one["value"]["amount"]) for one in release["tender"]["lots"]
    }


def test_the_completed_tender_of_two_lots() -> None:
    found: Any = json.loads(shared("data", "prozorro-tender-complete.json").read_text("utf-8"))
    tender, ours = found.get("data", found), facts.tenders()[1]
    assert [Decimal(one.ceiling) for one in ours.lots] == [
        Decimal(str(one["value"]["amount"])) for one in tender["lots"]
    ]
    for lot, number in zip(tender["lots"], ("1", "2"), strict=True):
        values = [
            Decimal(str(value["value"]["amount"]))
            for bid in tender["bids"]
            for value in bid["lotValues"]
            if value["relatedLot"] == lot["id"]
        ]
        assert prices(ours, number) == sorted(values)
        bidders = {one["name"] for bid in tender["bids"] for one in bid["tenderers"]}
        assert {one.bidder for one in ours.bids if one.lot == number} - {ADDED} == bidders

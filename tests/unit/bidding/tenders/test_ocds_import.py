"""Imports of real records, quirks and all: what is taken over, and that nothing else is dropped silently."""

import json
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from bidding.tenders.errors import OcdsError
from bidding.tenders.ocds import Outcome, draft_from, parse
from bidding.tenders.ocds.findings import Finding
from bidding.tenders.ocds.package import ocids
from tests.environment import shared

OPEN = "ocds-be6bcu-UA-2017-10-31-002726-a"


def real() -> dict[str, Any]:
    return parse(shared("data", "prozorro-ocds-records-10.json").read_bytes())


def leaves(value: object) -> int:
    if isinstance(value, dict) and value:
        return sum(map(leaves, value.values()))
    if isinstance(value, list) and value:
        return sum(map(leaves, value))
    return 1


def by_field(report: list[Finding]) -> dict[str, set[Outcome]]:
    found: dict[str, set[Outcome]] = {}
    for one in report:
        found.setdefault(one.field, set()).add(one.outcome)
    return found


def release(**tender: Any) -> bytes:
    return json.dumps({"ocid": "ocds-x-1", "tender": {"title": "Bridge", **tender}}).encode()


def test_every_field_of_all_ten_records_is_in_its_report_exactly_once() -> None:
    package = real()
    assert len(ocids(package)) == 10
    for record in package["records"]:
        draft, report = draft_from(package, record["ocid"])
        around = {name: value for name, value in record.items() if name != "compiledRelease"}
        whole = {**record["compiledRelease"], **around}
        counted = sum(one.count for one in report if one.outcome is not Outcome.ASSUMED)
        assert counted == leaves(whole), record["ocid"]
        assert all(one.note for one in report if one.outcome is not Outcome.TAKEN)
        assert draft.source == record["ocid"]
        assert draft.title == " ".join(record["compiledRelease"]["tender"]["title"].split())
        assert draft.currency == "UAH"


def test_amounts_of_all_ten_records_are_exact() -> None:
    package = real()
    for record in package["records"]:
        draft, _ = draft_from(package, record["ocid"])
        tender = record["compiledRelease"]["tender"]
        assert sum(lot.estimate for lot in draft.lots) == Decimal(tender["value"]["amount"]) * 100


def test_the_open_one_has_its_lots_its_period_and_its_method() -> None:
    draft, report = draft_from(real(), OPEN)
    assert [lot.number for lot in draft.lots] == [
        "604dc46c7d1a48ae89acf941b15a36e8",
        "e17f053a936043df84d7bdc6396c4783",
    ]
    assert [lot.estimate for lot in draft.lots] == [19_404_000, 12_950_000]
    assert [lot.bond for lot in draft.lots] == [0, 0]
    assert draft.timetable is not None
    assert draft.timetable.deadline.isoformat() == "2017-11-16T17:00:00+02:00"
    found = by_field(report)
    assert found["tender.tenderPeriod.startDate"] == {Outcome.CHANGED}  # it had microseconds
    assert found["tender.tenderPeriod.endDate"] == {Outcome.TAKEN}
    assert found["tender.awardCriteria"] == {Outcome.TAKEN}
    assert found["tender.value.amount"] == {Outcome.LEFT}
    assert found["tender.lots[].guarantee.currency"] == {Outcome.LEFT}  # without an amount
    assert found["timetable.validity_days"] == {Outcome.ASSUMED}


def test_a_direct_purchase_has_no_period_and_its_report_says_so() -> None:
    package = real()
    for ocid in ocids(package):
        if ocid != OPEN:
            draft, report = draft_from(package, ocid)
            assert draft.timetable is None
            assert len(draft.lots) == 1
            notes = {one.field: one.note for one in report if one.outcome is Outcome.ASSUMED}
            assert "no tender period" in notes["timetable"]
            assert "it is one lot" in notes["lots"]


def test_no_report_has_a_value_of_the_file_in_it() -> None:
    package = real()
    for record in package["records"]:
        _, report = draft_from(package, record["ocid"])
        text = json.dumps([one.to_json() for one in report], ensure_ascii=False)
        for party in record["compiledRelease"]["parties"]:
            assert party["name"] not in text


def test_native_format_of_prozorro_is_refused_as_no_ocds() -> None:
    data = shared("data", "prozorro-tender-complete.json").read_bytes()
    with pytest.raises(OcdsError, match="no OCDS package"):
        draft_from(parse(data))


def test_file_of_several_asks_which() -> None:
    with pytest.raises(OcdsError, match="10 tenders"):
        draft_from(real())
    with pytest.raises(OcdsError, match="no ocid"):
        draft_from(real(), "ocds-x-2")


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"\xff", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"[" * 100_000, b'{"ocid": "x"}']
)
def test_what_is_no_release_is_refused(data: bytes) -> None:
    with pytest.raises(OcdsError):
        draft_from(parse(data))


def test_quirks_are_changed_or_left_with_a_reason() -> None:
    data = release(
        value={"amount": 10.999, "currency": "CNY"},
        title="  Two   words ",
        awardCriteria="qualityOnly",
        tenderPeriod={"startDate": "2026-03-02T09:00:00", "endDate": "2026-03-25T09:30:00+08:00"},
        lots=[
            {"id": "1", "title": "A", "value": {"amount": 10.999, "currency": "CNY"}},
            {"id": "1", "value": {"amount": -1, "currency": "CNY"}},
            {"id": "3/4", "value": {"amount": 5, "currency": "USD"}},
            "no lot",
        ],
    )
    draft, report = draft_from(parse(data))
    assert draft.title == "Two words"
    assert [lot.number for lot in draft.lots] == ["1", "lot-2", "lot-3"]
    assert [lot.estimate for lot in draft.lots] == [1099, 0, 0]
    assert draft.timetable is None
    found = {(one.field, one.outcome): one for one in report}
    assert found["tender.title", Outcome.CHANGED].count == 1
    assert "two decimals" in found["tender.lots[].value.amount", Outcome.CHANGED].note
    assert found["tender.lots[].id", Outcome.CHANGED].count == 2
    assert "time zone" in found["tender.tenderPeriod.startDate", Outcome.LEFT].note
    assert "weights" in found["tender.awardCriteria", Outcome.LEFT].note
    assert "currency" in found["tender.lots[].value.currency", Outcome.LEFT].note
    outcomes = Counter(one.outcome for one in report)
    assert outcomes[Outcome.ASSUMED] >= 3

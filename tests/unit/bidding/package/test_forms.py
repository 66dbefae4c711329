"""Forms and sheets: what they may say, and what a bidder is told to put right."""

from dataclasses import replace
from typing import Any

import pytest

from bidding.package import records
from bidding.package.completeness import findings
from bidding.package.errors import PackageError, RecordError
from bidding.package.forms import Certificate, Form, PriceForm, PriceLine, parse_form
from bidding.package.sheet import Asked, GuaranteeHere, LotSheet
from crypto import canonical_json
from tests.unit.bidding.package.example import FORM_OF_PRICE, FORM_OF_TECHNICAL, PRICE, SHEET, TECHNICAL


def raw(form: Form) -> dict[str, Any]:
    value = canonical_json.loads(records.to_bytes(form))
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize("form", [FORM_OF_PRICE, FORM_OF_TECHNICAL])
def test_a_form_reads_back(form: Form) -> None:
    assert parse_form(records.to_bytes(form)) == form


@pytest.mark.parametrize(
    "change",
    [
        {"total": "4680000"},
        {"total": "4,680,000.00"},
        {"total": "04680000.00"},
        {"total": "-1.00"},
        {"total": "1.000"},
        {"total": 4680000},
        {"total": "1.00\n"},
        {"currency": "yuan"},
        {"period_days": 0},
        {"period_days": "180"},
        {"quality": " 合格"},
        {"quality": ""},
        {"manager": "王\u202e工"},
        {"manager": "王\n工"},
        {"type": "price-form/v2"},
        {"strange": None},
        {"bidder": {"name": "甲", "credit_code": "91110000600037341M"}},
        {"bidder": {"name": "甲", "credit_code": "91110000600037341l"}},
    ],
)
def test_a_form_that_says_it_otherwise_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(RecordError):
        parse_form(canonical_json.dumps({**raw(FORM_OF_PRICE), **change}))


def test_a_day_that_does_not_exist_is_refused() -> None:
    wrong = replace(FORM_OF_TECHNICAL, certificates=())
    value = raw(wrong) | {"certificates": [{"name": "a", "number": "1", "valid_until": "2026-02-30"}]}
    with pytest.raises(RecordError):
        parse_form(canonical_json.dumps(value))


def codes(form: Form, *members: str, sheet: LotSheet = SHEET, **part: Any) -> list[str]:
    of = PRICE if isinstance(form, PriceForm) else TECHNICAL
    return [found.code for found in findings(sheet, replace(of, **part), form, members)]


def test_a_form_that_is_right_has_no_findings() -> None:
    assert codes(FORM_OF_PRICE) == []
    assert codes(FORM_OF_PRICE, "guarantee.json") == []
    assert codes(FORM_OF_TECHNICAL) == []


def test_findings_name_what_is_to_be_put_right() -> None:
    assert codes(replace(FORM_OF_PRICE, total="0.00", lines=())) == ["no-price"]
    assert codes(replace(FORM_OF_PRICE, total="4680000.01")) == ["lines-total"]
    assert codes(replace(FORM_OF_PRICE, currency="USD")) == ["currency"]
    assert codes(replace(FORM_OF_PRICE, manager=None)) == ["not-filled-in"]
    assert codes(replace(FORM_OF_PRICE, lot="other")) == ["place"]
    assert codes(FORM_OF_PRICE, asks=(Asked.CERTIFICATES,)) == ["not-filled-in"]
    assert codes(FORM_OF_PRICE, guarantee=GuaranteeHere.REQUIRED) == ["guarantee-missing"]
    assert codes(FORM_OF_TECHNICAL, "guarantee.json") == ["guarantee-elsewhere"]
    assert codes(FORM_OF_TECHNICAL, priced=True) == ["form-kind"]
    assert codes(replace(FORM_OF_TECHNICAL, certificates=()), asks=(Asked.CERTIFICATES,)) == ["not-filled-in"]


def test_a_price_at_the_ceiling_is_within_it() -> None:
    plain = replace(FORM_OF_PRICE, lines=())
    assert codes(replace(plain, total="4800000.00")) == []
    assert codes(replace(plain, total="4800000.01")) == ["above-ceiling"]
    assert codes(replace(plain, total="4800000.01"), sheet=replace(SHEET, ceiling=None)) == []


def test_a_line_is_quantity_times_unit_price_rounded_half_up() -> None:
    line = PriceLine("a", "m", "0.5", "0.01", "0.01")
    assert codes(replace(FORM_OF_PRICE, lines=(line,), total="0.01")) == []
    assert codes(replace(FORM_OF_PRICE, lines=(replace(line, amount="0.00"),), total="0.01")) == [
        "line-amount",
        "lines-total",
    ]


def test_findings_are_sentences_in_both_languages() -> None:
    (found,) = findings(SHEET, PRICE, replace(FORM_OF_PRICE, lines=(), total="4900000.00"), ())
    assert "人民币4,800,000.00元" in found.said.zh
    assert "CNY 4,800,000.00" in found.said.en


def test_a_sheet_reads_back() -> None:
    assert LotSheet.parse(SHEET.to_bytes()) == SHEET


@pytest.mark.parametrize(
    "sheet",
    [
        replace(SHEET, parts=(PRICE, replace(TECHNICAL, name="price"))),
        replace(SHEET, parts=(PRICE, replace(TECHNICAL, recipient=PRICE.recipient))),
        replace(SHEET, parts=(TECHNICAL,)),
        replace(SHEET, parts=(replace(PRICE, max_size=0), TECHNICAL)),
        replace(SHEET, parts=(replace(PRICE, max_size=1 << 32), TECHNICAL)),
        replace(SHEET, parts=(replace(PRICE, recipient="age1" + "q" * 58), TECHNICAL)),
    ],
)
def test_a_sheet_that_contradicts_itself_is_refused(sheet: LotSheet) -> None:
    with pytest.raises(RecordError):
        LotSheet.parse(sheet.to_bytes())


def test_an_unknown_part_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(PackageError, match="price, technical"):
        SHEET.part("prices")


def test_certificates_may_have_no_end() -> None:
    form = replace(FORM_OF_TECHNICAL, certificates=(Certificate("ISO 9001", "1", None),))
    assert parse_form(records.to_bytes(form)) == form

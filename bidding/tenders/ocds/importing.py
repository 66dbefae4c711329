"""A release to a draft, and the report on every field of it. Pure.

ocid                          source
tender.title, .description    title, description
tender.value.currency         currency
tender.lots[]                 lots; without any, the tender itself is the one lot
...value.amount               estimate
...minValue.amount            minimum, which a publication then refuses by name
...guarantee.amount           bond
tender.items[]                lines of the lot's description
tender.tenderPeriod           timetable: documents_from, deadline, opening
tender.awardCriteria          method, where it is the lowest price
"""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any

from bidding.tenders.draft import Draft, LotDraft, parse_draft, to_json
from bidding.tenders.errors import DraftError, OcdsError
from bidding.tenders.ocds.findings import Finding, Report
from bidding.tenders.ocds.package import chosen
from bidding.timetable import Timetable
from statutes.money import MAX_FEN

VALIDITY_DAYS = 90
_TITLE, _WORDS = 300, 20_000
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_LOWEST = frozenset({"lowestCost", "priceOnly"})


def draft_from(package: Mapping[str, Any], ocid: str | None = None) -> tuple[Draft, list[Finding]]:
    """The draft, in the file's own currency, and what became of each field. OcdsError for what is no tender."""
    release, around = chosen(package, ocid)
    tender = release.get("tender")
    if not isinstance(tender, dict):
        raise OcdsError("the release has no tender")
    reading = _Reading(release, tender, Report({**release, **around}))
    try:
        draft = parse_draft(to_json(reading.draft()))
    except DraftError as error:
        raise OcdsError(f"the release gives no draft: {error}") from error
    return draft, reading.report.findings()


class _Reading:
    """One release on its way to a draft."""

    def __init__(self, release: Mapping[str, Any], tender: Mapping[str, Any], report: Report) -> None:
        self.release, self.tender, self.report = release, tender, report
        self.currency = "CNY"

    def draft(self) -> Draft:
        source = self._text(self.release, "ocid", "ocid", 200)
        title = self._text(self.tender, "title", "tender.title", _TITLE)
        if not title:
            title = source or "tender"
            self.report.assume("title", "the release has no title; its ocid stands there")
        description = self._text(self.tender, "description", "tender.description", _WORDS, lines=True)
        self.currency = self._currency()
        self._method()
        lots = self._lots(title)
        return Draft(
            title=title,
            description=description,
            currency=self.currency,
            lots=lots,
            timetable=self._timetable(),
            source=source,
        )

    def _text(self, of: Mapping[str, Any], name: str, path: str, longest: int, *, lines: bool = False) -> str:
        given = of.get(name)
        if not isinstance(given, str):
            if name in of:
                self.report.leave(path, "it is no text")
            return ""
        kept = _CONTROL.sub("", given)
        kept = (kept.strip() if lines else " ".join(kept.split()))[:longest]
        changed = kept != given
        self.report.take(
            path, "white space, controls or length put right" if changed else "", changed=changed
        )
        return kept

    def _currency(self) -> str:
        value = self.tender.get("value")
        given = value.get("currency") if isinstance(value, dict) else None
        if isinstance(given, str) and _CURRENCY.fullmatch(given):
            note = "" if given == "CNY" else "only CNY can be published: rewrite the amounts first"
            self.report.take("tender.value.currency", note)
            return given
        self.report.assume("currency", "the tender has none that can be read: CNY")
        return "CNY"

    def _method(self) -> None:
        if self.tender.get("awardCriteria") in _LOWEST:
            self.report.take("tender.awardCriteria")
        else:
            if "awardCriteria" in self.tender:
                self.report.leave("tender.awardCriteria", "weights and formulas do not stand in OCDS")
            self.report.assume("lots[].method", "the lowest evaluated price")

    def _lots(self, title: str) -> tuple[LotDraft, ...]:
        given = self.tender.get("lots")
        listed = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
        if not listed:
            self.report.assume("lots", "the tender has no lots: it is one lot")
            return (self._lot(self.tender, "tender", "1", title, self._items(None)),)
        self._whole_value(listed)
        lots: list[LotDraft] = []
        for at, one in enumerate(given if isinstance(given, list) else []):
            path = f"tender.lots[{at}]"
            if not isinstance(one, dict):
                self.report.leave(path, "it is no lot")
                continue
            number = one.get("id")
            if (
                isinstance(number, str)
                and _NUMBER.fullmatch(number)
                and number not in {lot.number for lot in lots}
            ):
                self.report.take(f"{path}.id")
            else:
                number = f"lot-{at + 1}"
                self.report.take(f"{path}.id", "not usable as a number here, or twice", changed=True)
            own = self._text(one, "title", f"{path}.title", _TITLE)
            if not own:
                own = f"{title[:280]} ({at + 1})"
                self.report.assume("lots[].title", "the lot has no title: the tender's, with a number")
            lots.append(self._lot(one, path, number, own, self._items(one.get("id"))))
        return tuple(lots)

    def _whole_value(self, lots: list[dict[str, Any]]) -> None:
        """The tender's own amounts, where its lots have theirs."""
        note = "each lot has an amount of its own"
        for name in ("value.amount", "minValue.amount", "guarantee.amount"):
            self.report.leave(f"tender.{name}", note)
        self.report.leave("tender.guarantee.currency", "each lot has a guarantee of its own")
        if not any("value" in lot for lot in lots):
            self.report.leave("tender.value.amount", "how it is shared out between the lots is not said")

    def _lot(self, of: Mapping[str, Any], path: str, number: str, title: str, items: list[str]) -> LotDraft:
        description = ""
        if path != "tender":
            description = self._text(of, "description", f"{path}.description", _WORDS, lines=True)
        whole = "\n".join([*([description] if description else []), *items])[:_WORDS]
        estimate = self._amount(of, "value", f"{path}.value")
        if estimate is None:
            self.report.assume("lots[].estimate", "no amount is given: 0, which a publication refuses")
        return LotDraft(
            number=number,
            title=title,
            description=whole,
            estimate=estimate or 0,
            minimum=self._amount(of, "minValue", f"{path}.minValue"),
            bond=self._amount(of, "guarantee", f"{path}.guarantee") or 0,
        )

    def _amount(self, of: Mapping[str, Any], name: str, path: str) -> int | None:
        """Hundredths of the currency."""
        value = of.get(name)
        if not isinstance(value, dict):
            return None
        currency = value.get("currency", self.currency)
        if currency != self.currency:
            self.report.leave(path, f"it is not in the tender's currency, {self.currency}")
            return None
        amount = value.get("amount")
        if isinstance(amount, bool) or not isinstance(amount, int | Decimal):
            if "amount" in value:
                self.report.leave(f"{path}.amount", "it is no number")
            self.report.leave(f"{path}.currency", "a currency without an amount")
            return None
        hundredths = Decimal(amount) * 100
        if not 0 <= hundredths <= MAX_FEN:
            self.report.leave(path, "an amount is not negative, and below 10^16")
            return None
        whole = hundredths.to_integral_value(ROUND_DOWN)
        changed = whole != hundredths
        self.report.take(f"{path}.amount", "cut off after two decimals" if changed else "", changed=changed)
        if "currency" in value and path != "tender.value":
            self.report.take(f"{path}.currency")
        return int(whole)

    def _items(self, lot: object) -> list[str]:
        """What is bought, a line each, of the lot; without lots, all of it."""
        items = self.tender.get("items")
        lines = []
        for at, one in enumerate(items if isinstance(items, list) else []):
            if not isinstance(one, dict) or (lot is not None and one.get("relatedLot") != lot):
                continue
            path = f"tender.items[{at}]"
            words = self._text(one, "description", f"{path}.description", 500)
            quantity, unit = one.get("quantity"), one.get("unit")
            if isinstance(quantity, int | Decimal) and not isinstance(quantity, bool):
                words += f": {quantity}"
                self.report.take(f"{path}.quantity")
                if isinstance(unit, dict) and isinstance(unit.get("name"), str):
                    words += " " + self._text(unit, "name", f"{path}.unit.name", 50)
            if lot is not None:
                self.report.take(f"{path}.relatedLot")
            if words:
                lines.append(words)
        return lines

    def _timetable(self) -> Timetable | None:
        period = self.tender.get("tenderPeriod")
        begin = self._instant(period, "startDate")
        end = self._instant(period, "endDate")
        if begin is None or end is None:
            self.report.assume("timetable", "none: the release has no tender period with both ends")
            for name, found in (("startDate", begin), ("endDate", end)):
                if found is not None:
                    self.report.leave(f"tender.tenderPeriod.{name}", "the other end is missing")
            return None
        self.report.assume("timetable.documents_to", "until the deadline")
        self.report.assume("timetable.validity_days", f"{VALIDITY_DAYS} days")
        return Timetable(
            documents_from=begin, documents_to=end, deadline=end, opening=end, validity_days=VALIDITY_DAYS
        )

    def _instant(self, period: object, name: str) -> datetime | None:
        if not isinstance(period, dict) or name not in period:
            return None
        path, given = f"tender.tenderPeriod.{name}", period[name]
        try:
            at = datetime.fromisoformat(given) if isinstance(given, str) else None
        except ValueError:
            at = None
        if at is None or at.utcoffset() is None:
            self.report.leave(path, "it is no instant with a time zone")
            return None
        whole = at.replace(microsecond=0)
        self.report.take(path, "cut off to whole seconds" if whole != at else "", changed=whole != at)
        return whole

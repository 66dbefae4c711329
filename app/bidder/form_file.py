"""`form.json`, which a person fills in: `bid.json` without what the lot says already, and forgiving about amounts.

    {"bidder": {"credit_code": "...", "name": "..."}, "currency": "CNY", "lines": [], "manager": null,
     "period_days": null, "quality": null, "total": "4,680,000"}

An amount may have commas and fewer than two decimals; it is never a JSON number with a fraction, which programs round.
"""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from stdnum.cn import uscc

from app.bidder.errors import FolderError
from bidding.package.forms import Form, PartForm, PriceForm
from bidding.package.sheet import LotSheet, SheetPart
from statutes.errors import AmountError
from statutes.money import FEN_A_YUAN, parse_yuan
from statutes.said import Said

_AMOUNT = Said(
    '{where}应为加引号的金额，至多两位小数，如"4,680,000.00"。',
    '{where} should be an amount in quotes with at most two decimals, such as "4,680,000.00".',
)
_QUANTITY = Said(
    '{where}应为加引号的数量，至多六位小数，如"12.5"。',
    '{where} should be a quantity in quotes with at most six decimals, such as "12.5".',
)


def template(sheet: LotSheet, part: SheetPart, name: str, credit_code: str) -> bytes:
    """An empty form for a part."""
    value: dict[str, Any] = {
        "bidder": {"name": name, "credit_code": credit_code},
        "period_days": None,
        "quality": None,
        "manager": None,
    }
    if part.priced:
        value |= {"total": "0.00", "currency": sheet.currency, "lines": []}
    else:
        value["certificates"] = []
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


def read_form(data: bytes, sheet: LotSheet, part: SheetPart) -> Form:
    """The form that a person filled in. FolderError, with a sentence for everything that is wrong with it."""
    try:
        value = json.loads(data)
    except ValueError as error:
        said = Said(f"form.json不是JSON：{error}。", f"form.json is not JSON: {error}.")
        raise FolderError(said) from error
    if not isinstance(value, dict) or not isinstance(value.get("bidder"), dict):
        said = Said("form.json缺少bidder（投标人）。", "form.json has no bidder with name and credit_code.")
        raise FolderError(said)
    faults = list(_of_bidder(value["bidder"]))
    if part.priced:
        faults += _made_canonical(value, "total", "total", _amount, _AMOUNT)
        for number, line in enumerate(value.get("lines") or [], 1):
            if isinstance(line, dict):
                faults += _of_line(line, f"lines[{number}]")
    if faults:
        raise FolderError(*faults)
    cls: type[PriceForm | PartForm] = PriceForm if part.priced else PartForm
    fields = set(cls.__dataclass_fields__) - {"lot", "part"}
    if strange := sorted(set(value) - fields):
        names = ", ".join(strange)
        raise FolderError(Said(f"form.json中有未知项：{names}。", f"form.json has unknown fields: {names}."))
    try:
        return msgspec.convert({**value, "lot": sheet.lot, "part": part.name}, cls, strict=True)
    except msgspec.ValidationError as error:
        raise FolderError(Said(f"form.json有误：{error}。", f"form.json is not right: {error}.")) from error


def _of_bidder(bidder: dict[str, Any]) -> Iterator[Said]:
    name, code = bidder.get("name"), bidder.get("credit_code")
    if not isinstance(name, str) or not name.strip():
        yield Said("尚未填写投标人名称（bidder.name）。", "The bidder's name (bidder.name) is not filled in.")
    if not isinstance(code, str) or not uscc.is_valid(code) or uscc.compact(code) != code:
        yield Said(
            "统一社会信用代码（bidder.credit_code）应为18位且校验位正确。",
            "The credit code (bidder.credit_code) has 18 characters, the last of which checks the others: look again.",
        )


def _of_line(line: dict[str, Any], where: str) -> Iterator[Said]:
    yield from _made_canonical(line, "unit_price", f"{where}.unit_price", _amount, _AMOUNT)
    yield from _made_canonical(line, "amount", f"{where}.amount", _amount, _AMOUNT)
    yield from _made_canonical(line, "quantity", f"{where}.quantity", _quantity, _QUANTITY)


def _made_canonical(
    value: dict[str, Any], key: str, where: str, canonical: Callable[[str], str], fault: Said
) -> Iterator[Said]:
    """Puts the canonical text in the value's place, or says what is wrong with it."""
    text = value.get(key)
    if isinstance(text, int) and not isinstance(text, bool):
        text = str(text)
    try:
        value[key] = canonical(text.strip() if isinstance(text, str) else "")
    except (AmountError, InvalidOperation):
        yield Said(fault.zh.format(where=where), fault.en.format(where=where))


def _amount(text: str) -> str:
    whole, rest = divmod(parse_yuan(text), FEN_A_YUAN)
    return f"{whole}.{rest:02}"


def _quantity(text: str) -> str:
    number = Decimal(text.replace(",", ""))
    if not number.is_finite():
        raise AmountError(text)
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain

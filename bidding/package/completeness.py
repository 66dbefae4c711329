"""What a bidder should put right before it seals: the checks that `sunseal bid pack` makes.

Each finding says what is wrong and what to do, in both languages. They are advice to the bidder on its own bid, and no
verdict: the opening checks the package anew, and only the committee judges (条51).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bidding.package.forms import Form, PartForm, PriceForm
from bidding.package.names import GUARANTEE
from bidding.package.sheet import Asked, GuaranteeHere, LotSheet, SheetPart
from statutes.money import said_amount
from statutes.said import Said


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not right. `code` is stable, for machines."""

    code: str
    said: Said


_NAMES = {
    Asked.PERIOD: Said("工期（交货期）", "the period"),
    Asked.QUALITY: Said("质量承诺", "the quality"),
    Asked.MANAGER: Said("项目经理（负责人）", "the project manager"),
    Asked.LINES: Said("分项报价", "the priced list"),
    Asked.CERTIFICATES: Said("资质证书", "the certificates"),
}


def findings(sheet: LotSheet, part: SheetPart, form: Form, members: Sequence[str]) -> tuple[Finding, ...]:
    """Everything that is not right with the form of `part`, in a package with these members; () if all is."""
    if part.priced != isinstance(form, PriceForm):
        needs = Said("报价表", "a price form") if part.priced else Said("非报价表", "a form without a price")
        said = Said(f"{part.name}部分应为{needs.zh}。", f"The part {part.name} takes {needs.en}.")
        return (Finding("form-kind", said),)
    return (
        *_of_place(sheet, part, form),
        *_asked(part, form),
        *_priced(sheet, form),
        *_guarantee(part, members),
    )


def _of_place(sheet: LotSheet, part: SheetPart, form: Form) -> Iterator[Finding]:
    if (form.lot, form.part) != (sheet.lot, part.name):
        yield Finding(
            "place",
            Said(
                f"表中写的是标段{form.lot}的{form.part}部分，应为标段{sheet.lot}的{part.name}部分。",
                f"The form is for part {form.part} of lot {form.lot}: this is part {part.name} of lot {sheet.lot}.",
            ),
        )


def _asked(part: SheetPart, form: Form) -> Iterator[Finding]:
    for asked in Asked:
        if not hasattr(form, asked):
            if asked in part.asks:
                yield _missing(part, asked)
            continue
        filled = bool(getattr(form, asked))
        if asked in part.asks and not filled:
            yield _missing(part, asked)


def _missing(part: SheetPart, asked: Asked) -> Finding:
    name = _NAMES[asked]
    return Finding(
        "not-filled-in",
        Said(
            f"{part.name}部分要求填写{name.zh}（{asked}），尚未填写。",
            f"The part {part.name} asks for {name.en} ({asked}), which is not filled in.",
        ),
    )


def _priced(sheet: LotSheet, form: Form) -> Iterator[Finding]:
    if isinstance(form, PartForm):
        return
    if form.currency != sheet.currency:
        yield Finding(
            "currency",
            Said(
                f"报价币种为{form.currency}，本标段为{sheet.currency}。",
                f"The price is in {form.currency}: this lot is priced in {sheet.currency}.",
            ),
        )
    if form.fen == 0:
        yield Finding(
            "no-price", Said("投标报价尚未填写（为零）。", "The total price is not filled in: it is zero.")
        )
    if sheet.ceiling_fen is not None and form.fen > sheet.ceiling_fen:
        most, price = said_amount(sheet.ceiling_fen), said_amount(form.fen)
        yield Finding(
            "above-ceiling",
            Said(
                f"投标报价{price.zh}高于最高投标限价{most.zh}：开标后将被否决（条51）。",
                f"The price, {price.en}, is above the ceiling price, {most.en}: it would be rejected (条51).",
            ),
        )
    yield from _lines(form)


def _lines(form: PriceForm) -> Iterator[Finding]:
    for number, line in enumerate(form.lines, 1):
        if line.product != Decimal(line.amount):
            yield Finding(
                "line-amount",
                Said(
                    f"分项第{number}行：数量乘单价为{line.product}，合价却为{line.amount}。",
                    f"Line {number}: quantity times unit price is {line.product}, and its amount is {line.amount}.",
                ),
            )
    total = sum((Decimal(line.amount) for line in form.lines), Decimal())
    if form.lines and total != Decimal(form.total):
        yield Finding(
            "lines-total",
            Said(
                f"分项合价之和为{total}，总报价却为{form.total}。",
                f"The lines add up to {total}, and the total is {form.total}.",
            ),
        )


def _guarantee(part: SheetPart, members: Sequence[str]) -> Iterator[Finding]:
    has = GUARANTEE in members
    if has and part.guarantee is GuaranteeHere.NONE:
        yield Finding(
            "guarantee-elsewhere",
            Said(f"{part.name}部分不应含保函。", f"The part {part.name} carries no guarantee: take it out."),
        )
    if not has and part.guarantee is GuaranteeHere.REQUIRED:
        yield Finding(
            "guarantee-missing",
            Said(
                f"{part.name}部分须含投标保函（{GUARANTEE}）。",
                f"The part {part.name} must carry the bid guarantee ({GUARANTEE}).",
            ),
        )

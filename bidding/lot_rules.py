"""The rules on a lot: caps on bonds, no minimum price, parts that fit together, an evaluation that adds up."""

import re
from collections.abc import Iterator

from bidding.errors import LotError, PriceError
from bidding.lot import Audience, Lot, Part
from statutes.errors import Violation
from statutes.money import MAX_FEN, said_amount
from statutes.said import Said
from statutes.statute import Statute

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)


def check_lot(statute: Statute, *lots: Lot) -> None:
    """Raises LotError with every violation of all lots, also if there is no lot at all."""
    found = [broken for lot in lots for broken in lot_violations(statute, lot)]
    ids = [lot.id for lot in lots]
    if not lots or len(set(ids)) < len(ids):
        found.append(
            _own(
                statute,
                "lots",
                f"{len(ids)}",
                Said("至少一个标段，编号不重复", "one lot or more, each with its own id"),
            )
        )
    if found:
        raise LotError(*found)


def bond_cap(statute: Statute, lot: Lot) -> int:
    """The highest bid bond in fen: the percentage of the estimate or budget, rounded down."""
    return lot.estimate * (statute.rule("bond-cap").percent or 0) // 100


def performance_bond_cap(statute: Statute, contract: int) -> int:
    """The highest performance bond in fen for a contract of that many, rounded down."""
    return contract * (statute.rule("performance-bond-cap").percent or 0) // 100


def require_within_ceiling(statute: Statute, lot: Lot, price: int) -> None:
    """PriceError if a bid's price is above the ceiling. A price at the ceiling is within it."""
    if lot.ceiling is not None and price > lot.ceiling:
        rule, most = statute.rule("above-ceiling"), said_amount(lot.ceiling)
        allowed = Said(f"不高于{most.zh}", f"at most {most.en}")
        raise PriceError(Violation(rule.id, rule.articles, "price", rule.law, said_amount(price), allowed))


def lot_violations(statute: Statute, lot: Lot) -> list[Violation]:
    """Every rule that one lot breaks."""
    return [*_of_money(statute, lot), *_of_parts(statute, lot), *_of_method(statute, lot)]


def _of_money(statute: Statute, lot: Lot) -> Iterator[Violation]:
    amounts = {"estimate": lot.estimate, "ceiling": lot.ceiling, "bond": lot.bond, "minimum": lot.minimum}
    wrong = [name for name, fen in amounts.items() if fen is not None and not 0 <= fen <= MAX_FEN]
    if lot.estimate < 1 or lot.ceiling == 0:
        wrong.append("estimate" if lot.estimate < 1 else "ceiling")
    if wrong:
        yield _own(
            statute,
            wrong[0],
            f"{amounts[wrong[0]]}",
            Said("大于零的金额，以分为单位", "an amount in fen above 0"),
        )
        return
    cap = bond_cap(statute, lot)
    if lot.bond > cap:
        rule, most = statute.rule("bond-cap"), said_amount(cap)
        allowed = Said(f"不超过{most.zh}", f"at most {most.en}")
        yield Violation(rule.id, rule.articles, "bond", rule.law, said_amount(lot.bond), allowed)
    if lot.minimum is not None:
        rule = statute.rule("no-minimum-price")
        allowed = Said("不设最低限价", "none")
        yield Violation(rule.id, rule.articles, "minimum", rule.law, said_amount(lot.minimum), allowed)
    rule = statute.rule("performance-bond-cap")
    most_percent = rule.percent or 0
    if not 0 <= lot.performance_bond_percent <= most_percent:
        is_ = Said(f"{lot.performance_bond_percent}%", f"{lot.performance_bond_percent}%")
        allowed = Said(f"0至{most_percent}%", f"0 to {most_percent}%")
        yield Violation(rule.id, rule.articles, "performance_bond_percent", rule.law, is_, allowed)


def _of_parts(statute: Statute, lot: Lot) -> Iterator[Violation]:
    names = [part.name for part in lot.parts]
    if not all(map(_NAME.fullmatch, names)) or len(set(names)) < len(names):
        allowed = Said("名称由小写字母和连字符组成，且不重复", "names of a-z and hyphens, each once")
        yield _own(statute, "parts", ", ".join(names), allowed)
    priced = [part for part in lot.parts if part.has_price]
    if len(priced) != 1:
        allowed = Said("恰有一个部分载明投标报价", "exactly one part with the price")
        yield _own(statute, "parts", f"{len(priced)}", allowed)
    for part in priced:
        if part.audience is not Audience.PUBLIC:
            rule = statute.rule("price-read-out")
            is_ = Said(f"{part.name}：仅评标委员会可见", f"{part.name}: for the committee alone")
            allowed = Said("报价部分公开", "a price part that becomes public")
            yield Violation(rule.id, rule.articles, "parts", rule.law, is_, allowed)
    for part in lot.parts:
        if not _is_reached(part, lot.parts):
            allowed = Said(
                "每一部分最终都在截止时间开启的部分之后",
                "a chain that begins with a part opened at the deadline",
            )
            yield _own(statute, "parts", f"{part.name} after {part.after}", allowed)


def _is_reached(part: Part, parts: tuple[Part, ...]) -> bool:
    """Whether following `after` ends at a part that is opened at the deadline: no unknown name, no circle."""
    by_name = {one.name: one for one in parts}
    seen: set[str] = set()
    while part.after is not None:
        if part.name in seen or part.after not in by_name:
            return False
        seen.add(part.name)
        part = by_name[part.after]
    return True


def _of_method(statute: Statute, lot: Lot) -> Iterator[Violation]:
    rule = statute.rule("award-criteria")
    for fault in lot.method.faults():
        yield Violation(rule.id, rule.articles, "method", rule.law, fault.found, fault.allowed)


def _own(statute: Statute, subject: str, is_: str, allowed: Said) -> Violation:
    rule = statute.rule("lot-complete")
    return Violation(rule.id, rule.articles, subject, rule.law, Said(is_, is_), allowed)

"""What parts, criteria and price formulas are called, where the field has a name for them."""

from app.web.pages.language import N_, _

_PARTS = {
    "price": N_("Price"),
    "technical": N_("Technical part"),
    "qualification": N_("Qualification"),
    "business": N_("Business part"),
    "service": N_("Service"),
    "experience": N_("Experience"),
}
_FORMULAS = {
    "ratio-to-lowest": N_("Price: 100 points times the lowest price, divided by the price"),
    "deviation-from-lowest": N_("Price: points are taken off for each percent above the lowest price"),
    "deviation-from-mean": N_("Price: points are taken off for each percent of deviation from a mean"),
}


def part_name(name: str) -> str:
    """A part, or a criterion; one that a tender names itself keeps its name."""
    return _(_PARTS[name]) if name in _PARTS else name


def formula_name(kind: str) -> str:
    return _(_FORMULAS[kind])

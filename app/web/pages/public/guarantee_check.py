"""The public check of a guarantee, which the QR code on its letter leads to: by number and code, for anybody.

Before the opening it says valid or not known, and no more. Neither number nor code is logged (app.request_log).
"""

from flask import Response, request

from app.context import now, parts, session
from app.web.pages.render import page
from app.web.pages.routes import pages
from statutes.said import Said

_LONGEST = 64

STEPS = {
    "presented": Said("已提交", "Presented"),
    "demanded": Said("已索赔", "Demanded"),
    "paid": Said("已付款", "Paid"),
    "refused": Said("已拒付", "Refused"),
    "extended": Said("已展期", "Extended"),
    "amended": Said("已修改", "Amended"),
    "released": Said("已解除", "Released"),
    "expired": Said("已到期", "Expired"),
    "issued": Said("已登记", "Committed"),
    "none": Said("尚未见于链上", "Not seen there yet"),
}
"""States and steps, in words; one that has none shows as it is."""


@pages.get("/guarantees/check")
def guarantee_check() -> Response:
    """The form, and the answer if number and code are there; 429 after too many that found nothing."""
    number, code = (_line(request.args.get(name, "")) for name in ("number", "code"))
    asked = number and code
    answer = parts().guesses.check(session(), number, code, now=now()) if asked else None
    return page(
        "public/guarantee_check.html", number=number, code=code, answer=answer, word=_word, state=_state
    )


def _line(text: str) -> str:
    """One line that prints, as it may stand in a number; anything else is as good as nothing."""
    plain = text.strip()[:_LONGEST]
    return plain if plain.isprintable() else ""


def _word(name: str) -> Said:
    return STEPS.get(name, Said(name, name))


def _state(name: str) -> Said:
    """Of the chain, whose states begin with a capital."""
    return _word(name.lower())

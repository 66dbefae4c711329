"""How times, amounts and sizes are written, in each language. Times are Beijing's."""

from datetime import datetime, time, timedelta

from babel.dates import format_datetime
from flask import Flask
from markupsafe import Markup, escape

from app.web.pages.language import language
from statutes.counting import CHINA, local
from statutes.money import format_yuan

_AT = {"zh": "y年M月d日 HH:mm", "en": "d MMM y, HH:mm"}
_AT_SECONDS = {"zh": "y年M月d日 HH:mm:ss", "en": "d MMM y, HH:mm:ss"}
_DAY = {"zh": "y年M月d日", "en": "d MMM y"}
_UNITS = ("B", "KiB", "MiB", "GiB")
_ENDS = ("-to", "-until", "-end")


def install(app: Flask) -> None:
    """The filters of the templates."""
    app.jinja_env.filters.update(
        at=at, seconds=seconds, day=day, money=money, size=size, short=short, percent=percent
    )
    app.jinja_env.filters.update(
        at_text=said_at, day_short=lambda moment: _written(local(moment), {"zh": "M月d日", "en": "d MMM"})
    )


def said_at(moment: datetime, event: str = "") -> str:
    """Plain text. The end of a period that falls on midnight is said as 24:00 of the day before, as it is meant."""
    here = local(moment)
    if event.endswith(_ENDS) and here.time() == time():
        return _written(here - timedelta(days=1), _DAY) + " 24:00"
    return _written(here, _AT)


def at(moment: datetime | None, event: str = "") -> Markup:
    """A <time> with the instant for machines; a dash for none."""
    return _time(moment, said_at(moment, event) if moment else "")


def seconds(moment: datetime | None) -> Markup:
    return _time(moment, _written(local(moment), _AT_SECONDS) if moment else "")


def day(moment: datetime | None) -> Markup:
    return _time(moment, _written(local(moment), _DAY) if moment else "")


def money(fen: int | None, currency: str = "CNY") -> str:
    """4,800,000.00 元 · CNY 4,800,000.00; a dash for none."""
    if fen is None:
        return "—"
    if currency == "CNY" and language() == "zh":
        return f"{format_yuan(fen)} 元"
    return f"{currency} {format_yuan(fen)}"


def size(count: int) -> str:
    """Bytes, in the largest unit that leaves a whole figure."""
    value, unit = float(count), 0
    while value >= 1024 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{count} B" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"


def percent(hundredths: int) -> str:
    """Hundredths of a percent: 6050 as 60.5%."""
    return f"{hundredths / 100:g}%"


def short(value: str, length: int = 12) -> Markup:
    """A hash, shortened for the eye, whole for whoever asks."""
    if len(value) <= length:
        return Markup('<code class="hash">{}</code>').format(value)
    return Markup('<code class="hash" title="{}">{}…</code>').format(value, value[:length])


def _time(moment: datetime | None, text: str) -> Markup:
    if moment is None:
        return Markup("—")
    iso = escape(moment.astimezone(CHINA).isoformat(timespec="seconds"))
    return Markup('<time datetime="{}">{}</time>').format(iso, text)


def _written(here: datetime, patterns: dict[str, str]) -> str:
    return format_datetime(here, patterns[language()], tzinfo=CHINA, locale=language())

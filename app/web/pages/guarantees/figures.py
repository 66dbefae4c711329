"""The statistics of guarantees, for everybody: number, sum, capital freed, time to issue, demands and their ends.

Of guarantees that openings have revealed: before an opening nobody but applicant and guarantor knows of one.
"""

from datetime import date, datetime, timedelta

from flask import Response, request
from wtforms import DateField

from app.context import now, session
from app.web.pages.forms import PageForm
from app.web.pages.guarantees.products import listed
from app.web.pages.language import N_, _
from app.web.pages.public.guarantee_check import STEPS
from app.web.pages.render import page
from app.web.pages.routes import pages
from guarantees import statistics
from statutes.counting import CHINA
from statutes.said import Said

_CURRENCY = "CNY"
_OPEN = Said("尚未答复", "Not answered yet")


class Period(PageForm):
    since = DateField(N_("Issued from"))
    until = DateField(N_("Issued up to"))


@pages.get("/guarantees/statistics")
def guarantee_statistics() -> Response:
    """Of a period of whole days in Beijing, this year's without one; all together, and each guarantor's own."""
    today = now().astimezone(CHINA).date()
    first_day = date(today.year, 1, 1)
    given = bool(request.args.get("since") or request.args.get("until"))
    form = Period(request.args if given else None, since=first_day, until=today)
    wrong = given and not form.validate()
    since, until = form.since.data or first_day, form.until.data or today
    if not wrong and since > until:
        form.refuse("until", _("The last day comes before the first."))
        wrong = True
    whole, each = None, []
    if not wrong:
        start, end = _start(since), _start(until) + timedelta(days=1)
        whole = statistics.of_platform(session(), _CURRENCY, since=start, until=end)
        for one, _licensed in listed():
            own = statistics.of_platform(
                session(), _CURRENCY, since=start, until=end, guarantor=one.guarantor
            )
            if own.number or own.demands:
                each.append((one.name, own))
    status = 422 if wrong else 200
    values = {"form": form, "whole": whole, "each": each, "currency": _CURRENCY, "word": _word}
    return page("guarantees/statistics.html", status, **values)


def _word(outcome: str) -> Said:
    return _OPEN if outcome == statistics.OPEN else STEPS[outcome]


def _start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)

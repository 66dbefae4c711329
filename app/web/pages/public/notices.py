"""All notices: searched, filtered, in pages. The same address gives htmx the list alone."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from flask import Response, request, url_for
from wtforms import DateField, SelectField, StringField

from app.context import now, session
from app.web.pages.forms import Longest, PageForm
from app.web.pages.language import N_, _, said
from app.web.pages.public.listing import lines_of
from app.web.pages.render import part
from app.web.pages.routes import pages
from bidding.tender import STATE_NAMES, State
from bidding.tenders import reading, search
from bidding.tenders.errors import UnknownTenderError
from bidding.tenders.models import TenderRow
from statutes.counting import CHINA
from statutes.said import Said
from statutes.shipped import NAMES, shipped


class NoticeFilter(PageForm):
    """What is looked for; sent by GET, so that a search can be kept as an address."""

    q = StringField(N_("Words"), [Longest(200)])
    state = SelectField(N_("State"))
    profile = SelectField(N_("Body of rules"))
    since = DateField(N_("Published from"))
    until = DateField(N_("Published up to"))

    def offer(self) -> "NoticeFilter":
        """With the choices in the reader's language."""
        states = [(str(one), said(STATE_NAMES[one])) for one in State if one is not State.DRAFT]
        self.state.choices = [("", _("any")), *states]
        names = {one.id: said(Said(one.zh, one.en)) for one in shipped()}
        self.profile.choices = [("", _("any")), *[(name, names[name]) for name in NAMES]]
        return self

    def wanted(self) -> search.Wanted:
        """A field that makes no sense asks nothing."""
        since, until = self.since.data, self.until.data
        return search.Wanted(
            words=(self.q.data or "")[:200],
            state=self.state.data if self.state.data in set(State) else None,
            profile=self.profile.data if self.profile.data in NAMES else None,
            since=datetime(since.year, since.month, since.day, tzinfo=CHINA) if since else None,
            until=datetime(until.year, until.month, until.day, tzinfo=CHINA) + timedelta(days=1)
            if until
            else None,
        )


@pages.get("/notices")
def notices() -> Response:
    """The list."""
    given = {name: value for name, value in request.args.items() if name in NoticeFilter()._fields and value}
    form = NoticeFilter(request.args if given else None).offer()
    wrong = bool(given) and not form.validate()
    wanted = form.wanted()
    found = search.search(session(), wanted, after=_named("after"), before=_named("before"))
    lines = lines_of(session(), found.tenders, now=now())
    return part(
        "public/notice_list.html",
        "public/notices.html",
        form=form,
        wrong=wrong,
        filtered=bool(given),
        lines=lines,
        count=search.count(session(), wanted),
        newer=_address(given, before=lines[0].tender.id) if lines and found.has_newer else None,
        older=_address(given, after=lines[-1].tender.id) if lines and found.has_older else None,
    )


def _named(which: str) -> TenderRow | None:
    """The tender that a page continues from; one that is not there begins at the first page."""
    try:
        asked = request.args.get(which, "")
        return reading.get_published(session(), asked) if asked.isascii() and asked.isalnum() else None
    except UnknownTenderError:
        return None


def _address(given: dict[str, str], **place: str) -> str:
    return f"{url_for('pages.notices')}?{urlencode({**given, **place})}"

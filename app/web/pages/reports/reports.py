"""Reports without a name, and the interference register: a page that seals what is written, and one for the answers.

Everything happens in the browser (client/src/report.ts, docs/spec/report.md): the platform is sent sealed bytes, by the
routes of app/api/reports.py, which take no cookie. These pages are the same for everybody and hold nothing of anybody.
"""

from flask import Response, request

from app.web.pages.render import page
from app.web.pages.routes import pages
from oversight.reports import INTERFERENCE, KINDS, MAX_SEALED, REPORT


@pages.get("/report")
def report() -> Response:
    """To write one; ?kind=interference is the register of officials' attempts to meddle."""
    asked = request.args.get("kind", REPORT)
    kind = asked if asked in KINDS else REPORT
    return page("reports/report.html", kind=kind, interference=kind == INTERFERENCE, most=MAX_SEALED)


@pages.get("/report/mailbox")
def report_mailbox() -> Response:
    """To read the answers, and to write again."""
    return page("reports/mailbox.html", most=MAX_SEALED)

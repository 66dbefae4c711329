"""`sunseal guarantor`: a guarantor's own program, and the supervisor's list of guarantors.

Its desk stands in a database of the guarantor's own: the commands take SUNSEAL_VAR or DATABASE_URL, as all do,
and these are not the platform's. `sunseal gateway run` beside it, with the same environment, sends and follows.
"""

import click

from app.cli.guarantor_screen import Explained
from app.cli.lazy import Lazy, Offered

_LINES = {
    "The guarantor itself": {
        "init": ("folder", "Make a folder with new keys, for a platform"),
        "card": ("folder", "Print what the supervisor needs to list you"),
        "test-certificate": ("folder", "Make a certificate for letters, for trainings alone"),
        "publish": ("folder", "Publish a product, or its next version"),
        "withdraw": ("folder", "Offer a version of a product no more"),
        "limit": ("desk", "Limit what is guaranteed, for an applicant or in total"),
        "underwriter": ("underwriter", "Say who may work on the desk's pages"),
    },
    "Underwriting": {
        "queue": ("desk", "Show the applications, oldest first"),
        "exposure": ("desk", "Show how much stands, against the limits"),
        "quote": ("desk", "Offer the guarantee that is applied for"),
        "decline": ("desk", "Refuse an application, and say why"),
        "paid": ("desk", "Record a payment by hand"),
        "paid-csv": ("desk", "Record the payments in a CSV file"),
        "issue": ("desk", "Sign guarantees and commit to them on chain"),
        "amend": ("amending", "Amend a guarantee by agreement of all"),
    },
    "What keeps running": {
        "run": ("run", "Fetch and send letters, and follow the chain"),
        "pages": ("pages", "Serve the desk's pages to the underwriters"),
        "serve": ("serve", "Answer the bank's own systems over REST"),
    },
    "The supervisor": {
        "list": ("listing", "List a guarantor, or change its licence or keys"),
        "suspend": ("listing", "Let a guarantor issue no more, until it is resumed"),
        "resume": ("listing", "Let a suspended guarantor issue again"),
    },
}
_NAMED = {"list": "list_command", "queue": "queue_command", "exposure": "exposure_command"}
SECTIONS = {
    heading: {
        name: Offered(f"app.cli.guarantor_{module}:{_NAMED.get(name, name.replace('-', '_'))}", line)
        for name, (module, line) in lines.items()
    }
    for heading, lines in _LINES.items()
}


class _Guarantor(Explained, Lazy):
    """What a guarantor's commands need is much, and each needs little of it."""


@click.group(cls=_Guarantor, sections=SECTIONS)
def guarantor() -> None:
    """Guarantee bids: the guarantor's own desk; and the supervisor's list of who may."""

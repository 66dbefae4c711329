"""`sunseal guarantor`: a guarantor's own program, and the supervisor's list of guarantors.

Its desk stands in a database of the guarantor's own: the commands take SUNSEAL_VAR or DATABASE_URL, as all do,
and these are not the platform's. `sunseal gateway run` beside it, with the same environment, sends and follows.
"""

from collections.abc import Iterator

import click

from app.cli.guarantor_screen import Explained
from app.cli.lazy import Lazy


def _places() -> Iterator[tuple[str, str]]:
    for module, names in {
        "folder": ("init", "test-certificate", "card", "publish", "withdraw"),
        "run": ("run",),
        "listing": ("list", "suspend", "resume"),
        "desk": ("queue", "quote", "decline", "paid", "paid-csv", "limit", "exposure", "issue"),
        "amending": ("amend",),
        "serve": ("serve",),
        "pages": ("pages",),
        "underwriter": ("underwriter",),
    }.items():
        for name in names:
            yield name, f"app.cli.guarantor_{module}:{_NAMED.get(name, name.replace('-', '_'))}"


_NAMED = {"list": "list_command", "queue": "queue_command", "exposure": "exposure_command"}


class _Guarantor(Explained, Lazy):
    """What a guarantor's commands need is much, and each needs little of it."""


@click.group(cls=_Guarantor, places=dict(_places()))
def guarantor() -> None:
    """Guarantee bids: the guarantor's own desk; and the supervisor's list of who may."""

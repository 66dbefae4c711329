"""The `sunseal` command line: the group that every subcommand hangs on, each loaded when it is asked for."""

from importlib.metadata import version

import click

from app.cli.lazy import Lazy

SUBCOMMANDS = {
    name: f"app.cli.{name}:{name}"
    for name in (
        "accounts",
        "bid",
        "chain",
        "complaints",
        "custody",
        "db",
        "demo",
        "experts",
        "gateway",
        "guarantees",
        "guarantee",
        "guarantor",
        "intake",
        "keyholder",
        "ledger",
        "opening",
        "report",
        "samples",
        "serve",
        "stack",
        "tender",
        "verify",
        "webhooks",
        "witness",
    )
}
"""A verifier need not wait for the database's libraries."""


@click.group(cls=Lazy, places=SUBCOMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("sunseal"), prog_name="sunseal")
def main() -> None:
    """Public tenders whose bids nobody can open before the opening, and that anyone can check afterwards."""

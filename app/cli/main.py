"""The `sunseal` command line: the group that every subcommand hangs on, each loaded when it is asked for."""

from importlib import import_module
from importlib.metadata import version

import click

SUBCOMMANDS = {
    name: f"app.cli.{name}"
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
"""Name and module; the module has the command under its name."""


class _Lazy(click.Group):
    """A verifier need not wait for the database's libraries."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in SUBCOMMANDS:
            return None
        command: click.Command = getattr(import_module(SUBCOMMANDS[cmd_name]), cmd_name)
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("sunseal"), prog_name="sunseal")
def main() -> None:
    """Public tenders whose bids nobody can open before the opening, and that anyone can check afterwards."""

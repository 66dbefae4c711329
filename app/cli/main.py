"""The `sunseal` command line: the group that every subcommand hangs on."""

from importlib.metadata import version

import click

from app.cli.demo import demo


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("sunseal"), prog_name="sunseal")
def main() -> None:
    """Public tenders whose bids nobody can open before the opening, and that anyone can check afterwards."""


main.add_command(demo)

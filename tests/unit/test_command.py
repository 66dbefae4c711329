"""The `sunseal` command: every subcommand loads, explains itself, and costs only its own imports."""

import pytest
from click.testing import CliRunner

from app.cli.main import SUBCOMMANDS, main


def test_help_lists_every_subcommand_with_a_sentence() -> None:
    told = CliRunner().invoke(main, ["--help"]).output
    for name in SUBCOMMANDS:
        assert any(line.split()[:1] == [name] and len(line.split()) > 3 for line in told.splitlines())


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_subcommand_explains_itself(name: str) -> None:
    told = CliRunner().invoke(main, [name, "--help"])
    assert told.exit_code == 0
    assert "Usage:" in told.output


def test_unknown_subcommand_is_refused() -> None:
    assert "No such command" in CliRunner().invoke(main, ["nonsense"]).output

"""The `sunseal` command: every subcommand loads, explains itself, and costs only its own imports."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from app.cli import guarantor as guarantor_commands
from app.cli.lazy import Sections
from app.cli.main import SECTIONS, main
from tests.environment import ROOT

SUBCOMMANDS = [name for section in SECTIONS.values() for name in section]
HEAVY = ("cryptography", "flask", "sqlalchemy", "web3")


def test_help_lists_every_subcommand_with_a_line_that_is_not_cut() -> None:
    told = CliRunner().invoke(main, ["--help"]).output
    for heading, section in SECTIONS.items():
        assert f"\n{heading}:\n" in told
        for name, offered in section.items():
            assert f"\n  {name} " in told
            assert f" {offered.line}\n" in told


def test_every_module_of_the_command_line_is_offered() -> None:
    """A file of app/cli with a command of its own name is one of the program's."""
    own = {path.stem for path in (ROOT / "app" / "cli").glob("*.py")}
    own = {name for name in own if f"\ndef {name}(" in (ROOT / "app" / "cli" / f"{name}.py").read_text()}
    assert own - {"main", "explained", "lock_options"} == set(SUBCOMMANDS)


def test_help_loads_no_command() -> None:
    asked = (
        "import sys; from app.cli.main import main; main(['--help'], standalone_mode=False);"
        f"print('loaded:', *(name for name in {HEAVY} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1].split() == ["loaded:"]


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_subcommand_explains_itself(name: str) -> None:
    told = CliRunner().invoke(main, [name, "--help"])
    assert told.exit_code == 0
    assert "Usage:" in told.output


@pytest.mark.parametrize(
    ("group", "sections"), [(main, SECTIONS), (guarantor_commands.guarantor, guarantor_commands.SECTIONS)]
)
def test_what_is_offered_is_there_under_its_name(group: click.Group, sections: Sections) -> None:
    with click.Context(group) as context:
        for section in sections.values():
            for name in section:
                command = group.get_command(context, name)
                assert command is not None
                assert command.name == name


def test_unknown_subcommand_is_refused() -> None:
    assert "No such command" in CliRunner().invoke(main, ["nonsense"]).output

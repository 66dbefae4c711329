"""`sunseal chain`: a development node of Ethereum's kind. docs/chain.md says what it is for, and what it is not."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from devchain.errors import DevChainError
from devchain.evm import CHAIN_ID
from devchain.folder import Folder
from devchain.server import allow_deep_calls, bind, opened, wall_clock
from devchain.status import read_status

Command = TypeVar("Command", bound=Callable[..., Any])


def _var_option(command: Command) -> Command:
    return click.option(
        "--var",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path("var"),
        envvar="SUNSEAL_VAR",
        show_default=True,
        help="The data folder; the chain is in `chain` within it.",
    )(command)


@click.group()
def chain() -> None:
    """Run a development chain on this machine; never with anything of value."""


@chain.command()
@_var_option
@click.option(
    "--listen",
    default="127.0.0.1:8545",
    show_default=True,
    metavar="HOST:PORT",
    help="Where to answer: loopback.",
)
@click.option("--test-aids", is_flag=True, help="Add methods that move the clock and hold back blocks.")
def run(var: Path, listen: str, test_aids: bool) -> None:
    """Answer JSON-RPC until Ctrl-C; make chain and funded keys first if there are none."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    allow_deep_calls()
    folder = _folder(var)
    host, port = _address(listen)
    with _explained(), opened(folder, wall_clock, test_aids=test_aids) as rpc:
        server = bind(rpc, host, port)
        click.echo(
            f"serving http://{server.effective_host}:{server.effective_port}, chain id {CHAIN_ID}, for development"
            f" only; keys in {folder.keys}; Ctrl-C stops"
        )
        server.run()


@chain.command()
@_var_option
def status(var: Path) -> None:
    """Say how far the chain is, and whether a node runs it."""
    folder = _folder(var)
    with _explained():
        found = read_status(folder)
    time = datetime.fromtimestamp(found.timestamp, UTC).isoformat()
    click.echo(f"chain id {CHAIN_ID}, block {found.number} of {time}, hash 0x{found.hash.hex()}")
    click.echo("a node runs it" if found.is_running else "no node runs it: sunseal chain run")
    for name, address in found.contracts.items():
        click.echo(f"{name} {address}")


@chain.command()
@_var_option
def accounts(var: Path) -> None:
    """List the funded accounts: name and address, no keys."""
    with _explained():
        for account in _folder(var).accounts():
            click.echo(f"{account.address} {account.name}")


@chain.command()
@_var_option
@click.option("--node", default="http://127.0.0.1:8545", show_default=True, metavar="URL", help="The node.")
def deploy(var: Path, node: str) -> None:
    """Deploy the contracts on the running node, unless they are there; write their addresses to contracts.json."""
    # Signing and encoding take longer to load than the node needs to start.
    from devchain import deploy as deployment  # noqa: PLC0415
    from devchain.client import Client  # noqa: PLC0415

    folder = _folder(var)
    with _explained():
        done = deployment.deploy(folder, Client(node))
    for one in done:
        click.echo(f"{one.name} {one.address} {'deployed now' if one.is_new else 'was there'}")
    click.echo(f"addresses are in {folder.contracts}")


def _folder(var: Path) -> Folder:
    return Folder(var / "chain")


def _address(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65535:
        raise click.BadParameter(f"{listen!r} is no HOST:PORT such as 127.0.0.1:8545", param_hint="--listen")
    return host.removeprefix("[").removesuffix("]"), int(port)


@contextmanager
def _explained() -> Iterator[None]:
    """An error of the node is a sentence for a person, not a traceback."""
    try:
        yield
    except DevChainError as error:
        raise click.ClickException(str(error)) from error

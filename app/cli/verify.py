"""`sunseal verify`: check everything that is public, from an address or a bundle, trusting none of us."""

import json
import re
import sys
from pathlib import Path

import click

from app.cli.explained import explained
from app.place import Place
from crypto.signatures import VerifyKey
from ledger.policy_file import PolicyFile
from statutes import notices
from verifier.anchors import ChainNodes
from verifier.audit import Trust, audit
from verifier.errors import VerifierError
from verifier.registry import Registry
from verifier.registry_nodes import RegistryNodes
from verifier.report import Level, Report
from verifier.source import BundleSource, KeptSource, Source, UrlSource

_MARKS = {Level.PROVED: ("proved", "green"), Level.NOTED: ("noted", "yellow"), Level.WRONG: ("WRONG", "red")}


@click.command()
@click.argument("source")
@click.option(
    "--policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="Whom you believe: a c2sp.org/tlog-policy file with the log's key and its witnesses.",
)
@click.option(
    "--supervisor", required=True, metavar="HEX", help="The supervisor's public key, from the supervisor."
)
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for what never changes and the last checkpoint: the next run reads what is new, and must extend it.",
)
@click.option(
    "--chain",
    "nodes",
    multiple=True,
    metavar="URL",
    help="A node of the chain of anchors and guarantees; several times: most of them must agree.",
)
@click.option("--anchors", metavar="0x...", help="The address of the contract LedgerAnchor.")
@click.option(
    "--registry",
    metavar="0x...",
    help="The address of the contract GuaranteeRegistry: each guarantee is held against it.",
)
@click.option(
    "--registry-since",
    type=click.IntRange(min=0),
    default=0,
    metavar="BLOCK",
    help="One not above that contract's deployment: a node that takes few blocks at once is asked less often.",
)
@click.option("--chain-id", type=click.IntRange(min=1), metavar="N", help="Take no node of another chain.")
@click.option(
    "--depth",
    type=click.IntRange(min=0),
    default=12,
    show_default=True,
    help="How many blocks must stand upon an anchor, or upon an event of a guarantee.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def verify(
    source: str,
    policy: Path,
    supervisor: str,
    keep: Path | None,
    nodes: tuple[str, ...],
    anchors: str | None,
    registry: str | None,
    registry_since: int,
    chain_id: int | None,
    depth: int,
    as_json: bool,
) -> None:
    """Verify SOURCE: the address of a ledger (https://.../ledger), or a bundle (a zip), which takes no network.

    The exit code is 1 if anything is wrong. SUNSEAL_CALENDAR names notices of holidays that this program does not have
    yet, as on the platform: clocks of working days are counted again by them.
    """
    with explained():
        notices.learn(Place().calendar())
        trusted = PolicyFile.parse(policy.read_text("utf-8")).policy()
        trust = Trust(trusted, _key(supervisor))
    try:
        found: Source = UrlSource(source) if "://" in source else BundleSource(Path(source))
        _check_chain(nodes, {"--anchors": anchors, "--registry": registry})
        if (registry_since or chain_id) and not registry:
            raise click.UsageError("--registry-since and --chain-id go with --registry")
        anchored = ChainNodes(nodes, anchors, depth).newest(trust.policy.log.origin) if anchors else None
        kept = KeptSource(found, keep) if keep else found
        held = Registry(nodes, registry) if registry else None
        history = RegistryNodes(nodes, registry, depth, registry_since, chain_id) if registry else None
        report = audit(kept, trust, anchored, held, history)
    except VerifierError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
    else:
        _print(report)
    sys.exit(0 if report.is_green else 1)


def _check_chain(nodes: tuple[str, ...], contracts: dict[str, str | None]) -> None:
    if bool(nodes) != any(contracts.values()):
        raise click.UsageError(
            "--chain goes with --anchors, --registry or both: where to ask, and which contracts"
        )
    for option, contract in contracts.items():
        if contract and not re.fullmatch(r"0x[0-9a-fA-F]{40}", contract, re.ASCII):
            raise click.UsageError(f"{option} is an address: 0x and 40 hexadecimal digits")


def _key(text: str) -> VerifyKey:
    try:
        return VerifyKey(bytes.fromhex(text))
    except ValueError as error:
        raise click.ClickException("the supervisor's key is 64 hexadecimal digits") from error


def _print(report: Report) -> None:
    for finding in report:
        word, color = _MARKS[finding.level]
        where = "" if finding.entry is None else f" (entry {finding.entry})"
        click.echo(f"{click.style(f'{word:7}', fg=color)} {finding.sentence}{where}")
    counts = report.counts()
    summary = f"{counts['proved']} proved, {counts['noted']} noted, {counts['wrong']} wrong"
    if report.is_green:
        click.secho(f"verified: {summary}", bold=True, fg="green")
    else:
        click.secho(f"NOT verified: {summary}", bold=True, fg="red")

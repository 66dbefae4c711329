"""`sunseal experts redo`, `sunseal samples redo`: a stranger redoes them from a bundle and the files, offline."""

from collections.abc import Callable
from pathlib import Path

import click

from app.cli.explained import explained
from crypto.signatures import VerifyKey
from ledger.policy_file import PolicyFile
from oversight import redo as rules
from oversight.errors import OversightError
from oversight.evidence import DrawEvidence, Evidence
from oversight.names_file import Drawn
from verifier.errors import VerifierError
from verifier.log import check_checkpoint, read_entries
from verifier.report import Level, Report
from verifier.source import BundleSource, Source, UrlSource

_INPUT = click.Path(exists=True, dir_okay=False, path_type=Path)


def _asked(command: Callable[..., None]) -> Callable[..., None]:
    """The options that a draw and a sample are redone by."""
    for option in reversed(
        (
            click.option(
                "--policy", type=_INPUT, required=True, help="Whom you believe: a c2sp.org/tlog-policy file."
            ),
            click.option("--supervisor", required=True, metavar="HEX", help="The supervisor's public key."),
            click.option(
                "--population", type=_INPUT, required=True, help="The published file of the population."
            ),
            click.option("--terms", type=_INPUT, required=True, help="The published file of the terms."),
            click.option("--names", type=_INPUT, required=True, help="The published file of the names."),
        )
    ):
        command = option(command)
    return command


@click.command()
@click.argument("source")
@click.argument("draw", metavar="DRAW")
@_asked
@click.option("--sample", is_flag=True, help="DRAW is a sample for spot checks, not a draw of experts.")
def redo(
    source: str,
    draw: str,
    policy: Path,
    supervisor: str,
    population: Path,
    terms: Path,
    names: Path,
    sample: bool,
) -> None:
    """Redo DRAW from SOURCE, a bundle (a zip) or a ledger's address, and the three published files.

    The exit code is 1 if anything is not as the ledger says it had to be.
    """
    redone = _redone_sample if sample else _redone_draw
    _redo(source, policy, supervisor, lambda read: redone(read.of(draw), _read(population, terms, names)))


@click.command("redo")
@click.argument("source")
@click.argument("sample")
@_asked
def redo_sample(
    source: str, sample: str, policy: Path, supervisor: str, population: Path, terms: Path, names: Path
) -> None:
    """Redo SAMPLE from SOURCE, a bundle (a zip) or a ledger's address, and the three published files.

    The exit code is 1 if anything is not as the ledger says it had to be.
    """
    _redo(
        *(source, policy, supervisor),
        lambda read: _redone_sample(read.of(sample), _read(population, terms, names)),
    )


def _redo(source: str, policy: Path, supervisor: str, redone: Callable[[Evidence], None]) -> None:
    with explained():
        trusted = PolicyFile.parse(policy.read_text("utf-8")).policy()
        try:
            evidence = Evidence.of_log(trusted.log.origin, VerifyKey(bytes.fromhex(supervisor)))
        except ValueError as error:
            raise click.ClickException("the supervisor's key is 64 hexadecimal digits") from error
    try:
        report = Report()
        found: Source = UrlSource(source) if "://" in source else BundleSource(Path(source))
        checkpoint = check_checkpoint(found, trusted, report)
        if checkpoint is not None:
            for index, leaf in enumerate(read_entries(found, checkpoint, report)):
                evidence.apply(index, leaf)
        wrong = [finding.sentence for finding in report if finding.level is Level.WRONG]
        if wrong:
            raise click.ClickException("the ledger does not hold: " + "; ".join(wrong))
        redone(evidence)
    except (VerifierError, OversightError) as error:
        raise click.ClickException(str(error)) from error


def _read(*paths: Path) -> tuple[bytes, ...]:
    with explained():
        return tuple(path.read_bytes() for path in paths)


def _redone_draw(evidence: DrawEvidence, files: tuple[bytes, ...]) -> None:
    redone = rules.experts(evidence, *files)
    ended = "exhausted: nobody was left to call" if redone.exhausted else "complete"
    click.echo(f"the draw is right, with {len(redone.calls)} calls, and {ended}:")
    _print(redone.members)


def _redone_sample(evidence: DrawEvidence, files: tuple[bytes, ...]) -> None:
    pairings, objects = rules.sample(evidence, *files)
    size = evidence.request.size
    click.echo(f"the sample is right, {len(pairings)} of {size} objects ({len(pairings) / size:.1%}):")
    _print(objects)


def _print(drawn: tuple[Drawn, ...]) -> None:
    for one in drawn:
        click.echo(
            f"{one.position} " + ", ".join(f"{name}: {value}" for name, value in sorted(one.identity.items()))
        )

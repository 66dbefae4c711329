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
            click.option(
                "--record",
                type=click.Path(dir_okay=False, writable=True, path_type=Path),
                help="Write what the ledger says of it to this file, for the scripts of docs/spec/draw.md.",
            ),
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
    record: Path | None,
    sample: bool,
) -> None:
    """Redo DRAW from SOURCE, a bundle (a zip) or a ledger's address, and the three published files.

    The exit code is 1 if anything is not as the ledger says it had to be.
    """
    evidence = _evidence(source, policy, supervisor, draw, record)
    _check(_redone_sample if sample else _redone_draw, evidence, population, terms, names)


@click.command("redo")
@click.argument("source")
@click.argument("sample")
@_asked
@click.option("--inspectors", type=_INPUT, help="The published file of the inspectors' population, if any.")
@click.option("--results", type=_INPUT, help="The published file of what was found; checked too.")
def redo_sample(
    source: str,
    sample: str,
    policy: Path,
    supervisor: str,
    population: Path,
    terms: Path,
    names: Path,
    record: Path | None,
    inspectors: Path | None,
    results: Path | None,
) -> None:
    """Redo SAMPLE from SOURCE, a bundle (a zip) or a ledger's address, and the three published files.

    The exit code is 1 if anything is not as the ledger says it had to be.
    """
    evidence = _evidence(source, policy, supervisor, sample, record)
    _check(_redone_sample, evidence, population, terms, names)
    if results is not None:
        people = (inspectors,) if inspectors is not None else ()
        _check(_checked_results, evidence, terms, results, *people)


def _evidence(source: str, policy: Path, supervisor: str, draw: str, record: Path | None) -> DrawEvidence:
    """What the ledger says of a draw; written to `record`, whether the draw proves right or not."""
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
        one = evidence.of(draw)
    except (VerifierError, OversightError) as error:
        raise click.ClickException(str(error)) from error
    if record is not None:
        with explained():
            record.write_bytes(one.record())
    return one


def _check(
    redone: Callable[[DrawEvidence, tuple[bytes, ...]], None], evidence: DrawEvidence, *paths: Path
) -> None:
    with explained():
        files = tuple(path.read_bytes() for path in paths)
    try:
        redone(evidence, files)
    except OversightError as error:
        raise click.ClickException(str(error)) from error


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


def _checked_results(evidence: DrawEvidence, files: tuple[bytes, ...]) -> None:
    terms, results, *inspectors = files
    found = rules.results(evidence, terms, inspectors[0] if inspectors else None, results)
    people = {one.position: one.identity for one in found.inspectors}
    checked = [one for one in found.items if one.record is not None]
    click.echo(
        f"the results are those of the ledger, {len(checked)} of {len(found.items)} objects are checked:"
    )
    for one in found.items:
        by = ", ".join(str(people[at].get("name", at)) for at in one.inspectors)
        click.echo(
            f"{one.item} {'not checked yet' if one.record is None else one.record.decode()}"
            + (f"  by {by}" if by else "")
        )


def _print(drawn: tuple[Drawn, ...]) -> None:
    for one in drawn:
        click.echo(
            f"{one.position} " + ", ".join(f"{name}: {value}" for name, value in sorted(one.identity.items()))
        )

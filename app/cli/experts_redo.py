"""`sunseal experts redo`: a stranger redoes a draw or a sample, from a bundle and the published files, offline."""

from pathlib import Path

import click

from app.cli.explained import explained
from crypto.signatures import VerifyKey
from ledger.policy_file import PolicyFile
from oversight import redo as rules
from oversight.errors import OversightError
from oversight.evidence import Evidence
from oversight.names_file import Drawn
from verifier.errors import VerifierError
from verifier.log import check_checkpoint, read_entries
from verifier.report import Level, Report
from verifier.source import BundleSource, Source, UrlSource

_INPUT = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("source")
@click.argument("draw", metavar="DRAW")
@click.option("--policy", type=_INPUT, required=True, help="Whom you believe: a c2sp.org/tlog-policy file.")
@click.option("--supervisor", required=True, metavar="HEX", help="The supervisor's public key.")
@click.option("--population", type=_INPUT, required=True, help="The published file of the population.")
@click.option("--terms", type=_INPUT, required=True, help="The published file of the terms.")
@click.option("--names", type=_INPUT, required=True, help="The published file of the names.")
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
    with explained():
        trusted = PolicyFile.parse(policy.read_text("utf-8")).policy()
        files = (population.read_bytes(), terms.read_bytes(), names.read_bytes())
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
        if sample:
            pairings, objects = rules.sample(evidence.of(draw), *files)
            click.echo(f"the sample of {len(pairings)} is right:")
            _print(objects)
        else:
            redone = rules.experts(evidence.of(draw), *files)
            ended = "exhausted: nobody was left to call" if redone.exhausted else "complete"
            click.echo(f"the draw is right, with {len(redone.calls)} calls, and {ended}:")
            _print(redone.members)
    except (VerifierError, OversightError) as error:
        raise click.ClickException(str(error)) from error


def _print(drawn: tuple[Drawn, ...]) -> None:
    for one in drawn:
        click.echo(
            f"{one.position} " + ", ".join(f"{name}: {value}" for name, value in sorted(one.identity.items()))
        )

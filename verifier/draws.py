"""Draws: their seeds are computed again, and those that were published are redone whole."""

from collections.abc import Sequence

from crypto.errors import CryptoError
from ledger.errors import LedgerError
from ledger.view import LedgerView
from ledger.view.draws import Draw
from oversight import redo
from oversight.errors import OversightError
from oversight.evidence import DrawEvidence, Evidence
from verifier.files import NamedFiles
from verifier.report import Report


def check_draws(view: LedgerView, evidence: Evidence, files: NamedFiles, report: Report) -> None:
    """The seed of each draw follows from t shares ("draw"); members whose share was wrong are named.

    What was published is redone from its files ("redone"): population, terms, calls and answers, and who was drawn.
    """
    for draw in view.draws:
        for number in sorted(draw.wrong - set(draw.shares)):
            name = draw.run.group.member(number).name
            report.noted(
                "draw", f"{name} signed a wrong share of the draw {draw.entry.subject!r}", draw.index
            )
        try:
            seed = draw.seed()
        except (CryptoError, LedgerError):
            report.noted(
                "draw", f"the draw {draw.entry.subject!r} has too few shares for a seed yet", draw.index
            )
        else:
            report.proved(
                "draw", f"the seed of the draw {draw.entry.subject!r} is {seed.hex()[:32]}...", draw.index
            )
            _redo(draw, evidence, files, report)
    for draw_id, reason in view.draws.refused().items():
        report.wrong("draw", f"the request {draw_id[:16]} of a draw is answered by nobody: {reason}")


def _redo(draw: Draw, evidence: Evidence, files: NamedFiles, report: Report) -> None:
    subject, index = draw.entry.subject, draw.index
    if not evidence.is_published(draw.id):
        report.noted("redone", f"the draw {subject!r} is not published yet, so it is not redone", index)
        return
    try:
        found = evidence.of(draw.id)
        contents = _contents(found, subject, index, files)
        if contents is not None:
            report.proved("redone", _redone(found, contents), index)
    except OversightError as error:
        report.wrong("redone", f"the draw {subject!r} was not as it had to be: {error}", index)


def _contents(
    found: DrawEvidence, subject: str, index: int, files: NamedFiles
) -> tuple[bytes, bytes, bytes] | None:
    named = found.published
    hashes = (("population", named.population), ("terms", named.terms), ("names", named.names))
    read = [files.get(sha256, f"the {name} of the draw {subject!r}", index) for name, sha256 in hashes]
    match read:
        case [bytes(population), bytes(terms), bytes(names)]:
            return population, terms, names
        case _:
            return None


def _redone(found: DrawEvidence, contents: Sequence[bytes]) -> str:
    population, terms, names = contents
    subject, size = found.request.subject, found.request.size
    if redo.is_sample(terms):
        drawn, _ = redo.sample(found, population, terms, names)
        return f"the sample {subject!r} was redone: exactly these {len(drawn)} of {size} were drawn"
    done = redo.experts(found, population, terms, names)
    how = ", and nobody was left to call" if done.exhausted else ""
    return (
        f"the draw {subject!r} was redone: of {size} experts {len(done.calls)} were called in the order of the seed, "
        f"and {len(done.members)} sit on the committee{how}"
    )

"""Draws: their seeds are computed again."""

from crypto.errors import CryptoError
from ledger.errors import LedgerError
from ledger.view import LedgerView
from verifier.report import Report


def check_draws(view: LedgerView, report: Report) -> None:
    """The seed of each draw follows from t shares ("draw"); members whose share was wrong are named."""
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
    for draw_id, reason in view.draws.refused().items():
        report.wrong("draw", f"the request {draw_id[:16]} of a draw is answered by nobody: {reason}")

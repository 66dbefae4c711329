"""A key a month: issued with during that month, redeemed until the second month after it has ended. Pure; UTC."""

from dataclasses import dataclass
from datetime import UTC, datetime

REDEEMED_MONTHS = 3
"""Of a key, counted from the beginning of its own month."""


@dataclass(frozen=True, slots=True)
class Period:
    """[not_before, issue_until) for issuing, [not_before, redeem_until) for redeeming."""

    not_before: datetime
    issue_until: datetime
    redeem_until: datetime

    @property
    def name(self) -> str:
        """Such as 2026-07."""
        return f"{self.not_before:%Y-%m}"


def period_of(at: datetime) -> Period:
    """The period of the month that `at` lies in."""
    start = at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return Period(start, _later(start, 1), _later(start, REDEEMED_MONTHS))


def next_period(at: datetime) -> Period:
    """The period of the month after that of `at`."""
    return period_of(period_of(at).issue_until)


def _later(start: datetime, months: int) -> datetime:
    years, month = divmod(start.month - 1 + months, 12)
    return start.replace(year=start.year + years, month=month + 1)

"""What the law refuses, and why the rules themselves cannot be applied.

    RuleError
      RefusedError            the law, or the parties' own documents, forbid it; carries every violation found
        OutOfTimeError        a right that has expired
      StatuteError            the rules themselves cannot be applied
        ProfileFileError      not a profile, or one that contradicts itself
        UnknownProfileError   no profile of that name is valid on that day
        UnknownRuleError      the profile has no such rule
        UnknownYearError      the official calendar of that year is not known here
      NaiveTimeError          an instant without its time zone
      AmountError             not an amount of money

The domains' own refusals derive from RefusedError. No message holds the name of a bidder.
"""

from dataclasses import dataclass
from datetime import datetime

from statutes.said import Said


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that is broken, by one thing.

    rule:      the rule's id, stable, for machines.
    articles:  as cited in docs/timetable.md: 法24, 条21 ... Empty if the rule is the platform's own.
    subject:   what breaks it: an event of the timetable, a field of the lot, a move. Stable, for machines.
    law:       the rule as a sentence.
    found:     what is.
    allowed:   what would be.
    earliest:  the first instant that would be allowed, where that is what is wrong.
    too_late:  the first instant that would not be allowed any more, where that is what is wrong.
    """

    rule: str
    articles: tuple[str, ...]
    subject: str
    law: Said
    found: Said
    allowed: Said
    earliest: datetime | None = None
    too_late: datetime | None = None

    @property
    def said(self) -> Said:
        """All of it as one sentence for a person."""
        cited = "、".join(self.articles)
        return Said(
            zh=f"{self.law.zh}（{cited or '平台规则'}）。现为：{self.found.zh}；允许：{self.allowed.zh}。",
            en=f"{self.law.en} ({', '.join(self.articles) or 'rule of the platform'}). "
            f"It is: {self.found.en}. Allowed: {self.allowed.en}.",
        )


class RuleError(Exception):
    """Anything that the rules refuse, or that keeps them from being applied."""


class RefusedError(RuleError):
    """Forbidden by a rule. `violations` has at least one; a check that finds several raises once with all."""

    def __init__(self, *violations: Violation) -> None:
        super().__init__(" ".join(found.said.en for found in violations))
        self.violations = violations

    @property
    def rule(self) -> str:
        """The id of the first rule that is broken: the stable code of the refusal."""
        return self.violations[0].rule

    @property
    def articles(self) -> tuple[str, ...]:
        return self.violations[0].articles

    @property
    def said(self) -> Said:
        """The sentences of all violations."""
        each = [found.said for found in self.violations]
        return Said("".join(one.zh for one in each), " ".join(one.en for one in each))


class OutOfTimeError(RefusedError):
    """A right that has expired."""


class StatuteError(RuleError):
    """The rules themselves cannot be applied."""


class ProfileFileError(StatuteError):
    """Not a profile or a notice, or one that contradicts itself. The rule is named."""


class UnknownProfileError(StatuteError):
    """No profile of that name is valid on that day."""


class UnknownRuleError(StatuteError):
    """The profile has no such rule."""


class UnknownYearError(StatuteError):
    """The official calendar of `year` is not known here, so no rest day or working day of it is."""

    def __init__(self, year: int) -> None:
        super().__init__(
            f"the working days of {year} are not known here: add the State Council's notice for {year}, "
            f"or update the package chinesecalendar; {year}年工作日安排未知，请录入国务院办公厅通知"
        )
        self.year = year


class NaiveTimeError(RuleError, ValueError):
    """An instant without its time zone: which day it lies on is then unknown."""


class AmountError(RuleError, ValueError):
    """Not an amount of money as it is written here."""

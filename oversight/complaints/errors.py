"""What is refused in a case.

    RuleError               of statutes
      UnknownCaseError      there is no such case, or none that this party may know of: both are answered alike
      CaseError             not a filing, a file or a step as it must be
      RefusedError          of statutes: a rule forbids it
        OutOfTimeError      of statutes: the right has expired
        EarlyError          it waits for something: a reply, an opening
        StepError           the case does not stand so that this step could be taken
        FilingError         not this party, or not on this matter, or not without what must come first

No message says who filed a case.
"""

from datetime import datetime

from statutes.errors import RefusedError, RuleError, Violation
from statutes.rule import Rule
from statutes.said import Said
from statutes.statute import Statute


class UnknownCaseError(RuleError):
    """There is no such case, tender or file, or none that the caller may know of."""

    def __init__(self, what: str = "case") -> None:
        super().__init__(f"there is no such {what}")


class CaseError(RuleError):
    """Not a filing, a file or a step as it must be. The sentence says what to do."""


class EarlyError(RefusedError):
    """It waits for something: `earliest` of the violation says until when at the latest."""


class StepError(RefusedError):
    """The case does not stand so that this step could be taken."""


class FilingError(RefusedError):
    """Not by this party, not on this matter, or not without what must come first."""


def violation(
    statute: Statute,
    rule: str,
    subject: str,
    found: Said,
    allowed: Said,
    *,
    earliest: datetime | None = None,
) -> Violation:
    """What breaks a rule of the profile; where it has none of that name, its rule on order."""
    known: Rule = statute.rule(rule if statute.profile.has(rule) else "order-of-events")
    return Violation(known.id, known.articles, subject, known.law, found, allowed, earliest=earliest)

"""A rule and a profile of rules: the shape of the data in the TOML files."""

from datetime import date
from typing import Literal

import msgspec

from statutes.errors import UnknownRuleError
from statutes.said import Said

Bound = Literal["at-least", "before", "open-until", "within", "same", "not-before"]
"""How two events are bound:

at-least    `to` comes no earlier than `days` after `from`.
before      `from` comes at the latest `days` before `to`: the act of one who must be early.
open-until  the right whose end is `from` stays open until `days` before `to`; longer is allowed.
within      `to` comes at the latest `days` after `from`: a duty, or a right that then expires.
same        `to` is the instant `from`.
not-before  `to` is not before `from`.
"""

COUNTED: frozenset[Bound] = frozenset({"at-least", "before", "open-until", "within"})


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule.

    id:         stable; the machine's code of a refusal. One id has one role in all profiles.
    articles:   法 条 办 采 采条 令, and the article's number. Empty only where `verified` is H.
    verified:   V read in the statute's text; S seen in a secondary source; H a rule of the platform, not of law.
    zh, en:     the rule as one sentence without its full stop.
    days:       of `unit`. None where the documents say how many.
    rest_day:   whether a last day that is a rest day moves to the next working day (民法典203).
    last_day:   of a rule at-least: whether the last day must be over, or only reached.
    stops_for:  what stops the clock: names of kinds of spans, for persons; the caller passes the spans.
    percent:    a cap, in percent `of` what is named.
    number:     any other number of the rule.
    note:       what a reader must know of how it is read here.
    """

    id: str
    articles: tuple[str, ...]
    verified: Literal["V", "S", "H"]
    zh: str
    en: str
    bound: Bound | None = None
    days: int | None = None
    unit: Literal["calendar", "working"] = "calendar"
    start: str | None = msgspec.field(name="from", default=None)
    end: str | None = msgspec.field(name="to", default=None)
    rest_day: Literal["next-working-day", "stays"] = "stays"
    last_day: Literal["over", "reached"] = "reached"
    stops_for: tuple[str, ...] = ()
    percent: int | None = None
    of: str | None = None
    number: int | None = None
    note: str | None = None

    @property
    def law(self) -> Said:
        return Said(self.zh, self.en)


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body of rules that is valid from a day on, up to and with `valid_to` where that is known.

    seconds_per_day: None counts civil days; a number makes a day that short, and rest days are none. Only a
                     profile that is a training has it, and says so in its name.
    """

    id: str
    zh: str
    en: str
    valid_from: date
    valid_to: date | None = None
    seconds_per_day: int | None = None
    sources: tuple[str, ...] = ()
    rules: tuple[Rule, ...]

    @property
    def is_training(self) -> bool:
        """Whether every page has to be marked: nothing under such a profile has legal effect."""
        return self.seconds_per_day is not None

    def has(self, rule_id: str) -> bool:
        return any(rule.id == rule_id for rule in self.rules)

    def rule(self, rule_id: str) -> Rule:
        """UnknownRuleError if the profile has none of that id."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise UnknownRuleError(f"profile {self.id!r} has no rule {rule_id!r}")

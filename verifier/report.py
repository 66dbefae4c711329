"""What was found: proved, remarkable, or wrong; in plain sentences and as JSON."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Level(Enum):
    """How much a finding weighs. Only WRONG makes the verification fail."""

    PROVED = "proved"
    NOTED = "noted"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found. `check` is a word that never changes; `entry` the entry it is about, if one is."""

    level: Level
    check: str
    sentence: str
    entry: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "check": self.check,
            "entry": self.entry,
            "level": self.level.value,
            "sentence": self.sentence,
        }


@dataclass(slots=True)
class Report:
    """All findings, in the order in which they were made."""

    findings: list[Finding] = field(default_factory=list)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    @property
    def is_green(self) -> bool:
        """Whether nothing is wrong."""
        return all(finding.level is not Level.WRONG for finding in self.findings)

    def proved(self, check: str, sentence: str, entry: int | None = None) -> None:
        self.findings.append(Finding(Level.PROVED, check, sentence, entry))

    def noted(self, check: str, sentence: str, entry: int | None = None) -> None:
        self.findings.append(Finding(Level.NOTED, check, sentence, entry))

    def wrong(self, check: str, sentence: str, entry: int | None = None) -> None:
        self.findings.append(Finding(Level.WRONG, check, sentence, entry))

    def counts(self) -> dict[str, int]:
        """How many of each level."""
        found = Counter(finding.level for finding in self.findings)
        return {level.value: found[level] for level in Level}

    def as_json(self) -> dict[str, Any]:
        return {
            "counts": self.counts(),
            "findings": [finding.as_json() for finding in self.findings],
            "green": self.is_green,
        }

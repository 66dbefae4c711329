"""A sentence for a person, in both languages of the house."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """One statement, once in Chinese and once in English. Both are complete; neither quotes the other."""

    zh: str
    en: str

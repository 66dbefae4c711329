"""Text to profile. Strict: a field that is not known, or a rule that contradicts itself, is an error that names it.

    id = "cn-tender"
    zh = "..."
    en = "..."
    valid_from = 2023-01-06

    [[rules]]
    id = "deadline-after-issue"
    articles = ["法24"]
    ...

A training names the profile it is made of, and how short its day is:

    id = "training"
    extends = "cn-tender"
    seconds_per_day = 60
"""

import re
import tomllib
from collections.abc import Callable
from typing import Any

import msgspec

from statutes.errors import ProfileFileError
from statutes.events import EVENTS
from statutes.rule import COUNTED, Profile, Rule

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)
_ARTICLE = re.compile(r"(法|条|办|采|采条|令[0-9]+-)[0-9]+|发改法规〔[0-9]{4}〕[0-9]+号")
TRAINING_WORDS = ("培训", "training")


def parse_profile(text: str, base: Callable[[str], Profile] | None = None) -> Profile:
    """Raises ProfileFileError. `base` finds the profile that this one extends; without it none may."""
    try:
        fields: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileFileError(f"not TOML: {error}") from error
    if "extends" in fields:
        if base is None or "rules" in fields:
            raise ProfileFileError("a profile that extends another has no rules of its own")
        fields["rules"] = [msgspec.to_builtins(rule) for rule in base(str(fields.pop("extends"))).rules]
    try:
        profile = msgspec.convert(fields, Profile)
    except msgspec.ValidationError as error:
        raise ProfileFileError(f"not a profile: {error}") from error
    _is_consistent(profile)
    return profile


def _is_consistent(profile: Profile) -> None:
    ids = [rule.id for rule in profile.rules]
    for rule in profile.rules:
        if ids.count(rule.id) > 1:
            raise ProfileFileError(f"rule {rule.id!r} stands there twice")
        if fault := _fault(rule):
            raise ProfileFileError(f"rule {rule.id!r}: {fault}")
    if not _ID.fullmatch(profile.id) or (profile.valid_to and profile.valid_to < profile.valid_from):
        raise ProfileFileError("the profile's id or its days of validity make no sense")
    if profile.seconds_per_day is not None:
        if profile.seconds_per_day < 1:
            raise ProfileFileError("a day has at least a second")
        if TRAINING_WORDS[0] not in profile.zh or TRAINING_WORDS[1] not in profile.en:
            raise ProfileFileError(
                f"a profile with short days says {' and '.join(TRAINING_WORDS)} in its name"
            )


def _fault(rule: Rule) -> str | None:
    """What contradicts itself in a rule, or None."""
    named = [event for event in (rule.start, rule.end) if event is not None]
    checks = {
        "its id is not words joined by hyphens": not _ID.fullmatch(rule.id),
        "a rule of law cites its article, one of the platform has none": bool(rule.articles)
        == (rule.verified == "H"),
        "an article is not cited as docs/timetable.md does": not all(map(_ARTICLE.fullmatch, rule.articles)),
        "a sentence ends without a full stop": rule.zh.endswith("。") or rule.en.endswith("."),
        "a sentence is missing": not rule.zh or not rule.en,
        "an event is unknown": any(event not in EVENTS for event in named),
        "a bound binds two events": (rule.bound is not None) != (len(named) == 2),
        "days count between two events": rule.days is not None and rule.bound not in COUNTED,
        "days are counted from one on": rule.days is not None and rule.days < 1,
        "a percentage is of something": (rule.percent is None) != (rule.of is None),
    }
    return next((fault for fault, is_so in checks.items() if is_so), None)

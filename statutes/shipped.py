"""The profiles that come with the program, chosen by name and by the day that decides which version applies.

Reads the TOML files of this package, once: they are part of the program, and change only with it.
"""

from datetime import date
from functools import cache
from importlib.resources import files

from statutes.errors import UnknownProfileError
from statutes.profile_file import parse_profile
from statutes.rule import Profile

NAMES = ("cn-tender", "cn-procurement", "training", "course")


@cache
def shipped() -> tuple[Profile, ...]:
    """All versions of all profiles. ProfileFileError if a file of the package is damaged."""
    found: dict[str, Profile] = {}
    for name in NAMES:
        text = files("statutes").joinpath(f"{name}.toml").read_text("utf-8")
        found[name] = parse_profile(text, found.__getitem__)
    return tuple(found.values())


def profile(name: str, on: date, among: tuple[Profile, ...] | None = None) -> Profile:
    """The version of profile `name` that is valid on a day. UnknownProfileError if there is none.

    The day is the one on which the tender is published: a tender ends under the rules it began with.
    """
    versions = [one for one in (shipped() if among is None else among) if one.id == name]
    for version in versions:
        if version.valid_from <= on and (version.valid_to is None or on <= version.valid_to):
            return version
    known = "; ".join(f"{one.valid_from} to {one.valid_to or 'further notice'}" for one in versions)
    raise UnknownProfileError(f"no profile {name!r} is valid on {on}; known: {known or 'none of that name'}")

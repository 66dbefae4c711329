"""What the supervisor's acts about one guarantor, in their order, lead to. A pure fold.

A licence counts from the act that listed it, never from before: nobody could have known of it then. A key counts from
the listing that names it until one that names another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from crypto import party_keys
from guarantees.checking.facts import KeyInForce, Licensed, Listing
from ledger.entries import Entry, GuarantorListed, GuarantorResumed, GuarantorSuspended


@dataclass(frozen=True, slots=True)
class Act:
    """An entry about a guarantor, and when it was appended."""

    at: datetime
    entry: Entry


def fold(acts: Iterable[Act]) -> Listing | None:
    """The listing that these acts of one guarantor lead to; None if none listed it."""
    newest: GuarantorListed | None = None
    suspended = False
    keys: list[KeyInForce] = []
    licences: list[Licensed] = []
    for act in acts:
        if isinstance(act.entry, GuarantorListed):
            newest = act.entry
            keys = _with_key(keys, newest, act.at)
            licences = _closed(licences, act.at)
            if not suspended:
                licences = _opened(licences, newest, act.at)
        elif isinstance(act.entry, GuarantorSuspended):
            suspended, licences = True, _closed(licences, act.at)
        elif isinstance(act.entry, GuarantorResumed) and newest is not None:
            suspended, licences = False, _opened(licences, newest, act.at)
    if newest is None:
        return None
    return Listing(newest.guarantor, tuple(keys), tuple(licences), bytes.fromhex(newest.account))


def _with_key(keys: list[KeyInForce], listed: GuarantorListed, at: datetime) -> list[KeyInForce]:
    key = party_keys.key_id(bytes.fromhex(listed.key))
    if keys and keys[-1].key_id == key:
        return keys
    ended = [KeyInForce(last.key_id, last.since, at) for last in keys[-1:]]
    return [*keys[:-1], *ended, KeyInForce(key, at, None)]


def _closed(licences: list[Licensed], at: datetime) -> list[Licensed]:
    kept = [one for one in licences if one.since < at]
    return [Licensed(one.since, at if one.until is None or one.until > at else one.until) for one in kept]


def _opened(licences: list[Licensed], listed: GuarantorListed, at: datetime) -> list[Licensed]:
    since, until = (datetime.fromtimestamp(time, UTC) for time in (listed.since, listed.until))
    start = max(since, at)
    return [*licences, Licensed(start, until)] if start < until else licences

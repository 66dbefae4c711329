"""Who is called to a committee, and when: a function of the population, the terms, the seed and the answers so far.

    order   = the draw's order over all positions of the population (crypto.sampling)
    needs   are filled in their order; each takes the first eligible in `order` that nobody has called yet
    whoever declines, does not answer in time or has a conflict is followed by the next eligible one

So the whole course of a draw is redone from what the ledger has: the terms and the population before the seed, the
seed, and the answers, each an entry. docs/spec/draw.md has the same with an example.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from typing import Any

from crypto import canonical_json
from crypto.canonical_json import Json
from crypto.errors import EncodingError
from crypto.sampling import draw_order
from oversight.errors import DrawRefusedError, MalformedDrawError
from oversight.population import Member, Population
from statutes.said import Said

GUESSABLE = 5
"""Fewer eligible experts than so many times those needed: whoever knows the field can guess the names."""


@dataclass(frozen=True, slots=True)
class Need:
    """So many experts of one specialty (a code; its sub-codes count) of one region ("" for any), and a reserve."""

    specialty: str
    region: str
    count: int
    reserve: int


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Who is not called, by position, and why: employer, kinship, project, declared, supervisor (法37, 条46)."""

    member: int
    reason: str


REASONS = frozenset({"employer", "kinship", "project", "declared", "supervisor"})


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked for. It is committed with the request, before there is a seed.

    window: how long an expert who was called has to answer, in seconds.
    """

    needs: tuple[Need, ...]
    excluded: tuple[Exclusion, ...]
    window: int

    def __post_init__(self) -> None:
        if not self.needs or any(
            need.count < 1 or need.reserve < 0 or not need.specialty for need in self.needs
        ):
            raise MalformedDrawError(
                Said("抽取至少需要某一专业的一名专家。", "a draw needs one expert or more of some specialty")
            )
        if self.window < 1:
            raise MalformedDrawError(Said("须给专家答复的时间。", "an expert has some time to answer"))
        members = [exclusion.member for exclusion in self.excluded]
        if members != sorted(set(members)) or any(e.reason not in REASONS for e in self.excluded):
            raise MalformedDrawError(
                "exclusions are in the order of their positions, each once, with a known reason"
            )

    def to_bytes(self) -> bytes:
        """RFC 8785; the request has its SHA-256."""
        needs: list[Json] = [
            {"count": n.count, "region": n.region, "reserve": n.reserve, "specialty": n.specialty}
            for n in self.needs
        ]
        excluded: list[Json] = [{"member": e.member, "reason": e.reason} for e in self.excluded]
        return canonical_json.dumps(
            {"excluded": excluded, "needs": needs, "type": "expert-draw-terms/v1", "window": self.window}
        )

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @classmethod
    def parse(cls, data: bytes) -> "Terms":
        """MalformedDrawError unless `data` is exactly the terms of a draw."""
        try:
            value: Any = canonical_json.loads(data)
            needs = tuple(Need(**need) for need in value["needs"])
            terms = cls(needs, tuple(Exclusion(**one) for one in value["excluded"]), value["window"])
            if terms.to_bytes() == data:
                return terms
        except (EncodingError, KeyError, TypeError) as error:
            raise MalformedDrawError("not the terms of a draw") from error
        raise MalformedDrawError("not the terms of a draw: a field too many, or of another kind")


class Answer(Enum):
    """What came of a call."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SILENT = "silent"
    CONFLICTED = "conflicted"

    @property
    def said(self) -> Said:
        return _ANSWERS[self.value]

    @property
    def fills(self) -> bool:
        """Whether the place is taken, or may still be."""
        return self in {Answer.PENDING, Answer.ACCEPTED}


_ANSWERS = {
    "pending": Said("等待答复", "has not answered yet"),
    "accepted": Said("接受", "accepted"),
    "declined": Said("谢绝", "declined"),
    "silent": Said("逾期未复", "silent"),
    "conflicted": Said("回避", "has a conflict"),
}


@dataclass(frozen=True, slots=True)
class Call:
    """The expert at `position` was called for the need `need` (from 0 on)."""

    need: int
    position: int
    answer: Answer = Answer.PENDING


def is_eligible(member: Member, need: Need) -> bool:
    """Whether the attributes are those that are needed, and the expert is in good standing (法37)."""
    attributes = member.attributes
    if attributes.get("active") is not True or need.region not in ("", attributes.get("region")):
        return False
    specialties = attributes.get("specialties")
    return isinstance(specialties, list) and _is_one_under(specialties, need.specialty)


def eligible(population: Population, terms: Terms, need: Need) -> list[int]:
    """The positions that may be called for a need, in the population's order."""
    barred = {exclusion.member for exclusion in terms.excluded}
    return [
        position
        for position, member in enumerate(population.members)
        if position not in barred and is_eligible(member, need)
    ]


def check_request(population: Population, terms: Terms) -> list[Said]:
    """Refuses a draw that the pool cannot fill; the warnings for one that it can barely.

    DrawRefusedError("pool") where, in the worst case, the other needs leave too few for one need and its reserve.
    """
    if any(exclusion.member >= len(population.members) for exclusion in terms.excluded):
        raise MalformedDrawError("an exclusion names a position that the population does not have")
    found = [set(eligible(population, terms, need)) for need in terms.needs]
    wanted = [need.count + need.reserve for need in terms.needs]
    for at, need in enumerate(terms.needs):
        others = (i for i in range(len(found)) if i != at)
        left = len(found[at]) - sum(min(wanted[i], len(found[at] & found[i])) for i in others)
        if left < wanted[at]:
            raise DrawRefusedError(
                "pool",
                Said(
                    f"第 {at + 1} 项需求连同备选需要 {wanted[at]} 名 {need.specialty} 专家；"
                    f"符合条件的有 {len(found[at])} 名，"
                    f"其他需求抽取后余 {max(left, 0)} 名：请减少人数或者放宽专业、地区。",
                    f"need {at + 1} asks for {wanted[at]} experts of {need.specialty} with the reserve; "
                    f"{len(found[at])} are eligible, {max(left, 0)} when the other needs took theirs: "
                    "ask for fewer, or for a wider field",
                ),
            )
    return [
        Said(
            f"第 {few.need} 项需求：{few.wanted} 个名额只有 {few.eligible} 名专家符合条件，名单可能被猜出。",
            f"need {few.need}: only {few.eligible} experts are eligible for {few.wanted} places: names can be guessed",
        )
        for few in _guessable(terms, [len(positions) for positions in found])
    ]


@dataclass(frozen=True, slots=True)
class Few:
    """So few are eligible for the need with this number (from 1 on) and its reserve that names can be guessed."""

    need: int
    eligible: int
    wanted: int


def guessable(population: Population, terms: Terms) -> list[Few]:
    """The needs for which fewer than GUESSABLE times those wanted are eligible."""
    return _guessable(terms, [len(eligible(population, terms, need)) for need in terms.needs])


def _guessable(terms: Terms, found: Sequence[int]) -> list[Few]:
    """`found`: how many are eligible for each need."""
    needs = enumerate(zip(terms.needs, found, strict=True), start=1)
    few = (Few(number, count, need.count + need.reserve) for number, (need, count) in needs)
    return [one for one in few if one.eligible < GUESSABLE * one.wanted]


def next_calls(population: Population, terms: Terms, seed: bytes, calls: Sequence[Call]) -> tuple[Call, ...]:
    """Whom to call now, after these calls and their answers; nobody if every place is taken or may still be.

    DrawRefusedError("exhausted") if a need has a place and nobody eligible is left.
    """
    called = {call.position for call in calls}
    order = _Order(population, terms, seed)
    now: list[Call] = []
    for number, need in enumerate(terms.needs):
        open_places = need.count - sum(call.need == number and call.answer.fills for call in calls)
        for _ in range(open_places):
            position = order.next_for(need, called)
            if position is None:
                raise DrawRefusedError(
                    "exhausted",
                    Said(
                        f"第 {number + 1} 项需求已无专家可通知：请放宽条件重新抽取。",
                        f"nobody is left to call for need {number + 1}: draw again with wider terms",
                    ),
                )
            called.add(position)
            now.append(Call(number, position))
    return tuple(now)


def check_course(population: Population, terms: Terms, seed: bytes, calls: Sequence[Call]) -> None:
    """MalformedDrawError unless these calls, in their order, are those that this draw had to make.

    Answers come in any order; a call is right if it is the next one after some of the earlier calls had been answered
    as they were. So each call is checked against the earlier ones: its position is the first eligible in the order
    that was not called before it.
    """
    order = _Order(population, terms, seed)
    called: set[int] = set()
    for at, call in enumerate(calls):
        if not 0 <= call.need < len(terms.needs):
            raise MalformedDrawError(f"call {at + 1} is for a need that the terms do not have")
        due = order.next_for(terms.needs[call.need], called)
        if call.position != due:
            raise MalformedDrawError(
                f"call {at + 1} went to position {call.position}, and the order has position {due} next"
            )
        before = [earlier for earlier in calls[:at] if earlier.need == call.need]
        if sum(earlier.answer.fills for earlier in before) >= terms.needs[call.need].count:
            raise MalformedDrawError(f"call {at + 1} was made although every place of its need was taken")
        called.add(call.position)


class _Order:
    """The order of a draw, as far as anybody has looked: of a large pool nearly nobody is."""

    def __init__(self, population: Population, terms: Terms, seed: bytes) -> None:
        self._members = population.members
        self._barred = {exclusion.member for exclusion in terms.excluded}
        self._coming, self._seen = draw_order(seed, len(population.members)), list[int]()

    def next_for(self, need: Need, called: Collection[int]) -> int | None:
        """The first that is eligible for a need and was not called; None if there is nobody."""
        for position in chain(self._seen, self._looked_at()):
            may = position not in called and position not in self._barred
            if may and is_eligible(self._members[position], need):
                return position
        return None

    def _looked_at(self) -> Iterator[int]:
        for position in self._coming:
            self._seen.append(position)
            yield position


def _is_one_under(codes: list[Json], wanted: str) -> bool:
    """Whether a code is the specialty `wanted` or one of its kind: codes of a tree begin with that of their parent."""
    for code in codes:  # noqa: SIM110 - for a code or two, any() over a generator takes thrice as long
        if isinstance(code, str) and code.startswith(wanted):
            return True
    return False

"""What the domain calls by ids, as it is said on pages; and how a case comes into a template."""

from types import SimpleNamespace
from typing import Any

from flask import Response

from app.web.pages.language import N_, _, said
from app.web.pages.render import page
from oversight.complaints import words
from oversight.complaints.tables import CaseRow
from oversight.complaints.words import Capacity, Ground, Kind, Matter, State

STEPS = {
    "filed": N_("filed"),
    "replied": N_("replied to"),
    "withdrawn": N_("withdrawn"),
    "correction-asked": N_("sent back for correction"),
    "corrected": N_("corrected"),
    "accepted": N_("accepted"),
    "not-accepted": N_("not accepted"),
    "forwarded": N_("forwarded to another authority"),
    "joined": N_("joined to another complaint"),
    "suspended": N_("the tender ordered to stand still"),
    "resumed": N_("that order lifted"),
    "clock-stopped": N_("testing begun; the clock stands"),
    "clock-resumed": N_("testing ended; the clock runs"),
    "statement": N_("a statement"),
    "withdrawal-asked": N_("withdrawal asked for"),
    "withdrawal-refused": N_("withdrawal not allowed"),
    "decided": N_("decided"),
}
BY = {
    "filer": N_("who filed it"),
    "tenderee": N_("the tenderee"),
    "authority": N_("the authority"),
    "supervisor": N_("another supervisor"),
}
STATUS = {
    "running": (N_("running"), "tone-open"),
    "near": (N_("nearly overdue"), "tone-work"),
    "overdue": (N_("overdue"), "tone-halt"),
    "kept": (N_("kept"), "tone-done"),
    "missed": (N_("missed"), "tone-halt"),
    "ended": (N_("fell away"), "tone-quiet"),
}
_TONES = {
    State.FILED: "tone-open",
    State.CORRECTION: "tone-work",
    State.ACCEPTED: "tone-work",
    State.REPLIED: "tone-done",
    State.DECIDED: "tone-done",
}
_KINDS = {Kind.OBJECTION: N_("Objection"), Kind.COMPLAINT: N_("Complaint")}
_CLOCKS = {
    "objection-reply": N_("reply"),
    "complaint-acceptance": N_("acceptance"),
    "complaint-decision": N_("decision"),
    "complaint-correction": N_("correction"),
}


def kind(name: str) -> str:
    return _(_KINDS[Kind(name)])


def matter(name: str) -> str:
    return said(words.MATTERS[Matter(name)])


def capacity(name: str) -> str:
    return said(words.CAPACITIES[Capacity(name)])


def state(name: str) -> str:
    return said(words.STATES[State(name)])


def tone(name: str) -> str:
    return _TONES.get(State(name), "tone-quiet")


def outcome(name: str) -> str:
    """How a case ended: a reply's or a decision's outcome, or the ground on which it was not accepted."""
    return said(words.OUTCOMES[name] if name in words.OUTCOMES else words.GROUNDS[Ground(name)])


def step(name: str) -> str:
    return _(STEPS[name])


def by(name: str) -> str:
    return _(BY[name])


def status(name: str) -> str:
    return _(STATUS[name][0])


def status_tone(name: str) -> str:
    return STATUS[name][1]


def clock(rule: str) -> str:
    """What a clock is for, in one word."""
    return _(_CLOCKS[rule])


def short(case: CaseRow) -> str:
    """Objection 9f86d081: the first digits of its id tell cases of a list apart."""
    return f"{kind(case.kind)} {case.id[:8]}"


def shown(template: str, status_code: int = 200, **values: Any) -> Response:
    """The page of a template of this family, which says ids by these functions."""
    return page(template, status_code, w=_WORDS, **values)


_WORDS = SimpleNamespace(
    kind=kind,
    matter=matter,
    capacity=capacity,
    state=state,
    tone=tone,
    outcome=outcome,
    step=step,
    by=by,
    status=status,
    status_tone=status_tone,
    clock=clock,
    short=short,
)
"""The functions above, for templates."""

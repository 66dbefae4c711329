"""Everything that the desks show, in the order of its headings."""

from app.web.pages.desk import (
    cases_waiting,
    experts_waiting,
    guarantees_waiting,
    openings_waiting,
    parties_waiting,
    tenders_waiting,
)
from app.web.pages.desk.waiting import Source

OF_ONESELF: tuple[Source, ...] = (parties_waiting.own,)
"""What is shown also to who has not yet proved enough for the role."""

SOURCES: tuple[Source, ...] = (
    tenders_waiting.duties,
    cases_waiting.to_act,
    cases_waiting.own,
    cases_waiting.overdue,
    tenders_waiting.openings,
    openings_waiting.openings,
    tenders_waiting.questions,
    tenders_waiting.steps,
    tenders_waiting.suspended,
    tenders_waiting.drafts,
    experts_waiting.draws,
    guarantees_waiting.demands,
    guarantees_waiting.late,
    guarantees_waiting.scans,
    parties_waiting.to_verify,
    parties_waiting.own,
)

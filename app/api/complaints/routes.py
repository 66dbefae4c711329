"""The blueprint of objections and complaints, and what its routes share: who calls, how a case is shown."""

import json
from typing import Any

from app.api.document import ApiRoutes
from app.caller import caller
from app.complaint_flows import desk_of
from app.context import now, parts, session
from app.errors import ProblemError
from oversight.complaints import reading
from oversight.complaints.errors import UnknownCaseError
from oversight.complaints.ports import Party
from oversight.complaints.records import hash_of
from oversight.complaints.steps import Desk, statute_of
from oversight.complaints.tables import CaseRow, EvidenceRow, StepRow
from parties.models import Organisation
from storage.blobs import BlobStore

routes = ApiRoutes(
    "complaints", __name__, url_prefix="/api/complaints", description="Objections and complaints"
)
ONE = "/<string(length=32):case>"


def party() -> Party:
    """Who calls, as the services know it."""
    who = caller()
    if who.membership is None:  # pragma: no cover - the gate lets in none
        raise ProblemError("membership-needed")
    organisation = who.membership.organisation
    return Party(
        *(organisation.id, organisation.name, organisation.credit_code, who.person_id, who.membership.role)
    )


def desk() -> Desk:
    return desk_of(parts().random)


def blobs() -> BlobStore:
    """ProblemError where the deployment has no store."""
    found = parts().tendering
    if found is None:
        raise ProblemError("refused", "this deployment is not set up to keep files")
    return found.blobs


def case_of(case: str) -> CaseRow:
    """UnknownCaseError, also for what is no id."""
    if not case.isascii() or not case.isalnum():
        raise UnknownCaseError
    return reading.get(session(), case)


def line(case: CaseRow) -> dict[str, Any]:
    """What everybody sees of a case, but for its steps."""
    authority = None if case.authority is None else session().get_one(Organisation, case.authority).name
    return {
        "id": case.id,
        "kind": case.kind,
        "tender": case.tender,
        "lots": case.lots,
        "matter": case.matter,
        "state": case.state,
        "outcome": case.outcome,
        "authority": authority,
        "after": case.after,
        "lead": case.lead,
        "filed_at": case.filed_at,
        "ended_at": case.ended_at,
        "suspends": case.suspended_at is not None and case.resumed_at is None,
        "training": statute_of(case).profile.is_training,
        "clocks": [
            {
                "rule": one.rule.id,
                "articles": list(one.rule.articles),
                "zh": one.rule.zh,
                "en": one.rule.en,
                "began_at": one.began_at,
                "due_at": one.due_at,
                "done_at": one.done_at,
                "status": one.status.value,
            }
            for one in reading.clocks_of(session(), case, now=now())
        ],
    }


def public(case: CaseRow) -> dict[str, Any]:
    """All that everybody sees of a case."""
    return {**line(case), "steps": [_step(one) for one in reading.public_steps(session(), case)]}


def recorded(case: CaseRow) -> dict[str, Any]:
    """What the caller sees, who has a part in it. UnknownCaseError if it has none."""
    part = reading.part_of(case, party())
    who = reading.filer_of(session(), desk(), case, part, now=now())
    files = reading.files_of(session(), case)
    return {
        **line(case),
        "part": part,
        "capacity": case.capacity,
        "knowing": case.knowing,
        "filer": None if who is None else {"name": who.name, "credit_code": who.credit_code},
        "steps": [
            {
                **_step(one),
                "record": None if one.record is None else json.loads(one.record),
                "sha256": None if one.record is None else hash_of(one.record),
                "files": [file_shown(row) for row in files if row.step == one.number],
            }
            for one in reading.steps(session(), case)
        ],
    }


def done(case: CaseRow) -> dict[str, Any]:
    """Commits what was done to a case, and shows it to the caller."""
    session().commit()
    return recorded(case)


def file_shown(row: EvidenceRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "media_type": row.media_type,
        "size": row.size,
        "sha256": None if row.sha256 is None else row.sha256.hex(),
    }


def _step(step: StepRow) -> dict[str, Any]:
    return {"number": step.number, "kind": step.kind, "by": step.by, "at": step.at}

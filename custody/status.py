"""How the keyholders' side of the platform is, for whoever wants to know: nothing in it is secret.

Names, public keys, what stands in the ledger, and what keyholders say of themselves. Whether a release is wrong is the
platform's finding; anyone who may open it can check it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from custody import pool, registry
from custody.models import KeyholderRow, ReleaseRow, ReportRow, RunRow
from ledger.view import Group, LedgerView

LISTED = 100
"""Failed runs, and reports, that are shown: the newest."""


def status(session: Session, view: LedgerView) -> dict[str, Any]:
    """Groups with their pools, runs that failed with whom they blame, keyholders, reports; as JSON has it."""
    return {
        "origin": view.origin,
        "groups": [_group(session, group) for group in view.groups],
        "failed_runs": [
            {
                "run": row.id,
                "group": row.group_id,
                "finished_at": _time(row.finished_at),
                "reason": row.reason,
                "culprits": row.culprits,
            }
            for row in _failed(session)
        ],
        "keyholders": [_keyholder(row) for row in registry.keyholders(session)],
        "wrong_releases": [
            {"closing": row.closing, "part": row.part, "member": row.member, "reason": row.reason}
            for row in session.execute(
                select(ReleaseRow.closing, ReleaseRow.part, ReleaseRow.member, ReleaseRow.reason)
                .where(ReleaseRow.state == "wrong")
                .order_by(ReleaseRow.received_at.desc())
                .limit(LISTED)
            )
        ],
        "reports": _reports(session),
    }


def releases(session: Session, closing: str) -> dict[str, dict[int, str]]:
    """Of each part, what is known of each member's release: new, good, or wrong and why."""
    query = select(ReleaseRow.part, ReleaseRow.member, ReleaseRow.state, ReleaseRow.reason)
    rows = session.execute(
        query.where(ReleaseRow.closing == closing).order_by(ReleaseRow.part, ReleaseRow.member)
    )
    found: dict[str, dict[int, str]] = {}
    for part, member, state, reason in rows:
        found.setdefault(part, {})[member] = f"{state}: {reason}" if reason else state
    return found


def _group(session: Session, group: Group) -> dict[str, Any]:
    oldest = session.execute(
        select(func.min(RunRow.opened_at)).where(RunRow.group_id == group.id, RunRow.state == "open")
    ).scalar_one()
    return {
        "id": group.id,
        "name": group.proposal.name,
        "threshold": group.threshold,
        "complete": group.is_complete,
        "members": [
            {
                "number": number,
                "name": member.name,
                "signing_key": member.signing_key,
                "accepted": number in group.accepted,
            }
            for number, member in enumerate(group.proposal.members, start=1)
        ],
        "keys": pool.counts(session, group.id),
        "oldest_open_run": _time(oldest),
    }


def _failed(session: Session) -> Sequence[RunRow]:
    query = select(RunRow).where(RunRow.state == "failed").order_by(RunRow.finished_at.desc())
    return session.execute(query.limit(LISTED)).scalars().all()


def _keyholder(row: KeyholderRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "signing_key": row.signing_key,
        "witness": row.witness,
        "seen_at": _time(row.seen_at),
        "clock_difference": row.clock_difference,
    }


def _reports(session: Session) -> list[dict[str, Any]]:
    query = select(ReportRow, KeyholderRow.name).join(KeyholderRow, KeyholderRow.id == ReportRow.keyholder_id)
    rows = session.execute(query.order_by(ReportRow.reported_at.desc()).limit(LISTED))
    return [
        {
            "keyholder": name,
            "subject": row.subject,
            "rule": row.rule,
            "sentence": row.sentence,
            "reported_at": _time(row.reported_at),
        }
        for row, name in rows
    ]


def _time(at: datetime | None) -> int | None:
    """POSIX seconds."""
    return None if at is None else int(at.timestamp())

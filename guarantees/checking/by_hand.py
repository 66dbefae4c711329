"""Scanned paper guarantees: the marked fallback, which staff examine by hand.

Nothing of it is on chain, nothing of it is released or demanded here: that goes its way on paper. What staff found, and
that it was they who found it, stands in the ledger.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from guarantees.checking.taking import EXAMINE, INVALID, VALID, checked
from guarantees.checking.words import SENTENCES, Found
from guarantees.errors import NotFoundError, RefusedError, StateError
from guarantees.models import GuaranteeCheck, PaperExamination
from ledger import log
from statutes.said import Said

ACCEPTED, REFUSED = "accepted", "refused"
MAX_REMARKS = 2000


def waiting(session: Session) -> list[PaperExamination]:
    """Those nobody has examined yet, the oldest first."""
    query = select(PaperExamination).where(PaperExamination.outcome.is_(None))
    joined = query.join(
        GuaranteeCheck,
        (GuaranteeCheck.lot == PaperExamination.lot) & (GuaranteeCheck.bid == PaperExamination.bid),
    )
    return list(session.execute(joined.order_by(GuaranteeCheck.began_at)).scalars())


def settle(
    session: Session, lot: str, bid: int, *, accepted: bool, remarks: str, examiner: str, now: datetime
) -> PaperExamination:
    """`examiner` is whoever examined, as the platform knows it. A refusal says why. NotFoundError, StateError,
    RefusedError."""
    row = session.get(PaperExamination, (lot, bid), with_for_update=True, populate_existing=True)
    check = session.get(GuaranteeCheck, (lot, bid), with_for_update=True, populate_existing=True)
    if row is None or check is None:
        raise NotFoundError("there is no scanned guarantee in this bid")
    if row.outcome is not None or check.state != EXAMINE:
        raise StateError(
            "scan-settled", Said("该纸质保函已有人工核验结论。", "The scan was examined already.")
        )
    if len(remarks) > MAX_REMARKS or (not accepted and not remarks.strip()):
        raise RefusedError(
            "scan-remarks",
            Said(
                "不予接受时应当说明理由（不超过2000字）。", "A refusal says why, in at most 2000 characters."
            ),
        )
    row.outcome = ACCEPTED if accepted else REFUSED
    row.remarks, row.examined_by, row.examined_at = remarks.strip(), examiner, now
    check.state, check.decided_at = (VALID if accepted else INVALID), now
    failed = () if accepted else (Found.REJECTED,)
    check.findings = [{"code": str(one), "zh": SENTENCES[one].zh, "en": SENTENCES[one].en} for one in failed]
    row.entry_id = log.append(session, checked(check, row.outcome, failed), now=now)
    session.flush()
    return row

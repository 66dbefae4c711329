"""Bidding's port for guarantees: what a bid carries is examined inside the opening's transaction.

No node is asked here, so that a chain that cannot be reached holds up nothing: only what was followed of it counts. If
that does not show the commitment yet, all else is examined, `awaiting-chain` is read out, and the row waits for the
job (guarantees/checking/waiting.py), whose entry tells the outcome.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from guarantees import carried
from guarantees.chain import index
from guarantees.chain.binding import bound
from guarantees.checking import paper_rules, presenting, rules
from guarantees.checking.facts import Chain, Committed
from guarantees.checking.rules import Examined
from guarantees.checking.words import OUTCOMES, SENTENCES, Found
from guarantees.errors import FormatError
from guarantees.models import GuaranteeCheck, PaperExamination
from guarantees.paper import PaperGuarantee
from guarantees.ports import CarriedDocument, CarriedGuarantee, LotsPort
from guarantees.register.listing import listing_of
from guarantees.signed import SignedGuarantee
from ledger import log
from ledger.entries import GuaranteeChecked

ELECTRONIC, PAPER = "electronic", "paper"
WAITING, VALID, INVALID, EXAMINE = "waiting", "valid", "invalid", "examine"
AGAIN = timedelta(seconds=10)
"""Between two looks at the chain for one that waits."""


@dataclass(frozen=True, slots=True)
class CheckAtOpening:
    """bidding.ports.GuaranteePort, with the lots as the only thing it needs of others."""

    lots: LotsPort

    def __call__(self, session: Session, presented: CarriedGuarantee, /, *, now: datetime) -> str:
        """The word that is read out. Handed the same bid again, it finds what it found."""
        row = session.get(GuaranteeCheck, (presented.lot, presented.bid))
        return word_of(row if row is not None else self._take(session, presented, now))

    def _take(self, session: Session, presented: CarriedGuarantee, now: datetime) -> GuaranteeCheck:
        row = GuaranteeCheck(
            lot=presented.lot,
            bid=presented.bid,
            credit_code=presented.credit_code,
            form=ELECTRONIC,
            content=presented.content,
            guarantee=None,
            state=WAITING,
            findings=[],
            due_at=None,
            began_at=now,
            decided_at=None,
            entry_id=None,
        )
        session.add(row)
        try:
            found = carried.parse(presented.content)
        except FormatError:
            decide(session, row, Examined(Found.MALFORMED, (Found.MALFORMED,)), now=now)
            return row
        if isinstance(found, PaperGuarantee):
            _take_scan(session, row, found, presented.documents, now)
            return row
        row.guarantee = found.id
        session.flush()
        examined = examine(session, self.lots, row, found, complete=False, now=now)
        decide(session, row, examined, now=now, signed=found)
        return row


def examine(
    session: Session,
    lots: LotsPort,
    row: GuaranteeCheck,
    signed: SignedGuarantee,
    *,
    complete: bool,
    now: datetime,
) -> Examined:
    """The checks, on what is in the database now. `complete`: whether a commitment made in time would be there."""
    return rules.examine(
        signed,
        bidder=row.credit_code,
        asked=lots.terms(session, row.lot, now=now),
        listing=listing_of(session, signed.undertaking.issuer.credit_code),
        elsewhere=_is_elsewhere(session, row),
        chain=_chain(session, signed, complete=complete),
        # A guarantee that waited for the chain is held against the time of the opening.
        now=row.began_at,
    )


def decide(
    session: Session,
    row: GuaranteeCheck,
    examined: Examined,
    *,
    now: datetime,
    signed: SignedGuarantee | None = None,
) -> None:
    """The outcome goes into the row and the ledger, and a guarantee that holds is presented; or the row waits."""
    if examined.found is Found.AWAITING_CHAIN:
        row.state, row.due_at = WAITING, now + AGAIN
        return
    valid = examined.found is Found.VERIFIED
    row.state, row.due_at, row.decided_at = VALID if valid else INVALID, None, now
    row.findings = [
        {"code": str(one), "zh": SENTENCES[one].zh, "en": SENTENCES[one].en} for one in examined.failed
    ]
    row.entry_id = log.append(session, checked(row, row.state, examined.failed), now=now)
    if valid and signed is not None:
        presenting.present(session, signed, bid=row.bid, now=now)
    session.flush()


def checked(row: GuaranteeCheck, outcome: str, failed: tuple[Found, ...] = ()) -> GuaranteeChecked:
    """The entry of a check's outcome."""
    content = hashlib.sha256(row.content).hexdigest()
    guarantee = row.guarantee.hex() if row.guarantee else "0" * 64
    return GuaranteeChecked(row.lot, row.bid, content, guarantee, outcome, tuple(map(str, failed)))


def word_of(row: GuaranteeCheck) -> str:
    """The word for the ledger of a check as it stood at the opening, whatever became of it since."""
    if row.form == PAPER:
        codes = {one["code"] for one in row.findings}
        return next((one for one in (Found.SCAN_MISSING, Found.SCAN_DIFFERS) if one in codes), Found.SCAN)
    if row.state == WAITING:
        return Found.AWAITING_CHAIN
    failed = [Found(one["code"]) for one in row.findings]
    return Found.VERIFIED if not failed else next(one for one in failed if one not in OUTCOMES)


def _take_scan(
    session: Session,
    row: GuaranteeCheck,
    paper: PaperGuarantee,
    documents: Sequence[CarriedDocument],
    now: datetime,
) -> None:
    """To be examined by hand, if the bid has the very scan that it names; without it there is nothing to examine."""
    row.form = PAPER
    wrong = paper_rules.examine(paper, documents)
    if wrong is not None:
        decide(session, row, Examined(wrong, (wrong,)), now=now)
        return
    row.state = EXAMINE
    row.entry_id = log.append(session, checked(row, EXAMINE), now=now)
    session.add(
        PaperExamination(
            lot=row.lot,
            bid=row.bid,
            sha256=bytes.fromhex(paper.scan.sha256),
            stated=msgspec.to_builtins(paper),
            outcome=None,
            remarks="",
            examined_by="",
            examined_at=None,
            entry_id=None,
        )
    )
    session.flush()


def _is_elsewhere(session: Session, row: GuaranteeCheck) -> bool:
    """Whether another bid's guarantee that holds, or may, is this one."""
    query = select(GuaranteeCheck.bid).where(
        GuaranteeCheck.guarantee == row.guarantee,
        GuaranteeCheck.state.in_((VALID, WAITING)),
        (GuaranteeCheck.lot != row.lot) | (GuaranteeCheck.bid != row.bid),
    )
    return session.execute(query.limit(1)).first() is not None


def _chain(session: Session, signed: SignedGuarantee, *, complete: bool) -> Chain:
    deployment = bound(session)
    if deployment is None:
        # Nothing was ever followed: as good as a chain that is not reached. What it names is compared later.
        at = signed.undertaking.on_chain
        return Chain(at.chain_id, bytes.fromhex(at.registry), None, False)
    return Chain(deployment.chain_id, deployment.registry, committed(session, signed.id), complete)


def committed(session: Session, guarantee: bytes) -> Committed | None:
    """What the followed events say of the guarantee with this id."""
    standing = index.guarantee(session, guarantee)
    events = index.history(session, guarantee)
    if standing is None or not events:
        return None
    expiry = next((event.fields["expiry"] for event in events if event.name == "Issued"), standing.expiry)
    return Committed(standing.state, expiry, events[0].time)

"""A guarantee that no opening reveals is given back: of a bid withdrawn in time (条35), or of one that nobody opened.

The platform cannot read such a guarantee: its bidder hands it in, with the proof of the bid that it went with.

    1. The submission behind a sealed entry of the ledger, revealed by its salt: the bid's key, for this lot.
    2. Why it is given back: the withdrawal behind another, by the same key, before the lot's closing; or the lot ended
       without an opening; or the bid was not opened by no fault of its bidder's (办31).
    3. The guarantee itself: signed by its listed guarantor, for this lot, this applicant, this beneficiary; committed.

Then it is presented, and released by the clock of 条35. Whoever hands one in before the deadline tells everybody that a
guarantee of this amount was given for this lot. That is its own choice (`early`); without it the bidder is asked to
come after the deadline.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from guarantees.after import clocks, releasing
from guarantees.after.clocks import Clock, End
from guarantees.checking import taking
from guarantees.checking.receipts import Reveal
from guarantees.checking.rules import Examined
from guarantees.checking.taking import ELECTRONIC, VALID, WAITING
from guarantees.checking.words import SENTENCES, Found
from guarantees.errors import FormatError, RefusedError, StateError
from guarantees.models import Guarantee, GuaranteeCheck
from guarantees.ports import LotsPort
from guarantees.signed import SignedGuarantee
from ledger import log
from ledger.entries import BidFailed, BidSubmitted, BidWithdrawn, Entry, LotClosed, Revealed, decode
from ledger.errors import LedgerError
from ledger.models import EntryRow
from statutes.said import Said

PASSED_OVER = frozenset(
    {Found.EXPIRY, Found.AMOUNT, Found.CONDITIONS, Found.DOCUMENTS, Found.EVENT, Found.CHARGES}
)
"""What a committee would have looked at; to be let go of, a guarantee need not be good enough."""


def give_back(
    session: Session,
    lots: LotsPort,
    content: bytes,
    *,
    bidder: str,
    submitted: Reveal,
    withdrawn: Reveal | None,
    early: bool = False,
    now: datetime,
) -> Guarantee:
    """`content` is guarantee.json, `bidder` the code of who hands it in; `early`: also before the deadline, and so for
    all to see. FormatError, RefusedError, StateError."""
    signed = SignedGuarantee.parse(content)
    lot = signed.undertaking.lot
    bid = _fact(session, submitted, BidSubmitted)  # 1
    if bid.lot != lot:
        raise RefusedError("bid-of-other-lot", SENTENCES[Found.OTHER_LOT])
    if withdrawn is not None and not early and now < lots.terms(session, lot, now=now).deadline:
        raise StateError(
            "given-back-early",
            Said(
                "投标截止前提交，账本将公开该标段有一份此金额的保函。请在截止后提交，或者选择“现在就退还”。",
                "Before the deadline this would show in the ledger that a guarantee of this amount was given for this "
                "lot. Hand it in after the deadline, or choose to have it given back now.",
            ),
        )
    clock, since = _why(session, lots, lot, bid, submitted.index, withdrawn, now)  # 2
    before = session.get(GuaranteeCheck, (lot, submitted.index))
    if before is not None:
        if (before.content, before.credit_code, before.state) == (content, bidder, VALID):
            return session.get_one(Guarantee, signed.id)  # the same again, whose answer was lost
        raise StateError(
            "given-back-before",
            Said("该投标的保函已经提交过。", "The guarantee of this bid was handed in or opened before."),
        )
    row = GuaranteeCheck(
        lot=lot,
        bid=submitted.index,
        credit_code=bidder,
        form=ELECTRONIC,
        content=content,
        guarantee=signed.id,
        state=WAITING,
        findings=[],
        due_at=None,
        began_at=now,
        decided_at=None,
        entry_id=None,
    )
    session.add(row)
    session.flush()
    examined = taking.examine(session, lots, row, signed, complete=True, now=now)  # 3
    wrong = [one for one in examined.failed if one not in PASSED_OVER]
    if wrong:
        raise RefusedError(str(wrong[0]), SENTENCES[wrong[0]])
    taking.decide(session, row, Examined(Found.VERIFIED), now=now, signed=signed)
    guarantee = session.get_one(Guarantee, signed.id)
    due = clocks.of_withdrawal(lots.statute(session, lot, now=now), since, clock=clock)
    releasing.start(session, guarantee, due)
    return guarantee


def _fact(session: Session, reveal: Reveal, kind: type[Entry]) -> BidSubmitted | BidWithdrawn:
    """The fact behind a sealed entry."""
    try:
        at_index = log.entry_at(session, reveal.index)
        body = Revealed.of(reveal.index, reveal.salt, reveal.body).check(at_index)
        fact = decode(body)
    except LedgerError as error:
        raise FormatError(f"the receipt does not open entry {reveal.index}") from error
    if not isinstance(fact, BidSubmitted | BidWithdrawn) or not isinstance(fact, kind):
        raise FormatError(f"behind entry {reveal.index} stands something else")
    return fact


def _why(
    session: Session,
    lots: LotsPort,
    lot: str,
    bid: BidSubmitted | BidWithdrawn,
    index: int,
    withdrawn: Reveal | None,
    now: datetime,
) -> tuple[Clock, datetime]:
    if withdrawn is not None:
        fact = _fact(session, withdrawn, BidWithdrawn)
        closing = _closing(session, lot)
        if fact.bid != bid.bid or withdrawn.index <= index:
            raise RefusedError(
                "other-bid",
                Said("撤回的不是这份投标。", "What was withdrawn is another bid, or came before it."),
            )
        if closing is not None and withdrawn.index > closing:
            raise RefusedError(
                "withdrawn-late",
                Said(
                    "投标截止后的撤销不适用退还（条35）。",
                    "The bid was revoked after the deadline: the bond may be kept (条35).",
                ),
            )
        return Clock.WITHDRAWN, _appended(session, withdrawn.index)
    for ending in lots.endings(session, lot, now=now):
        if ending.end in (End.FAILED, End.CANCELLED):
            return (Clock.FAILED if ending.end is End.FAILED else Clock.CANCELLED), ending.at
    failed = _failed(session, index)
    if failed is not None:
        return Clock.NOT_OPENED, failed
    raise StateError(
        "not-to-be-given-back",
        Said(
            "该投标未撤回，所投标段也未终止；开标后保函按期退还，无需申请。",
            "The bid was not withdrawn and its lot goes on: its guarantee is released on the clock after the opening.",
        ),
    )


def _closing(session: Session, lot: str) -> int | None:
    """The index of the lot's closing."""
    for index, leaf in _about(session, b'"type":"lot-closed/v1"', f'"lot":"{lot}"'.encode()):
        entry = decode(leaf)
        if isinstance(entry, LotClosed) and entry.lot == lot:
            return index
    return None


def _failed(session: Session, bid: int) -> datetime | None:
    """When the bid was found not to open, by no fault of its bidder's."""
    for index, leaf in _about(session, f'"bid":{bid},'.encode(), b'"type":"bid-failed/v1"'):
        entry = decode(leaf)
        if isinstance(entry, BidFailed) and entry.bid == bid and entry.responsibility == "other":
            return _appended(session, index)
    return None


def _about(session: Session, *parts: bytes) -> list[tuple[int, bytes]]:
    query = select(EntryRow.index, EntryRow.leaf).where(EntryRow.index.is_not(None))
    for part in parts:
        query = query.where(
            EntryRow.leaf.op("LIKE")(b"%" + part + b"%")
        )  # decoded and compared by the caller
    return [(index or 0, leaf) for index, leaf in session.execute(query.order_by(EntryRow.index))]


def _appended(session: Session, index: int) -> datetime:
    return session.execute(select(EntryRow.appended_at).where(EntryRow.index == index)).scalar_one()

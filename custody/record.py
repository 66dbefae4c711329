"""Making an opening of a public part public: the headers that opened, and the shares of t members for each of them.

Only what opened is shown, and nothing else ever: shares of a bid whose header did not open may be shares of something
else (docs/spec/lot-key.md, "Proof of knowledge of a stanza's secret"). With these entries anyone computes the file
keys.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from crypto.threshold import ShareBatch
from custody.errors import OpeningError
from custody.models import ShownRow
from custody.opening import Opening
from ledger import log
from ledger.entries import PartOpened, SharesShown

CHUNK = 256
"""Bids in one entry of shares: 256 batches of 104 bytes, twice as long in hexadecimal, are below an entry's limit."""


def record(session: Session, opening: Opening, headers: Mapping[int, bytes], *, now: datetime) -> int:
    """Appends what makes these bids' part public; how many are new. What was recorded before is passed over.

    `headers` are age headers to the newline after the MAC, by bid. OpeningError, before anything is written, if the
    part is not public, or one of them is not its bid's or does not open.
    """
    if not opening.verdict.part.public:
        raise OpeningError(
            f"the part {opening.part!r} goes to the committee, and nothing of it is made public"
        )
    for bid, header in headers.items():
        opening.file_key(bid, header)
    new = [bid for bid in sorted(headers) if _is_new(session, opening, bid, now)]
    for bid in new:
        log.append(session, PartOpened(opening.closing, opening.part, bid, headers[bid].hex()), now=now)
    given = {bid: _shares_of(opening, bid) for bid in new}
    for member in sorted({member for shares in given.values() for member in shares}):
        bids = [bid for bid in new if member in given[bid]]
        for at in range(0, len(bids), CHUNK):
            some = bids[at : at + CHUNK]
            shares = b"".join(given[bid][member].encode() for bid in some).hex()
            entry = SharesShown(opening.closing, opening.part, member, tuple(some), shares)
            log.append(session, entry, now=now)
    return len(new)


def _is_new(session: Session, opening: Opening, bid: int, now: datetime) -> bool:
    row = {"closing": opening.closing, "part": opening.part, "bid": bid, "shown_at": now}
    statement = insert(ShownRow).values(row).on_conflict_do_nothing().returning(ShownRow.bid)
    return session.execute(statement).scalar_one_or_none() is not None


def _shares_of(opening: Opening, bid: int) -> dict[int, ShareBatch]:
    """The batches of one share of the t lowest members who gave one, by member."""
    found = {
        number: batch
        for number, member in opening.members.items()
        for bids, batch in member.batches
        if bids == (bid,)
    }
    return {number: found[number] for number in sorted(found)[: opening.public.threshold]}

"""The main road: upload, final submit, receipt, replacement, withdrawal, closing, and what everybody reads of it."""

import json

from bidding import closing
from ledger.entries import decode
from ledger.entries.types import Sealed
from ledger.sealed import check_reveal
from ledger.view import judge
from tests.intake import LOT, World


def anchor(session: object, *, now: object) -> None:
    raise AssertionError("nothing is closed yet")


def test_from_upload_to_a_closing_that_keyholders_accept(world: World) -> None:
    world.publish()
    with world.published():
        kept = [world.draft(f"bid {number}".encode()) for number in range(3)]
        replaced, withdrawn = world.draft(b"first thought"), world.draft(b"regretted")
        answers = [world.post(draft) for draft in (*kept, replaced, withdrawn)]
        receipts = [world.receipt(answer) for answer in answers]
        second = world.draft(b"second thought", replaces=replaced)
        standing = world.receipt(world.post(second))
        world.receipt(world.withdraw(withdrawn))
        assert closing.run(world.database, anchor, world.clock) == []
        (closed,) = world.close()
    world.book.run()
    assert closed.bids == (*(receipt.index for receipt in receipts[:3]), standing.index)
    assert closed.revealed == 7
    assert not closed.failed
    assert len(world.anchors) == 1

    for answer, receipt in zip(answers, receipts, strict=True):
        value = json.loads(answer.data)
        entry = decode(receipt.entry)
        assert isinstance(entry, Sealed)
        body = json.dumps(value["body"], sort_keys=True, separators=(",", ":")).encode()
        check_reveal(bytes.fromhex(entry.commitment), bytes.fromhex(value["salt"]), body)

    view = world.view()
    verdict = judge(view, closed.closing.hex(), "price")
    assert [bid.index for bid in verdict.admitted] == list(closed.bids)
    assert not verdict.refused
    assert view.lots.get(LOT).standing() == closed.bids
    for bid in verdict.admitted:
        content = b"".join(world.blobs.stream(bytes.fromhex(bid.file.sha256)))
        assert len(content) == bid.file.size

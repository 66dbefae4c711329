"""The hall: objections, answers, sign-offs, silence, and the opening record."""

import hashlib
import json
from secrets import token_bytes

import pytest

from bidding.opening import hall, record
from bidding.opening.errors import OpeningRefusedError
from bidding.opening.hall import Speaker
from crypto import canonical_json
from ledger.entries import (
    ObjectionToOpening,
    ObjectionToOpeningAnswered,
    OpeningConfirmed,
    OpeningRecorded,
    OpeningSilent,
)
from tests.opening import LotStory, OpeningWorld, party

STAFF = Speaker("某市公共资源交易中心", "91370200163562681G", "center", "李明")
TENDEREE = Speaker("滨海城投公司", "91310000132260250X", "tenderee", "张红")


def bidder(number: int) -> Speaker:
    found = party(number)[1]
    return Speaker(found.name, found.credit_code, "bidder", "投标代表")


def opened(world: OpeningWorld, lot: LotStory) -> str:
    """All is read out; the results' hash."""
    lot.release(1)
    lot.release(2)
    world.job().run()
    results = lot.row().results
    assert results is not None
    return results.hex()


def objects(
    world: OpeningWorld, lot: LotStory, speaker: Speaker, text: str = "唱标价格与投标函不一致"
) -> int:
    with world.database.session() as session:
        number = hall.object_to(
            session, lot.closing, "price", speaker, text, now=world.clock(), random=token_bytes
        )
        session.commit()
    return number


def answers(world: OpeningWorld, lot: LotStory, number: int) -> None:
    with world.database.session() as session:
        hall.answer(
            *(session, lot.closing, number, TENDEREE, "以解密文件为准"), now=world.clock(), random=token_bytes
        )
        session.commit()


def signs(world: OpeningWorld, lot: LotStory, speaker: Speaker, results: str) -> None:
    with world.database.session() as session:
        hall.sign_off(session, lot.closing, "price", speaker, results, now=world.clock(), random=token_bytes)
        session.commit()


def test_record_has_results_objections_signatures_and_silence(world: OpeningWorld, lot: LotStory) -> None:
    results = opened(world, lot)
    assert objects(world, lot, bidder(0)) == 1
    answers(world, lot, 1)
    signs(world, lot, bidder(1), results)
    signs(world, lot, bidder(1), results)
    signs(world, lot, STAFF, results)
    world.clock.goes_on(minutes=31)
    world.job().run()
    row = lot.row()
    assert row.state == "recorded"
    assert row.record is not None
    (recorded,) = world.entries(OpeningRecorded)
    assert recorded == OpeningRecorded(lot.closing, "price", hashlib.sha256(row.record).hexdigest())
    found = canonical_json.loads(row.record)
    assert isinstance(found, dict)
    assert canonical_json.dumps(found) == row.record
    assert hashlib.sha256(canonical_json.dumps(found["results"])).hexdigest() == results
    assert found["silent"] == [lot.bids[2].index]
    assert world.entries(OpeningSilent) == [OpeningSilent(lot.closing, "price", (lot.bids[2].index,))]
    value = json.loads(row.record)
    (objection,) = value["objections"]
    assert objection["statement"]["text"] == "唱标价格与投标函不一致"
    assert objection["answer"]["by"]["name"] == TENDEREE.name
    assert [one["by"]["capacity"] for one in value["signatures"]] == ["bidder", "center"]
    said = {hashlib.sha256(canonical_json.dumps(one)).hexdigest() for one in value["signatures"]}
    assert said == {
        one.signer for one in world.entries(OpeningConfirmed) if isinstance(one, OpeningConfirmed)
    }
    (made,), (answered,) = world.entries(ObjectionToOpening), world.entries(ObjectionToOpeningAnswered)
    assert isinstance(made, ObjectionToOpening)
    assert isinstance(answered, ObjectionToOpeningAnswered)
    assert made.statement == hashlib.sha256(canonical_json.dumps(objection["statement"])).hexdigest()
    assert answered.answer == hashlib.sha256(canonical_json.dumps(objection["answer"])).hexdigest()


def test_record_waits_for_the_answer_to_every_objection(world: OpeningWorld, lot: LotStory) -> None:
    opened(world, lot)
    number = objects(world, lot, bidder(2))
    world.clock.goes_on(minutes=31)
    world.job().run()
    assert (lot.row().state, lot.row().stopped) == ("opened", "objection")
    answers(world, lot, number)
    with pytest.raises(OpeningRefusedError, match="answered"):
        answers(world, lot, number)
    world.clock.goes_on(seconds=2)
    world.job().run()
    assert lot.row().state == "recorded"


def test_nothing_is_said_after_the_window_or_of_other_results(world: OpeningWorld, lot: LotStory) -> None:
    world.job().run()
    with pytest.raises(OpeningRefusedError, match="not-opened"):
        signs(world, lot, STAFF, "00" * 32)
    world.clock.goes_on(seconds=2)
    results = opened(world, lot)
    with pytest.raises(OpeningRefusedError, match="results-differ"):
        signs(world, lot, STAFF, "00" * 32)
    for text in ("", "  ", "字" * 2001):
        with pytest.raises(OpeningRefusedError, match="text"):
            objects(world, lot, bidder(0), text)
    for _ in range(5):
        objects(world, lot, bidder(0))
    with pytest.raises(OpeningRefusedError, match="window-over"):
        objects(world, lot, bidder(0))
    world.clock.goes_on(minutes=31)
    with pytest.raises(OpeningRefusedError, match="window-over"):
        signs(world, lot, bidder(0), results)
    with pytest.raises(OpeningRefusedError, match="window-over"):
        objects(world, lot, bidder(1))


def test_results_are_fixed_when_they_are_read_out(world: OpeningWorld, lot: LotStory) -> None:
    results = opened(world, lot)
    with world.database.session() as session:
        again = record.results_bytes(session, lot.row())
    assert hashlib.sha256(again).hexdigest() == results

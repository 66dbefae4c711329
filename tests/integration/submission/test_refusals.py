"""What is turned away at the final request, each with its own code; and that a refusal changes nothing."""

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from secrets import token_bytes
from typing import Any

import pytest
from sqlalchemy import func, select

from app.api.private_token import authorization
from bidding import intake
from bidding.submission.models import BidRow, IntakeRow, SealedRow, ShareRow
from bidding.tokens.models import SpentRow
from crypto import age
from crypto.age import Header, Stanza, base64
from crypto.signatures import SigningKey
from ledger import log
from storage.blob_rows import Blob
from tests.intake import LOT, MAX_SIZE, Draft, World, code_of
from tests.story import PRICE, TECHNICAL, describe

RECEIPT_SECONDS = 0.0  # nobody publishes here
KNOWING = replace(PRICE, knowledge=True)


@pytest.fixture
def lot(world: World) -> World:
    world.publish()
    return world


def counts(world: World) -> list[int]:
    """Everything that an accepted fact leaves behind, and the entries that wait."""
    with world.database.session() as session:
        tables = (SealedRow, BidRow, ShareRow, Blob, SpentRow)
        found = [session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]
        return [*found, log.pending(session)]


def refused(world: World, draft: Draft, code: str, uploads: dict[str, str] | None = None) -> None:
    named = world.uploads(draft) if uploads is None else uploads
    before = counts(world)
    assert code_of(world.post(draft, named)) == code
    assert counts(world) == before, "a refusal changed something"


def with_file(world: World, file: bytes) -> Draft:
    """A bid that says of itself what is true of another file, whatever that is."""
    draft = world.draft()
    try:
        said = describe(file, "price")
    except age.AgeError:
        said = replace(draft.fact.parts[0], sha256=hashlib.sha256(file).hexdigest(), size=len(file))
    return replace(draft.signed(parts=(said,)), files={"price": file})


def age_file(*stanzas: Stanza) -> bytes:
    return Header.seal(stanzas, bytes(16)).encode() + bytes(100)


def x25519(share: bytes) -> Stanza:
    return Stanza("X25519", (base64.encode(share),), bytes(32))


def test_file_whose_header_breaks_off_is_no_age_file_and_its_upload_is_gone(lot: World) -> None:
    file = b"age-encryption.org/v1\n-> X25519 "
    draft = with_file(lot, file)
    uploads = lot.uploads(draft)
    refused(lot, draft, "not-an-age-file", uploads)
    refused(lot, draft, "upload-unknown", uploads)


def test_file_sealed_to_no_x25519_recipient(lot: World) -> None:
    refused(lot, with_file(lot, age_file(Stanza("scrypt", ("a", "b"), b"c"))), "no-lot-stanza")


@pytest.mark.parametrize("share", [bytes(32), b"\x01" + bytes(31), b"\x02" + bytes(31), b"\xff" * 32])
def test_point_that_no_secret_may_touch(lot: World, share: bytes) -> None:
    refused(lot, with_file(lot, age_file(x25519(share))), "share-refused")


@pytest.mark.parametrize("what", ["sha256", "header", "share", "size"])
def test_file_that_is_not_the_one_that_the_body_signs(lot: World, what: str) -> None:
    draft = lot.draft()
    other = lot.draft().fact.parts[0]
    value: Any = other.size + 1 if what == "size" else getattr(other, what)
    part = replace(draft.fact.parts[0], **{what: value})
    refused(lot, draft.signed(parts=(part,)), "file-mismatch")


def test_parts_are_those_of_the_lot_each_once(world: World) -> None:
    world.publish(parts=(TECHNICAL, PRICE))
    draft = world.draft()
    technical, price = draft.fact.parts
    for parts in ((technical,), (technical, price, price), (technical, replace(price, part="more")), ()):
        refused(world, draft.signed(parts=parts), "parts", {})
    uploads = world.uploads(draft)
    refused(world, draft, "parts", {**uploads, "more": uploads["price"]})
    refused(world, draft, "upload-unfinished", {"price": uploads["price"]})
    twice = replace(price, share=technical.share)
    refused(world, draft.signed(parts=(technical, twice)), "share-seen", uploads)


def test_too_large(lot: World) -> None:
    draft = lot.draft()
    refused(lot, draft.signed(parts=(replace(draft.fact.parts[0], size=MAX_SIZE + 1),)), "too-large", {})


def test_upload_that_is_not_whole(lot: World) -> None:
    draft = lot.draft()
    made = lot.client.post(
        "/uploads",
        headers={
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(len(draft.files["price"])),
            "Authorization": authorization(lot.token()),
        },
    )
    refused(lot, draft, "upload-unfinished", {"price": made.headers["Location"].rpartition("/")[2]})
    refused(lot, draft, "upload-unknown", {"price": "ab" * 32})


def test_stanza_that_was_seen_in_another_bid(lot: World) -> None:
    first = lot.draft()
    assert lot.post(first).status_code in (200, 202)
    thief = SigningKey(token_bytes(32))
    copied = replace(first, key=thief).signed(bid=thief.verify_key.raw.hex())
    refused(lot, copied, "share-seen")


def test_proof_of_knowledge_where_the_lot_demands_it(world: World) -> None:
    world.publish(parts=(KNOWING,))
    refused(world, world.draft(), "knowledge")
    good = world.draft(knowledge=True)
    other = world.draft(knowledge=True).fact.parts[0].knowledge
    refused(world, good.signed(parts=(replace(good.fact.parts[0], knowledge=other),)), "knowledge")
    assert world.post(good).status_code in (200, 202)


def test_body_that_its_own_key_did_not_sign(lot: World) -> None:
    draft = lot.draft()
    stranger = SigningKey(token_bytes(32))
    refused(lot, replace(draft, fact=draft.fact.signed_by(stranger)), "bid-signature", {})
    refused(lot, replace(draft, fact=replace(draft.fact, sequence=9)), "bid-signature", {})


def test_body_for_another_log_or_of_another_type(lot: World) -> None:
    draft = lot.draft()
    refused(lot, draft.signed(origin="other.example"), "other-log", {})
    bodies: list[Any] = [
        {},
        [],
        1,
        None,
        {**draft.body, "more": 1},
        {**draft.body, "type": "bid-withdrawn/v1"},
    ]
    for body in bodies:
        headers = {"Authorization": authorization(lot.token())}
        answer = lot.client.post("/submissions", json={"body": body, "uploads": {}}, headers=headers)
        assert code_of(answer) == "malformed"


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b"[" * 100_000, b'{"body": {}}', b"\xff", b" " * 200_000]
)
def test_request_that_is_no_request(lot: World, content: bytes) -> None:
    for path in ("/submissions", "/withdrawals", "/receipts"):
        answer = lot.client.post(path, data=content)
        assert code_of(answer) == "malformed"
        assert len(answer.data) == 1 << 15


def test_lot_that_is_unknown_suspended_resumed_or_cancelled(lot: World) -> None:
    draft = lot.draft()
    uploads = lot.uploads(draft)
    refused(lot, draft.signed(lot="lot-9"), "lot-unknown", uploads)

    def step(change: Callable[..., int]) -> None:
        with lot.database.session() as session:
            change(session, LOT, "a reason", now=lot.clock())
            session.commit()

    step(intake.suspend)
    refused(lot, draft, "lot-suspended", uploads)
    step(intake.resume)
    assert lot.post(draft, uploads).status_code in (200, 202)
    step(intake.suspend)
    assert lot.withdraw(draft).status_code in (200, 202)
    step(intake.cancel)
    refused(lot, lot.draft(), "lot-cancelled")


def test_after_the_deadline_nothing_comes_in_nor_goes_out(lot: World) -> None:
    early, late = lot.draft(), lot.draft()
    assert lot.post(early).status_code in (200, 202)
    uploads = lot.uploads(late)
    with lot.database.session() as session:  # arrival is real time: so the deadline comes to it
        session.get_one(IntakeRow, LOT).deadline = lot.clock()
        session.commit()
    refused(lot, late, "deadline-passed", uploads)
    assert code_of(lot.withdraw(early)) == "deadline-passed"


def test_replacement_needs_the_bids_own_key_and_a_higher_sequence(lot: World) -> None:
    first = lot.draft()
    assert lot.post(first.signed(sequence=5)).status_code in (200, 202)
    other = lot.draft(replaces=first)
    refused(lot, other.signed(sequence=5), "sequence")
    refused(lot, other.signed(sequence=4), "sequence")
    stranger = SigningKey(token_bytes(32))
    taken = replace(other, fact=replace(other.fact, sequence=6).signed_by(stranger))
    refused(lot, taken, "bid-signature")
    assert lot.post(other.signed(sequence=6)).status_code in (200, 202)


def test_replacement_may_keep_a_part_and_needs_no_upload_of_it(world: World) -> None:
    world.publish(parts=(TECHNICAL, PRICE))
    first = world.draft()
    assert world.post(first).status_code in (200, 202)
    second = world.draft(replaces=first)
    mixed = second.signed(parts=(first.fact.parts[0], second.fact.parts[1]))
    assert world.post(mixed, {"price": world.upload(second.files["price"])}).status_code in (200, 202)
    stranger = world.draft()
    foreign = stranger.signed(parts=(first.fact.parts[0], stranger.fact.parts[1]))
    refused(world, foreign, "upload-unfinished", {"price": world.upload(stranger.files["price"])})


def test_bids_key_serves_one_lot(lot: World) -> None:
    lot.publish("lot-2")
    first = lot.draft()
    assert lot.post(first).status_code in (200, 202)
    elsewhere = lot.draft(lot="lot-2", replaces=first)
    refused(lot, elsewhere, "bid-of-other-lot")


def test_withdrawn_bid_neither_comes_back_nor_is_withdrawn_by_others(lot: World) -> None:
    draft = lot.draft()
    assert code_of(lot.withdraw(draft)) == "bid-unknown"
    assert lot.post(draft).status_code in (200, 202)
    assert code_of(lot.withdraw(draft, SigningKey(token_bytes(32)))) == "bid-signature"
    assert lot.withdraw(draft).status_code in (200, 202)
    before = counts(lot)
    assert lot.withdraw(draft).status_code in (200, 202)
    assert counts(lot) == before
    refused(lot, lot.draft(replaces=draft), "withdrawn")


def test_token_is_needed_good_and_unspent(lot: World) -> None:
    draft = lot.draft()
    uploads = lot.uploads(draft)
    missing = lot.client.post("/submissions", json={"body": draft.body, "uploads": uploads})
    assert code_of(missing) == "token-missing"
    assert missing.headers["WWW-Authenticate"].startswith('PrivateToken challenge="AAI')
    token = lot.token()
    assert code_of(lot.post(draft, uploads, token[:-1] + bytes([token[-1] ^ 1]))) == "token-invalid"
    assert code_of(lot.post(draft, uploads, b"\x00\x01" + token[2:])) == "token-invalid"
    assert lot.post(draft, uploads, token).status_code in (200, 202)
    refused_with = lot.draft()
    assert code_of(lot.post(refused_with, None, token)) == "token-spent"


def test_readers_language_is_spoken(lot: World) -> None:
    answer = lot.client.post("/submissions", json={}, headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    assert answer.json is not None
    assert answer.json["title"] == "请求格式有误。"


def test_age_files_of_the_stock_form_are_read(lot: World) -> None:
    """The header of a file with more stanzas than one: the first X25519 stanza counts."""
    other = age.X25519Identity(token_bytes(32)).recipient
    target = io.BytesIO()
    recipient = age.X25519Identity(token_bytes(32)).recipient
    age.encrypt(io.BytesIO(b"x"), target, [recipient.wrap, other.wrap], random=token_bytes)
    assert lot.post(with_file(lot, target.getvalue())).status_code in (200, 202)

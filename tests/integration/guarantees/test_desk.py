"""A guarantee from the application to the delivery, on two databases and a chain; and what the platform learns of it."""

import contextlib
import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import select, text

from app.applicant import checking
from crypto.signatures import SigningKey
from guarantees.chain import calls
from guarantees.check_code import code_of, lookup_of
from guarantees.checking.words import SENTENCES, Found
from guarantees.desk import exposure, premiums, queue
from guarantees.desk.premiums import CSV, WEBHOOK
from guarantees.errors import FormatError, RefusedError, StateError
from guarantees.letters.kinds import Acceptance, Cancellation, Invoice, Quote, Receipt, Refusal
from guarantees.letters.scheme import LetterError
from guarantees.register import listing, lookups
from guarantees.tables.desk import Issue, Outgoing, Payment
from ledger.entries import GuarantorResumed, GuarantorSuspended, encode
from ledger.entries.signed import UNSIGNED
from storage.database import Database
from tests.guarantee_example import BANK
from tests.guarantor_desk import BOND, PRODUCT, DeskWorld
from tests.log import ORIGIN
from tests.story import SUPERVISOR


@pytest.fixture
def world(desk_world: DeskWorld) -> DeskWorld:
    return desk_world


def test_from_application_to_delivery_and_the_platform_learns_nothing(
    world: DeskWorld, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    one = world.paid_up(1)
    world.sign(one)
    assert world.state(one) == "signed"
    world.round()
    assert world.state(one) == "signed"  # not before the chain has it
    world.mined()
    world.round()
    assert world.state(one) == "delivered"
    made = world.delivered(one)
    said = made.undertaking
    assert (said.applicant, said.issuer, said.lot, said.amount) == (one.party, BANK, world.notice.lot, BOND)
    assert world.chain.gateway.guarantee(made.id).expiry == said.expiry
    kinds_seen = [type(letter).__name__ for letter in world.letters(one)]
    assert kinds_seen == ["Quote", "Invoice", "Receipt", "Delivery"]
    letter = world.delivered_files(one)["letter.pdf"]
    text = pypdfium2.PdfDocument(letter)[0].get_textpage().get_text_bounded()
    assert said.number in text
    assert one.party.name in text
    with world.platform.session() as session:
        assert lookups.find(session, lookup_of(said.number, code_of(made))) == made.id
    known = checking.Known(
        world.office.guarantors(), world.notice, one.party.credit_code, world.chain.gateway
    )
    assert checking.troubles(made, known, now=world.chain.now()) == []
    other = replace(known, bidder="91350211M000100Y43")
    assert SENTENCES[Found.OTHER_APPLICANT] in checking.troubles(made, other, now=world.chain.now())
    # The curious insider: the whole database, the stored bytes and the logs of the platform
    secrets = [
        *(one.party.credit_code, one.party.name, world.notice.lot, world.notice.tender, "800,000", str(BOND)),
        *(said.number, code_of(made), made.salt, "营业执照.pdf", "王工", one.key.verify_key.raw.hex()),
    ]
    seen = [
        *_dump(world.platform),
        *(path.read_bytes() for path in _files(world.sealed)),
        _logged(caplog),
    ]
    for secret in secrets:
        for form in (secret.encode(), bytes.fromhex(secret) if _is_hex(secret) else secret.encode()):
            found = [content for content in seen if form in content]
            assert not found, (secret, found[0][max(0, found[0].index(form) - 60) :][:200])
    assert any(
        one.party.name.encode() in content for content in _dump(world.desk)
    )  # the search finds what is there


def test_letters_of_two_applicants_are_of_the_same_lengths(world: DeskWorld) -> None:
    world.apply(1)
    world.apply(2, contact=("a much longer way to reach a person " * 5).strip())
    sizes = {path.stat().st_size for path in _files(world.sealed)}
    assert len(sizes) == 1


@pytest.mark.long
def test_several_are_issued_in_one_transaction(world: DeskWorld) -> None:
    boxes = [world.paid_up(number) for number in (1, 2)]
    act = world.sign(*boxes)
    world.mined()
    world.round()
    assert [world.state(one) for one in boxes] == ["delivered"] * 2
    blocks = {world.delivered(one).id: None for one in boxes}
    assert set(act.guarantees) == set(blocks)
    with pytest.raises(StateError):
        world.sign(boxes[0])  # issued once


@pytest.mark.long
def test_a_guarantor_that_sends_the_transaction_itself_is_recognised_by_the_index(world: DeskWorld) -> None:
    one = world.paid_up(1)
    act = world.sign(one, itself=True)
    assert act.purpose is None
    world.mined()
    world.round()
    assert world.state(one) == "signed"
    world.chain.done("guarantor", "from the guarantor's own wallet", act.call)
    world.mined()
    world.round()
    assert world.state(one) == "delivered"


@pytest.mark.long
def test_what_the_contract_refuses_is_told_to_the_applicant(world: DeskWorld) -> None:
    one = world.paid_up(1)
    guarantor = world.chain.address("guarantor")
    world.chain.done("regulator", "suspend", calls.suspend_guarantor(guarantor))
    world.sign(one)
    world.mined()
    world.round()
    assert world.state(one) == "failed"
    last = world.letters(one)[-1]
    assert isinstance(last, Refusal)
    assert "AccessControl" in last.reason


class Killed(BaseException):
    """Stands for kill -9."""


@pytest.mark.long
@pytest.mark.parametrize(
    "where",
    [
        "before taken",
        "after taken",
        "before sealed",
        "before sent",
        "after sent",
        "before settled",
        "after told",
    ],
)
def test_a_round_that_is_killed_is_finished_by_the_next_and_each_letter_comes_once(
    world: DeskWorld, where: str
) -> None:
    def die(step: str) -> None:
        if step == where:
            raise Killed

    def round_with_a_crash() -> None:
        with contextlib.suppress(Killed):
            world.rounds(die).run()
        world.round()

    one = world.apply(1)
    round_with_a_crash()
    world.quote(one)
    round_with_a_crash()
    world.write(one, Acceptance(1, 80_000))
    round_with_a_crash()
    world.pay(one, "bank-1")
    world.sign(one)
    world.mined()
    round_with_a_crash()
    names = [type(letter).__name__ for letter in world.letters(one)]
    assert names == ["Quote", "Invoice", "Receipt", "Delivery"]
    assert world.state(one) == "delivered"
    with world.desk.session() as session:
        assert len(session.scalars(select(Issue)).all()) == 1
        assert all(row.sent_at is not None for row in session.scalars(select(Outgoing)))


def test_limits_hold_per_applicant_and_in_total(world: DeskWorld) -> None:
    now = world.chain.now()
    with world.desk.session() as session:
        exposure.set_limit(session, exposure.TOTAL, "CNY", 2 * BOND, now=now)
        exposure.set_limit(session, world.applicant(1).party.credit_code, "CNY", BOND, now=now)
        session.commit()
    boxes = [world.apply(number) for number in (1, 2, 3)]
    world.round()
    world.quote(boxes[0])
    world.quote(boxes[1])
    with pytest.raises(RefusedError, match="in total"):
        world.quote(boxes[2])
    with world.desk.session() as session:
        shown = {row.applicant: row for row in exposure.shown(session, now=now)}
        assert (shown[exposure.TOTAL].standing, shown[exposure.TOTAL].room) == (2 * BOND, 0)
        assert shown[boxes[0].party.credit_code].room == 0
        after = {row.applicant: row for row in exposure.shown(session, now=now + timedelta(hours=3))}
        assert after[exposure.TOTAL].standing == 0  # quotes that nobody took
    with world.desk.session() as session:
        exposure.set_limit(session, exposure.TOTAL, "CNY", 5 * BOND, now=now)
        session.commit()
    again = world.applicant(1)
    again = replace(again, keys=world.applicant(9).keys)
    world.write(again, world.application(again))
    world.round()
    with pytest.raises(RefusedError, match="of this applicant"):
        world.quote(again)


def test_payments_count_once_by_whichever_way_and_what_fits_nothing_is_kept(world: DeskWorld) -> None:
    one = world.apply(1)
    world.round()
    world.quote(one)
    world.round()
    world.write(one, Acceptance(1, 80_000))
    world.round()
    invoice = next(letter for letter in world.letters(one) if isinstance(letter, Invoice))
    rows = premiums.parse_csv(
        "reference,invoice,amount,currency,payer,paid_at\n"
        f"B1,{invoice.number},500.00,CNY,甲公司,2026-07-01T10:00:00+08:00\n"
        f"B2,{invoice.number},100,USD,甲公司,2026-07-01T10:00:00+08:00\n"
        "B3,FP0,1,CNY,丙公司,2026-07-01T10:00:00+08:00\n"
    )
    with world.desk.session() as session:
        for row in [*rows, *rows]:
            premiums.record(session, row, source=CSV, now=world.chain.now())
        session.commit()
        troubles = {row.reference: row.trouble for row in session.scalars(select(Payment))}
    assert troubles == {
        "B1": "",
        "B2": "the invoice is in CNY",
        "B3": "no invoice has the number that the payer named",
    }
    assert world.state(one) == "accepted"  # half of it
    with world.desk.session() as session:
        last = replace(rows[0], reference="B4", amount=30_000)
        premiums.record(session, last, source=WEBHOOK, now=world.chain.now())
        session.commit()
    assert world.state(one) == "paid"
    world.round()
    assert isinstance(world.letters(one)[-1], Receipt)


@pytest.mark.parametrize(
    "line",
    [
        "B1,FP,1.001,CNY,x,2026-07-01T10:00:00+08:00",
        "B1,FP,0,CNY,x,2026-07-01T10:00:00+08:00",
        "B1,FP,1,CNY,x,2026-07-01",
        ",FP,1,CNY,x,2026-07-01T10:00:00+08:00",
        "B1,FP,1,CNY",
    ],
)
def test_a_file_of_payments_with_a_wrong_line_is_refused_whole(line: str) -> None:
    with pytest.raises(FormatError, match="line 2"):
        premiums.parse_csv(f"reference,invoice,amount,currency,payer,paid_at\n{line}\n")


def test_an_application_that_the_product_or_the_lot_does_not_allow_is_declined_with_the_reason(
    world: DeskWorld,
) -> None:
    wrong: dict[int, dict[str, object]] = {
        1: {"product": "other"},
        2: {"amount": BOND - 1},
        3: {"lot": "lot-9"},
        4: {"expiry": world.notice.valid_until - 2},
        5: {"amount": 10**11},
    }
    boxes = [world.apply(number, **fields) for number, fields in wrong.items()]
    world.round()
    for one in boxes:
        assert world.state(one) == "declined"
        (refusal,) = world.letters(one)
        assert isinstance(refusal, Refusal)
    assert world.folder.path.joinpath("documents").exists()


def test_nobody_hands_on_anothers_application_nor_alters_it(world: DeskWorld) -> None:
    honest, thief = world.applicant(1), world.applicant(2)
    stolen = world.application(honest)
    world.write(thief, stolen)  # in the thief's mailbox
    altered = replace(world.application(world.applicant(3)), amount=BOND + 1)
    world.write(world.applicant(3), altered)
    world.apply(4, guarantor="91460100MA5TABCD13")  # written for another guarantor, put before this one
    done = world.rounds().run()
    assert len(done.troubles) == 3
    with world.desk.session() as session:
        assert queue.listed(session) == []


def test_a_late_or_wrong_acceptance_changes_nothing_and_a_cancellation_ends_it(world: DeskWorld) -> None:
    one = world.apply(1)
    world.round()
    world.quote(one)
    world.round()
    assert isinstance(world.letters(one)[-1], Quote)
    world.write(one, Acceptance(1, 1))
    world.round()
    assert world.row(one).remark == "an acceptance of another quote came"
    world.chain.clock_ahead += timedelta(hours=3)
    world.write(one, Acceptance(1, 80_000))
    world.round()
    assert world.state(one) == "quoted"
    world.write(one, Cancellation("we do not bid"))
    world.round()
    assert world.state(one) == "cancelled"
    with pytest.raises(StateError):
        world.quote(one)


def test_the_list_takes_the_supervisors_acts_alone_and_products_their_guarantors(world: DeskWorld) -> None:
    office, key = world.office, world.keys.signing
    with pytest.raises(LetterError):
        office.act(encode(world.listing(by=SigningKey(b"\x01" * 32))))
    with pytest.raises(LetterError):
        office.act(encode(replace(world.listing(), name="another")))
    with pytest.raises(LetterError):
        office.act(encode(world.listing(account="77" * 20)))  # an account is for ever
    with pytest.raises(LetterError):
        office.publish(world.product(2).to_bytes(), SigningKey(b"\x01" * 32).sign)
    with pytest.raises(LetterError):
        office.publish(world.product(3).to_bytes(), key.sign)  # 2 is next
    office.publish(world.product(2).to_bytes(), key.sign)
    (offered,) = office.products(office.guarantors())
    assert offered.version == 2
    office.withdraw(BANK.credit_code, PRODUCT, 2, key.sign)
    assert office.products(office.guarantors()) == []
    public = SUPERVISOR.verify_key.raw.hex()
    suspended = GuarantorSuspended(ORIGIN, BANK.credit_code, "capital", public, UNSIGNED)
    office.act(encode(suspended.signed_by(SUPERVISOR)))
    assert not office.guarantors()[BANK.credit_code].licensed
    with pytest.raises(LetterError):
        office.publish(world.product(3).to_bytes(), key.sign)
    resumed = GuarantorResumed(ORIGIN, BANK.credit_code, "capital", public, UNSIGNED)
    world.chain.clock_ahead += timedelta(minutes=5)
    office.act(encode(resumed.signed_by(SUPERVISOR)))
    with world.platform.session() as session:
        found = listing.listing_of(session, BANK.credit_code)
    assert found is not None
    first, second = found.licences
    assert first.until is not None
    assert first.until < second.since


def _dump(database: Database) -> list[bytes]:
    """Every row of every table, as text, and with its bytes."""
    found = []
    with database.session() as session:
        names = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        for name in names:
            for row in session.execute(text(f'SELECT * FROM "{name}"')):
                for value in row:
                    raw = bytes(value) if isinstance(value, bytes | memoryview) else b""
                    found += [raw, str(value).encode()]
    return found


def _logged(caplog: pytest.LogCaptureFixture) -> bytes:
    """What the platform logs. The desk's gateway speaks to its node in this process too, and logs what is its own."""
    desks = ("urllib3", "web3", "guarantees.chain")
    return "\n".join(one.getMessage() for one in caplog.records if not one.name.startswith(desks)).encode()


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _is_hex(value: str) -> bool:
    try:
        bytes.fromhex(value)
    except ValueError:
        return False
    return len(value) > 20

"""An amended guarantee at the desk: drafted, agreed on, committed on chain once, counted in its predecessor's place."""

import json
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.cli.main import main
from crypto.signatures import SigningKey
from guarantees.after.amending import Amendment, Role, agreement
from guarantees.chain import calls, outbox
from guarantees.desk import amending, exposure
from guarantees.desk.amending import Change
from guarantees.desk.issuing import rounded_expiry
from guarantees.errors import FormatError, NotFoundError, RefusedError, SignatureError, StateError
from guarantees.signed import SignedGuarantee
from guarantees.tables.succession import Succession
from tests.guarantor_desk import BOND, DeskWorld, spki_of

OTHERS = {Role.APPLICANT: SigningKey(b"\x61" * 32), Role.BENEFICIARY: SigningKey(b"\x62" * 32)}
WORDS = "有效期延长一个月。"
MONTH = 31 * 86_400


@pytest.fixture
def world(desk_world: DeskWorld) -> DeskWorld:
    return desk_world


@pytest.fixture
def made(world: DeskWorld) -> SignedGuarantee:
    """Issued to bidder 1, and presented on chain."""
    one = world.paid_up(1)
    world.sign(one)
    world.mined()
    world.round()
    guarantee = world.delivered(one)
    world.chain.done("beneficiary", "present", calls.present(guarantee.terms))
    world.chain.follow()
    return guarantee


def draft(world: DeskWorld, made: SignedGuarantee, **changed: Any) -> Succession:
    change = Change(**{"words": WORDS, "expiry": made.undertaking.expiry + MONTH, **changed})
    with world.desk.session() as session:
        row = amending.draft(
            *(session, made.id, change, world.guarantor()), now=world.chain.now(), random=world.random
        )
        session.commit()
        session.expunge(row)
    return row


def proposed(row: Succession) -> Amendment:
    """As the platform makes it of a proposal."""
    document = SignedGuarantee.parse(row.content).undertaking.document
    return Amendment(row.predecessor.hex(), 1, row.change, document.hex())


def signatures(world: DeskWorld, amendment: Amendment) -> dict[str, Any]:
    with world.desk.session() as session:
        own = amending.agree(session, amendment.to_bytes(), world.guarantor())
    signed = {role: (spki_of(key), key.sign(amendment.signed_bytes())) for role, key in OTHERS.items()}
    signed[Role.GUARANTOR] = (world.guarantor().spki, own)
    return {str(role): {"key": key.hex(), "value": value.hex()} for role, (key, value) in signed.items()}


def agreed(world: DeskWorld, row: Succession) -> bytes:
    amendment = proposed(row)
    return agreement(amendment.to_bytes(), signatures(world, amendment))


def commit(world: DeskWorld, content: bytes) -> bytes:
    with world.desk.session() as session:
        row = amending.commit(session, content, world.guarantor(), now=world.chain.now())
        session.commit()
        return row.guarantee


def standing(world: DeskWorld) -> tuple[int, int]:
    with world.desk.session() as session:
        shown = exposure.shown(session, now=world.chain.now())
    return (shown[0].standing, shown[0].number) if shown else (0, 0)


def test_agreed_on_it_is_committed_once_and_counts_in_the_old_one_s_place(
    world: DeskWorld, made: SignedGuarantee
) -> None:
    row = draft(world, made, amount=BOND + 100)
    assert row.number == f"{made.undertaking.number}-A1"
    assert standing(world) == (BOND, 1), "a draft binds nobody"
    with world.desk.session() as session, pytest.raises(StateError):
        amending.handed_over(session, row.guarantee)
    content = agreed(world, row)
    assert commit(world, content) == commit(world, content) == row.guarantee
    assert standing(world) == (BOND + 100, 1), "while both stand, the larger"
    world.mined()
    with world.desk.session() as session:
        sent = outbox.progress(session, f"amend {row.number}")
        assert sent is not None
        assert sent.state == outbox.CONFIRMED
        handed = amending.handed_over(session, row.guarantee)
        assert (handed.id, handed.undertaking.amount) == (row.guarantee, BOND + 100)
        assert amending.held(session, row.guarantee).number == row.number
    world.chain.done("beneficiary", "present the new", calls.present(handed.terms))
    world.chain.done("beneficiary", "release the old", calls.release(made.id))
    world.chain.follow()
    assert standing(world) == (BOND + 100, 1)
    world.chain.done("beneficiary", "release the new", calls.release(handed.id))
    world.chain.follow()
    assert standing(world) == (0, 0)


def test_nothing_is_committed_that_is_not_agreed_on_by_all(world: DeskWorld, made: SignedGuarantee) -> None:
    row = draft(world, made)
    amendment, other = proposed(row), draft(world, made, expiry=made.undertaking.expiry + 2 * MONTH)
    signed = signatures(world, amendment)
    forged = {**signed, "applicant": {**signed["applicant"], "value": signed["beneficiary"]["value"]}}
    stranger = SigningKey(b"\x63" * 32)
    words = replace(amendment, change="别的修改。")
    by_another = {"key": spki_of(stranger).hex(), "value": stranger.sign(amendment.signed_bytes()).hex()}
    cases: list[tuple[type[Exception], bytes]] = [
        (FormatError, b"{}"),
        (FormatError, agreement(amendment.to_bytes(), {**signed, "beneficiary": {}})),
        (SignatureError, agreement(amendment.to_bytes(), forged)),
        (SignatureError, agreement(amendment.to_bytes(), {**signed, "guarantor": by_another})),
        (RefusedError, agreement(words.to_bytes(), signed)),
    ]
    for kind, content in cases:
        with pytest.raises(kind):
            commit(world, content)
    with world.desk.session() as session, pytest.raises(RefusedError, match="not what was drafted"):
        amending.agree(session, words.to_bytes(), world.guarantor())
    commit(world, agreed(world, row))
    with pytest.raises(StateError, match="taken this guarantee's place"):
        commit(world, agreed(world, other))


def test_a_draft_is_checked_as_an_issue_is(world: DeskWorld, made: SignedGuarantee) -> None:
    with pytest.raises(RefusedError, match="another amount or another expiry"):
        draft(world, made, expiry=None)
    with pytest.raises(RefusedError, match="in this order"):
        draft(world, made, expiry=1)
    with world.desk.session() as session:
        exposure.set_limit(session, exposure.TOTAL, "CNY", BOND, now=world.chain.now())
        session.commit()
    with pytest.raises(RefusedError, match="in total"):
        draft(world, made, amount=BOND + 1)
    with pytest.raises(NotFoundError), world.desk.session() as session:
        amending.held(session, bytes(32))
    beneficiary = calls.demand(made.terms, BOND, 0, bytes(32))
    world.chain.clock_ahead += timedelta(seconds=2)
    world.chain.done("beneficiary", "demand", beneficiary)
    world.chain.follow()
    with pytest.raises(StateError, match="not while a demand is open"):
        draft(world, made)


def test_drafted_twice_it_is_one_and_what_was_not_yet_written_down_changes_nothing(
    world: DeskWorld, made: SignedGuarantee
) -> None:
    row = draft(world, made)
    assert draft(world, made).guarantee == row.guarantee
    content = agreed(world, row)
    with world.desk.session() as session:  # as a process that is killed before its transaction ends
        amending.commit(session, content, world.guarantor(), now=world.chain.now())
        session.flush()
        session.rollback()
    with world.desk.session() as session:
        assert outbox.progress(session, f"amend {row.number}") is None
        assert amending.agreed(session) == []
    assert standing(world) == (BOND, 1)
    assert commit(world, content) == row.guarantee
    with world.desk.session() as session:
        assert outbox.progress(session, f"amend {row.number}") is not None
    assert standing(world) == (BOND, 1), "committed to, and not on chain yet: once"
    assert draft(world, made).guarantee == row.guarantee


def test_above_the_limit_that_was_set_since_the_draft_nothing_is_committed(
    world: DeskWorld, made: SignedGuarantee
) -> None:
    row = draft(world, made, amount=BOND + 100)
    with world.desk.session() as session:
        exposure.set_limit(session, exposure.TOTAL, "CNY", BOND + 99, now=world.chain.now())
        session.commit()
    with pytest.raises(RefusedError, match="in total"):
        commit(world, agreed(world, row))


def test_by_commands_from_the_draft_to_the_file_for_the_platform(
    world: DeskWorld, made: SignedGuarantee, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("correct horse\n")
    passphrase.chmod(0o600)
    monkeypatch.setenv("DATABASE_URL", world.url)
    monkeypatch.setenv("SUNSEAL_GUARANTOR_PASSPHRASE_FILE", str(passphrase))
    desk = str(world.folder.path)

    def run(*words: str) -> str:
        done = CliRunner().invoke(main, ["guarantor", "amend", *words])
        assert done.exit_code == 0, done.output
        return done.output

    said = run(
        "draft", desk, made.id.hex(), "--words", WORDS, "--expires", "2036-12-31", "--amount", "800,000.01"
    )
    new, proposal = said.splitlines()[0].split()[-1], json.loads(said.splitlines()[1])
    amendment = Amendment(made.id.hex(), 1, proposal["change"], proposal["successor"])
    (tmp_path / "amendment").write_bytes(amendment.to_bytes())
    own = json.loads(run("sign", desk, str(tmp_path / "amendment")))
    mine = {"key": b64decode(own["key"]).hex(), "value": b64decode(own["signature"]).hex()}
    signed = {**signatures(world, amendment), own["side"]: mine}
    (tmp_path / "agreement").write_bytes(agreement(amendment.to_bytes(), signed))
    assert new in run("commit", desk, str(tmp_path / "agreement"))
    early = CliRunner().invoke(
        main, ["guarantor", "amend", "hand-over", desk, new, "--out", str(tmp_path / "out")]
    )
    assert "does not show this guarantee's commitment yet" in early.output
    world.mined()
    run("hand-over", desk, new, "--out", str(tmp_path / "out"))
    handed = SignedGuarantee.parse((tmp_path / "out" / "guarantee.json").read_bytes())
    assert (handed.id.hex(), handed.undertaking.amount) == (new, BOND + 1)
    assert rounded_expiry(datetime(2036, 12, 31, tzinfo=UTC)) == handed.undertaking.expiry
    assert (tmp_path / "out" / "letter.pdf").read_bytes().startswith(b"%PDF")
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "program.pem").write_bytes(key)
    words = ["guarantor", "amend", "hand-over", desk, new, "--out", str(tmp_path / "out")]
    sent = CliRunner().invoke(main, [*words, "--request-key", str(tmp_path / "program.pem")])
    assert (sent.exit_code, "the platform cannot be reached" in sent.output) == (1, True), sent.output

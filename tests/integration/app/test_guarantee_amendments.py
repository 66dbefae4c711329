"""An amendment that all agree on, over REST: three signatures by programs of three organisations, and the successor."""

from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from secrets import token_bytes
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from app.guarantor.handing_over import HandOverError, Platform
from crypto import party_keys
from crypto.age import X25519Identity
from crypto.signatures import SigningKey
from guarantees.chain import abi, outbox
from guarantees.chain.models import BlockRow, EventRow
from guarantees.models import Guarantee, ReleaseClock
from guarantees.register import listing
from guarantees.signed import SignedGuarantee
from ledger.entries import GuaranteeAmended, GuarantorListed, decode
from ledger.entries.signed import UNSIGNED
from ledger.models import EntryRow
from parties.models import Organisation, PartyKey, Person
from parties.roles import Role
from tests.guarantee_example import BANK, BIDDER, ISSUER_KEY, TENDEREE, UNDERTAKING, signed
from tests.guarantees import spki
from tests.integration.app.test_guarantees_api import Presented, issued_on_chain, presented
from tests.integration.app.world import URL
from tests.log import ORIGIN
from tests.story import SUPERVISOR

__all__ = ["presented"]
KEYS = {
    "guarantor": (Role.GUARANTOR, ISSUER_KEY),
    "applicant": (Role.BIDDER, SigningKey(b"\x61" * 32)),
    "beneficiary": (Role.TENDEREE, SigningKey(b"\x62" * 32)),
}


@pytest.fixture
def agreeing(presented: Presented) -> Presented:
    """The guarantor's key on the supervisor's list, and the other two's keys registered."""
    now = datetime.now(UTC)
    since = int((now - timedelta(days=1)).timestamp())
    entry = GuarantorListed(
        *(ORIGIN, BANK.credit_code, BANK.name, UNDERTAKING.on_chain.guarantor, spki(ISSUER_KEY).hex()),
        *(str(X25519Identity(b"\x51" * 32).recipient), since, since + 365 * 86400),
        *(SUPERVISOR.verify_key.raw.hex(), UNSIGNED),
    )
    with presented.world.database.session() as session:
        listing.take(session, entry.signed_by(SUPERVISOR), SUPERVISOR.verify_key, now=now)
        session.flush()
        logged = session.scalars(select(EntryRow.id).order_by(EntryRow.id.desc())).first()
        person = session.scalars(select(Person.id)).first()
        for side, party in (("applicant", BIDDER), ("beneficiary", TENDEREE)):
            key = spki(KEYS[side][1])
            whose = session.scalars(
                select(Organisation.id).where(Organisation.credit_code == party.credit_code)
            )
            session.add(
                PartyKey(
                    organisation_id=whose.one(), key_id=bytes.fromhex(party_keys.key_id(key)), spki=key, certificate=None,
                    intermediates=[], registered_at=now, registered_by=person, registration_entry=logged,
                    ended_at=None, end_entry=None, ended_because="",
                )
            )  # fmt: skip
        session.commit()
    return presented


def successor_of(presented: Presented, **changed: Any) -> SignedGuarantee:
    expiry = presented.made.undertaking.expiry + 30 * 86400
    return signed(salt=b"\x09" * 32, **{"expiry": expiry, **changed})


def propose(presented: Presented, successor: SignedGuarantee) -> bytes:
    made = presented.by[Role.BIDDER].post(
        f"{presented.path}/amendments",
        {"change": "有效期延长三十日。", "successor": successor.undertaking.document.hex()},
    )
    assert made.status_code == 201, made.get_json()
    return b64decode(made.get_json()["to_sign"])


def agree(presented: Presented, to_sign: bytes, side: str) -> Any:
    role, key = KEYS[side]
    return presented.by[role].post(
        f"{presented.path}/amendments/agreement",
        {
            "side": side,
            "key": b64encode(spki(key)).decode(),
            "signature": b64encode(key.sign(to_sign)).decode(),
        },
    )


def commit(presented: Presented, made: SignedGuarantee) -> None:
    """As the indexer writes what the guarantor's account did."""
    with presented.world.database.session() as session:
        session.add(BlockRow(number=1, hash=b"\x01" * 32))
        session.flush()
        session.add(
            EventRow(
                block=1, log_index=0, block_hash=b"\x01" * 32, transaction=b"\x02" * 32, contract=abi.REGISTRY,
                time=int(datetime.now(UTC).timestamp()), name="Issued", subject=made.id,
                fields={"expiry": made.undertaking.expiry},
            )
        )  # fmt: skip
        session.add(issued_on_chain(made))
        session.commit()


def hand_in(presented: Presented, made: SignedGuarantee) -> Any:
    content = b64encode(made.to_bytes()).decode()
    return presented.bank.post(f"{presented.path}/successor", {"content": content})


def test_with_the_third_signature_all_have_agreed_and_the_successor_takes_its_place(
    agreeing: Presented,
) -> None:
    successor = successor_of(agreeing)
    to_sign = propose(agreeing, successor)
    states = []
    for side in KEYS:
        answer = agree(agreeing, to_sign, side)
        assert answer.status_code == 200, answer.get_json()
        states.append(answer.get_json()["state"])
    assert states == ["proposed", "proposed", "agreed"]
    assert hand_in(agreeing, successor).get_json()["rule"] == "successor-not-committed"
    commit(agreeing, successor)
    other = successor_of(agreeing, amount=1)
    assert hand_in(agreeing, other).get_json()["rule"] == "not-agreed"
    made = hand_in(agreeing, successor)
    assert made.status_code == 201, made.get_json()
    assert (made.get_json()["id"], made.get_json()["state"]) == (successor.id.hex(), "presented")
    assert hand_in(agreeing, successor).status_code == 409
    with agreeing.world.database.session() as session:
        old = session.get_one(Guarantee, agreeing.made.id)
        assert (old.replaced_by, old.state) == (successor.id, "presented")
        assert session.scalars(select(ReleaseClock.clock)).all() == ["replaced"]
        assert outbox.progress(session, f"present {successor.id.hex()}") is not None
        entries = [decode(leaf) for leaf in session.scalars(select(EntryRow.leaf))]
    assert [one.number for one in entries if isinstance(one, GuaranteeAmended)] == [1]


def test_the_desk_hands_it_over_by_a_signed_request_and_again_changes_nothing(agreeing: Presented) -> None:
    def platform(environ: Any, start: Any) -> Any:
        query = environ["QUERY_STRING"]
        environ["REQUEST_URI"] = environ["PATH_INFO"] + (f"?{query}" if query else "")
        return agreeing.world.app(environ, start)

    key = agreeing.bank.key
    assert isinstance(key, Ed25519PrivateKey)
    client = httpx.Client(transport=httpx.WSGITransport(app=platform))
    desk = Platform(client, URL, key, lambda: datetime.now(UTC), token_bytes)
    successor = successor_of(agreeing)
    to_sign = propose(agreeing, successor)
    for side in KEYS:
        assert agree(agreeing, to_sign, side).status_code == 200
    with pytest.raises(HandOverError, match="409"):
        desk.hand_over(agreeing.made.id, successor)
    commit(agreeing, successor)
    for _ in range(2):
        desk.hand_over(agreeing.made.id, successor)
    with agreeing.world.database.session() as session:
        assert session.get_one(Guarantee, agreeing.made.id).replaced_by == successor.id


def test_two_of_three_are_no_agreement_and_no_one_signs_for_another(agreeing: Presented) -> None:
    successor = successor_of(agreeing)
    to_sign = propose(agreeing, successor)
    commit(agreeing, successor)
    for side in ("guarantor", "applicant"):
        assert agree(agreeing, to_sign, side).status_code == 200
    assert hand_in(agreeing, successor).get_json()["rule"] == "not-agreed"
    body = {
        "side": "beneficiary",
        "key": b64encode(spki(KEYS["applicant"][1])).decode(),
        "signature": b64encode(KEYS["applicant"][1].sign(to_sign)).decode(),
    }
    path = f"{agreeing.path}/amendments/agreement"
    assert agreeing.by[Role.TENDEREE].post(path, body).status_code == 422
    assert agreeing.by[Role.BIDDER].post(path, body).get_json()["code"] == "not-yours"
    assert hand_in(agreeing, successor).get_json()["rule"] == "not-agreed"


def test_an_amendment_does_not_move_a_guarantee_to_another_lot(agreeing: Presented) -> None:
    elsewhere = successor_of(agreeing, lot=f"{UNDERTAKING.tender}.2")
    to_sign = propose(agreeing, elsewhere)
    for side in KEYS:
        assert agree(agreeing, to_sign, side).status_code == 200
    commit(agreeing, elsewhere)
    assert hand_in(agreeing, elsewhere).get_json()["rule"] == "amended-parties"

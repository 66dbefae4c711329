"""Whose a bid's key was where the bid stands in the ledger: registered before, and neither rotated nor revoked."""

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy.orm import Session

from app.opening_parties import RegisteredParties
from bidding.opening.errors import TroubleError
from bidding.package.signature import Parties
from crypto import party_keys
from crypto.errors import VerificationError
from crypto.signatures import SigningKey
from ledger.models import EntryRow
from parties import keys, members, organisations
from parties.authorities import Authorities
from parties.keys import NewKey
from parties.roles import Role
from storage.database import Database
from tests.certificate_authority import MIDDLE, PARTY, ROOT
from tests.log import NOW, make_log

CODE, KEY = "91110000600037341L", SigningKey(b"\x01" * 32)


def at(session: Session, index: int, folder: Path | None = None) -> Parties:
    return RegisteredParties(Authorities(folder))(session, index, NOW, now=NOW + timedelta(hours=1))


def test_a_key_counts_from_its_registration_to_its_end(
    database: Database, session: Session, tmp_path: Path
) -> None:
    book = make_log(database, tmp_path / "public")
    manager = members.add_person(session, "张三", now=NOW, random=Random(1).randbytes)
    firm = organisations.establish(
        session, CODE, "甲公司", Role.BIDDER, manager, now=NOW, random=Random(2).randbytes
    )
    new = NewKey(party_keys.spki(KEY._key.public_key()))
    signature = KEY.sign(keys.registration(session, firm, new).message())
    row = keys.register(session, firm, new, signature, by=manager.id, now=NOW)
    session.commit()
    book.run()
    registered = session.get_one(EntryRow, row.registration_entry, populate_existing=True).index
    assert registered is not None
    assert at(session, registered + 1).of_key(KEY.verify_key) == CODE
    with pytest.raises(VerificationError, match="was not registered"):
        at(session, registered).of_key(KEY.verify_key)
    with pytest.raises(VerificationError, match="nobody has registered"):
        at(session, registered + 1).of_key(SigningKey(b"\x02" * 32).verify_key)
    book.append(2)
    keys.revoke(session, row, "compromised", now=NOW)
    session.commit()
    book.run()
    ended = session.get_one(EntryRow, row.end_entry, populate_existing=True).index
    assert ended is not None
    assert at(session, ended - 1).of_key(KEY.verify_key) == CODE
    with pytest.raises(VerificationError, match="rotated or revoked"):
        at(session, ended).of_key(KEY.verify_key)


def test_a_certificate_is_of_a_configured_authority_and_its_key_is_registered(
    session: Session, tmp_path: Path
) -> None:
    chain = [PARTY.der, MIDDLE.der]
    with pytest.raises(TroubleError, match="SUNSEAL_AUTHORITIES"):
        at(session, 5).of_chain(chain)
    (tmp_path / "roots").mkdir()
    with pytest.raises(VerificationError):
        at(session, 5, tmp_path).of_chain(chain)
    (tmp_path / "roots" / "root.der").write_bytes(ROOT.der)
    with pytest.raises(VerificationError):
        at(session, 5, tmp_path).of_chain(chain)

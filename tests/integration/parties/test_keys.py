"""A party's keys in the database and on the ledger: spans, certificates, and what the CA's list says of when."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy.orm import Session

from crypto import party_keys
from crypto.signatures import SigningKey
from ledger.entries import decode
from ledger.models import EntryRow
from parties import keys, members, organisations
from parties.authorities import Authorities
from parties.errors import KeyRefusedError, StateError, TakenError
from parties.key_history import KeyHistory
from parties.keys import NewKey
from parties.models import Organisation, PartyKey, Person
from parties.roles import Role
from storage.database import Database
from tests.certificate_authority import MIDDLE, PARTY, ROOT
from tests.log import Log, make_log

NOW = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
OLD, NEW = SigningKey(b"\x01" * 32), SigningKey(b"\x02" * 32)
MESSAGE = b"signed"


@pytest.fixture
def book(database: Database, tmp_path: Path) -> Log:
    return make_log(database, tmp_path / "public")


@pytest.fixture
def authorities(tmp_path: Path) -> Authorities:
    for name in ("roots", "crls"):
        (tmp_path / "ca" / name).mkdir(parents=True)
    (tmp_path / "ca" / "roots" / "root.der").write_bytes(ROOT.der)
    publish_list(tmp_path / "ca")
    return Authorities(tmp_path / "ca")


def publish_list(
    folder: Path, revoked_at: datetime | None = None, invalid_since: datetime | None = None
) -> None:
    builder = x509.CertificateRevocationListBuilder(
        MIDDLE.certificate.subject, NOW - timedelta(days=30), NOW + timedelta(days=90)
    )
    if revoked_at is not None:
        one = x509.RevokedCertificateBuilder(PARTY.certificate.serial_number, revoked_at)
        if invalid_since is not None:
            one = one.add_extension(x509.InvalidityDate(invalid_since), critical=False)
        builder = builder.add_revoked_certificate(one.build())
    made = builder.sign(MIDDLE.key, hashes.SHA256())
    (folder / "crls" / "list.pem").write_bytes(made.public_bytes(Encoding.PEM))


@pytest.fixture
def manager(book: Log, session: Session) -> Person:
    return members.add_person(session, "张三", now=NOW, random=Random(1).randbytes)


@pytest.fixture
def organisation(session: Session, manager: Person) -> Organisation:
    random = Random(2).randbytes
    code = "91110000600037341L"
    return organisations.establish(session, code, "甲公司", Role.BIDDER, manager, now=NOW, random=random)


def new(key: SigningKey) -> NewKey:
    return NewKey(party_keys.spki(key._key.public_key()))


def register(
    session: Session, organisation: Organisation, manager: Person, key: SigningKey = OLD
) -> PartyKey:
    signature = key.sign(keys.registration(session, organisation, new(key)).message())
    return keys.register(session, organisation, new(key), signature, by=manager.id, now=NOW)


def check(
    session: Session, key: SigningKey, index: int, authorities: Authorities | None = None
) -> Organisation:
    return keys.check_signature(
        session,
        party_keys.key_id(new(key).spki),
        key.sign(MESSAGE),
        MESSAGE,
        index=index,
        signed_at=NOW,
        authorities=authorities or Authorities(None),
        now=NOW,
    )


def test_rows_and_the_ledger_alone_agree_on_when_a_key_counts(
    book: Log, session: Session, organisation: Organisation, manager: Person
) -> None:
    old = register(session, organisation, manager)
    entry = keys.rotation(session, old, new(NEW))
    message = entry.message()
    newer = keys.rotate(session, old, new(NEW), OLD.sign(message), NEW.sign(message), by=manager.id, now=NOW)
    keys.revoke(session, newer, "lost", now=NOW)
    session.commit()
    book.run()
    history = KeyHistory("ledger.sunseal.example")
    rows = session.query(EntryRow.index, EntryRow.leaf).order_by(EntryRow.index).all()
    for index, leaf in rows:
        assert index is not None
        history.apply(index, decode(leaf))
    assert not history.remarks
    assert len(history.keys) == 2
    outcomes = []
    for key in (OLD, NEW):
        for index in range(len(rows) + 2):
            by_ledger = by_rows = True
            try:
                history.check(party_keys.key_id(new(key).spki), index, key.sign(MESSAGE), MESSAGE)
            except KeyRefusedError:
                by_ledger = False
            try:
                check(session, key, index)
            except KeyRefusedError:
                by_rows = False
            assert by_ledger == by_rows
            outcomes.append(by_rows)
    assert not any(outcomes), "each key ended right after it began"


def test_key_counts_after_its_entry_and_not_before(
    book: Log, session: Session, organisation: Organisation, manager: Person
) -> None:
    register(session, organisation, manager)
    session.commit()
    with pytest.raises(KeyRefusedError):
        check(session, OLD, 10)  # it has no index yet
    book.run()
    index = session.query(EntryRow.index).order_by(EntryRow.id.desc()).limit(1).scalar()
    assert index is not None
    assert check(session, OLD, index + 1) == organisation
    with pytest.raises(KeyRefusedError):
        check(session, OLD, index)


def test_key_is_registered_once_whoever_brings_it(
    session: Session, organisation: Organisation, manager: Person
) -> None:
    key = register(session, organisation, manager)
    with pytest.raises(TakenError):
        register(session, organisation, manager)
    keys.revoke(session, key, "left", now=NOW)
    with pytest.raises(TakenError):
        register(session, organisation, manager)
    with pytest.raises(StateError):
        keys.revoke(session, key, "left", now=NOW)


def test_unverified_or_suspended_organisation_registers_no_key(
    session: Session, organisation: Organisation, manager: Person
) -> None:
    organisation.suspended_at = NOW
    session.flush()
    with pytest.raises(StateError):
        register(session, organisation, manager)
    organisation.suspended_at, organisation.verified_roles = None, []
    session.flush()
    with pytest.raises(StateError):
        register(session, organisation, manager)


@pytest.mark.parametrize(
    ("revoked", "invalid_since", "held"),
    [
        (None, None, True),
        (timedelta(days=1), None, True),
        (-timedelta(days=1), None, False),
        (timedelta(0), None, False),
        (timedelta(days=1), -timedelta(days=1), False),
    ],
)
def test_revocation_by_the_ca_counts_from_its_date_on(
    book: Log,
    session: Session,
    organisation: Organisation,
    manager: Person,
    authorities: Authorities,
    revoked: timedelta | None,
    invalid_since: timedelta | None,
    held: bool,
) -> None:
    key = keys.from_certificate(PARTY.der, [MIDDLE.der], authorities, now=NOW - timedelta(days=2))
    entry = keys.registration(session, organisation, key)
    assert PARTY.der.hex() not in str(entry)
    signature = PARTY.key.sign(entry.message(), ec.ECDSA(hashes.SHA256()))
    keys.register(session, organisation, key, signature, by=manager.id, now=NOW - timedelta(days=2))
    session.commit()
    book.run()
    assert authorities.folder is not None
    publish_list(
        authorities.folder,
        None if revoked is None else NOW + revoked,
        None if invalid_since is None else NOW + invalid_since,
    )

    def verify() -> None:
        keys.check_signature(
            session,
            party_keys.key_id(key.spki),
            PARTY.key.sign(MESSAGE, ec.ECDSA(hashes.SHA256())),
            MESSAGE,
            index=1000,
            signed_at=NOW,
            authorities=authorities,
            now=NOW + timedelta(days=2),
        )

    if held:
        verify()
    else:
        with pytest.raises(KeyRefusedError, match="revoked"):
            verify()

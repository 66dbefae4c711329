"""When a party's key counts, read from the ledger alone."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from crypto import party_keys
from crypto.errors import EncodingError, VerificationError
from crypto.signatures import SigningKey
from ledger.entries import PartyKeyRegistered, PartyKeyRevoked, PartyKeyRotated
from ledger.errors import EntryError, SignatureError
from parties import commitment
from parties.errors import KeyRefusedError
from parties.key_history import KeyHistory

ORIGIN, PARTY, OTHER = "ledger.example", "ab" * 32, "cd" * 32
OLD, NEW = SigningKey(b"\x01" * 32), SigningKey(b"\x02" * 32)
MESSAGE = b"a bid's hash"


def spki(key: SigningKey) -> bytes:
    return party_keys.spki(key._key.public_key())


def id_of(key: SigningKey) -> str:
    return party_keys.key_id(spki(key))


def registered(key: SigningKey = OLD, party: str = PARTY, origin: str = ORIGIN) -> PartyKeyRegistered:
    return PartyKeyRegistered(origin, party, spki(key).hex(), "", "").signed(signature=key.sign)


def rotated(party: str = PARTY) -> PartyKeyRotated:
    entry = PartyKeyRotated(ORIGIN, party, id_of(OLD), spki(NEW).hex(), "", "", "")
    return entry.signed(old_signature=OLD.sign, signature=NEW.sign)


def history(*entries: tuple[int, object]) -> KeyHistory:
    made = KeyHistory(ORIGIN)
    for index, entry in entries:
        made.apply(index, entry)  # type: ignore[arg-type] # all are entries
    return made


def holds(made: KeyHistory, key: SigningKey, index: int) -> bool:
    try:
        return made.check(id_of(key), index, key.sign(MESSAGE), MESSAGE) == PARTY
    except KeyRefusedError:
        return False


def test_signature_counts_between_registration_and_revocation() -> None:
    made = history((10, registered()), (20, PartyKeyRevoked(PARTY, id_of(OLD), "compromised")))
    assert [holds(made, OLD, index) for index in (9, 10, 11, 19, 20, 21)] == [
        False,
        False,
        True,
        True,
        False,
        False,
    ]


def test_rotation_hands_over_at_its_own_index() -> None:
    made = history((10, registered()), (20, rotated()))
    assert [holds(made, OLD, index) for index in (19, 20, 21)] == [True, False, False]
    assert [holds(made, NEW, index) for index in (19, 20, 21)] == [False, False, True]


def test_revocation_cannot_be_dated_back_nor_made_for_another_partys_key() -> None:
    made = history((10, registered()), (20, PartyKeyRevoked(OTHER, id_of(OLD), "lost")))
    assert holds(made, OLD, 30)
    assert [index for index, _ in made.remarks] == [20]


def test_another_message_or_signature_is_refused() -> None:
    made = history((10, registered()))
    for signature, message in ((OLD.sign(MESSAGE), b"other"), (NEW.sign(MESSAGE), MESSAGE), (b"", MESSAGE)):
        with pytest.raises(KeyRefusedError):
            made.check(id_of(OLD), 11, signature, message)


def test_key_that_one_party_has_registered_is_no_other_partys() -> None:
    made = history((10, registered()), (11, registered(party=OTHER)))
    assert holds(made, OLD, 12)
    assert made.remarks


def test_entries_for_another_log_or_without_proof_change_nothing() -> None:
    forged = replace(registered(), party=OTHER)
    made = history((10, registered(origin="other.example")), (11, forged))
    assert not made.keys
    assert len(made.remarks) == 2


def test_rotation_needs_the_old_key_and_the_new_one() -> None:
    good = rotated()
    good.check(spki(OLD))
    for bad in (
        replace(good, old_signature=good.signature),
        replace(good, signature=good.old_signature),
        replace(good, party=OTHER),
    ):
        with pytest.raises(SignatureError):
            bad.check(spki(OLD))
    with pytest.raises(EntryError):
        good.check(spki(NEW))


@pytest.mark.parametrize("kind", ["p256", "p384", "rsa"])
def test_keys_of_certificates_register_as_ed25519_ones_do(kind: str) -> None:
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    if kind == "rsa":
        rsa_key = rsa.generate_private_key(65537, 2048)
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        key, sign = rsa_key, lambda message: rsa_key.sign(message, pss, hashes.SHA256())
    else:
        curve, digest = (
            (ec.SECP256R1(), hashes.SHA256()) if kind == "p256" else (ec.SECP384R1(), hashes.SHA384())
        )
        ec_key = ec.generate_private_key(curve)
        key, sign = ec_key, lambda message: ec_key.sign(message, ec.ECDSA(digest))
    encoded = party_keys.spki(key.public_key())
    entry = PartyKeyRegistered(ORIGIN, PARTY, encoded.hex(), "ef" * 32, "").signed(signature=sign)
    entry.check()
    with pytest.raises(SignatureError):
        replace(entry, party=OTHER).check()


def test_weak_strange_and_second_encodings_of_keys_are_refused() -> None:
    weak = rsa.generate_private_key(65537, 1024).public_key()
    strange = ec.generate_private_key(ec.SECP521R1()).public_key()
    for key in (weak, strange):
        with pytest.raises(VerificationError):
            party_keys.parse_spki(party_keys.spki(key))
    for der in (b"", b"\x30\x00", spki(OLD) + b"\x00", bytes(3000), spki(OLD)[:-32] + bytes(32)):
        with pytest.raises(EncodingError):
            party_keys.parse_spki(der)


def test_commitment_hides_the_code_behind_its_salt_and_is_stable() -> None:
    salts = bytes(32), b"\x01" * 32
    made = [commitment.of_party("91110000600037341L", salt) for salt in salts]
    assert made[0] != made[1]
    assert made[0] == commitment.of_party("91110000600037341L", salts[0])
    assert made[0] != commitment.of_certificate(b"91110000600037341L", salts[0])

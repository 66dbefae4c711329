"""Whose key signed an application: by the whole ledger, which the guarantor reads as anybody does."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.guarantor.ledger import KeyLedger
from app.guarantor.rounds import Done, Rounds
from crypto import party_keys
from crypto.signatures import SigningKey
from guarantees.letters.kinds import Refusal
from guarantees.tables.desk import PROVEN, UNCHECKED, UNPROVEN
from ledger import log
from ledger.cosignature import Cosigner, Quorum
from ledger.entries import Entry, PartyKeyRegistered, PartyKeyRevoked
from ledger.proof import Policy
from mailboxes.messages import File
from parties import commitment
from parties.proof import FILE, PartyProof
from tests.guarantor_desk import Applicant, DeskWorld, spki_of
from tests.log import ORIGIN
from verifier.errors import SourceError

SALT = b"\x5a" * 32
STRANGER = SigningKey(b"\x77" * 32)


@dataclass
class Folder:
    """The public files, and what was asked for of them."""

    path: Path
    asked: list[str]

    def get(self, name: str) -> bytes:
        self.asked.append(name)
        try:
            return (self.path / name).read_bytes()
        except OSError as error:
            raise SourceError(name) from error


class Proving:
    """The desk of a world with a ledger to look applicants' keys up in."""

    def __init__(self, world: DeskWorld) -> None:
        self.world = world
        self.source = Folder(world.log.files._root, [])

    def say(self, *entries: Entry) -> None:
        with self.world.platform.session() as session:
            for entry in entries:
                log.append(session, entry, now=self.world.chain.now())
            session.commit()
        self.world.log.run()

    def registers(self, one: Applicant, key: SigningKey | None = None) -> None:
        own = key or one.key
        party = commitment.of_party(one.party.credit_code, SALT)
        self.say(PartyKeyRegistered(ORIGIN, party, spki_of(own).hex(), "", "").signed(signature=own.sign))

    def apply(self, number: int, proof: PartyProof | None) -> Applicant:
        one = self.world.applicant(number)
        files = () if proof is None else (File(FILE, proof.to_bytes()),)
        self.world.write(one, self.world.application(one), File("营业执照.pdf", b"licence"), *files)
        return one

    def proof(self, number: int, salt: bytes = SALT) -> PartyProof:
        return PartyProof(self.world.applicant(number).party.credit_code, salt.hex())

    def rounds(self, policy: Policy | None = None) -> Rounds:
        rounds = self.world.rounds()
        longest = self.world.folder.path / "longest"
        rounds._ledger = KeyLedger(self.source, policy or self.world.log.policy(), longest)
        return rounds

    def round(self) -> Done:
        done = self.rounds().run()
        assert done.troubles == ()
        return done


@pytest.fixture
def proving(desk_world: DeskWorld) -> Proving:
    return Proving(desk_world)


def test_a_key_is_proven_by_the_ledger_and_a_wrong_proof_is_declined(proving: Proving) -> None:
    world = proving.world
    for number in (1, 2, 3):
        proving.registers(world.applicant(number))
    ended = world.applicant(3)
    party = commitment.of_party(ended.party.credit_code, SALT)
    proving.say(PartyKeyRevoked(party, party_keys.key_id(spki_of(ended.key)), "lost"))
    proven, unproven = proving.apply(1, proving.proof(1)), proving.apply(2, None)
    revoked = proving.apply(3, proving.proof(3))
    unregistered = proving.apply(4, proving.proof(4))
    other_salt = proving.apply(5, proving.proof(5, b"\x01" * 32))
    # Somebody else's code, with that party's own proof, signed by a key that is not that party's
    liar = replace(world.applicant(6), party=world.applicant(1).party, key=STRANGER)
    world.write(liar, world.application(liar), File(FILE, proving.proof(1).to_bytes()))
    # Its own key and proof, under another's code
    borrowed = replace(world.applicant(7), party=world.applicant(1).party)
    proving.registers(world.applicant(7))
    world.write(borrowed, world.application(borrowed), File(FILE, proving.proof(7).to_bytes()))
    proving.round()
    rows = {one.keys.mailbox: world.row(one) for one in (proven, unproven)}
    assert [row.key_standing for row in rows.values()] == [PROVEN, UNPROVEN]
    assert all(row.key_checked_at for row in rows.values())
    assert {row.state for row in rows.values()} == {"applied"}
    for one in (revoked, unregistered, other_salt, liar, borrowed):
        assert world.row(one).state == "declined"
        (letter,) = world.letters(one)
        assert isinstance(letter, Refusal)
        assert "The ledger does not show" in letter.reason


def test_the_whole_ledger_is_read_whoever_applies(proving: Proving) -> None:
    """What is asked of the platform is the same for any applicant; and nothing while nobody applies."""
    asked = []
    for number in (1, 2):
        proving.registers(proving.world.applicant(number))
    proving.round()
    assert proving.source.asked == []
    for number in (1, 2):
        proving.apply(number, proving.proof(number))
        proving.source.asked.clear()
        proving.round()
        asked.append(list(proving.source.asked))
    assert asked[0] == asked[1] != []


def test_applications_wait_while_the_ledger_does_not_hold(proving: Proving) -> None:
    proving.registers(proving.world.applicant(1))
    one = proving.apply(1, proving.proof(1))
    policy = proving.world.log.policy()
    believed = replace(policy, quorum=Quorum(1, (Cosigner("absent", STRANGER).witness,)))
    done = proving.rounds(believed).run()
    assert (done.taken, len(done.troubles)) == (0, 1)
    assert "does not hold" in done.troubles[0]
    proving.round()
    assert proving.world.row(one).key_standing == PROVEN


def test_an_older_ledger_is_not_believed(proving: Proving) -> None:
    """It could hide a revocation."""
    one = proving.world.applicant(1)
    proving.registers(one)
    before = proving.source.get("checkpoint")
    party = commitment.of_party(one.party.credit_code, SALT)
    proving.say(PartyKeyRevoked(party, party_keys.key_id(spki_of(one.key)), "lost"))
    proving.apply(2, None)
    proving.round()
    (proving.source.path / "checkpoint").write_bytes(before)
    proving.apply(1, proving.proof(1))
    done = proving.rounds().run()
    assert (done.taken, len(done.troubles)) == (0, 1)
    assert "revocations may be hidden" in done.troubles[0]


def test_without_a_policy_nobody_is_checked_and_the_desk_says_so(proving: Proving) -> None:
    one = proving.apply(1, proving.proof(1))
    proving.world.round()
    row = proving.world.row(one)
    assert (row.key_standing, row.key_checked_at) == (UNCHECKED, None)

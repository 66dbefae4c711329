"""A ledger told entry by entry, without a platform: for tests of what the entries say."""

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from crypto import age, dkg
from crypto.curve import Scalar, base_multiple
from crypto.dkg import KeyShare
from crypto.signatures import SigningKey
from crypto.threshold import KnownStanza, recipient_of
from ledger.cosignature import Cosigner
from ledger.entries import (
    BidSubmitted,
    BidWithdrawn,
    DrawKeyBound,
    Entry,
    GroupAccepted,
    GroupMember,
    GroupProposed,
    KeyBound,
    KeyCertified,
    KeyDealt,
    KeyRunOpened,
    LotClosed,
    LotPart,
    LotPublished,
    Revealed,
    Sealed,
    SealedPart,
    SharesReleased,
    encode,
)
from ledger.entries.signed import UNSIGNED
from ledger.merkle import leaf_hash
from ledger.view import LedgerView, knowledge_context
from tests.ceremony import seeded

ORIGIN = "ledger.sunseal.example"
SUPERVISOR = SigningKey(b"\x51" * 32)
SUPERVISOR_AGE = age.X25519Identity(b"\x52" * 32)
PLATFORM_AGE = age.X25519Identity(b"\x53" * 32)
DEADLINE = 1_800_000_000
CALLER = SigningKey(b"\x54" * 32)
PRICE = LotPart("price", public=True, after="", caller="", knowledge=False)
TECHNICAL = LotPart("technical", public=False, after="", caller="", knowledge=False)
LATER_PRICE = LotPart(
    "price", public=True, after="technical", caller=CALLER.verify_key.raw.hex(), knowledge=False
)


@dataclass(frozen=True)
class Party:
    """A keyholder's keys."""

    number: int
    static: Scalar
    signing: SigningKey
    witness: Cosigner

    @property
    def member(self) -> GroupMember:
        return GroupMember(
            f"keyholder {self.number}",
            base_multiple(self.static).raw.hex(),
            self.signing.verify_key.raw.hex(),
            self.witness.witness.vkey,
        )


@dataclass(frozen=True)
class SealedBid:
    """A bid as its bidder has it: the files by part, its own key, and where it stands in the ledger."""

    key: SigningKey
    files: dict[str, bytes]
    fact: BidSubmitted
    index: int
    salt: bytes


@dataclass
class Story:
    """A ledger of one group. `say` appends; `view` is what the entries say."""

    n: int = 3
    t: int = 2
    seed: int = 0
    leaves: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = seeded(self.seed)
        self.parties = [
            Party(
                i,
                Scalar.random(self.random),
                SigningKey(self.random(32)),
                Cosigner(f"w{i}", SigningKey(self.random(32))),
            )
            for i in range(1, self.n + 1)
        ]
        self.commitments: dict[int, bytes] = {}
        self.view = LedgerView(ORIGIN, SUPERVISOR.verify_key, self.commitments.get)
        self.group = ""

    def say(self, entry: Entry) -> int:
        """Append; the index."""
        index, leaf = len(self.leaves), encode(entry)
        self.leaves.append(leaf)
        if isinstance(entry, Sealed):
            self.commitments[index] = bytes.fromhex(entry.commitment)
        self.view.apply(index, leaf)
        return index

    def id_of(self, index: int) -> str:
        return leaf_hash(self.leaves[index]).hex()

    def remark(self) -> str:
        """Why the last entry changed nothing; "" if it did."""
        remarks = self.view.remarks
        return remarks[-1].sentence if remarks and remarks[-1].index == len(self.leaves) - 1 else ""

    def proposal(self) -> GroupProposed:
        return GroupProposed(
            ORIGIN,
            "the group",
            self.t,
            tuple(party.member for party in self.parties),
            str(SUPERVISOR_AGE.recipient),
            SUPERVISOR.verify_key.raw.hex(),
            UNSIGNED,
        ).signed_by(SUPERVISOR)

    def acceptance(self, party: Party) -> GroupAccepted:
        return GroupAccepted(ORIGIN, self.group, party.number, UNSIGNED).signed_by(party.signing)

    def found(self) -> str:
        """A complete group; its id."""
        self.group = self.id_of(self.say(self.proposal()))
        for party in self.parties:
            self.say(self.acceptance(party))
        return self.group

    def open_run(self) -> str:
        return self.id_of(self.say(KeyRunOpened(self.group, self.random(32).hex())))

    def dealing(self, run: str, party: Party) -> KeyDealt:
        session = self.view.keys.get(run).session
        message = dkg.round1(session, party.number, party.static, self.random)
        return KeyDealt(ORIGIN, run, party.number, message.encode().hex(), UNSIGNED).signed_by(party.signing)

    def certificate(self, run: str, party: Party) -> KeyCertified:
        signature = dkg.sign_transcript(self.view.keys.get(run).transcript(), party.static)
        return KeyCertified(ORIGIN, run, party.number, signature.hex(), UNSIGNED).signed_by(party.signing)

    def key(self) -> str:
        """A whole run; the key's id."""
        run = self.open_run()
        for party in self.parties:
            self.say(self.dealing(run, party))
        for party in self.parties:
            self.say(self.certificate(run, party))
        return run

    def share_of(self, run: str, party: Party) -> KeyShare:
        found = self.view.keys.get(run)
        dealt = [message.for_recipient(party.number) for message in found.messages()]
        return dkg.round2(found.session, party.number, party.static, dealt)[0]

    def publish(
        self, lot: str = "lot-1", parts: Sequence[LotPart] = (PRICE,), min_bids: int = 3
    ) -> dict[str, str]:
        """A lot with a key for each part; the keys by part."""
        keys = {part.name: self.key() for part in parts}
        for part, key in keys.items():
            self.say(KeyBound(key, lot, part))
        self.say(
            LotPublished(
                lot, "tender-1", self.group, DEADLINE, min_bids, str(PLATFORM_AGE.recipient), tuple(parts)
            )
        )
        return keys

    def draw_key(self) -> str:
        key = self.key()
        self.say(DrawKeyBound(key))
        return key

    def seal(
        self, lot: str, key: str, content: bytes, part: str, knowledge: bool = False
    ) -> tuple[bytes, SealedPart]:
        """A sealed file, and how it stands in a bid."""
        public = self.view.keys.get(key).public
        assert public is not None
        stanza = KnownStanza(recipient_of(public))
        target = io.BytesIO()
        age.encrypt(io.BytesIO(content), target, [stanza.wrap], random=self.random)
        file = target.getvalue()
        described = describe(file, part)
        if knowledge:
            proof = stanza.prove(knowledge_context(ORIGIN, lot, part, described.sha256), self.random)
            described = replace(described, knowledge=proof.hex())
        return file, described

    def bid(
        self,
        lot: str,
        keys: dict[str, str],
        content: bytes = b"a bid",
        *,
        replaces: SealedBid | None = None,
        change: Callable[[tuple[SealedPart, ...]], tuple[SealedPart, ...]] = lambda parts: parts,
        knowledge: bool = False,
    ) -> SealedBid:
        """A bid with all parts, sealed in the ledger. `change` may tamper with what it says of its files."""
        own = replaces.key if replaces else SigningKey(self.random(32))
        sequence = replaces.fact.sequence + 1 if replaces else 1
        sealed = {part: self.seal(lot, key, content, part, knowledge) for part, key in keys.items()}
        parts = change(tuple(described for _, described in sealed.values()))
        fact = BidSubmitted(ORIGIN, lot, own.verify_key.raw.hex(), sequence, parts, UNSIGNED).signed_by(own)
        salt = self.random(32)
        index = self.say(Sealed.of(encode(fact), salt))
        return SealedBid(own, {part: file for part, (file, _) in sealed.items()}, fact, index, salt)

    def reveal(self, bid: SealedBid) -> None:
        self.say(Revealed.of(bid.index, bid.salt, encode(bid.fact)))

    def withdraw(self, bid: SealedBid) -> Callable[[], int]:
        """Seal a withdrawal; what is returned reveals it."""
        fact = BidWithdrawn(ORIGIN, bid.fact.lot, bid.fact.bid, UNSIGNED).signed_by(bid.key)
        salt = self.random(32)
        index = self.say(Sealed.of(encode(fact), salt))
        return lambda: self.say(Revealed.of(index, salt, encode(fact)))

    def close(self, lot: str, bids: Sequence[SealedBid], *, deadline: int = DEADLINE) -> str:
        """Reveal and list the bids; the closing's id."""
        for bid in bids:
            self.reveal(bid)
        return self.id_of(self.say(LotClosed(lot, deadline, tuple(bid.index for bid in bids))))

    def release_entry(self, closing: str, part: str, party: Party) -> SharesReleased:
        return SharesReleased(ORIGIN, closing, part, party.number, "ab" * 32, UNSIGNED).signed_by(
            party.signing
        )


def describe(file: bytes, part: str) -> SealedPart:
    """What a bid says of one of its files."""
    return SealedPart.of(part, age.read_header(io.BytesIO(file)), hashlib.sha256(file).digest(), len(file))

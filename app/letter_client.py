"""A platform's letters between applicants and guarantors, from outside (docs/spec/guarantee-letter.md).

The platform is believed in nothing that matters: guarantors come with the supervisor's signature, products with their
guarantor's, letters open here alone. What a lot asks is the platform's word; its tender's notice stands in the ledger.
Lists are fetched whole, whichever of it is wanted.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx

from app import mail_channel
from app.api.private_token import authorization
from app.mail_channel import MailChannel
from crypto.age import X25519Identity, X25519Recipient
from crypto.encoding import encode
from crypto.errors import CryptoError
from crypto.randomness import RandomBytes
from crypto.signatures import VerifyKey
from guarantees import lot_notice, mail
from guarantees.check_code import code_of, lookup_of
from guarantees.errors import NotFoundError, SignatureError
from guarantees.letters.scheme import SCHEME, Letter, LetterError, Post, Reply
from guarantees.lot_notice import LotNotice
from guarantees.register import lookups
from guarantees.register import product as products
from guarantees.register.product import Product
from guarantees.signed import SignedGuarantee
from ledger.entries import GuarantorListed, decode
from ledger.errors import LedgerError
from mailboxes.keys import MailboxKeys
from mailboxes.messages import Sign
from mailboxes.service import Held

PATH = "/api/applications/v1"


@dataclass(frozen=True, slots=True)
class Listed:
    """A guarantor as the supervisor signed it; `licensed` is the platform's word on today."""

    entry: GuarantorListed
    licensed: bool


@dataclass(frozen=True, slots=True)
class Received:
    """A letter as its reader has it. `letter` is None for one's own."""

    held: Held
    letter: Letter | None


class PostOffice:
    """One platform, and the supervisor's key that is believed."""

    def __init__(
        self, client: httpx.Client, supervisor: VerifyKey, clock: Callable[[], int], random: RandomBytes
    ) -> None:
        self._supervisor, self._clock, self._random = supervisor, clock, random
        self._channel = MailChannel(client, LetterError, NotFoundError)
        self.origin = str(self._field(self._channel.asked("GET", "/where"), "origin"))

    def guarantors(self) -> dict[str, Listed]:
        """By credit code. LetterError for one that the supervisor did not sign for this platform."""
        found = {}
        for one in self._channel.asked("GET", "/guarantors"):
            entry = self._listed(str(self._field(one, "leaf")))
            found[entry.guarantor] = Listed(entry, self._field(one, "licensed") is True)
        return found

    def guarantor(self, credit_code: str) -> GuarantorListed:
        """NotFoundError if it is not listed."""
        listed = self.guarantors().get(credit_code)
        if listed is None:
            raise NotFoundError("no such guarantor is on the supervisor's list")
        return listed.entry

    def products(self, guarantors: Mapping[str, Listed]) -> list[Product]:
        """Those that these guarantors' listed keys signed. What others signed is passed over, or a key that was
        replaced: a guarantor that gets a new key publishes its products anew.
        """
        found = []
        for one in self._channel.asked("GET", "/products"):
            content = str(self._field(one, "content")).encode()
            offered = Product.parse(content)
            listed = guarantors.get(offered.guarantor)
            if listed is None:
                continue
            signature = bytes.fromhex(str(self._field(one, "signature")))
            with suppress(SignatureError):
                products.check(bytes.fromhex(listed.entry.key), signature, products.signed_bytes(content))
                found.append(offered)
        return found

    def lots(self) -> list[LotNotice]:
        """What all open lots ask."""
        return lot_notice.parse_list(self._channel.request("GET", "/lots").content)

    def act(self, leaf: bytes) -> None:
        """Brings an act of the supervisor."""
        self._channel.asked("POST", "/acts", leaf)

    def publish(self, content: bytes, sign: Sign) -> None:
        """Publishes a product."""
        signature = sign(products.signed_bytes(content)).hex()
        self._post("/products", {"content": content.decode(), "signature": signature})

    def withdraw(self, guarantor: str, product: str, version: int, sign: Sign) -> None:
        """Offers it no more."""
        signature = sign(products.withdrawal_bytes(guarantor, product, version)).hex()
        fields = {"guarantor": guarantor, "product": product, "version": version, "signature": signature}
        self._post("/withdrawals", fields)

    def tell(self, guarantor: str, guarantee: SignedGuarantee, sign: Sign) -> None:
        """Tells by what the public check finds it. The same again is no other."""
        lookup = lookup_of(guarantee.undertaking.number, code_of(guarantee))
        signature = sign(lookups.message(self.origin, guarantor, guarantee.id, lookup)).hex()
        fields = {"guarantor": guarantor, "guarantee": guarantee.id.hex(), "lookup": lookup.hex()}
        self._post("/lookups", fields | {"signature": signature})

    def write(
        self, keys: MailboxKeys, guarantor: GuarantorListed, letter: Letter, *, token: bytes | None = None
    ) -> Held:
        """The applicant's letter. What came in between is no hindrance: it is numbered behind it.

        With a blind token, which is spent by it, it is taken whatever others send.
        """
        number = len(self.fetch(keys))
        recipient = X25519Recipient.parse(guarantor.recipient)
        sealed = letter.seal([recipient, keys.identity.recipient], self._random)
        post = Post.of(keys, self.origin, guarantor.guarantor, number, sealed)
        headers = None if token is None else {"Authorization": authorization(token)}
        (held,) = self._channel.held(self._channel.asked("POST", "/letters", post.to_bytes(sealed), headers))
        if (held.sha256, held.number) != (post.sha256, number):
            raise LetterError("the receipt is for another letter")
        return held

    def fetch(self, keys: MailboxKeys) -> list[Held]:
        """What is in the applicant's mailbox; an empty list if there is none yet."""
        key, at = keys.signing, self._clock()
        signature = key.sign_fields(SCHEME.domain("fetch"), self.origin, keys.mailbox, at)
        question = {"at": at, "key": key.verify_key.raw.hex(), "signature": signature.hex()}
        try:
            return self._channel.held(self._post("/fetch", question))
        except NotFoundError:
            return []

    def read(self, keys: MailboxKeys, guarantor: GuarantorListed) -> list[Received]:
        """All letters of the mailbox, the guarantor's opened and their signatures checked.

        LetterError for one that the guarantor did not sign, and for a gap in the numbers.
        """
        verify = mail.verifier(bytes.fromhex(guarantor.key))
        received = []
        for expected, held in enumerate(self.fetch(keys)):
            if held.number != expected or held.mailbox != keys.mailbox.hex():
                raise LetterError("the platform keeps back a letter of this mailbox")
            letter = None
            if held.is_reply:
                sealed = self._channel.sealed(held.sha256)
                said = Reply(held.mailbox, held.number, held.sha256, held.signature)
                said.check(self.origin, sealed, verify)
                letter = Letter.unseal(sealed, keys.identity)
            received.append(Received(held, letter))
        return received

    def inbox(self, guarantor: str, sign: Sign) -> list[Held]:
        """All letters of the guarantor's mailboxes, for the guarantor."""
        at = self._clock()
        message = encode(SCHEME.domain("inbox"), self.origin, guarantor, at)
        question = {"guarantor": guarantor, "at": at, "signature": sign(message).hex()}
        return self._channel.held(self._post("/inbox", question))

    def open(self, held: Held, identity: X25519Identity) -> Letter:
        """A letter, for the guarantor. LetterError unless its mailbox's key signed it, and for what does not open."""
        sealed = self._channel.sealed(held.sha256)
        if hashlib.sha256(sealed).hexdigest() != held.sha256:
            raise LetterError("the platform gave other bytes than those of the letter")
        return Letter.unseal(sealed, identity)

    def reply(self, sign: Sign, mailbox: str, number: int, sealed: bytes) -> Held:
        """The guarantor's letter into a mailbox, sealed already. The same again is the same letter."""
        said = Reply.of(sign, self.origin, mailbox, number, sealed)
        (held,) = self._channel.held(self._channel.asked("POST", "/replies", said.to_bytes(sealed)))
        return held

    def _listed(self, leaf: str) -> GuarantorListed:
        try:
            entry = decode(leaf.encode())
            if not isinstance(entry, GuarantorListed):
                raise LetterError("the platform's list of guarantors cannot be read")
            entry.check()
        except (LedgerError, CryptoError) as error:
            raise LetterError("a guarantor on the list is not signed by a supervisor") from error
        if entry.supervisor != self._supervisor.raw.hex() or entry.origin != self.origin:
            raise LetterError("a guarantor on the list is signed by another supervisor than you believe")
        return entry

    def _post(self, path: str, fields: dict[str, Any]) -> Any:
        return self._channel.asked("POST", path, json.dumps(fields).encode())

    @staticmethod
    def _field(value: Any, name: str) -> Any:
        try:
            return value[name]
        except (KeyError, TypeError) as error:
            raise LetterError("the platform's answer is not what it should be") from error


def connect(address: str) -> httpx.Client:
    """LetterError for what is no address."""
    return mail_channel.connect(address, PATH, LetterError)

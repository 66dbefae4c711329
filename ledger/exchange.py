"""What keyholders and the platform say to each other: one signed message, one answer (docs/spec/opening.md).

A keyholder has two channels, each with its own sequence of messages, one at a time. On `witness` it answers requests
for cosignatures and waits for the next; on `work` it hands in signed entries, releases under seal, and reports. Nothing
that comes back is believed: entries are read from the ledger, requests and approvals carry their own signatures.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Any, TypeVar, cast

import msgspec

from crypto import canonical_json
from crypto.canonical_json import Json
from crypto.errors import CryptoError, EncodingError
from crypto.signatures import SigningKey, VerifyKey
from ledger.entries.fields import Count, Hash, Name, Origin, PartName, PublicKey, Signature, Text, Time
from ledger.entries.signed import UNSIGNED
from ledger.errors import MalformedError, SignatureError

WITNESS, WORK = "witness", "work"
MAX_WAIT = 20
"""Seconds that the platform may be asked to wait with its answer."""
MAX_SIZE = 48 << 20
"""Of a message: a release of 65,536 bids in base64."""
MAX_LISTED = 1000

_DOMAIN = "sunseal/keyholder-message/v1"
_APPROVAL_DOMAIN = "sunseal/approval/v1"

Leaf = Annotated[str, msgspec.Meta(max_length=65_535, description="an entry as it is to stand in the ledger")]
Base64 = Annotated[str, msgspec.Meta(max_length=MAX_SIZE, description="bytes in base64 (RFC 4648 section 4)")]
Channel = Annotated[str, msgspec.Meta(pattern="^(witness|work)$(?!\n)", description="witness or work")]
Wait = Annotated[int, msgspec.Meta(ge=0, le=MAX_WAIT, description="seconds")]
Rule = Annotated[str, msgspec.Meta(max_length=64, description="the word that a refusal is known by")]


class ExchangeError(MalformedError):
    """Not a message of a keyholder, or not an answer to one."""


@dataclass(frozen=True, slots=True)
class CosignatureAnswer:
    """The witness's answer to the request `request`: a status, a media type and a body of c2sp.org/tlog-witness."""

    request: Count
    status: Annotated[int, msgspec.Meta(ge=100, le=599)]
    content_type: Name
    body: Base64


@dataclass(frozen=True, slots=True)
class SealedRelease:
    """A `shares-released` entry and the release that it is of, as an age file to the lot's two recipients."""

    entry: Leaf
    sealed: Base64


@dataclass(frozen=True, slots=True)
class Report:
    """What a keyholder does not do, or not yet, and why; for the people who wait for it. `subject` is what is meant."""

    subject: Text
    rule: Rule
    sentence: Text


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the keyholder whose signing key is `key`.

    sequence: greater than that of the one before on the same channel.
    sent:     the keyholder's clock.
    known:    the size of the ledger that it has followed; the platform answers as soon as there is more.
    wait:     for how long the platform may keep the answer back, if it has nothing to say.
    """

    origin: Origin
    key: PublicKey
    channel: Channel
    sequence: Count
    sent: Time
    known: Count
    wait: Wait
    answers: tuple[CosignatureAnswer, ...] = ()
    entries: tuple[Leaf, ...] = ()
    releases: tuple[SealedRelease, ...] = ()
    reports: tuple[Report, ...] = ()
    signature: Signature = UNSIGNED

    def to_bytes(self) -> bytes:
        """RFC 8785 JSON."""
        return _dumps(self)

    def signed_by(self, key: SigningKey) -> "Message":
        """The same message with `key`'s signature over everything else."""
        return replace(self, signature=key.sign_fields(_DOMAIN, self._statement()).hex())

    def check_signature(self) -> VerifyKey:
        """The key that is named and that signed; SignatureError otherwise. Whose it is, the caller knows."""
        try:
            key = VerifyKey(bytes.fromhex(self.key))
            key.verify_fields(bytes.fromhex(self.signature), _DOMAIN, self._statement())
        except CryptoError as error:
            raise SignatureError("the message is not signed by the key that it names") from error
        return key

    @classmethod
    def parse(cls, data: bytes) -> "Message":
        """ExchangeError unless `data` is exactly one message."""
        message = _loads(cls, data)
        lists = (message.answers, message.entries, message.releases, message.reports)
        if any(len(listed) > MAX_LISTED for listed in lists):
            raise ExchangeError(
                f"a message has at most {MAX_LISTED} of each thing: send the rest in the next one"
            )
        return message

    def _statement(self) -> bytes:
        return _dumps(replace(self, signature=UNSIGNED))


@dataclass(frozen=True, slots=True)
class CosignatureRequest:
    """An `add-checkpoint` request of c2sp.org/tlog-witness for this keyholder's witness."""

    id: Count
    body: Base64


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's word, given on the platform's page: what is named may be released by the keyholder that trusts `key`.

    `closing` is a closing's id and `part` one of its parts.
    """

    origin: Origin
    closing: Hash
    part: PartName
    key: PublicKey
    signature: Signature = UNSIGNED

    def signed_by(self, key: SigningKey) -> "Approval":
        """The same approval with `key`'s signature."""
        return replace(self, signature=key.sign_fields(_APPROVAL_DOMAIN, *self._fields()).hex())

    def check_signature(self) -> VerifyKey:
        """The key that approved; SignatureError if it did not."""
        try:
            key = VerifyKey(bytes.fromhex(self.key))
            key.verify_fields(bytes.fromhex(self.signature), _APPROVAL_DOMAIN, *self._fields())
        except CryptoError as error:
            raise SignatureError("the approval is not signed by the key that it names") from error
        return key

    def _fields(self) -> tuple[str, bytes, str, bytes]:
        return self.origin, bytes.fromhex(self.closing), self.part, bytes.fromhex(self.key)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform answers. `published` is the size of the ledger's checkpoint, `time` the platform's clock."""

    sequence: Count
    time: Time
    published: Count
    requests: tuple[CosignatureRequest, ...] = ()
    approvals: tuple[Approval, ...] = ()

    def to_bytes(self) -> bytes:
        """RFC 8785 JSON."""
        return _dumps(self)

    @classmethod
    def parse(cls, data: bytes) -> "Answer":
        """ExchangeError unless `data` is exactly one answer."""
        return _loads(cls, data)


_Spoken = TypeVar("_Spoken", Message, Answer)


def _dumps(value: Message | Answer) -> bytes:
    return canonical_json.dumps(cast("dict[str, Json]", msgspec.to_builtins(value)))


def _loads(cls: type[_Spoken], data: bytes) -> _Spoken:
    if len(data) > MAX_SIZE:
        raise ExchangeError(f"a message has at most {MAX_SIZE} bytes")
    try:
        value: Any = canonical_json.loads(data)
        parsed = msgspec.convert(value, cls, strict=True)
    except (EncodingError, msgspec.ValidationError) as error:
        raise ExchangeError(f"not a {cls.__name__.lower()}: {error}") from error
    if _dumps(parsed) != data:
        raise ExchangeError(f"not a {cls.__name__.lower()}: it has a field too many or leaves one out")
    return parsed

"""What is sealed in a mailbox, and what is signed around it.

    plaintext  RFC 8785 of {"files": [{"name", "size"}, ...], "text", "type": "<name>-message/v1"}, a newline, the files
               one after another, and zeros to a length of the scheme's: lengths tell little
    sealed     age v1 to whoever the mailbox is with; of a reply, to the mailbox's owner and to the one who replies
    post       {"key", "kind", "number", "recipient", "sha256", "signature", "type": "<name>-post/v1"} before the sealed
    reply      {"mailbox", "number", "sha256", "signature", "type": "<name>-reply/v1"} before the sealed bytes

Pure. The platform checks signatures and keeps bytes; it can read none of them. A use of mailboxes derives its own
classes from these, each with its SCHEME.
"""

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Protocol, Self

from crypto import age, canonical_json
from crypto.age import X25519Identity, X25519Recipient
from crypto.canonical_json import Json
from crypto.encoding import encode
from crypto.errors import CryptoError, EncodingError, VerificationError
from crypto.randomness import RandomBytes
from crypto.signatures import SigningKey, VerifyKey
from mailboxes.keys import mailbox_of
from mailboxes.scheme import MAX_HEAD, MAX_NUMBER, Scheme

Sign = Callable[[bytes], bytes]
Verify = Callable[[bytes, bytes], None]
"""(signature, message): raises VerificationError unless it is the key's."""


class Keys(Protocol):
    """A mailbox owner's keys (mailboxes.keys.MailboxKeys)."""

    @property
    def identity(self) -> X25519Identity: ...

    @property
    def signing(self) -> SigningKey: ...


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a message."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class MessageText:
    """What one side says to the other."""

    SCHEME: ClassVar[Scheme]

    text: str
    files: tuple[File, ...] = ()

    def to_bytes(self) -> bytes:
        """The plaintext, padded."""
        files: list[Json] = [{"name": file.name, "size": len(file.content)} for file in self.files]
        type_ = self.SCHEME.type_of("message")
        head = canonical_json.dumps({"files": files, "text": self.text, "type": type_})
        whole = b"".join((head, b"\n", *(file.content for file in self.files)))
        return whole + bytes(self.SCHEME.padded(len(whole)) - len(whole))

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The scheme's error unless `data` is exactly one message."""
        head, _, rest = data.partition(b"\n")
        try:
            value: Any = canonical_json.loads(head)
            files, at = [], 0
            for one in value["files"]:
                files.append(File(one["name"], rest[at : at + one["size"]]))
                at += one["size"]
            message = cls(value["text"], tuple(files))
            if isinstance(value["text"], str) and message.to_bytes() == data:
                return message
        except (EncodingError, KeyError, TypeError, ValueError) as error:
            raise cls.SCHEME.error("what was sealed is no message") from error
        raise cls.SCHEME.error("what was sealed is no message in its one form")

    def seal(self, recipients: Sequence[X25519Recipient], random: RandomBytes) -> bytes:
        """The age file that these can open."""
        target = io.BytesIO()
        age.encrypt(io.BytesIO(self.to_bytes()), target, [one.wrap for one in recipients], random=random)
        return target.getvalue()

    @classmethod
    def unseal(cls, sealed: bytes, identity: X25519Identity) -> Self:
        """The scheme's error if it is not sealed to this identity, was altered, or is no message."""
        target = io.BytesIO()
        try:
            age.decrypt(io.BytesIO(sealed), target, [identity.unwrap])
        except CryptoError as error:
            raise cls.SCHEME.error("the message does not open: it is another's, or was altered") from error
        return cls.parse(target.getvalue())


@dataclass(frozen=True, slots=True)
class Post:
    """What is said openly of a message from a mailbox's owner. `number` counts in the mailbox, replies included."""

    SCHEME: ClassVar[Scheme]

    key: str
    kind: str
    number: int
    recipient: str
    sha256: str
    signature: str = ""

    @classmethod
    def of(cls, keys: Keys, origin: str, kind: str, number: int, sealed: bytes) -> Self:
        key, recipient = keys.signing, str(keys.identity.recipient)
        post = cls(key.verify_key.raw.hex(), kind, number, recipient, hashlib.sha256(sealed).hexdigest())
        signature = key.sign_fields(cls.SCHEME.domain("post"), *post.fields(origin))
        return replace(post, signature=signature.hex())

    @property
    def mailbox(self) -> bytes:
        return mailbox_of(self.SCHEME, VerifyKey(bytes.fromhex(self.key)))

    def fields(self, origin: str) -> tuple[str | bytes | int, ...]:
        hash_ = bytes.fromhex(self.sha256)
        return origin, self.mailbox, self.kind, self.number, self.recipient, hash_

    def check(self, origin: str, sealed: bytes) -> None:
        """The scheme's error unless the mailbox's key signed exactly this of these sealed bytes."""
        _check_sealed(self.SCHEME, sealed, self.sha256)
        self.check_signature(origin)

    def check_signature(self, origin: str) -> None:
        """The scheme's error unless the mailbox's key signed this; the sealed bytes are not looked at."""
        try:
            X25519Recipient.parse(self.recipient)
            key = VerifyKey(bytes.fromhex(self.key))
            signature = bytes.fromhex(self.signature)
            key.verify_fields(signature, self.SCHEME.domain("post"), *self.fields(origin))
        except (CryptoError, ValueError) as error:
            sentence = "the message is not signed by its mailbox's key, for this platform"
            raise self.SCHEME.error(sentence) from error

    def to_bytes(self, sealed: bytes) -> bytes:
        return _framed(self, "post", sealed)

    @classmethod
    def parse(cls, data: bytes) -> tuple[Self, bytes]:
        """(what is said openly, the sealed bytes). The scheme's error for what is no post."""
        post, sealed = _unframed(cls, "post", data)
        if not cls.SCHEME.is_kind(post.kind):
            raise cls.SCHEME.error("there is no mailbox of that kind here")
        return post, sealed


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said openly of an answer. Its signature shows that the platform did not make it."""

    SCHEME: ClassVar[Scheme]

    mailbox: str
    number: int
    sha256: str
    signature: str = ""

    @classmethod
    def of(cls, sign: Sign, origin: str, mailbox: str, number: int, sealed: bytes) -> Self:
        reply = cls(mailbox, number, hashlib.sha256(sealed).hexdigest())
        return replace(reply, signature=sign(reply.message(origin)).hex())

    def fields(self, origin: str) -> tuple[str | bytes | int, ...]:
        return origin, bytes.fromhex(self.mailbox), self.number, bytes.fromhex(self.sha256)

    def message(self, origin: str) -> bytes:
        """What is signed."""
        return encode(self.SCHEME.domain("reply"), *self.fields(origin))

    def check(self, origin: str, sealed: bytes, verify: Verify) -> None:
        """The scheme's error unless whoever the mailbox is with signed exactly this of these sealed bytes."""
        _check_sealed(self.SCHEME, sealed, self.sha256)
        try:
            verify(bytes.fromhex(self.signature), self.message(origin))
        except (VerificationError, ValueError) as error:
            sentence = "the reply is not signed by whoever the mailbox is with, for this platform"
            raise self.SCHEME.error(sentence) from error

    def to_bytes(self, sealed: bytes) -> bytes:
        return _framed(self, "reply", sealed)

    @classmethod
    def parse(cls, data: bytes) -> tuple[Self, bytes]:
        """(what is said openly, the sealed bytes). The scheme's error for what is no reply."""
        return _unframed(cls, "reply", data)


def _check_sealed(scheme: Scheme, sealed: bytes, sha256: str) -> None:
    if hashlib.sha256(sealed).hexdigest() != sha256:
        raise scheme.error("the sealed bytes are not those that were signed: send them again")
    try:
        header = age.read_header(io.BytesIO(sealed))
    except CryptoError as error:
        raise scheme.error("what is sent is not sealed: it is no age file") from error
    if any(stanza.type != "X25519" for stanza in header.stanzas):
        raise scheme.error("a message is sealed to X25519 recipients, and to nothing else")


def _framed(said: Any, what: str, sealed: bytes) -> bytes:
    values = {field.name: getattr(said, field.name) for field in fields(said)}
    return canonical_json.dumps({**values, "type": said.SCHEME.type_of(what)}) + b"\n" + sealed


def _unframed(cls: Any, what: str, data: bytes) -> tuple[Any, bytes]:
    scheme: Scheme = cls.SCHEME
    head, newline, sealed = data.partition(b"\n")
    if not newline or len(head) > MAX_HEAD or len(sealed) > scheme.max_sealed:
        most = scheme.max_sealed >> 20
        raise scheme.error(f"a message is a line of JSON and at most {most} MiB of sealed bytes")
    try:
        found: Any = canonical_json.loads(head)
    except EncodingError as error:
        raise scheme.error("the line before the sealed bytes is not canonical JSON") from error
    if not isinstance(found, dict) or found.pop("type", None) != scheme.type_of(what):
        raise scheme.error(f"the line before the sealed bytes is of the type {scheme.type_of(what)}")
    return _made(cls, found), sealed


def _made(cls: Any, found: dict[str, Any]) -> Any:
    scheme: Scheme = cls.SCHEME
    names = sorted(field.name for field in fields(cls))
    if sorted(found) != names:
        raise scheme.error(f"the line before the sealed bytes has {', '.join(names)}, and no more")
    if any(type(value) is not (int if name == "number" else str) for name, value in found.items()):
        raise scheme.error("a field of the line before the sealed bytes is of another kind")
    if not 0 <= found["number"] < MAX_NUMBER:
        raise scheme.error("a message has a number from 0 on")
    for name in ("key", "mailbox", "sha256", "signature"):
        text = found.get(name, "")
        try:
            if bytes.fromhex(text).hex() != text:
                raise scheme.error(f"the field {name} is in lower-case hexadecimal")
        except ValueError as error:
            raise scheme.error(f"the field {name} is in hexadecimal") from error
    return cls(**found)

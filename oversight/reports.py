"""Reports without a name: what is sealed, and what is signed around it (docs/spec/report.md).

    plaintext  RFC 8785 of {"files": [{"name", "size"}, ...], "text", "type": "report-message/v1"}, a newline, the files
               one after another, and zeros to the next multiple of 64 KiB: lengths tell little
    sealed     age v1 to the supervisor's recipient; of a reply, to the reporter's and the supervisor's
    post       {"key", "kind", "number", "recipient", "sha256", "signature", "type": "report-post/v1"} before the sealed
    reply      {"mailbox", "number", "sha256", "signature", "type": "report-reply/v1"} before the sealed bytes

The platform checks signatures and keeps bytes; it can read none of them.
"""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from crypto import age, canonical_json
from crypto.age import X25519Identity, X25519Recipient
from crypto.canonical_json import Json
from crypto.errors import CryptoError, EncodingError, VerificationError
from crypto.randomness import RandomBytes
from crypto.signatures import SigningKey, VerifyKey
from oversight.code_phrase import CodePhrase, mailbox_of
from oversight.errors import ReportError

REPORT, INTERFERENCE = "report", "interference"
KINDS = (REPORT, INTERFERENCE)
PADDING = 64 << 10
MAX_SEALED = 64 << 20
MAX_HEAD = 4096
MAX_NUMBER = 2**31


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a message."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class MessageText:
    """What one side says to the other."""

    text: str
    files: tuple[File, ...] = ()

    def to_bytes(self) -> bytes:
        """The plaintext, padded."""
        files: list[Json] = [{"name": file.name, "size": len(file.content)} for file in self.files]
        head = canonical_json.dumps({"files": files, "text": self.text, "type": "report-message/v1"})
        whole = b"".join((head, b"\n", *(file.content for file in self.files)))
        return whole + bytes(-len(whole) % PADDING)

    @classmethod
    def parse(cls, data: bytes) -> "MessageText":
        """ReportError unless `data` is exactly one message."""
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
            raise ReportError("what was sealed is no message") from error
        raise ReportError("what was sealed is no message in its one form")

    def seal(self, recipients: Sequence[X25519Recipient], random: RandomBytes) -> bytes:
        """The age file that these can open."""
        target = io.BytesIO()
        age.encrypt(io.BytesIO(self.to_bytes()), target, [one.wrap for one in recipients], random=random)
        return target.getvalue()

    @classmethod
    def unseal(cls, sealed: bytes, identity: X25519Identity) -> "MessageText":
        """ReportError if it is not sealed to this identity, was altered, or is no message."""
        target = io.BytesIO()
        try:
            age.decrypt(io.BytesIO(sealed), target, [identity.unwrap])
        except CryptoError as error:
            raise ReportError("the message does not open: it is another's, or was altered") from error
        return cls.parse(target.getvalue())


@dataclass(frozen=True, slots=True)
class Post:
    """What is said openly of a message to the supervisor. `number` counts in the mailbox, replies included."""

    key: str
    kind: str
    number: int
    recipient: str
    sha256: str
    signature: str = ""

    @classmethod
    def of(cls, phrase: CodePhrase, origin: str, kind: str, number: int, sealed: bytes) -> "Post":
        key, recipient = phrase.signing, str(phrase.identity.recipient)
        post = cls(key.verify_key.raw.hex(), kind, number, recipient, hashlib.sha256(sealed).hexdigest())
        return replace(post, signature=key.sign_fields("sunseal/report-post/v1", *post.fields(origin)).hex())

    @property
    def mailbox(self) -> bytes:
        return mailbox_of(VerifyKey(bytes.fromhex(self.key)))

    def fields(self, origin: str) -> tuple[str | bytes | int, ...]:
        hash_ = bytes.fromhex(self.sha256)
        return origin, self.mailbox, self.kind, self.number, self.recipient, hash_

    def check(self, origin: str, sealed: bytes) -> None:
        """ReportError unless the mailbox's key signed exactly this of these sealed bytes."""
        _check_sealed(sealed, self.sha256)
        try:
            X25519Recipient.parse(self.recipient)
            key = VerifyKey(bytes.fromhex(self.key))
            signature = bytes.fromhex(self.signature)
            key.verify_fields(signature, "sunseal/report-post/v1", *self.fields(origin))
        except (CryptoError, ValueError) as error:
            raise ReportError("the message is not signed by its mailbox's key, for this platform") from error

    def to_bytes(self, sealed: bytes) -> bytes:
        return _framed({name: getattr(self, name) for name in self.__slots__}, "report-post/v1", sealed)

    @classmethod
    def parse(cls, data: bytes) -> tuple["Post", bytes]:
        """(what is said openly, the sealed bytes). ReportError for what is no post."""
        fields, sealed = _unframed(data, "report-post/v1")
        post = _made(cls, fields)
        if post.kind not in KINDS or type(post.number) is not int or not 0 <= post.number < MAX_NUMBER:
            raise ReportError("a post is a report or about interference, and has a number")
        return post, sealed


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said openly of the supervisor's answer. Its signature shows that the platform did not make it."""

    mailbox: str
    number: int
    sha256: str
    signature: str = ""

    @classmethod
    def of(cls, key: SigningKey, origin: str, mailbox: str, number: int, sealed: bytes) -> "Reply":
        reply = cls(mailbox, number, hashlib.sha256(sealed).hexdigest())
        return replace(
            reply, signature=key.sign_fields("sunseal/report-reply/v1", *reply.fields(origin)).hex()
        )

    def fields(self, origin: str) -> tuple[str | bytes | int, ...]:
        return origin, bytes.fromhex(self.mailbox), self.number, bytes.fromhex(self.sha256)

    def check(self, origin: str, sealed: bytes, supervisor: VerifyKey) -> None:
        """ReportError unless the supervisor signed exactly this of these sealed bytes."""
        _check_sealed(sealed, self.sha256)
        try:
            signature = bytes.fromhex(self.signature)
            supervisor.verify_fields(signature, "sunseal/report-reply/v1", *self.fields(origin))
        except (VerificationError, ValueError) as error:
            raise ReportError("the reply is not signed by the supervisor, for this platform") from error

    def to_bytes(self, sealed: bytes) -> bytes:
        return _framed({name: getattr(self, name) for name in self.__slots__}, "report-reply/v1", sealed)

    @classmethod
    def parse(cls, data: bytes) -> tuple["Reply", bytes]:
        """(what is said openly, the sealed bytes). ReportError for what is no reply."""
        fields, sealed = _unframed(data, "report-reply/v1")
        reply = _made(cls, fields)
        if type(reply.number) is not int or not 0 <= reply.number < MAX_NUMBER:
            raise ReportError("a reply has a number")
        return reply, sealed


def _check_sealed(sealed: bytes, sha256: str) -> None:
    if hashlib.sha256(sealed).hexdigest() != sha256:
        raise ReportError("the sealed bytes are not those that were signed: send them again")
    try:
        header = age.read_header(io.BytesIO(sealed))
    except CryptoError as error:
        raise ReportError("what is sent is not sealed: it is no age file") from error
    if any(stanza.type != "X25519" for stanza in header.stanzas):
        raise ReportError("a message is sealed to X25519 recipients, and to nothing else")


def _framed(fields: dict[str, Any], type_: str, sealed: bytes) -> bytes:
    return canonical_json.dumps({**fields, "type": type_}) + b"\n" + sealed


def _unframed(data: bytes, type_: str) -> tuple[dict[str, Any], bytes]:
    head, newline, sealed = data.partition(b"\n")
    if not newline or len(head) > MAX_HEAD or len(sealed) > MAX_SEALED:
        raise ReportError(f"a message is a line of JSON and at most {MAX_SEALED >> 20} MiB of sealed bytes")
    try:
        fields: Any = canonical_json.loads(head)
    except EncodingError as error:
        raise ReportError("the line before the sealed bytes is not canonical JSON") from error
    if not isinstance(fields, dict) or fields.pop("type", None) != type_:
        raise ReportError(f"the line before the sealed bytes is of the type {type_}")
    return fields, sealed


def _made(cls: type[Any], fields: dict[str, Any]) -> Any:
    if set(fields) != set(cls.__slots__):
        raise ReportError(
            f"the line before the sealed bytes has {', '.join(sorted(cls.__slots__))}, and no more"
        )
    if any(not isinstance(value, int if name == "number" else str) for name, value in fields.items()):
        raise ReportError("a field of the line before the sealed bytes is of another kind")
    made = cls(**fields)
    for name in ("key", "mailbox", "sha256", "signature"):
        text = fields.get(name, "")
        try:
            if bytes.fromhex(text).hex() != text:
                raise ReportError(f"the field {name} is in lower-case hexadecimal")
        except ValueError as error:
            raise ReportError(f"the field {name} is in hexadecimal") from error
    return made

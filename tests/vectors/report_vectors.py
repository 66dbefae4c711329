"""What the Python reference makes of a report without a name, for client_vectors: words, keys, letters, signatures.

Every random byte is 0x07, here and in the program's test: so the sealed bytes are the same, and their hash says all.
"""

import hashlib
from base64 import b64encode
from typing import Any

from app.report_client import commitment_of
from crypto.age import X25519Identity
from crypto.signatures import SigningKey
from ledger.entries import GroupMember, GroupProposed
from ledger.entries import encode as entry_bytes
from ledger.entries.signed import UNSIGNED
from mailboxes.service import Held
from oversight.code_phrase import CHINESE, CodePhrase
from oversight.reports import INTERFERENCE, PADDING, File, MessageText, Post, Reply

ORIGIN = "ledger.sunseal.example"
SUPERVISOR, SUPERVISOR_AGE = SigningKey(b"\x51" * 32), X25519Identity(b"\x52" * 32)
PHRASE = CodePhrase(bytes(range(16)))
MESSAGES = (
    MessageText("meet me at noon", (File("note.txt", b"12:00\n"),)),
    MessageText("有人索要我的投标文件\n标", (File("a.txt", b"1\n2"), File("b", b""))),
    MessageText("x" * PADDING),
)


def report_vectors() -> dict[str, Any]:
    """All of them."""
    phrase, at, proposal = PHRASE, 1_800_000_000, _proposal()
    fetch = phrase.signing.sign_fields("sunseal/report-fetch/v1", ORIGIN, phrase.mailbox, at)
    return {
        "origin": ORIGIN,
        "phrases": [_phrase(one) for one in (PHRASE, CodePhrase(b"\xff" * 16), CodePhrase(bytes(16)))],
        "refused_words": [
            " ".join(phrase.words().split()[::-1]),
            " ".join(phrase.words().split()[:-1]),
            " ".join([*phrase.words().split()[:-1], "nonsense"]),
        ],
        "messages": [_message(phrase, number, one) for number, one in enumerate(MESSAGES)],
        "reply": _reply(phrase),
        "fetch": {"at": at, "key": phrase.signing.verify_key.raw.hex(), "signature": fetch.hex()},
        "where": {"origin": ORIGIN, "group": entry_bytes(proposal).decode()},
        "supervisor": proposal.supervisor,
        "recipient": proposal.recipient,
        "commitment": {"held": _held(), "value": commitment_of(Held(**_held()))},
    }


def _proposal() -> GroupProposed:
    """Of a group of one; its keys are nobody's."""
    key = SigningKey(b"\x61" * 32).verify_key.raw.hex()
    member = GroupMember("one", key, key, "one+00000000+AA==")
    supervisor, recipient = SUPERVISOR.verify_key.raw.hex(), str(SUPERVISOR_AGE.recipient)
    made = GroupProposed(ORIGIN, "group", 1, (member,), recipient, supervisor, UNSIGNED)
    return made.signed_by(SUPERVISOR)


def _phrase(phrase: CodePhrase) -> dict[str, str]:
    return {
        "entropy": phrase.entropy.hex(),
        "en": phrase.words(),
        "zh": phrase.words(CHINESE),
        "recipient": str(phrase.identity.recipient),
        "key": phrase.signing.verify_key.raw.hex(),
        "mailbox": phrase.mailbox.hex(),
    }


def _message(phrase: CodePhrase, number: int, message: MessageText) -> dict[str, Any]:
    sealed = message.seal([SUPERVISOR_AGE.recipient], _seven)
    post = Post.of(phrase, ORIGIN, INTERFERENCE, number, sealed).to_bytes(sealed)
    return {
        **_said(message),
        "number": number,
        "kind": INTERFERENCE,
        "plaintext": hashlib.sha256(message.to_bytes()).hexdigest(),
        "size": len(message.to_bytes()),
        "sealed": hashlib.sha256(sealed).hexdigest(),
        "post": post.partition(b"\n")[0].decode(),
    }


def _reply(phrase: CodePhrase) -> dict[str, Any]:
    sealed = MESSAGES[1].seal([phrase.identity.recipient, SUPERVISOR_AGE.recipient], _seven)
    said = Reply.of(SUPERVISOR.sign, ORIGIN, phrase.mailbox.hex(), 1, sealed)
    return {
        **_said(MESSAGES[1]),
        "supervisor": SUPERVISOR.verify_key.raw.hex(),
        "recipients": [str(phrase.identity.recipient), str(SUPERVISOR_AGE.recipient)],
        "number": 1,
        "mailbox": said.mailbox,
        "sha256": said.sha256,
        "signature": said.signature,
    }


def _said(message: MessageText) -> dict[str, Any]:
    files = [{"name": one.name, "content": b64encode(one.content).decode()} for one in message.files]
    return {"text": message.text, "files": files}


def _held() -> dict[str, Any]:
    return {
        "mailbox": PHRASE.mailbox.hex(),
        "kind": INTERFERENCE,
        "recipient": str(PHRASE.identity.recipient),
        "number": 3,
        "is_reply": False,
        "sha256": "ab" * 32,
        "signature": "cd" * 64,
        "salt": "ef" * 32,
        "index": None,
    }


def _seven(count: int) -> bytes:
    return b"\x07" * count

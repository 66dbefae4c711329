"""The file in which a secret key rests: three lines of text, sealed as an armored age file.

    sunseal-secret/v1 <kind>
    <name>
    <the secret in base64>

It is sealed with a passphrase (`crypto.age.scrypt.Passphrase(...).wrap`) or to X25519 recipients, and any age
program opens it: a key is never held hostage by this one. The kind keeps apart what must not be mixed up: the
key of a log is never taken for that of a witness. Reading takes the armored form and the binary one, as
somebody may have sealed the text anew.

Not guaranteed: that a file is the newest of its kind, or that the secret leaves memory after use.
"""

import base64
import binascii
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from crypto import age
from crypto.age import armor
from crypto.errors import EncodingError
from crypto.randomness import RandomBytes

MAX_SIZE = 128 * 1024
"""Of a sealed file: many times what a key needs, with room for many recipients."""

_VERSION = "sunseal-secret/v1"
_KIND = re.compile(r"[a-z][a-z0-9-]{0,31}", re.ASCII)
_NAME = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,255}")
_RECIPIENT_START = "age1"


@dataclass(frozen=True, slots=True)
class Secret:
    """What a file keeps: which kind of key, whose, and its bytes. It prints without the bytes.

    Raises EncodingError for a kind that is no lower-case word, a name with white space or control characters
    or none, and an empty value.
    """

    kind: str
    name: str
    value: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not _KIND.fullmatch(self.kind):
            raise EncodingError("the kind of a secret is a lower-case word of at most 32 letters")
        if not _NAME.fullmatch(self.name):
            raise EncodingError("the name of a secret is 1 to 255 characters without white space")
        if not self.value:
            raise EncodingError("a secret is not empty")

    def to_bytes(self) -> bytes:
        """The text that is sealed."""
        value = base64.b64encode(self.value).decode("ascii")
        return f"{_VERSION} {self.kind}\n{self.name}\n{value}\n".encode()

    @classmethod
    def parse(cls, data: bytes) -> "Secret":
        """The secret whose text is exactly `data`; EncodingError, which never repeats it, for anything else."""
        try:
            first, name, value, rest = data.decode("utf-8").split("\n")
            secret = cls(first.removeprefix(f"{_VERSION} "), name, base64.b64decode(value, validate=True))
        except (UnicodeDecodeError, ValueError, binascii.Error):
            # `from None`: the cause's message may hold a piece of the secret.
            raise EncodingError(f"what is sealed is not a {_VERSION} text of three lines") from None
        if rest or secret.to_bytes() != data:
            raise EncodingError(f"what is sealed is not the canonical form of a {_VERSION} text")
        return secret


def seal(secret: Secret, wraps: Sequence[age.Wrap], *, random: RandomBytes) -> bytes:
    """The file's bytes. EncodingError if there is no recipient, or a passphrase among several."""
    target = io.BytesIO()
    writer = armor.ArmorWriter(target)
    age.encrypt(io.BytesIO(secret.to_bytes()), writer, wraps, random=random)
    writer.finish()
    return target.getvalue()


def unseal(data: bytes, unwraps: Sequence[age.Unwrap], *, kind: str) -> Secret:
    """The secret in a file of this kind.

    Raises AgeError if it does not open (NoMatchError: with another passphrase or identity), EncodingError if
    it is larger than MAX_SIZE, or what it holds is of another kind or no secret at all.
    """
    if len(data) > MAX_SIZE:
        raise EncodingError(f"a file with a secret has at most {MAX_SIZE} bytes")
    source = io.BytesIO(data)
    target = io.BytesIO()
    age.decrypt(armor.read(source) if data.startswith(armor.BEGIN) else source, target, unwraps)
    secret = Secret.parse(target.getvalue())
    if secret.kind != kind:
        raise EncodingError(f"the file holds a key of the kind {secret.kind!r}, not {kind!r}")
    return secret


def parse_identities(text: str) -> tuple[age.X25519Identity, ...]:
    """The identities in an age identity file (`age-keygen` makes one); EncodingError if there is none.

    Empty lines and comments after # are passed over.
    """
    identities = tuple(age.X25519Identity.parse(line) for line in _lines(text))
    if not identities:
        raise EncodingError("there is no identity in the file: it has a line AGE-SECRET-KEY-1...")
    return identities


def parse_recipients(text: str) -> tuple[age.X25519Recipient, ...]:
    """Those to seal to: recipients (age1...), or identities, which stand for their recipients.

    EncodingError if there is none, or for a line that is neither.
    """
    recipients = tuple(
        age.X25519Recipient.parse(line)
        if line.startswith(_RECIPIENT_START)
        else age.X25519Identity.parse(line).recipient
        for line in _lines(text)
    )
    if not recipients:
        raise EncodingError("there is no recipient in the file: it has lines age1... or AGE-SECRET-KEY-1...")
    return recipients


def _lines(text: str) -> list[str]:
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]

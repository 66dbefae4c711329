"""The code phrase of a reporter without a name: 12 words, made on the reporter's side, that are all it has to keep.

    entropy   16 random bytes; the words are those of BIP-39 (English or simplified Chinese), with their checksum
    identity  X25519: SHA-512(encode("sunseal/report-identity/v1", entropy))[:32]; replies are sealed to its recipient
    signing   Ed25519: SHA-512(encode("sunseal/report-signing/v1", entropy))[:32]; signs what is put in and asked for
    mailbox   SHA-512(encode("sunseal/report-mailbox/v1", signing key))[:16]; what the platform calls it by

128 bits are not found by trying, so nothing slow is put between words and keys. Whoever has the words has the mailbox.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from mnemonic import Mnemonic

from crypto.age import X25519Identity
from crypto.encoding import hash512
from crypto.randomness import RandomBytes
from crypto.signatures import SigningKey, VerifyKey
from oversight.errors import ReportError

ENGLISH, CHINESE = "english", "chinese_simplified"
WORDS = 12
ENTROPY_SIZE = 16
MAILBOX_SIZE = 16


@dataclass(frozen=True, slots=True)
class CodePhrase:
    """What the words stand for. It never prints itself."""

    entropy: bytes = field(repr=False)

    @classmethod
    def new(cls, random: RandomBytes) -> "CodePhrase":
        return cls(random(ENTROPY_SIZE))

    @classmethod
    def parse(cls, text: str) -> "CodePhrase":
        """The phrase of 12 words, with any white space; Chinese ones also without. ReportError, which repeats none."""
        words = re.split(r"\s+", unicodedata.normalize("NFKC", text).strip().lower())
        if len(words) == 1 and len(words[0]) == WORDS:
            words = list(words[0])
        if len(words) != WORDS:
            raise ReportError(f"a code phrase has {WORDS} words, and these are {len(words)}")
        for language in (ENGLISH, CHINESE):
            reader = Mnemonic(language)
            if set(words) <= set(reader.wordlist):
                try:
                    return cls(bytes(reader.to_entropy(words)))
                except ValueError:
                    break
        # `from None` in spirit: what failed would name a word
        raise ReportError("these words are no code phrase: one of them is another, or two changed places")

    def words(self, language: str = ENGLISH) -> str:
        """The words, to be written down by hand."""
        return str(Mnemonic(language).to_mnemonic(self.entropy))

    @property
    def identity(self) -> X25519Identity:
        return X25519Identity(hash512("sunseal/report-identity/v1", self.entropy)[:32])

    @property
    def signing(self) -> SigningKey:
        return SigningKey(hash512("sunseal/report-signing/v1", self.entropy)[:32])

    @property
    def mailbox(self) -> bytes:
        return mailbox_of(self.signing.verify_key)


def mailbox_of(key: VerifyKey) -> bytes:
    """What the mailbox is called that this key signs for."""
    return hash512("sunseal/report-mailbox/v1", key.raw)[:MAILBOX_SIZE]

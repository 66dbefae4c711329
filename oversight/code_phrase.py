"""The code phrase of a reporter without a name: 12 words, made on the reporter's side, that are all it has to keep.

    entropy   16 random bytes; the words are those of BIP-39 (English or simplified Chinese), with their checksum
    keys      those of a mailbox, from the entropy (mailboxes/keys.py)

128 bits are not found by trying, so nothing slow is put between words and keys. Whoever has the words has the mailbox.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from mnemonic import Mnemonic

from crypto.age import X25519Identity
from crypto.randomness import RandomBytes
from crypto.signatures import SigningKey
from mailboxes.keys import ENTROPY_SIZE, MailboxKeys
from oversight.errors import ReportError
from oversight.reports import SCHEME
from statutes.said import Said

ENGLISH, CHINESE = "english", "chinese_simplified"
WORDS = 12


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
        raise ReportError(
            Said(
                "口令词组不正确：某个词有误，或者两个词的次序颠倒。",
                "these words are no code phrase: one of them is another, or two changed places",
            )
        )

    def words(self, language: str = ENGLISH) -> str:
        """The words, to be written down by hand."""
        return str(Mnemonic(language).to_mnemonic(self.entropy))

    @property
    def keys(self) -> MailboxKeys:
        return MailboxKeys(SCHEME, self.entropy)

    @property
    def identity(self) -> X25519Identity:
        return self.keys.identity

    @property
    def signing(self) -> SigningKey:
        return self.keys.signing

    @property
    def mailbox(self) -> bytes:
        return self.keys.mailbox

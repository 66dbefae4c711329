"""Why a package of a bid, or what goes with it, is refused.

    PackageError            carries a stable code, the member, and one sentence in both languages
      ContainerError        the file is not the strict ZIP of the specification
      ContentError          what is in it is not what its manifest says
      RecordError           one of its JSON members, or a lot sheet, is not of its schema
      BindingError          a good package, of another log, lot, part or bid
      SignerError           not signed, or not by the party that it names
      SealedFileError       the age file around it is not one that this lot can open, or not the one that was submitted

The codes and their sentences are the table in `bidding/package/sentences.py`. The sentence quotes the name of a member,
which is a bidder's own words: before the opening, and of a part for the committee alone, only `code` is for the public.
"""

from bidding.errors import BiddingError
from bidding.package.sentences import SENTENCES
from statutes.said import Said

MAX_SHOWN = 120


class PackageError(BiddingError):
    """A refusal by `code`, of the member `member` ("" if of the whole); `said` is the sentence in both languages."""

    def __init__(self, code: str, member: str = "", **facts: object) -> None:
        sentence = SENTENCES[code]
        values = {"member": shown(member), **facts}
        self.code = code
        self.member = member
        self.said = Said(sentence.zh.format(**values), sentence.en.format(**values))
        super().__init__(self.said.en)


class ContainerError(PackageError):
    """The file is not the strict ZIP of the specification."""


class ContentError(PackageError):
    """What is in the package is not what its manifest says."""


class RecordError(PackageError):
    """A JSON member, or a lot sheet, is not of its schema."""


class BindingError(PackageError):
    """A good package, of another log, lot, part or bid."""


class SignerError(PackageError):
    """The manifest is not signed, or not by the party that the package names."""


class SealedFileError(PackageError):
    """The age file around the package is not one that the lot can open, or not the one that was submitted."""


def shown(name: str) -> str:
    """A stranger's text as it can stand in a sentence: in quotes, on one line, nothing in it that does not print."""
    if not name:
        return "(zip)"
    text = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in name)
    return f'"{text[:MAX_SHOWN]}…"' if len(text) > MAX_SHOWN else f'"{text}"'

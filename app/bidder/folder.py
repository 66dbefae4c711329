"""The files of one bid. What is done follows from the files alone, so a command that was interrupted is just run again.

lot.json                      the lot's sheet, as the platform serves it
key.age                       the seed of the bid's own keys (crypto.secret_file, kind "bid")
key.json                      their public halves
parts/<part>/form.json        what the bidder fills in
parts/<part>/documents/       what it adds
parts/<part>/guarantee.json   the guarantee, if this part carries it
parts/<part>/package.zip      packed and signed, in plain text
parts/<part>/sealed.age       what is submitted
parts/<part>/sealed.json      how that stands in the bid, with the proof of knowledge
parts/<part>/steps.json       from which package it was sealed, and which sealed file was rehearsed
"""

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import msgspec

from app.bidder.errors import FolderError
from app.bidder.files import Progress, pieces_of, write_replacing
from bidding.bid_keys import BidKeys
from bidding.package.errors import PackageError
from bidding.package.manifest import Binding
from bidding.package.names import DOCUMENTS, GUARANTEE
from bidding.package.sheet import LotSheet, SheetPart
from crypto import canonical_json
from crypto.age import X25519Recipient
from crypto.errors import EncodingError
from keyholder import secret_file
from keyholder.secret_file import Lock
from ledger.entries.bids import SealedPart
from statutes.said import Said

KEY_KIND = "bid"
LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}
"""What file managers leave behind; never packed."""


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file that becomes a member."""

    name: str
    path: Path
    progress: Progress

    def pieces(self) -> Iterator[bytes]:
        for piece in pieces_of(self.path):
            self.progress(len(piece))
            yield piece


@dataclass(frozen=True, slots=True)
class Steps:
    """What was done with a part, by SHA-256: the package that was sealed, the sealed file that was rehearsed."""

    sealed_from: str = ""
    rehearsed: str = ""


@dataclass(frozen=True, slots=True)
class SealedBid:
    """All that a submission needs, with no knowledge of packages: what is signed, and the file of each part."""

    origin: str
    lot: str
    bid: str
    parts: tuple[tuple[SealedPart, Path], ...]


class PartFolder:
    """The files of one part."""

    def __init__(self, path: Path, part: SheetPart) -> None:
        self.path = path
        self.part = part
        self.form = path / "form.json"
        self.documents = path / "documents"
        self.guarantee = path / GUARANTEE
        self.package = path / "package.zip"
        self.sealed = path / "sealed.age"
        self.sealed_record = path / "sealed.json"
        self.to_sign = path / "to-sign.bin"
        self.signature = path / "signature.bin"
        self._steps = path / "steps.json"

    def attachments(self, progress: Progress) -> tuple[FileContent, ...]:
        """The guarantee and the documents. FolderError for what is neither a file nor a folder."""
        found = [FileContent(GUARANTEE, self.guarantee, progress)] if self.guarantee.exists() else []
        for path in sorted(self.documents.rglob("*")) if self.documents.exists() else ():
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise FolderError(
                    Said(f"{path}不是普通文件。", f"{path} is no plain file: put the file itself there.")
                )
            if path.is_file() and path.name not in LITTER:
                # macOS keeps names in NFD; a member's is in NFC.
                inner = unicodedata.normalize("NFC", path.relative_to(self.documents).as_posix())
                found.append(FileContent(DOCUMENTS + inner, path, progress))
        return tuple(found)

    @property
    def steps(self) -> Steps:
        try:
            return msgspec.json.decode(self._steps.read_bytes(), type=Steps)
        except (FileNotFoundError, msgspec.MsgspecError):
            return Steps()  # of a file that another program sealed, nothing is known

    def note(self, **steps: str) -> None:
        noted = asdict(replace(self.steps, **steps))
        write_replacing(self._steps, json.dumps(noted, indent=1).encode() + b"\n")

    def sealed_part(self) -> SealedPart | None:
        """How the sealed file stands in the bid, or None if there is none, or only half of one."""
        if not self.sealed.exists() or not self.sealed_record.exists():
            return None
        try:
            found = msgspec.json.decode(self.sealed_record.read_bytes(), type=SealedPart)
        except msgspec.MsgspecError as error:
            raise FolderError(
                Said(
                    f"{self.sealed_record}已损坏：请重新密封。",
                    f"{self.sealed_record} is damaged: seal again.",
                )
            ) from error
        if found.part != self.part.name:
            raise FolderError(
                Said(
                    f"{self.sealed_record}属于{found.part}部分，不属于{self.part.name}部分。",
                    f"{self.sealed_record} is of the part {found.part}, not of {self.part.name}.",
                )
            )
        return found


class BidFolder:
    """A folder that `create` made. FolderError if there is none, or it is not whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.sheet = LotSheet.parse((path / "lot.json").read_bytes())
            keys = msgspec.json.decode((path / "key.json").read_bytes(), type=dict[str, str])
            self.bid = keys["bid"]
            self.recipient = X25519Recipient.parse(keys["recipient"])
        except FileNotFoundError as error:
            missing = Said(
                f"{path}不是投标文件夹：请先运行sunseal bid new。",
                f"{path} is no folder of a bid: make one with sunseal bid new.",
            )
            raise FolderError(missing) from error
        except (PackageError, EncodingError, msgspec.MsgspecError, KeyError) as error:
            raise FolderError(
                Said(
                    f"{path}中的lot.json或key.json已损坏。",
                    f"lot.json or key.json in {path} is damaged: {error}",
                )
            ) from error

    @property
    def parts(self) -> tuple[PartFolder, ...]:
        return tuple(PartFolder(self.path / "parts" / part.name, part) for part in self.sheet.parts)

    def binding(self, part: PartFolder) -> Binding:
        return self.sheet.binding(part.part.name, self.bid)

    def keys(self, lock: Lock) -> BidKeys:
        """The secret keys. SecretFileError if the key file does not open, FolderError if it is another bid's."""
        keys = BidKeys.of_seed(secret_file.read(self.path / "key.age", lock, kind=KEY_KIND).value)
        if (keys.bid, keys.identity.recipient) != (self.bid, self.recipient):
            raise FolderError(Said("key.age与key.json不是一对。", "key.age and key.json are not of one bid."))
        return keys

    def sealed_bid(self) -> SealedBid:
        """What is to be submitted. FolderError unless every part is sealed."""
        found: list[tuple[SealedPart, Path]] = []
        for part in self.parts:
            sealed = part.sealed_part()
            if sealed is None:
                name = part.part.name
                raise FolderError(Said(f"{name}部分尚未密封。", f"The part {name} is not sealed yet."))
            found.append((sealed, part.sealed))
        return SealedBid(self.sheet.origin, self.sheet.lot, self.bid, tuple(found))


def public_keys(keys: BidKeys) -> bytes:
    """The content of key.json."""
    return canonical_json.dumps({"bid": keys.bid, "recipient": str(keys.identity.recipient)}) + b"\n"

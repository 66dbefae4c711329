"""The folder of one application.

application.json   platform, supervisor's key, guarantor and lot
key.age            16 random bytes that make the mailbox (crypto.secret_file, kind "guarantee-mail")
guarantee.json     the guarantee, once it was fetched and checked
letter.pdf         its letter, if the guarantor sent one
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec

from app.bidder.files import write_replacing
from crypto.randomness import RandomBytes
from crypto.secret_file import Secret
from crypto.signatures import VerifyKey
from guarantees.errors import FormatError
from guarantees.letters.scheme import SCHEME
from keyholder import secret_file
from keyholder.secret_file import Lock
from mailboxes.keys import ENTROPY_SIZE, MailboxKeys

GUARANTEE_FILE, LETTER_FILE = "guarantee.json", "letter.pdf"
"""What a delivery has: the guarantee, and what people read, if its guarantor sent that."""
KEY_KIND = "guarantee-mail"


@dataclass(frozen=True, slots=True)
class About:
    """What the application is about. `supervisor` is the public key that the list is believed by."""

    platform: str
    supervisor: str
    guarantor: str
    lot: str
    applicant: str


class ApplicantFolder:
    """A folder that `create` made. FormatError if there is none, or it is not whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.guarantee = path / GUARANTEE_FILE
        self.letter = path / LETTER_FILE
        try:
            self.about = msgspec.json.decode((path / "application.json").read_bytes(), type=About)
            self.supervisor = VerifyKey(bytes.fromhex(self.about.supervisor))
        except FileNotFoundError as error:
            raise FormatError(f"{path} is no application: make one with sunseal guarantee apply") from error
        except (msgspec.MsgspecError, ValueError) as error:
            raise FormatError(f"{path / 'application.json'} is damaged: {error}") from error

    @classmethod
    def create(cls, path: Path, about: About, lock: Lock, random: RandomBytes) -> "ApplicantFolder":
        """With a new mailbox. Run again for the same after a crash, it takes up what is there."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (path / "application.json").exists():
            found = cls(path)
            if found.about != about:
                raise FormatError(f"{path} is of another application: choose an empty folder")
            return found
        if not (path / "key.age").exists():
            secret = Secret(KEY_KIND, "mailbox", random(ENTROPY_SIZE))
            secret_file.make(path / "key.age", secret, lock, random=random)
        write_replacing(
            path / "application.json", json.dumps(asdict(about), indent=1, ensure_ascii=False).encode()
        )
        return cls(path)

    def keys(self, lock: Lock) -> MailboxKeys:
        """SecretFileError if the key file does not open."""
        return MailboxKeys(SCHEME, secret_file.read(self.path / "key.age", lock, kind=KEY_KIND).value)

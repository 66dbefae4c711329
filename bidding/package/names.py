"""The names of a package's members: safe as a path on any system, each different from the others on any system."""

import re
import unicodedata
from collections.abc import Iterable

from bidding.package.errors import ContainerError

MANIFEST = "manifest.json"
SIGNATURE = "signature.json"
FORM = "bid.json"
GUARANTEE = "guarantee.json"
DOCUMENTS = "documents/"

MAX_NAME = 512
MAX_STEP = 255
"""In bytes of UTF-8; the second is what file systems take."""

_NO_STEPS = {"", ".", ".."}
_DRIVE = re.compile(r"[A-Za-z]:")
_FORBIDDEN = set('<>:"|?*')
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
"""Names that Windows gives to devices, with any extension."""


def check_name(name: str) -> None:
    """ContainerError unless `name` is one that a member may have."""
    steps = name.split("/")
    if name.endswith("/"):
        raise ContainerError("not-a-file", name)
    if "\\" in name or _DRIVE.match(name) or _NO_STEPS & set(steps):
        raise ContainerError("name-path", name)
    if any(char in _FORBIDDEN or unicodedata.category(char) in _INVISIBLE for char in name) or any(
        step[0] == " " or step[-1] in " ." or _DEVICES.fullmatch(step) for step in steps
    ):
        raise ContainerError("name-characters", name)
    if not unicodedata.is_normalized("NFC", name):
        raise ContainerError("name-form", name)
    if len(name.encode()) > MAX_NAME or any(len(step.encode()) > MAX_STEP for step in steps):
        raise ContainerError("name-long", name, limit=MAX_NAME)
    if _NO_STEPS & set(_folded(name).split("/")):  # ‥ is .. in another form
        raise ContainerError("name-path", name)
    if name not in {MANIFEST, SIGNATURE, FORM, GUARANTEE} and not name.startswith(DOCUMENTS):
        raise ContainerError("name-place", name)


class NameSet:
    """The names so far, so that no two of them mean one file on some system, or a file and a folder."""

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()

    def add(self, name: str) -> None:
        """ContainerError for a name that is not safe, or that another one before it takes up."""
        check_name(name)
        folded = _folded(name)
        folders = set(_parents(folded))
        if folded in self._files or folded in self._folders or folders & self._files:
            raise ContainerError("duplicate", name)
        self._files.add(folded)
        self._folders |= folders


def check_names(names: Iterable[str]) -> None:
    """ContainerError unless all names can stand in one package."""
    seen = NameSet()
    for name in names:
        seen.add(name)


def _folded(name: str) -> str:
    """Equal for names that some file system takes for one: compatibility forms and cases are the same."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _parents(name: str) -> Iterable[str]:
    steps = name.split("/")
    return ("/".join(steps[:count]) for count in range(1, len(steps)))

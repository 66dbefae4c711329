"""The folder of a witness or of a keyholder: which files it has, whatever is in them."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Folder:
    """The paths of the files in it."""

    path: Path

    @property
    def config(self) -> Path:
        return self.path / "config.json"

    @property
    def key(self) -> Path:
        return self.path / "key.age"

    @property
    def state(self) -> Path:
        return self.path / "state.sqlite"

    @property
    def journal(self) -> Path:
        return self.path / "journal.jsonl"

    @property
    def default_mark(self) -> Path:
        """Beside the folder: whoever copies the folder does not copy the mark."""
        return self.path.with_name(f"{self.path.name}.mark")

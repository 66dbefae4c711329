"""A witness's folder: which files it has, and its configuration, a JSON file that its operator may edit.

    config.json     below
    key.age         the secret key (crypto.secret_file, kind "witness")
    state.sqlite    what it remembers (tables)
    journal.jsonl   what it did and refused (journal)

    {"logs": [{"keys": ["<verifier key>"], "origin": "<origin>", "published": ["<URL>"]}],
     "mark": "<path>",
     "witness": "<verifier key>"}

A log has two keys while one is being replaced. `published` are addresses of its checkpoint; `mark` is the path
of the mark, which lies outside the folder.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keyholder.witness.errors import ConfigError, PublishedError
from keyholder.witness.published import require_url
from ledger.checkpoint import LogIdentity
from ledger.cosignature import Quorum
from ledger.errors import LedgerError
from ledger.note import NoteKey

KEY_KIND = "witness"
MAX_SIZE = 1 << 20


@dataclass(frozen=True, slots=True)
class Config:
    """Who the witness is, which logs it knows, where each is published, and where the mark is.

    Raises ConfigError for a witness's key that is none, no logs at all, one origin twice, or an address that
    is none.
    """

    witness: NoteKey
    logs: tuple[LogIdentity, ...]
    published: Mapping[str, tuple[str, ...]]
    mark: Path

    def __post_init__(self) -> None:
        origins = {log.origin for log in self.logs}
        if not origins or len(origins) != len(self.logs):
            raise ConfigError("a witness knows one log or more, each origin once")
        if not set(self.published) <= origins:
            raise ConfigError("there is an address of a log that is not among the logs")
        try:
            Quorum(1, (self.witness,))
            for urls in self.published.values():
                for url in urls:
                    require_url(url)
        except (LedgerError, PublishedError) as error:
            raise ConfigError(str(error)) from error
        if any(key.key == self.witness.key for log in self.logs for key in log.keys):
            raise ConfigError("a log's key is that of the witness: a log is no witness of itself")

    def to_bytes(self) -> bytes:
        """The file's content."""
        logs = [
            {
                "keys": [key.vkey for key in log.keys],
                "origin": log.origin,
                "published": list(self.published.get(log.origin, ())),
            }
            for log in self.logs
        ]
        value = {"logs": logs, "mark": str(self.mark), "witness": self.witness.vkey}
        return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"

    @classmethod
    def parse(cls, data: bytes) -> "Config":
        """The configuration in a file's content, however it is spaced; ConfigError for anything else."""
        try:
            value: Any = json.loads(data.decode("utf-8"))
        except ValueError as error:
            raise ConfigError(f"the configuration is not JSON: {error}") from error
        match value:
            case {"logs": list(logs), "mark": str(mark), "witness": str(witness), **rest} if not rest:
                pass
            case _:
                raise ConfigError("the configuration has logs, mark and witness, and nothing else")
        parsed = [_parse_log(log) for log in logs]
        try:
            return cls(
                NoteKey.parse(witness),
                tuple(log for log, _ in parsed),
                {log.origin: urls for log, urls in parsed},
                Path(mark),
            )
        except LedgerError as error:
            raise ConfigError(f"the witness's key in the configuration: {error}") from error

    @classmethod
    def read(cls, path: Path) -> "Config":
        """The configuration in a file; ConfigError."""
        try:
            with path.open("rb") as file:
                return cls.parse(file.read(MAX_SIZE))
        except OSError as error:
            raise ConfigError(f"{path} cannot be read: {error.strerror}") from error


def _parse_log(value: Any) -> tuple[LogIdentity, tuple[str, ...]]:
    match value:
        case {"keys": list(keys), "origin": str(origin), "published": list(urls), **rest} if not rest:
            pass
        case _:
            raise ConfigError("a log in the configuration has keys, origin and published, and nothing else")
    if not all(isinstance(text, str) for text in (*keys, *urls)):
        raise ConfigError("keys and addresses in the configuration are texts")
    try:
        return LogIdentity(origin, tuple(NoteKey.parse(key) for key in keys)), tuple(urls)
    except LedgerError as error:
        raise ConfigError(f"the log {origin!r} in the configuration: {error}") from error

"""Trust policies as files (c2sp.org/tlog-policy): which log, which witnesses, how many of them.

    log <vkey>
    witness alpha <vkey> https://alpha.example/
    witness beta <vkey> https://beta.example/
    witness gamma <vkey>
    group keyholders 2 alpha beta gamma
    quorum keyholders

Read here is what Sunseal needs: any number of keys of one log, and a quorum that is a witness, a group of witnesses, or
none. A group within a group is refused by name; a policy that says more than t of n is not one of ours.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ledger.checkpoint import LogIdentity
from ledger.cosignature import Quorum
from ledger.errors import MalformedError
from ledger.note import NoteKey
from ledger.proof import Policy

NONE = "none"

_SPACE = re.compile(r"[ \t]+")
_COUNT = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


class PolicyFileError(MalformedError):
    """Not a policy file, or one that says more than t of n. The line is named."""


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """The content of a policy file. `urls` has the address of each witness that the file gives one for."""

    log_keys: tuple[NoteKey, ...]
    quorum: Quorum
    urls: Mapping[NoteKey, str]

    @classmethod
    def parse(cls, text: str) -> "PolicyFile":
        """Raises PolicyFileError, or NoteError for a malformed key."""
        reader = _Reader()
        for number, line in enumerate(text.split("\n"), start=1):
            words = [word for word in _SPACE.split(line) if word]
            if not words or words[0].startswith("#"):
                continue
            try:
                reader.take(words)
            except MalformedError as error:
                raise PolicyFileError(f"line {number} of the policy: {error}") from error
        return reader.result()

    def policy(self) -> Policy:
        """For verification. PolicyFileError if the file names no log."""
        if not self.log_keys:
            raise PolicyFileError("the policy has no log line, so nothing can be verified with it")
        return Policy(LogIdentity(self.log_keys[0].name, self.log_keys), self.quorum)


class _Reader:
    """What has been read so far. Groups and the quorum only name what stands above them."""

    def __init__(self) -> None:
        self._logs: list[NoteKey] = []
        self._witnesses: dict[str, NoteKey] = {}
        self._urls: dict[NoteKey, str] = {}
        self._groups: dict[str, Quorum] = {NONE: Quorum(0, ())}
        self._quorum: Quorum | None = None

    def take(self, words: list[str]) -> None:
        match words:
            case ["log", vkey, *rest] if len(rest) <= 1:
                key = NoteKey.parse(vkey)
                self._is_new(key)
                if any(key.name != other.name for other in self._logs):
                    raise PolicyFileError("a second log: a policy of ours is about one log and its keys")
                self._logs.append(key)
            case ["witness", name, vkey, *rest] if len(rest) <= 1:
                self._name_is_free(name)
                key = NoteKey.parse(vkey)
                self._is_new(key)
                self._witnesses[name] = key
                self._groups[name] = Quorum(1, (key,))
                if rest:
                    self._urls[key] = rest[0]
            case ["group", name, count, *members] if members:
                self._name_is_free(name)
                self._groups[name] = self._group(count, members)
            case ["quorum", name] if name in self._groups and self._quorum is None:
                self._quorum = self._groups[name]
            case ["quorum", _] if self._quorum is None:
                raise PolicyFileError(f"no witness or group is called {words[1]!r} above this line")
            case _:
                raise PolicyFileError("not a log, witness or group line, nor the one quorum line")

    def result(self) -> PolicyFile:
        if self._quorum is None:
            raise PolicyFileError("the policy has no quorum line")
        return PolicyFile(tuple(self._logs), self._quorum, self._urls)

    def _is_new(self, key: NoteKey) -> None:
        if any(key.key == other.key for other in (*self._logs, *self._witnesses.values())):
            raise PolicyFileError("one key is listed twice")

    def _name_is_free(self, name: str) -> None:
        if name in self._groups:
            raise PolicyFileError(f"the name {name!r} is given twice")

    def _group(self, count: str, members: list[str]) -> Quorum:
        unknown = [name for name in members if name not in self._witnesses]
        if unknown:
            raise PolicyFileError(
                f"{unknown[0]!r} is no witness above this line; groups of groups are not read here"
            )
        keys = tuple(self._witnesses[name] for name in members)
        threshold = {"all": len(keys), "any": 1}.get(count) or (int(count) if _COUNT.fullmatch(count) else 0)
        if not 1 <= threshold <= len(keys):
            raise PolicyFileError(f"a group needs all, any or 1 to {len(keys)} of its members, not {count!r}")
        return Quorum(threshold, keys)

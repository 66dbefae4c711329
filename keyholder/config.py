"""A keyholder's folder, and its configuration: a JSON file that whoever keeps the key may edit.

    config.json     below                       key.age         the seed (crypto.secret_file, kind "keyholder")
    state.sqlite    what it remembers (tables)  journal.jsonl   what it did and refused
    <folder>.mark, <folder>.releases.mark       beside the folder: they show when the state is an older copy

`policy` is the text of a trust policy (c2sp.org/tlog-policy): the log's keys, the witnesses and their quorum. It is
empty until there is one: keyholders are witnesses as a rule, so their cards come before the policy that names them.
"""

import ipaddress
import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crypto.errors import CryptoError
from crypto.signatures import VerifyKey
from keyholder.errors import ConfigError
from keyholder.witness.errors import PublishedError
from keyholder.witness.published import require_url
from ledger.errors import LedgerError
from ledger.note import NoteKey
from ledger.policy_file import PolicyFile
from ledger.proof import Policy

AUTOMATIC, APPROVAL = "automatic", "approval"
MAX_SIZE = 1 << 20

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Chain:
    """Where the ledger's anchors are read: JSON-RPC addresses, the contract, and how many blocks must lie above."""

    rpc: tuple[str, ...]
    contract: str
    depth: int

    def __post_init__(self) -> None:
        if not self.rpc or not _ADDRESS.fullmatch(self.contract) or not 0 <= self.depth <= 100_000:
            raise ConfigError("a chain has JSON-RPC addresses, a contract 0x... and a depth of 0 or more")
        for url in self.rpc:
            _require_safe(url)


@dataclass(frozen=True, slots=True)
class Config:
    """What a person set up. Raises ConfigError for what cannot be.

    platform:    its address; https unless it is on this machine. `ca` is a file of certificates to trust instead.
    supervisor:  the public key that may propose groups, in hexadecimal.
    mode:        "automatic", or "approval": a person approves each release. `approvers` are keys that may, too.
    min_bids:    the least number of bids that it opens anything for, whatever the lot says.
    clock_limit: seconds by which the platform's clock may differ.
    grace:       seconds after the deadline in which a bid's sealed entry may still appear.
    pool_limit:  keys that are not bound, and runs, that it takes part in at once.
    """

    witness: NoteKey
    platform: str
    policy: str
    supervisor: str
    mark: Path
    ca: Path | None = None
    mode: str = AUTOMATIC
    approvers: tuple[str, ...] = ()
    min_bids: int = 3
    clock_limit: int = 5
    grace: int = 60
    pool_limit: int = 200
    chain: Chain | None = None

    def __post_init__(self) -> None:
        _require_safe(self.platform)
        if self.mode not in (AUTOMATIC, APPROVAL):
            raise ConfigError("the mode is automatic or approval")
        if any(number < 0 for number in (self.min_bids, self.clock_limit, self.grace, self.pool_limit)):
            raise ConfigError("min_bids, clock_limit, grace and pool_limit are not negative")
        try:
            for key in (self.supervisor, *self.approvers):
                VerifyKey(bytes.fromhex(key))
            is_without_witness = self.policy and self.trust().quorum.threshold < 1
        except (CryptoError, LedgerError, ValueError) as error:
            raise ConfigError(f"the configuration: {error}") from error
        if is_without_witness:
            raise ConfigError("the policy asks for no witness: then a keyholder could be shown any ledger")

    def trust(self) -> Policy:
        """Whom it believes about the ledger. LedgerError; ConfigError as long as there is no policy."""
        if not self.policy:
            raise ConfigError("there is no policy yet: sunseal keyholder trust FILE takes one over")
        return PolicyFile.parse(self.policy).policy()

    def with_policy(self, text: str) -> "Config":
        """The same with another policy, which is of the same log. ConfigError."""
        changed = replace(self, policy=text)
        if self.policy and changed.origin != self.origin:
            raise ConfigError(f"a keyholder follows one log, and this one follows {self.origin!r}")
        return changed

    @property
    def origin(self) -> str:
        return self.trust().log.origin

    @property
    def ledger_url(self) -> str:
        """Where the ledger is read, with a slash at its end."""
        return f"{self.platform.rstrip('/')}/ledger/"

    @property
    def exchange_url(self) -> str:
        return f"{self.platform.rstrip('/')}/api/keyholders/v1/exchange"

    @property
    def releases_mark(self) -> Path:
        """The mark of what was released, beside that of the witness."""
        return self.mark.with_name(f"{self.mark.stem}.releases.mark")

    def to_bytes(self) -> bytes:
        """The file's content."""
        chain = self.chain and {
            "contract": self.chain.contract,
            "depth": self.chain.depth,
            "rpc": list(self.chain.rpc),
        }
        value = {
            "approvers": list(self.approvers),
            "ca": str(self.ca) if self.ca else None,
            "chain": chain,
            "clock_limit": self.clock_limit,
            "grace": self.grace,
            "mark": str(self.mark),
            "min_bids": self.min_bids,
            "mode": self.mode,
            "platform": self.platform,
            "policy": self.policy,
            "pool_limit": self.pool_limit,
            "supervisor": self.supervisor,
            "witness": self.witness.vkey,
        }
        return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"

    @classmethod
    def parse(cls, data: bytes) -> "Config":
        """The configuration in a file's content, however it is spaced; ConfigError for anything else."""
        try:
            value: Any = json.loads(data.decode("utf-8"))
            return cls._of(value)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ConfigError(
                f"the configuration is not of its form: {type(error).__name__} {error}"
            ) from error
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

    @classmethod
    def _of(cls, value: dict[str, Any]) -> "Config":
        known = {
            *("approvers", "ca", "chain", "clock_limit", "grace", "mark", "min_bids", "mode", "platform"),
            *("policy", "pool_limit", "supervisor", "witness"),
        }
        if set(value) != known:
            odd = ", ".join(sorted(set(value) ^ known))
            raise ConfigError(f"the configuration lacks, or has too many of, these: {odd}")
        texts = ("mark", "mode", "platform", "policy", "supervisor", "witness")
        numbers = ("clock_limit", "grace", "min_bids", "pool_limit")
        if not all(isinstance(value[name], str) for name in texts):
            raise ConfigError(f"these are texts in the configuration: {', '.join(texts)}")
        if not all(type(value[name]) is int for name in numbers):
            raise ConfigError(f"these are whole numbers in the configuration: {', '.join(numbers)}")
        chain = value["chain"]
        return cls(
            witness=NoteKey.parse(value["witness"]),
            platform=value["platform"],
            policy=value["policy"],
            supervisor=value["supervisor"],
            mark=Path(value["mark"]),
            ca=Path(value["ca"]) if value["ca"] else None,
            mode=value["mode"],
            approvers=tuple(str(key) for key in value["approvers"]),
            chain=chain and Chain(tuple(chain["rpc"]), chain["contract"], int(chain["depth"])),
            **{name: value[name] for name in numbers},
        )


def _require_safe(url: str) -> None:
    """ConfigError unless `url` is https, or http to this very machine."""
    try:
        require_url(url)
    except PublishedError as error:
        raise ConfigError(f"an address in the configuration is none: {error}") from error
    parts = urlsplit(url)
    if parts.scheme != "https" and not _is_loopback(parts.hostname or ""):
        raise ConfigError("an address is https, unless it is of this machine (127.0.0.1)")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

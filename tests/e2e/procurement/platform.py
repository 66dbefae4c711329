"""A whole platform on this machine: PostgreSQL, a chain, three keyholders, the web application and all its jobs.

Each part is a process of its own, started by the commands that an operator types.
"""

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from sqlalchemy import select

from guarantees.chain import anchoring
from ledger.entries import Entry, decode
from ledger.models import EntryRow
from tests.e2e.keyholders.deployment import ORIGIN, Deployment, eventually, free_port

HALL_MINUTES = 1
CHAIN_ROLES = ("regulator", "poster")


@dataclass
class Platform(Deployment):
    """Three keyholders, of whom two suffice; every closing is anchored, and keyholders look for it on the chain."""

    n: int = 3
    t: int = 2
    target: int = 6
    contracts: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.chain_port = free_port()
        self.environment |= {
            "SUNSEAL_TOKEN_PASSPHRASE_FILE": str(self.passphrase),
            "SUNSEAL_CHAIN_PASSPHRASE_FILE": str(self.passphrase),
            "SUNSEAL_CALLER_PASSPHRASE_FILE": str(self.passphrase),
            "SUNSEAL_TOKEN_ISSUER": "127.0.0.1",
            "SUNSEAL_CHAIN_URL": f"http://127.0.0.1:{self.chain_port}",
            "SUNSEAL_CHAIN_KEY": str(self.folder / "chain-keys"),
            "SUNSEAL_CHAIN_DEPTH": "0",
        }

    def start(self) -> None:
        """Everything runs when it returns."""
        self.start_chain()
        super().start()
        self.start_gateway()
        self.run("intake", "token-key")
        self.run("opening", "storage-key")
        self.start_process("intake", "intake", "run")
        windows = ("--shares-minutes", "1", "--fallback-minutes", "2", "--hall-minutes", str(HALL_MINUTES))
        self.start_process("opening", "opening", "run", *windows)
        eventually(self._has_keys, "the pool is full", 180)

    def start_chain(self) -> None:
        """The development chain with the platform's contracts."""
        self.start_process("chain", "chain", "run", "--listen", f"127.0.0.1:{self.chain_port}")
        eventually(self._chain_answers, "the chain answers")
        self.run("chain", "deploy", "--node", self.environment["SUNSEAL_CHAIN_URL"])
        found = json.loads((self.folder / "var" / "chain" / "contracts.json").read_text())
        self.contracts = {name: one["address"] for name, one in found["contracts"].items()}

    def configure(self) -> None:
        """The recipient of shares, and the caller of second envelopes."""
        self.caller_key = self.folder / "caller.age"
        said = self.run("opening", "caller-key", str(self.caller_key), "--origin", ORIGIN)
        self.environment["SUNSEAL_OPENING_CALLER"] = re.findall(r"^[0-9a-f]{64}$", said, re.MULTILINE)[0]
        self.environment["SUNSEAL_OPENING_RECIPIENT"] = self.platform

    def setup(self, i: int) -> tuple[str, ...]:
        chain = ("--rpc", self.environment["SUNSEAL_CHAIN_URL"], "--anchor", self.contracts["LedgerAnchor"])
        return (*super().setup(i), *chain, "--depth", "0")

    def start_gateway(self) -> None:
        """The gateway anchors the log once the regulator has made it known on the chain."""
        keys = self.folder / "chain-keys"
        keys.mkdir()
        source = str(self.folder / "var" / "chain" / "keys.json")
        address = {}
        for role in CHAIN_ROLES:
            said = self.run(
                "gateway", "new-key", str(keys / f"{role}.json"), "--from", source, "--name", role
            )
            address[role] = re.findall(r"\b0x[0-9a-f]{40}\b", said)[0]
        self.start_process("gateway", "gateway", "run", "--anchor-every", "1")
        self.run("gateway", "register-log", address["poster"], "--key", address["regulator"])
        eventually(self.anchored, "the log is known on the chain, and anchored")

    def anchored(self) -> int:
        """How many entries the chain confirms."""
        with self.database.session() as session:
            done = anchoring.anchored(session)
        return 0 if done is None else done[0]

    def entries(self) -> list[tuple[int, Entry]]:
        """All that has a place in the ledger, with it."""
        query = select(EntryRow.index, EntryRow.leaf).where(EntryRow.index.is_not(None))
        with self.database.session() as session:
            rows = session.execute(query.order_by(EntryRow.index)).all()
        return [(index, decode(leaf)) for index, leaf in rows if index is not None]

    def get(self, path: str) -> Any:
        """What anyone gets, without a login."""
        answer = httpx.get(f"{self.url}{path}", trust_env=False)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def _chain_answers(self) -> bool:
        body = {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}
        with suppress(httpx.TransportError):
            url = self.environment["SUNSEAL_CHAIN_URL"]
            return httpx.post(url, json=body, trust_env=False).status_code == 200
        return False

    def _has_keys(self) -> bool:
        return self.view(lambda view: sum(run.is_free for run in view.keys)) >= 3

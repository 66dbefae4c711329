"""A block is whole or not there, at whichever statement the process dies.

What a killed process leaves is what it had handed to the system: here the files are copied before each statement that
writes, and each copy is opened as after a restart.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from devchain import server
from devchain.store import Store
from tests.integration.devchain.asking import KEEPER, asked, word

NUMBER = 42


class Watched:
    """SQLite's connection, that says before each statement which."""

    def __init__(self, connection: Any, before: Callable[[str], None]) -> None:
        self._connection = connection
        self._before = before

    def execute(self, statement: str, *parameters: Any) -> Any:
        self._before(statement)
        return self._connection.execute(statement, *parameters)

    def executemany(self, statement: str, *parameters: Any) -> Any:
        self._before(statement)
        return self._connection.executemany(statement, *parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def test_a_block_is_whole_or_not_there_at_whichever_statement_the_process_dies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores: list[Store] = []
    make = Store

    def kept(path: Path) -> Store:
        stores.append(make(path))
        return stores[-1]

    monkeypatch.setattr(server, "Store", kept)
    copies: list[tuple[str, Path]] = []

    def copy(statement: str) -> None:
        if not statement.startswith("SELECT"):
            folder = tmp_path / f"copy {len(copies)}"
            folder.mkdir()
            for name in ("keys.json", "chain.sqlite", "chain.sqlite-wal"):
                shutil.copy(tmp_path / "chain" / name, folder / name)
            copies.append((statement, folder))

    with asked(tmp_path / "chain") as node:
        keeper = node.create(KEEPER)
        raw = node.signed(to=keeper, data=word(NUMBER))
        (store,) = stores
        watched: Any = Watched(store._db, copy)
        monkeypatch.setattr(store, "_db", watched)
        monkeypatch.setattr(store.nodes, "_db", watched)
        sent = node("eth_sendRawTransaction", raw)
        copy("after the answer")
    assert copies[0][0] == "BEGIN IMMEDIATE"
    assert len(copies) > 10
    found = []
    for _, folder in copies:
        with asked(folder) as node:
            head = node.number("eth_blockNumber")
            logs = node("eth_getLogs", {"fromBlock": "0x0"})
            stored = node.number("eth_getStorageAt", keeper, "0x0", "latest")
            receipt = node.receipt(sent)
            found.append(head)
            if head == 1:
                assert (logs, stored, receipt) == ([], 0, None)
                assert node("eth_sendRawTransaction", raw) == sent
            assert node.receipt(sent)["logs"] == node("eth_getLogs", {"fromBlock": "0x0"})
            assert node.number("eth_getStorageAt", keeper, "0x0", "latest") == NUMBER
            assert node.number("eth_blockNumber") == 2
    assert found == [1] * (len(copies) - 1) + [2]

"""The folder: one process, keys that stay where they are, and a chain that is there again after a restart."""

import stat
from pathlib import Path

import pytest

from devchain.errors import FolderError
from devchain.evm import FUNDS
from devchain.folder import NAMES, Folder
from tests.integration.devchain.asking import KEEPER, START, asked, word
from tests.integration.devchain.node_process import running, sunseal


def test_a_restarted_chain_goes_on_where_it_was(tmp_path: Path) -> None:
    with asked(tmp_path) as node:
        keeper = node.create(KEEPER)
        sent = node.send(to=keeper, data=word(9))
        before = node("eth_getBlockByNumber", "latest", True)
    with asked(tmp_path, now=START + 500) as node:
        assert node("eth_getBlockByNumber", "latest", True) == before
        assert node.receipt(sent)["status"] == "0x1"
        assert node.number("eth_getStorageAt", keeper, "0x0", "latest") == 9
        assert len(node("eth_getLogs", {"fromBlock": "0x0"})) == 1
        block = node.receipt(node.send(to=keeper, data=word(10)))["blockNumber"]
        assert node("eth_getBlockByNumber", block, False)["parentHash"] == before["hash"]


def test_a_restart_forgets_what_waited(tmp_path: Path) -> None:
    with asked(tmp_path) as node:
        sent = node.send(to=node.account().address, nonce=5)
    with asked(tmp_path) as node:
        assert node("eth_getTransactionByHash", sent) is None


def test_a_clock_set_ahead_by_test_aids_stays_ahead_after_a_restart(tmp_path: Path) -> None:
    with asked(tmp_path, test_aids=True) as node:
        assert node.number("evm_increaseTime", 3600) == 3600
        assert node("evm_mine") == "0x0"
        node("evm_setNextBlockTimestamp", START + 7200)
        node("anvil_mine", "0x2")
    with asked(tmp_path, now=START + 10) as node:
        node.send(to=node.account().address)
        times = [int(node("eth_getBlockByNumber", hex(n), False)["timestamp"], 16) for n in range(5)]
        assert times == [START, START + 3600, START + 7200, START + 7200, START + 7210]


def test_keys_are_the_owners_alone_and_each_account_is_funded(tmp_path: Path) -> None:
    with asked(tmp_path) as node:
        accounts = node.folder.accounts()
        assert [account.name for account in accounts] == list(NAMES)
        assert all(node.number("eth_getBalance", account.address, "0x0") == FUNDS for account in accounts)
        assert stat.S_IMODE(node.folder.keys.stat().st_mode) == 0o600
        assert accounts[0].key.to_hex() not in repr(accounts)
    with asked(tmp_path) as node:
        assert node.folder.accounts() == accounts


def test_two_chains_have_different_keys(tmp_path: Path) -> None:
    with asked(tmp_path / "a") as a, asked(tmp_path / "b") as b:
        assert not {one.key for one in a.folder.accounts()} & {one.key for one in b.folder.accounts()}


def test_a_second_process_on_the_folder_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        second = sunseal("run", "--var", str(tmp_path), "--listen", "127.0.0.1:0")
        assert second.returncode == 1
        assert second.stderr.startswith("Error: another `sunseal chain run` has ")
        assert "a node runs it" in sunseal("status", "--var", str(tmp_path)).stdout
        assert first.process.poll() is None
    assert "no node runs it" in sunseal("status", "--var", str(tmp_path)).stdout


def test_no_key_is_ever_said(tmp_path: Path) -> None:
    with running(tmp_path) as node:
        said = node.first_line + node.stop()
    accounts = Folder(tmp_path / "chain").accounts()
    listed = sunseal("accounts", "--var", str(tmp_path))
    said += listed.stdout + listed.stderr + sunseal("status", "--var", str(tmp_path)).stdout
    assert all(account.address in listed.stdout for account in accounts)
    assert not [account.name for account in accounts if account.key.to_hex()[2:] in said.lower()]


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with running(tmp_path / "one") as node:
        listen = node.url.removeprefix("http://")
        second = sunseal("run", "--var", str(tmp_path / "two"), "--listen", listen)
    assert (second.returncode, "Traceback" in second.stderr) == (1, False)
    assert "cannot listen at 127.0.0.1:" in second.stderr


def test_a_chain_without_its_keys_is_not_begun_anew(tmp_path: Path) -> None:
    with asked(tmp_path) as node:
        keys = node.folder.keys
    keys.unlink()
    with pytest.raises(FolderError, match="put the keys back"), asked(tmp_path):
        pass
    keys.write_text("[1]")
    with pytest.raises(FolderError, match="does not hold private keys"), asked(tmp_path):
        pass


def test_a_file_that_is_no_chain_is_said_and_left_alone(tmp_path: Path) -> None:
    with asked(tmp_path) as node:
        chain = node.folder.chain
    for other in tmp_path.glob("chain.sqlite*"):
        other.unlink()
    chain.write_bytes(b"not a database, but long enough to be taken for the beginning of one" * 100)
    with pytest.raises(FolderError, match="is not a chain of this program"), asked(tmp_path):
        pass
    assert chain.read_bytes().startswith(b"not a database")


def test_commands_say_what_to_do_where_there_is_no_chain(tmp_path: Path) -> None:
    for command in ("status", "accounts"):
        result = sunseal(command, "--var", str(tmp_path))
        assert (result.returncode, "sunseal chain run" in result.stderr) == (1, True)

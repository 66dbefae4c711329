"""`sunseal ledger` and `sunseal witness` as people run them: real processes, a private database, two of three witnesses."""

import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto.signatures import SigningKey
from ledger import log
from ledger.entries import Sealed
from ledger.note import ED25519, NoteKey
from ledger.policy_file import PolicyFile
from ledger.proof import verify_receipt
from storage.database import Database
from storage.location import database_url
from tests.integration.storage.servers import folder_for_a_server
from tests.log import NOW

ORIGIN = "ledger.example.org"


class Shell:
    """One deployment's folder and environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        secret = folder / "passphrase"
        secret.write_text("correct horse battery staple\n")
        secret.chmod(0o600)
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("SUNSEAL")},
            "SUNSEAL_VAR": str(folder),
            "SUNSEAL_LEDGER_PASSPHRASE_FILE": str(secret),
            "SUNSEAL_WITNESS_PASSPHRASE_FILE": str(secret),
            "SUNSEAL_POLICY": str(folder / "policy"),
        }
        self.environment.pop("DATABASE_URL", None)
        self._processes: list[subprocess.Popen[str]] = []

    def run(self, *arguments: str, fails: bool = False) -> str:
        done = subprocess.run(
            [sys.executable, "-c", "from app.cli.main import main; main()", *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert bool(done.returncode) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", "from app.cli.main import main; main()", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._processes.append(process)
        return process

    def close(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()

    def append(self) -> None:
        database = Database(database_url(self.environment, self.folder))
        with database.session() as session:
            log.append(session, Sealed("ab" * 32), now=NOW)
            session.commit()
        database.close()


@pytest.fixture
def shell() -> Iterator[Shell]:
    with folder_for_a_server() as postgres:
        shell = Shell(postgres.parent)
        yield shell
        shell.close()


def wait_for(shell: Shell, published: int) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        found = re.search(r"(\d+) published", shell.run("ledger", "status"))
        if found and int(found[1]) >= published:
            return
        time.sleep(0.2)
    raise AssertionError(f"{published} entries were never published")


def witness(shell: Shell, number: int, log_key: str) -> str:
    """Makes and starts a witness; its line in the policy file."""
    folder = f"witness{number}"
    made = ["witness", "--folder", folder, "init", f"w{number}.example", "--log", log_key, "--unpublished"]
    vkey = shell.run(*made).splitlines()[-1]
    process = shell.start("witness", "--folder", folder, "serve", "--listen", "127.0.0.1:0")
    assert process.stdout
    port = re.search(r"port (\d+)", process.stdout.readline())
    assert port
    return f"witness w{number} {vkey} http://127.0.0.1:{port[1]}/\n"


def test_log_is_opened_witnessed_proven_exported_and_handed_over(shell: Shell) -> None:
    opened = shell.run("ledger", "init", ORIGIN)
    log_key = re.findall(r"^log (\S+)$", opened, re.MULTILINE)[0]
    assert "already" in shell.run("ledger", "init", ORIGIN, fails=True)
    assert shell.folder.joinpath("ledger.key.age").stat().st_mode & 0o777 == 0o600
    assert "never yet" in shell.run("ledger", "status")

    # A policy without witnesses hands out nothing.
    policy = shell.folder / "policy"
    policy.write_text(f"log {log_key}\nquorum none\n")
    assert "tests alone" in shell.run("ledger", "run", fails=True)

    # Three witnesses, of which two are needed; one is never started.
    absent = NoteKey("w3.example", 4, SigningKey(b"\x33" * 32).verify_key)
    policy.write_text(
        f"log {log_key}\n"
        + witness(shell, 1, log_key)
        + witness(shell, 2, log_key)
        + f"witness w3 {absent.vkey} http://127.0.0.1:9/\n"
        + "group all-of-them 2 w1 w2 w3\nquorum all-of-them\n"
    )
    sequencer = shell.start("ledger", "run")
    shell.append()
    wait_for(shell, 2)

    # A receipt, verified by the command and by the library, and refused once altered.
    shell.run("ledger", "prove", "1")
    told = shell.run("ledger", "verify", "1.tlog-proof", "--policy", "policy")
    assert f"verified: entry 1 of the log {ORIGIN}" in told
    assert "seen by w1.example" in told
    proof = shell.folder / "1.tlog-proof"
    verify_receipt(proof.read_bytes(), PolicyFile.parse(policy.read_text()).policy())
    proof.write_bytes(proof.read_bytes().replace(b"index 1", b"index 0"))
    assert "another root" in shell.run("ledger", "verify", "1.tlog-proof", "--policy", "policy", fails=True)

    shell.run("ledger", "export", "bundle.zip")
    with zipfile.ZipFile(shell.folder / "bundle.zip") as archive:
        assert {"checkpoint", "keys"} < set(archive.namelist())

    # The handover: the old key is refused from now on.
    sequencer.send_signal(signal.SIGTERM)
    assert sequencer.wait(10) == 0
    handed = shell.run("ledger", "rotate", "new.key.age")
    new_key = NoteKey.parse(re.findall(r"^log (\S+)$", handed, re.MULTILINE)[0])
    assert (new_key.name, new_key.signature_type) == (ORIGIN, ED25519)
    stale = shell.start("ledger", "run")
    assert stale.stdout
    assert any("rotated" in line for line in (stale.stdout.readline() for _ in range(5)))
    assert str(new_key.vkey) in shell.run("ledger", "status")


def test_wrong_passphrase_and_missing_things_are_told_in_a_sentence(shell: Shell) -> None:
    shell.run("ledger", "init", ORIGIN)
    assert "cannot be read" in shell.run("ledger", "run", fails=True)
    (shell.folder / "passphrase").write_text("wrong\n")
    assert "does not open" in shell.run("ledger", "rotate", "new.age", fails=True)
    assert not (shell.folder / "new.age").exists()
    assert "no published" in shell.run("ledger", "export", "bundle.zip", fails=True)
    (shell.folder / "policy").write_text("nonsense\n")
    assert "line 1" in shell.run("ledger", "run", fails=True)

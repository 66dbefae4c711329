"""`sunseal gateway` as people run it: a development chain, its keys in keystores, and one process that does it all."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from guarantees.chain import anchoring, calls, index, outbox
from guarantees.chain.anchoring import request_anchor
from storage.database import Database
from tests.environment import ROOT
from tests.integration.chain.nodes import OURS
from tests.integration.chain.world import YEAR, World
from tests.log import make_log


class Shell:
    def __init__(self, folder: Path, url: str, world: World) -> None:
        self.world = world
        secret = folder / "passphrase"
        secret.write_text("correct horse\n")
        secret.chmod(0o600)
        self.keys = folder / "keystores"
        self.keys.mkdir()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SUNSEAL")},
            "DATABASE_URL": url,
            "SUNSEAL_VAR": str(folder),
            "SUNSEAL_CHAIN_URL": world.node.url,
            "SUNSEAL_CHAIN_KEY": str(self.keys),
            "SUNSEAL_CHAIN_DEPTH": "0",
            "SUNSEAL_CHAIN_PASSPHRASE_FILE": str(secret),
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-c", "from app.cli.main import main; main()", "gateway", *arguments]

    def run(self, *arguments: str, fails: bool = False) -> str:
        done = subprocess.run(
            self.command(*arguments),
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert bool(done.returncode) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def start(self) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        return subprocess.Popen(
            self.command("run"),
            cwd=ROOT,
            env=self.environment,
            stdout=pipe,
            stderr=subprocess.STDOUT,
            text=True,
        )


@pytest.fixture
def shell(world: World, tmp_path: Path, database_url: str) -> Shell:
    if world.node.kind != OURS:
        pytest.skip("the command is tried on the development chain; the jobs behind it on both nodes")
    return Shell(tmp_path, database_url, world)


def test_one_process_sends_follows_and_anchors(shell: Shell, database: Database, tmp_path: Path) -> None:
    world = shell.world
    for name in ("guarantor", "poster"):
        told = shell.run(
            "new-key", str(shell.keys / f"{name}.json"), "--from", str(world.node.folder.keys), "--name", name
        )
        assert "0x" + world.address(name).hex() in told
    world.close()
    book = make_log(database, tmp_path / "public")
    book.append(3)
    book.run()
    terms = world.terms(1)
    world.want("guarantor", "issue", calls.issue(world.commitment(terms), world.chain_time() + YEAR))
    with database.session() as session:
        request = request_anchor(session, now=world.now())
        session.commit()
    process = shell.start()
    try:
        end = time.monotonic() + 40
        while True:
            with database.session() as session:
                done = index.guarantee(session, world.id(terms)), anchoring.anchor_of(session, request).state
            if done[0] is not None and done[1] == "confirmed":
                break
            assert time.monotonic() < end, done
            assert process.poll() is None, process.communicate()
            time.sleep(0.1)
        assert world.progress("issue").state == outbox.CONFIRMED
        assert "another process follows" in shell.run("rebuild-index", fails=True)
    finally:
        process.send_signal(signal.SIGTERM)
        told, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "anchoring the ledger; Ctrl-C stops" in told

    status = shell.run("status")
    assert "4 confirmed" in status
    assert "anchored   4 entries, in block" in status
    assert "depth 0" in status
    assert "equal to it" in shell.run("rebuild-index")


def test_it_waits_for_the_node_and_for_a_log_that_it_may_anchor(
    shell: Shell, database: Database, tmp_path: Path
) -> None:
    world = shell.world
    keys = ("--from", str(world.node.folder.keys), "--name", "poster")
    shell.run("new-key", str(shell.keys / "poster.json"), *keys)
    world.close()
    world.node.kill()
    process = shell.start()
    try:
        assert process.stdout is not None
        assert "waiting for the node" in process.stdout.readline()
        world.node.start()
        assert "Ctrl-C stops" in process.stdout.readline()
        assert "no log in this database" in process.stdout.readline()
        book = make_log(database, tmp_path / "public")
        book.append(3)
        book.run()
        assert "by a key of ours from now on" in process.stdout.readline()
        end = time.monotonic() + 40
        while True:
            with database.session() as session:
                if anchoring.anchored(session) is not None:
                    break
            assert time.monotonic() < end
            time.sleep(0.1)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    assert process.returncode == 0


def test_a_gateway_that_waits_for_the_node_can_be_stopped(shell: Shell) -> None:
    shell.run("new-key", str(shell.keys / "key.json"))
    shell.environment["SUNSEAL_CHAIN_URL"] = "http://127.0.0.1:1"
    process = shell.start()
    assert process.stdout is not None
    assert "waiting for the node" in process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == 0


def test_the_regulator_acts_through_the_outbox(shell: Shell) -> None:
    world = shell.world
    regulator, other = ("0x" + world.address(name).hex() for name in ("regulator", "guarantor-2"))
    for act, is_licensed in (("license", True), ("suspend", False), ("license", True)):
        assert f"wanted: {act} {other}" in shell.run(act, other, "--key", regulator)
        world.run("regulator")
        assert world.gateway.is_licensed(world.address("guarantor-2")) == is_licensed
    assert "no address" in shell.run("license", "0x12", "--key", regulator, fails=True)
    assert "no log in this database" in shell.run("register-log", other, "--key", regulator, fails=True)


def test_what_is_set_wrongly_is_a_sentence(shell: Shell) -> None:
    key = shell.keys / "key.json"
    shell.run("new-key", str(key))
    assert "not replaced" in shell.run("new-key", str(key), fails=True)
    assert "no private key 'nobody'" in shell.run(
        "new-key",
        str(shell.keys / "x.json"),
        "--from",
        str(shell.world.node.folder.keys),
        "--name",
        "nobody",
        fails=True,
    )
    for name, value, sentence in (
        ("SUNSEAL_CHAIN_DEPTH", "deep", "it is a number of blocks"),
        ("SUNSEAL_CHAIN_URL", "ftp://127.0.0.1:1", "one of http or https"),
        ("SUNSEAL_CHAIN_CONTRACTS", "/nonexistent", "cannot be read"),
        ("SUNSEAL_CHAIN_KEY", "/nonexistent", "cannot be read"),
        ("SUNSEAL_CHAIN_KEY", "pkcs11:nonsense", "has not the form"),
    ):
        environment = dict(shell.environment)
        shell.environment[name] = value
        told = shell.run("run", fails=True)
        assert sentence in told
        assert "Traceback" not in told
        shell.environment = environment

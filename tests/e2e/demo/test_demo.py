"""The demonstration as a newcomer types it, and a deployment on one machine that leaves nothing behind."""

import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from secrets import token_urlsafe

import httpx
import psutil
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from app.stack.place import StackPlace
from app.stack.running import Stack
from crypto import party_keys
from crypto.http_signatures import HttpRequest, sign
from tests.environment import ROOT

pytestmark = pytest.mark.long

SUNSEAL = (sys.executable, "-c", "from app.cli.main import main; main()")
PATIENCE = 60.0


def test_the_story_ends_green_and_the_tampering_is_found(tmp_path: Path) -> None:
    done = subprocess.run(
        [*SUNSEAL, "demo", "--folder", str(tmp_path / "demo")],
        cwd=ROOT,
        env={**os.environ, "STAY": "0"},
        capture_output=True,
        text=True,
        timeout=560,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 wrong" in done.stdout
    assert done.stdout.count("verified") >= 3
    assert len(re.findall(r"guarantee [0-9a-f]{16} of bid \d+: released, every step", done.stdout)) == 3
    assert "3 clocks were kept, 0 missed" in done.stdout
    mails = StackPlace.at(tmp_path / "demo" / "stack").case_mails.glob("*.eml")
    subjects = [message_from_bytes(one.read_bytes(), policy=policy.default)["Subject"] for one in mails]
    assert any("has been decided" in one for one in subjects), subjects
    assert "is not the one that the log's tiles were made of" in done.stdout
    assert not running(tmp_path)


def test_a_killed_parent_leaves_nothing_behind_and_a_second_start_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "stack"
    with (tmp_path / "said").open("wb") as said:
        parent = subprocess.Popen(
            [*SUNSEAL, "stack", "run", "--folder", str(folder)], cwd=ROOT, stdout=said, stderr=said
        )
    try:
        await_true(lambda: b"Ctrl-C stops" in (tmp_path / "said").read_bytes(), 300)
        assert len(running(tmp_path)) > 10
        parent.send_signal(signal.SIGKILL)
        await_true(lambda: not running(tmp_path), PATIENCE)
    finally:
        parent.kill()
        parent.wait()
    group = StackPlace.at(folder).settings["group"]
    with Stack(folder) as again:
        list(again.begin())
        assert httpx.get(f"{again.place.url}/ledger/checkpoint", trust_env=False).status_code == 200
        assert [exposure(again.place, house) for house in (1, 2)] == [200, 200]
        victim = int(again.place.settings["pid-intake"])
        os.kill(victim, signal.SIGKILL)
        assert next(again.watch()) == "intake"
        assert again.place.settings["group"] == group
    assert not running(tmp_path)


def exposure(place: StackPlace, house: int) -> int:
    """How the desk of that guarantor answers its own core system; without a signature it answers nobody."""
    key = load_pem_private_key(place.core_system_key(house).read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    url = f"{place.desk_api_url(house)}/exposure"
    await_true(lambda: answers(url), PATIENCE)
    assert httpx.get(url, trust_env=False).status_code == 401
    request = HttpRequest("GET", url, (), b"")
    key_id = party_keys.key_id(party_keys.spki(key.public_key()))
    added = sign(request, key_id, key, nonce=token_urlsafe(12), now=datetime.now(UTC))
    return httpx.get(url, headers=dict(added), trust_env=False).status_code


def answers(url: str) -> bool:
    try:
        httpx.get(url, trust_env=False)
    except httpx.TransportError:
        return False
    return True


def running(folder: Path) -> list[str]:
    """What runs that names the folder in its words or its environment."""
    found = []
    for process in psutil.process_iter():
        try:
            words = " ".join(process.cmdline())
            own = process.environ().get("SUNSEAL_VAR", "") if "app.stack" in words else ""
        except psutil.Error:
            continue
        if process.pid != os.getpid() and (str(folder) in words or str(folder) in own):
            found.append(words)
    return found


def await_true(check: object, patience: float) -> None:
    assert callable(check)
    end = time.monotonic() + patience
    while not check():
        assert time.monotonic() < end
        time.sleep(0.2)

"""`sunseal keyholder` as a person uses it: real processes against the fake platform."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from keyholder.card import Card
from ledger.checkpoint import Checkpoint
from ledger.entries import GroupMember, GroupProposed
from ledger.entries.signed import UNSIGNED
from ledger.note import NoteKey
from tests.environment import ROOT
from tests.integration.keyholder.fake_platform import ORIGIN, SUPERVISOR
from tests.integration.keyholder.world import COMMITTEE_KEY, World

SUNSEAL = (sys.executable, "-c", "from app.cli.main import main; main()", "keyholder")


class Person:
    """Somebody at the command line of one machine."""

    def __init__(self, world: World, path: Path) -> None:
        path.mkdir()
        self.world = world
        self.folder = path / "keyholder"
        self.policy = path / "policy"
        self.policy.write_text(world.platform.policy)
        self.passphrase = path / "passphrase"
        self.passphrase.write_text("a passphrase of some length\n")
        self.passphrase.chmod(0o600)
        self.env = {**os.environ, "SUNSEAL_KEYHOLDER_PASSPHRASE_FILE": str(self.passphrase)}

    def says(self, *words: str, fails: bool = False, given: str = "") -> str:
        done = subprocess.run(
            [*SUNSEAL, "--folder", str(self.folder), *words],
            cwd=ROOT,
            env=self.env,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode != 0) == fails, (done.stdout, done.stderr)
        return done.stdout + done.stderr if fails else done.stdout

    def setup(self) -> list[str]:
        supervisor = SUPERVISOR.verify_key.raw.hex()
        return [
            "--platform",
            self.world.platform.url,
            "--policy",
            str(self.policy),
            "--supervisor",
            supervisor,
        ]

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[str]]:
        with subprocess.Popen(
            [*SUNSEAL, "--folder", str(self.folder), "run", "--poll", "0.1", "--wait", "2"],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout
            assert process.stderr
            assert process.stdout.readline() == "ready\n"
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.send_signal(signal.SIGTERM)
                process.wait(20)


@pytest.fixture
def person(make_world: Callable[[int], World], tmp_path: Path) -> Person:
    return Person(make_world(0), tmp_path / "machine")


def proposal(card: Card) -> GroupProposed:
    member = GroupMember(card.name, card.static_key, card.signing_key, card.witness)
    supervisor = SUPERVISOR.verify_key.raw.hex()
    return GroupProposed(
        ORIGIN, "group", 1, (member,), str(COMMITTEE_KEY.recipient), supervisor, UNSIGNED
    ).signed_by(SUPERVISOR)


def test_keyholder_is_made_joins_opens_and_is_recovered_on_an_empty_machine(
    person: Person, tmp_path: Path
) -> None:
    world, platform = person.world, person.world.platform
    card = Card.parse(person.says("init", "kh.example/1", *person.setup()).strip().encode())
    assert Card.parse(person.says("card").strip().encode()) == card
    words = person.says("backup")
    sheet = tmp_path / "sheet.html"
    person.says("backup", "--sheet", str(sheet))
    assert sheet.stat().st_mode & 0o777 == 0o600
    (group,) = platform.add(proposal(card))
    with person.running() as process:
        world.eventually(lambda: "awaits approval: group" in person.says("status"))
        assert "any 1 of these 1" in person.says("approve", group, "--yes")
        world.until(lambda view: view.groups.get(group).is_complete)
        keys = world.lot(group)
        note = platform.cosign(card.signing_key, NoteKey.parse(card.witness), platform.checkpoint())
        platform.publish(note)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    cosigned = Checkpoint.parse(note.text).size

    other = Person(world, tmp_path / "other")
    kept = tmp_path / "words"
    kept.write_text(words)
    said = other.says("recover", "kh.example/1", *other.setup(), "--backup-file", str(kept))
    assert Card.parse(said.strip().encode()) == card
    assert "in doubt" in other.says("status", fails=True)
    assert "not" in other.says("accept-checkpoint", str(cosigned + 1), "--yes", fails=True)
    other.says("accept-checkpoint", str(cosigned), "--yes")
    with other.running():
        closing = world.closing([world.bid(run=keys["price"]) for _ in range(3)])
        world.until(lambda view: view.openings.released(closing, "price"))
        platform.cosign(card.signing_key, NoteKey.parse(card.witness), platform.checkpoint())
        assert "read up to size" in other.says("status")
    assert other.says("refusals", "--json") == ""


def test_approval_is_signed_with_a_key_of_its_own(person: Person, tmp_path: Path) -> None:
    env = {**person.env, "SUNSEAL_APPROVER_PASSPHRASE_FILE": str(person.passphrase)}
    person.env = env
    key = person.says("approver-key", str(tmp_path / "approver.age")).strip()
    closing = "ab" * 32
    approval = json.loads(
        person.says(
            "sign-approval", f"{closing}/price", "--key", str(tmp_path / "approver.age"), "--origin", ORIGIN
        )
    )
    assert (approval["key"], approval["closing"], approval["part"]) == (key, closing, "price")


def test_wrong_words_are_refused_without_being_repeated(person: Person, tmp_path: Path) -> None:
    kept = tmp_path / "words"
    kept.write_text("abandon " * 23 + "secretword")
    said = person.says("recover", "k", *person.setup(), "--backup-file", str(kept), fails=True)
    assert "24" in said
    assert "secretword" not in said
    assert not person.folder.exists()


def test_platform_without_tls_elsewhere_is_refused(person: Person) -> None:
    options = person.setup()
    options[1] = "http://platform.example"
    assert "https" in person.says("init", "k", *options, fails=True)

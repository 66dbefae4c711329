"""`sunseal witness` at the command line: made once, looked at, and told what a person decided."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli.witness import witness
from crypto.age import X25519Identity
from keyholder.folder import Folder
from keyholder.secret_file import Lock
from keyholder.witness import run
from keyholder.witness.config import Config
from keyholder.witness.errors import ConfigError
from keyholder.witness.mark import Mark
from keyholder.witness.state import WitnessState
from ledger.cosignature import Cosigner
from ledger.note import COSIGNATURE_V1, ED25519, NoteKey
from tests.unit.keyholder.witness_example import FORK_AT, LOGS, growth, head
from tests.unit.ledger.example_log import COSIGNERS, LOG, NOW, ORIGIN

NAME = "witness.example/notary"
VKEY = LOG.keys[0].vkey
URL = "http://127.0.0.1:1/checkpoint"


class Shell:
    """A folder to work in, with an age identity."""

    def __init__(self, path: Path) -> None:
        self.folder = Folder(path / "w")
        self.identity = path / "identity.txt"
        self.identity.write_text(X25519Identity(b"k" * 32).reveal())
        self.identity.chmod(0o600)

    def __call__(self, *arguments: str, lock: bool = False, typed: str | None = None) -> Result:
        options = ["--age-key", str(self.identity)] if lock else []
        return CliRunner().invoke(
            witness,
            ["--folder", str(self.folder.path), *arguments, *options],
            input=typed,
            env={"COLUMNS": "200"},
        )

    def init(self) -> Result:
        return self("init", NAME, "--log", VKEY, "--published", ORIGIN, URL, lock=True)

    def opened(self) -> tuple[WitnessState, Cosigner]:
        config = Config.read(self.folder.config)
        return run.open_state(self.folder, config), run.open_key(
            self.folder, config, Lock.of_age_file(self.identity)
        )

    def add(self, old: int, new: int) -> None:
        state, cosigner = self.opened()
        state.add(growth(old, new), LOGS, cosigner, NOW)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_init_makes_a_witness_and_prints_its_key(shell: Shell) -> None:
    made = shell.init()
    assert made.exit_code == 0, made.output
    key = NoteKey.parse(made.output.strip())
    assert (key.name, key.signature_type) == (NAME, COSIGNATURE_V1)
    assert shell.opened()[1].witness == key
    assert {path.name for path in shell.folder.path.iterdir()} == {"config.json", "key.age", "state.sqlite"}
    assert shell.folder.default_mark.exists()
    for path in (*shell.folder.path.iterdir(), shell.folder.default_mark):
        assert not path.stat().st_mode & 0o077 or path.name == "state.sqlite", path
    assert not shell.folder.path.stat().st_mode & 0o077


def test_init_replaces_nothing(shell: Shell) -> None:
    shell.init()
    before = {path: path.read_bytes() for path in shell.folder.path.iterdir()}
    again = shell.init()
    assert again.exit_code == 1
    assert "is there already" in again.output
    assert {path: path.read_bytes() for path in shell.folder.path.iterdir()} == before


def test_init_asks_for_a_passphrase_twice(shell: Shell) -> None:
    arguments = ("init", NAME, "--log", VKEY, "--unpublished")
    assert shell(*arguments, typed="one\ntwo\n").exit_code == 1
    assert not shell.folder.key.exists()
    made = shell(*arguments, typed="correct horse\ncorrect horse\n")
    assert made.exit_code == 0, made.output
    config = Config.read(shell.folder.config)
    assert run.open_key(shell.folder, config, Lock.of_passphrase("correct horse")).witness == config.witness
    assert config.published == {ORIGIN: ()}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((NAME, "--log", VKEY), "say with --published"),
        ((NAME, "--log", VKEY, "--published", "log.example/other", URL), "origin of no --log"),
        ((NAME, "--log", VKEY, "--published", ORIGIN, "ftp://x"), "address of a checkpoint"),
        ((NAME, "--log", "nonsense", "--unpublished"), "not a verifier key"),
        ((NAME, "--log", COSIGNERS[0].witness.vkey, "--unpublished"), "type 0x01"),
        (("a name", "--log", VKEY, "--unpublished"), "not a key name"),
    ],
)
def test_init_says_what_is_wrong(shell: Shell, arguments: tuple[str, ...], sentence: str) -> None:
    failed = shell("init", *arguments, lock=True)
    assert failed.exit_code == 1
    assert sentence in failed.output
    assert not shell.folder.key.exists()


def test_mark_inside_the_folder_is_refused(shell: Shell) -> None:
    inside = str(shell.folder.path / "mark")
    failed = shell("init", NAME, "--log", VKEY, "--unpublished", "--mark", inside, lock=True)
    assert "outside the folder" in failed.output


def test_two_keys_of_one_name_are_one_log(shell: Shell) -> None:
    new_key = NoteKey(ORIGIN, ED25519, COSIGNERS[1].key.verify_key)
    shell("init", NAME, "--log", VKEY, "--log", new_key.vkey, "--unpublished", lock=True)
    (log,) = Config.read(shell.folder.config).logs
    assert log.keys == (LOG.keys[0], new_key)


def test_key_of_another_witness_is_refused(shell: Shell, tmp_path: Path) -> None:
    shell.init()
    (tmp_path / "other").mkdir()
    other = Shell(tmp_path / "other")
    other.init()
    shell.folder.key.write_bytes(other.folder.key.read_bytes())
    with pytest.raises(ConfigError, match="is not the key of"):
        shell.opened()


def test_status_says_how_far_it_is(shell: Shell) -> None:
    shell.init()
    shell.add(0, 20)
    said = shell("status")
    assert said.exit_code == 0, said.output
    assert f"{ORIGIN}: cosigned up to size 20, root {head(20).root.hex()}" in said.output


def test_older_state_needs_a_decision_and_gets_one(shell: Shell) -> None:
    shell.init()
    shell.add(0, FORK_AT)
    copy = shell.folder.state.read_bytes()
    shell.add(FORK_AT, 20)
    shell.folder.state.write_bytes(copy)
    said = shell("status")
    assert said.exit_code == 1
    assert "needs decision: this witness cosigned size 20" in said.output
    wrong = shell("accept-state", "--size", str(FORK_AT), "--yes")
    assert wrong.exit_code == 1
    assert "has size 20, not 10" in wrong.output
    assert shell("accept-state", "--size", "20", typed="n\n").exit_code == 1
    assert shell("status").exit_code == 1
    decided = shell("accept-state", "--size", "20", typed="y\n")
    assert decided.exit_code == 0, decided.output
    assert shell("status").exit_code == 0
    assert '"event":"decided"' in shell.folder.journal.read_text()
    shell.add(20, 30)


def test_lost_state_is_made_anew_from_the_mark(shell: Shell) -> None:
    shell.init()
    shell.add(0, 20)
    shell.folder.state.unlink()
    said = shell("status")
    assert said.exit_code == 1
    assert "missing" in said.output
    assert shell("accept-state", "--size", "20", "--yes").exit_code == 0
    shell.add(20, 30)


def test_lost_mark_needs_a_decision(shell: Shell) -> None:
    shell.init()
    shell.add(0, 20)
    shell.folder.default_mark.unlink()
    said = shell("status")
    assert said.exit_code == 1
    assert "the mark" in said.output
    assert shell("accept-state", "--size", "20", "--yes").exit_code == 0
    config = Config.read(shell.folder.config)
    assert Mark(config.mark, config.witness).read() == {ORIGIN: head(20)}


def test_nothing_to_decide_is_said(shell: Shell) -> None:
    shell.init()
    assert "nothing to decide" in shell("accept-state", "--size", "0", "--yes").output
    assert "no log with origin" in shell("accept-state", "--size", "0", "--log", "x", "--yes").output


@pytest.mark.parametrize("listen", ["127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000"])
def test_serve_says_what_is_wrong_with_its_address(shell: Shell, listen: str) -> None:
    shell.init()
    failed = shell("serve", "--listen", listen, lock=True)
    assert failed.exit_code == 1
    assert "is no HOST:PORT" in failed.output


def test_serve_without_a_witness_is_a_sentence(shell: Shell) -> None:
    failed = shell("serve", lock=True)
    assert failed.exit_code == 1
    assert "cannot be read" in failed.output
    assert list(shell.folder.path.parent.iterdir()) == [shell.identity]

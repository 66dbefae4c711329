"""The witness's answers by c2sp.org/tlog-witness, and what its journal says and keeps to itself."""

import hashlib
import io
import json
from pathlib import Path

import pytest

from keyholder.witness.errors import InDoubtError
from keyholder.witness.journal import Journal
from keyholder.witness.service import Witness
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.cosignature import verify_cosignatures
from ledger.errors import CheckpointError, NoteError, SignatureError, UnknownOriginError
from ledger.note import Note
from ledger.witness_messages import AddCheckpoint, take_cosignatures
from tests.unit.keyholder.witness_example import COSIGNER, LOGS, WITNESS, Place, cosigned, growth, note
from tests.unit.ledger.example_log import COSIGNERS, LOG_KEY, NOW, ORIGIN

ORIGIN_HASH = hashlib.sha256(ORIGIN.encode()).hexdigest()


class Setting:
    """A witness, and what its journal says."""

    def __init__(self, path: Path, *, uncompared: tuple[str, ...] = ()) -> None:
        self.place = Place(path)
        self.sentences = io.StringIO()
        self.lines = self.place.folder.journal
        self.witness = Witness(
            self.place.state(),
            LOGS,
            COSIGNER,
            clock=lambda: NOW,
            journal=Journal(self.sentences, self.lines, lambda: NOW),
            uncompared=uncompared,
        )

    def journal(self) -> list[dict[str, str | int]]:
        return [json.loads(line) for line in self.lines.read_text().splitlines()]


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    return Setting(tmp_path)


def test_cosignature_is_what_a_log_takes(setting: Setting) -> None:
    answer = setting.witness.add_checkpoint(growth(0, 5).to_bytes())
    assert answer.status == 200
    complete = take_cosignatures(note(5), answer.body, [WITNESS])
    assert [cosignature.timestamp for cosignature in verify_cosignatures(complete, [WITNESS])] == [NOW]


def test_conflict_says_the_size_in_its_own_media_type(setting: Setting) -> None:
    setting.witness.add_checkpoint(growth(0, 5).to_bytes())
    answer = setting.witness.add_checkpoint(growth(0, 9).to_bytes())
    assert (answer.status, answer.content_type, answer.body) == (409, "text/x.tlog.size", b"5\n")


def unknown_origin() -> bytes:
    checkpoint = Checkpoint("log.example/stranger", 1, bytes(32))
    return AddCheckpoint(0, (), sign_checkpoint(checkpoint, LOG_KEY)).to_bytes()


def signed_by_another() -> bytes:
    checkpoint = Checkpoint.parse(note(5).text)
    return AddCheckpoint(0, (), sign_checkpoint(checkpoint, COSIGNERS[1].key)).to_bytes()


def false_signature() -> bytes:
    forged = Note(note(6).text, note(5).signatures)
    return AddCheckpoint(0, (), forged).to_bytes()


REFUSALS = [
    (b"", 400),
    (b"old 0\n", 400),
    (growth(0, 5).to_bytes()[:-1], 400),
    (growth(0, 5).to_bytes().replace(b"old 0", b"old 00"), 400),
    (growth(0, 5).to_bytes().replace(b"old 0", b"old 6"), 400),
    (b"secret words \xff", 400),
    (unknown_origin(), 404),
    (signed_by_another(), 403),
    (false_signature(), 403),
    (AddCheckpoint(0, (bytes(32),), note(5)).to_bytes(), 422),
    (AddCheckpoint(0, (), sign_checkpoint(Checkpoint(ORIGIN, 0, bytes(32)), LOG_KEY)).to_bytes(), 422),
]


@pytest.mark.parametrize(("body", "status"), REFUSALS)
def test_refusal_has_the_status_of_the_specification(setting: Setting, body: bytes, status: int) -> None:
    answer = setting.witness.add_checkpoint(body)
    assert (answer.status, answer.content_type) == (status, "text/plain; charset=utf-8")
    assert answer.body.decode().count("\n") == 1
    assert setting.place.state().latest(ORIGIN) is None


def test_refusal_is_one_sentence_and_one_line_of_json(setting: Setting) -> None:
    setting.witness.add_checkpoint(growth(0, 5).to_bytes())
    setting.witness.add_checkpoint(growth(5, 5, face=0).to_bytes())
    setting.witness.add_checkpoint(AddCheckpoint(5, (), note(9)).to_bytes())
    assert setting.sentences.getvalue().splitlines()[-1] == (
        "2026-01-01T00:00:00Z refused: the proof from size 5 to 9 must not be empty"
    )
    assert setting.journal()[-1] == {
        "at": "2026-01-01T00:00:00Z",
        "event": "refused",
        "origin": ORIGIN,
        "sentence": "the proof from size 5 to 9 must not be empty",
        "status": 422,
    }
    assert [line["event"] for line in setting.journal()] == ["cosigned", "cosigned", "refused"]


@pytest.mark.parametrize(
    "body", [b"old passphrase\n\n", b"old 0\n\nlog.passphrase\n0\nx\n\n", unknown_origin()]
)
def test_journal_holds_nothing_of_a_body(setting: Setting, body: bytes) -> None:
    setting.witness.add_checkpoint(body)
    for text in (setting.sentences.getvalue(), setting.lines.read_text()):
        assert "refused" in text
        assert "passphrase" not in text
        assert "stranger" not in text


def test_journal_that_cannot_be_written_stops_nothing(setting: Setting) -> None:
    setting.lines.mkdir()
    assert setting.witness.add_checkpoint(growth(0, 5).to_bytes()).status == 200
    assert "no journal" in setting.sentences.getvalue()


def test_monitors_get_the_checkpoint_with_both_signatures(setting: Setting) -> None:
    assert setting.witness.checkpoint(ORIGIN_HASH).status == 404
    setting.witness.add_checkpoint(growth(0, 5).to_bytes())
    answer = setting.witness.checkpoint(ORIGIN_HASH)
    assert answer.status == 200
    assert Note.parse(answer.body) == cosigned(5)
    assert setting.witness.checkpoint(ORIGIN_HASH.upper()).status == 404
    assert setting.witness.checkpoint("0" * 64).status == 404


def test_nothing_is_cosigned_before_the_comparison(tmp_path: Path) -> None:
    setting = Setting(tmp_path, uncompared=(ORIGIN,))
    assert setting.witness.add_checkpoint(growth(0, 5).to_bytes()).status == 503
    assert setting.witness.comparison_wanted.is_set()
    assert not setting.witness.is_compared()
    setting.witness.compare(ORIGIN, None)
    assert setting.witness.is_compared()
    assert setting.witness.add_checkpoint(growth(0, 5).to_bytes()).status == 200


def test_strangers_do_not_cause_a_comparison(tmp_path: Path) -> None:
    setting = Setting(tmp_path, uncompared=(ORIGIN,))
    assert setting.witness.add_checkpoint(signed_by_another()).status == 403
    assert setting.witness.add_checkpoint(unknown_origin()).status == 404
    assert not setting.witness.comparison_wanted.is_set()


@pytest.mark.parametrize(
    ("published", "error"),
    [
        (b"nonsense", NoteError),
        (
            sign_checkpoint(Checkpoint("log.example/stranger", 1, bytes(32)), LOG_KEY).to_bytes(),
            UnknownOriginError,
        ),
        (sign_checkpoint(Checkpoint.parse(note(5).text), COSIGNERS[1].key).to_bytes(), SignatureError),
        (Note("text\n", note(5).signatures).to_bytes(), CheckpointError),
        (Note(note(5).text, (*note(5).signatures, cosigned(6).signatures[1])).to_bytes(), SignatureError),
    ],
)
def test_what_is_no_checkpoint_of_the_log_is_no_comparison(
    tmp_path: Path, published: bytes, error: type[Exception]
) -> None:
    setting = Setting(tmp_path, uncompared=(ORIGIN,))
    with pytest.raises(error):
        setting.witness.compare(ORIGIN, published)
    assert setting.witness.add_checkpoint(growth(0, 5).to_bytes()).status == 503


def test_witness_in_doubt_answers_503_with_the_reason_for_all(setting: Setting) -> None:
    setting.witness.add_checkpoint(growth(0, 5).to_bytes())
    with pytest.raises(InDoubtError):
        setting.witness.compare(ORIGIN, cosigned(20).to_bytes())
    answer = setting.witness.add_checkpoint(growth(5, 9).to_bytes())
    assert answer.status == 503
    assert b"cosigned size 20" in answer.body
    assert "cosigned size 20" in setting.sentences.getvalue()


def test_stranger_is_not_told_the_paths_of_files(setting: Setting, tmp_path: Path) -> None:
    setting.place.folder.state.unlink()
    for answer in (
        setting.witness.add_checkpoint(growth(0, 5).to_bytes()),
        setting.witness.checkpoint(ORIGIN_HASH),
    ):
        assert answer.status == 503
        assert str(tmp_path).encode() not in answer.body
    assert str(tmp_path) in setting.sentences.getvalue()


def test_log_that_believes_in_more_than_is_remembered_causes_a_comparison(setting: Setting) -> None:
    setting.witness.add_checkpoint(growth(0, 5).to_bytes())
    assert not setting.witness.comparison_wanted.is_set()
    assert setting.witness.add_checkpoint(growth(9, 12).to_bytes()).status == 409
    assert setting.witness.comparison_wanted.is_set()

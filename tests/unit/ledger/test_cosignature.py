"""Cosignatures: the example of c2sp.org/tlog-cosignature, and what does not make a quorum."""

import pytest

from crypto.signatures import SigningKey
from ledger.checkpoint import Checkpoint
from ledger.cosignature import (
    MAX_TIMESTAMP,
    Cosignature,
    Cosigner,
    Quorum,
    require_quorum,
    signed_message,
    verify_cosignatures,
)
from ledger.errors import CheckpointError, NoteError, QuorumError, RangeError, SignatureError
from ledger.note import COSIGNATURE_V1, Note, NoteKey, NoteSignature, sign
from tests.unit.ledger.example_log import (
    COSIGNERS,
    LOG,
    LOG_KEY,
    NOW,
    ORIGIN,
    WITNESSES,
    MemoryTree,
    cosigned,
    log_note,
    some_entries,
)

EXAMPLE = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
""".encode()

TREE = MemoryTree.of(some_entries(5))
NOTE = log_note(TREE, 5)
CHECKPOINT = Checkpoint.parse(NOTE.text)
QUORUM = Quorum(2, WITNESSES)


def test_example_of_the_specification_has_the_layout_of_a_cosignature() -> None:
    """Its witness's key was not published, so its timestamp and its message are what can be checked."""
    note = Note.parse(EXAMPLE)
    cosignature = note.signatures[1]
    assert cosignature.name == "witness.example.com/w1"
    assert len(cosignature.signature) == 8 + 64
    timestamp = int.from_bytes(cosignature.signature[:8], "big")
    assert timestamp == 1679315147
    assert signed_message(note.text, timestamp) == (
        b"cosignature/v1\n"
        b"time 1679315147\n"
        b"example.com/behind-the-sofa\n"
        b"20852163\n"
        b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )


def test_cosignature_verifies_with_its_time() -> None:
    note = Note.parse(cosigned(NOTE, COSIGNERS[:1], timestamp=7).to_bytes())
    assert verify_cosignatures(note, WITNESSES) == (Cosignature(WITNESSES[0], 7),)


def test_extension_lines_are_under_the_cosignature() -> None:
    extended = Checkpoint(ORIGIN, 5, CHECKPOINT.root, ("extension",))
    line = COSIGNERS[0].cosign(extended, NOW)
    assert verify_cosignatures(Note(extended.text, (line,)), WITNESSES)
    with pytest.raises(SignatureError):
        verify_cosignatures(Note(CHECKPOINT.text, (line,)), WITNESSES)


def test_changed_timestamp_is_refused() -> None:
    line = COSIGNERS[0].cosign(CHECKPOINT, NOW)
    later = NoteSignature(line.name, line.key_id, (NOW + 1).to_bytes(8, "big") + line.signature[8:])
    with pytest.raises(SignatureError):
        verify_cosignatures(Note(NOTE.text, (later,)), WITNESSES)


def test_timestamp_above_2_to_63_is_refused_though_signed() -> None:
    key, beyond = COSIGNERS[0].key, MAX_TIMESTAMP + 1
    blob = beyond.to_bytes(8, "big") + key.sign(signed_message(NOTE.text, beyond))
    with pytest.raises(SignatureError, match="exceeds"):
        verify_cosignatures(
            Note(NOTE.text, (NoteSignature(WITNESSES[0].name, WITNESSES[0].key_id, blob),)), WITNESSES
        )


@pytest.mark.parametrize("length", [1, 8, 64, 71, 73])
def test_cosignature_of_a_wrong_length_is_refused(length: int) -> None:
    line = NoteSignature(WITNESSES[0].name, WITNESSES[0].key_id, bytes(length))
    with pytest.raises(SignatureError, match="length"):
        verify_cosignatures(Note(NOTE.text, (line,)), WITNESSES)


def test_plain_signature_is_no_cosignature() -> None:
    """The header line separates the two, even where one key serves both."""
    plain = COSIGNERS[0].key.sign(NOTE.text.encode())
    line = NoteSignature(WITNESSES[0].name, WITNESSES[0].key_id, NOW.to_bytes(8, "big") + plain)
    with pytest.raises(SignatureError):
        verify_cosignatures(Note(NOTE.text, (line,)), WITNESSES)
    same_name = sign(NOTE.text, WITNESSES[0].name, COSIGNERS[0].key)
    assert verify_cosignatures(Note(NOTE.text, (same_name,)), WITNESSES) == ()


def test_only_a_checkpoint_is_cosigned() -> None:
    line = COSIGNERS[0].cosign(CHECKPOINT, NOW)
    with pytest.raises(CheckpointError):
        verify_cosignatures(Note("hello\n", (line,)), WITNESSES)


@pytest.mark.parametrize("timestamp", [-1, 0, MAX_TIMESTAMP + 1])
def test_witness_gives_no_time_out_of_range(timestamp: int) -> None:
    with pytest.raises(RangeError):
        COSIGNERS[0].cosign(CHECKPOINT, timestamp)


def test_quorum_is_met_by_enough_witnesses() -> None:
    note = cosigned(NOTE, [COSIGNERS[2], COSIGNERS[0]])
    assert require_quorum(note, QUORUM) == (Cosignature(WITNESSES[0], NOW), Cosignature(WITNESSES[2], NOW))
    assert len(require_quorum(cosigned(NOTE, COSIGNERS), QUORUM)) == 3


def test_too_few_witnesses_are_refused_by_name() -> None:
    with pytest.raises(QuorumError, match="1 of the 2") as caught:
        require_quorum(cosigned(NOTE, COSIGNERS[1:2]), QUORUM)
    assert caught.value.missing == ("witness.example/notary", "witness.example/association")
    assert "witness.example/notary, witness.example/association" in str(caught.value)


def test_one_witness_twice_is_one_witness() -> None:
    lines = [COSIGNERS[0].cosign(CHECKPOINT, NOW + second) for second in (5, 9, 7)]
    note = Note(NOTE.text, (*NOTE.signatures, *lines))
    with pytest.raises(QuorumError):
        require_quorum(note, QUORUM)
    assert verify_cosignatures(note, WITNESSES) == (Cosignature(WITNESSES[0], NOW + 9),)


def test_strangers_and_the_log_itself_do_not_count() -> None:
    stranger = Cosigner("witness.example/notary", SigningKey(b"S" * 32))
    note = cosigned(NOTE, [COSIGNERS[0], stranger, Cosigner(ORIGIN, LOG_KEY)])
    with pytest.raises(QuorumError, match="1 of the 2"):
        require_quorum(note, QUORUM)


def test_bad_cosignature_of_a_known_witness_spoils_the_note_whatever_the_rest() -> None:
    bad = NoteSignature(WITNESSES[2].name, WITNESSES[2].key_id, bytes(72))
    note = cosigned(NOTE, COSIGNERS[:2])
    assert require_quorum(note, QUORUM)
    with pytest.raises(SignatureError):
        require_quorum(note.signed_also([bad]), QUORUM)


def test_cosignature_of_another_checkpoint_does_not_count() -> None:
    other = log_note(TREE, 4)
    lines = [cosigner.cosign(Checkpoint.parse(other.text), NOW) for cosigner in COSIGNERS]
    with pytest.raises(SignatureError):
        require_quorum(NOTE.signed_also(lines), QUORUM)


def test_threshold_of_zero_asks_for_nothing() -> None:
    assert require_quorum(NOTE, Quorum(0, ())) == ()


def test_one_key_under_two_names_is_one_witness() -> None:
    twin = NoteKey("witness.example/twin", COSIGNATURE_V1, COSIGNERS[0].key.verify_key)
    with pytest.raises(NoteError, match="two witnesses"):
        Quorum(1, (WITNESSES[0], twin))


@pytest.mark.parametrize("threshold", [-1, 4])
def test_threshold_lies_between_0_and_n(threshold: int) -> None:
    with pytest.raises(NoteError, match="no threshold"):
        Quorum(threshold, WITNESSES)


def test_key_of_a_log_is_no_witness_key() -> None:
    with pytest.raises(NoteError, match="0x04"):
        Quorum(1, LOG.keys)


def test_witness_with_a_bad_name_is_refused_at_once() -> None:
    with pytest.raises(NoteError):
        Cosigner("two words", LOG_KEY)

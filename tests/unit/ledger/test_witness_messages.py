"""The witness protocol: the examples of c2sp.org/tlog-witness, and the rule by which a witness cosigns."""

import pytest

from crypto.signatures import SigningKey
from ledger.checkpoint import Checkpoint, LogIdentity, open_checkpoint, sign_checkpoint
from ledger.cosignature import Cosignature, verify_cosignatures
from ledger.errors import (
    CheckpointError,
    ConflictError,
    InconsistentError,
    QuorumError,
    SignatureError,
    UnknownOriginError,
    WitnessMessageError,
)
from ledger.merkle import EMPTY_ROOT, consistency_proof
from ledger.note import ED25519, Note, NoteKey, NoteSignature, encode_base64, parse_signature_lines, sign
from ledger.witness_messages import (
    MAX_PROOF_LINES,
    MAX_REQUEST_SIZE,
    NEVER_SEEN,
    SIZE_CONTENT_TYPE,
    Accepted,
    AddCheckpoint,
    TreeHead,
    decide,
    parse_size_body,
    refusal_status,
    size_body,
    take_cosignatures,
)
from tests.unit.ledger.example_log import (
    COSIGNERS,
    LOG,
    LOG_KEY,
    NOW,
    ORIGIN,
    WITNESSES,
    MemoryTree,
    log_note,
    some_entries,
)

EXAMPLE = """\
old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
""".encode()
EXAMPLE_ANSWER = """\
— witness.example/w1 CMp+6LWBU0anHGH5aNDTJkH/gj79sG+T6+iP2ThYN5krrDJbR1HDnucjL39QsZTSvVjyQLrdk3DXDqI5G2HgLatVs0pWh6Up69HVOw==
— witness.example/w1 I7rEps0pvK2UqkS2gSpVUDhrhVtQV9lgF6pRrWAvjJHjyWpW7VcE3SiOlVlbQNt64vWhO+DlkL0+UfzuOBMh9ChdMkP1vi/lCAsmlw==
— witness.example/w2 AWui8Sk55XjYLOijihBjhqEH6nS1ndDymE0a+6idX7pLcnoB+dhnz0854aLZgrrKbYKA7nC3HNJhm/kWl7oJlqU3rXXvpysAdyP3wQ==
"""

ENTRIES = some_entries(12)
TREE = MemoryTree.of(ENTRIES)
FORK = MemoryTree.of([*ENTRIES[:4], b'"fork"', *ENTRIES[5:]])
LOGS = {ORIGIN: LOG}
COSIGNER, WITNESS = COSIGNERS[0], WITNESSES[0]


def request(old: int, new: int, tree: MemoryTree = TREE, key: SigningKey = LOG_KEY) -> AddCheckpoint:
    """What an honest log with this tree sends."""
    note = sign_checkpoint(Checkpoint(ORIGIN, new, tree.root(new)), key)
    return AddCheckpoint(old, consistency_proof(old, new, tree.read_hash), note)


def head(size: int, tree: MemoryTree = TREE) -> TreeHead:
    return TreeHead(size, tree.root(size))


def ask(message: AddCheckpoint, seen: TreeHead | None) -> Accepted:
    """The message as bytes to a witness that saw this head last."""
    known = {} if seen is None else {ORIGIN: seen}
    return decide(AddCheckpoint.parse(message.to_bytes()), LOGS, known, COSIGNER, NOW)


def test_request_of_the_specification_parses() -> None:
    parsed = AddCheckpoint.parse(EXAMPLE)
    assert parsed.old_size == 20852014
    assert len(parsed.proof) == 4
    assert parsed.proof[0].hex() == "3e544d0abc07a6a846aeea6e7b42fb8316e36cc88a03db5e9afb996430e991ac"
    assert Checkpoint.parse(parsed.note.text).size == 20852163
    assert len(parsed.note.signatures) == 2
    assert parsed.to_bytes() == EXAMPLE


def test_answer_of_the_specification_parses() -> None:
    lines = parse_signature_lines(EXAMPLE_ANSWER)
    assert [line.name for line in lines] == ["witness.example/w1", "witness.example/w1", "witness.example/w2"]
    assert [len(line.signature) for line in lines] == [72, 72, 72]
    assert "".join(line.line for line in lines) == EXAMPLE_ANSWER


def test_first_checkpoint_is_cosigned() -> None:
    accepted = ask(request(0, 5), None)
    assert accepted.head == head(5)
    assert verify_cosignatures(accepted.note, WITNESSES) == (Cosignature(WITNESS, NOW),)
    assert open_checkpoint(accepted.note, LOG).checkpoint.size == 5
    assert accepted.body.decode() == accepted.note.signatures[-1].line


def test_every_honest_step_is_cosigned() -> None:
    for old in range(13):
        for new in range(old, 13):
            assert ask(request(old, new), head(old)).head == head(new)


def test_same_checkpoint_may_be_cosigned_again() -> None:
    again = ask(request(5, 5), head(5))
    assert again.head == head(5)
    assert verify_cosignatures(again.note, WITNESSES)


def test_replayed_request_is_a_conflict_that_tells_the_size() -> None:
    first = request(5, 8)
    seen = ask(first, head(5)).head
    with pytest.raises(ConflictError) as caught:
        ask(first, seen)
    assert refusal_status(caught.value) == 409
    assert size_body(caught.value.size) == b"8\n"
    assert parse_size_body(b"8\n") == 8
    assert SIZE_CONTENT_TYPE == "text/x.tlog.size"


def test_stale_old_size_is_a_conflict_even_with_a_true_proof() -> None:
    with pytest.raises(ConflictError) as caught:
        ask(request(5, 10), head(8))
    assert caught.value.size == 8


def test_request_from_zero_is_a_conflict_once_the_log_is_known() -> None:
    with pytest.raises(ConflictError):
        ask(request(0, 10), head(8))


def test_forked_log_is_refused() -> None:
    for proof in (request(6, 9, FORK).proof, request(6, 9).proof, ()):
        message = AddCheckpoint(6, proof, request(6, 9, FORK).note)
        with pytest.raises(InconsistentError, match=r"forked|must not be empty") as caught:
            ask(message, head(6))
        assert refusal_status(caught.value) == 422


def test_fork_at_the_same_size_is_refused() -> None:
    with pytest.raises(InconsistentError, match="two roots") as caught:
        ask(request(6, 6, FORK), head(6))
    assert refusal_status(caught.value) == 422


def test_shrunk_log_is_refused() -> None:
    with pytest.raises(ConflictError):
        ask(request(3, 5), head(8))
    shrinking = AddCheckpoint(8, (), log_note(TREE, 5))
    with pytest.raises(WitnessMessageError, match="above") as caught:
        ask(shrinking, head(8))
    assert refusal_status(caught.value) == 400


def test_old_size_above_the_checkpoint_is_malformed_before_it_is_a_conflict() -> None:
    with pytest.raises(WitnessMessageError):
        ask(AddCheckpoint(9, (), log_note(TREE, 5)), head(8))


def test_proof_from_zero_must_be_empty() -> None:
    with pytest.raises(InconsistentError, match="must be empty") as caught:
        ask(AddCheckpoint(0, (bytes(32),), log_note(TREE, 5)), None)
    assert refusal_status(caught.value) == 422


def test_empty_log_has_the_empty_root() -> None:
    assert ask(request(0, 0), None).head == NEVER_SEEN == TreeHead(0, EMPTY_ROOT)
    wrong = sign_checkpoint(Checkpoint(ORIGIN, 0, bytes(32)), LOG_KEY)
    with pytest.raises(InconsistentError, match="empty string") as caught:
        ask(AddCheckpoint(0, (), wrong), None)
    assert refusal_status(caught.value) == 422


def test_unknown_log_is_refused() -> None:
    with pytest.raises(UnknownOriginError) as caught:
        decide(request(0, 5), {}, {}, COSIGNER, NOW)
    assert refusal_status(caught.value) == 404


def test_checkpoint_without_the_logs_signature_is_refused() -> None:
    with pytest.raises(SignatureError) as caught:
        ask(request(0, 5, key=SigningKey(bytes(32))), None)
    assert refusal_status(caught.value) == 403


def test_bad_signature_of_a_known_key_is_refused_beside_a_good_one() -> None:
    bad = NoteSignature(ORIGIN, LOG.keys[0].key_id, bytes(64))
    good = request(0, 5)
    message = AddCheckpoint(0, (), Note(good.note.text, (*good.note.signatures, bad)))
    with pytest.raises(SignatureError) as caught:
        ask(message, None)
    assert refusal_status(caught.value) == 403


def test_signature_is_checked_before_anything_of_the_log_is_told() -> None:
    with pytest.raises(SignatureError):
        ask(request(3, 5, key=SigningKey(bytes(32))), head(8))


def test_signed_text_that_is_no_checkpoint_is_malformed() -> None:
    text = f"{ORIGIN}\nhello\n"
    note = Note(text, (sign(text, ORIGIN, LOG_KEY),))
    with pytest.raises(CheckpointError):
        AddCheckpoint(0, (), note)
    with pytest.raises(WitnessMessageError) as caught:
        AddCheckpoint.parse(b"old 0\n\n" + note.to_bytes())
    assert refusal_status(caught.value) == 400


def test_note_for_monitors_has_only_signatures_that_were_verified() -> None:
    new_key = SigningKey(b"N" * 32)
    both = LogIdentity(ORIGIN, (*LOG.keys, NoteKey(ORIGIN, ED25519, new_key.verify_key)))
    checkpoint = Checkpoint(ORIGIN, 5, TREE.root(5))
    stranger = NoteSignature("stranger.example", bytes(4), bytes(64))
    lines = sign_checkpoint(checkpoint, LOG_KEY, new_key, LOG_KEY).signatures
    message = AddCheckpoint(0, (), Note(checkpoint.text, (stranger, *lines)))
    accepted = decide(message, {ORIGIN: both}, {}, COSIGNER, NOW)
    assert [line.key_id for line in accepted.note.signatures] == [
        both.keys[0].key_id,
        both.keys[1].key_id,
        WITNESS.key_id,
    ]


def test_logs_do_not_share_what_was_seen() -> None:
    seen = {"other.example": head(8)}
    assert decide(request(0, 5), LOGS, seen, COSIGNER, NOW).head == head(5)


@pytest.mark.parametrize(
    "head_lines",
    [
        "",
        "old",
        "old ",
        "old 05",
        "old -1",
        "old +1",
        "old 1 ",
        " old 1",
        "Old 1",
        "old 1\r",
        "new 1",
        f"old {2**63}",
    ],
)
def test_malformed_old_size_line_is_refused(head_lines: str) -> None:
    with pytest.raises(WitnessMessageError):
        AddCheckpoint.parse(head_lines.encode() + b"\n\n" + log_note(TREE, 5).to_bytes())


@pytest.mark.parametrize(
    "line",
    ["", "AAAA", encode_base64(bytes(31)), encode_base64(bytes(33)), encode_base64(bytes(32)) + " ", "é"],
)
def test_malformed_proof_line_is_refused(line: str) -> None:
    with pytest.raises(WitnessMessageError):
        AddCheckpoint.parse(f"old 1\n{line}\n\n".encode() + log_note(TREE, 5).to_bytes())


def test_request_without_an_empty_line_or_a_note_is_refused() -> None:
    for body in (b"", b"old 1\n", b"old 1\n\n", b"old 1\n" + log_note(TREE, 5).to_bytes()):
        with pytest.raises(WitnessMessageError):
            AddCheckpoint.parse(body)


def test_limits_of_a_request() -> None:
    note = log_note(TREE, 5)
    most = AddCheckpoint(1, (bytes(32),) * MAX_PROOF_LINES, note)
    assert AddCheckpoint.parse(most.to_bytes()) == most
    with pytest.raises(WitnessMessageError, match="63"):
        AddCheckpoint(1, (bytes(32),) * (MAX_PROOF_LINES + 1), note)
    with pytest.raises(WitnessMessageError, match="at most"):
        AddCheckpoint.parse(bytes(MAX_REQUEST_SIZE + 1))


@pytest.mark.parametrize("body", [b"", b"8", b"8\n\n", b"08\n", b"8\r\n", b" 8\n", b"-8\n", b"\xff\n"])
def test_malformed_size_body_is_refused(body: bytes) -> None:
    with pytest.raises(WitnessMessageError):
        parse_size_body(body)


def test_status_of_an_error_that_is_no_refusal_is_that_error() -> None:
    with pytest.raises(QuorumError):
        refusal_status(QuorumError("other", ()))


def test_log_takes_the_cosignatures_of_known_witnesses_alone() -> None:
    note = log_note(TREE, 5)
    checkpoint = Checkpoint.parse(note.text)
    stranger = NoteSignature("stranger.example", bytes(4), bytes(2420)).line
    body = (
        stranger + COSIGNERS[1].cosign(checkpoint, NOW).line + COSIGNER.cosign(checkpoint, NOW).line
    ).encode()
    taken = take_cosignatures(note, body, WITNESSES[:2])
    assert [line.name for line in taken.signatures] == [ORIGIN, WITNESSES[1].name, WITNESSES[0].name]
    newer = take_cosignatures(taken, COSIGNER.cosign(checkpoint, NOW + 1).line.encode(), WITNESSES[:2])
    assert verify_cosignatures(newer, WITNESSES[:1]) == (Cosignature(WITNESS, NOW + 1),)
    assert len(newer.signatures) == 3


def test_log_refuses_an_answer_that_cosigns_nothing() -> None:
    note = log_note(TREE, 5)
    other = Checkpoint(ORIGIN, 4, TREE.root(4))
    untimed = bytes(8) + COSIGNER.key.sign(f"cosignature/v1\ntime 0\n{note.text}".encode())
    for line in (
        NoteSignature("stranger.example", bytes(4), bytes(72)),
        COSIGNER.cosign(other, NOW),
        NoteSignature(WITNESS.name, WITNESS.key_id, untimed),
        sign(note.text, WITNESS.name, COSIGNER.key),
    ):
        with pytest.raises(SignatureError):
            take_cosignatures(note, line.line.encode(), WITNESSES)


@pytest.mark.parametrize(
    "body", [b"", b"\n", b"hello\n", b"\xff\n", EXAMPLE_ANSWER[:-1].encode(), EXAMPLE_ANSWER.encode() + b"\n"]
)
def test_malformed_answer_is_refused(body: bytes) -> None:
    with pytest.raises(WitnessMessageError):
        take_cosignatures(log_note(TREE, 5), body, WITNESSES)

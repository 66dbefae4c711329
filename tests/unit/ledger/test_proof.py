"""Receipts: the layout of c2sp.org/tlog-proof, the four steps, and what a changed byte can do (nothing)."""

import pytest

from crypto.signatures import SigningKey
from ledger.checkpoint import Checkpoint, LogIdentity, sign_checkpoint
from ledger.cosignature import Cosignature, Quorum
from ledger.errors import (
    CheckpointError,
    EntryError,
    InclusionError,
    LedgerError,
    NoteError,
    ProofError,
    QuorumError,
    SignatureError,
    UnknownOriginError,
)
from ledger.merkle import inclusion_proof, leaf_hash
from ledger.note import COSIGNATURE_V1, ED25519, Note, NoteKey, NoteSignature, sign
from ledger.proof import (
    MAX_EXTRA_SIZE,
    MAX_PATH_LINES,
    MAX_PROOF_SIZE,
    Policy,
    Receipt,
    TlogProof,
    entry_leaf,
    make_receipt,
    verify_proof,
    verify_receipt,
)
from tests.unit.ledger.example_log import (
    COSIGNERS,
    LOG,
    LOG_KEY,
    NOW,
    ORIGIN,
    POLICY,
    WITNESSES,
    MemoryTree,
    cosigned,
    log_note,
    receipt,
    some_entries,
)

# The first lines of the specification's example; its signatures are printed there with parts left out.
EXAMPLE = """\
c2sp.org/tlog-proof@v1
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=
RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=
AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=

example.com/fancylog
109482
sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=

"""

ENTRIES = some_entries(11)
INDEX = 6
TREE = MemoryTree.of(ENTRIES)
PATH = inclusion_proof(INDEX, 11, TREE.read_hash)
FILE = receipt(ENTRIES, INDEX)
PROVEN = Receipt(
    ENTRIES[INDEX],
    INDEX,
    Checkpoint(ORIGIN, 11, TREE.root(11)),
    (Cosignature(WITNESSES[0], NOW), Cosignature(WITNESSES[1], NOW)),
)
STRANGER = NoteSignature("stranger.example", b"\x06\0\0\0", bytes(80))


def test_example_of_the_specification_parses_and_comes_back_the_same() -> None:
    data = EXAMPLE.encode() + STRANGER.line.encode()
    proof = TlogProof.parse(data)
    assert (proof.index, len(proof.path), proof.extra) == (73894, 5, None)
    assert proof.path[0].hex() == "8122b25e861952067a8ddb9662b9033804629ce30626f7978e032405371d3e54"
    assert Checkpoint.parse(proof.note.text).origin == "example.com/fancylog"
    assert proof.to_bytes() == data


def test_receipt_proves_entry_place_and_witnesses() -> None:
    assert verify_receipt(FILE, POLICY) == PROVEN
    assert TlogProof.parse(FILE).to_bytes() == FILE


def test_every_entry_of_every_small_tree_has_a_receipt() -> None:
    for size in range(1, 12):
        for index in range(size):
            proven = verify_receipt(receipt(ENTRIES[:size], index), POLICY)
            assert (proven.entry, proven.index, proven.checkpoint.size) == (ENTRIES[index], index, size)


def test_entry_may_come_from_elsewhere_and_extra_has_no_say() -> None:
    proof = TlogProof(INDEX, PATH, TlogProof.parse(FILE).note, extra=b"anything")
    assert verify_proof(proof, ENTRIES[INDEX], POLICY) == PROVEN
    with pytest.raises(InclusionError):
        verify_proof(TlogProof.parse(FILE), ENTRIES[INDEX + 1], POLICY)


def test_receipt_without_its_entry_says_so() -> None:
    bare = TlogProof(INDEX, PATH, TlogProof.parse(FILE).note)
    with pytest.raises(ProofError, match="verify_proof"):
        verify_receipt(bare.to_bytes(), POLICY)
    assert verify_proof(bare, ENTRIES[INDEX], POLICY) == PROVEN


def test_padded_entry_is_refused() -> None:
    note = TlogProof.parse(FILE).note
    for extra in (b" " + ENTRIES[INDEX], ENTRIES[INDEX] + b"\n"):
        with pytest.raises(EntryError):
            verify_receipt(TlogProof(INDEX, PATH, note, extra).to_bytes(), POLICY)


@pytest.mark.parametrize("bit", range(8))
def test_every_flipped_bit_of_a_receipt_with_just_enough_cosignatures_is_refused(bit: int) -> None:
    """Every byte is under a signature or a hash, or would make the file malformed."""
    for at in range(len(FILE)):
        with pytest.raises(LedgerError):
            verify_receipt(_with(FILE, at, FILE[at] ^ 1 << bit), POLICY)


@pytest.mark.long
def test_every_changed_byte_of_a_receipt_with_just_enough_cosignatures_is_refused() -> None:
    for at in range(len(FILE)):
        for value in set(range(256)) - {FILE[at]}:
            with pytest.raises(LedgerError):
                verify_receipt(_with(FILE, at, value), POLICY)


@pytest.mark.parametrize("bit", range(8))
def test_flipped_bit_in_spare_lines_changes_nothing_that_is_proven(bit: int) -> None:
    """With more signatures than the policy asks for, two kinds of change are taken, and no other:

    - in the line of a key that is not known: nobody reads it but for its form;
    - in name or key ID of a witness to spare: its cosignature becomes a stranger's, the rest still suffice.

    Entry, index, checkpoint and the other cosignatures stay what they were.
    """
    note = cosigned(log_note(TREE, 11), COSIGNERS)
    data = make_receipt(ENTRIES[INDEX], INDEX, PATH, Note(note.text, (*note.signatures, STRANGER)))
    before = verify_receipt(data, POLICY)
    lines = {name: data.index(f"— {name} ".encode()) for name in (w.name for w in WITNESSES)}
    stranger_starts = data.index(STRANGER.line.encode())
    taken = 0
    for at in range(len(data)):
        try:
            after = verify_receipt(_with(data, at, data[at] ^ 1 << bit), POLICY)
        except LedgerError:
            continue
        taken += 1
        lost = (
            None
            if at >= stranger_starts
            else max((start, name) for name, start in lines.items() if start <= at)[1]
        )
        left = tuple(given for given in before.cosignatures if given.witness.name != lost)
        assert after == Receipt(before.entry, before.index, before.checkpoint, left)
    assert bit == 7 or taken  # bit 7 breaks UTF-8, or base64


def test_truncated_receipt_is_an_error_not_a_shorter_one() -> None:
    for length in range(len(FILE)):
        with pytest.raises(LedgerError):
            verify_receipt(FILE[:length], POLICY)


def test_doubled_or_lengthened_receipt_is_refused() -> None:
    for data in (FILE + FILE, FILE + b"\n", b"\n" + FILE, FILE + b"x"):
        with pytest.raises(LedgerError):
            verify_receipt(data, POLICY)


def test_receipt_for_another_index_is_refused() -> None:
    note = TlogProof.parse(FILE).note
    for index in (0, INDEX - 1, INDEX + 1, 11, 2**62):
        with pytest.raises(InclusionError):
            verify_proof(TlogProof(index, PATH, note), ENTRIES[INDEX], POLICY)


def test_checkpoint_of_another_log_is_refused() -> None:
    other = LogIdentity("other.example", LOG.keys)
    with pytest.raises(UnknownOriginError):
        verify_receipt(FILE, Policy(other, POLICY.quorum))


def test_checkpoint_that_the_log_did_not_sign_is_refused() -> None:
    checkpoint = Checkpoint(ORIGIN, 11, TREE.root(11))
    note = cosigned(sign_checkpoint(checkpoint, SigningKey(bytes(32))), COSIGNERS)
    with pytest.raises(SignatureError):
        verify_receipt(make_receipt(ENTRIES[INDEX], INDEX, PATH, note), POLICY)


def test_too_few_cosignatures_are_refused() -> None:
    with pytest.raises(QuorumError, match="supervisor"):
        verify_receipt(receipt(ENTRIES, INDEX, COSIGNERS[:1]), POLICY)
    with pytest.raises(QuorumError):
        verify_receipt(receipt(ENTRIES, INDEX, ()), POLICY)


def test_cosignatures_of_an_older_checkpoint_do_not_carry_over() -> None:
    older = cosigned(log_note(TREE, 10), COSIGNERS).signatures[1:]
    note = log_note(TREE, 11).signed_also(older)
    with pytest.raises(SignatureError):
        verify_receipt(make_receipt(ENTRIES[INDEX], INDEX, PATH, note), POLICY)


def test_witnessed_tree_without_the_entry_is_refused() -> None:
    tree = MemoryTree.of([*ENTRIES[:INDEX], b"{}", *ENTRIES[INDEX + 1 :]])
    path = inclusion_proof(INDEX, 11, tree.read_hash)
    note = cosigned(log_note(tree, 11), COSIGNERS)
    with pytest.raises(InclusionError):
        verify_receipt(make_receipt(ENTRIES[INDEX], INDEX, path, note), POLICY)


def test_log_does_not_witness_itself() -> None:
    as_witness = NoteKey("innocent.example", COSIGNATURE_V1, LOG_KEY.verify_key)
    with pytest.raises(NoteError, match="as a witness"):
        Policy(LOG, Quorum(1, (as_witness,)))


def test_entry_is_canonical_json_of_at_most_65535_bytes() -> None:
    longest = b'"' + b"x" * 65533 + b'"'
    assert entry_leaf(longest) == leaf_hash(longest)
    for entry in (
        b'"x' + longest[1:],
        b"",
        b"{",
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b"\xff",
        b'"\\u0041"',
        b"1.0",
    ):
        with pytest.raises(EntryError):
            entry_leaf(entry)
        with pytest.raises(EntryError):
            make_receipt(entry, INDEX, PATH, TlogProof.parse(FILE).note)


def test_leaf_that_is_not_an_entry_is_refused_though_it_is_in_the_tree() -> None:
    tree = MemoryTree.of([b'{"a": 1}'])
    note = cosigned(log_note(tree, 1), COSIGNERS)
    with pytest.raises(EntryError):
        verify_receipt(TlogProof(0, (), note, extra=b'{"a": 1}').to_bytes(), POLICY)


HEAD, _, REST = FILE.partition(b"\n\n")
HEADER, EXTRA, INDEX_LINE, *HASHES = HEAD.split(b"\n")


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [b""],
        [b"c2sp.org/tlog-proof@v2", EXTRA, INDEX_LINE, *HASHES],
        [b"c2sp.org/tlog-proof@v1 ", EXTRA, INDEX_LINE, *HASHES],
        [HEADER, EXTRA, *HASHES],
        [HEADER, INDEX_LINE, EXTRA, *HASHES],
        [HEADER, EXTRA, EXTRA, INDEX_LINE, *HASHES],
        [HEADER, EXTRA, INDEX_LINE, INDEX_LINE, *HASHES],
        [HEADER, b"extra ", INDEX_LINE, *HASHES],
        [HEADER, b"extra", INDEX_LINE, *HASHES],
        [HEADER, b"extra  " + EXTRA[6:], INDEX_LINE, *HASHES],
        [HEADER, b"extra QR==", INDEX_LINE, *HASHES],
        [HEADER, EXTRA, b"index 06", *HASHES],
        [HEADER, EXTRA, b"index -6", *HASHES],
        [HEADER, EXTRA, b"index  6", *HASHES],
        [HEADER, EXTRA, b"index ", *HASHES],
        [HEADER, EXTRA, b"Index 6", *HASHES],
        [HEADER, EXTRA, b"index 9223372036854775808", *HASHES],
        [HEADER, EXTRA, INDEX_LINE, b"", *HASHES],
        [HEADER, EXTRA, INDEX_LINE, b"AAAA", *HASHES],
        [HEADER, EXTRA, INDEX_LINE, *HASHES, b" "],
        [HEADER, EXTRA, INDEX_LINE, *[HASHES[0]] * (MAX_PATH_LINES + 1)],
        [HEADER + b"\r", EXTRA, INDEX_LINE, *HASHES],
        [HEADER, EXTRA, INDEX_LINE + b"\r", *HASHES],
        [HEADER, EXTRA, INDEX_LINE, "é".encode(), *HASHES],
    ],
)
def test_malformed_head_is_refused(lines: list[bytes]) -> None:
    assert b"\n".join([HEADER, EXTRA, INDEX_LINE, *HASHES]) + b"\n\n" + REST == FILE
    with pytest.raises(ProofError):
        TlogProof.parse(b"\n".join(lines) + b"\n\n" + REST)


def test_proof_around_something_that_is_no_checkpoint_is_refused() -> None:
    text = f"{ORIGIN}\n11\n"
    note = Note(text, (sign(text, ORIGIN, LOG_KEY),))
    with pytest.raises(CheckpointError):
        TlogProof(INDEX, PATH, note)
    with pytest.raises(ProofError):
        TlogProof.parse(HEAD + b"\n\n" + note.to_bytes())
    with pytest.raises(ProofError):
        TlogProof.parse(HEAD + b"\n\n")


def test_limits_of_a_file() -> None:
    note = TlogProof.parse(FILE).note
    most = TlogProof(2**63 - 1, (bytes(32),) * MAX_PATH_LINES, note, bytes(MAX_EXTRA_SIZE))
    assert TlogProof.parse(most.to_bytes()) == most
    for extra in (b"", bytes(MAX_EXTRA_SIZE + 1)):
        with pytest.raises(ProofError):
            TlogProof(0, (), note, extra)
    with pytest.raises(ProofError):
        TlogProof(0, (bytes(31),), note)
    with pytest.raises(ProofError, match="at most"):
        TlogProof.parse(bytes(MAX_PROOF_SIZE + 1))


def test_receipt_outlives_a_change_of_the_logs_key() -> None:
    new_key = NoteKey(ORIGIN, ED25519, SigningKey(b"N" * 32).verify_key)
    both = LogIdentity(ORIGIN, (*LOG.keys, new_key))
    assert verify_receipt(FILE, Policy(both, POLICY.quorum)) == PROVEN


def _with(data: bytes, at: int, value: int) -> bytes:
    return data[:at] + bytes([value]) + data[at + 1 :]

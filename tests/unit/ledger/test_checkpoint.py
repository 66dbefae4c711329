"""Checkpoints: the example of c2sp.org/tlog-checkpoint, strict lines, and whose checkpoint it is."""

import pytest
from sigstore._internal.rekor.checkpoint import SignedCheckpoint as SigstoreCheckpoint

from crypto.signatures import SigningKey
from ledger.checkpoint import (
    MAX_SIZE,
    Checkpoint,
    LogIdentity,
    open_checkpoint,
    parse_hash,
    parse_size,
    sign_checkpoint,
)
from ledger.errors import CheckpointError, MalformedError, NoteError, SignatureError, UnknownOriginError
from ledger.note import COSIGNATURE_V1, ED25519, Note, NoteKey, NoteSignature, sign, verify
from tests.unit.ledger.example_log import LOG, LOG_KEY, ORIGIN

EXAMPLE = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
""".encode()
# The public key of Go's checksum database. The example is one of its checkpoints under another origin.
SUMDB = NoteKey.parse("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")

ROOT = bytes(range(32))
CHECKPOINT = Checkpoint(ORIGIN, 42, ROOT)
ROOT64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def test_example_of_the_specification_parses() -> None:
    note = Note.parse(EXAMPLE)
    checkpoint = Checkpoint.parse(note.text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.root.hex() == "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62"
    assert checkpoint.text == note.text
    assert note.to_bytes() == EXAMPLE


def test_example_of_the_specification_is_a_checkpoint_that_a_real_log_signed() -> None:
    example = Note.parse(EXAMPLE)
    line = NoteSignature(SUMDB.name, *_parts(example.signatures[0]))
    note = Note(example.text.replace("example.com/behind-the-sofa", "go.sum database tree"), (line,))
    signed = open_checkpoint(note, LogIdentity("go.sum database tree", (SUMDB,)))
    assert signed.checkpoint.size == 20852163
    with pytest.raises(SignatureError):
        verify(Note(example.text, (line,)), [SUMDB])


def test_signed_checkpoint_opens() -> None:
    note = sign_checkpoint(CHECKPOINT, LOG_KEY)
    signed = open_checkpoint(Note.parse(note.to_bytes()), LOG)
    assert signed.checkpoint == CHECKPOINT
    assert signed.signed_by == LOG.keys


def test_sigstore_reads_our_checkpoints() -> None:
    theirs = SigstoreCheckpoint.from_text(sign_checkpoint(CHECKPOINT, LOG_KEY).to_bytes().decode())
    assert (theirs.checkpoint.origin, theirs.checkpoint.log_size) == (ORIGIN, 42)
    assert theirs.checkpoint.log_hash == ROOT.hex()
    assert [signature.name for signature in theirs.signed_note.signatures] == [ORIGIN]


def test_checkpoint_of_another_log_is_refused() -> None:
    other = Checkpoint("other.example", 42, ROOT)
    with pytest.raises(UnknownOriginError, match=r"other\.example"):
        open_checkpoint(Note(other.text, (sign(other.text, ORIGIN, LOG_KEY),)), LOG)


def test_checkpoint_signed_by_someone_else_is_refused() -> None:
    with pytest.raises(SignatureError):
        open_checkpoint(sign_checkpoint(CHECKPOINT, SigningKey(bytes(32))), LOG)


def test_signature_does_not_carry_over_to_another_size_or_root() -> None:
    line = sign(CHECKPOINT.text, ORIGIN, LOG_KEY)
    for other in (Checkpoint(ORIGIN, 43, ROOT), Checkpoint(ORIGIN, 42, bytes(32))):
        with pytest.raises(SignatureError):
            open_checkpoint(Note(other.text, (line,)), LOG)


def test_log_with_two_keys_is_opened_with_either() -> None:
    new_key = SigningKey(b"N" * 32)
    both = LogIdentity(ORIGIN, (*LOG.keys, NoteKey(ORIGIN, ED25519, new_key.verify_key)))
    assert open_checkpoint(sign_checkpoint(CHECKPOINT, LOG_KEY), both).signed_by == LOG.keys
    assert open_checkpoint(sign_checkpoint(CHECKPOINT, new_key), both).signed_by == both.keys[1:]
    handover = sign_checkpoint(CHECKPOINT, LOG_KEY, new_key)
    assert open_checkpoint(handover, both).signed_by == both.keys
    assert open_checkpoint(handover, LOG).signed_by == LOG.keys


def test_log_is_known_by_distinct_keys_of_type_1() -> None:
    for keys in ((), (NoteKey(ORIGIN, COSIGNATURE_V1, LOG_KEY.verify_key),), LOG.keys * 2):
        with pytest.raises(NoteError):
            LogIdentity(ORIGIN, keys)


def test_extension_lines_are_kept() -> None:
    checkpoint = Checkpoint(ORIGIN, 42, ROOT, ("one", "two words"))
    assert Checkpoint.parse(checkpoint.text) == checkpoint
    assert checkpoint.text == f"{ORIGIN}\n42\n{ROOT64}\none\ntwo words\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        f"{ORIGIN}\n42\n",
        f"{ORIGIN}\n42\n{ROOT64}",
        f"\n42\n{ROOT64}\n",
        f"{ORIGIN}\n\n{ROOT64}\n",
        f"{ORIGIN}\n42\n\n",
        f"{ORIGIN}\n42\n{ROOT64}\n\n",
        f"{ORIGIN}\n42\n{ROOT64}\n\nextension\n",
        f"{ORIGIN}\n42\n{ROOT64}\nextension",
        f"{ORIGIN}\n042\n{ROOT64}\n",
        f"{ORIGIN}\n+42\n{ROOT64}\n",
        f"{ORIGIN}\n-42\n{ROOT64}\n",
        f"{ORIGIN}\n 42\n{ROOT64}\n",
        f"{ORIGIN}\n42 \n{ROOT64}\n",
        f"{ORIGIN}\n4_2\n{ROOT64}\n",
        f"{ORIGIN}\n４２\n{ROOT64}\n",
        f"{ORIGIN}\n0x2a\n{ROOT64}\n",
        f"{ORIGIN}\n{2**63}\n{ROOT64}\n",
        f"{ORIGIN}\n{'9' * 5000}\n{ROOT64}\n",
        f"{ORIGIN}\n42\n{ROOT64[:-1]}\n",
        f"{ORIGIN}\n42\n{ROOT64[:-4]}\n",
        f"{ORIGIN}\n42\n{ROOT64} \n",
        f"{ORIGIN}\n42\n{ROOT64.replace('h8=', 'h9=')}\n",
        f"{ORIGIN}\n42\n{ROOT.hex()}\n",
        f"{ORIGIN}\r\n42\n{ROOT64}\n",
        f"{ORIGIN}\n42\n{ROOT64}\n\x1f\n",
    ],
)
def test_malformed_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(CheckpointError):
        Checkpoint.parse(text)


@pytest.mark.parametrize(
    "value",
    [
        ("", 1, ROOT, ()),
        ("a\nb", 1, ROOT, ()),
        ("\ud800", 1, ROOT, ()),
        (ORIGIN, -1, ROOT, ()),
        (ORIGIN, MAX_SIZE + 1, ROOT, ()),
        (ORIGIN, 1, ROOT[1:], ()),
        (ORIGIN, 1, ROOT, ("",)),
        (ORIGIN, 1, ROOT, ("a\n",)),
    ],
)
def test_checkpoint_that_has_no_text_cannot_be_made(value: tuple[str, int, bytes, tuple[str, ...]]) -> None:
    with pytest.raises(CheckpointError):
        Checkpoint(*value)


def test_origin_need_not_be_a_key_name() -> None:
    checkpoint = Checkpoint("go.sum database tree", 1, ROOT)
    assert Checkpoint.parse(checkpoint.text) == checkpoint
    with pytest.raises(NoteError):
        sign_checkpoint(checkpoint, LOG_KEY)


def test_sizes_are_decimal_without_leading_zeroes_below_2_to_63() -> None:
    assert [parse_size(text) for text in ("0", "7", "10", str(MAX_SIZE))] == [0, 7, 10, MAX_SIZE]
    for text in ("", "00", "01", str(MAX_SIZE + 1), "٣", "1\n"):
        with pytest.raises(MalformedError):
            parse_size(text)


def test_hash_has_32_bytes() -> None:
    assert parse_hash(ROOT64) == ROOT
    for text in ("", "AAAA", ROOT64 + "AAAA"):
        with pytest.raises(MalformedError):
            parse_hash(text)


def _parts(signature: NoteSignature) -> tuple[bytes, bytes]:
    return signature.key_id, signature.signature

"""The ledger's texts and files: what is written parses to the same value, and no two texts to one value."""

from collections.abc import Callable
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from crypto.signatures import SigningKey
from ledger.checkpoint import MAX_SIZE, Checkpoint
from ledger.errors import MalformedError
from ledger.note import ED25519, Note, NoteKey, NoteSignature, parse_signature_lines
from ledger.proof import TlogProof
from ledger.tiles import (
    MAX_INDEX,
    EntryBundle,
    Tile,
    changed_tiles,
    encode_bundle,
    parse_bundle,
    parse_path,
)
from ledger.witness_messages import AddCheckpoint

V = TypeVar("V")
T = TypeVar("T")

hashes = st.binary(min_size=32, max_size=32)
sizes = st.integers(0, MAX_SIZE) | st.integers(0, 1000)
lines = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)
names = lines.filter(lambda name: "+" not in name and not any(character.isspace() for character in name))
signatures = st.builds(
    NoteSignature, names, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=80)
)
some_signatures = st.lists(signatures, min_size=1, max_size=5).map(tuple)
checkpoints = st.builds(Checkpoint, lines, sizes, hashes, st.lists(lines, max_size=3).map(tuple))
checkpoint_notes = st.builds(Note, checkpoints.map(lambda checkpoint: checkpoint.text), some_signatures)
paths = st.lists(hashes, max_size=63).map(tuple)
widths = st.integers(1, 256)
tiles = st.builds(Tile, st.integers(0, 63), st.integers(0, MAX_INDEX) | st.integers(0, 2000), widths)
bundles = st.builds(EntryBundle, st.integers(0, MAX_INDEX) | st.integers(0, 2000), widths)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n")), some_signatures)
def test_note_comes_back(text: str, lines_below: tuple[NoteSignature, ...]) -> None:
    note = Note(text + "\n", lines_below)
    assert Note.parse(note.to_bytes()) == note


@given(checkpoints)
def test_checkpoint_comes_back(checkpoint: Checkpoint) -> None:
    assert Checkpoint.parse(checkpoint.text) == checkpoint


@given(names, st.binary(min_size=32, max_size=32))
def test_verifier_key_comes_back(name: str, seed: bytes) -> None:
    key = NoteKey(name, ED25519, SigningKey(seed).verify_key)
    assert NoteKey.parse(key.vkey) == key


@given(st.builds(AddCheckpoint, sizes, paths, checkpoint_notes))
def test_request_to_a_witness_comes_back(request: AddCheckpoint) -> None:
    assert AddCheckpoint.parse(request.to_bytes()) == request


@given(st.builds(TlogProof, sizes, paths, checkpoint_notes, st.none() | st.binary(min_size=1, max_size=90)))
def test_proof_file_comes_back(proof: TlogProof) -> None:
    assert TlogProof.parse(proof.to_bytes()) == proof


@given(tiles | bundles)
def test_tile_path_comes_back(tile: Tile | EntryBundle) -> None:
    assert parse_path(tile.path) == tile


@given(st.lists(tiles | bundles, min_size=2, max_size=2, unique=True))
def test_two_tiles_never_share_a_path(two: list[Tile | EntryBundle]) -> None:
    assert two[0].path != two[1].path


@given(st.from_regex(r"tile/([0-9]{1,2}|entries)/(x[0-9]{3}/){0,6}[0-9]{3}(\.p/[0-9]{1,3})?", fullmatch=True))
def test_path_that_parses_is_written_the_same(path: str) -> None:
    _comes_back(parse_path, lambda tile: tile.path, path)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_bundle_comes_back(entries: list[bytes]) -> None:
    assert list(parse_bundle(encode_bundle(entries), EntryBundle(0, len(entries)))) == entries


@given(st.binary(max_size=60), st.integers(1, 9))
def test_bundle_that_parses_is_written_the_same(data: bytes, width: int) -> None:
    bundle = EntryBundle(0, width)
    _comes_back(lambda raw: parse_bundle(raw, bundle), encode_bundle, data)


@given(st.integers(0, 10**7), st.integers(0, 3000), st.integers(0, 3000))
def test_growing_twice_writes_all_that_growing_once_does(start: int, first: int, second: int) -> None:
    middle, end = start + first, start + first + second
    once = set(changed_tiles(start, end))
    twice = set(changed_tiles(start, middle)) | set(changed_tiles(middle, end))
    assert once <= twice
    assert all(tile.width < 256 for tile in twice - once)


@given(st.text(st.sampled_from("— ax+=\n\r\tQA/é\0"), max_size=40))
def test_signature_lines_that_parse_are_written_the_same(text: str) -> None:
    _comes_back(parse_signature_lines, lambda parsed: "".join(line.line for line in parsed), text)


@given(st.text(st.sampled_from("0123456789ab \n=A"), max_size=60))
def test_checkpoint_text_that_parses_is_written_the_same(text: str) -> None:
    _comes_back(Checkpoint.parse, lambda checkpoint: checkpoint.text, text)


@given(st.binary(max_size=200))
def test_random_bytes_are_malformed_and_nothing_worse(data: bytes) -> None:
    _comes_back(Note.parse, Note.to_bytes, data)
    _comes_back(AddCheckpoint.parse, AddCheckpoint.to_bytes, data)
    _comes_back(TlogProof.parse, TlogProof.to_bytes, data)


@given(checkpoint_notes, st.data())
def test_changed_note_that_parses_is_written_the_same(note: Note, data: st.DataObject) -> None:
    raw = bytearray(note.to_bytes())
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    _comes_back(Note.parse, Note.to_bytes, bytes(raw))


def _comes_back(parse: Callable[[T], V], write: Callable[[V], T], written: T) -> None:
    """Either it is malformed, or it is the one way of writing its value."""
    try:
        value = parse(written)
    except MalformedError:
        return
    assert write(value) == written

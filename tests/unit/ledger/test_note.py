"""Signed notes: the examples of c2sp.org/signed-note, and all that is nearly a note."""

import base64

import pytest

from crypto.errors import EncodingError, VerificationError
from crypto.signatures import SigningKey, VerifyKey
from ledger.errors import LedgerError, MalformedError, NoteError, SignatureError
from ledger.note import (
    COSIGNATURE_V1,
    ED25519,
    MAX_NOTE_SIZE,
    MAX_SIGNATURES,
    Note,
    NoteKey,
    NoteSignature,
    decode_base64,
    encode_base64,
    parse_signature_lines,
    sign,
    verify,
)

# From the section "Verifier keys" of the specification.
FOO_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
FOO_NOTE = """\
This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
""".encode()
# From its first section.
POEM = """\
Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
""".encode()

FOO = NoteKey.parse(FOO_VKEY)
KEY = SigningKey(b"k" * 32)
NAME = "log.example"
KNOWN = NoteKey(NAME, ED25519, KEY.verify_key)
TEXT = "one\n\ntwo\n"
BLOB64 = encode_base64(b"key.signature")

# The code points with the property White_Space, of the Unicode Character Database.
WHITE_SPACE = [
    *range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000,
]  # fmt: skip


def test_example_of_the_specification_verifies() -> None:
    note = Note.parse(FOO_NOTE)
    assert note.text == "This is an example message.\n"
    assert verify(note, [FOO]) == (FOO,)
    assert FOO.vkey == FOO_VKEY
    assert (FOO.name, FOO.signature_type, FOO.key_id.hex()) == ("example.com/foo", ED25519, "530d903a")


def test_text_with_empty_lines_ends_at_the_last_one() -> None:
    note = Note.parse(POEM)
    assert note.text.endswith("sole:\n\ned è subito sera.\n")
    assert [signature.name for signature in note.signatures] == ["quasimodo.example/salvatore"]
    assert note.to_bytes() == POEM


def test_what_is_signed_here_verifies_and_comes_back_the_same() -> None:
    note = Note(TEXT, (sign(TEXT, NAME, KEY),))
    again = Note.parse(note.to_bytes())
    assert again == note
    assert verify(again, [KNOWN]) == (KNOWN,)


def test_every_changed_byte_of_the_example_is_refused() -> None:
    for at in range(len(FOO_NOTE)):
        for bit in range(8):
            changed = bytearray(FOO_NOTE)
            changed[at] ^= 1 << bit
            with pytest.raises((NoteError, SignatureError)):
                verify(Note.parse(bytes(changed)), [FOO])


def test_signatures_of_unknown_keys_are_ignored_and_kept() -> None:
    stranger = sign(TEXT, "stranger.example", SigningKey(b"s" * 32))
    other_type = NoteSignature("pq.example", b"\x06abc", bytes(2420))
    note = Note.parse(Note(TEXT, (stranger, sign(TEXT, NAME, KEY), other_type)).to_bytes())
    assert verify(note, [KNOWN]) == (KNOWN,)
    assert [signature.name for signature in note.signatures] == ["stranger.example", NAME, "pq.example"]


def test_key_that_shares_name_or_id_but_not_both_is_unknown() -> None:
    same_name = NoteSignature(NAME, b"\0\0\0\0", bytes(64))
    same_id = NoteSignature("other.example", KNOWN.key_id, bytes(64))
    verify(Note(TEXT, (same_name, same_id, sign(TEXT, NAME, KEY))), [KNOWN])
    with pytest.raises(SignatureError, match=r"no signature of log\.example"):
        verify(Note(TEXT, (same_name, same_id)), [KNOWN])


def test_known_key_with_a_bad_signature_spoils_the_note() -> None:
    bad = NoteSignature(NAME, KNOWN.key_id, bytes(64))
    other = SigningKey(b"o" * 32)
    keys = [KNOWN, NoteKey("other.example", ED25519, other.verify_key)]
    with pytest.raises(SignatureError, match=r"log\.example\+[0-9a-f]{8} does not hold"):
        verify(Note(TEXT, (sign(TEXT, "other.example", other), bad)), keys)


def test_repeated_signature_of_a_known_key_counts_once_and_must_hold_each_time() -> None:
    good, bad = sign(TEXT, NAME, KEY), NoteSignature(NAME, KNOWN.key_id, bytes(64))
    assert verify(Note(TEXT, (good, good)), [KNOWN]) == (KNOWN,)
    for signatures in ((good, bad), (bad, good)):
        with pytest.raises(SignatureError):
            verify(Note(TEXT, signatures), [KNOWN])


def test_signature_over_another_text_is_refused() -> None:
    with pytest.raises(SignatureError):
        verify(Note("three\n", (sign(TEXT, NAME, KEY),)), [KNOWN])


def test_note_without_known_keys_is_refused() -> None:
    with pytest.raises(SignatureError, match="a known key"):
        verify(Note.parse(FOO_NOTE), [])


def test_keys_that_cannot_be_told_apart_are_refused() -> None:
    with pytest.raises(NoteError, match="share name and key ID"):
        verify(Note.parse(FOO_NOTE), [FOO, FOO])


def test_witness_key_does_not_verify_a_text() -> None:
    with pytest.raises(NoteError, match="0x01"):
        verify(Note.parse(FOO_NOTE), [NoteKey(NAME, COSIGNATURE_V1, KEY.verify_key)])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\n\n",
        b"text\n",
        b"text\n\n",
        f"— {NAME} {BLOB64}\n".encode(),
        f"text\n— {NAME} {BLOB64}\n".encode(),
        f"text\n\n— {NAME} {BLOB64}".encode(),
        f"text\n\n— {NAME} {BLOB64}\n\n".encode(),
        f"text\n\n\n— {NAME} {BLOB64}\n\n".encode(),
        f"text\n\n- {NAME} {BLOB64}\n".encode(),
        f"text\n\n—{NAME} {BLOB64}\n".encode(),
        f"text\n\n— {NAME}  {BLOB64}\n".encode(),
        f"text\n\n— {NAME} {BLOB64} \n".encode(),
        f"text\n\n—  {BLOB64}\n".encode(),
        f"text\n\n— {NAME}\n".encode(),
        f"text\n\n— {NAME} \n".encode(),
        f"text\n\n— a+b {BLOB64}\n".encode(),
        f"text\n\n— {NAME} {BLOB64}\nmore\n".encode(),
        f"text\r\n\n— {NAME} {BLOB64}\n".encode(),
        f"te\txt\n\n— {NAME} {BLOB64}\n".encode(),
        f"te\0xt\n\n— {NAME} {BLOB64}\n".encode(),
        f"te\x1fxt\n\n— {NAME} {BLOB64}\n".encode(),
        f"text\n\n— {NAME} {BLOB64}\r\n".encode(),
        b"te\xffxt\n\n" + f"— {NAME} {BLOB64}\n".encode(),
        b"te\xed\xa0\x80xt\n\n" + f"— {NAME} {BLOB64}\n".encode(),
        b"\xef\xbb\xbf" + f"text\n— {NAME} {BLOB64}\n".encode(),
    ],
)
def test_malformed_note_is_refused(data: bytes) -> None:
    with pytest.raises(NoteError):
        Note.parse(data)


@pytest.mark.parametrize("text", ["\n", "\n\n", "a\n\n", "\x7f\x85\ufeff\n", "— x y\n", "a\n\n— x y\n"])
def test_text_may_look_odd(text: str) -> None:
    """None of these are control characters below U+0020, nor does a signature line in the text end it."""
    note = Note(text, (sign(text, NAME, KEY),))
    assert Note.parse(note.to_bytes()) == note


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n", "\ud800\n"])
def test_text_that_no_note_can_have_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        Note(text, (sign(TEXT, NAME, KEY),))


def test_sixteen_signatures_and_up_to_the_limit_are_taken() -> None:
    line = sign(TEXT, NAME, KEY)
    for count in (16, MAX_SIGNATURES):
        assert len(Note.parse(Note(TEXT, (line,) * count).to_bytes()).signatures) == count
    with pytest.raises(NoteError, match="at most 100 signatures"):
        parse_signature_lines(line.line * (MAX_SIGNATURES + 1))
    for count in (0, MAX_SIGNATURES + 1):
        with pytest.raises(NoteError, match="1 to 100"):
            Note(TEXT, (line,) * count)


def test_note_beyond_the_size_limit_is_refused() -> None:
    line = sign(TEXT, NAME, KEY)
    rest = len(Note("\n", (line,)).to_bytes())
    largest = Note("x" * (MAX_NOTE_SIZE - rest) + "\n", (line,))
    assert Note.parse(largest.to_bytes()) == largest
    with pytest.raises(NoteError, match="at most"):
        Note.parse(Note("x" * (MAX_NOTE_SIZE - rest + 1) + "\n", (line,)).to_bytes())


@pytest.mark.parametrize("character", [*map(chr, WHITE_SPACE), "+", "\0", "\n", "\x1f", "\ud800"])
def test_key_name_holds_no_space_plus_or_control(character: str) -> None:
    for name in (character, f"a{character}", f"{character}a", f"a{character}b"):
        with pytest.raises(NoteError):
            NoteKey(name, ED25519, KEY.verify_key)
        with pytest.raises(NoteError):
            NoteSignature(name, bytes(4), bytes(64))


def test_key_name_is_not_empty_and_may_be_of_any_script() -> None:
    with pytest.raises(NoteError):
        NoteKey("", ED25519, KEY.verify_key)
    key = NoteKey("日志.example/招标", ED25519, KEY.verify_key)
    assert NoteKey.parse(key.vkey) == key


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "example.com/foo",
        "example.com/foo+530d903a",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+0530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2l",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2kAA==",
        "example.com/foo+530d903a+",
        "example.com/foo+530d903a+AQ==",
        " example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    ],
)
def test_malformed_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(NoteError):
        NoteKey.parse(vkey)


@pytest.mark.parametrize("signature_type", [0x00, 0x02, 0x05, 0x06, 0xFF])
def test_other_signature_types_are_refused(signature_type: int) -> None:
    with pytest.raises(NoteError, match="not supported"):
        NoteKey(NAME, signature_type, KEY.verify_key)


def test_one_key_has_another_id_for_another_type() -> None:
    assert KNOWN.key_id != NoteKey(NAME, COSIGNATURE_V1, KEY.verify_key).key_id


@pytest.mark.parametrize(
    "text", ["QQ", "QQ=", "QR==", "QQ==\n", " QQ==", "QQ= =", "Q-==", "QUI", "QUJ=", "é", "=", "QQ==QQ=="]
)
def test_base64_has_one_form(text: str) -> None:
    with pytest.raises(MalformedError):
        decode_base64(text)


def test_base64_of_every_short_length_comes_back() -> None:
    for length in range(20):
        data = bytes(range(200, 200 + length))
        assert encode_base64(data) == base64.b64encode(data).decode()
        assert decode_base64(encode_base64(data)) == data


def test_added_signatures_replace_those_of_the_same_key() -> None:
    first, second = NoteSignature("a", bytes(4), b"1"), NoteSignature("b", bytes(4), b"2")
    newer = NoteSignature("a", bytes(4), b"3")
    assert Note(TEXT, (first, second)).signed_also([newer]).signatures == (second, newer)


def test_malformed_and_unverified_are_told_apart() -> None:
    assert issubclass(NoteError, EncodingError)
    assert not issubclass(NoteError, VerificationError)
    assert issubclass(SignatureError, VerificationError)
    assert not issubclass(SignatureError, EncodingError)
    assert issubclass(NoteError, LedgerError)
    assert issubclass(SignatureError, LedgerError)


def test_key_of_a_wrong_length_is_refused() -> None:
    with pytest.raises(EncodingError):
        NoteKey(NAME, ED25519, VerifyKey(b"short"))

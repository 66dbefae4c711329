"""What an age file of ours does at its edges: sizes, truncation, seeking, limits, secrets in errors."""

import io
import tracemalloc

import pytest

from crypto import age
from crypto.age import armor, bech32
from crypto.age.header import MAX_HEADER_SIZE, Stanza
from crypto.age.scrypt import Passphrase
from crypto.age.stream import CHUNK_SIZE, SEALED_CHUNK_SIZE
from crypto.errors import EncodingError
from tests.ceremony import seeded

IDENTITY = age.X25519Identity(bytes(range(32)))


def seal(plain: bytes, *wraps: age.Wrap, seed: int = 0) -> bytes:
    target = io.BytesIO()
    age.encrypt(io.BytesIO(plain), target, wraps or [IDENTITY.recipient.wrap], random=seeded(seed))
    return target.getvalue()


def open_(sealed: bytes, *unwraps: age.Unwrap) -> bytes:
    target = io.BytesIO()
    age.decrypt(io.BytesIO(sealed), target, unwraps or [IDENTITY.unwrap])
    return target.getvalue()


def header_size(sealed: bytes) -> int:
    source = io.BytesIO(sealed)
    age.read_header(source)
    return source.tell()


def test_recipient_of_the_specification() -> None:
    identity = age.X25519Identity.parse(
        "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
    )
    assert str(identity.recipient) == "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
    assert age.X25519Recipient.parse(str(identity.recipient)) == identity.recipient
    assert age.X25519Identity.parse(identity.reveal()).recipient == identity.recipient


@pytest.mark.parametrize(
    "size",
    [0, 1, CHUNK_SIZE - 1, CHUNK_SIZE, CHUNK_SIZE + 1, 8 * CHUNK_SIZE, 8 * CHUNK_SIZE + 1, 17 * CHUNK_SIZE],
)
def test_sizes_around_chunks_and_blocks_round_trip(size: int) -> None:
    plain = seeded(size)(size)
    assert open_(seal(plain)) == plain


@pytest.mark.parametrize("chunks", [1, 2, 8, 9])
def test_truncated_file_is_an_error_not_an_end(chunks: int) -> None:
    sealed = seal(bytes(chunks * CHUNK_SIZE + 10))
    start = header_size(sealed) + 16
    for cut in [
        start,
        start + 5,
        *(start + i * SEALED_CHUNK_SIZE for i in range(1, chunks + 1)),
        len(sealed) - 1,
    ]:
        with pytest.raises(age.PayloadError):
            open_(sealed[:cut])


def test_file_cut_at_a_chunk_says_that_it_was_cut_short() -> None:
    sealed = seal(bytes(3 * CHUNK_SIZE))
    with pytest.raises(age.PayloadError, match="cut short"):
        open_(sealed[: header_size(sealed) + 16 + 2 * SEALED_CHUNK_SIZE])


def test_no_plaintext_of_a_chunk_that_did_not_authenticate_is_written() -> None:
    plain = seeded(5)(12 * CHUNK_SIZE)
    sealed = bytearray(seal(plain))
    sealed[header_size(bytes(sealed)) + 16 + 9 * SEALED_CHUNK_SIZE + 100] ^= 1
    target = io.BytesIO()
    with pytest.raises(age.PayloadError):
        age.decrypt(io.BytesIO(sealed), target, [IDENTITY.unwrap])
    assert target.getvalue() == plain[: 9 * CHUNK_SIZE]


def test_chunks_cannot_change_places() -> None:
    sealed = seal(seeded(6)(3 * CHUNK_SIZE))
    start = header_size(sealed) + 16
    first, second = (sealed[start + i * SEALED_CHUNK_SIZE :][:SEALED_CHUNK_SIZE] for i in range(2))
    swapped = sealed[:start] + second + first + sealed[start + 2 * SEALED_CHUNK_SIZE :]
    with pytest.raises(age.PayloadError):
        open_(swapped)


def test_seeking_reads_any_range() -> None:
    plain = seeded(7)(5 * CHUNK_SIZE + 1234)
    sealed = seal(plain)
    source = io.BytesIO(sealed)
    file_key = age.unlock(age.read_header(source), [IDENTITY.unwrap])
    reader = io.BufferedReader(age.open_payload(file_key, source))
    for start, count in [
        (0, 10),
        (CHUNK_SIZE - 5, 10),
        (4 * CHUNK_SIZE, 2 * CHUNK_SIZE),
        (len(plain) - 3, 100),
    ]:
        reader.seek(start)
        assert reader.read(count) == plain[start : start + count]
    assert reader.seek(-7, io.SEEK_END) == len(plain) - 7
    assert reader.read() == plain[-7:]
    reader.seek(len(plain) + 100)
    assert reader.read() == b""


def test_random_access_refuses_a_file_cut_at_a_chunk_before_anything_is_read() -> None:
    sealed = seal(bytes(4 * CHUNK_SIZE))
    source = io.BytesIO(sealed[: header_size(sealed) + 16 + 3 * SEALED_CHUNK_SIZE])
    file_key = age.unlock(age.read_header(source), [IDENTITY.unwrap])
    with pytest.raises(age.PayloadError):
        age.open_payload(file_key, source)


def test_altered_chunk_is_not_served_twice() -> None:
    sealed = bytearray(seal(bytes(3 * CHUNK_SIZE)))
    sealed[header_size(bytes(sealed)) + 16 + 10] ^= 1
    source = io.BytesIO(sealed)
    file_key = age.unlock(age.read_header(source), [IDENTITY.unwrap])
    reader = age.open_payload(file_key, source)
    for _ in range(2):
        reader.seek(0)
        with pytest.raises(age.PayloadError):
            reader.read(1)


def test_buffer_of_a_chunk_that_failed_is_never_served_as_another() -> None:
    plain = seeded(8)(2 * CHUNK_SIZE + 9)
    sealed = bytearray(seal(plain))
    sealed[header_size(bytes(sealed)) + 16 + 10] ^= 1
    source = io.BytesIO(sealed)
    file_key = age.unlock(age.read_header(source), [IDENTITY.unwrap])
    reader = age.open_payload(file_key, source)
    with pytest.raises(age.PayloadError):
        reader.read(1)
    reader.seek(2 * CHUNK_SIZE)
    assert reader.read(100) == plain[2 * CHUNK_SIZE :]


def test_several_recipients_each_open_it_and_a_stranger_does_not() -> None:
    others = [age.X25519Identity(bytes([i]) * 32) for i in range(3)]
    sealed = seal(b"bid", *(other.recipient.wrap for other in others))
    for other in others:
        assert open_(sealed, other.unwrap) == b"bid"
    with pytest.raises(age.NoMatchError):
        open_(sealed)


def test_unknown_stanzas_are_ignored() -> None:
    def grease(file_key: bytes, random: object) -> Stanza:
        return Stanza("example.com/enigma", ("0", "1"), b"\x00" * 48)

    assert open_(seal(b"x", grease, IDENTITY.recipient.wrap)) == b"x"


def test_file_key_can_be_wrapped_and_unwrapped_by_a_callback() -> None:
    kept: list[bytes] = []

    def keep(file_key: bytes, random: object) -> Stanza:
        kept.append(file_key)
        return Stanza("example.com/kept", (), b"")

    assert open_(seal(b"x", keep), lambda stanzas: kept[0]) == b"x"


def test_wrong_file_key_is_found_by_the_mac_before_any_plaintext() -> None:
    with pytest.raises(age.HeaderMacError):
        open_(seal(b"x"), lambda stanzas: bytes(16))


def test_no_recipient_and_passphrase_among_others_are_refused() -> None:
    with pytest.raises(EncodingError):
        age.encrypt(io.BytesIO(), io.BytesIO(), [], random=seeded(0))
    with pytest.raises(EncodingError):
        seal(b"", Passphrase("a", work_factor=4).wrap, IDENTITY.recipient.wrap)


def test_passphrase_round_trip_and_limit() -> None:
    sealed = seal(b"key", Passphrase("correct horse", work_factor=10).wrap)
    assert open_(sealed, Passphrase("correct horse").unwrap) == b"key"
    with pytest.raises(age.NoMatchError):
        open_(sealed, Passphrase("wrong").unwrap)
    with pytest.raises(age.HeaderError, match="limit"):
        open_(sealed.replace(b" 10\n", b" 21\n"), Passphrase("correct horse").unwrap)


def test_header_without_end_stops_at_the_limit() -> None:
    endless = b"age-encryption.org/v1\n" + b"-> x\n\n" * MAX_HEADER_SIZE
    with pytest.raises(age.HeaderError, match="longer than"):
        open_(endless)
    with pytest.raises(age.HeaderError, match="longer than"):
        open_(b"age-encryption.org/v1\n-> " + b"x" * 2 * MAX_HEADER_SIZE)


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"age-encryption.org/v2\n", b"age-encryption.org/v1\n---"]
)
def test_other_files_are_refused_by_name(data: bytes) -> None:
    with pytest.raises(age.HeaderError):
        open_(data)


def test_sealing_takes_constant_memory() -> None:
    class Zeros(io.RawIOBase):
        left = 64 * 1024 * 1024

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            count = min(len(buffer), self.left)
            self.left -= count
            return count

    class Sink(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: memoryview) -> int:  # type: ignore[override]
            return len(data)

    tracemalloc.start()
    age.encrypt(Zeros(), Sink(), [IDENTITY.recipient.wrap], random=seeded(0))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 1024 * 1024


def test_raw_targets_that_take_writes_in_parts_lose_nothing() -> None:
    class Reluctant(io.BytesIO):
        def write(self, data: memoryview) -> int:  # type: ignore[override]
            return super().write(data[:1000])

    target = Reluctant()
    age.encrypt(io.BytesIO(bytes(200_000)), target, [IDENTITY.recipient.wrap], random=seeded(0))
    assert open_(target.getvalue()) == bytes(200_000)


def test_armor_round_trip_with_surrounding_space_and_crlf() -> None:
    sealed = seal(b"hello")
    written = io.BytesIO()
    writer = armor.ArmorWriter(written)
    writer.write(sealed)
    writer.finish()
    for text in (written.getvalue(), b"\n \n" + written.getvalue().replace(b"\n", b"\r\n") + b"\n\t\n"):
        target = io.BytesIO()
        age.decrypt(armor.read(io.BytesIO(text)), target, [IDENTITY.unwrap])
        assert target.getvalue() == b"hello"


def test_stanza_arguments_that_could_break_the_header_are_refused() -> None:
    for argument in ("", "a b", "a\n", "é"):
        with pytest.raises(EncodingError):
            Stanza("x", (argument,), b"").encode()


@pytest.mark.parametrize(
    "text",
    [
        "A12UEL5L",
        "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
        "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
        "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
        "?1ezyfcl",
    ],
)
def test_bech32_valid_strings_of_bip173(text: str) -> None:
    prefix, data = bech32.decode(text)
    assert bech32.encode(prefix, data) == text.lower()


@pytest.mark.parametrize(
    "text",
    [
        " 1nwldj5",
        "\x7f1axkwrx",
        "pzry9x0s0muk",
        "1pzry9x0s0muk",
        "x1b4n0q5v",
        "li1dgmt3",
        "A1G7SGD8",
        "10a06t8",
        "1qzzfhee",
        "a12UEL5L",
    ],
)
def test_bech32_invalid_strings_of_bip173(text: str) -> None:
    with pytest.raises(EncodingError):
        bech32.decode(text)


def test_typing_error_in_an_identity_does_not_repeat_it() -> None:
    text = IDENTITY.reveal()
    with pytest.raises(EncodingError) as caught:
        age.X25519Identity.parse(text[:-1] + ("Q" if text[-1] != "Q" else "P"))
    assert text[20:40] not in str(caught.value)
    assert text not in repr(IDENTITY)

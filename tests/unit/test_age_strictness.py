"""What is not the one canonical form of an age file is refused, also without the published vectors at hand."""

import base64
import io

import pytest

from crypto import age
from crypto.age import armor, bech32
from crypto.age.scrypt import Passphrase
from crypto.age.stream import CHUNK_SIZE, EMPTY_FINAL, SEALED_CHUNK_SIZE, ChunkCipher
from crypto.errors import EncodingError
from tests.ceremony import seeded
from tests.unit.test_age import IDENTITY, header_size, open_, seal

VERSION = b"age-encryption.org/v1\n"
MAC = b"--- " + b"A" * 43 + b"\n"
SHARE = base64.b64encode(bytes(range(32))).rstrip(b"=")
BODY = base64.b64encode(bytes(32)).rstrip(b"=")


@pytest.mark.parametrize(
    "stanzas",
    [
        b"",
        b"-> \n\n",
        b"->  X25519\n\n",
        b"-> X25519  a\n\n",
        b"-> X25519 a \n\n",
        b"->X25519 a\n\n",
        b"-> x\n" + b"A" * 68 + b"\n\n",
        b"-> x\n" + b"A" * 64 + b"\n" + MAC,
        b"-> x\nAA=\n",
        b"-> x\nAB\n",
        b"-> x\n A\n",
        b"-> x\r\n\n",
        b"-> \xc3\xa9\n\n",
        b"junk\n",
    ],
)
def test_malformed_stanzas(stanzas: bytes) -> None:
    with pytest.raises(age.HeaderError):
        age.read_header(io.BytesIO(VERSION + stanzas + MAC))


@pytest.mark.parametrize(
    "mac",
    [
        b"---\n",
        b"--- \n",
        b"---  " + MAC[4:],
        MAC[:-2] + b"\n",
        b"--- " + b"A" * 42 + b"=\n",
        MAC[:-1],
        MAC[:-2] + b"B\n",
    ],
)
def test_malformed_macs(mac: bytes) -> None:
    with pytest.raises(age.HeaderError):
        age.read_header(io.BytesIO(VERSION + b"-> x\n\n" + mac))


@pytest.mark.parametrize(
    "stanza",
    [
        b"-> X25519\n" + BODY + b"\n",
        b"-> X25519 " + SHARE + b" a\n" + BODY + b"\n",
        b"-> X25519 " + SHARE[:-1] + b"\n" + BODY + b"\n",
        b"-> X25519 " + SHARE + b"\n" + BODY[:-2] + b"\n",
        b"-> X25519 " + SHARE + b"\n\n",
    ],
)
def test_malformed_x25519_stanzas_are_refused_before_any_decryption(stanza: bytes) -> None:
    with pytest.raises(age.HeaderError):
        open_(VERSION + stanza + MAC)


def test_scrypt_stanza_among_others_is_refused() -> None:
    stanza = Passphrase("a", work_factor=4).wrap(bytes(16), seeded(1))
    with pytest.raises(age.HeaderError, match="only stanza"):
        Passphrase("a").unwrap([stanza, age.Stanza("x", (), b"")])


@pytest.mark.parametrize("factor", [0, -1, 21])
def test_file_we_would_not_open_again_is_not_made(factor: int) -> None:
    with pytest.raises(EncodingError):
        Passphrase("a", work_factor=factor)


def test_empty_final_chunk_after_others_is_refused() -> None:
    sealed = seal(bytes(CHUNK_SIZE))
    start = header_size(sealed)
    cipher = ChunkCipher(
        age.unlock(age.read_header(io.BytesIO(sealed)), [IDENTITY.unwrap]), sealed[start : start + 16]
    )
    whole, empty = memoryview(bytearray(SEALED_CHUNK_SIZE)), memoryview(bytearray(16))
    cipher.seal_into(0, memoryview(bytes(CHUNK_SIZE)), whole, final=False)
    cipher.seal_into(1, memoryview(b""), empty, final=True)
    with pytest.raises(age.PayloadError, match=EMPTY_FINAL):
        open_(sealed[: start + 16] + bytes(whole) + bytes(empty))


def armored(*lines: bytes) -> bytes:
    return b"\n".join([armor.BEGIN, *lines, armor.END, b""])


@pytest.mark.parametrize(
    "text",
    [
        armored(b"AAAA", b"AAAA"),
        armored(b"AAA=", b"AAAA"),
        armored(b"AAB="),
        armored(b"AAA"),
        armored(b"A" * 68),
        armored(b"AA AA"),
        armored(b""),
        armored(b"AAAA")[:-2],
        armored(b"AAAA") + b"x",
        armored(b"AAAA") + b" " * 1100,
        b"x\n" + armored(b"AAAA"),
        b" " * 1100 + armored(b"AAAA"),
    ],
)
def test_armor_that_is_not_strict(text: bytes) -> None:
    with pytest.raises(age.ArmorError):
        armor.read(io.BytesIO(text)).read()


def test_bech32_with_padding_that_is_not_zero_is_refused() -> None:
    text = bech32.encode("age", b"\x00")
    assert bech32.decode(text) == ("age", b"\x00")
    expanded = [ord(c) >> 5 for c in "age"] + [0] + [ord(c) & 31 for c in "age"]
    values = [0, 1]  # 8 bits of data, then 2 bits of padding that are 01
    checksum = bech32._polymod([*expanded, *values, *[0] * 6]) ^ 1
    values += [checksum >> 5 * (5 - i) & 31 for i in range(6)]
    with pytest.raises(EncodingError, match="padding"):
        bech32.decode("age1" + "".join("qpzry9x8gf2tvdw0s3jn54khce6mua7l"[v] for v in values))


def test_target_that_takes_nothing_and_randomness_that_gives_nothing_are_errors_not_endless() -> None:
    class Full(io.RawIOBase):
        def write(self, data: memoryview) -> int:  # type: ignore[override]
            return 0

    with pytest.raises(age.AgeError):
        age.encrypt(io.BytesIO(b"x"), Full(), [IDENTITY.recipient.wrap], random=seeded(0))
    with pytest.raises(EncodingError, match="randomness"):
        age.encrypt(io.BytesIO(b"x"), io.BytesIO(), [IDENTITY.recipient.wrap], random=lambda n: b"")

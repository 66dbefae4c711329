"""What is fuzzed. Each target either refuses with an error of ours, or has read the one canonical form.

Anything else (another exception, bytes that change when written back) is a finding.
"""

import io
import zipfile
from collections.abc import Callable
from random import Random

from bidding.package.errors import PackageError
from bidding.package.limits import Limits
from bidding.package.zip_reader import ZipReader
from crypto import age, dkg
from crypto.age import armor
from crypto.age import header as age_header
from crypto.age.stream import ChunkCipher
from crypto.dkg.messages import Delivery, encode_bundle, parse_bundle
from crypto.errors import CryptoError
from crypto.threshold import ShareBatch, ephemeral_point
from crypto.tokens import privacy_pass
from crypto.tokens.token_key import decode_key, encode_key

CIPHER = ChunkCipher(bytes(16), bytes(16))


def age_header_target(data: bytes) -> None:
    """The header parser, and the X25519 stanza parser on what it read."""
    source = io.BytesIO(data)
    header = age_header.read(source)
    if header.encode() != data[: source.tell()]:
        raise AssertionError("a header was read that is not canonical")
    age.X25519Identity(bytes(range(32))).unwrap(header.stanzas)
    for stanza in header.stanzas:
        if stanza.type == "X25519":
            ephemeral_point(stanza)


def age_armor_target(data: bytes) -> None:
    armor.read(io.BytesIO(data)).read()


def age_stream_target(data: bytes) -> None:
    """The payload under a known key: either a chunk fails, or sealing again gives the same bytes.

    The first byte chooses how a valid stream is altered, so that the fuzzer gets past the tags.
    """
    random = Random(data[:2])
    plain = random.randbytes(random.choice([0, 1, 65535, 65536, 65537, 131072]))
    sealed = io.BytesIO()
    age.stream.seal(CIPHER, io.BytesIO(plain), sealed)
    altered = bytearray(sealed.getvalue())
    for position, value in zip(data[2::2], data[3::2], strict=False):
        at = position * 517 % len(altered)
        altered[at] ^= value
    if data and data[0] < 0x40:
        del altered[-1 - (data[0] * 1031 % len(altered)) :]
    opened = io.BytesIO()
    try:
        age.stream.open_all(CIPHER, io.BytesIO(altered), opened)
    except CryptoError:
        if not plain.startswith(opened.getvalue()):
            raise AssertionError("plaintext left the stream that nobody sealed") from None
        if bytes(altered) == sealed.getvalue():
            raise AssertionError("a good stream was refused") from None
        return
    if bytes(altered) != sealed.getvalue() or opened.getvalue() != plain:
        raise AssertionError("an altered stream was opened")


def dkg_target(data: bytes) -> None:
    """All messages of the key generation, and the shares made with its keys."""
    parsers: list[Callable[[bytes], bytes]] = [
        lambda raw: dkg.Round1Message.parse(raw, 2, 3).encode(),
        lambda raw: b"".join(part.encode() for part in Delivery.parse_all(raw, 2, 3)),
        lambda raw: dkg.Transcript.parse(raw).encode(),
        lambda raw: encode_bundle(parse_bundle(raw, 3)),
        lambda raw: ShareBatch.parse(raw).encode(),
    ]
    if data and parsers[data[0] % len(parsers)](data[1:]) != data[1:]:
        raise AssertionError("a message was read that is not canonical")


def tokens_target(data: bytes) -> None:
    """The encodings of Privacy Pass."""
    parsers: list[Callable[[bytes], bytes]] = [
        lambda raw: privacy_pass.TokenChallenge.parse(raw).encode(),
        lambda raw: privacy_pass.TokenRequest.parse(raw).encode(),
        lambda raw: privacy_pass.Token.parse(raw).encode(),
        lambda raw: privacy_pass.PendingToken.parse(raw).encode(),
        lambda raw: encode_key(decode_key(raw)),
    ]
    if data and parsers[data[0] % len(parsers)](data[1:]) != data[1:]:
        raise AssertionError("a token was read that is not canonical")


def package_zip_target(data: bytes) -> None:
    """The reader of packages: whatever it takes, the standard library reads alike, by the directory alone."""
    members = ZipReader(io.BytesIO(data), Limits(size=1 << 20, members=20)).members()
    read = [(member.name, b"".join(pieces)) for member, pieces in members]
    with zipfile.ZipFile(io.BytesIO(data), metadata_encoding="utf-8") as reader:
        if read != [(info.filename, reader.read(info)) for info in reader.infolist()]:
            raise AssertionError("a ZIP was read in a way of its own")


TARGETS: dict[str, Callable[[bytes], None]] = {
    "age-header": age_header_target,
    "age-armor": age_armor_target,
    "age-stream": age_stream_target,
    "dkg": dkg_target,
    "tokens": tokens_target,
    "package-zip": package_zip_target,
}


def run(name: str, data: bytes) -> None:
    """One input: a CryptoError or PackageError is an answer, everything else is a finding."""
    try:
        TARGETS[name](data)
    except (CryptoError, PackageError):
        return

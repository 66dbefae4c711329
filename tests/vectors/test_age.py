"""The age test vectors of C2SP/CCTV: every X25519, scrypt, stanza, armor and stream vector."""

import hashlib
import io
import zlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from crypto import age
from crypto.age import armor
from crypto.age.scrypt import Passphrase
from tests.environment import shared

FAILURES = {
    "header failure": age.HeaderError,
    "HMAC failure": age.HeaderMacError,
    "no match": age.NoMatchError,
    "payload failure": age.PayloadError,
    "armor failure": age.ArmorError,
}
HYBRID_PREFIX = "AGE-SECRET-KEY-PQ-"


@dataclass(frozen=True)
class Vector:
    expect: str
    payload: str | None
    file_key: bytes | None
    unwraps: list[age.Unwrap]
    armored: bool
    hybrid: bool
    body: bytes


def parse(path: Path) -> Vector:
    head, _, body = path.read_bytes().partition(b"\n\n")
    fields: dict[str, list[str]] = {}
    for line in head.decode().splitlines():
        key, _, value = line.partition(": ")
        fields.setdefault(key, []).append(value)
    identities = fields.get("identity", [])
    unwraps: list[age.Unwrap] = [
        age.X25519Identity.parse(text).unwrap for text in identities if not text.startswith(HYBRID_PREFIX)
    ]
    unwraps += [Passphrase(text).unwrap for text in fields.get("passphrase", [])]
    return Vector(
        expect=fields["expect"][0],
        payload=fields.get("payload", [None])[0],
        file_key=bytes.fromhex(fields["file key"][0]) if "file key" in fields else None,
        unwraps=unwraps,
        armored="armored" in fields,
        hybrid=any(text.startswith(HYBRID_PREFIX) for text in identities),
        body=zlib.decompress(body) if "compressed" in fields else body,
    )


def load() -> dict[str, Vector]:
    """All vectors of the folder by name; none where the folder is absent (`test_there_are_vectors` skips)."""
    try:
        folder = shared("vectors", "age")
    except pytest.skip.Exception:
        return {}
    return {path.name: parse(path) for path in sorted(folder.iterdir()) if path.suffix != ".md"}


VECTORS = {name: vector for name, vector in load().items() if not vector.hybrid}
"""Post-quantum recipients are not part of Sunseal's sealed bid."""

WELL_FORMED = [name for name, v in VECTORS.items() if v.expect not in ("header failure", "armor failure")]
WITH_PAYLOAD = [
    name
    for name, v in VECTORS.items()
    if v.expect in ("success", "payload failure") and v.file_key and not v.armored
]


def open_vector(vector: Vector, target: io.BytesIO) -> None:
    source: io.BufferedIOBase = io.BytesIO(vector.body)
    age.decrypt(armor.read(source) if vector.armored else source, target, vector.unwraps)


def test_there_are_vectors() -> None:
    shared("vectors", "age")
    assert len(VECTORS) > 20
    assert WELL_FORMED
    assert WITH_PAYLOAD


@pytest.mark.parametrize("name", VECTORS)
def test_vector(name: str) -> None:
    vector = VECTORS[name]
    target = io.BytesIO()
    if vector.expect == "success":
        open_vector(vector, target)
    else:
        with pytest.raises(FAILURES[vector.expect]):
            open_vector(vector, target)
    if vector.payload is not None:
        assert hashlib.sha256(target.getvalue()).hexdigest() == vector.payload
    else:
        assert not target.getvalue()


@pytest.mark.parametrize("name", WELL_FORMED)
def test_well_formed_header_and_armor_are_written_back_byte_for_byte(name: str) -> None:
    vector = VECTORS[name]
    binary = vector.body
    if vector.armored:
        binary = armor.read(io.BytesIO(vector.body)).read()
        written = io.BytesIO()
        writer = armor.ArmorWriter(written)
        for start in range(0, len(binary), 17):
            writer.write(binary[start : start + 17])
        writer.finish()
        assert written.getvalue().split() == vector.body.split()
    source = io.BytesIO(binary)
    assert age.read_header(source).encode() == binary[: source.tell()]


@pytest.mark.parametrize("name", WITH_PAYLOAD)
def test_random_access_agrees_with_reading_from_end_to_end(name: str) -> None:
    vector = VECTORS[name]
    assert vector.file_key
    source = io.BytesIO(vector.body)
    age.read_header(source)
    if vector.expect == "success":
        plain = age.open_payload(vector.file_key, source).read()
        assert hashlib.sha256(plain).hexdigest() == vector.payload
    else:
        with pytest.raises(age.PayloadError):
            age.open_payload(vector.file_key, source).read()

"""Both ways with two programs that others wrote: the `age` command and pyrage (rage, in Rust)."""

import io
import subprocess
from pathlib import Path
from secrets import token_bytes

import pyrage
import pytest

from crypto import age
from crypto.age import armor
from crypto.age.scrypt import Passphrase
from crypto.threshold import (
    ThresholdIdentity,
    combine,
    ephemeral_point,
    make_shares,
    recipient_of,
    verify_shares,
)
from tests.ceremony import Ceremony, hold
from tests.environment import program

SIZES = [0, 1, 65535, 65536, 65537, 1_000_000]


@pytest.fixture(scope="module")
def ceremony() -> Ceremony:
    return hold(3, 2)


def open_by_threshold(ceremony: Ceremony, sealed: bytes) -> bytes:
    header = age.read_header(io.BytesIO(sealed))
    points = [ephemeral_point(stanza) for stanza in header.stanzas if stanza.type == "X25519"]
    verified = [
        verify_shares(ceremony.public, points, make_shares(share, points, b"", token_bytes), b"")
        for share in ceremony.shares[1:]
    ]
    shared = dict(zip(points, combine(verified), strict=True))
    target = io.BytesIO()
    age.decrypt(io.BytesIO(sealed), target, [ThresholdIdentity(ceremony.public, shared).unwrap])
    return target.getvalue()


def seal(plain: bytes, wrap: age.Wrap) -> bytes:
    target = io.BytesIO()
    age.encrypt(io.BytesIO(plain), target, [wrap], random=token_bytes)
    return target.getvalue()


@pytest.mark.parametrize("size", SIZES)
def test_the_age_program_opens_what_we_seal(size: int, tmp_path: Path) -> None:
    command = program("age")
    identity, plain = age.X25519Identity(token_bytes(32)), token_bytes(size)
    (tmp_path / "key").write_text(identity.reveal() + "\n")
    sealed = seal(plain, identity.recipient.wrap)
    opened = subprocess.run(
        [command, "-d", "-i", tmp_path / "key"], input=sealed, capture_output=True, check=True
    )
    assert opened.stdout == plain


@pytest.mark.parametrize("armored", [False, True])
@pytest.mark.parametrize("size", SIZES)
def test_the_threshold_opens_what_the_age_program_seals(
    ceremony: Ceremony, size: int, *, armored: bool
) -> None:
    plain, own = token_bytes(size), age.X25519Identity(token_bytes(32))
    recipients = [str(recipient_of(ceremony.public)), str(own.recipient)]
    command = [program("age"), *(["-a"] if armored else []), "-r", recipients[0], "-r", recipients[1]]
    sealed = subprocess.run(command, input=plain, capture_output=True, check=True).stdout
    if armored:
        sealed = armor.read(io.BytesIO(sealed)).read()
    assert open_by_threshold(ceremony, sealed) == plain
    target = io.BytesIO()
    age.decrypt(io.BytesIO(sealed), target, [own.unwrap])
    assert target.getvalue() == plain


def test_the_age_program_refuses_what_we_refuse(tmp_path: Path) -> None:
    command = program("age")
    identity = age.X25519Identity(token_bytes(32))
    (tmp_path / "key").write_text(identity.reveal() + "\n")
    sealed = seal(bytes(100_000), identity.recipient.wrap)
    for bad in (sealed[:-1], sealed[: -(100_000 - 65536 + 16)], sealed + b"\0"):
        opened = subprocess.run(
            [command, "-d", "-i", tmp_path / "key"], input=bad, capture_output=True, check=False
        )
        assert opened.returncode != 0
        with pytest.raises(age.AgeError):
            age.decrypt(io.BytesIO(bad), io.BytesIO(), [identity.unwrap])


@pytest.mark.parametrize("size", SIZES)
def test_pyrage_opens_what_we_seal(size: int) -> None:
    identity, plain = age.X25519Identity(token_bytes(32)), token_bytes(size)
    theirs = pyrage.x25519.Identity.from_str(identity.reveal())
    assert pyrage.decrypt(seal(plain, identity.recipient.wrap), [theirs]) == plain


@pytest.mark.parametrize("size", SIZES)
def test_the_threshold_opens_what_pyrage_seals(ceremony: Ceremony, size: int) -> None:
    plain = token_bytes(size)
    recipient = pyrage.x25519.Recipient.from_str(str(recipient_of(ceremony.public)))
    assert open_by_threshold(ceremony, pyrage.encrypt(plain, [recipient])) == plain


def test_pyrage_opens_what_we_seal_with_a_passphrase() -> None:
    sealed = seal(b"key", Passphrase("正确的马", work_factor=12).wrap)
    assert pyrage.passphrase.decrypt(sealed, "正确的马") == b"key"

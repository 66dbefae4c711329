"""Secret key files: the format, the file on the disk, and what opens it."""

import io
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from secrets import token_bytes

import pytest

from crypto import age
from crypto.age import NoMatchError, X25519Identity
from crypto.age.scrypt import Passphrase
from crypto.errors import CryptoError, EncodingError
from crypto.secret_file import Secret, parse_identities, parse_recipients, seal, unseal
from keyholder import secret_file
from keyholder.secret_file import Lock, SecretFileError
from tests.environment import program

IDENTITY = X25519Identity(b"i" * 32)
SECRET = Secret("witness", "witness.example/notary", b"0123456789abcdef" * 2)
TEXT = b"sunseal-secret/v1 witness\nwitness.example/notary\nMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n"


def test_text_is_read_as_it_was_written() -> None:
    assert SECRET.to_bytes() == TEXT
    assert Secret.parse(TEXT) == SECRET


@pytest.mark.parametrize(
    "text",
    [
        b"",
        TEXT[:-1],
        TEXT + b"\n",
        TEXT.replace(b"\n", b"\r\n"),
        TEXT.replace(b"v1", b"v2"),
        TEXT.replace(b"WY=", b"WZ="),  # bits to spare
        TEXT.replace(b"WY=", b"WY"),
        TEXT.replace(b"WY=", b"W Y="),
        TEXT.replace(b"/notary", b"/ notary"),
        TEXT.replace(b"witness\n", b"Witness\n", 1),
        b"sunseal-secret/v1 witness\nname\n\n",
        b"\xff" + TEXT,
    ],
)
def test_other_text_is_refused_without_being_repeated(text: bytes) -> None:
    with pytest.raises(EncodingError) as caught:
        Secret.parse(text)
    assert "MDEy" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_secret_does_not_print_itself() -> None:
    assert "0123" not in repr(SECRET)


def test_sealed_secret_opens_with_its_lock_alone() -> None:
    for good, bad in (
        (Passphrase("right", work_factor=10), Passphrase("wrong")),
        (IDENTITY, X25519Identity(b"j" * 32)),
    ):
        wrap = good.recipient.wrap if isinstance(good, X25519Identity) else good.wrap
        data = seal(SECRET, [wrap], random=token_bytes)
        assert SECRET.value not in data
        assert data.startswith(b"-----BEGIN AGE ENCRYPTED FILE-----\n")
        assert unseal(data, [good.unwrap], kind="witness") == SECRET
        with pytest.raises(NoMatchError):
            unseal(data, [bad.unwrap], kind="witness")
        with pytest.raises(EncodingError, match="of the kind 'witness', not 'ledger'"):
            unseal(data, [good.unwrap], kind="ledger")
        with pytest.raises(CryptoError):
            unseal(data[:-100], [good.unwrap], kind="witness")


def test_binary_file_and_one_sealed_by_another_program_open(tmp_path: Path) -> None:
    binary = io.BytesIO()
    age.encrypt(io.BytesIO(TEXT), binary, [IDENTITY.recipient.wrap], random=token_bytes)
    assert unseal(binary.getvalue(), [IDENTITY.unwrap], kind="witness") == SECRET
    sealed = subprocess.run(
        [program("age"), "-r", str(IDENTITY.recipient), "-a"], input=TEXT, capture_output=True, check=True
    ).stdout
    assert unseal(sealed, [IDENTITY.unwrap], kind="witness") == SECRET
    identity = tmp_path / "identity"
    identity.write_text(IDENTITY.reveal())
    opened = subprocess.run(
        [program("age"), "-d", "-i", str(identity)],
        input=seal(SECRET, [IDENTITY.recipient.wrap], random=token_bytes),
        capture_output=True,
        check=True,
    ).stdout
    assert opened == TEXT


def test_identity_file_is_read_with_its_comments() -> None:
    text = f"# created: today\n# public key: {IDENTITY.recipient}\n{IDENTITY.reveal()}\n\n"
    assert [identity.recipient for identity in parse_identities(text)] == [IDENTITY.recipient]
    assert parse_recipients(f"{text}{IDENTITY.recipient}\n") == (IDENTITY.recipient, IDENTITY.recipient)
    for nothing in ("", "# nothing\n"):
        for parse in (parse_identities, parse_recipients):
            with pytest.raises(EncodingError, match="there is no"):
                parse(nothing)


# On the disk.


def lock_file(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def test_key_file_is_its_owners_alone_and_never_replaced(tmp_path: Path) -> None:
    lock = Lock.of_age_file(lock_file(tmp_path / "id", IDENTITY.reveal()))
    path = tmp_path / "key.age"
    secret_file.make(path, SECRET, lock, random=token_bytes)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secret_file.read(path, lock, kind="witness") == SECRET
    before = path.read_bytes()
    with pytest.raises(SecretFileError, match="is there already"):
        secret_file.make(path, SECRET, lock, random=token_bytes)
    assert path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["id", "key.age"]


def test_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SecretFileError, match="No space left"):
        secret_file.write_new(tmp_path / "key.age", b"sealed")
    assert list(tmp_path.iterdir()) == []


def test_passphrase_file_opens_what_the_passphrase_sealed(tmp_path: Path) -> None:
    path = tmp_path / "key.age"
    secret_file.make(path, SECRET, Lock.of_passphrase("correct horse", work_factor=10), random=token_bytes)
    lock = Lock.of_passphrase_file(lock_file(tmp_path / "passphrase", "correct horse\n"))
    assert secret_file.read(path, lock, kind="witness") == SECRET


@pytest.mark.parametrize(
    ("text", "mode", "reads"),
    [
        ("", 0o600, Lock.of_passphrase_file),
        ("\n", 0o600, Lock.of_passphrase_file),
        ("one\ntwo\n", 0o600, Lock.of_passphrase_file),
        ("one", 0o644, Lock.of_passphrase_file),
        (IDENTITY.reveal(), 0o644, Lock.of_age_file),
        (IDENTITY.reveal()[:-1], 0o600, Lock.of_age_file),
        ("", 0o600, Lock.of_age_file),
    ],
)
def test_unfit_lock_is_refused_without_being_repeated(
    tmp_path: Path, text: str, mode: int, reads: Callable[[Path], Lock]
) -> None:
    path = lock_file(tmp_path / "lock", text, mode)
    with pytest.raises(SecretFileError) as caught:
        reads(path)
    assert "AGE-SECRET" not in str(caught.value).replace("AGE-SECRET-KEY-1...", "")


def test_recipients_alone_seal_and_do_not_open(tmp_path: Path) -> None:
    lock = Lock.of_age_file(lock_file(tmp_path / "recipients", f"{IDENTITY.recipient}\n", 0o644))
    path = tmp_path / "key.age"
    secret_file.make(path, SECRET, lock, random=token_bytes)
    with pytest.raises(SecretFileError, match="takes the identity"):
        secret_file.read(path, lock, kind="witness")
    opener = Lock.of_age_file(lock_file(tmp_path / "id", IDENTITY.reveal()))
    assert secret_file.read(path, opener, kind="witness") == SECRET


def test_missing_or_wrong_file_is_a_sentence(tmp_path: Path) -> None:
    lock = Lock.of_passphrase("right", work_factor=10)
    with pytest.raises(SecretFileError, match="cannot be read"):
        secret_file.read(tmp_path / "nothing", lock, kind="witness")
    (tmp_path / "other").write_bytes(b"not an age file")
    with pytest.raises(SecretFileError, match="does not open"):
        secret_file.read(tmp_path / "other", lock, kind="witness")
    with pytest.raises(SecretFileError, match="cannot be read"):
        Lock.of_passphrase_file(tmp_path / "nothing")

"""Keystore files open with their passphrase alone, are never replaced, and no error shows what they hold."""

import json
from pathlib import Path

import pytest
from eth_account import Account

from guarantees.chain import keystore
from guarantees.chain.errors import KeystoreError
from guarantees.chain.keystore import read_keys, read_passphrase, write_key

KEY = bytes(range(1, 33))


def secret(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scrypt of a few rounds: the file says how many, so what is read is read the same way."""
    encrypt = Account.encrypt
    monkeypatch.setattr(Account, "encrypt", lambda key, word, kdf: encrypt(key, word, kdf=kdf, iterations=2))


def test_a_key_is_read_as_it_was_written_and_by_eth_account(tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    made = write_key(file, KEY, "word")
    (read,) = read_keys(file, "word")
    assert made.address == read.address
    assert bytes(Account.decrypt(json.loads(file.read_text()), "word")) == KEY
    assert file.stat().st_mode & 0o077 == 0
    assert KEY.hex() not in repr(read)


def test_a_file_that_is_there_is_not_replaced(tmp_path: Path) -> None:
    file = secret(tmp_path / "key.json", "precious")
    with pytest.raises(KeystoreError, match="not replaced"):
        write_key(file, KEY, "word")
    assert file.read_text() == "precious"
    assert [path.name for path in tmp_path.iterdir()] == ["key.json"]


def test_another_passphrase_is_told_apart_from_another_file(tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    write_key(file, KEY, "word")
    with pytest.raises(KeystoreError, match="another passphrase") as caught:
        read_keys(file, "drow")
    assert "drow" not in str(caught.value)
    for text in ("", "{}", "[]", '{"version": 3}', '{"version": 9, "crypto": {}}', "0" * 100_000):
        with pytest.raises(KeystoreError):
            read_keys(secret(tmp_path / "other.json", text), "word")


def test_a_folder_gives_all_its_keys_in_order(tmp_path: Path) -> None:
    for name, key in (("b", KEY), ("a", KEY[::-1])):
        write_key(tmp_path / f"{name}.json", key, "word")
    first, second = read_keys(tmp_path, "word")
    assert second.address == keystore.KeystoreSigner(KEY).address
    assert first.address != second.address
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(KeystoreError, match="no keystore file"):
        read_keys(empty, "word")


@pytest.mark.parametrize("key", [bytes(32), b"\xff" * 32, b"short"])
def test_what_is_no_private_key_is_refused(tmp_path: Path, key: bytes) -> None:
    with pytest.raises(KeystoreError):
        write_key(tmp_path / "key.json", key, "word")


def test_new_keys_are_within_the_group() -> None:
    drawn = iter([bytes(32), b"\xff" * 32, KEY])
    assert keystore.new_key(lambda _: next(drawn)) == KEY


def test_a_passphrase_file_has_one_line_for_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "word"
    assert read_passphrase(secret(file, "correct horse\n")) == "correct horse"
    with pytest.raises(KeystoreError, match="chmod 600"):
        read_passphrase(secret(file, "correct horse\n", 0o644))
    for text in ("", "\n", "two\nlines\n"):
        with pytest.raises(KeystoreError, match="one line"):
            read_passphrase(secret(file, text))
    with pytest.raises(KeystoreError, match="cannot be read"):
        read_passphrase(tmp_path / "absent")

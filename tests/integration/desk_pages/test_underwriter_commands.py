"""`sunseal guarantor underwriter`: who may log in; `pages` does not start for nobody."""

from pathlib import Path
from secrets import token_bytes

import pytest
from click.testing import CliRunner, Result

from app.cli.guarantor import guarantor
from app.guarantor.folder import GuarantorFolder, Settings
from app.guarantor.underwriters import FILE, Underwriters
from keyholder.secret_file import Lock
from tests.guarantee_example import ISSUER_KEY

PASSPHRASE = "a phrase for tests"
PASSWORD = "correct horse battery"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    settings = Settings(
        "https://tenders.example",
        ISSUER_KEY.verify_key.raw.hex(),
        "91350100M000100Y43",
        "Bank",
        "11" * 20,
        "a",
        "b",
    )
    GuarantorFolder.create(
        tmp_path / "bank", settings, Lock.of_passphrase(PASSPHRASE, work_factor=4), token_bytes
    )
    (tmp_path / "phrase").write_text(PASSPHRASE)
    (tmp_path / "phrase").chmod(0o600)
    (tmp_path / "password").write_text(PASSWORD + "\n")
    return tmp_path / "bank"


def run(*words: str) -> Result:
    return CliRunner().invoke(guarantor, list(words))


def test_underwriters_are_added_listed_and_removed(folder: Path) -> None:
    file = str(folder.parent / "password")
    added = run("underwriter", "add", str(folder), "li", "--name", "李明", "--password-file", file)
    assert added.exit_code == 0, added.output
    assert "李明" in run("underwriter", "list", str(folder)).output
    kept = (folder / FILE).read_text("utf-8")
    assert "$argon2id$" in kept
    assert PASSWORD not in kept
    assert (folder / FILE).stat().st_mode & 0o077 == 0
    found = Underwriters(folder)
    assert found.proven("li", PASSWORD) is not None
    assert found.proven("li", "another one entirely") is None
    assert found.proven("wang", PASSWORD) is None
    assert run("underwriter", "remove", str(folder), "li").exit_code == 0
    assert found.proven("li", PASSWORD) is None
    assert run("underwriter", "remove", str(folder), "li").exit_code != 0


def test_a_short_password_and_a_strange_login_are_refused(folder: Path) -> None:
    (folder.parent / "password").write_text("short\n")
    file = str(folder.parent / "password")
    assert run("underwriter", "add", str(folder), "li", "--name", "L", "--password-file", file).exit_code != 0
    (folder.parent / "password").write_text(PASSWORD)
    assert (
        run("underwriter", "add", str(folder), "../li", "--name", "L", "--password-file", file).exit_code != 0
    )
    assert Underwriters(folder).all() == []


def test_pages_do_not_start_while_nobody_could_log_in(folder: Path) -> None:
    answer = run("pages", str(folder), "--passphrase-file", str(folder.parent / "phrase"))
    assert answer.exit_code != 0
    assert "underwriter add" in answer.output

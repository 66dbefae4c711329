"""`sunseal accounts`: the first people, and help for those who cannot log in."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from app.cli.main import main
from app.factory import create_app
from app.models import Account
from app.place import Place
from tests.integration.app.world import CODES, PASSWORD, Browser, Person

NEW = "a wholly different sentence"


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    secret = tmp_path / "web.secret"
    secret.write_bytes(bytes(range(32)))
    (tmp_path / "password").write_text(PASSWORD + "\n")
    return {
        "SUNSEAL_VAR": str(tmp_path),
        "DATABASE_URL": database_url,
        "SUNSEAL_WEB_SECRET": str(secret),
        "SUNSEAL_URL": "https://tenders.example",
    }


@pytest.fixture
def app(environment: dict[str, str]) -> Any:
    app = create_app(Place(environment))
    yield app
    app.extensions["sunseal"].database.close()


def sunseal(environment: dict[str, str], *words: str, **options: Any) -> Result:
    return CliRunner().invoke(main, ["accounts", *words], env=environment, **options)


def bootstrap(
    environment: dict[str, str], tmp_path: Path, role: str = "supervisor", code: str = CODES[0]
) -> Result:
    return sunseal(
        environment,
        *(
            "bootstrap",
            role,
            "Boss@Example.com",
            "--name",
            "李四",
            "--organisation",
            "监督局",
            "--code",
            code,
        ),
        *("--password-file", str(tmp_path / "password")),
    )


def test_first_supervisor_sets_up_a_second_factor_and_may_do_its_work(
    environment: dict[str, str], tmp_path: Path, app: Flask
) -> None:
    done = bootstrap(environment, tmp_path)
    assert done.exit_code == 0, done.output
    assert "boss@example.com manages 监督局" in done.output
    person, browser = Person(None, "boss@example.com"), Browser(app)  # type: ignore[arg-type] # its id is not needed
    assert browser.log_in(person).get_json()["tf_state"] == "setup_from_login"
    person.secret = browser.post("/api/login/authenticator", {}).get_json()["tf_authr_b32key"]
    browser.post("/api/login/authenticator/confirm", {"code": person.code()})
    assert browser.get("/api/organisations").status_code == 200
    told = sunseal(environment, "list").output
    assert "boss@example.com  active  authenticator  supervisor" in told
    # The second factor is lost
    assert sunseal(environment, "reset-second-factor", person.email, "--yes").exit_code == 0
    assert browser.present()["person"] is None
    assert Browser(app).log_in(person).get_json()["tf_state"] == "setup_from_login"


def test_a_password_s_hash_costs_what_rfc_9106_recommends(
    environment: dict[str, str], tmp_path: Path, app: Flask
) -> None:
    """Its second choice (section 4): 64 MiB, three passes, four lanes; with the library's salt and the pepper before it."""
    bootstrap(environment, tmp_path)
    with app.extensions["sunseal"].database.session() as session:
        (kept,) = session.scalars(select(Account.password))
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_second_role_keeps_the_account_and_its_password(environment: dict[str, str], tmp_path: Path) -> None:
    bootstrap(environment, tmp_path)
    done = bootstrap(environment, tmp_path, "administrator", CODES[1])
    assert done.exit_code == 0
    assert "administrator, supervisor" in sunseal(environment, "list").output


def test_suspended_account_is_out_at_once_and_back_when_resumed(
    environment: dict[str, str], tmp_path: Path, app: Flask
) -> None:
    bootstrap(environment, tmp_path)
    person = Person(None, "boss@example.com")  # type: ignore[arg-type] # its id is not needed
    assert sunseal(environment, "suspend", person.email).exit_code == 0
    assert Browser(app).log_in(person).status_code == 401
    assert sunseal(environment, "resume", person.email).exit_code == 0
    assert Browser(app).log_in(person).status_code == 200


def test_recovery_token_sets_a_password_once(environment: dict[str, str], tmp_path: Path, app: Flask) -> None:
    bootstrap(environment, tmp_path)
    token = sunseal(environment, "recover", "boss@example.com").output.strip()
    person = Person(None, "boss@example.com")  # type: ignore[arg-type] # its id is not needed
    short = Browser(app).post("/api/login/password/reset", {"token": token, "password": "short"})
    assert short.get_json()["code"] == "password-refused"
    for status in (200, 422):
        answer = Browser(app).post("/api/login/password/reset", {"token": token, "password": NEW})
        assert answer.status_code == status, answer.get_json()
    assert Browser(app).log_in(person).status_code == 401
    assert Browser(app).log_in(person, NEW).status_code == 200


def test_unlocked_name_may_try_again(environment: dict[str, str], tmp_path: Path, app: Flask) -> None:
    bootstrap(environment, tmp_path)
    person = Person(None, "boss@example.com")  # type: ignore[arg-type] # its id is not needed
    for _ in range(5):
        Browser(app).log_in(person, "wrong")
    assert Browser(app).log_in(person).status_code == 401
    assert sunseal(environment, "unlock", person.email).exit_code == 0
    assert Browser(app).log_in(person).status_code == 200


def test_what_cannot_be_is_a_sentence_and_exit_code_1(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "password").write_text("short")
    for done in (
        bootstrap(environment, tmp_path),
        bootstrap(environment, tmp_path, code="1"),
        sunseal(environment, "suspend", "nobody@example.com"),
        sunseal(environment, "suspend", "no address"),
        sunseal({**environment, "SUNSEAL_WEB_SECRET": str(tmp_path / "none")}, "list"),
    ):
        assert done.exit_code == 1
        assert done.output.startswith("Error: "), done.output
        assert "Traceback" not in done.output


def test_password_is_asked_for_and_never_an_argument(environment: dict[str, str]) -> None:
    words = ("bootstrap", "center", "a@example.com", "--name", "x", "--organisation", "x", "--code", CODES[0])
    done = sunseal(environment, *words, input=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output

"""Errors as problem+json, headers, limits and the log: nothing told that should not be."""

import logging
import re

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

import custody.errors
import guarantees.chain.errors
import ledger.errors
import oversight.errors
import parties.errors
import statutes.errors
import storage.errors
from app import intake_problems
from app.context import session
from app.errors import of_error
from app.permissions import ANYONE, TABLE, Rule
from app.problems import CATALOGUE
from bidding.turned_away import Code
from statutes.errors import RefusedError, Violation
from statutes.said import Said
from tests.integration.app.world import PASSWORD, World

SECRET = "a-very-secret-value"
CHINESE = re.compile("[\u4e00-\u9fff]")
OWN_FIELDS = {"SequenceError": ("last",), "DrawRefusedError": ("rule",)}


def test_every_problem_speaks_both_languages_and_says_what_to_do() -> None:
    for problem in [*CATALOGUE.values(), *map(intake_problems.of, Code)]:
        for said in (problem.title, problem.next):
            assert CHINESE.search(said.zh), problem.code
            assert not CHINESE.search(said.en), problem.code
        assert 400 <= problem.status < 600


@pytest.mark.parametrize(
    "base",
    [
        statutes.errors.RuleError,
        custody.errors.CustodyError,
        guarantees.chain.errors.ChainError,
        ledger.errors.LedgerError,
        oversight.errors.OversightError,
        parties.errors.PartiesError,
        storage.errors.StorageError,
    ],
)
def test_every_error_of_every_package_is_a_problem(base: type[Exception]) -> None:
    assert of_error(base("said")) is not None
    for one in base.__subclasses__():
        made = one.__new__(one)
        Exception.__init__(made, "said")
        if isinstance(made, RefusedError):
            continue  # needs its violations; tested below
        if isinstance(made, oversight.errors.OversightError):
            made.said = "said"
        for name in OWN_FIELDS.get(one.__name__, ()):
            setattr(made, name, 7)
        assert of_error(made) is not None, one


def test_refusal_of_the_law_comes_in_the_readers_language() -> None:
    said = Said("中文", "English")
    problem = of_error(RefusedError(Violation("rule", ("法24",), "deadline", said, said, said)))
    assert problem is not None
    assert isinstance(problem.detail, Said)
    assert "中文" in problem.detail.zh
    assert problem.errors == {"deadline": ["rule"]}


@pytest.mark.parametrize(
    ("accepted", "language"), [("zh-CN,zh;q=0.9,en;q=0.5", "zh"), ("en-GB", "en"), ("fr", "en"), ("", "en")]
)
def test_language_is_the_readers(world: World, accepted: str, language: str) -> None:
    answer = world.app.test_client().get("/nothing", headers={"Accept-Language": accepted})
    assert answer.content_type == "application/problem+json"
    assert answer.headers["Content-Language"] == language
    assert bool(CHINESE.search(answer.get_json()["title"])) is (language == "zh")
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not-found"),
        ("DELETE", "/api/health/live", 405, "method-not-allowed"),
        ("OPTIONS", "/api/health/live", 405, "method-not-allowed"),
        ("POST", "/api/login/rescue", 404, "not-found"),
    ],
)
def test_what_is_not_there_is_a_problem_too(
    world: World, method: str, path: str, status: int, code: str
) -> None:
    answer = world.browser().send(method, path)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    if status == 405:
        assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[1]", "application/json", 422),
        (b'"x"', "application/json", 422),
        (b"\xff", "application/json", 400),
        (b'{"email": "a\\u0000@b.c", "password": "x"}', "application/json", 422),
        (b'{"email": "\\ud800", "password": "x"}', "application/json", 422),
        (b'{"email": "a@b.c", "password": {"a": 1}}', "application/json", 422),
        (b'{"email": "a@b.c", "password": "x", "next": "//evil"}', "application/json", 422),
        (b"email=a", "application/x-www-form-urlencoded", 422),
        (b"{" + b" " * 70_000 + b"}", "application/json", 413),
    ],
)
def test_bad_body_is_refused_by_name(world: World, body: bytes, content_type: str, status: int) -> None:
    answer = world.browser().post("/api/login/password", data=body, content_type=content_type)
    assert answer.status_code == status, answer.get_data()
    assert answer.content_type == "application/problem+json"


@pytest.fixture
def broken(world: World, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application with routes that fail."""
    app = world.app
    app.config["PROPAGATE_BUGS"] = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app._got_first_request = False

    def bug() -> str:
        raise RuntimeError(SECRET)

    def query() -> str:
        session().execute(text("SELECT CAST(:value AS integer)"), {"value": SECRET})
        return ""

    for name, view in (("bug", bug), ("query", query)):
        app.add_url_rule(f"/{name}", name, view, methods=["GET"])
        monkeypatch.setitem(TABLE, name, {"GET": Rule(ANYONE)})
    return app


@pytest.mark.parametrize("path", ["/bug", "/query"])
def test_bug_tells_its_number_and_nothing_else(broken: Flask, path: str) -> None:
    answer = broken.test_client().get(path)
    assert answer.status_code == 500
    body = answer.get_json()
    assert set(body) == {"type", "code", "status", "title", "next", "request"}
    assert body["request"] == answer.headers["Request-Id"]


def test_log_of_a_failed_query_has_no_values(broken: Flask, caplog: pytest.LogCaptureFixture) -> None:
    answer = broken.test_client().get("/query")
    assert answer.headers["Request-Id"] in caplog.text
    assert SECRET not in caplog.text
    assert issubclass(SQLAlchemyError, Exception)


def test_every_answer_keeps_a_browser_from_mischief(world: World) -> None:
    for path in ("/api/login", "/nothing", "/api/", "/api/openapi.json"):
        headers = world.browser().get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert re.fullmatch("[0-9a-f]{16}", headers["Request-Id"])


def test_log_has_addresses_where_guessing_is_looked_for_and_nowhere_else(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "app.requests")
    person, browser = world.person(), world.browser()
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "192.0.2.77"}, "headers": {"User-Agent": "Sniffable/1"}}
    browser.get("/api/health/live?secret=1", **elsewhere)
    browser.get("/ledger/tile/0/000", **elsewhere)
    assert "192.0.2.77" not in caplog.text
    browser.post("/api/login/password", {"email": person.email, "password": PASSWORD})
    assert "127.0.0.1" in caplog.text
    for never in ("Sniffable", "secret=1", person.email, PASSWORD, "tile/0/000"):
        assert never not in caplog.text

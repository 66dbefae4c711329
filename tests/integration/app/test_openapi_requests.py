"""The API's description is true under requests that schemathesis makes up, as every role and as nobody.

What is taken for a failure: a server error, and an answer that the description does not have (its status, its content
type, its schema). Every operation is called, also of the submission side, where blind tokens are real.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.api.private_token import authorization
from app.api.submission_app import PREFIX
from parties.roles import Role
from tests.database import Postgres
from tests.integration.app.whole import blind_token, whole_platform
from tests.integration.app.world import URL, Browser, World

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
ENDS_THE_SESSION = {"/api/login/logout", "/api/login/sessions"}
NOBODY = "nobody"
NOT_KNOWN = {"anyone", "anyone, without a cookie", "visitor"}
FEW = 3
COSTS_A_TOKEN = {f"{PREFIX}/uploads", f"{PREFIX}/submissions"}
BEGIN = f"POST {PREFIX}/uploads"
AGE = b"age-encryption.org/v1\n"

schemathesis.openapi.media_type(
    "application/offset+octet-stream", st.binary() | st.binary().map(lambda rest: AGE + rest)
)
schemathesis.openapi.media_type("application/private-token-request", st.binary(max_size=300))

Wsgi = Callable[[dict[str, Any], Any], Any]


@pytest.fixture
def whole(postgres: Postgres, migrated_template: str, tmp_path: Path) -> Iterator[World]:
    url = postgres.create(migrated_template)
    with whole_platform(url, tmp_path, experts=12) as world:
        yield world
    postgres.retire(url)


def logged_in(world: World, browser: Browser) -> Wsgi:
    """The application, with the browser's cookie and token on every request and without invented credentials."""
    present = browser.present()
    cookie = browser.client.get_cookie("__Host-sunseal", domain="tenders.example")
    assert cookie is not None

    def called(environ: dict[str, Any], start_response: Any) -> Any:
        environ["HTTP_COOKIE"] = f"__Host-sunseal={cookie.value}"
        environ["HTTP_X_CSRFTOKEN"] = present["csrf_token"]
        environ.pop("HTTP_AUTHORIZATION", None)
        return world.app(environ, start_response)

    return called


def nameless(world: World) -> Wsgi:
    """The application without a cookie, and with a new blind token wherever one is spent."""

    def called(environ: dict[str, Any], start_response: Any) -> Any:
        environ.pop("HTTP_COOKIE", None)
        if environ["PATH_INFO"] in COSTS_A_TOKEN:
            environ["HTTP_AUTHORIZATION"] = authorization(blind_token())
        elif not environ["PATH_INFO"].startswith(PREFIX):
            environ.pop("HTTP_AUTHORIZATION", None)
        return world.app(environ, start_response)

    return called


def client_of(world: World, caller: str) -> Wsgi:
    return nameless(world) if caller == NOBODY else logged_in(world, world.acting_as(Role(caller))[1])


def options(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def _call(operation: Any, examples: int) -> Counter[int]:
    statuses: Counter[int] = Counter()

    @given(case=operation.as_strategy())
    @options(examples)
    def one(case: Any) -> None:
        answer = case.call(base_url=URL)
        statuses[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    one()
    return statuses


def run(application: Wsgi, caller: str, examples: int) -> dict[str, Counter[int]]:
    """Calls every operation with random requests, to the end; how many answers of each had which status.

    `examples` is for what the caller may do; what is refused to it, or is the same for everybody, is tried a few times.
    """
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application)
    seen: dict[str, Counter[int]] = {}
    failed = []
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr] # a description that cannot be read fails here
        if operation.path in ENDS_THE_SESSION:
            continue
        try:
            who = set(operation.definition.raw["x-who"])
            mine = NOT_KNOWN if caller == NOBODY else {caller, "person", "visitor"}
            seen[operation.label] = _call(operation, examples if who & mine else min(examples, FEW))
        except (Exception, FailureGroup) as error:  # noqa: BLE001 - each operation has its say
            shown = error.exceptions if isinstance(error, FailureGroup) else [error]
            failed += [f"{operation.label}: {one!r} {one}" for one in shown]
    assert not failed, "\n\n".join(failed)
    return seen


@pytest.mark.parametrize("caller", [NOBODY, Role.CENTER])
def test_random_requests_find_no_server_error_and_no_lie(whole: World, caller: str) -> None:
    seen = run(client_of(whole, caller), caller, FEW)
    answers = sum(seen.values(), Counter())
    assert len(seen) > 120
    assert answers[200] > 10, answers
    if caller != NOBODY:
        assert answers[401] < 20, answers
    else:
        assert 201 in seen[BEGIN]


@pytest.mark.long
@pytest.mark.parametrize("caller", [NOBODY, *Role])
def test_many_random_requests_find_no_server_error_and_no_lie(whole: World, caller: str) -> None:
    run(client_of(whole, caller), caller, 15)


@pytest.mark.long
def test_upload_that_was_begun_is_gone_on_with_as_the_description_says(whole: World) -> None:
    """Along the description's links, from a creation to what it leads to.

    Random headers seldom make an upload: every other creation is given good ones, whatever else is random.
    """
    every = schemathesis.openapi.from_wsgi("/api/openapi.json", nameless(whole))
    schema = every.include(path_regex=f"^{PREFIX}/uploads")
    seen: Counter[str] = Counter()
    begun: Counter[str] = Counter()

    class Roads(schema.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            begun.clear()  # the same draws lead along the same road, whatever was tried before

        def before_call(self, case: Any) -> None:
            begun[case.operation.label] += 1
            case.headers.pop("Idempotency-Key", None)  # it would bring back the upload of a road before
            if case.operation.label == BEGIN and begun[BEGIN] % 2:
                case.headers.update({"Tus-Resumable": "1.0.0", "Upload-Length": "4000"})
                for unwanted in ("Upload-Metadata", "Upload-Checksum"):
                    case.headers.pop(unwanted, None)
                case.body = AGE

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"base_url": URL}

        def validate_response(self, response: Any, case: Any, *_: Any, **__: Any) -> None:
            seen[f"{case.operation.label} {response.status_code}"] += 1
            case.validate_response(response, checks=CHECKS)

    Roads.run(settings=settings(options(40), stateful_step_count=8))
    one = f"{PREFIX}/uploads/{{name}}"
    assert seen[f"HEAD {one} 200"], seen
    assert seen[f"DELETE {one} 204"], seen

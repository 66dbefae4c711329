"""Every route of tenders as every role: what app.permissions says, and nothing else."""

import pytest

from parties.roles import Role
from tests.integration.app.test_permissions import (
    BY_THE_GATE,
    CALLERS,
    MERE_PERSON,
    STRANGER,
    code_of,
    may_pass,
    operations,
    path_of,
)
from tests.integration.app.world import World


@pytest.mark.parametrize("caller", CALLERS)
def test_every_route_of_tenders_lets_in_whom_the_table_says(world: World, caller: str) -> None:
    browser = world.browser()
    if caller == MERE_PERSON:
        browser.log_in(world.person())
    elif caller != STRANGER:
        _, browser = world.acting_as(Role(caller))
    walked = 0
    for found, method, rule in operations(world.app):
        if not found.endpoint.startswith("tenders."):
            continue
        answer = browser.send(method, path_of(found), {} if method in {"POST", "PUT"} else None)
        code = code_of(answer)
        named = f"{method} {found.rule} as {caller}: {answer.status_code} {code}"
        assert answer.status_code < 500, named
        if may_pass(rule, caller):
            assert code not in BY_THE_GATE, named
        else:
            assert answer.status_code == (401 if caller == STRANGER else 403), named
        walked += 1
    assert walked > 25

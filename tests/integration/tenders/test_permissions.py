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
)
from tests.integration.app.whole import roads
from tests.integration.app.world import World


@pytest.mark.parametrize("caller", CALLERS)
def test_every_route_of_tenders_lets_in_whom_the_table_says(world: World, caller: str) -> None:
    browser = world.browser()
    if caller == MERE_PERSON:
        browser.log_in(world.person())
    elif caller != STRANGER:
        _, browser = world.acting_as(Role(caller))
    walked = 0
    for road in roads(world.app):
        if not road.endpoint.startswith("tenders."):
            continue
        method, rule = road.method, road.rule
        answer = browser.send(method, road.path, {} if method in {"POST", "PUT"} else None)
        code = code_of(answer)
        named = f"{method} {road.path} as {caller}: {answer.status_code} {code}"
        assert answer.status_code < 500, named
        if may_pass(rule, caller):
            assert code not in BY_THE_GATE, named
        else:
            assert answer.status_code == (401 if caller == STRANGER else 403), named
        walked += 1
    assert walked > 25

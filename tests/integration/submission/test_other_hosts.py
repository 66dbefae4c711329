"""Bids may come from a page of another host: the browser asks first, and is told what it may send."""

import pytest

from tests.intake import World


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/uploads", "POST"),
        (f"/uploads/{'ab' * 32}", "PATCH"),
        ("/submissions", "POST"),
        ("/withdrawals", "POST"),
        ("/receipts", "POST"),
    ],
)
def test_a_browser_that_asks_first_is_allowed_to_send(world: World, path: str, method: str) -> None:
    asks = {
        "Origin": "https://tenders.example",
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    answer = world.client.options(path, headers=asks)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert method in answer.headers["Access-Control-Allow-Methods"].split(", ")
    allowed = answer.headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert {"authorization", "content-type", "idempotency-key", "upload-checksum"} <= set(allowed)

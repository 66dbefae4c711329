"""Every page is in PAGES, which screenshots and axe-core walk; or it is named here, with the reason why not."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from storage.database import Database
from tests.browser import cases, desk, draws, halls, held, mailboxes, site
from tests.browser.site import Served, Shown
from tests.integration.app.world import Clock, make_app
from tests.integration.desk_pages.house import Bank

RELOADED = "answers a POST; whoever reloads is sent on to the page of its form"
STREAM = "a stream of events, without a page"
FILE = "a file"
NOT_LISTED = {
    "answer_again": RELOADED,
    "asset_file": FILE,
    "authenticator_again": RELOADED,
    "case_record": FILE,
    "commit_pool_again": RELOADED,
    "documents_again": RELOADED,
    "draw_events": STREAM,
    "follow_up_again": RELOADED,
    "hall_answer": RELOADED,
    "hall_events": STREAM,
    "hall_object": RELOADED,
    "hall_sign_off": RELOADED,
    "import_experts_again": RELOADED,
    "invitations": RELOADED,
    "lot_hall_events": STREAM,
    "match_bidders_again": RELOADED,
    "note_conflict_again": RELOADED,
    "publication_again": RELOADED,
    "publish_names_again": RELOADED,
    "questions": RELOADED,
    "recovery_again": RELOADED,
    "scan_file": FILE,
    "seal_worker": FILE,
    "set_up_again": RELOADED,
}
"""By the name of the endpoint, without the blueprint's."""
DESK_NOT_LISTED = {
    "asset_file": FILE,
    "decline": RELOADED,
    "document": FILE,
    "guarantee_file": FILE,
    "letter": FILE,
    "logged_out": RELOADED,
    "quote": RELOADED,
    "record_file": RELOADED,
    "record_payment": RELOADED,
}
KINDS = ("1", "1/1", "1/items/1", "0" * 32, "00000000-0000-0000-0000-000000000000")
"""What stands for a record's name in an address, whatever kind of name that is."""


class _Records(dict[str, str]):
    def __init__(self, kind: str) -> None:
        super().__init__()
        self._kind = kind

    def __missing__(self, name: str) -> str:
        return "/guarantees/check" if name == "found" else self._kind


def endpoint(shown: Shown, adapter: MapAdapter) -> str | None:
    for kind in KINDS:
        there = cast("Served", SimpleNamespace(tenders=_Records(kind)))
        try:
            found, _ = adapter.match(shown.path(there).partition("?")[0])
        except HTTPException:
            continue
        return str(found).partition(".")[2]
    return None


def rendering(app: Flask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        blueprint, _, name = rule.endpoint.partition(".")
        if blueprint in ("pages", "desk") and "GET" in (rule.methods or ()):
            yield name


@pytest.fixture
def platform(tmp_path: Path) -> Flask:
    return make_app(Database("postgresql+psycopg://nobody@localhost/none"), tmp_path, Clock(), url=None)


PLACES: Mapping[str, Mapping[str, Shown]] = {
    module.__name__: module.PAGES for module in (site, halls, cases, draws, mailboxes, held)
}


def test_every_page_of_the_platform_is_looked_at_or_named_with_a_reason(platform: Flask) -> None:
    adapter = platform.url_map.bind("localhost")
    found = {
        f"{place} {name}": endpoint(shown, adapter)
        for place, pages in PLACES.items()
        for name, shown in pages.items()
    }
    assert [name for name, there in found.items() if there is None] == []
    after = {
        "second",
        "set_up_in_login",
        "authenticator",
    }  # reached by what is done on another page: Shown.then
    assert set(rendering(platform)) - set(found.values()) - after == set(NOT_LISTED)


def test_every_page_of_the_guarantor_s_desk_is_looked_at_or_named_with_a_reason(tmp_path: Path) -> None:
    app = Bank(Database("postgresql+psycopg://nobody@localhost/none"), tmp_path).app
    adapter = app.url_map.bind("localhost")
    found = {name: endpoint(shown, adapter) for name, shown in desk.PAGES.items()}
    assert [name for name, there in found.items() if there is None] == []
    assert set(rendering(app)) - set(found.values()) == set(DESK_NOT_LISTED)


def test_each_name_says_why() -> None:
    assert all({**NOT_LISTED, **DESK_NOT_LISTED}.values())

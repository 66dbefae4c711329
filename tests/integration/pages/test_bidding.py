"""The pages of bidding as they are served; what their programs do, tests/browser shows."""

import json
import re
from typing import Any

import pytest

from app.web.pages.bidding.data import data_block
from app.web.pages.bidding.terms import BiddingTerms
from bidding.package.sheet import LotSheet
from bidding.tokens.challenge import TokenTerms
from parties.roles import Role
from tests.integration.app.world import URL, World
from tests.integration.pages.reader import HTML
from tests.integration.tenders.office import Office

TERMS = BiddingTerms(
    "log ...", TokenTerms("tokens.example", "bids.example"), "https://bids.example/api/submission"
)


@pytest.fixture
def takes_bids(world: World) -> None:
    world.app.extensions["sunseal.bidding-terms"] = TERMS


def data_of(text: str) -> Any:
    found = re.search(r'<script type="application/json" id="page-data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


@pytest.mark.usefixtures("takes_bids")
def test_page_of_a_bid_gives_its_program_the_sheet_and_leave_to_send(world: World, office: Office) -> None:
    tender = office.publish()
    answer = world.app.test_client().get(f"/notices/{tender}/lots/1/bid", base_url=URL, headers=HTML)
    assert answer.status_code == 200
    data = data_of(answer.text)
    assert LotSheet.parse(data["sheet"].encode()).tender == tender
    assert data["submission"] == TERMS.submission
    policy = answer.headers["Content-Security-Policy"]
    assert "connect-src 'self' https://bids.example;" in policy
    assert "unsafe" not in policy


@pytest.mark.usefixtures("takes_bids")
def test_pages_that_could_tell_who_bids_for_what_set_no_cookie(world: World, office: Office) -> None:
    tender = office.publish()
    for path in (f"/notices/{tender}/lots/1/bid", "/bids"):
        answer = world.app.test_client().get(path, base_url=URL, headers=HTML)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers


@pytest.mark.usefixtures("takes_bids")
def test_the_wallet_is_for_bidders_and_knows_its_organisation(world: World) -> None:
    assert world.app.test_client().get("/wallet", base_url=URL, headers=HTML).status_code != 200
    _, browser = world.acting_as(Role.BIDDER)
    answer = browser.get("/wallet", headers=HTML)
    assert answer.status_code == 200
    organisation = data_of(answer.text)["organisation"]
    assert organisation["name"] == "甲公司"
    assert organisation["keys"] == []


def test_a_platform_without_witnesses_says_that_it_takes_no_bids(world: World, office: Office) -> None:
    tender = office.publish()
    answer = world.app.test_client().get(f"/notices/{tender}/lots/1/bid", base_url=URL, headers=HTML)
    assert answer.status_code == 503
    assert "见证人" in answer.text


def test_nothing_in_the_data_ends_its_block() -> None:
    block = str(data_block({"title": "</script><script>alert(1)</script>&<!--"}))
    assert block.count("<") == 2
    assert data_of(block) == {"title": "</script><script>alert(1)</script>&<!--"}

"""The page that the QR code on a letter leads to."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from app import guessing
from guarantees.chain.models import GuaranteeRow
from guarantees.chain.refusals import State
from guarantees.printed.check_url import check_url
from guarantees.signed import SignedGuarantee
from tests.guarantee_example import BIDDER, TENDEREE, signed
from tests.guarantees import OpenedLots
from tests.integration.app.test_guarantees_api import Presented, told
from tests.integration.app.world import URL, World
from tests.integration.pages.reader import Reader


def on_chain(world: World, made: SignedGuarantee, state: State = State.ISSUED) -> None:
    with world.database.session() as session:
        session.add(
            GuaranteeRow(
                id=made.id, guarantor=bytes.fromhex("11" * 20), commitment=made.commitment,
                expiry=made.undertaking.expiry, state=state.value, issued_block=1, changed_block=1,
            )
        )  # fmt: skip
        told(session, made)
        session.commit()


def address(made: SignedGuarantee) -> str:
    found = urlsplit(check_url(URL, made))
    return f"{found.path}?{found.query}"


@pytest.fixture
def made() -> SignedGuarantee:
    return signed(expiry=int((datetime.now(UTC) + timedelta(days=60)).timestamp()))


def test_before_the_opening_the_page_says_valid_and_nothing_else(
    reader: Reader, world: World, made: SignedGuarantee
) -> None:
    on_chain(world, made)
    answer = reader.get(address(made))
    assert answer.status_code == 200
    assert "The guarantee is valid." in reader.text
    for secret in (BIDDER.name, BIDDER.credit_code, TENDEREE.credit_code, made.undertaking.lot, "800,000"):
        assert secret not in reader.text, secret
    assert made.id.hex() not in reader.text
    chinese = Reader(world, "zh")
    chinese.get(address(made))
    assert "保函有效。" in chinese.text


@pytest.mark.parametrize(
    "query", ["number=BH-1&code=ABCD-EFGH-IJKL-MNOP", "number=BH-1&code=x", "number=%E5%AD%98&code=x"]
)
def test_what_is_not_known_is_said_alike(reader: Reader, query: str) -> None:
    assert reader.get(f"/guarantees/check?{query}").status_code == 200
    assert "Not known." in reader.text


@pytest.mark.parametrize("query", ["", "number=BH-1", "code=x", "number=%00&code=x", "number=a%0Ab&code=x"])
def test_without_number_and_code_there_is_the_form_alone(reader: Reader, query: str) -> None:
    assert reader.get(f"/guarantees/check?{query}").status_code == 200
    assert "Not known." not in reader.text
    assert "Check code" in reader.text


def test_from_the_opening_on_it_tells_what_became_of_it_but_not_the_bidder(
    reader: Reader, world: World, made: SignedGuarantee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guessing, "TenderedLots", OpenedLots)
    on_chain(world, made, State.PRESENTED)
    Presented(world, made).add(made, 11)
    reader.get(address(made))
    for said in ("Presented", "800,000.00", made.undertaking.lot, made.id.hex(), TENDEREE.credit_code):
        assert said in reader.text, said
    for secret in (BIDDER.name, BIDDER.credit_code):
        assert secret not in reader.text


def test_wrong_codes_are_counted_on_the_page_and_over_the_api_together(
    reader: Reader, world: World, made: SignedGuarantee
) -> None:
    """Of one number; then not even the right code is answered, and other numbers are."""
    on_chain(world, made)
    client, number = world.app.test_client(use_cookies=False), made.undertaking.number
    wrong = {"number": number, "code": "ABCD-EFGH-IJKL-MNOP"}
    for _ in range(10):
        assert client.get("/api/guarantee-check", query_string=wrong).status_code == 200
        assert reader.get(f"/guarantees/check?number={number}&code=x").status_code == 200
    refused = client.get("/api/guarantee-check", query_string=wrong)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert refused.get_json()["code"] == "too-many"
    assert reader.get(address(made)).status_code == 429
    assert "valid" not in reader.text
    assert "try again in a minute" in reader.text
    other = {**wrong, "number": "BH-3"}
    assert client.get("/api/guarantee-check", query_string=other).get_json()["validity"] == "not-known"


def test_right_answers_are_not_counted(reader: Reader, world: World, made: SignedGuarantee) -> None:
    on_chain(world, made)
    assert {reader.get(address(made)).status_code for _ in range(25)} == {200}

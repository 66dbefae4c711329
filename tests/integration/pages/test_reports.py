"""The pages of reports without a name, as they come from the platform: the same for everybody, and about nobody."""

import pytest

from parties.roles import Role
from tests.integration.app.world import World
from tests.integration.pages.reader import Reader, acting_as


@pytest.mark.parametrize("path", ["/report", "/report?kind=interference", "/report/mailbox"])
def test_page_is_the_same_for_everybody_and_sets_nothing(world: World, reader: Reader, path: str) -> None:
    nobody = reader.get(path)
    assert nobody.status_code == 200
    logged_in = acting_as(world, Role.BIDDER)
    assert _body(logged_in.get(path).get_data(as_text=True)) == _body(nobody.get_data(as_text=True))
    assert "Set-Cookie" not in nobody.headers
    assert "csrf_token" not in reader.text
    assert "<form" not in reader.text.split("<main")[1], "no form that a browser could send as it is written"


def test_page_says_what_to_do_without_its_program(reader: Reader) -> None:
    reader.get("/report")
    assert "sunseal report" in reader.text
    assert 'id="report-form" data-kind="report" hidden' in reader.text


def test_another_kind_of_mailbox_is_taken_for_a_report(reader: Reader) -> None:
    reader.get("/report?kind=something")
    assert 'data-kind="report"' in reader.text


def _body(text: str) -> str:
    return text.split("<main")[1].split("</main>", maxsplit=1)[0]

"""The page on which a bidder applies for a guarantee, as it is served; what its program does, tests/browser shows."""

from dataclasses import replace

from app.web.pages.bidding.data import data_block
from bidding.package.sheet import GuaranteeHere
from bidding.tenders.draft import PartDraft
from guarantees.checking.words import SENTENCES
from parties.roles import Role
from tests.integration.app.world import URL, World
from tests.integration.pages.reader import HTML, Reader, acting_as
from tests.integration.pages.test_bidding import TERMS, data_of
from tests.integration.tenders.office import DRAFT, LOT, Office

PATH = "/guarantees/apply"


def test_page_is_the_same_for_everybody_and_every_lot(world: World, reader: Reader, office: Office) -> None:
    office.publish()
    nobody = reader.get(PATH)
    assert nobody.status_code == 200
    assert "Set-Cookie" not in nobody.headers
    assert "csrf_token" not in reader.text
    logged_in = acting_as(world, Role.BIDDER)
    assert _body(logged_in.get(PATH).get_data(as_text=True)) == _body(reader.text)
    assert "Bridge" not in reader.text, "lots come with the public list, fetched whole"
    assert "sunseal guarantee apply" in reader.text


def test_page_gives_its_program_every_sentence_of_a_check(reader: Reader) -> None:
    reader.get(PATH)
    sentences = data_of(reader.text)["sentences"]
    assert sentences == {str(word): {"zh": said.zh, "en": said.en} for word, said in SENTENCES.items()}
    assert str(data_block({"a": "</script>"})).count("</script>") == 1


def test_no_form_of_it_can_be_sent_before_its_program_runs(reader: Reader) -> None:
    policy = reader.get(PATH).headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "connect-src 'self'" in policy
    hidden = reader.text.split('<div id="believed" hidden>')
    assert len(hidden) == 2
    assert 'id="application-form"' in hidden[1]
    assert '<div id="wallet-open" hidden>' in hidden[0]


def test_the_page_of_a_bid_names_the_lot_behind_the_hash_which_no_browser_sends(
    world: World, office: Office
) -> None:
    world.app.extensions["sunseal.bidding-terms"] = TERMS
    price = PartDraft(name="price", has_price=True, guarantee=GuaranteeHere.REQUIRED)
    tender = office.publish(replace(DRAFT, lots=(replace(LOT, parts=(price,)),)))
    answer = world.app.test_client().get(f"/notices/{tender}/lots/1/bid", base_url=URL, headers=HTML)
    assert f'href="{PATH}#{tender}.1"' in answer.text


def _body(text: str) -> str:
    return text.split("<main")[1].split("</main>", maxsplit=1)[0]

"""The guarantee of a bid that no opening reveals: handed in with its receipts, on the page, and let go of by the clock."""

import io
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.api.guarantees import changing
from app.bid_client import records
from app.cli.main import main
from app.tendering import Tendering
from app.web.pages.guarantees import giving_back as on_the_page
from crypto.signatures import SigningKey
from guarantees.after.clocks import End, Ending
from guarantees.check_code import code_of
from guarantees.checking.giving_back import give_back
from guarantees.checking.receipts import Reveal
from guarantees.errors import FormatError, RefusedError
from guarantees.models import Guarantee
from guarantees.public_check import Validity, check
from guarantees.signed import SignedGuarantee
from ledger import log
from ledger.entries import BidSubmitted, BidWithdrawn, LotClosed, Sealed, decode, encode
from ledger.entries.bids import SealedPart
from ledger.entries.signed import UNSIGNED
from ledger.models import EntryRow
from ledger.receipts import receipt_at
from parties.roles import Role
from storage.blob_folder import FolderBackend
from storage.blobs import BlobStore
from tests.guarantees import GuaranteeWorld
from tests.integration.app.world import Clock, Person, World, make_app
from tests.integration.pages.reader import Reader
from tests.log import ORIGIN
from tests.opening import party
from tests.served import served

KEY = SigningKey(b"\x61" * 32)
BID = KEY.verify_key.raw.hex()
PART = SealedPart("whole", "ab" * 32, 100, "cd" * 32, "ef" * 32, "")


@dataclass
class Bidding:
    """Bidder 1's bid for lot-1, sealed into the ledger and withdrawn; its guarantee is committed on chain."""

    at: GuaranteeWorld
    made: SignedGuarantee
    submitted: Reveal
    withdrawn: Reveal

    def back(self, **changed: Any) -> Guarantee:
        given: dict[str, Any] = {
            "content": self.made.to_bytes(),
            "bidder": party(1)[1].credit_code,
            "submitted": self.submitted,
            "withdrawn": self.withdrawn,
            **changed,
        }
        with self.at.committing() as session:
            return give_back(session, self.at.lots, given.pop("content"), **given, now=self.at.now())

    def pass_deadline(self) -> None:
        self.at.chain.clock_ahead += timedelta(minutes=31)

    def receipt(self, reveal: Reveal) -> bytes:
        """The file that a browser saves."""
        return json.dumps(
            {
                "body": json.loads(reveal.body),
                "salt": reveal.salt.hex(),
                "receipt": self.proof(reveal).decode(),
            }
        ).encode()

    def proof(self, reveal: Reveal) -> bytes:
        with self.at.database.session() as session:
            return receipt_at(session, self.at.log.files, self.at.log.policy(), reveal.index)

    def folder(self, path: Path) -> Path:
        """As `sunseal bid` leaves it."""
        for reveal in (self.submitted, self.withdrawn):
            fact = decode(reveal.body)
            assert isinstance(fact, BidSubmitted | BidWithdrawn)
            records.begin(path, fact).keep(self.proof(reveal), reveal.salt)
        return path


def sealed(world: GuaranteeWorld, fact: BidSubmitted | BidWithdrawn, salt: bytes) -> Reveal:
    with world.committing() as session:
        entry = log.append(session, Sealed.of(encode(fact), salt), now=world.now())
    world.log.run()
    with world.database.session() as session:
        index = session.get_one(EntryRow, entry).index
    assert index is not None
    return Reveal(index, salt, encode(fact))


@pytest.fixture
def bidding(guarantees: GuaranteeWorld) -> Bidding:
    made = guarantees.issued(1)
    guarantees.tell(made)
    submitted = BidSubmitted(ORIGIN, "lot-1", BID, 1, (PART,), UNSIGNED).signed_by(KEY)
    withdrawn = BidWithdrawn(ORIGIN, "lot-1", BID, UNSIGNED).signed_by(KEY)
    return Bidding(
        guarantees,
        made,
        sealed(guarantees, submitted, b"\x01" * 32),
        sealed(guarantees, withdrawn, b"\x02" * 32),
    )


def test_after_the_deadline_it_is_presented_and_released_by_its_clock(bidding: Bidding) -> None:
    world = bidding.at
    with pytest.raises(RefusedError, match="Before the deadline") as refused:
        bidding.back()
    assert "截止" in refused.value.said.zh
    bidding.pass_deadline()
    assert bidding.back().state == "presented"
    world.settle()
    assert (world.row(bidding.made).state, world.row(bidding.made).released_because) == (
        "released",
        "withdrawn",
    )


def test_early_it_is_the_bidder_s_own_word_and_the_public_check_tells_no_more(bidding: Bidding) -> None:
    world, made = bidding.at, bidding.made

    def asked() -> Any:
        with world.database.session() as session:
            return check(session, world.lots, made.undertaking.number, code_of(made), now=world.now())

    assert asked().validity is Validity.VALID
    bidding.back(early=True)
    assert (asked().validity, asked().opened) == (Validity.VALID, None)
    world.settle()
    assert world.row(made).state == "released"
    assert (asked().validity, asked().opened) == (Validity.NOT_KNOWN, None)
    bidding.pass_deadline()
    assert asked().validity is Validity.ENDED


def test_what_is_not_to_be_given_back_is_refused_with_its_reason(bidding: Bidding) -> None:
    world = bidding.at
    bidding.pass_deadline()
    other = BidWithdrawn(ORIGIN, "lot-1", "ab" * 32, UNSIGNED).signed_by(KEY)
    elsewhere = BidSubmitted(ORIGIN, "lot-2", BID, 1, (PART,), UNSIGNED)
    undertaking = replace(bidding.made.undertaking, number="BH-ALTERED")
    forged = replace(bidding.made, undertaking=undertaking).to_bytes()
    cases: list[tuple[str, dict[str, Any]]] = [
        ("another bid", {"withdrawn": sealed(world, other, b"\x03" * 32)}),
        ("another tender or lot", {"submitted": sealed(world, elsewhere.signed_by(KEY), b"\x04" * 32)}),
        ("its lot goes on", {"withdrawn": None}),
        ("not this bidder", {"bidder": party(2)[1].credit_code}),
        ("signature", {"content": forged}),
    ]
    for said, changed in cases:
        with pytest.raises(RefusedError, match=f"(?i){said}"):
            bidding.back(**changed)
    for changed in (
        {"submitted": replace(bidding.submitted, salt=b"\x05" * 32)},
        {"submitted": bidding.withdrawn},
        {"withdrawn": bidding.submitted},
        {"content": b"{}"},
    ):
        with pytest.raises(FormatError):
            bidding.back(**changed)
    assert bidding.back().id == bidding.back().id
    with pytest.raises(RefusedError, match="before"):
        bidding.back(bidder=party(2)[1].credit_code)


def test_revoked_after_the_closing_or_of_a_lot_that_ended(bidding: Bidding) -> None:
    world = bidding.at
    bidding.pass_deadline()
    with world.committing() as session:
        closing = LotClosed("lot-1", int(world.now().timestamp()), ())
        log.append(session, closing, now=world.now())
    world.log.run()
    late = sealed(world, BidWithdrawn(ORIGIN, "lot-1", BID, UNSIGNED).signed_by(KEY), b"\x06" * 32)
    with pytest.raises(RefusedError, match="after the deadline"):
        bidding.back(withdrawn=late)
    world.lots.ended["lot-1"] = [Ending(End.FAILED, world.now(), None)]
    bidding.back(withdrawn=None)
    world.settle()
    assert world.row(bidding.made).released_because == "failed"


@pytest.fixture
def world(bidding: Bidding, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """The platform's application on the same database."""
    clock = Clock()
    app = make_app(bidding.at.database, tmp_path, clock)
    blobs = BlobStore(FolderBackend(tmp_path / "blobs"))
    tendering = Tendering(blobs, lambda: pytest.fail("unused"))
    app.extensions["sunseal"] = replace(app.extensions["sunseal"], tendering=tendering)
    for module in (on_the_page, changing):
        monkeypatch.setattr(module, "TenderedLots", lambda: bidding.at.lots)
    return World(app, bidding.at.database, clock)


def bidder(world: World) -> Person:
    person = world.person()
    world.organisation(person, [Role.BIDDER], code=party(1)[1].credit_code)
    return person


def test_on_the_page_nothing_that_was_chosen_is_lost(bidding: Bidding, world: World) -> None:
    reader = Reader(world).log_in(bidder(world))
    reader.get("/desk/guarantees")
    assert "/desk/guarantees/give-back" in reader.text
    path = "/desk/guarantees/give-back"
    files = {
        "guarantee": (io.BytesIO(bidding.made.to_bytes()), "guarantee.json"),
        "submitted": (io.BytesIO(b"a letter"), "letter.json"),
        "withdrawn": (io.BytesIO(bidding.receipt(bidding.withdrawn)), "receipt-2.json"),
    }
    reader.get(path)
    csrf = next(fields["csrf_token"] for _, fields in reader.forms() if "csrf_token" in fields)
    assert reader.post(path, {"csrf_token": csrf}).status_code == 422
    assert "Choose the guarantee" in reader.text
    assert reader.post(path, {"csrf_token": csrf, **files}).status_code == 422
    assert "“letter.json” is no receipt" in reader.text
    right = (io.BytesIO(bidding.receipt(bidding.submitted)), "receipt-1.json")
    assert reader.send("kept-guarantee", submitted=right).status_code == 422
    assert "or choose to have it given back now" in reader.text
    reader.send("kept-guarantee", early="y")
    assert "The guarantee is taken." in reader.text
    assert bidding.made.undertaking.number in reader.text


def test_by_command_out_of_the_bid_s_folder(
    bidding: Bidding, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = world.browser()
    browser.log_in(bidder(world))
    token = browser.post("/api/tokens", {"name": "bids", "scopes": ["guarantees:write"]}).get_json()["token"]
    monkeypatch.setenv("SUNSEAL_API_TOKEN", token)
    guarantee, policy = tmp_path / "guarantee.json", tmp_path / "policy"
    guarantee.write_bytes(bidding.made.to_bytes())
    policy.write_text(f"log {bidding.at.log.policy().log.keys[-1].vkey}\nquorum none\n")
    folder = bidding.folder(tmp_path / "bid")
    with served(world.app) as address:
        words = ["bid", "give-back", str(folder), "--platform", address, "--guarantee", str(guarantee)]

        def run(*more: str) -> Result:
            return CliRunner().invoke(main, [*words, "--policy", str(policy), *more])

        refused = run()
        assert refused.exit_code == 1
        assert "Before the deadline" in refused.output
        for _ in range(2):  # the same again, as after an answer that was lost
            done = run("--early")
            assert done.exit_code == 0, done.output
            assert f"the guarantee {bidding.made.id.hex()} is taken" in done.output
        (folder / "submitted" / "0001" / "receipt.tlog-proof").unlink()
        assert "no receipt of a bid" in run().output

"""Guarantees from the opening on, as pages: what each check found, demands, and what is late."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from app.tendering import Tendering
from app.web.pages.guarantees import demanding
from crypto import canonical_json
from guarantees.after import demands
from guarantees.after.demand_rules import Answer
from guarantees.chain import abi
from guarantees.chain.models import BlockRow, EventRow
from guarantees.models import DemandRow, Guarantee, GuaranteeCheck
from parties.roles import Role
from statutes.counting import CHINA
from storage.blob_folder import FolderBackend
from storage.blobs import BlobStore
from tests.guarantee_example import BANK, BIDDER, TENDEREE, UNDERTAKING, signed
from tests.guarantees import Lots
from tests.integration.app.test_guarantees_api import Presented
from tests.integration.app.world import CODES, World
from tests.integration.pages.reader import Reader, acting_as
from tests.integration.tenders.office import Office


@pytest.fixture
def presented(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Presented:
    """A guarantee after the opening."""
    parts = world.app.extensions["sunseal"]
    blobs = BlobStore(FolderBackend(tmp_path / "blobs"))
    tendering = Tendering(blobs, lambda: pytest.fail("unused"))
    world.app.extensions["sunseal"] = replace(parts, tendering=tendering)
    monkeypatch.setattr(demanding, "TenderedLots", Lots)
    made = Presented(world, signed(expiry=int((datetime.now(UTC) + timedelta(days=60)).timestamp())))
    made.add(made.made, 11)
    return made


def of(world: World, role: Role, code: str) -> Reader:
    """Somebody of this organisation, logged in."""
    person = world.person()
    world.organisation(person, [role], code=code)
    return Reader(world).log_in(person)


def test_its_parties_see_it_and_strangers_do_not(presented: Presented) -> None:
    world, path = presented.world, f"/desk/guarantees/{presented.id}"
    for role, party in ((Role.GUARANTOR, BANK), (Role.TENDEREE, TENDEREE), (Role.BIDDER, BIDDER)):
        reader = of(world, role, party.credit_code)
        reader.get("/desk/guarantees")
        assert UNDERTAKING.number in reader.text
        reader.get(path)
        assert BANK.name in reader.text
        assert "Presented" in reader.text
        assert ("Demand payment" in reader.text) == (role is Role.TENDEREE)
        assert reader.get(f"{path}/demand").status_code == (200 if role is Role.TENDEREE else 403)
    stranger = of(world, Role.BIDDER, CODES[6])
    assert stranger.get(path).status_code == 404
    stranger.get("/desk/guarantees")
    assert UNDERTAKING.number not in stranger.text


def test_a_demand_that_is_refused_loses_nothing_and_the_guarantor_sees_the_one_that_is_not(
    presented: Presented,
) -> None:
    world, path = presented.world, f"/desk/guarantees/{presented.id}"
    tenderee = of(world, Role.TENDEREE, TENDEREE.credit_code)
    tenderee.get(f"{path}/demand")
    asked = {"ground": "contract-not-signed", "statement": "中标人未签订合同。"}
    files: dict[str, Any] = {
        f"document-{number}": (io.BytesIO(b"%PDF notice"), "notice.pdf")
        for number, _ in enumerate(UNDERTAKING.demand.documents)
    }
    files["further"] = (io.BytesIO(b"%PDF minutes"), "minutes.pdf")
    refused = tenderee.send("statement", **asked, amount="900,000,000.00", **files)
    assert refused.status_code == 422
    assert "中标人未签订合同。" in tenderee.text
    assert tenderee.text.count("Handed in already") == len(files)
    tenderee.send("statement", amount="800,000.00")
    assert "The demand is made" in tenderee.text
    with world.database.session() as session:
        (row,) = demands.of(session, bytes.fromhex(presented.id))
        assert {"name": "minutes.pdf", "sha256": sha256(b"%PDF minutes").hexdigest()} in row.documents
    assert "中标人未签订合同。" in tenderee.text
    bank = of(world, Role.GUARANTOR, BANK.credit_code)
    bank.get("/desk")
    assert "a demand waits for your answer" in bank.text
    bank.get(path)
    assert f"{path}/answer" in bank.text
    bank.get(f"{path}/answer")
    assert bank.send("reasons", given="refused", reasons=" ").status_code == 422
    assert "A refusal names every discrepancy" in bank.text
    proof = (io.BytesIO(b"%PDF notice of refusal"), "notice.pdf")
    bank.get(f"{path}/answer")
    assert bank.send("reasons", reasons="无违约声明。", document=proof).status_code == 422
    assert "notice.pdf" in bank.text, "a refused form keeps what was handed in"
    bank.send("reasons", given="refused", reasons="无违约声明。\n金额不符。")
    with world.database.session() as session:
        (row,) = demands.of(session, bytes.fromhex(presented.id))
        expected = demands.reply_hash(row).hex()
        assert demands.given_answer(row) is Answer.REFUSED
    for reader in (bank, tenderee):
        reader.get(path)
        for word in ("无违约声明。", "金额不符。", expected, "counts once it is on chain"):
            assert word in reader.text
    assert tenderee.get(f"{path}/answer").status_code == 403


def test_a_demand_that_was_made_on_chain_alone_is_shown_without_its_statement(presented: Presented) -> None:
    world, path, at = presented.world, f"/desk/guarantees/{presented.id}", datetime.now(UTC)
    with world.database.session() as session:
        row = session.get_one(Guarantee, bytes.fromhex(presented.id))
        row.state = "demanded"
        session.add(
            DemandRow(
                guarantee=row.id, number=1, amount=row.amount, extension_days=0, grounds="", statement=b"",
                documents=[], made_at=at, examine_by=at + timedelta(days=7), answer_by=1, state="open", reply=None,
                answered_at=None,
            )
        )  # fmt: skip
        session.commit()
    bank = of(world, Role.GUARANTOR, BANK.credit_code)
    bank.get(path)
    assert "the beneficiary demanded on the chain by itself" in bank.text


def test_each_check_of_a_lot_has_its_sentence(presented: Presented, office: Office) -> None:
    tender = office.publish()
    lot = f"{tender}.1"
    with presented.world.database.session() as session:
        session.add(
            GuaranteeCheck(
                bid=12, lot=lot, credit_code=BIDDER.credit_code, form="electronic", content=b"{}", guarantee=None,
                state="invalid", findings=[{"code": "amount", "zh": "金额不足。", "en": "The amount is too small."}],
                due_at=None, began_at=datetime.now(UTC), decided_at=datetime.now(UTC), entry_id=None,
            )
        )  # fmt: skip
        session.commit()
    staff = acting_as(presented.world, Role.CENTER)
    staff.get("/desk/guarantees")
    assert UNDERTAKING.number in staff.text
    staff.get(f"/desk/tenders/{tender}/lots/1/guarantees")
    assert "The amount is too small." in staff.text
    assert staff.get("/desk/tenders/nothing/lots/1/guarantees").status_code == 404


def test_products_are_for_everybody(presented: Presented) -> None:
    reader = Reader(presented.world)
    reader.get("/guarantees/products")
    assert "No guarantor is listed yet." in reader.text


def test_every_party_sees_that_an_answer_on_chain_came_too_late_to_count(presented: Presented) -> None:
    world, path = presented.world, f"/desk/guarantees/{presented.id}"
    made_at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=12)
    with world.database.session() as session:
        row = session.get_one(Guarantee, bytes.fromhex(presented.id))
        number, row.state = row.followed, "demanded"
        session.add(
            DemandRow(
                guarantee=row.id, number=1, amount=row.amount, extension_days=0, grounds="contract-not-signed",
                statement=canonical_json.dumps({"statement": "未签订合同。"}), documents=[], made_at=made_at,
                examine_by=made_at + timedelta(days=7), answer_by=1, state="open", reply=None, answered_at=None,
            )
        )  # fmt: skip
        for place, name in enumerate(["Presented"] * number + ["Refused"]):
            session.add(BlockRow(number=100 + place, hash=bytes([place]) * 32))
            session.flush()
            session.add(
                EventRow(
                    block=100 + place, log_index=0, block_hash=bytes([place]) * 32, transaction=b"\x08" * 32,
                    time=int((made_at + timedelta(days=11)).timestamp()), contract=abi.REGISTRY, name=name,
                    subject=row.id, fields={"answerBy": 1, "grounds": "0x" + "ab" * 32},
                )
            )  # fmt: skip
        row.followed = number + 1
        session.commit()
    for role, party in ((Role.GUARANTOR, BANK), (Role.TENDEREE, TENDEREE), (Role.BIDDER, BIDDER)):
        reader = of(world, role, party.credit_code)
        reader.get(path)
        assert "refused on chain after its five business days" in reader.text
        assert "over without an answer: what remains is to pay" in reader.text


def test_the_figures_of_a_period_are_for_everybody(presented: Presented) -> None:
    reader, day = Reader(presented.world), datetime.now(CHINA).date()
    reader.get("/guarantees/products")
    assert "/guarantees/statistics" in reader.text
    assert reader.get("/guarantees/statistics").status_code == 200
    for said in ("All guarantors", "800,000.00", "1.0 h"):
        assert said in reader.text, said
    assert reader.get(f"/guarantees/statistics?until={day - timedelta(days=400)}").status_code == 422
    assert "The last day comes before the first." in reader.text
    reader.get("/guarantees/statistics?since=2020-01-01&until=2020-06-30")
    assert "None was issued in this period." in reader.text
    assert reader.get("/guarantees/statistics?since=never").status_code == 422

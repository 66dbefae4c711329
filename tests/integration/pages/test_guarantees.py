"""Guarantees from the opening on, as pages: what each check found, demands, and what is late."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.tendering import Tendering
from app.web.pages.guarantees import demanding
from guarantees.models import GuaranteeCheck
from parties.roles import Role
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
    refused = tenderee.send("statement", **asked, amount="900,000,000.00", **files)
    assert refused.status_code == 422
    assert "中标人未签订合同。" in tenderee.text
    assert tenderee.text.count("Handed in already") == len(files)
    tenderee.send("statement", amount="800,000.00")
    assert "The demand is made" in tenderee.text
    assert "中标人未签订合同。" in tenderee.text
    bank = of(world, Role.GUARANTOR, BANK.credit_code)
    bank.get("/desk")
    assert "a demand waits for your answer" in bank.text
    bank.get(path)
    assert "Contract" in bank.text or "contract" in bank.text


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

"""The opening's own job hands guarantees over: each is checked in its bid's transaction, and waits for no chain."""

from datetime import UTC, datetime

import pytest

from crypto.age import X25519Identity
from guarantees.checking.facts import Asked
from guarantees.checking.taking import CheckAtOpening
from guarantees.models import GuaranteeCheck
from guarantees.register import listing
from guarantees.undertaking import Party
from ledger.entries import BidOpened, GuaranteeChecked, GuarantorListed
from ledger.entries.signed import UNSIGNED
from tests.guarantee_example import BANK, ISSUER_KEY, TENDEREE, UNDERTAKING, signed
from tests.guarantees import Lots, spki
from tests.log import NOW, ORIGIN
from tests.opening import OpeningWorld, party
from tests.story import SUPERVISOR

ACCOUNT = bytes.fromhex(UNDERTAKING.on_chain.beneficiary)
BOND = UNDERTAKING.amount


@pytest.fixture
def lots(world: OpeningWorld) -> Lots:
    """A lot's terms, and a guarantor that was listed in time."""
    since = datetime.fromtimestamp(UNDERTAKING.applied - 86400, UTC)
    entry = GuarantorListed(
        *(ORIGIN, BANK.credit_code, BANK.name, UNDERTAKING.on_chain.guarantor, spki(ISSUER_KEY).hex()),
        str(X25519Identity(b"\x51" * 32).recipient),
        *(int(since.timestamp()), int(since.timestamp()) + 400 * 86400),
        *(SUPERVISOR.verify_key.raw.hex(), UNSIGNED),
    ).signed_by(SUPERVISOR)
    with world.database.session() as session:
        listing.take(session, entry, SUPERVISOR.verify_key, now=since)
        session.commit()
    until = datetime.fromtimestamp(UNDERTAKING.expiry, UTC)
    terms = Asked("tender-1", "lot-1", TENDEREE.credit_code, ACCOUNT, BOND, "CNY", NOW, until)
    return Lots({"lot-1": terms})


def test_guarantees_are_checked_in_the_opening_and_the_chain_holds_up_none(
    world: OpeningWorld, lots: Lots, monkeypatch: pytest.MonkeyPatch
) -> None:
    lot = world.lot()
    applicant = Party(party(0)[1].name, party(0)[1].credit_code)
    # The opening's clock is the world's; the guarantee outlives it.
    monkeypatch.setattr(world.clock, "now", datetime.fromtimestamp(UNDERTAKING.expiry - 3600, UTC))
    made = signed(tender="tender-1", lot="lot-1", applicant=applicant)
    lot.bid(0, guarantee=made.to_bytes())
    lot.bid(1, guarantee=made.to_bytes())
    lot.bid(2)
    lot.close()
    lot.release(1)
    lot.release(2)
    world.job(guarantees=CheckAtOpening(lots)).run()
    assert lot.states() == ["opened"] * 3
    opened = [entry for entry in world.entries(BidOpened) if isinstance(entry, BidOpened)]
    words = [entry.read_out[0].guarantee for entry in opened]
    assert words == ["awaiting-chain", "other-applicant", "none"]
    (checked,) = world.entries(GuaranteeChecked)
    assert isinstance(checked, GuaranteeChecked)
    assert (checked.outcome, checked.findings) == ("invalid", ("other-applicant", "presented-elsewhere"))
    with world.database.session() as session:
        waiting = session.get_one(GuaranteeCheck, ("lot-1", lot.bids[0].index))
        assert (waiting.state, waiting.guarantee) == ("waiting", made.id)

"""The opening's own job hands guarantees over: each is checked in its bid's transaction, and waits for no chain."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bidding.package.packing import BytesContent
from crypto.age import X25519Identity
from guarantees.checking.facts import Asked
from guarantees.checking.taking import CheckAtOpening
from guarantees.models import GuaranteeCheck, PaperExamination
from guarantees.paper import PaperGuarantee, Scan
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


def test_a_scan_that_is_missing_or_another_one_does_not_pass(world: OpeningWorld, lots: Lots) -> None:
    lot, content = world.lot(), b"%PDF-1.7 the scan"
    scan = Scan("documents/guarantee-scan.pdf", hashlib.sha256(content).hexdigest(), len(content))
    paper = PaperGuarantee(BANK, "P-1", BOND, "CNY", UNDERTAKING.expiry, scan)
    there = [BytesContent(scan.name, content)]
    elsewhere = [BytesContent("documents/other.pdf", content)]
    longer = replace(paper, scan=replace(scan, size=scan.size + 1))
    other = replace(paper, scan=replace(scan, sha256=hashlib.sha256(b"another").hexdigest()))
    for number, (said, documents) in enumerate(
        [(paper, there), (paper, []), (paper, elsewhere), (longer, there), (other, there)]
    ):
        lot.bid(number, guarantee=said.to_bytes(), documents=documents)
    lot.close()
    lot.release(1)
    lot.release(2)
    world.job(guarantees=CheckAtOpening(lots)).run()
    opened = [entry for entry in world.entries(BidOpened) if isinstance(entry, BidOpened)]
    words = [entry.read_out[0].guarantee for entry in opened]
    assert words == ["scan-by-hand", "scan-missing", "scan-missing", "scan-differs", "scan-differs"]
    checked = [entry for entry in world.entries(GuaranteeChecked) if isinstance(entry, GuaranteeChecked)]
    assert [(one.outcome, one.findings) for one in checked] == [
        ("examine", ()),
        *[("invalid", (word,)) for word in words[1:]],
    ]
    with world.database.session() as session:
        examinations = session.query(PaperExamination).all()
        rows = [session.get_one(GuaranteeCheck, ("lot-1", one.index)) for one in lot.bids]
    assert [one.bid for one in examinations] == [lot.bids[0].index], "nothing else is there to be examined"
    assert {row.form for row in rows} == {"paper"}
    assert [row.findings[0]["zh"][-1] for row in rows[1:]] == ["。"] * 4

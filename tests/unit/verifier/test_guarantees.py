"""The lives of guarantees: one that holds is proved, and each step that cannot be is found."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ledger.entries import (
    BidOpened,
    Entry,
    GuaranteeAmended,
    GuaranteeChecked,
    GuaranteeDemanded,
    GuaranteeDemandRefused,
    GuaranteeExpired,
    GuaranteeExtended,
    GuaranteePaid,
    GuaranteePresented,
    GuaranteeReleased,
    GuarantorListed,
    GuarantorSuspended,
    ReadOut,
)
from ledger.entries.signed import UNSIGNED
from tests.guarantee_example import ISSUER_KEY
from tests.story import ORIGIN, SUPERVISOR
from tests.unit.ledger.guarantee_examples import CODE, HASH, RECIPIENT
from verifier.guarantees import Guarantees
from verifier.report import Level, Report

KEY = SUPERVISOR.verify_key.raw.hex()
SPKI = "302a300506032b6570032100" + ISSUER_KEY.verify_key.raw.hex()
LISTED = GuarantorListed(
    *(ORIGIN, CODE, "甲银行", "11" * 20, SPKI, RECIPIENT, 1_700_000_000, 1_900_000_000, KEY, UNSIGNED)
).signed_by(SUPERVISOR)
ID, SUCCESSOR = "01" * 32, "02" * 32
READ = ReadOut("甲公司", CODE, "1.00", "CNY", None, None, None, False, "verified")
OPENED = BidOpened(HASH, "price", 7, "keyholders", (READ,))
CHECKED = GuaranteeChecked("lot-1", 7, HASH, ID, "valid", ())
PRESENTED = GuaranteePresented(ID, "lot-1", 7, CODE, "BH-1", HASH, 1000, "CNY", 1_800_000_000)
AT = 1_789_000_000
DEMANDED = GuaranteeDemanded(ID, 1, 1000, 30, HASH, 1_790_000_000, AT)
REFUSED = GuaranteeDemandRefused(ID, 1, HASH, AT)
RELEASED = GuaranteeReleased(ID, "contract", 1_790_000_000, AT)
BEGUN = (LISTED, OPENED, CHECKED, PRESENTED)


def told(*entries: Entry) -> Report:
    report = Report()
    guarantees = Guarantees(ORIGIN, SUPERVISOR.verify_key, report)
    for index, entry in enumerate(entries):
        guarantees.take(index, entry)
    guarantees.finish()
    return report


def wrong(*entries: Entry) -> list[str]:
    return [one.check for one in told(*entries) if one.level is Level.WRONG]


@pytest.mark.parametrize(
    "life",
    [
        (RELEASED,),
        (DEMANDED, GuaranteePaid(ID, 1, HASH, AT)),
        (DEMANDED, REFUSED, replace(DEMANDED, number=2), GuaranteePaid(ID, 2, HASH, AT)),
        (DEMANDED, REFUSED, RELEASED),
        (DEMANDED, GuaranteeExtended(ID, 1, 1_800_000_001, AT), GuaranteeExpired(ID, 1_800_000_001)),
        (GuaranteeAmended(ID, 1, HASH), replace(PRESENTED, guarantee=SUCCESSOR), RELEASED),
    ],
)
def test_a_life_that_holds_is_proved(life: Sequence[Entry]) -> None:
    report = told(*BEGUN, *life)
    assert report.is_green
    assert any(one.check == "guarantee" for one in report)


@pytest.mark.parametrize(
    "life",
    [
        (PRESENTED,),
        (replace(PRESENTED, guarantee=SUCCESSOR),),
        (replace(DEMANDED, amount=1001),),
        (replace(DEMANDED, number=2),),
        (DEMANDED, replace(DEMANDED, number=2)),
        (DEMANDED, RELEASED),
        (REFUSED,),
        (DEMANDED, GuaranteePaid(ID, 2, HASH, AT)),
        (DEMANDED, GuaranteeExtended(ID, 1, 1_800_000_000, AT)),
        (RELEASED, RELEASED),
        (RELEASED, DEMANDED),
        (GuaranteeExpired(ID, 1_800_000_001),),
        (replace(RELEASED, guarantee=SUCCESSOR),),
        (RELEASED, GuaranteeAmended(ID, 1, HASH)),
        (CHECKED,),
    ],
)
def test_a_step_that_cannot_be_is_found(life: Sequence[Entry]) -> None:
    assert wrong(*BEGUN, *life) == ["guarantee"]


def test_a_guarantee_is_presented_after_its_check_and_by_who_is_listed() -> None:
    assert wrong(OPENED, CHECKED, PRESENTED) == ["guarantee"]
    assert "guarantee" in wrong(LISTED, PRESENTED)
    invalid = replace(CHECKED, outcome="invalid", findings=("amount-short",))
    assert "guarantee" in wrong(LISTED, invalid, PRESENTED)
    assert "guarantee" in wrong(LISTED, replace(CHECKED, findings=("amount-short",)))


def test_an_act_that_the_supervisor_did_not_sign_counts_for_nothing() -> None:
    forged = replace(LISTED, name="乙银行")
    assert wrong(forged) == ["guarantor"]
    assert wrong(GuarantorSuspended(ORIGIN, CODE, "", KEY, UNSIGNED).signed_by(SUPERVISOR)) == ["guarantor"]


def test_what_was_read_out_is_what_was_found() -> None:
    scan = replace(CHECKED, outcome="examine", guarantee="00" * 32)
    accepted = replace(scan, outcome="accepted")
    read = {word: replace(OPENED, read_out=(replace(READ, guarantee=word),)) for word in (
        *("verified", "awaiting-chain", "amount-short", "scan-by-hand", "none"),
    )}  # fmt: skip
    invalid = replace(CHECKED, outcome="invalid", findings=("amount-short",))
    assert not wrong(LISTED, read["awaiting-chain"])
    assert not wrong(LISTED, read["awaiting-chain"], CHECKED)
    assert not wrong(LISTED, read["amount-short"], invalid)
    assert not wrong(LISTED, read["scan-by-hand"], scan, accepted)
    assert not wrong(read["none"])
    assert wrong(LISTED, read["verified"], invalid) == ["read-out"]
    assert wrong(LISTED, read["verified"]) == ["read-out"]
    assert wrong(LISTED, read["amount-short"], CHECKED) == ["read-out"]

"""What a guarantor's own program refuses to sign, each with a sentence in both languages."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from guarantees.errors import FormatError, NotFoundError
from guarantees.lot_notice import LotNotice, find, parse_list, to_list
from guarantees.undertaking import Party
from guarantees.undertaking_rules import violations
from tests.guarantee_example import BANK, TENDEREE, UNDERTAKING

OTHER_CODE = "91110000MA0000001L"
NOW = datetime.fromtimestamp(UNDERTAKING.issued, UTC)
NOTICE = LotNotice(
    tender=UNDERTAKING.tender,
    tender_title=UNDERTAKING.tender_title,
    lot=UNDERTAKING.lot,
    lot_title=UNDERTAKING.lot_title,
    beneficiary=TENDEREE,
    bond=UNDERTAKING.amount,
    currency="CNY",
    deadline=UNDERTAKING.issued + 1_000_000,
    valid_until=UNDERTAKING.expiry + 1,
    chain_id=UNDERTAKING.on_chain.chain_id,
    registry=UNDERTAKING.on_chain.registry,
    account=UNDERTAKING.on_chain.beneficiary,
)


def codes(**changed: Any) -> list[str]:
    return [one.code for one in violations(replace(UNDERTAKING, **changed), NOTICE, now=NOW)]


def test_what_the_lot_asks_exactly_is_no_violation() -> None:
    assert codes() == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"amount": UNDERTAKING.amount - 1}, "amount-short"),
        ({"expiry": UNDERTAKING.expiry - 1}, "expires-too-early"),
        ({"currency": "USD"}, "other-currency"),
        ({"lot": "other.1"}, "other-lot"),
        ({"beneficiary": Party("别处", OTHER_CODE)}, "other-beneficiary"),
        ({"issuer": Party(BANK.name, "911100006000373410")}, "issuer-credit-code"),
        ({"applicant": Party("某公司", "911100006000373410")}, "applicant-credit-code"),
        ({"applicant": BANK}, "same-party"),
        ({"applied": UNDERTAKING.issued + 1}, "times"),
        ({"issued": UNDERTAKING.issued + 301}, "issued-ahead"),
        ({"transferable": True}, "transferable"),
        ({"demand": replace(UNDERTAKING.demand, irrevocable=False)}, "conditions"),
        ({"demand": replace(UNDERTAKING.demand, grounds=("bid-withdrawn",))}, "conditions"),
        ({"demand": replace(UNDERTAKING.demand, grounds=(*UNDERTAKING.demand.grounds, "whim"))}, "grounds"),
        ({"demand": replace(UNDERTAKING.demand, multiple=True)}, "multiple"),
        ({"on_chain": replace(UNDERTAKING.on_chain, chain_id=1)}, "other-chain"),
        ({"on_chain": replace(UNDERTAKING.on_chain, guarantor="22" * 20)}, "same-account"),
        ({"on_chain": replace(UNDERTAKING.on_chain, beneficiary="44" * 20)}, "other-beneficiary-account"),
    ],
)
def test_each_violation_has_its_code_and_a_sentence_in_both_languages(
    changed: dict[str, Any], code: str
) -> None:
    found = violations(replace(UNDERTAKING, **changed), NOTICE, now=NOW)
    assert [one.code for one in found] == [code]
    assert found[0].said.zh.endswith("。")
    assert found[0].said.en.endswith(".")


def test_the_list_of_lots_is_one_to_one_with_its_bytes() -> None:
    data = to_list([NOTICE])
    assert parse_list(data) == [NOTICE]
    assert find([NOTICE], NOTICE.lot) == NOTICE
    with pytest.raises(NotFoundError):
        find([NOTICE], "other")
    for wrong in (b"{}", b"[1]", data + b" ", b"\xff"):
        with pytest.raises(FormatError):
            parse_list(wrong)

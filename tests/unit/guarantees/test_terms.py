"""Commitment and id are those of the specification's worked example (docs/spec/guarantee.md)."""

import re

import pytest

from guarantees.chain.errors import MalformedError
from guarantees.chain.terms import Terms, commitment, guarantee_id
from tests.environment import ROOT

EXAMPLE = dict(
    re.findall(r"^(\w+) = (.+)$", (ROOT / "docs" / "spec" / "guarantee.md").read_text("utf-8"), re.MULTILINE)
)


def value(name: str) -> bytes:
    return bytes.fromhex(EXAMPLE[name].removeprefix("0x"))


def example(amount: int = int(EXAMPLE["amount"])) -> Terms:
    return Terms(value("guarantor"), value("beneficiary"), amount, value("document"), value("salt"))


def test_the_example_of_the_specification() -> None:
    committed = commitment(example(), chain_id=int(EXAMPLE["chain"]), registry=value("registry"))
    assert committed == value("commitment")
    assert guarantee_id(value("guarantor"), committed) == value("id")


def test_another_chain_or_registry_is_another_commitment() -> None:
    elsewhere = commitment(example(), chain_id=1, registry=value("registry"))
    otherwise = commitment(example(), chain_id=int(EXAMPLE["chain"]), registry=bytes(20))
    assert len({elsewhere, otherwise, value("commitment")}) == 3


@pytest.mark.parametrize("amount", [0, -1, 2**96])
def test_an_amount_that_the_contract_cannot_hold_is_refused(amount: int) -> None:
    with pytest.raises(MalformedError):
        example(amount)


def test_terms_print_without_what_they_hide() -> None:
    shown = repr(example())
    assert EXAMPLE["salt"][2:] not in shown
    assert EXAMPLE["amount"] not in shown
    assert str(value("salt")) not in shown

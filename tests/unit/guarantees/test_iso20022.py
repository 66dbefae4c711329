"""The export in the shape of ISO 20022 tsrv.001.001.01: the schema's elements, in its order, and all that we say."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from crypto import canonical_json
from guarantees.iso20022 import export
from guarantees.undertaking import Demand, Party, Presentation
from tests.environment import ROOT
from tests.guarantee_example import UNDERTAKING, signed

ORDER = (
    *("Id", "Nm", "Tp", "IssncTp", "Applcnt", "Issr", "Bnfcry", "DtOfIssnc", "PlcOfIsse", "AdvsgPty"),
    *("ScndAdvsgPty", "UdrtkgAmt", "XpryDtls", "ConfInd", "ConfPtyTp", "AddtlPty", "GovncRulesAndLaw"),
    *("UndrlygTx", "PresntnDtls", "UdrtkgTermsAndConds", "MltplDmndInd", "PrtlDmndInd", "ConfChrgsPyblBy"),
    *("TrfChrgsPyblBy", "AutomtcAmtVartn", "DlvryChanl", "TrfInd", "NclsdFile", "AddtlInf", "ReqdLclUdrtkg"),
)
"""The elements of Undertaking3 in the schema's order."""
REQUIRED = {
    *("Id", "Nm", "IssncTp", "Issr", "Bnfcry", "DtOfIssnc", "UdrtkgAmt", "XpryDtls", "GovncRulesAndLaw"),
    "UdrtkgTermsAndConds",
}


def details(**changed: Any) -> dict[str, Any]:
    found = export(signed(**changed))["Document"]["UdrtkgIssnc"]["UdrtkgIssncDtls"]
    assert isinstance(found, dict)
    return found


SCHEMA = ROOT / "docs" / "spec" / "schemas" / "iso20022" / "undertaking-issuance.json"
LONG = Party("长" * 300, UNDERTAKING.applicant.credit_code)


def violations(message: dict[str, Any]) -> list[str]:
    validator = Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
    return [error.json_path for error in validator.iter_errors(message)]


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"rules": "none", "law": "SG", "languages": ("en",), "charges": "beneficiary", "transferable": True},
        {
            "expiry_event": "招标人通知",
            "text": "特别约定" * 500,
            "presentation": Presentation("paper", "柜台"),
        },
        {"demand": Demand(False, False, ("other",), ("判决书",) * 20, True, True)},
        {"amount": 2**53 - 1, "number": "N" * 64},
        {
            "applicant": LONG,
            "issuer": LONG,
            "beneficiary": LONG,
            "tender_title": "长" * 300,
            "lot_title": "长" * 300,
        },
    ],
)
def test_what_is_exported_holds_by_the_schema(changed: dict[str, Any]) -> None:
    assert violations(export(signed(**changed))) == []


def test_the_schema_refuses_what_the_message_does_not_have() -> None:
    Draft202012Validator.check_schema(json.loads(SCHEMA.read_text("utf-8")))
    for path, value in {
        "Id": "N" * 36,
        "Nm": "XXXX",
        "DtOfIssnc": "2026-13-01",
        "AddtlInf": ["x"] * 6,
        "TrfInd": "false",
        "Lot": "1",
        "UdrtkgAmt": {"Amt": {"value": "1.5", "Ccy": "CNY"}},
    }.items():
        message = export(signed())
        message["Document"]["UdrtkgIssnc"]["UdrtkgIssncDtls"][path] = value
        assert violations(message), path
    for name in REQUIRED:
        message = export(signed())
        del message["Document"]["UdrtkgIssnc"]["UdrtkgIssncDtls"][name]
        assert violations(message), name


def test_elements_are_the_schemas_in_its_order_and_the_required_ones_are_there() -> None:
    names = list(details())
    assert names == [name for name in ORDER if name in names]
    assert set(names) >= REQUIRED


def test_the_terms_are_in_their_elements() -> None:
    found = details()
    assert (found["Id"], found["Nm"], found["IssncTp"]) == ("BH-2026-0001", "DGAR", "ISSU")
    assert found["UdrtkgAmt"]["Amt"] == {"value": "800000.00", "Ccy": "CNY"}
    assert found["DtOfIssnc"] == "2026-03-09"
    assert found["XpryDtls"]["XpryTerms"]["DtTm"]["DtTm"] == "2026-06-21T00:00:00Z"
    assert found["GovncRulesAndLaw"] == {"RuleId": {"Cd": "URDG"}, "AplblLaw": {"Ctry": "CN"}}
    assert found["PresntnDtls"]["Mdm"] == {"Cd": "ELEC"}
    assert (found["MltplDmndInd"], found["PrtlDmndInd"], found["TrfInd"]) == (False, False, False)
    (beneficiary,) = found["Bnfcry"]
    assert beneficiary["Id"]["OrgId"]["Othr"][0]["Id"] == "914403001922038216"


def test_every_field_is_somewhere_in_it() -> None:
    said = json.dumps(export(signed(expiry_event="招标人通知", text="特别约定")), ensure_ascii=False)
    body = canonical_json.loads(signed(expiry_event="招标人通知", text="特别约定").undertaking.to_bytes())
    for text in strings(body):
        assert text in said, text
    assert signed(expiry_event="招标人通知", text="特别约定").undertaking.document.hex() in said


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for name, inner in value.items() if name != "type" for text in strings(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in strings(inner)]
    words = {"bid": "TENDER", "urdg-758": "URDG", "electronic": "ELEC"}
    return [words.get(value, value)] if isinstance(value, str) else []


def test_what_is_too_long_for_its_element_is_cut_and_said_in_full() -> None:
    name = "长" * 200
    found = details(number="N" * 64, applicant=Party(name, UNDERTAKING.applicant.credit_code))
    assert len(found["Id"]) == 35
    assert len(found["Applcnt"][0]["Nm"]) == 140
    assert f"number: {'N' * 64}\napplicant: {name}" in found["AddtlInf"]


@pytest.mark.parametrize(("rules", "code"), [("urdg-758", "URDG"), ("none", "NONE")])
def test_rules_have_the_messages_codes(rules: str, code: str) -> None:
    assert details(rules=rules)["GovncRulesAndLaw"]["RuleId"] == {"Cd": code}


def test_documents_asked_for_are_listed() -> None:
    demand = Demand(False, False, ("other",), ("判决书",), True, True)
    found = details(demand=demand)
    assert found["PresntnDtls"]["Doc"][0]["Wrdg"] == "判决书"
    assert "grounds of demand: other" in found["UdrtkgTermsAndConds"][0]["Txt"][0]


def test_the_page_has_a_line_for_each_element() -> None:
    page = (ROOT / "docs" / "guarantees.md").read_text()
    for name in details(expiry_event="x"):
        assert f"`{name}" in page, name

"""An undertaking in the shape of ISO 20022 Undertaking Issuance (tsrv.001.001.01), as JSON. Pure.

The elements have the message's names, order and nesting; an element that may occur more than once is a list, an amount
an object of `value` and `Ccy`. What the message has no element or no room for stands in `AddtlInf`, and every field of
ours is somewhere in it: docs/guarantees.md has the table. It is an export: what binds is the signed undertaking, whose
SHA-256 it names, and nothing is read back from it.

Not claimed: that it is the message. The XML schema's texts are shorter than some of ours (a name has 140 characters),
and what is cut is said in `AddtlInf`, in full. docs/spec/schemas/iso20022 has a JSON schema of what is exported.
"""

from datetime import UTC, datetime
from typing import Any

from guarantees.signed import SignedGuarantee
from guarantees.undertaking import ELECTRONIC, URDG, Party, Undertaking

MESSAGE = "tsrv.001.001.01"
CREDIT_CODE = "USCC"
"""The scheme of an organisation's id, a proprietary one: the unified social credit code of GB 32100."""
MAX_ID, MAX_NAME, MAX_NOTE = 35, 140, 2000
_ISSUER = "Sunseal"

Element = dict[str, Any]


def export(guarantee: SignedGuarantee) -> Element:
    """The message as an object, its elements in the order of the schema."""
    made = guarantee.undertaking
    return {
        "Document": {
            "@xmlns": f"urn:iso:std:iso:20022:tech:xsd:{MESSAGE}",
            "UdrtkgIssnc": {
                "UdrtkgIssncDtls": _details(guarantee, made),
                "DgtlSgntr": [
                    {
                        "Pty": _party(made.issuer),
                        "Sgntr": {"Key": guarantee.signature.key, "Value": guarantee.signature.value},
                    }
                ],
            },
        }
    }


def _details(guarantee: SignedGuarantee, made: Undertaking) -> Element:
    return {
        "Id": made.number[:MAX_ID],
        "Nm": "DGAR",
        "Tp": {"Prtry": _proprietary("TENDER")},
        "IssncTp": "ISSU",
        "Applcnt": [_party(made.applicant)],
        "Issr": _party(made.issuer),
        "Bnfcry": [_party(made.beneficiary)],
        "DtOfIssnc": _instant(made.issued)[:10],
        "UdrtkgAmt": {"Amt": _amount(made)},
        "XpryDtls": _expiry(made),
        "GovncRulesAndLaw": {
            "RuleId": {"Cd": "URDG"} if made.rules == URDG else {"Cd": "NONE"},
            "AplblLaw": {"Ctry": made.law},
        },
        "UndrlygTx": [
            {
                "Tp": {"Prtry": _proprietary("TENDER")},
                "Id": made.lot[:MAX_ID],
                "AddtlInf": [
                    f"tender {made.tender}: {made.tender_title}",
                    f"lot {made.lot}: {made.lot_title}",
                ],
            }
        ],
        "PresntnDtls": _presentation(made),
        "UdrtkgTermsAndConds": [{"Txt": [_terms(made)]}],
        "MltplDmndInd": made.demand.multiple,
        "PrtlDmndInd": made.demand.partial,
        "TrfInd": made.transferable,
        "AddtlInf": _notes(guarantee, made),
    }


def _party(party: Party) -> Element:
    scheme = {"Prtry": CREDIT_CODE}
    return {
        "Nm": party.name[:MAX_NAME],
        "Id": {"OrgId": {"Othr": [{"Id": party.credit_code, "SchmeNm": scheme}]}},
    }


def _amount(made: Undertaking) -> Element:
    return {"value": f"{made.amount // 100}.{made.amount % 100:02}", "Ccy": made.currency}


def _expiry(made: Undertaking) -> Element:
    found: Element = {"XpryTerms": {"DtTm": {"DtTm": _instant(made.expiry)}}}
    if made.expiry_event:
        found["AddtlXpryInf"] = [made.expiry_event]
    return found


def _presentation(made: Undertaking) -> Element:
    medium = "ELEC" if made.presentation.form == ELECTRONIC else "PAPR"
    found: Element = {"Mdm": {"Cd": medium}}
    if made.demand.documents:
        found["Doc"] = [
            {"Tp": {"Prtry": _proprietary("OTHER")}, "Wrdg": one} for one in made.demand.documents
        ]
    return {**found, "AddtlInf": [made.presentation.place]}


def _terms(made: Undertaking) -> str:
    """The conditions in words, for elements that the message does not have."""
    words = [
        "payable on first demand" if made.demand.on_first_demand else "payable against the documents named",
        "irrevocable" if made.demand.irrevocable else "revocable",
        f"grounds of demand: {', '.join(made.demand.grounds)}",
        f"charges: {made.charges}",
        f"languages: {', '.join(made.languages)}",
    ]
    return "; ".join(words) if made.text is None else f"{'; '.join(words)}. {made.text}"


def _notes(guarantee: SignedGuarantee, made: Undertaking) -> list[str]:
    at = made.on_chain
    notes = [
        f"undertaking SHA-256 {made.document.hex()}",
        f"applied for {_instant(made.applied)}, issued {_instant(made.issued)}",
        f"on chain {at.chain_id}, registry 0x{at.registry}, id 0x{guarantee.id.hex()}",
        f"accounts: guarantor 0x{at.guarantor}, beneficiary 0x{at.beneficiary}",
    ]
    cut = [("number", made.number, MAX_ID), ("lot", made.lot, MAX_ID)]
    parties = (("applicant", made.applicant), ("issuer", made.issuer), ("beneficiary", made.beneficiary))
    cut += [(role, party.name, MAX_NAME) for role, party in parties]
    full = [f"{name}: {text}" for name, text, longest in cut if len(text) > longest]
    return notes + (["\n".join(full)] if full else [])  # the message has five at most


def _proprietary(code: str) -> Element:
    return {"Id": code, "Issr": _ISSUER}


def _instant(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"

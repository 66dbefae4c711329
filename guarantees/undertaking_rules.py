"""What an undertaking must say before its guarantor signs it: each violation one sentence. Pure.

First what must hold of any undertaking (codes here), then what the lot asks: the checks and the sentences of the
opening (guarantees/checking/), so that what is issued is what will be taken.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from guarantees.checking import rules, words
from guarantees.errors import RefusedError
from guarantees.lot_notice import LotNotice
from guarantees.undertaking import GROUNDS, Party, Undertaking
from parties import credit_code
from parties.errors import CreditCodeError
from statutes.said import Said


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong: a word for machines, a sentence for persons."""

    code: str
    said: Said


def violations(undertaking: Undertaking, notice: LotNotice, *, now: datetime) -> list[Violation]:
    """All that is wrong with it for this lot, in the order of the rules; empty if nothing is."""
    asked = rules.against_lot(
        undertaking,
        bidder=undertaking.applicant.credit_code,
        asked=notice.asked,
        now=now,
    )
    return [
        *of_any(undertaking, now=now),
        *_chain(undertaking, notice),
        *(Violation(str(found), words.SENTENCES[found]) for found in asked),
    ]


def of_any(undertaking: Undertaking, *, now: datetime) -> list[Violation]:
    """What is wrong with it whatever the lot asks."""
    return [*_parties(undertaking), *_times(undertaking, now), *_demand(undertaking)]


def refuse(wrong: Sequence[Violation]) -> None:
    """RefusedError with all the sentences, if there are any."""
    if wrong:
        zh, en = "".join(one.said.zh for one in wrong), " ".join(one.said.en for one in wrong)
        raise RefusedError(wrong[0].code, Said(zh, en))


def _parties(said: Undertaking) -> Iterator[Violation]:
    for who, zh, party in (
        ("issuer", "出具人", said.issuer),
        ("applicant", "申请人", said.applicant),
        ("beneficiary", "受益人", said.beneficiary),
    ):
        if not _is_code(party):
            yield Violation(
                f"{who}-credit-code",
                Said(
                    f"{zh}的统一社会信用代码校验位不正确。",
                    f"The {who}'s unified social credit code has a wrong check digit.",
                ),
            )
    codes = [party.credit_code for party in (said.issuer, said.applicant, said.beneficiary)]
    if len(set(codes)) < len(codes):
        yield Violation(
            "same-party",
            Said(
                "出具人、申请人和受益人须为不同的单位。",
                "Issuer, applicant and beneficiary are three different organisations.",
            ),
        )


def _times(said: Undertaking, now: datetime) -> Iterator[Violation]:
    if not said.applied <= said.issued < said.expiry:
        yield Violation(
            "times",
            Said(
                "申请、出具、到期的时间先后不一致。",
                "The times of application, issue and expiry are not in this order.",
            ),
        )
    if said.issued > now.timestamp() + 300:
        yield Violation("issued-ahead", Said("出具时间在将来。", "The time of issue lies in the future."))


def _demand(said: Undertaking) -> Iterator[Violation]:
    unknown = sorted(set(said.demand.grounds) - set(GROUNDS))
    if unknown:
        listed = "、".join(unknown)
        yield Violation(
            "grounds",
            Said(f"索赔事由不在规定之列：{listed}。", f"These grounds of demand are not known: {unknown}."),
        )
    if said.demand.multiple and not said.demand.partial:
        yield Violation(
            "multiple",
            Said(
                "允许多次索赔的保函须允许部分索赔。",
                "Several demands presuppose that less than the whole may be demanded.",
            ),
        )
    if said.transferable:
        yield Violation("transferable", Said("投标保函不可转让。", "A bid guarantee is not transferable."))


def _chain(said: Undertaking, notice: LotNotice) -> Iterator[Violation]:
    at = said.on_chain
    if (at.chain_id, at.registry) != (notice.chain_id, notice.registry):
        yield Violation(str(words.Found.OTHER_CHAIN), words.SENTENCES[words.Found.OTHER_CHAIN])
    if at.guarantor == at.beneficiary:
        yield Violation(
            "same-account",
            Said(
                "出具人与受益人的链上账户不得相同。",
                "Guarantor and beneficiary act on chain by different accounts.",
            ),
        )


def _is_code(party: Party) -> bool:
    try:
        return credit_code.parse(party.credit_code) == party.credit_code
    except CreditCodeError:
        return False

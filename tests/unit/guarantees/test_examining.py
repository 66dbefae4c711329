"""Every forgery that the checks are there for, one at a time, and the last value that still passes beside it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bidding.opening.record_words import GUARANTEES
from crypto.signatures import SigningKey
from guarantees.chain.refusals import State
from guarantees.checking import rules
from guarantees.checking.facts import Asked, Chain, Committed, KeyInForce, Licensed, Listing
from guarantees.checking.words import OUTCOMES, Found
from guarantees.signed import SignedGuarantee
from guarantees.undertaking import GROUNDS, Party
from tests.guarantee_example import BANK, BIDDER, TENDEREE, UNDERTAKING, signed

ISSUED = datetime.fromtimestamp(UNDERTAKING.issued, UTC)
DEADLINE = ISSUED + timedelta(days=10)
AT_CHAIN = UNDERTAKING.on_chain
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Case:
    """All that holds, but for what a test changes."""

    made: SignedGuarantee = field(default_factory=signed)
    bidder: str = BIDDER.credit_code
    elsewhere: bool = False
    complete: bool = True
    now: datetime = DEADLINE
    asked: dict[str, Any] = field(default_factory=dict)
    licence: Licensed = field(default_factory=lambda: Licensed(ISSUED, None))
    key: KeyInForce | None = None
    account: str = AT_CHAIN.guarantor
    listed: bool = True
    registry: str = AT_CHAIN.registry
    chain_id: int = AT_CHAIN.chain_id
    committed: bool = True
    commitment: dict[str, Any] = field(default_factory=dict)

    def examined(self) -> rules.Examined:
        asked = Asked(
            UNDERTAKING.tender,
            UNDERTAKING.lot,
            TENDEREE.credit_code,
            bytes.fromhex(AT_CHAIN.beneficiary),
            UNDERTAKING.amount,
            "CNY",
            DEADLINE,
            datetime.fromtimestamp(UNDERTAKING.expiry + 1, UTC),
        )
        key = self.key or KeyInForce(signed().key_id, ISSUED, None)
        listing = Listing(BANK.credit_code, (key,), (self.licence,), bytes.fromhex(self.account))
        there = Committed(State.ISSUED, self.made.undertaking.expiry, int(DEADLINE.timestamp()))
        there = replace(there, **self.commitment)
        return rules.examine(
            self.made,
            bidder=self.bidder,
            asked=replace(asked, **self.asked),
            listing=listing if self.listed else None,
            elsewhere=self.elsewhere,
            chain=Chain(
                self.chain_id,
                bytes.fromhex(self.registry),
                there if self.committed else None,
                self.complete,
            ),
            now=self.now,
        )


def altered(**changes: Any) -> SignedGuarantee:
    """Other words under the signature that was made."""
    made = signed()
    return replace(made, undertaking=replace(made.undertaking, **changes))


FORGERIES: list[tuple[str, Found, Case]] = [
    *(
        (f"altered {name}", Found.SIGNATURE, Case(altered(**{name: value})))
        for name, value in {
            "number": "BH-2026-0002",
            "amount": UNDERTAKING.amount + 1,
            "expiry": UNDERTAKING.expiry + 1,
            "issued": UNDERTAKING.issued + 1,
            "applicant": Party(BIDDER.name, TENDEREE.credit_code),
            "lot": UNDERTAKING.lot + "2",
            "text": "x",
        }.items()
    ),
    ("not listed", Found.NOT_LISTED, Case(listed=False)),
    ("a stranger's key", Found.OTHER_KEY, Case(signed(SigningKey(b"\x77" * 32)))),
    (
        "a key before it was listed",
        Found.OTHER_KEY,
        Case(key=KeyInForce(signed().key_id, ISSUED + SECOND, None)),
    ),
    (
        "a key that was replaced",
        Found.OTHER_KEY,
        Case(key=KeyInForce(signed().key_id, ISSUED - SECOND, ISSUED)),
    ),
    ("suspended before the issue", Found.LICENCE, Case(licence=Licensed(ISSUED - SECOND, ISSUED))),
    ("licensed after the issue", Found.LICENCE, Case(licence=Licensed(ISSUED + SECOND, None))),
    ("suspended before the commitment", Found.LICENCE, Case(licence=Licensed(ISSUED, ISSUED + SECOND))),
    ("another lot", Found.OTHER_LOT, Case(signed(lot=UNDERTAKING.lot + "2"))),
    ("another tender", Found.OTHER_LOT, Case(signed(tender="2026031700002"))),
    ("another bidder", Found.OTHER_APPLICANT, Case(bidder=TENDEREE.credit_code)),
    ("another tenderee", Found.OTHER_BENEFICIARY, Case(signed(beneficiary=BIDDER))),
    ("another account of the tenderee", Found.OTHER_ACCOUNT, Case(asked={"account": b"\x23" * 20})),
    ("no account of the tenderee", Found.OTHER_ACCOUNT, Case(asked={"account": b""})),
    ("another currency", Found.CURRENCY, Case(signed(currency="USD"))),
    ("a cent short", Found.AMOUNT, Case(signed(amount=UNDERTAKING.amount - 1))),
    (
        "not on first demand",
        Found.CONDITIONS,
        Case(signed(demand=replace(UNDERTAKING.demand, on_first_demand=False))),
    ),
    ("revocable", Found.CONDITIONS, Case(signed(demand=replace(UNDERTAKING.demand, irrevocable=False)))),
    (
        "a ground less",
        Found.CONDITIONS,
        Case(signed(demand=replace(UNDERTAKING.demand, grounds=GROUNDS[:2]))),
    ),
    (
        "documents beside the statement",
        Found.DOCUMENTS,
        Case(signed(demand=replace(UNDERTAKING.demand, documents=("法院判决书",)))),
    ),
    ("an event that ends it", Found.EVENT, Case(signed(expiry_event="投标人书面通知"))),
    ("charges on the beneficiary", Found.CHARGES, Case(signed(charges="beneficiary"))),
    ("ends a second too early", Found.EXPIRY, Case(signed(expiry=UNDERTAKING.expiry - 1))),
    (
        "expired a second ago",
        Found.EXPIRED,
        Case(now=datetime.fromtimestamp(UNDERTAKING.expiry + 1, UTC)),
    ),
    ("in another bid", Found.ELSEWHERE, Case(elsewhere=True)),
    ("another chain", Found.OTHER_CHAIN, Case(chain_id=1)),
    ("another registry", Found.OTHER_CHAIN, Case(registry="34" * 20)),
    ("not on chain", Found.NO_COMMITMENT, Case(committed=False)),
    ("by an account that is not the guarantor's", Found.NO_COMMITMENT, Case(account="12" * 20)),
    (
        "committed a second late",
        Found.COMMITTED_LATE,
        Case(commitment={"committed_at": int(DEADLINE.timestamp()) + 1}),
    ),
    ("another expiry on chain", Found.CHAIN_EXPIRY, Case(commitment={"expiry": UNDERTAKING.expiry + 1})),
    ("released already", Found.CHAIN_STATE, Case(commitment={"state": State.RELEASED})),
    ("presented already", Found.CHAIN_STATE, Case(commitment={"state": State.PRESENTED})),
]


def test_what_holds_to_the_last_cent_and_second_is_verified() -> None:
    assert Case().examined() == rules.Examined(Found.VERIFIED)
    last = datetime.fromtimestamp(UNDERTAKING.expiry, UTC)
    assert Case(now=last).examined().found is Found.VERIFIED


@pytest.mark.parametrize(("found", "case"), [row[1:] for row in FORGERIES], ids=[row[0] for row in FORGERIES])
def test_each_forgery_is_refused_by_its_own_word_alone(found: Found, case: Case) -> None:
    assert case.examined() == rules.Examined(found, (found,))


def test_a_commitment_that_is_not_seen_yet_is_waited_for_unless_something_else_fails() -> None:
    waiting = Case(committed=False, complete=False)
    assert waiting.examined() == rules.Examined(Found.AWAITING_CHAIN)
    assert replace(waiting, elsewhere=True).examined().failed == (Found.ELSEWHERE,)
    assert replace(waiting, chain_id=1).examined().failed == (Found.OTHER_CHAIN,)


def test_every_word_that_the_checks_have_is_tried_here() -> None:
    scans = {Found.SCAN, Found.SCAN_MISSING, Found.SCAN_DIFFERS}
    elsewhere = {Found.MALFORMED, Found.VERIFIED, Found.AWAITING_CHAIN, *OUTCOMES, *scans}
    assert {row[1] for row in FORGERIES} == set(Found) - elsewhere


def test_the_opening_record_has_words_for_all_that_is_read_out() -> None:
    """It prints what it has no words for as it is."""
    by_hand = {Found.ACCEPTED, Found.REJECTED}  # these come later, and are not read out
    assert {str(one) for one in Found if one not in by_hand} <= set(GUARANTEES)

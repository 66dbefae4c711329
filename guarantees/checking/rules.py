"""The checks of a guarantee, in their order. Pure.

    1. It reads, and its guarantor's key signed exactly this.     4. Tender, lot, applicant, beneficiary, account.
    2. The guarantor is listed, and the key was its own then.     5. Currency, amount, conditions, expiry.
    3. Its licence was in force on the day of issue.              6. It was not presented elsewhere.
                                                                  7. The chain: its commitment, in time, as stated.

5 reads the terms of demand as URDG 758 does: on first demand against a statement alone, for all grounds of the law, to
the end of the bids' validity, in full. What a guarantor adds as `text` is not read: by the form of the undertaking it
takes nothing from the fields (docs/spec/guarantee.md).

A guarantee whose words cannot be trusted (1, 2) is examined no further; of all else every failure is named, so that the
committee sees the whole. Only where all but the chain holds, and the chain has not shown enough yet, does it wait.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from guarantees.chain.refusals import State
from guarantees.checking.facts import Asked, Chain, Listing
from guarantees.checking.words import Found
from guarantees.errors import SignatureError
from guarantees.signed import SignedGuarantee
from guarantees.undertaking import GROUNDS, Undertaking

APPLICANT = "applicant"
"""Who bears the charges of a guarantee that pays in full."""


@dataclass(frozen=True, slots=True)
class Examined:
    """The outcome, and every check that failed in the order of the checks."""

    found: Found
    failed: tuple[Found, ...] = ()


def examine(
    signed: SignedGuarantee,
    *,
    bidder: str,
    asked: Asked,
    listing: Listing | None,
    elsewhere: bool,
    chain: Chain,
    now: datetime,
) -> Examined:
    """`bidder` is a credit code, `listing` that of the issuer it names, `elsewhere` whether another bid has it too."""
    untrusted = _untrusted(signed, listing)
    if untrusted is not None or listing is None:
        found = untrusted or Found.NOT_LISTED
        return Examined(found, (found,))
    failed = [
        *_licence(signed.undertaking, listing),
        *against_lot(signed.undertaking, bidder=bidder, asked=asked, now=now),
        *([Found.ELSEWHERE] if elsewhere else []),
    ]
    on_chain = list(_chain(signed.undertaking, asked, listing, chain))
    waits = chain.committed is None and not chain.complete and Found.OTHER_CHAIN not in on_chain
    if failed or (on_chain and not waits):
        every = tuple(dict.fromkeys((*failed, *([] if waits else on_chain))))
        return Examined(every[0], every)
    return Examined(Found.AWAITING_CHAIN if waits else Found.VERIFIED)


def against_lot(said: Undertaking, *, bidder: str, asked: Asked, now: datetime) -> tuple[Found, ...]:
    """What of it is not as the lot asks (4, 5): also what a guarantor checks before it signs."""
    return (*_parties(said, bidder, asked), *_money(said, asked, now))


def instant(seconds: int) -> datetime:
    """POSIX seconds as an instant."""
    return datetime.fromtimestamp(seconds, UTC)


def _untrusted(signed: SignedGuarantee, listing: Listing | None) -> Found | None:
    try:
        signed.verify()  # 1
    except SignatureError:
        return Found.SIGNATURE
    if listing is None:  # 2
        return Found.NOT_LISTED
    issued = instant(signed.undertaking.issued)
    own = any(key.key_id == signed.key_id and key.at(issued) for key in listing.keys)
    return None if own else Found.OTHER_KEY


def _licence(said: Undertaking, listing: Listing) -> Iterator[Found]:
    issued = instant(said.issued)
    if not any(span.at(issued) for span in listing.licences):  # 3
        yield Found.LICENCE


def _parties(said: Undertaking, bidder: str, asked: Asked) -> Iterator[Found]:
    if (said.tender, said.lot) != (asked.tender, asked.lot):  # 4
        yield Found.OTHER_LOT
    if said.applicant.credit_code != bidder:
        yield Found.OTHER_APPLICANT
    if said.beneficiary.credit_code != asked.beneficiary:
        yield Found.OTHER_BENEFICIARY
    if bytes.fromhex(said.on_chain.beneficiary) != asked.account:
        yield Found.OTHER_ACCOUNT


def _money(said: Undertaking, asked: Asked, now: datetime) -> Iterator[Found]:
    if said.currency != asked.currency:  # 5
        yield Found.CURRENCY
    if said.amount < asked.bond:
        yield Found.AMOUNT
    terms = said.demand
    if not (terms.on_first_demand and terms.irrevocable and set(GROUNDS) <= set(terms.grounds)):
        yield Found.CONDITIONS
    if (
        terms.documents
    ):  # URDG 758 articles 7 and 15: what a demand needs beside its statement is named, and read out
        yield Found.DOCUMENTS
    if said.expiry_event:
        yield Found.EVENT
    if said.charges != APPLICANT:
        yield Found.CHARGES
    if said.expiry + 1 < int(asked.valid_until.timestamp()):
        yield Found.EXPIRY
    if said.expiry < now.timestamp():
        yield Found.EXPIRED


def _chain(said: Undertaking, asked: Asked, listing: Listing, chain: Chain) -> Iterator[Found]:
    at, committed = said.on_chain, chain.committed  # 7
    if (at.chain_id, bytes.fromhex(at.registry)) != (chain.chain_id, chain.registry):
        yield Found.OTHER_CHAIN
        return
    if committed is None or bytes.fromhex(at.guarantor) != listing.account:
        # Another account than the listed one is bound to nothing that the guarantor answers for.
        yield Found.NO_COMMITMENT
        return
    if not any(span.at(instant(committed.committed_at)) for span in listing.licences):
        yield Found.LICENCE  # whatever day the document says
    if committed.committed_at > asked.deadline.timestamp():
        yield Found.COMMITTED_LATE
    if committed.expiry != said.expiry:
        yield Found.CHAIN_EXPIRY
    if committed.state is not State.ISSUED:
        yield Found.CHAIN_STATE

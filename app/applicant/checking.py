"""What a bidder checks of a guarantee before it bids: the same as the opening will, with what is public.

1. its signature    2. its guarantor, key and account on the supervisor's list, licensed today
3. what the lot asks    4. on chain: issued, with the expiry that it states
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.letter_client import Listed
from crypto import party_keys
from guarantees.chain.gateway import Gateway
from guarantees.chain.refusals import State
from guarantees.checking import rules
from guarantees.checking.words import SENTENCES, Found
from guarantees.errors import SignatureError
from guarantees.lot_notice import LotNotice
from guarantees.signed import SignedGuarantee
from statutes.said import Said


@dataclass(frozen=True, slots=True)
class Known:
    """What it is compared with: the list, the lot, the bidder's credit code; the chain, if there is a node to ask."""

    guarantors: dict[str, Listed]
    notice: LotNotice
    bidder: str
    gateway: Gateway | None


def troubles(signed: SignedGuarantee, known: Known, *, now: datetime) -> list[Said]:
    """A sentence for each check that fails; empty if the guarantee will be taken as it is."""
    return [SENTENCES[found] for found in _found(signed, known, now)]


def _found(signed: SignedGuarantee, known: Known, now: datetime) -> Iterator[Found]:
    try:
        signed.verify()  # 1
    except SignatureError:
        yield Found.SIGNATURE
    said = signed.undertaking
    listed = known.guarantors.get(said.issuer.credit_code)  # 2
    if listed is None:
        yield Found.NOT_LISTED
    else:
        if party_keys.key_id(bytes.fromhex(listed.entry.key)) != signed.key_id:
            yield Found.OTHER_KEY
        if not listed.licensed:
            yield Found.LICENCE
        if listed.entry.account != said.on_chain.guarantor:
            yield Found.NO_COMMITMENT
    yield from rules.against_lot(said, bidder=known.bidder, asked=known.notice.asked, now=now)  # 3
    if (said.on_chain.chain_id, said.on_chain.registry) != (known.notice.chain_id, known.notice.registry):
        yield Found.OTHER_CHAIN
    elif known.gateway is not None:
        yield from _on_chain(signed, known.gateway)  # 4


def _on_chain(signed: SignedGuarantee, gateway: Gateway) -> Iterator[Found]:
    there = gateway.guarantee(signed.id)
    if there.state is State.NONE:
        yield Found.NO_COMMITMENT
        return
    if there.expiry != signed.undertaking.expiry:
        yield Found.CHAIN_EXPIRY
    if there.state is not State.ISSUED:
        yield Found.CHAIN_STATE

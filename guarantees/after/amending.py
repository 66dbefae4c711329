"""Amendments by agreement of all: guarantor, applicant and beneficiary sign the same bytes.

    amendment   RFC 8785 of {"type": "guarantee-amendment/v1", guarantee, number, change, successor}
    signed      encode("sunseal/guarantee-amendment/v1", the amendment's bytes), by a key of each of the three
    successor   SHA-256 of the amended undertaking, which the guarantor signs and commits to on chain like any other

The contract knows no amendment, and nobody can change what was committed to (docs/spec/guarantee.md). So the amended
guarantee is a new one for the same bid: once it is presented on chain, the beneficiary's account releases the old one.
Until then both stand, and the beneficiary is never without.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto import canonical_json, party_keys
from crypto.encoding import encode
from crypto.errors import CryptoError
from guarantees.after import clocks, releasing, steps
from guarantees.chain.refusals import State
from guarantees.checking import presenting, taking
from guarantees.errors import FormatError, NotFoundError, RefusedError, SignatureError, StateError
from guarantees.fields import Paragraph
from guarantees.models import AmendmentProposal, Guarantee
from guarantees.register.listing import listing_of
from guarantees.signed import SignedGuarantee
from guarantees.tables.lifecycle import PRESENTED, REFUSED
from ledger import records
from ledger.entries import GuaranteeAmended
from ledger.entries.fields import Count, Hash
from ledger.records import RecordFormError, record
from parties.models import Organisation, PartyKey
from statutes.said import Said

DOMAIN = "sunseal/guarantee-amendment/v1"
PROPOSED, AGREED, TURNED_DOWN = "proposed", "agreed", "refused"


class Role(StrEnum):
    """Who must agree."""

    GUARANTOR = "guarantor"
    APPLICANT = "applicant"
    BENEFICIARY = "beneficiary"


@record("guarantee-amendment/v1")
@dataclass(frozen=True, slots=True)
class Amendment:
    """What the three agree on. `change` says in words what changes; `successor` binds it."""

    guarantee: Hash
    number: Count
    change: Paragraph
    successor: Hash

    def to_bytes(self) -> bytes:
        try:
            return records.to_bytes(self)
        except RecordFormError as error:
            raise FormatError(str(error)) from error

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The amendment whose bytes are exactly `data`; FormatError for anything else."""
        try:
            return records.parse(cls, data, of="amendment")
        except RecordFormError as error:
            raise FormatError(str(error)) from error

    def signed_bytes(self) -> bytes:
        """What each of the three signs."""
        return encode(DOMAIN, self.to_bytes())


def propose(session: Session, content: bytes, *, now: datetime) -> AmendmentProposal:
    """Any of the three proposes. FormatError, NotFoundError, StateError; RefusedError for a number out of turn."""
    amendment = Amendment.parse(content)
    row = steps.locked(session, bytes.fromhex(amendment.guarantee))
    _require_standing(row)
    earlier = of(session, row.id)
    if any(one.state == PROPOSED for one in earlier):
        raise StateError(
            "amendment-open", Said("已有一项修改待各方同意。", "Another amendment waits for agreement.")
        )
    if amendment.number != len(earlier) + 1:
        raise RefusedError(
            "amendment-number",
            Said(f"修改序号应为 {len(earlier) + 1}。", f"The amendment's number is {len(earlier) + 1}."),
        )
    made = AmendmentProposal(
        guarantee=row.id,
        number=amendment.number,
        content=content,
        signatures={},
        state=PROPOSED,
        proposed_at=now,
        settled_at=None,
    )
    session.add(made)
    session.flush()
    return made


def agree(
    session: Session, guarantee: bytes, role: Role, key: bytes, signature: bytes, *, now: datetime
) -> AmendmentProposal:
    """One of the three signs; with the third, all have agreed. `key` is a SubjectPublicKeyInfo of that party that is in
    force. SignatureError, NotFoundError, StateError."""
    row = steps.locked(session, guarantee)
    made = _open(session, guarantee)
    _require_standing(row)
    amendment = Amendment.parse(made.content)
    _require_key(session, row, role, key, now)
    try:
        party_keys.verify(party_keys.parse_spki(key), signature, amendment.signed_bytes())
    except CryptoError as error:
        raise SignatureError("the amendment is not signed by the key that is named") from error
    made.signatures = {**made.signatures, str(role): {"key": key.hex(), "value": signature.hex()}}
    if set(made.signatures) == set(Role):
        made.state, made.settled_at = AGREED, now
        digest = hashlib.sha256(agreement(made.content, made.signatures)).hexdigest()
        steps.take(session, row, GuaranteeAmended(guarantee.hex(), made.number, digest), now=now)
    session.flush()
    return made


def turn_down(session: Session, guarantee: bytes, *, now: datetime) -> AmendmentProposal:
    """One of the three does not agree: the guarantee stands as it is (URDG 758 article 11)."""
    steps.locked(session, guarantee)
    made = _open(session, guarantee)
    made.state, made.settled_at = TURNED_DOWN, now
    session.flush()
    return made


def succeed(session: Session, guarantee: bytes, content: bytes, *, now: datetime) -> Guarantee:
    """The amended guarantee, signed and committed on chain, is presented in the place of the old one.

    FormatError, SignatureError, NotFoundError; StateError until the chain shows its commitment; RefusedError if it is
    not what was agreed on.
    """
    row = steps.locked(session, guarantee)
    _require_standing(row)
    signed = SignedGuarantee.parse(content)
    signed.verify()
    made = next((one for one in reversed(of(session, guarantee)) if one.state == AGREED), None)
    if made is None or Amendment.parse(made.content).successor != signed.undertaking.document.hex():
        raise RefusedError(
            "not-agreed",
            Said("这不是各方同意的修改后保函。", "This is not the guarantee that was agreed on."),
        )
    _require_same(session, row, signed, now)
    committed = taking.committed(session, signed.id)
    if (
        committed is None
        or committed.state is not State.ISSUED
        or committed.expiry != signed.undertaking.expiry
    ):
        raise StateError(
            "successor-not-committed",
            Said(
                "链上尚未见到修改后保函的承诺，请在登记并确认后再提交。",
                "The chain does not show the amended guarantee's commitment yet: hand it in once it is confirmed.",
            ),
        )
    row.replaced_by = signed.id
    session.flush()
    successor = presenting.present(session, signed, bid=row.bid, now=now)
    releasing.start(session, row, clocks.of_replacement(now))
    return successor


def of(session: Session, guarantee: bytes) -> list[AmendmentProposal]:
    """All that were proposed, oldest first."""
    query = select(AmendmentProposal).where(AmendmentProposal.guarantee == guarantee)
    return list(session.execute(query.order_by(AmendmentProposal.number)).scalars())


def agreement(content: bytes, signatures: Mapping[str, Any]) -> bytes:
    """The bytes that the ledger's entry hashes: the amendment and the three signatures."""
    return canonical_json.dumps({"amendment": content.hex(), "signatures": dict(signatures)})


def _open(session: Session, guarantee: bytes) -> AmendmentProposal:
    made = next((one for one in of(session, guarantee) if one.state == PROPOSED), None)
    if made is None:
        raise NotFoundError("no amendment of this guarantee waits for agreement")
    return made


def _require_standing(row: Guarantee) -> None:
    if row.state not in (PRESENTED, REFUSED) or row.replaced_by is not None:
        raise StateError(
            "amendment-state",
            Said(
                "保函有未答复的索赔或者已经终结，不能修改。",
                "A guarantee is not amended while a demand is open, or once it has ended.",
            ),
        )


def _require_key(session: Session, row: Guarantee, role: Role, key: bytes, now: datetime) -> None:
    """The key is one of that party's, in force now."""
    key_id = party_keys.key_id(key)
    if role is Role.GUARANTOR:
        listing = listing_of(session, row.guarantor)
        if listing is not None and any(one.key_id == key_id and one.at(now) for one in listing.keys):
            return
    else:
        code = row.applicant if role is Role.APPLICANT else row.beneficiary
        query = (
            select(PartyKey.id)
            .join(Organisation, Organisation.id == PartyKey.organisation_id)
            .where(Organisation.credit_code == code, PartyKey.ended_at.is_(None))
            .where(PartyKey.key_id == bytes.fromhex(key_id))
        )
        if session.execute(query).first() is not None:
            return
    raise SignatureError(f"the key is not one of the {role}'s that is in force")


def _require_same(session: Session, row: Guarantee, signed: SignedGuarantee, now: datetime) -> None:
    """Whoever it binds, and for which lot, an amendment does not change."""
    old, new = SignedGuarantee.parse(row.content).undertaking, signed.undertaking
    listing = listing_of(session, row.guarantor)
    same = (
        (old.tender, old.lot, old.applicant.credit_code) == (new.tender, new.lot, new.applicant.credit_code)
        and (old.issuer.credit_code, old.beneficiary) == (new.issuer.credit_code, new.beneficiary)
        and old.on_chain == new.on_chain
    )
    own_key = listing is not None and any(one.key_id == signed.key_id and one.at(now) for one in listing.keys)
    if not same or not own_key:
        raise RefusedError(
            "amended-parties",
            Said(
                "修改不得变更保函的当事人、标段和链上账户，并应由原保证人签署。",
                "An amendment changes neither parties, lot nor accounts, and the same guarantor signs it.",
            ),
        )

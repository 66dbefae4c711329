"""A guarantee that takes another's place, by agreement of all: drafted, agreed on, committed on chain, handed over.

    1. draft    the amended undertaking, checked as an issue is and within the limits, signed with a salt of its own: a
                row, and nothing else. Its document's hash is what is proposed on the platform
    2. agree    the guarantor's own signature, under what the platform made of the proposal
    3. commit   once all three signed: their signatures are checked, and the commitment goes into the outbox
    4. hand in  its guarantee.json, once the chain shows it: the platform presents it and lets the old one go

A crash between any two loses nothing: each can be done again, and gives what is there. guarantees/after/amending.py is
the platform's side, and has the bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto import canonical_json, party_keys
from crypto.errors import CryptoError
from crypto.randomness import RandomBytes
from guarantees.after.amending import Amendment, Role
from guarantees.chain import calls, index, outbox
from guarantees.chain.refusals import State
from guarantees.desk import exposure
from guarantees.desk.issuing import Guarantor
from guarantees.errors import FormatError, NotFoundError, RefusedError, SignatureError, StateError
from guarantees.signed import SALT_SIZE, SignedGuarantee
from guarantees.tables.desk import Application, Issue
from guarantees.tables.succession import Succession
from guarantees.undertaking_rules import of_any, refuse
from statutes.said import Said


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be otherwise; None stays. `amount` in cents, `expiry` the last second; `words` for persons."""

    words: str
    expiry: int | None = None
    amount: int | None = None


def held(session: Session, guarantee: bytes) -> Issue | Succession:
    """What the desk signed, first or amended, by its id on chain. NotFoundError."""
    first = session.scalars(select(Issue).where(Issue.guarantee == guarantee)).one_or_none()
    found = session.get(Succession, guarantee) if first is None else first
    if found is None:
        raise NotFoundError("the desk has no such guarantee")
    return found


def agreed(session: Session) -> Sequence[Succession]:
    """The amended guarantees that all have agreed on, oldest first."""
    query = select(Succession).where(Succession.agreed_at.is_not(None))
    return session.scalars(query.order_by(Succession.agreed_at, Succession.guarantee)).all()


def of(session: Session, predecessor: bytes) -> Sequence[Succession]:
    """What was drafted to take the place of a guarantee, oldest first."""
    query = select(Succession).where(Succession.predecessor == predecessor)
    return session.scalars(query.order_by(Succession.signed_at, Succession.guarantee)).all()


def draft(
    session: Session,
    guarantee: bytes,
    change: Change,
    guarantor: Guarantor,
    *,
    now: datetime,
    random: RandomBytes,
) -> Succession:
    """Step 1; the caller commits. The same change again is the draft that is there. NotFoundError, StateError;
    RefusedError for what a rule or a limit forbids."""
    old = held(session, guarantee)
    application = session.get_one(
        Application, old.application, with_for_update=True
    )  # of two, the second waits
    first = session.get_one(Issue, old.application)
    said = SignedGuarantee.parse(old.content).undertaking
    new = replace(
        said,
        number=f"{first.number}-A{_count(session, old.application) + 1}",
        amount=said.amount if change.amount is None else change.amount,
        expiry=said.expiry if change.expiry is None else change.expiry,
        issued=int(now.timestamp()),
    )
    if (new.amount, new.expiry) == (said.amount, said.expiry):
        raise RefusedError(
            "nothing-changes", Said("请填写新的金额或者到期时间。", "Name another amount or another expiry.")
        )
    for row in of(session, guarantee):
        if (row.change, row.amount, int(row.expiry.timestamp())) == (change.words, new.amount, new.expiry):
            return row
    _require_standing(session, guarantee, now)
    refuse(of_any(new, now=now))
    exposure.require_room(session, application, now=now, amount=max(new.amount, said.amount))
    signed = SignedGuarantee.sign(new, guarantor.spki, guarantor.sign, random(SALT_SIZE))
    row = Succession(
        guarantee=signed.id,
        application=old.application,
        predecessor=guarantee,
        number=new.number,
        content=signed.to_bytes(),
        amount=new.amount,
        expiry=datetime.fromtimestamp(new.expiry, UTC),
        change=change.words,
        signed_at=now,
        agreement=None,
        purpose=None,
        agreed_at=None,
    )
    session.add(row)
    session.flush()
    return row


def agree(session: Session, content: bytes, guarantor: Guarantor) -> bytes:
    """Step 2: the guarantor's signature under an amendment as the platform has it. FormatError; RefusedError unless it
    is what was drafted here."""
    amendment = Amendment.parse(content)
    _drafted(session, amendment)
    return guarantor.sign(amendment.signed_bytes())


def commit(session: Session, agreement: bytes, guarantor: Guarantor, *, now: datetime) -> Succession:
    """Step 3; the caller commits. `agreement` is the amendment with the three signatures, as the platform has it: done
    again with the same, nothing changes. FormatError, SignatureError, RefusedError, StateError."""
    amendment, signers = _agreement(agreement)
    before = held(session, bytes.fromhex(amendment.guarantee))
    application = session.get_one(
        Application, before.application, with_for_update=True
    )  # of two, the second waits
    row = _drafted(session, amendment)
    if row.agreed_at is not None:
        return row
    if any(one.agreed_at is not None for one in of(session, row.predecessor)):
        raise StateError(
            "amended-before",
            Said("该保函已被另一份修改后的保函取代。", "Another amendment has taken this guarantee's place."),
        )
    _require_standing(session, row.predecessor, now)
    for role in Role:
        key, value = signers[role]
        try:
            party_keys.verify(party_keys.parse_spki(key), value, amendment.signed_bytes())
        except CryptoError as error:
            raise SignatureError(f"the agreement is not signed by the {role}") from error
    if signers[Role.GUARANTOR][0] != guarantor.spki:
        raise SignatureError("the guarantor's signature in the agreement is by another key than the desk's")
    old, signed = SignedGuarantee.parse(before.content).undertaking, SignedGuarantee.parse(row.content)
    refuse(of_any(signed.undertaking, now=now))
    exposure.require_room(session, application, now=now, amount=max(row.amount, old.amount))
    row.purpose, row.agreement, row.agreed_at = f"amend {row.number}", agreement, now
    call = calls.issue(signed.commitment, signed.undertaking.expiry)
    outbox.want(session, call, key=guarantor.account, purpose=row.purpose, now=now)
    session.flush()
    return row


def handed_over(session: Session, guarantee: bytes) -> SignedGuarantee:
    """Step 4: what the platform is to have. NotFoundError; StateError until the chain shows its commitment."""
    row = session.get(Succession, guarantee)
    if row is None:
        raise NotFoundError("the desk has drafted no such guarantee")
    if index.guarantee(session, guarantee) is None:
        raise StateError(
            "not-committed",
            Said(
                "链上尚未见到该保函的承诺，请稍后再取。",
                "The chain does not show this guarantee's commitment yet: ask again in a while.",
            ),
        )
    return SignedGuarantee.parse(row.content)


def _require_standing(session: Session, guarantee: bytes, now: datetime) -> None:
    standing = index.guarantee(session, guarantee)
    if standing is None or standing.at(int(now.timestamp())) not in (State.PRESENTED, State.REFUSED):
        raise StateError(
            "amendment-state",
            Said(
                "只能修改已提交、且没有未答复索赔的保函。",
                "A guarantee is amended once it is presented, and not while a demand is open.",
            ),
        )


def _count(session: Session, application: bytes) -> int:
    return len(
        session.scalars(select(Succession.guarantee).where(Succession.application == application)).all()
    )


def _drafted(session: Session, amendment: Amendment) -> Succession:
    """The draft that an amendment is about: of this guarantee, with this document, in these words."""
    for row in of(session, bytes.fromhex(amendment.guarantee)):
        document = SignedGuarantee.parse(row.content).undertaking.document.hex()
        if (document, row.change) == (amendment.successor, amendment.change):
            return row
    raise RefusedError(
        "not-drafted",
        Said("该修改不是本单位起草的内容。", "This amendment is not what was drafted at this desk."),
    )


def _agreement(agreement: bytes) -> tuple[Amendment, dict[Role, tuple[bytes, bytes]]]:
    """The amendment, and key and signature of each. FormatError unless all three signed."""
    try:
        body = canonical_json.loads(agreement)
        amendment = Amendment.parse(bytes.fromhex(body["amendment"]))  # type: ignore[index,call-overload,arg-type]
        named = dict(body["signatures"])  # type: ignore[index,call-overload,arg-type]
        signers = {
            role: (bytes.fromhex(named[role]["key"]), bytes.fromhex(named[role]["value"])) for role in Role
        }
    except (CryptoError, KeyError, TypeError, ValueError) as error:
        raise FormatError("this is not an amendment that all three have signed") from error
    return amendment, signers

"""An amendment as guarantor, applicant and tenderee make it: drafted at the desk, agreed on at the platform, committed."""

from functools import partial
from secrets import token_bytes

from crypto import party_keys
from crypto.signatures import SigningKey
from guarantees.after import amending as platform_side
from guarantees.after.amending import Amendment, Role
from guarantees.desk import amending as desk_side
from guarantees.desk.amending import Change
from guarantees.errors import StateError
from guarantees.signed import SignedGuarantee
from tests.e2e.guarantees.courses import Course
from tests.e2e.guarantees.deployment import Desk, Place, now, wait
from tests.guarantees import spki
from tests.opening import party

HOUR = 3600


def amend(platform: Place, desk: Desk, path: Course, tenderee: SigningKey) -> SignedGuarantee:
    """All three agree on a longer expiry; the successor is committed, presented, and the old one let go."""
    successor, words = _draft(desk, path)
    applicant = party(path.number)[0]
    change = Amendment(path.made.id.hex(), 1, words, successor.undertaking.document.hex())
    with desk.database.session() as session:
        own = desk_side.agree(session, change.to_bytes(), desk.guarantor)
    signed = {
        Role.GUARANTOR: (desk.guarantor.spki, own),
        Role.APPLICANT: (party_keys.spki(applicant.public_key()), applicant.sign(change.signed_bytes())),
        Role.BENEFICIARY: (spki(tenderee), tenderee.sign(change.signed_bytes())),
    }
    with platform.database.session() as session:
        platform_side.propose(session, change.to_bytes(), now=now())
        for role, (key, signature) in signed.items():
            platform_side.agree(session, path.made.id, role, key, signature, now=now())
        (made,) = platform_side.of(session, path.made.id)
        agreement = platform_side.agreement(made.content, made.signatures)
        session.commit()
    with desk.database.session() as session:
        desk_side.commit(session, agreement, desk.guarantor, now=now())
        session.commit()
    for place in (desk, platform):
        wait("the successor is committed", partial(_is_known, place, successor.id))
    with desk.database.session() as session:
        successor = desk_side.handed_over(session, successor.id)
    with platform.database.session() as session:
        platform_side.succeed(session, path.made.id, successor.to_bytes(), now=now())
        session.commit()
    return successor


def _is_known(place: Place, guarantee: bytes) -> bool:
    return place.state_of(guarantee) is not None


def _draft(desk: Desk, path: Course) -> tuple[SignedGuarantee, str]:
    """As soon as the desk has seen that the guarantee is presented."""
    change = Change("有效期延长一小时", expiry=path.made.undertaking.expiry + HOUR)
    found: list[SignedGuarantee] = []

    def done() -> bool:
        with desk.database.session() as session:
            try:
                row = desk_side.draft(
                    *(session, path.made.id, change, desk.guarantor), now=now(), random=token_bytes
                )
            except StateError:
                return False
            session.commit()
            found.append(SignedGuarantee.parse(row.content))
            return True

    wait("the desk sees it presented", done)
    return found[0], change.words

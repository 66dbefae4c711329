"""Issue: an undertaking is made, checked and signed; its commitment goes on chain; then it is delivered.

    1. sign    in one transaction: state `signed`, the signed guarantee, and the act in the outbox (or none, if another
               program of the guarantor sends it: then its calldata is shown)
    2. send    the sender's (guarantees/chain/sender.py), or the other program's; the indexer follows the chain
    3. settle  what stands on chain with the depth upon it: state `issued`, and the delivery among the letters; what
               the contract refused: state `failed`, and a letter that says so

A crash between any two leaves what the next run finishes: a guarantee is signed once, with one salt and one number.
Several that are signed together go in one batch, all or none, so that the chain does not tell which came when.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.randomness import RandomBytes
from guarantees.chain import calls, index, outbox
from guarantees.chain.calls import Call
from guarantees.chain.models import GuaranteeRow
from guarantees.chain.outbox import REFUSED, REVERTED
from guarantees.desk import exposure, outgoing
from guarantees.errors import RefusedError, StateError
from guarantees.letters import kinds
from guarantees.lot_notice import LotNotice, find
from guarantees.signed import SALT_SIZE, SignedGuarantee
from guarantees.tables.desk import FAILED, ISSUED, PAID, SIGNED, Application, Issue
from guarantees.undertaking import (
    BID,
    ELECTRONIC,
    GROUNDS,
    URDG,
    Demand,
    OnChain,
    Party,
    Presentation,
    Undertaking,
)
from guarantees.undertaking_rules import refuse, violations
from mailboxes.messages import File, Sign
from statutes.said import Said

BEIJING = timezone(timedelta(hours=8))
GUARANTEE_FILE = "guarantee.json"
LETTER_FILE = "letter.pdf"

Letter = Callable[[SignedGuarantee], bytes]
"""What prints a guarantee for people, as a PDF."""


@dataclass(frozen=True, slots=True)
class Guarantor:
    """Who issues: itself, its account on chain (20 bytes), its key (SubjectPublicKeyInfo) and what signs with it.

    place: where demands are presented.   text: what its undertakings add in its own words, or None.
    """

    party: Party
    account: bytes
    spki: bytes
    sign: Sign
    place: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be sent to the registry for these applications. `purpose` None: by another program."""

    call: Call
    purpose: str | None
    guarantees: tuple[bytes, ...]


def undertaking(
    application: Application, notice: LotNotice, guarantor: Guarantor, number: str, *, now: datetime
) -> Undertaking:
    """What is to be signed. The expiry is rounded up to the end of its month, which many lots share."""
    return Undertaking(
        number=number,
        kind=BID,
        issuer=guarantor.party,
        applicant=Party(application.name, application.applicant),
        beneficiary=notice.beneficiary,
        tender=notice.tender,
        tender_title=notice.tender_title,
        lot=notice.lot,
        lot_title=notice.lot_title,
        amount=application.amount,
        currency=application.currency,
        applied=int(application.applied_at.timestamp()),
        issued=int(now.timestamp()),
        expiry=rounded_expiry(application.expiry),
        expiry_event="",
        demand=Demand(
            on_first_demand=True,
            irrevocable=True,
            grounds=GROUNDS,
            documents=(),
            partial=True,
            multiple=False,
        ),
        presentation=Presentation(ELECTRONIC, guarantor.place),
        rules=URDG,
        law="CN",
        languages=("zh", "en"),
        charges="applicant",
        transferable=False,
        on_chain=OnChain(notice.chain_id, notice.registry, guarantor.account.hex(), notice.account),
        text=guarantor.text,
    )


def rounded_expiry(at: datetime) -> int:
    """The last second of the month that `at` is in, in Beijing's time."""
    local = at.astimezone(BEIJING)
    following = (local.replace(day=1) + timedelta(days=32)).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    return int(following.timestamp()) - 1


def sign(
    session: Session,
    applications: Sequence[bytes],
    notices: Sequence[LotNotice],
    guarantor: Guarantor,
    *,
    now: datetime,
    random: RandomBytes,
    sends_itself: bool = False,
) -> Act:
    """Step 1 for these applications, whose premium is paid; the caller commits.

    RefusedError, with all sentences, for an undertaking that a rule forbids, and above a limit; StateError for an
    application that is not paid; NotFoundError for a lot that is not open. Then nothing is written.
    """
    if not 1 <= len(applications) <= calls.MAX_BATCH:
        raise RefusedError(
            "batch",
            Said(
                f"一次可出具1至{calls.MAX_BATCH}份保函。",
                f"One to {calls.MAX_BATCH} guarantees are issued at a time.",
            ),
        )
    made = [_signed(session, one, notices, guarantor, now=now, random=random) for one in sorted(applications)]
    pairs = [(signed.commitment, signed.undertaking.expiry) for _, signed in made]
    call = calls.issue(*pairs[0]) if len(pairs) == 1 else calls.issue_batch(pairs)
    purpose = None if sends_itself else f"issue {made[0][1].undertaking.number}, {len(made)} in all"
    if purpose is not None:
        outbox.want(session, call, key=guarantor.account, purpose=purpose, now=now)
    for application, signed in made:
        session.add(
            Issue(
                application=application.id,
                number=signed.undertaking.number,
                guarantee=signed.id,
                content=signed.to_bytes(),
                expiry=datetime.fromtimestamp(signed.undertaking.expiry, UTC),
                purpose=purpose,
                signed_at=now,
                issued_at=None,
            )
        )
        application.state, application.changed_at = SIGNED, now
    session.flush()
    return Act(call, purpose, tuple(signed.id for _, signed in made))


def settle(session: Session, *, depth: int, now: datetime, letter: Letter | None = None) -> int:
    """Step 3; the caller commits. How many applications moved. `letter` prints what people read, to go with it."""
    followed = index.followed(session)
    query = (
        select(Issue, Application)
        .join(Application, Application.id == Issue.application)
        .where(Application.state == SIGNED)
        .with_for_update(skip_locked=True)
    )
    moved = 0
    for issue, application in session.execute(query).all():
        there = session.get(GuaranteeRow, issue.guarantee, populate_existing=True)
        if there is not None:
            if followed is not None and there.issued_block + depth <= followed:
                _issued(session, issue, application, there, now, letter)
                moved += 1
            continue
        act = None if issue.purpose is None else outbox.progress(session, issue.purpose)
        if act is not None and act.state in (REFUSED, REVERTED):
            _failed(session, application, (act.error or {}).get("name", "refused"), now)
            moved += 1
    session.flush()
    return moved


def _signed(
    session: Session,
    application_id: bytes,
    notices: Sequence[LotNotice],
    guarantor: Guarantor,
    *,
    now: datetime,
    random: RandomBytes,
) -> tuple[Application, SignedGuarantee]:
    application = session.get(Application, application_id, with_for_update=True, populate_existing=True)
    if application is None or application.state != PAID:
        raise StateError(
            "not-paid",
            Said(
                "保费未缴清，或者保函已出具。", "The premium is not paid, or the guarantee is issued already."
            ),
        )
    exposure.require_room(session, application, now=now)
    number = f"BH-{now.astimezone(BEIJING):%Y}-{application.id.hex()[:16].upper()}"
    notice = find(notices, application.lot)
    made = undertaking(application, notice, guarantor, number, now=now)
    refuse(violations(made, notice, now=now))
    return application, SignedGuarantee.sign(made, guarantor.spki, guarantor.sign, random(SALT_SIZE))


def _issued(
    session: Session,
    issue: Issue,
    application: Application,
    there: GuaranteeRow,
    now: datetime,
    print_letter: Letter | None,
) -> None:
    issue.issued_at = now
    application.state, application.changed_at, application.remark = ISSUED, now, ""
    letter = kinds.Delivery(issue.number, issue.guarantee.hex(), there.issued_block)
    files = [File(GUARANTEE_FILE, issue.content)]
    if print_letter is not None:
        files.append(File(LETTER_FILE, print_letter(SignedGuarantee.parse(issue.content))))
    outgoing.say(session, application.id, outgoing.DELIVERY, letter, files)


def _failed(session: Session, application: Application, name: str, now: datetime) -> None:
    application.state, application.changed_at, application.remark = FAILED, now, name
    sentence = f"链上登记未成功，保函未能出具。 The chain refused the commitment: {name}."
    outgoing.say(session, application.id, "failure", kinds.Refusal(sentence))

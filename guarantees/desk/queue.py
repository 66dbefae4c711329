"""Letters that came in: each mailbox's in order, each once. An application becomes a row of the queue.

Of an application is checked here: 1. its signature, by the key in it; 2. that it was written for this guarantor and for
the mailbox that it came in, so that nobody hands on another's; 3. the applicant's credit code; 4. whose the key is, by
the ledger (guarantees/desk/applicant_key.py); 5. the product, its limits, and what the lot asks.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.signatures import VerifyKey
from guarantees.desk import applicant_key, offers
from guarantees.errors import NotFoundError, RefusedError
from guarantees.letters import kinds
from guarantees.letters.kinds import Acceptance, Cancellation
from guarantees.letters.scheme import SCHEME, Letter, LetterError
from guarantees.lot_notice import LotNotice, find
from guarantees.register.product import Product
from guarantees.tables.desk import APPLIED, STATES, UNCHECKED, UNPROVEN, Application
from mailboxes.keys import mailbox_of
from parties import credit_code
from parties.errors import CreditCodeError
from parties.key_history import KeyHistory
from statutes.said import Said


@dataclass(frozen=True, slots=True)
class Incoming:
    """A letter as it was fetched and opened. `mailbox` is the mailbox's id in hexadecimal."""

    mailbox: str
    recipient: str
    number: int
    letter: Letter


@dataclass(frozen=True, slots=True)
class Offered:
    """What the desk offers: its own credit code, where premiums go, its products by code; and all open lots.

    keys: all parties' keys by the ledger; None if the desk does not read it.
    """

    guarantor: str
    pay_to: str
    products: Mapping[str, Product]
    notices: Sequence[LotNotice]
    keys: KeyHistory | None = None


def take(session: Session, incoming: Incoming, offered: Offered, *, now: datetime) -> Application | None:
    """Takes a letter into account; the caller commits. None for one that was before, or is no applicant's.

    LetterError for a first letter that is no application for this desk; nothing is written.
    """
    mailbox = bytes.fromhex(incoming.mailbox)
    query = select(Application).where(Application.id == mailbox).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    letter = kinds.parse(incoming.letter.text)
    if row is None:
        if incoming.number != 0 or not isinstance(letter, kinds.Application):
            raise LetterError("the first letter of a mailbox is an application")
        return _application(session, mailbox, incoming, letter, offered, now)
    if incoming.number < row.letters:
        return None
    row.letters = incoming.number + 1
    if isinstance(letter, Acceptance):
        offers.accept(session, row, letter, pay_to=offered.pay_to, now=now)
    elif isinstance(letter, Cancellation):
        offers.cancel(row, letter.reason, now=now)
    return row


def pass_over(session: Session, mailbox: str, number: int) -> None:
    """One of our own letters, or one that cannot be read: the next one's turn."""
    row = session.get(Application, bytes.fromhex(mailbox), with_for_update=True)
    if row is not None and row.letters <= number:
        row.letters = number + 1


def key_of(session: Session, mailbox: str, first: Letter | None = None) -> str:
    """The key that signs an applicant's letters in this mailbox: as its application, `first` or one taken before, says.

    LetterError for a first letter that is no application; NotFoundError if there was none.
    """
    text = first.text if first is not None else get(session, bytes.fromhex(mailbox)).content.decode()
    letter = kinds.parse(text)
    if not isinstance(letter, kinds.Application):
        raise LetterError("the first letter of a mailbox is an application")
    return letter.mailbox


def get(session: Session, application: bytes, *, for_update: bool = False) -> Application:
    """NotFoundError."""
    row = session.get(Application, application, with_for_update=for_update or None, populate_existing=True)
    if row is None:
        raise NotFoundError("the desk has no such application")
    return row


def listed(session: Session, *states: str) -> Sequence[Application]:
    """The queue, oldest first; of these states, or of all."""
    wanted = states or STATES
    query = select(Application).where(Application.state.in_(wanted))
    return session.scalars(query.order_by(Application.applied_at, Application.id)).all()


def _application(
    session: Session,
    mailbox: bytes,
    incoming: Incoming,
    letter: kinds.Application,
    offered: Offered,
    now: datetime,
) -> Application:
    letter.check()  # 1
    own = mailbox_of(SCHEME, VerifyKey(bytes.fromhex(letter.mailbox)))
    if (letter.guarantor, own) != (offered.guarantor, mailbox):  # 2
        raise LetterError("the application was written for another guarantor or another mailbox")
    files = incoming.letter.files
    row = Application(
        id=mailbox,
        recipient=incoming.recipient,
        letters=1,
        applicant=letter.applicant.credit_code,
        name=letter.applicant.name,
        tender=letter.tender,
        lot=letter.lot,
        product=letter.product,
        amount=letter.amount,
        currency=letter.currency,
        expiry=datetime.fromtimestamp(letter.expiry, UTC),
        content=incoming.letter.text.encode(),
        documents=[{"name": file.name, "sha256": hashlib.sha256(file.content).hexdigest()} for file in files],
        state=APPLIED,
        applied_at=now,
        changed_at=now,
        remark="",
        key_standing=UNCHECKED if offered.keys is None else UNPROVEN,
        key_checked_at=None if offered.keys is None else now,
    )
    session.add(row)
    session.flush()
    try:
        _require_code(letter)  # 3
        row.key_standing = applicant_key.standing(letter, files, offered.keys)  # 4
        _require_sound(letter, offered, now)  # 5
    except RefusedError as error:
        offers.decline(session, row, error.said, now=now)
    return row


def _require_code(letter: kinds.Application) -> None:
    try:
        credit_code.parse(letter.applicant.credit_code)
    except CreditCodeError as error:
        raise RefusedError(
            "credit-code",
            Said(
                "申请人的统一社会信用代码校验位不正确。",
                "The applicant's unified social credit code has a wrong check digit.",
            ),
        ) from error


def _require_sound(letter: kinds.Application, offered: Offered, now: datetime) -> None:
    product = offered.products.get(letter.product)
    if product is None or product.currency != letter.currency:
        raise RefusedError(
            "product",
            Said("没有此产品，或者币种不符。", "There is no such product in this currency."),
        )
    if not product.least <= letter.amount <= product.most:
        raise RefusedError(
            "product-amount",
            Said(
                f"该产品的担保金额须在{product.least / 100:.2f}元至{product.most / 100:.2f}元之间。",
                f"The product is for amounts of {product.least / 100:.2f} to {product.most / 100:.2f}.",
            ),
        )
    try:
        notice = find(offered.notices, letter.lot)
    except NotFoundError as error:
        raise RefusedError("lot", Said("没有此开放标段。", "No open lot is called so.")) from error
    if notice.tender != letter.tender or notice.currency != letter.currency:
        raise RefusedError("lot", Said("标段与项目不符。", "The lot is of another tender or currency."))
    if letter.amount < notice.bond or letter.expiry + 1 < notice.valid_until:
        raise RefusedError(
            "lot-terms",
            Said(
                "担保金额或者期限低于标段的要求。",
                "The amount or the expiry falls short of what the lot asks for.",
            ),
        )
    if not now.timestamp() < letter.expiry <= now.timestamp() + product.days * 86_400:
        raise RefusedError(
            "product-days",
            Said(f"该产品的最长期限为{product.days}日。", f"The product lasts at most {product.days} days."),
        )

"""From the sealed application to the delivered guarantee: letters through the platform's web process, work at the desks.

The applicants are this test, with the programs that bidders use; what a guarantor's staff do is done by the services of
its desk, on its own database. Between them stand `sunseal serve` and `sunseal guarantor run`, which may be killed at any
time: whoever speaks to them asks again until there is an answer.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from random import Random
from typing import TypeVar

import httpx

from app.letter_client import PATH, PostOffice, Received
from crypto import party_keys
from crypto.signatures import VerifyKey
from guarantees.desk import issuing, offers, premiums, queue
from guarantees.desk.premiums import CSV, HAND
from guarantees.desk.premiums import Received as Money
from guarantees.letters import kinds
from guarantees.letters.kinds import Acceptance, AnyLetter, Application, Delivery
from guarantees.letters.scheme import SCHEME, Letter, LetterError
from guarantees.lot_notice import LotNotice
from guarantees.signed import SignedGuarantee
from guarantees.tables.desk import ACCEPTED, APPLIED, DELIVERED, PAID, PROVEN
from guarantees.undertaking import Party
from mailboxes.keys import MailboxKeys
from mailboxes.messages import File
from parties.proof import FILE
from tests import guarantee_example
from tests.e2e.guarantees.courses import Course
from tests.e2e.guarantees.deployment import Deployment, Desk, now, wait
from tests.opening import party

PRODUCT, PREMIUM = "bid", 80_000
SPARE = 3600
"""Seconds more than the lot asks for, which a deadline that is put off eats up."""
T = TypeVar("T")


@dataclass
class Applicant:
    """A bidder with a mailbox for one guarantee."""

    path: Course
    desk: Desk
    keys: MailboxKeys
    web: str
    supervisor: VerifyKey
    random: Random

    def write(self, nth: int, letter: AnyLetter, *files: File) -> None:
        """Its nth letter, once: what the platform has already is not sent again."""

        def send() -> None:
            with post_office(self.web, self.supervisor, self.random) as office:
                if sum(not held.is_reply for held in office.fetch(self.keys)) <= nth:
                    guarantor = office.guarantor(self.desk.papers.settings.credit_code)
                    office.write(self.keys, guarantor, Letter(kinds.to_text(letter), files))

        insist(send)

    def delivered(self) -> SignedGuarantee:
        received = insist(self._read)
        letter = received[-1].letter
        assert letter is not None
        assert isinstance(kinds.parse(letter.text), Delivery)
        names = [file.name for file in letter.files]
        assert names == ["guarantee.json", "letter.pdf"]
        return SignedGuarantee.parse(letter.files[0].content)

    def application(self, asked: LotNotice) -> Application:
        secret, bidder = party(self.path.number)
        return Application(
            guarantor=self.desk.papers.settings.credit_code,
            mailbox=self.keys.signing.verify_key.raw.hex(),
            applicant=Party(bidder.name, bidder.credit_code),
            tender=asked.tender,
            lot=asked.lot,
            product=PRODUCT,
            amount=asked.bond,
            currency=asked.currency,
            expiry=asked.valid_until + SPARE,
            contact="13800000000",
            key=party_keys.spki(secret.public_key()).hex(),
            signature="",
        ).signed(secret.sign)

    def _read(self) -> list[Received]:
        with post_office(self.web, self.supervisor, self.random) as office:
            return office.read(self.keys, office.guarantor(self.desk.papers.settings.credit_code))


def apply_and_issue(
    deployment: Deployment, paths: Sequence[Course], asked: Callable[[Course], LotNotice], random: Random
) -> None:
    """All of them at once; each course has its guarantee afterwards."""
    for desk in deployment.desks.values():
        _publish(deployment, desk, random)
    applicants = [
        Applicant(
            path=path,
            desk=deployment.desks["guarantor" if path.number % 2 else "guarantor-2"],
            keys=MailboxKeys(SCHEME, random.randbytes(16)),
            web=deployment.web,
            supervisor=deployment.supervisor.verify_key,
            random=random,
        )
        for path in paths
    ]
    for one in applicants:
        proof = deployment.tendering.proof(party(one.path.number)[1].credit_code)
        one.write(0, one.application(asked(one.path)), File("营业执照.pdf", b"licence"), File(FILE, proof))
    for one in applicants:
        _await(one, APPLIED)
        _quote(one)
    for one in applicants:
        one.write(1, Acceptance(1, PREMIUM))
    for one in applicants:
        _await(one, ACCEPTED)
        _pay(one)
    for desk in deployment.desks.values():
        _sign(desk, [one for one in applicants if one.desk is desk])
    for one in applicants:
        _await(one, DELIVERED)
        one.path.made = one.delivered()


def insist(act: Callable[[], T], seconds: float = 300) -> T:
    """Again while the platform's web process is killed and comes back."""
    end = time.monotonic() + seconds
    while True:
        try:
            return act()
        except LetterError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


@contextmanager
def post_office(web: str, supervisor: VerifyKey, random: Random) -> Iterator[PostOffice]:
    with httpx.Client(base_url=f"{web}{PATH}", trust_env=False, timeout=30) as client:
        yield PostOffice(client, supervisor, lambda: int(now().timestamp()), random.randbytes)


def _publish(at: Deployment, desk: Desk, random: Random) -> None:
    product = replace(guarantee_example.PRODUCT, guarantor=desk.papers.settings.credit_code, product=PRODUCT)

    def publish() -> None:
        with post_office(at.web, at.supervisor.verify_key, random) as office:
            office.publish(product.to_bytes(), desk.secrets.signing.sign)

    insist(publish)


def _await(one: Applicant, state: str) -> None:
    def done() -> bool:
        with one.desk.database.session() as session:
            return one.keys.mailbox in {row.id for row in queue.listed(session, state)}

    wait(f"{one.path.name} is {state}", done)


def _quote(one: Applicant) -> None:
    at = now()
    with one.desk.database.session() as session:
        row = queue.get(session, one.keys.mailbox, for_update=True)
        assert row.key_standing == PROVEN
        offers.quote(session, row, premium=PREMIUM, valid_until=at.replace(year=at.year + 1), now=at)
        session.commit()


def _pay(one: Applicant) -> None:
    """By hand, or out of a bank's file."""
    number, at = f"FP{one.keys.mailbox.hex()[:12].upper()}", now()
    reference = f"bank-{one.path.number}"
    if one.path.number % 3:
        source, rows = HAND, [Money(reference, PREMIUM, "CNY", party(one.path.number)[1].name, number, at)]
    else:
        source, rows = (
            CSV,
            premiums.parse_csv(
                "reference,invoice,amount,currency,payer,paid_at\n"
                f"{reference},{number},{PREMIUM // 100}.00,CNY,payer,{at.isoformat(timespec='seconds')}\n"
            ),
        )
    with one.desk.database.session() as session:
        for row in rows:
            premiums.record(session, row, source=source, now=at)
        session.commit()
        assert queue.get(session, one.keys.mailbox).state == PAID


def _sign(desk: Desk, applicants: Sequence[Applicant]) -> None:
    """Of one desk together: one transaction."""
    with desk.database.session() as session:
        issuing.sign(
            session,
            [one.keys.mailbox for one in applicants],
            desk.papers.lots(),
            desk.guarantor,
            now=now(),
            random=applicants[0].random.randbytes,
        )
        session.commit()

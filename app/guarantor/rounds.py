"""One round between a guarantor's desk and the platform. Run again and again; a crash anywhere costs nothing.

1. lists     what all open lots ask, and the guarantor's own products; before a new application, all keys of parties
             from the ledger, read as a whole
2. incoming  each mailbox's letters in order, each in a transaction of its own; its mailbox's key must have signed it
3. settle    issues that the chain confirms, or the contract refused
4. outgoing  sealed once, then sent; what the platform has already is only noted. Before deliveries the platform is told
             by what the public check finds the guarantees, in an order that says nothing of their mailboxes
"""

import hashlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from app.guarantor.folder import GuarantorFolder, Keys
from app.guarantor.ledger import KeyLedger
from app.guarantor.letter import printer
from app.letter_client import PostOffice
from crypto.age import X25519Recipient
from crypto.errors import CryptoError
from crypto.randomness import RandomBytes
from guarantees.desk import issuing, outgoing, queue
from guarantees.desk.queue import Incoming, Offered
from guarantees.errors import GuaranteesError
from guarantees.letters.scheme import Letter, Post
from guarantees.tables.desk import Application, Outgoing
from mailboxes.service import Held
from storage.database import Database

log = logging.getLogger("sunseal.guarantor")


@dataclass(frozen=True, slots=True)
class Done:
    """What a round did. `troubles` are sentences about letters that could not be taken or sent."""

    taken: int
    settled: int
    sent: int
    troubles: tuple[str, ...]


class Rounds:
    """`depth` blocks upon an issue make it certain. `ledger` proves whose keys are; None: nobody's are proven.

    `probe` is told each step as it is come to: tests die there.
    """

    def __init__(
        self,
        database: Database,
        folder: GuarantorFolder,
        keys: Keys,
        office: PostOffice,
        *,
        clock: Callable[[], datetime],
        random: RandomBytes,
        depth: int,
        ledger: KeyLedger | None = None,
        probe: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._database, self._folder, self._keys, self._office = database, folder, keys, office
        self._clock, self._random, self._depth, self._probe = clock, random, depth, probe
        self._code, self._ledger = folder.settings.credit_code, ledger
        self._letter = printer(folder.path, folder.settings.platform)

    def run(self) -> Done:
        """One round. GuaranteesError if the platform cannot be reached, or shows another supervisor's list."""
        self._lists()
        offered = Offered(
            self._code, self._folder.settings.pay_to, self._folder.products(), self._folder.lots()
        )
        troubles: list[str] = []
        held = self._office.inbox(self._code, self._keys.signing.sign)
        if self._ledger is not None and self._has_new(held):
            try:
                offered = replace(offered, keys=self._ledger.keys())
            except GuaranteesError as error:
                troubles.append(str(error))  # new applications wait, and nothing else does
        taken = sum(self._incoming(box, offered, troubles) for box in _by_mailbox(held))
        with self._database.session() as session:
            settled = issuing.settle(session, depth=self._depth, now=self._clock(), letter=self._letter)
            self._probe("before settled")
            session.commit()
        sent = self._outgoing(troubles)
        return Done(taken, settled, sent, tuple(troubles))

    def _lists(self) -> None:
        """Step 1."""
        self._folder.note_lots(self._office.lots())
        every = self._office.products(self._office.guarantors())
        self._folder.note_products([one for one in every if one.guarantor == self._code])

    def _has_new(self, held: list[Held]) -> bool:
        """Whether there is an application that was not taken yet."""
        with self._database.session() as session:
            return any(session.get(Application, bytes.fromhex(one.mailbox)) is None for one in held)

    def _incoming(self, letters: list[Held], offered: Offered, troubles: list[str]) -> int:
        """Step 2, of one mailbox. What cannot be taken stops its mailbox alone."""
        taken = 0
        for held in letters:
            try:
                taken += self._take(held, offered)
            except (GuaranteesError, CryptoError) as error:
                troubles.append(f"letter {held.number} of mailbox {held.mailbox}: {error}")
                break
        return taken

    def _take(self, held: Held, offered: Offered) -> int:
        mailbox = bytes.fromhex(held.mailbox)
        with self._database.session() as session:
            row = session.get(Application, mailbox)
            if row is not None and held.number < row.letters:
                return 0
            if row is None and self._ledger is not None and offered.keys is None:
                return 0
            if held.is_reply:
                queue.pass_over(session, held.mailbox, held.number)
                session.commit()
                return 0
            letter = self._office.open(held, self._keys.identity)
            key = queue.key_of(session, held.mailbox, letter if row is None else None)
            said = Post(key, held.kind, held.number, held.recipient, held.sha256, held.signature)
            said.check_signature(self._office.origin)
            incoming = Incoming(held.mailbox, held.recipient, held.number, letter)
            made = queue.take(session, incoming, offered, now=self._clock())
            if row is None:
                for number, file in enumerate(letter.files):
                    self._folder.keep_document(held.mailbox, number, file.content)
            self._probe("before taken")
            session.commit()
        self._probe("after taken")
        return int(made is not None)

    def _outgoing(self, troubles: list[str]) -> int:
        """Step 4."""
        with self._database.session() as session:
            waiting = [row.id for row in outgoing.waiting(session)]
            issued = outgoing.undelivered(session)
        if not waiting:
            return 0
        for letter, guarantee in issued.items():
            try:
                self._office.tell(self._code, guarantee, self._keys.signing.sign)
            except GuaranteesError as error:
                troubles.append(f"outgoing letter {letter}: {error}")
                waiting.remove(letter)
            self._probe("after told")
        boxes = {box[0].mailbox: box for box in _by_mailbox(self._inbox())}
        sent = 0
        for row_id in waiting:
            try:
                sent += self._send(row_id, boxes)
            except (GuaranteesError, CryptoError) as error:
                troubles.append(f"outgoing letter {row_id}: {error}")
        return sent

    def _inbox(self) -> list[Held]:
        return self._office.inbox(self._code, self._keys.signing.sign)

    def _send(self, row_id: int, boxes: dict[str, list[Held]]) -> int:
        with self._database.session() as session:
            row = session.get_one(Outgoing, row_id, with_for_update=True)
            if row.sealed is None:
                row.sealed = self._sealed(
                    outgoing.letter_of(row), session.get_one(Application, row.application)
                )
                self._probe("before sealed")
                session.commit()
        with self._database.session() as session:
            row = session.get_one(Outgoing, row_id, with_for_update=True)
            if row.sent_at is not None or row.sealed is None:
                return 0
            mailbox = row.application.hex()
            box = boxes.setdefault(mailbox, [])
            digest = hashlib.sha256(row.sealed).hexdigest()
            if all(held.sha256 != digest for held in box):
                self._probe("before sent")
                box.append(self._office.reply(self._keys.signing.sign, mailbox, len(box), row.sealed))
                self._probe("after sent")
            row.sent_at = self._clock()
            outgoing.delivered(session, row)
            session.commit()
        return 1

    def _sealed(self, letter: Letter, application: Application) -> bytes:
        recipients = [X25519Recipient.parse(application.recipient), self._keys.identity.recipient]
        return letter.seal(recipients, self._random)


def _by_mailbox(held: Iterable[Held]) -> list[list[Held]]:
    boxes: dict[str, list[Held]] = {}
    for one in held:
        boxes.setdefault(one.mailbox, []).append(one)
    return [sorted(box, key=lambda one: one.number) for box in boxes.values()]

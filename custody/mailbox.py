"""Cosignatures by way of the keyholders' messages: a witness that opens no port.

The sequencer's process writes a request; whichever web process the keyholder is speaking with hands it out, and takes
the answer with the keyholder's next message; the sequencer's process is woken by the bell. Of a witness only the
newest request counts. Nothing that comes back is believed: ledger.witness_messages.take_cosignatures verifies it.
"""

import base64
import binascii
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from custody.errors import NotAllowedError
from custody.models import CosignatureRow, KeyholderRow
from ledger.exchange import CosignatureAnswer, CosignatureRequest
from ledger.note import NoteKey
from ledger.witness_answers import MAX_ANSWER_SIZE, WitnessUnavailableError, read_answer
from ledger.witness_messages import AddCheckpoint
from storage.bell import Bell, ring
from storage.database import Database

DEADLINE = 10.0
"""Seconds that a witness has for its answer."""

Answered = tuple[int, str, bytes]
"""(status, content type, body)."""


class MailboxWitness:
    """The witness known by `vkey`, whose keyholder is registered. Threads may share it."""

    def __init__(
        self,
        vkey: NoteKey,
        database: Database,
        bell: Bell,
        clock: Callable[[], datetime],
        *,
        deadline: float = DEADLINE,
    ) -> None:
        self.vkey = vkey
        self._database = database
        self._bell = bell
        self._clock = clock
        self._deadline = deadline

    def add_checkpoint(self, request: AddCheckpoint) -> bytes:
        """The body of its answer, unverified.

        Raises ConflictError if it cosigned another size last than the request starts at, WitnessUnavailableError if it
        does not answer in time or a newer request took this one's place, or WitnessRefusedError.
        """
        end = time.monotonic() + self._deadline
        name = self.vkey.name
        try:
            heard = self._bell.rung()
            number = self._post(request.to_bytes())
            try:
                while (answered := self._look(number)) is None:
                    if time.monotonic() >= end:
                        raise WitnessUnavailableError(f"{name} took more than {self._deadline:g} s")
                    heard = self._bell.wait(heard, min(1.0, end - time.monotonic()))
            finally:
                self._remove(number)
        except SQLAlchemyError as error:
            raise WitnessUnavailableError(f"{name} cannot be reached: {type(error).__name__}") from error
        return read_answer(name, *answered)

    def _post(self, body: bytes) -> int:
        with self._database.session() as session:
            vkey = self.vkey.vkey
            session.execute(delete(CosignatureRow).where(CosignatureRow.witness == vkey))
            row = CosignatureRow(
                witness=vkey,
                body=body,
                requested_at=self._clock(),
                status=None,
                content_type=None,
                answer=None,
            )
            session.add(row)
            ring(session)
            session.commit()
            return row.id

    def _look(self, number: int) -> Answered | None:
        with self._database.session() as session:
            row = session.get(CosignatureRow, number)
        if row is None:
            raise WitnessUnavailableError(f"{self.vkey.name} was asked for a newer checkpoint meanwhile")
        if row.status is None or row.answer is None:
            return None
        return row.status, row.content_type or "", row.answer

    def _remove(self, number: int) -> None:
        with self._database.session() as session:
            session.execute(delete(CosignatureRow).where(CosignatureRow.id == number))
            session.commit()


def newest_requests(session: Session) -> dict[str, int]:
    """The number of the newest request that waits for an answer, by the witness's verifier key."""
    query = (
        select(CosignatureRow.witness, func.max(CosignatureRow.id))
        .where(CosignatureRow.status.is_(None))
        .group_by(CosignatureRow.witness)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def requests_for(session: Session, witness: str) -> Sequence[CosignatureRequest]:
    """What a witness is to be asked now."""
    query = select(CosignatureRow.id, CosignatureRow.body).where(
        CosignatureRow.witness == witness, CosignatureRow.status.is_(None)
    )
    rows = session.execute(query.order_by(CosignatureRow.id.desc()).limit(1))
    return [CosignatureRequest(number, base64.b64encode(body).decode("ascii")) for number, body in rows]


def take_answer(session: Session, keyholder: KeyholderRow, answer: CosignatureAnswer) -> None:
    """Stores an answer for whoever asked; one that nobody waits for any longer is dropped.

    Raises NotAllowedError for an answer in another witness's place, or one that is no base64 or too long.
    """
    try:
        body = base64.b64decode(answer.body, validate=True)
    except binascii.Error as error:
        raise NotAllowedError(f"the answer to request {answer.request} is not base64") from error
    if len(body) > MAX_ANSWER_SIZE:
        raise NotAllowedError(f"the answer to request {answer.request} has more than {MAX_ANSWER_SIZE} bytes")
    query = select(CosignatureRow).where(CosignatureRow.id == answer.request).with_for_update()
    row = session.execute(query).scalar_one_or_none()
    if row is None or row.status is not None:
        return
    if row.witness != keyholder.witness:
        raise NotAllowedError(f"the request {answer.request} was made of another witness")
    row.status, row.content_type, row.answer = answer.status, answer.content_type, body
    ring(session)

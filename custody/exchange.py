"""One message, one answer (docs/spec/opening.md, "Messages between keyholder and platform").

1. The named key is registered, and signed these bytes: else UnknownKeyholderError.
2. The bytes are exactly one message: else ExchangeError.
3. It is taken (custody.inbox), and committed: from here on nothing of it is lost.
4. Unless there is something to say, the answer waits, without a transaction.
5. The answer is stored with the channel before it is given. A repeat of the message gets that very answer.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from custody import approvals, envelope, inbox, mailbox, registry
from custody.board import Board, News
from custody.errors import SequenceError, UnknownKeyholderError
from custody.models import ChannelRow, KeyholderRow
from custody.reader import Reader
from ledger import log
from ledger.exchange import WITNESS, Answer, Message
from storage.database import Database

Charge = Callable[[str], None]
"""Called with the sender's key once its signature holds; raises whatever the caller has for too many."""


class Exchange:
    """What one web process answers with. Safe to share between threads."""

    def __init__(
        self, database: Database, reader: Reader, board: Board, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._reader = reader
        self._board = board
        self._clock = clock

    def answer(self, data: bytes, charge: Charge) -> bytes:
        """The answer to the message `data`.

        Raises UnknownKeyholderError, ExchangeError, NotAllowedError, SequenceError; after each, nothing was taken.
        """
        key = envelope.named_key(data)
        with self._database.session() as session:  # 1
            known = registry.by_key(session, key) is not None
        if not known:
            raise UnknownKeyholderError("no keyholder with this key is registered here")
        envelope.check_signature(data, key)
        charge(key)
        message = Message.parse(data)  # 2
        digest = hashlib.sha256(data).digest()
        with self._database.session() as session:  # 3
            keyholder = _keyholder(session, key)
            channel = inbox.take(session, self._reader, keyholder, message, digest, now=self._clock())
            session.commit()
        if channel.answer is not None:
            return channel.answer
        self._board.wait((key, message.channel), _concerns(message, keyholder, channel), message.wait)  # 4
        with self._database.session() as session:  # 5
            return self._settle(session, key, message, digest)

    def _settle(self, session: Session, key: str, message: Message, digest: bytes) -> bytes:
        keyholder = _keyholder(session, key)
        query = select(ChannelRow).where(
            ChannelRow.keyholder_id == keyholder.id, ChannelRow.channel == message.channel
        )
        channel = session.execute(query.with_for_update()).scalar_one()
        if channel.sequence != message.sequence or channel.message_hash != digest:
            raise SequenceError(channel.sequence)  # a newer message came while this one waited
        if channel.answer is not None:
            return channel.answer
        requests = mailbox.requests_for(session, keyholder.witness) if message.channel == WITNESS else ()
        newest, handed = approvals.for_keyholder(session, self._reader, key, now=self._clock())
        answer = Answer(
            message.sequence,
            int(self._clock().timestamp()),
            log.head(session).published_size,
            tuple(requests),
            tuple(handed),
        ).to_bytes()
        channel.answer = answer
        channel.last_request = max([channel.last_request, *(request.id for request in requests)])
        channel.last_approval = max(channel.last_approval, newest)
        session.commit()
        return answer


def _keyholder(session: Session, key: str) -> KeyholderRow:
    found = registry.by_key(session, key)
    if found is None:
        raise UnknownKeyholderError("no keyholder with this key is registered here")
    return found


def _concerns(message: Message, keyholder: KeyholderRow, channel: ChannelRow) -> Callable[[News], bool]:
    witness, last_request, last_approval = keyholder.witness, channel.last_request, channel.last_approval

    def concerns(news: News) -> bool:
        return (
            news.published > message.known
            or news.approval > last_approval
            or (message.channel == WITNESS and news.requests.get(witness, 0) > last_request)
        )

    return concerns

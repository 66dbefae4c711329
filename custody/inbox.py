"""Taking a message: all of it in one transaction, or nothing.

    1. The channel's row is locked: messages of one channel come one by one, whichever process they reach.
    2. The sequence: that of the last message with the same bytes is a repeat, which takes nothing; any other that is
       not higher is SequenceError.
    3. Everything in it is looked at. NotAllowedError for anything that this keyholder may not send.
    4. It is written: entries into the ledger, releases, answers and reports into their rows, and the sequence last.

The caller commits. A crash before that is a message that never came, and is sent again; after it, a repeat.
"""

import base64
import binascii
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from crypto import age
from crypto.age.x25519 import STANZA_TYPE
from crypto.errors import CryptoError
from custody import mailbox
from custody.admission import MAX_VERSIONS, Admitted, admit
from custody.errors import NotAllowedError, SequenceError
from custody.models import ChannelRow, KeyholderRow, ReleaseRow, ReportRow
from custody.reader import Reader
from custody.taken import append_once
from ledger import log
from ledger.entries import SharesReleased
from ledger.exchange import WITNESS, Message, Report
from ledger.view.release import MAX_RELEASE_SIZE

MAX_SEALED_SIZE = MAX_RELEASE_SIZE + (1 << 20)
"""Of a release as an age file: its tags and header are far below the difference."""
MAX_REPORTS = 1000
"""That are kept of one keyholder."""

_RECIPIENTS = 2


@dataclass(frozen=True, slots=True)
class _Release:
    admitted: Admitted
    entry: SharesReleased
    sealed: bytes


def take(
    session: Session,
    reader: Reader,
    keyholder: KeyholderRow,
    message: Message,
    digest: bytes,
    *,
    now: datetime,
) -> ChannelRow:
    """Takes the message, whose signature holds and whose SHA-256 is `digest`; the row of its channel.

    Raises SequenceError or NotAllowedError; then the caller rolls back.
    """
    channel = _channel(session, keyholder, message.channel)  # 1
    if message.sequence == channel.sequence and digest == channel.message_hash:  # 2
        return channel
    if message.sequence <= channel.sequence:
        raise SequenceError(channel.sequence)
    _look_at(session, message)  # 3
    entries, releases = _admitted(session, reader, message)
    for answer in message.answers:  # 4
        mailbox.take_answer(session, keyholder, answer)
    for admitted in entries:
        _append(session, admitted, now=now)
    for release in releases:
        _store(session, release, now=now)
    _report(session, keyholder, message.reports, now=now)
    channel.sequence, channel.message_hash, channel.answer = message.sequence, digest, None
    keyholder.seen_at, keyholder.clock_difference = now, message.sent - int(now.timestamp())
    session.flush()
    return channel


def _channel(session: Session, keyholder: KeyholderRow, name: str) -> ChannelRow:
    query = (
        select(ChannelRow)
        .where(ChannelRow.keyholder_id == keyholder.id, ChannelRow.channel == name)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.execute(query).scalar_one()


def _look_at(session: Session, message: Message) -> None:
    if message.origin != log.head(session).origin:
        raise NotAllowedError("the message is for another log")
    if message.channel == WITNESS and (message.entries or message.releases or message.reports):
        raise NotAllowedError("entries, releases and reports go on the channel work")
    if message.channel != WITNESS and message.answers:
        raise NotAllowedError("cosignatures go on the channel witness")


def _admitted(
    session: Session, reader: Reader, message: Message
) -> tuple[Sequence[Admitted], Sequence[_Release]]:
    if not message.entries and not message.releases:
        return (), ()
    with reader.reading(session) as view:
        entries = [admit(view, leaf.encode("utf-8"), message.key) for leaf in message.entries]
        if any(isinstance(admitted.entry, SharesReleased) for admitted in entries):
            raise NotAllowedError("a release is sent with its sealed file")
        releases = [
            _release(admit(view, sent.entry.encode("utf-8"), message.key), sent.sealed)
            for sent in message.releases
        ]
    return entries, releases


def _release(admitted: Admitted, sealed: str) -> _Release:
    """With the age file looked at as far as one can who may not open it here: its size, its header, its recipients."""
    if not isinstance(admitted.entry, SharesReleased):
        raise NotAllowedError("a release is of a SharesReleased entry")
    try:
        file = base64.b64decode(sealed, validate=True)
        header = age.read_header(io.BytesIO(file))
    except (binascii.Error, CryptoError) as error:
        raise NotAllowedError("a release is no age file in base64") from error
    if len(file) > MAX_SEALED_SIZE:
        raise NotAllowedError(f"a sealed release has at most {MAX_SEALED_SIZE} bytes")
    if [stanza.type for stanza in header.stanzas] != [STANZA_TYPE] * _RECIPIENTS:
        raise NotAllowedError("a release is sealed to the platform and the supervisor, and to nobody else")
    return _Release(admitted, admitted.entry, file)


def _append(session: Session, admitted: Admitted, *, now: datetime) -> None:
    if admitted.matters:
        append_once(
            session,
            admitted.entry,
            subject=admitted.subject,
            member=admitted.member,
            now=now,
            most=MAX_VERSIONS,
        )


def _store(session: Session, release: _Release, *, now: datetime) -> None:
    """The first release of a member counts, as in the ledger; the same one sealed anew takes its place until it is
    known to be good: sealing is random, and the first may have been cut short."""
    _append(session, release.admitted, now=now)
    entry = release.entry
    new = {"sealed": release.sealed, "received_at": now, "state": "new", "reason": ""}
    place = {"closing": entry.closing, "part": entry.part, "member": entry.member}
    statement = insert(ReleaseRow).values(
        {**place, **new, "hash": entry.release, "entry": release.admitted.leaf}
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=list(place),
            set_=new,
            where=(ReleaseRow.hash == entry.release)
            & (ReleaseRow.state != "good")
            & (ReleaseRow.sealed != release.sealed),
        )
    )


def _report(session: Session, keyholder: KeyholderRow, reports: Sequence[Report], *, now: datetime) -> None:
    if not reports:
        return
    own = ReportRow.keyholder_id == keyholder.id
    for report in reports:
        place = {"keyholder_id": keyholder.id, "subject": report.subject, "rule": report.rule}
        said = {"sentence": report.sentence, "reported_at": now}
        statement = insert(ReportRow).values({**place, **said})
        session.execute(statement.on_conflict_do_update(index_elements=list(place), set_=said))
    kept = (
        select(ReportRow.subject, ReportRow.rule)
        .where(own)
        .order_by(ReportRow.reported_at.desc())
        .limit(MAX_REPORTS)
    ).subquery()
    outside = ~select(kept).where(kept.c.subject == ReportRow.subject, kept.c.rule == ReportRow.rule).exists()
    session.execute(delete(ReportRow).where(own, outside))

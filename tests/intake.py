"""A platform that takes bids, on the test's own database: `make_world(database, tmp_path)`.

There is a group of keyholders with a key for each part of `lot-1` on the ledger, a key for tokens, the submission
application, and, within `with world.published():`, a sequencer that publishes.
"""

import hashlib
import io
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from sqlalchemy import select
from werkzeug.test import Client, TestResponse

from app.api.private_token import authorization
from app.api.submission_app import SubmissionApp, make_app
from app.api.submission_setting import SubmissionSetting
from bidding import closing, intake
from bidding.closing import ClosedLot
from bidding.tokens import keys
from bidding.tokens.challenge import TokenTerms
from bidding.tokens.periods import period_of
from crypto import age, canonical_json
from crypto.signatures import SigningKey
from crypto.tokens.privacy_pass import finalize_token, issue, request_token
from ledger import log
from ledger.entries import BidSubmitted, BidWithdrawn, KeyBound, LotPart, LotPublished, decode, encode
from ledger.entries.signed import UNSIGNED
from ledger.loop import run_until
from ledger.models import EntryRow
from ledger.proof import Receipt, verify_receipt
from ledger.view import LedgerView
from storage.blob_folder import FolderBackend
from storage.blobs import BlobStore
from storage.database import Database
from tests.log import ORIGIN, Log, make_log
from tests.story import PLATFORM_AGE, PRICE, SUPERVISOR, Story

TERMS = TokenTerms("tokens.example", "bids.example")
LOT = "lot-1"
MAX_SIZE = 40 << 20


@cache
def token_key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


class Clock:
    """Real time, and whatever it is set off by."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass(frozen=True)
class Draft:
    """A bid at its bidder's: the files by part, its key, and the signed body."""

    key: SigningKey
    files: dict[str, bytes]
    fact: BidSubmitted

    @property
    def body(self) -> Any:
        return canonical_json.loads(encode(self.fact))

    def signed(self, **changes: Any) -> "Draft":
        """With other values in its body, signed anew by its own key."""
        return replace(self, fact=replace(self.fact, **changes).signed_by(self.key))


@dataclass
class World:
    database: Database
    book: Log
    blobs: BlobStore
    setting: SubmissionSetting
    app: SubmissionApp
    story: Story
    clock: Clock
    keys: dict[str, dict[str, str]] = field(default_factory=dict)
    anchors: list[datetime] = field(default_factory=list)

    @property
    def client(self) -> Client:
        return Client(self.app.wsgi)

    def publish(
        self,
        lot: str = LOT,
        parts: Sequence[LotPart] = (PRICE,),
        *,
        minutes: float = 60,
        deadline: datetime | None = None,
        min_bids: int = 3,
    ) -> datetime:
        """A lot with a key for each part; its deadline."""
        if deadline is None:
            deadline = (self.clock() + timedelta(minutes=minutes)).replace(microsecond=0)
        before = len(self.story.leaves)
        self.keys[lot] = {}
        if not self.story.group:
            self.story.found()
        for part in parts:
            self.keys[lot][part.name] = key = self.story.key()
            self.story.say(KeyBound(key, lot, part.name))
        entry = LotPublished(
            *(lot, "tender-1", self.story.group, int(deadline.timestamp()), min_bids),
            *(str(PLATFORM_AGE.recipient), tuple(parts)),
        )
        with self.database.session() as session:
            for leaf in self.story.leaves[before:]:
                log.append(session, decode(leaf), now=self.clock())
            intake.open_intake(session, entry, max_size=MAX_SIZE, now=self.clock())
            session.commit()
        return deadline

    def token(self) -> bytes:
        """A token, issued without asking anybody's allowance."""
        key = token_key()
        pending = request_token(key.public_key(), TERMS.challenge, token_bytes)
        return finalize_token(key.public_key(), pending, issue(key, pending.request(), token_bytes)).encode()

    def draft(
        self,
        content: bytes = b"a bid",
        lot: str = LOT,
        *,
        replaces: Draft | None = None,
        knowledge: bool = False,
    ) -> Draft:
        own = replaces.key if replaces else SigningKey(token_bytes(32))
        sealed = {
            part: self.story.seal(lot, key, content, part, knowledge) for part, key in self.keys[lot].items()
        }
        sequence = replaces.fact.sequence + 1 if replaces else 1
        parts = tuple(said for _, said in sealed.values())
        fact = BidSubmitted(ORIGIN, lot, own.verify_key.raw.hex(), sequence, parts, UNSIGNED).signed_by(own)
        return Draft(own, {part: file for part, (file, _) in sealed.items()}, fact)

    def upload(self, file: bytes) -> str:
        """The capability of a whole upload."""
        made = self.client.post("/uploads", headers=creation(self.token(), len(file)))
        assert made.status_code == 201, made.get_data().strip()
        capability = made.headers["Location"].rpartition("/")[2]
        for start in range(0, len(file), 8 << 20):
            piece = file[start : start + (8 << 20)]
            sent = self.client.patch(f"/uploads/{capability}", headers=patching(start), data=piece)
            assert sent.status_code == 204, sent.get_data().strip()
        return capability

    def uploads(self, draft: Draft) -> dict[str, str]:
        return {part: self.upload(file) for part, file in draft.files.items()}

    def post(
        self, draft: Draft, uploads: Mapping[str, str] | None = None, token: bytes | None = None
    ) -> TestResponse:
        """The final request."""
        named = self.uploads(draft) if uploads is None else uploads
        headers = {"Authorization": authorization(self.token() if token is None else token)}
        return self.client.post("/submissions", json={"body": draft.body, "uploads": named}, headers=headers)

    def withdraw(self, draft: Draft, key: SigningKey | None = None) -> TestResponse:
        fact = BidWithdrawn(ORIGIN, draft.fact.lot, draft.fact.bid, UNSIGNED).signed_by(key or draft.key)
        return self.client.post("/withdrawals", json={"body": canonical_json.loads(encode(fact))})

    def receipt(self, response: TestResponse) -> Receipt:
        """What was answered, verified as a bidder would."""
        assert response.status_code == 200, response.get_data().strip()
        return verify_receipt(json.loads(response.data)["receipt"].encode(), self.book.policy())

    def close(self, after: timedelta = timedelta(minutes=61)) -> list[ClosedLot]:
        """The job's run, once that much time has gone by."""
        self.clock.ahead += after
        return closing.run(self.database, self._anchor, self.clock)

    def _anchor(self, session: object, *, now: datetime) -> None:
        self.anchors.append(now)

    def leaves(self) -> list[bytes]:
        """Everything on the ledger that has an index, in order."""
        with self.database.session() as session:
            query = select(EntryRow.leaf).where(EntryRow.index.is_not(None)).order_by(EntryRow.index)
            return list(session.execute(query).scalars())

    def view(self) -> LedgerView:
        """What everybody reads in it."""
        leaves = self.leaves()
        commitments = {
            index: bytes.fromhex(json.loads(leaf)["commitment"])
            for index, leaf in enumerate(leaves)
            if json.loads(leaf)["type"] == "sealed/v1"
        }
        view = LedgerView(ORIGIN, SUPERVISOR.verify_key, commitments.get)
        for index, leaf in enumerate(leaves):
            view.apply(index, leaf)
        return view

    @contextmanager
    def published(self) -> Iterator[None]:
        """A sequencer at work."""
        stopped = threading.Event()
        thread = threading.Thread(
            target=run_until,
            args=(stopped, self.book.sequencer(), self.database),
            kwargs={"clock": self.clock, "random": token_bytes},
        )
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()


def make_world(database: Database, folder: Path, **changes: Any) -> World:
    """The platform, with a log, a key for tokens and no lot."""
    book, clock = make_log(database, folder / "public"), Clock()
    with database.session() as session:
        keys.publish(session, TERMS.issuer, token_key().public_key(), period_of(clock()), now=clock())
        session.commit()
    blobs = BlobStore(FolderBackend(folder / "blobs"))
    setting = SubmissionSetting(database, blobs, book.files, book.policy(), TERMS, clock=clock)
    setting = replace(setting, **{"receipt_seconds": 20.0, **changes})
    return World(database, book, blobs, setting, make_app(setting), Story(), clock)


def creation(token: bytes | None, length: int, **more: str) -> dict[str, str]:
    """The headers of a creation."""
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(length), **more}
    return headers if token is None else {**headers, "Authorization": authorization(token)}


def patching(offset: int, **more: str) -> dict[str, str]:
    """The headers of a PATCH."""
    return {
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": str(offset),
        "Content-Type": "application/offset+octet-stream",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }


def sealed_file(content: bytes) -> bytes:
    """An age file to nobody in particular."""
    target = io.BytesIO()
    recipient = age.X25519Identity(hashlib.sha256(content).digest()).recipient
    age.encrypt(io.BytesIO(content), target, [recipient.wrap], random=token_bytes)
    return target.getvalue()


def code_of(response: TestResponse) -> str:
    """The code of a refusal, whose form is checked on the way."""
    assert response.content_type == "application/problem+json", response.get_data().strip()
    value = json.loads(response.data)
    assert value["status"] == response.status_code
    assert value["type"] == f"urn:sunseal:problem:{value['code']}"
    assert value["title"]
    return str(value["code"])

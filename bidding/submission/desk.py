"""The whole way of a final request, from its body to its receipt. What was accepted before is answered the same again.

    1. The body: its form, the log, the bid's own signature.
    2. Accepted before? Then only the receipt is left to wait for.
    3. The lot, without a lock: known, open, in time; its parts and sizes.
    4. The token: good, and not yet spent.
    5. The files: uploaded, one blob each, age files with the header, share and proof that the body says.
    6. One transaction accepts it (`acceptance`). From the commit on it is in.
    7. The receipt, for which the request waits.

A crash before the commit of 6 changes nothing; after it, the same request again comes to 2. A file that can never be a
bid's is let go of at 5.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bidding.submission import acceptance, rules
from bidding.submission.acceptance import Accepted
from bidding.submission.terms import Terms
from bidding.tokens import spending
from bidding.tokens.challenge import TokenTerms
from bidding.tokens.spending import GoodToken
from bidding.turned_away import Code, TurnedAwayError
from bidding.uploads import capability, rows
from bidding.uploads.receiving import Receiver
from crypto.age.header import MAX_HEADER_SIZE
from crypto.canonical_json import Json
from crypto.randomness import RandomBytes
from ledger import log
from ledger.entries import BidSubmitted, BidWithdrawn, SealedPart
from ledger.sealed import SALT_SIZE
from storage.blobs import BlobStore
from storage.database import Database

_HOPELESS = (Code.NOT_AN_AGE_FILE, Code.NO_LOT_STANZA, Code.SHARE_REFUSED)


@dataclass(frozen=True, slots=True)
class FinalRequest:
    """What a bidder sends to submit: the signed body, the capabilities of the uploads by part, a token."""

    body: Json
    uploads: Mapping[str, bytes]
    token: bytes | None
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class SubmissionDesk:
    """Where bids come in; safe to share between threads. Waiting for receipts is the caller's (ledger.waiting)."""

    database: Database
    blobs: BlobStore
    receiver: Receiver
    token_terms: TokenTerms
    clock: Callable[[], datetime]
    random: RandomBytes

    def submit(self, request: FinalRequest) -> Accepted:
        """Steps 1 to 6; committed on return. Raises TurnedAwayError."""
        with self.database.session() as session:
            fact = rules.parse_fact(request.body, BidSubmitted, log.head(session).origin)  # 1
            if (before := acceptance.find(session, fact)) is not None:  # 2
                return before
        try:
            return self._submit_new(fact, request)
        except (TurnedAwayError, IntegrityError):
            return self._by_another(fact)

    def _submit_new(self, fact: BidSubmitted, request: FinalRequest) -> Accepted:
        with self.database.session() as session:
            terms = acceptance.terms_of(session, fact.lot)  # 3
            terms.require_open(request.arrived_at)
            rules.check_parts(fact, terms)
            token = self._token(session, request.token)  # 4
        uploads = {part: capability.id_of(value) for part, value in request.uploads.items()}
        if not uploads.keys() <= {part.part for part in fact.parts}:
            raise TurnedAwayError(Code.PARTS)
        for part in fact.parts:  # 5
            self._check_file(part, uploads.get(part.part), fact, terms)
        salt = self.random(SALT_SIZE)
        with self.database.session() as session:  # 6
            at = request.arrived_at
            accepted = acceptance.submit(session, fact, uploads, token, salt, arrived_at=at, now=self.clock())
            session.commit()
            return accepted

    def withdraw(self, body: Json, *, arrived_at: datetime) -> Accepted:
        """A withdrawal, committed on return; the earlier one if there was one. Raises TurnedAwayError."""
        salt = self.random(SALT_SIZE)
        with self.database.session() as session:
            fact = rules.parse_fact(body, BidWithdrawn, log.head(session).origin)
            if (before := acceptance.find(session, fact)) is not None:
                return before
            try:
                accepted = acceptance.withdraw(session, fact, salt, arrived_at=arrived_at, now=self.clock())
                session.commit()
            except (TurnedAwayError, IntegrityError):
                session.rollback()
                return self._by_another(fact)
            return accepted

    def accepted(self, bid: bytes) -> list[Accepted]:
        """All that was accepted of a bid; BID_UNKNOWN. The caller knows that the bid's own key asks."""
        with self.database.session() as session:
            return acceptance.facts_of(session, bid)

    def _token(self, session: Session, raw: bytes | None) -> GoodToken:
        if raw is None:
            raise TurnedAwayError(Code.TOKEN_MISSING)
        token = spending.verify(session, raw, self.token_terms, now=self.clock())
        if spending.is_spent(session, token):
            raise TurnedAwayError(Code.TOKEN_SPENT)
        return token

    def _check_file(self, said: SealedPart, upload: bytes | None, fact: BidSubmitted, terms: Terms) -> None:
        sha256, size = bytes.fromhex(said.sha256), said.size
        if upload is None:
            with self.database.session() as session:
                if not acceptance.held_file(session, bytes.fromhex(fact.bid), said.part, sha256):
                    raise TurnedAwayError(Code.UPLOAD_UNFINISHED, f"part {said.part}")
        else:
            state = self.receiver.join(upload)
            if state.sha256 is None:
                raise TurnedAwayError(Code.UPLOAD_UNFINISHED)
            sha256, size = state.sha256, state.length
        head = self.blobs.read(sha256, start=0, length=min(MAX_HEADER_SIZE, size))
        try:
            header = rules.read_head(head)
            rules.check_file(said, sha256, size, header)
            rules.check_knowledge(said, terms, fact.origin, header)
        except TurnedAwayError as error:
            if upload is not None and error.code in _HOPELESS:
                self._let_go(upload)
            raise

    def _let_go(self, upload: bytes) -> None:
        with self.database.session() as session:
            rows.let_go(session, upload)
            session.commit()

    def _by_another(self, fact: BidSubmitted | BidWithdrawn) -> Accepted:
        """In the hands of an error: of two equal requests at one instant the slower one finds the other's row."""
        with self.database.session() as session:
            before = acceptance.find(session, fact)
        if before is None:
            raise  # noqa: PLE0704 - what is being handled
        return before

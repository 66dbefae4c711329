"""The final request and its receipt, and withdrawal.

A bid is submitted when its receipt is here and holds: the entry that the witnesses saw hides exactly the body that was
signed. Before that, nothing was promised. Every step may be run again.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.api.private_token import authorization
from app.bid_client import records
from app.bid_client.channel import Channel
from app.bid_client.errors import BidClientError, DeceivedError, RefusedByPlatformError, UnreachableError
from app.bid_client.records import Record
from app.bid_client.uploading import Uploader
from app.bid_client.wallet import Wallet
from app.bidder.folder import SealedBid
from bidding.submission import receipt_request
from crypto import canonical_json
from crypto.canonical_json import Json
from crypto.errors import CryptoError
from crypto.randomness import RandomBytes
from crypto.signatures import SigningKey
from ledger.entries import BidSubmitted, BidWithdrawn, Sealed, decode, encode
from ledger.entries.signed import UNSIGNED
from ledger.errors import LedgerError
from ledger.proof import Policy, Receipt, verify_receipt
from ledger.sealed import check_reveal

_JSON = {"Content-Type": "application/json"}
_WORTHLESS = ("token-spent", "token-expired", "token-invalid")

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Submitter:
    """For one bid's folder. `policy` is whom the bidder believes."""

    channel: Channel
    wallet: Wallet
    policy: Policy
    folder: Path
    random: RandomBytes

    def submit(
        self, bid: SealedBid, key: SigningKey, *, now: datetime, progress: Progress = lambda _: None
    ) -> Receipt:
        """Submits, or replaces what was submitted before by what is sealed now.

        1. What is sent is written down, with a sequence higher than the last; unfinished, the last is taken up again.
        2. Each file that the platform does not have from before is uploaded.
        3. The final request, again and again until there is a receipt.
        4. The receipt is verified and kept.
        """
        record, fact, is_resumed = self._record(bid, key)  # 1
        if is_resumed and not record.is_done:
            with suppress(RefusedByPlatformError):  # it may be in, and only the answer was lost
                self.fetch(bid.origin, key, now=now)
        if record.is_done:
            return verify_receipt(record.receipt.read_bytes(), self.policy)
        kept = self._kept()
        purposes = {part.part: f"upload/{part.sha256}" for part, _ in bid.parts}
        uploader = Uploader(self.channel, self.wallet, self.random)
        uploads: dict[str, Json] = {
            part.part: uploader.upload(path, purposes[part.part], progress)  # 2
            for part, path in bid.parts
            if (part.part, part.sha256) not in kept
        }
        purpose = f"submit/{bid.bid}/{fact.sequence}"
        receipt = self._final({"body": _json(fact), "uploads": uploads}, record, purpose)  # 3, 4
        for spent in (*purposes.values(), purpose):
            self.wallet.spent(spent)
        return receipt

    def withdraw(self, origin: str, lot: str, key: SigningKey) -> Receipt:
        """Withdraws the bid, for good."""
        before = [one for one in records.records(self.folder) if isinstance(one.fact, BidWithdrawn)]
        fact = BidWithdrawn(origin, lot, key.verify_key.raw.hex(), UNSIGNED).signed_by(key)
        record = before[-1] if before else records.begin(self.folder, fact)
        if record.is_done:
            return verify_receipt(record.receipt.read_bytes(), self.policy)
        content = canonical_json.dumps({"body": _json(record.fact)})
        return self._until_receipt(record, lambda: ("/withdrawals", dict(_JSON), content))

    def fetch(self, origin: str, key: SigningKey, *, now: datetime) -> list[Receipt]:
        """The receipts of all facts of this bid, from the platform, verified; those that are missing here are kept."""
        content = canonical_json.dumps(receipt_request.make(key, origin, now=now))
        answer = self.channel.ask("POST", "/receipts", _JSON, content).json()
        own = {encode(record.fact): record for record in records.records(self.folder)}
        found = []
        for fact in answer["facts"]:
            if fact["receipt"] is None:
                continue
            body = canonical_json.dumps(fact["body"])
            receipt = _verified(fact, body, self.policy)
            found.append(receipt)
            if body in own and not own[body].is_done:
                own[body].keep(fact["receipt"].encode(), bytes.fromhex(fact["salt"]))
        return found

    def _record(self, bid: SealedBid, key: SigningKey) -> tuple[Record, BidSubmitted, bool]:
        if key.verify_key.raw.hex() != bid.bid:
            raise BidClientError("the key is not this bid's own")
        parts = tuple(part for part, _ in bid.parts)
        done = records.records(self.folder)
        if any(isinstance(one.fact, BidWithdrawn) for one in done):
            raise BidClientError("the bid was withdrawn: make a new folder for a new bid")
        sent = [(one, one.fact) for one in done if isinstance(one.fact, BidSubmitted)]
        if sent and sent[-1][1].parts == parts:
            return *sent[-1], True
        sequence = max((fact.sequence for _, fact in sent), default=0) + 1
        fact = BidSubmitted(bid.origin, bid.lot, bid.bid, sequence, parts, UNSIGNED).signed_by(key)
        return records.begin(self.folder, fact), fact, False

    def _kept(self) -> set[tuple[str, str]]:
        """The parts that the platform has from submissions that it confirmed."""
        done = [one.fact for one in records.records(self.folder) if one.is_done]
        return {
            (part.part, part.sha256) for fact in done if isinstance(fact, BidSubmitted) for part in fact.parts
        }

    def _final(self, request: dict[str, Json], record: Record, purpose: str) -> Receipt:
        content = canonical_json.dumps(request)

        def prepared() -> tuple[str, dict[str, str], bytes]:
            token = self.wallet.reserve(purpose, self.random).token
            return "/submissions", {**_JSON, "Authorization": authorization(token)}, content

        while True:
            try:
                return self._until_receipt(record, prepared)
            except RefusedByPlatformError as error:
                if error.code not in _WORTHLESS:
                    raise
                self.wallet.spent(purpose)

    def _until_receipt(
        self, record: Record, prepared: Callable[[], tuple[str, dict[str, str], bytes]]
    ) -> Receipt:
        for _ in self.channel.tries():
            path, headers, content = prepared()
            answer = self.channel.ask("POST", path, headers, content).json()
            if answer["receipt"] is not None:
                receipt = _verified(answer, encode(record.fact), self.policy)
                record.keep(answer["receipt"].encode(), bytes.fromhex(answer["salt"]))
                return receipt
        raise UnreachableError("the bid has arrived, and its receipt has not: run the command again")


def _verified(answer: dict[str, str], body: bytes, policy: Policy) -> Receipt:
    """DeceivedError unless the receipt holds, and hides exactly this body."""
    try:
        receipt = verify_receipt(answer["receipt"].encode(), policy)
        entry = decode(receipt.entry)
        if not isinstance(entry, Sealed):
            raise DeceivedError("the receipt is of an entry that is not sealed")
        check_reveal(bytes.fromhex(entry.commitment), bytes.fromhex(answer["salt"]), body)
    except (LedgerError, CryptoError, ValueError, KeyError) as error:
        raise DeceivedError(f"the receipt does not hold: {error}") from error
    return receipt


def _json(fact: BidSubmitted | BidWithdrawn) -> Json:
    value: Json = json.loads(encode(fact))
    return value

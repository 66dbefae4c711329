"""When a party's key counts, from the ledger alone: a pure fold over its entries.

A signature holds if it is in the ledger, or something that commits to it is, at an index above the registration of
its key and below that key's rotation or revocation. Entries that may not be where they are change nothing and leave a
remark, as in ledger.view.
"""

from dataclasses import dataclass, field

from crypto import party_keys
from crypto.errors import VerificationError
from ledger.entries import Entry, PartyKeyRegistered, PartyKeyRevoked, PartyKeyRotated
from ledger.errors import LedgerError
from parties.errors import KeyRefusedError


@dataclass(slots=True)
class KeySpan:
    """One key: whose it is, and from which index to which it counts; `until` None for one that still does."""

    party: str
    spki: bytes
    since: int
    until: int | None = None


@dataclass(slots=True)
class KeyHistory:
    """What the entries so far say. `origin` is the log's: entries signed for another log do not count."""

    origin: str
    keys: dict[str, KeySpan] = field(default_factory=dict)
    remarks: list[tuple[int, str]] = field(default_factory=list)

    def apply(self, index: int, entry: Entry) -> None:
        """Takes the entry at `index` into account; entries of other types are passed over."""
        try:
            if isinstance(entry, PartyKeyRegistered):
                self._add(index, entry)
            elif isinstance(entry, PartyKeyRotated):
                self._rotate(index, entry)
            elif isinstance(entry, PartyKeyRevoked):
                self._live(entry.key, entry.party).until = index
        except (LedgerError, KeyRefusedError) as error:
            self.remarks.append((index, str(error)))

    def check(self, key_id: str, index: int, signature: bytes, message: bytes) -> str:
        """The party's commitment, if the key made the signature and counted at `index`, where the ledger has it.

        Raises KeyRefusedError.
        """
        span = self.keys.get(key_id)
        if span is None or index <= span.since:
            raise KeyRefusedError("the key was not registered when this was signed")
        if span.until is not None and index >= span.until:
            raise KeyRefusedError("the key was rotated or revoked before this was signed")
        try:
            party_keys.verify(party_keys.parse_spki(span.spki), signature, message)
        except VerificationError as error:
            raise KeyRefusedError(str(error)) from error
        return span.party

    def _add(self, index: int, entry: PartyKeyRegistered) -> None:
        if entry.origin != self.origin:
            raise KeyRefusedError("the registration of a key was signed for another log")
        entry.check()
        self._enter(index, entry.party, bytes.fromhex(entry.key))

    def _rotate(self, index: int, entry: PartyKeyRotated) -> None:
        if entry.origin != self.origin:
            raise KeyRefusedError("the rotation of a key was signed for another log")
        old = self._live(entry.old_key, entry.party)
        entry.check(old.spki)
        self._enter(index, entry.party, bytes.fromhex(entry.key))
        old.until = index

    def _enter(self, index: int, party: str, spki: bytes) -> None:
        key_id = party_keys.key_id(spki)
        if key_id in self.keys:
            raise KeyRefusedError("a key is registered once and for one party")
        self.keys[key_id] = KeySpan(party, spki, index)

    def _live(self, key_id: str, party: str) -> KeySpan:
        span = self.keys.get(key_id)
        if span is None or span.party != party or span.until is not None:
            raise KeyRefusedError("the party has no such key that still counts")
        return span

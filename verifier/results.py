"""What the platform says came of an opening: each result is of a bid that was opened, and the record says the same."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from crypto import age, canonical_json
from crypto.errors import CryptoError
from ledger.entries import BidFailed, BidOpened, FallbackBegun, OpenedByBidder, OpeningRecorded
from ledger.errors import LedgerError
from ledger.view import LedgerView
from ledger.view.lots import Lot
from verifier.files import NamedFiles
from verifier.report import Report

Result = BidOpened | BidFailed
Part = tuple[str, str]


@dataclass(slots=True)
class _Said:
    """What entries say of one part of one closing; by the index of the bid, with the index of the entry."""

    results: dict[int, tuple[int, Result]] = field(default_factory=dict)
    fallback: dict[int, int] = field(default_factory=dict)
    by_bidder: dict[int, tuple[int, OpenedByBidder]] = field(default_factory=dict)
    record: tuple[int, OpeningRecorded] | None = None


class Results:
    """Watches the entries go by, after the openings have taken them; `finish` at the end.

    1. A result is of a bid of the closing, and the only one of its part ("result").
    2. What keyholders opened of a public part was shown, so that it could be opened again ("result").
    3. What a bidder opened itself was opened in the fallback; of a public part its key opens the header ("fallback").
    4. The record is complete, and has each result as the ledger has it ("record"). Of a part that was called for, only
       the bids in the call have one.
    """

    def __init__(self, view: LedgerView, report: Report) -> None:
        self._view = view
        self._report = report
        self._said: dict[Part, _Said] = {}

    def take(self, index: int, entry: object) -> None:
        match entry:
            case BidOpened() | BidFailed():
                said = self._part(entry)
                if entry.bid in said.results:
                    self._report.wrong("result", f"a second result of the bid of entry {entry.bid}", index)
                else:
                    said.results[entry.bid] = (index, entry)
            case FallbackBegun():
                self._part(entry).fallback.update(dict.fromkeys(entry.bids, index))
            case OpenedByBidder():
                self._part(entry).by_bidder[entry.bid] = (index, entry)
            case OpeningRecorded():
                said = self._part(entry)
                if said.record is not None:
                    self._report.wrong("record", f"a second record of part {entry.part!r}", index)
                else:
                    said.record = (index, entry)

    def opened(self, closing: str) -> Mapping[int, BidOpened]:
        """The bids of a closing of which a part was read out, with what was read; a later part over an earlier one."""
        return {
            bid: entry
            for (of, _), said in self._said.items()
            if of == closing
            for bid, (_, entry) in said.results.items()
            if isinstance(entry, BidOpened) and entry.read_out
        }

    def finish(self, shown: Mapping[Part, frozenset[int]], files: NamedFiles) -> None:
        """`shown`: of which bids headers were shown, by part."""
        for (closing_id, name), said in self._said.items():
            try:
                lot, closing = self._view.lots.closing(closing_id)
                public = lot.part(name).public
            except LedgerError as error:
                at = min(index for index, _ in said.results.values()) if said.results else None
                self._report.wrong("result", f"results of an opening that was none: {error}", at)
                continue
            listed = set(closing.entry.bids)
            seen = shown.get((closing_id, name), frozenset())
            for bid, (index, entry) in said.results.items():
                if bid not in listed:
                    self._report.wrong(
                        "result", f"a result of entry {bid}, which the closing does not list", index
                    )
                elif isinstance(entry, BidOpened) and entry.by == "bidder":
                    self._by_bidder(lot, bid, index, said, public=public)
                elif isinstance(entry, BidOpened) and public and bid not in seen:
                    sentence = (
                        f"the bid of entry {bid} is said to be open, and nothing was shown to open it again"
                    )
                    self._report.wrong("result", sentence, index)
            self._record(lot, name, listed, said, files)

    def _part(self, entry: Result | FallbackBegun | OpenedByBidder | OpeningRecorded) -> _Said:
        return self._said.setdefault((entry.closing, entry.part), _Said())

    def _by_bidder(self, lot: Lot, bid: int, index: int, said: _Said, *, public: bool) -> None:
        if bid not in said.by_bidder or said.fallback.get(bid, index) >= said.by_bidder[bid][0]:
            sentence = f"entry {bid} is said to be opened by its bidder, and there was no fallback for it"
            self._report.wrong("fallback", sentence, index)
            return
        at, entry = said.by_bidder[bid]
        if not public:
            return
        submission = lot.submissions.get(bid)
        file = submission.part(entry.part) if submission else None
        try:
            header = bytes.fromhex(entry.header)
            parsed = age.read_header(io.BytesIO(header))
            parsed.verify(bytes.fromhex(entry.file_key))
            matches = file is not None and hashlib.sha256(header).hexdigest() == file.header
        except CryptoError:
            matches = False
        if matches:
            sentence = f"the bid of entry {bid} opens again with the key that its bidder gave"
            self._report.proved("fallback", sentence, at)
        else:
            sentence = f"the key that the bidder of entry {bid} gave does not open the header of that bid"
            self._report.wrong("fallback", sentence, at)

    def _record(self, lot: Lot, name: str, listed: set[int], said: _Said, files: NamedFiles) -> None:
        if said.record is None:
            sentence = (
                f"part {name!r} of lot {lot.id!r} has no record yet: {len(said.results)} results are known"
            )
            self._report.noted("record", sentence)
            return
        index, entry = said.record
        called = self._view.openings.called(entry.closing, name)
        for bid in sorted((listed if called is None else set(called.bids)) - set(said.results)):
            self._report.wrong("record", f"the opening was recorded without a result of entry {bid}", index)
        content = files.get(entry.record, f"the record of part {name!r} of lot {lot.id!r}", index)
        if content is None:
            return
        if _says(content, entry) != {bid: _as_recorded(one) for bid, (_, one) in said.results.items()}:
            self._report.wrong("record", "the record does not have the results that the ledger has", index)
        else:
            sentence = (
                f"the record of part {name!r} of lot {lot.id!r} has the ledger's {len(said.results)} results"
            )
            self._report.proved("record", sentence, index)


def _says(content: bytes, entry: OpeningRecorded) -> dict[int, Any] | None:
    """The results in a record of this opening, as `_as_recorded` puts them; None if it is no record of it."""
    try:
        results = cast("Any", canonical_json.loads(content))["results"]
        if (results["closing"], results["part"]) != (entry.closing, entry.part):
            return None
        return {
            bid["bid"]: bid["read_out"] if bid["state"] == "opened" else (bid["cause"], bid["responsibility"])
            for bid in results["bids"]
            if bid["state"] != "not-called"
        }
    except (CryptoError, KeyError, TypeError):
        return None


def _as_recorded(result: Result) -> Any:
    if isinstance(result, BidFailed):
        return result.cause, result.responsibility
    return {name: getattr(one, name) for one in result.read_out for name in one.__slots__} or None

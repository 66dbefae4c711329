"""Openings: each release was allowed when it came, and what was opened in public is opened again."""

from dataclasses import dataclass, field

from crypto.curve import Point
from crypto.errors import CryptoError
from crypto.threshold import ShareBatch, ShareError, VerifiedShares, combine_each, verify_shares
from crypto.threshold.shares import batch_size
from ledger.entries import LotClosed, PartOpened, SharesReleased, SharesShown
from ledger.errors import LedgerError
from ledger.view import LedgerView, ReleaseRefusedError, Verdict, judge, open_header, share_context
from verifier.report import Report

Part = tuple[str, str]


@dataclass(slots=True)
class _Shown:
    """What was shown of one part: headers and verified shares by bid, and where the headers stand."""

    headers: dict[int, tuple[int, bytes]] = field(default_factory=dict)
    shares: dict[int, list[VerifiedShares]] = field(default_factory=dict)


class Openings:
    """Watches the entries go by, each after the view has taken it, and reports; `finish` at the end.

    1. A closing lists the bids that stand and no others ("closing").
    2. A release is allowed by the ledger at the moment it comes ("release").
    3. Headers and shares are shown of bids that were to be opened, and of no others ("shown").
    4. Every share that is shown has a proof that holds ("share").
    5. With t shares each header that is shown opens again ("opened").
    """

    def __init__(self, view: LedgerView, report: Report) -> None:
        self._view = view
        self._report = report
        self._verdicts: dict[Part, Verdict] = {}
        self._shown: dict[Part, _Shown] = {}
        self._closings: list[tuple[int, str]] = []

    def take(self, index: int, entry: object, leaf_id: str) -> None:
        match entry:
            case LotClosed():
                self._closings.append((index, leaf_id))
            case SharesReleased():
                self._released(index, entry)
            case PartOpened():
                if self._is_admitted(index, (entry.closing, entry.part), (entry.bid,)):
                    part = self._shown.setdefault((entry.closing, entry.part), _Shown())
                    part.headers[entry.bid] = (index, bytes.fromhex(entry.header))
            case SharesShown():
                self._shares(index, entry)

    def headers(self) -> dict[Part, frozenset[int]]:
        """Of which bids headers were shown, by closing and part."""
        return {key: frozenset(shown.headers) for key, shown in self._shown.items()}

    def finish(self) -> None:
        """A withdrawal that was hidden may be revealed after the closing, so closings are judged in the end."""
        for index, closing_id in self._closings:
            self._closed(index, closing_id)
        for key, shown in self._shown.items():
            self._recompute(key, shown)
        for closing, part in self._verdicts:
            lot, _ = self._view.lots.closing(closing)
            members = self._view.openings.released(closing, part)
            self._report.proved(
                "release",
                f"part {part!r} of lot {lot.id!r}: {len(members)} keyholders released after the rules held",
            )

    def _closed(self, index: int, closing_id: str) -> None:
        try:
            lot, closing = self._view.lots.closing(closing_id)
        except LedgerError:
            return  # a remark says why
        listed, standing = closing.entry.bids, set(lot.standing())
        wrong = [f"leaves out the bid of entry {bid}" for bid in sorted(standing - set(listed))]
        wrong += [f"lists entry {bid}, which is no bid that stands" for bid in sorted(set(listed) - standing)]
        if len(set(listed)) != len(listed):
            wrong.append("lists a bid twice")
        if closing.entry.deadline != lot.deadline:
            wrong.append("names another deadline than the one that stood")
        for what in wrong:
            self._report.wrong("closing", f"the closing of lot {lot.id!r} {what}", index)
        if not wrong:
            sentence = f"lot {lot.id!r} was closed with exactly the {len(listed)} bids that stand"
            self._report.proved("closing", sentence, index)

    def _released(self, index: int, entry: SharesReleased) -> None:
        key = (entry.closing, entry.part)
        if entry.member not in self._view.openings.released(*key):
            return  # the view did not take it
        try:
            self._verdicts.setdefault(key, judge(self._view, *key))
        except ReleaseRefusedError as error:
            self._report.wrong(
                "release",
                f"member {entry.member} released shares although it should not have: {error}",
                index,
            )

    def _is_admitted(self, index: int, key: Part, bids: tuple[int, ...]) -> bool:
        verdict = self._verdicts.get(key)
        if verdict is None:
            self._report.wrong(
                "shown", f"part {key[1]!r} was shown before anyone released shares of it", index
            )
            return False
        others = set(bids) - {bid.index for bid in verdict.admitted}
        if others or not verdict.part.public:
            self._report.wrong(
                "shown", f"entries {sorted(others) or list(bids)} were not to be opened in public", index
            )
            return False
        return True

    def _shares(self, index: int, entry: SharesShown) -> None:
        key = (entry.closing, entry.part)
        if not self._is_admitted(index, key, entry.bids):
            return
        verdict = self._verdicts[key]
        points = {bid.index: bid.point for bid in verdict.admitted}
        context = share_context(self._view.origin, verdict.closing.id, verdict.lot.id, verdict.part.name)
        raw, size = bytes.fromhex(entry.shares), batch_size(1)
        if len(raw) != size * len(entry.bids) or verdict.run.public is None:
            self._report.wrong("share", f"member {entry.member}: not one share for each bid", index)
            return
        shown = self._shown.setdefault(key, _Shown())
        for at, bid in enumerate(entry.bids):
            try:
                batch = ShareBatch.parse(raw[at * size : (at + 1) * size])
                if batch.index != entry.member:
                    raise ShareError(entry.member, "the share that is shown is another's")
                verified = verify_shares(verdict.run.public, [points[bid]], batch, context)
            except CryptoError as error:
                self._report.wrong(
                    "share", f"the share of entry {bid} by member {entry.member}: {error}", index
                )
            else:
                shown.shares.setdefault(bid, []).append(verified)

    def _recompute(self, key: Part, shown: _Shown) -> None:
        verdict = self._verdicts[key]
        public = verdict.run.public
        opened = 0
        for bid in verdict.admitted:
            shares = {one.index: one for one in shown.shares.get(bid.index, ())}
            if bid.index not in shown.headers:
                if shares:
                    self._report.wrong(
                        "shown", f"shares of entry {bid.index} are shown, and no header that they open"
                    )
                continue
            index, header = shown.headers[bid.index]
            shared: Point | None = combine_each(list(shares.values())).get(bid.point)
            if public is None or shared is None:
                self._report.wrong(
                    "opened", f"the bid of entry {bid.index} cannot be opened again: too few shares", index
                )
                continue
            try:
                open_header(public, bid.file, header, shared)
            except CryptoError as error:
                self._report.wrong(
                    "opened", f"the bid of entry {bid.index} does not open again: {error}", index
                )
            else:
                opened += 1
        self._report.proved(
            "opened",
            f"part {key[1]!r} of lot {verdict.lot.id!r}: {opened} bids opened again from public data",
        )

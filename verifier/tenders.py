"""The course of tenders: the timetable of each notice keeps the law, and award and contract follow from the opening."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bidding.errors import BiddingError, TimetableError
from bidding.tenders.draft import Draft, parse_draft
from bidding.timetable import check
from crypto import canonical_json
from crypto.errors import CryptoError
from ledger.entries import (
    BidOpened,
    CandidatesPublished,
    LotAwarded,
    LotContracted,
    LotOpened,
    LotPublished,
    TenderPublished,
)
from ledger.view import LedgerView
from statutes.counting import local
from statutes.errors import RuleError
from statutes.shipped import profile
from statutes.statute import Statute
from verifier.files import NamedFiles
from verifier.law import Law
from verifier.report import Report
from verifier.results import Results


@dataclass(slots=True)
class _Course:
    """What entries say of one lot, with the index of each."""

    candidates: dict[int, CandidatesPublished] = field(default_factory=dict)
    awards: dict[int, LotAwarded] = field(default_factory=dict)
    contract: tuple[int, LotContracted] | None = None


class Tenders:
    """Watches the entries go by; `finish` at the end.

    What clocks are counted by stands in `laws` from then on.

    1. The notice is the file that the ledger names, and its timetable keeps the rules of its profile ("clock").
    2. A lot's deadline, as it was first published, is that of the notice ("notice").
    3. A lot opened with as many bids as its closing lists ("course").
    4. Candidates and winner are bids of the closing at the price that was read out; one that is not the first has a
       ground; the contract is the last award's, at its price ("course").
    """

    def __init__(self, view: LedgerView, report: Report) -> None:
        self._view = view
        self._report = report
        self._notices: list[tuple[int, TenderPublished]] = []
        self._deadlines: dict[str, tuple[int, int]] = {}
        self._opened: list[tuple[int, LotOpened]] = []
        self._lots: dict[str, _Course] = {}
        self.laws: dict[str, Law] = {}

    def take(self, index: int, entry: object) -> None:
        match entry:
            case TenderPublished():
                self._notices.append((index, entry))
            case LotPublished():
                self._deadlines.setdefault(entry.lot, (index, entry.deadline))
            case LotOpened():
                self._opened.append((index, entry))
            case CandidatesPublished():
                self._lots.setdefault(entry.lot, _Course()).candidates[index] = entry
            case LotAwarded():
                self._lots.setdefault(entry.lot, _Course()).awards[index] = entry
            case LotContracted():
                self._lots.setdefault(entry.lot, _Course()).contract = (index, entry)

    def finish(self, results: Results, files: NamedFiles) -> None:
        for index, entry in self._notices:
            self._notice(index, entry, files)
        for index, opened in self._opened:
            self._count(index, opened)
        for lot, course in self._lots.items():
            self._course(lot, course, results)

    def _notice(self, index: int, entry: TenderPublished, files: NamedFiles) -> None:
        what = f"the notice of tender {entry.tender!r}"
        content = files.get(entry.notice, what, index)
        if content is None:
            return
        try:
            draft = _draft(content)
            timetable = draft.required_timetable()
            on = local(timetable.documents_from).date()
            statute = Statute(profile(draft.profile, on))
            self.laws |= dict.fromkeys(entry.lots, Law(statute, timetable))
            check(statute, timetable)
        except TimetableError as error:
            for violation in error.violations:
                sentence = f"{what} breaks {violation.rule}: {violation.said.en}"
                self._report.wrong("clock", sentence, index)
            return
        except (CryptoError, RuleError, BiddingError) as error:
            self._report.noted("clock", f"{what} cannot be checked: {error}", index)
            return
        self._report.proved("clock", f"the timetable of tender {entry.tender!r} keeps {draft.profile}", index)
        deadline = int(timetable.deadline.timestamp())
        for lot in entry.lots:
            at, published = self._deadlines.get(lot, (index, -1))
            if published != deadline:
                sentence = f"lot {lot!r} was published with another deadline than {what} names"
                self._report.wrong("notice", sentence, at)

    def _count(self, index: int, entry: LotOpened) -> None:
        lot = next((lot for lot in self._view.lots if lot.id == entry.lot), None)
        if lot is None or lot.closing is None or len(lot.closing.entry.bids) != entry.bids:
            sentence = f"lot {entry.lot!r} opened with {entry.bids} bids, which its closing does not list"
            self._report.wrong("course", sentence, index)

    def _course(self, lot_id: str, course: _Course, results: Results) -> None:
        lot = next((lot for lot in self._view.lots if lot.id == lot_id), None)
        if lot is None or lot.closing is None:
            at = min([*course.candidates, *course.awards], default=None)
            self._report.wrong(
                "course", f"lot {lot_id!r} has candidates or a winner and was never closed", at
            )
            return
        prices = _prices(results.opened(lot.closing.id))
        wrong = False
        for index, published in course.candidates.items():
            for one in published.candidates:
                if prices.get(one.bid) != one.price:
                    wrong = True
                    sentence = f"candidate {one.rank} of lot {lot_id!r} has another price than was read out"
                    self._report.wrong("course", sentence, index)
        for index, award in course.awards.items():
            if reason := _why_not(award, course, index):
                wrong = True
                self._report.wrong("course", f"the award of lot {lot_id!r} {reason}", index)
        if course.contract is not None:
            index, contract = course.contract
            last = course.awards.get(max((at for at in course.awards if at < index), default=-1))
            if last is None or (last.winner.bid, last.winner.price) != (contract.bid, contract.price):
                wrong = True
                self._report.wrong("course", f"the contract of lot {lot_id!r} is not what was awarded", index)
        if course.awards and not wrong:
            sentence = (
                f"the award of lot {lot_id!r} follows from its candidates and the prices that were read out"
            )
            self._report.proved("course", sentence)


def _draft(content: bytes) -> Draft:
    value = canonical_json.loads(content)
    if isinstance(value, dict):
        value.pop("type", None)
    return parse_draft(value)


def _prices(opened: Mapping[int, BidOpened]) -> dict[int, int]:
    """In hundredths, of the bids whose price was read out."""
    return {
        bid: int(one.price.replace(".", ""))
        for bid, entry in opened.items()
        for one in entry.read_out
        if one.price is not None
    }


def _why_not(award: LotAwarded, course: _Course, index: int) -> str:
    """What is wrong with an award; "" for nothing."""
    before = [entry for at, entry in course.candidates.items() if at < index]
    if not before:
        return "came before any candidates were published"
    if award.winner not in before[-1].candidates:
        return "goes to none of the candidates"
    if award.winner.rank > 1 and not award.ground:
        return "passes over a better candidate and does not say why"
    return ""

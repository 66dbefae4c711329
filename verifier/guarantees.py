"""The lives of guarantees, told again from the entries alone.

1. A guarantor is listed, suspended and resumed by the supervisor, who signed it for this log ("guarantor").
2. A guarantee is presented once, by a listed guarantor, for a bid whose check found it valid, or in the place of one
   that guarantor, applicant and beneficiary agreed to amend ("guarantee").
3. From there each step follows from the one before: one demand at a time, numbered, for no more than is guaranteed;
   answered once; nothing after the end ("guarantee").
4. What was read out of a bid and what the check's entry says agree ("read-out").

Whether the chain says the same is verifier/registry.py's to ask. What nobody can check: that a guarantee that ended as
paid was paid.
"""

from dataclasses import dataclass, field

from crypto.signatures import VerifyKey
from ledger.entries import (
    BidOpened,
    Entry,
    GuaranteeAmended,
    GuaranteeChecked,
    GuaranteeDemanded,
    GuaranteeDemandRefused,
    GuaranteeExpired,
    GuaranteeExtended,
    GuaranteePaid,
    GuaranteePresented,
    GuaranteeReleased,
    GuarantorListed,
    GuarantorResumed,
    GuarantorSuspended,
)
from ledger.errors import LedgerError
from verifier.registry import InLedger
from verifier.report import Report

Act = GuarantorListed | GuarantorSuspended | GuarantorResumed
Step = (
    GuaranteeDemanded
    | GuaranteePaid
    | GuaranteeDemandRefused
    | GuaranteeExtended
    | GuaranteeReleased
    | GuaranteeExpired
    | GuaranteeAmended
)
Bid = tuple[str, int]
"""(lot, the bid's index)."""

_STANDS = ("presented", "refused")


@dataclass(slots=True)
class _Life:
    """A guarantee as its entries leave it. `expiry` is the newest."""

    entry: GuaranteePresented
    index: int
    expiry: int
    state: str = "presented"
    demands: int = 0
    amended: int = 0


@dataclass(slots=True)
class Guarantees:
    """Takes the entries in order."""

    origin: str
    supervisor: VerifyKey
    report: Report
    _listed: set[str] = field(default_factory=set)
    _checked: dict[Bid, GuaranteeChecked] = field(default_factory=dict)
    _read: dict[int, tuple[int, str]] = field(default_factory=dict)
    _lives: dict[str, _Life] = field(default_factory=dict)

    def take(self, index: int, entry: Entry | None) -> None:
        if isinstance(entry, Act):
            self._act(index, entry)
        elif isinstance(entry, BidOpened):
            for said in entry.read_out:
                if said.guarantee not in ("none", "missing", "unexamined"):
                    self._read[entry.bid] = (index, said.guarantee)
        elif isinstance(entry, GuaranteeChecked):
            self._check(index, entry)
        elif isinstance(entry, GuaranteePresented):
            self._present(index, entry)
        elif isinstance(entry, Step):
            self._step(index, entry)

    def finish(self) -> None:
        """What was read out is held against the checks; and how each guarantee stands."""
        checked = {bid: entry for (_, bid), entry in self._checked.items()}
        for bid, (index, word) in self._read.items():
            found = checked.get(bid)
            if found is None:
                if word != "awaiting-chain":
                    self._wrong(
                        index, f"{word!r} was read out of bid {bid}, and no check of a guarantee is there"
                    )
                else:
                    self.report.noted(
                        "read-out", f"the guarantee of bid {bid} still waits for the chain", index
                    )
            elif not _agree(word, found):
                self._wrong(index, f"{word!r} was read out of bid {bid}, and its check says {found.outcome}")
        for name, life in self._lives.items():
            sentence = f"guarantee {name[:16]} of bid {life.entry.bid}: {life.state}, every step in its order"
            self.report.proved("guarantee", sentence, life.index)

    def standing(self) -> dict[str, InLedger]:
        """How each guarantee that was presented stands, by its id on chain."""
        return {name: InLedger(life.state, life.expiry, life.index) for name, life in self._lives.items()}

    def _act(self, index: int, entry: Act) -> None:
        try:
            entry.check()
        except LedgerError as error:
            self.report.wrong("guarantor", f"the act about {entry.guarantor} does not hold: {error}", index)
            return
        if entry.origin != self.origin or entry.supervisor != self.supervisor.raw.hex():
            self.report.wrong("guarantor", f"the act about {entry.guarantor} is not the supervisor's", index)
            return
        if isinstance(entry, GuarantorListed):
            self._listed.add(entry.guarantor)
        elif entry.guarantor not in self._listed:
            self.report.wrong("guarantor", f"{entry.guarantor} was never listed", index)
            return
        self.report.proved("guarantor", f"the supervisor signed the act about {entry.guarantor}", index)

    def _check(self, index: int, entry: GuaranteeChecked) -> None:
        bid = (entry.lot, entry.bid)
        before = self._checked.get(bid)
        if before is not None and (
            before.outcome != "examine" or entry.outcome not in ("accepted", "refused")
        ):
            self._broken(index, f"the guarantee of bid {entry.bid} was checked before")
            return
        if (entry.outcome in ("valid", "accepted", "examine")) == bool(entry.findings):
            self._broken(index, f"the check of bid {entry.bid} says {entry.outcome}, and its findings do not")
            return
        self._checked[bid] = entry

    def _present(self, index: int, entry: GuaranteePresented) -> None:
        check = self._checked.get((entry.lot, entry.bid))
        is_valid = check is not None and (check.outcome, check.guarantee) == ("valid", entry.guarantee)
        if entry.guarantee in self._lives:
            self._broken(index, "a guarantee is presented a second time")
        elif entry.guarantor not in self._listed:
            self._broken(index, "its guarantor was not listed")
        elif not is_valid and not self._is_agreed(entry):
            self._broken(index, "it was neither found valid in that bid, nor agreed on as an amendment")
        else:
            self._lives[entry.guarantee] = _Life(entry, index, entry.expiry)

    def _is_agreed(self, entry: GuaranteePresented) -> bool:
        """Whether an amendment of a guarantee of the same bid and guarantor was agreed, and not used yet."""
        for life in self._lives.values():
            same = (life.entry.lot, life.entry.bid, life.entry.guarantor)
            if same == (entry.lot, entry.bid, entry.guarantor) and life.amended > 0:
                life.amended = 0
                return True
        return False

    def _step(self, index: int, entry: Step) -> None:
        life = self._lives.get(entry.guarantee)
        if life is None:
            self._broken(index, "a step of a guarantee that was not presented")
            return
        reason = _taken(life, entry)
        if reason:
            self._broken(index, reason)

    def _broken(self, index: int, reason: str) -> None:
        self.report.wrong("guarantee", f"entry {index} cannot be where it is: {reason}", index)

    def _wrong(self, index: int, sentence: str) -> None:
        self.report.wrong("read-out", sentence, index)


def _agree(word: str, found: GuaranteeChecked) -> bool:
    """What was read out at the opening, and the outcome, which may have come later."""
    if word == "verified":
        return found.outcome == "valid"
    if word == "awaiting-chain":
        return found.outcome in ("valid", "invalid")
    if word == "scan-by-hand":
        return found.outcome in ("examine", "accepted", "refused")
    return found.outcome == "invalid" and word in found.findings


def _taken(life: _Life, entry: Step) -> str:
    """The step is taken; or the reason why it cannot be."""
    match entry:
        case GuaranteeDemanded():
            return _demanded(life, entry)
        case GuaranteePaid() | GuaranteeDemandRefused() | GuaranteeExtended():
            return _answered(life, entry)
        case GuaranteeReleased() | GuaranteeExpired():
            return _ended(life, entry)
        case GuaranteeAmended():
            return _amended(life)


def _demanded(life: _Life, entry: GuaranteeDemanded) -> str:
    if life.state not in _STANDS:
        return f"a demand of a guarantee that is {life.state}"
    if entry.number != life.demands + 1 or not 1 <= entry.amount <= life.entry.amount:
        return "a demand out of its number, or for more than is guaranteed"
    life.state, life.demands = "demanded", entry.number
    return ""


def _answered(life: _Life, entry: GuaranteePaid | GuaranteeDemandRefused | GuaranteeExtended) -> str:
    if life.state != "demanded" or entry.number != life.demands:
        return "an answer to a demand that is not open"
    if isinstance(entry, GuaranteeExtended):
        if entry.expiry <= life.expiry:
            return "an extension that ends no later"
        life.state, life.expiry = "presented", entry.expiry
    else:
        life.state = "paid" if isinstance(entry, GuaranteePaid) else "refused"
    return ""


def _ended(life: _Life, entry: GuaranteeReleased | GuaranteeExpired) -> str:
    if life.state not in _STANDS:
        return f"the end of a guarantee that is {life.state}"
    if isinstance(entry, GuaranteeExpired) and entry.expiry != life.expiry:
        return "an expiry that is not the guarantee's"
    life.state = "expired" if isinstance(entry, GuaranteeExpired) else "released"
    return ""


def _amended(life: _Life) -> str:
    if life.state not in _STANDS:
        return f"an amendment of a guarantee that is {life.state}"
    life.amended += 1
    return ""

"""The steps of guarantees, each held against its event on the chain ("event").

verifier/registry.py compares how each guarantee stands now; this is what led there, and all that the chain tells:

1. A guarantee that was found valid or presented was committed to by an account that its guarantor was listed with, and
   until the expiry that the ledger says.
2. Each step of the ledger is an event there, in the same order and with the same amounts and hashes; and the reverse.
3. What one has and the other has not is told. It is wrong only where the other can never follow: the ledger takes
   answers and releases from the chain, so what it has of them must be there.

A node that has not come as far as the ledger says that the chain was followed shows too little: then nothing that lacks
is called wrong. Commitments that no entry knows are counted: guarantors issue before openings, and for other logs too.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from ledger.entries import (
    Entry,
    GuaranteeChecked,
    GuaranteeExpired,
    GuaranteePresented,
    GuaranteesReconciled,
    GuarantorListed,
)
from verifier.chain_walk import CHAIN_LEADS, NAMES, Step, Told, Walk, walk
from verifier.registry_events import Event
from verifier.registry_nodes import Registered
from verifier.report import Report

_WAITING = ("Issued", "Presented", "Refused", "Extended")


@dataclass(slots=True)
class Events:
    """Takes the entries in order; `finish` with what the chain has."""

    report: Report
    _chain: Registered = field(init=False)
    _accounts: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _named: set[str] = field(default_factory=set)
    _valid: dict[str, int] = field(default_factory=dict)
    _steps: dict[str, list[Told]] = field(default_factory=lambda: defaultdict(list))
    _followed: int = 0

    def take(self, index: int, entry: Entry | None) -> None:
        if isinstance(entry, GuarantorListed):
            self._accounts[entry.guarantor].add(entry.account)
        elif isinstance(entry, GuaranteesReconciled):
            self._followed = max(self._followed, entry.block)
        elif isinstance(entry, GuaranteeChecked):
            self._named.add(entry.guarantee)
            if entry.outcome == "valid":
                self._valid.setdefault(entry.guarantee, index)
        elif isinstance(entry, Step):
            self._named.add(entry.guarantee)
            self._steps[entry.guarantee].append((index, entry))

    def finish(self, chain: Registered) -> None:
        """Everything is compared."""
        self._chain = chain
        if self._chain.problem:
            self.report.noted("event", f"too few nodes show the events of guarantees: {self._chain.problem}")
            return
        if self._chain.head < self._followed:
            sentence = (
                f"the chain is shown up to its block {self._chain.head}, and the ledger's guarantees were compared "
                f"up to {self._followed}: ask another node, or again"
            )
            self.report.noted("event", sentence)
        deep, fresh = _by_guarantee(self._chain.events), _by_guarantee(self._chain.fresh)
        for name in sorted(set(self._valid) | set(self._steps), key=self._index_of):
            self._one(name, deep.get(name, []), fresh.get(name, []))
        unknown = [name for name, events in deep.items() if name not in self._named]
        if unknown:
            shown = sum(len(deep[name]) > 1 for name in unknown)
            sentence = (
                f"the chain has {len(unknown)} more commitments that no entry names, {shown} of them presented: "
                "guarantors issue before openings, and for other logs"
            )
            self.report.noted("event", sentence)

    def _index_of(self, name: str) -> int:
        return self._steps[name][0][0] if self._steps.get(name) else self._valid[name]

    def _one(self, name: str, deep: Sequence[Event], fresh: Sequence[Event]) -> None:
        index = self._index_of(name)
        if not deep:
            if fresh:
                self._not_yet(name, index)
            else:
                self._lacks(name, "the chain has no such commitment", index)
            return
        steps = self._steps.get(name, [])
        if not self._is_issued_so(name, steps, deep[0]):
            return
        found = walk(steps, deep)
        for answer in found.uncounted:
            sentence = (
                f"the chain has {answer.name} in the block {answer.block}, which the ledger does not count: an answer "
                "that is late or without its document leaves the demand open"
            )
            self._noted(name, sentence, index)
        for sentence, at in found.wrong:
            self._wrong(name, sentence, at)
        if not found.wrong:
            self._agreed(name, steps, found, deep, fresh)

    def _is_issued_so(self, name: str, steps: Sequence[Told], issued: Event) -> bool:
        """1. Only the entry of the presentation says who and until when."""
        said = next(((at, one) for at, one in steps if isinstance(one, GuaranteePresented)), None)
        if said is None:
            return True
        index, entry = said
        account, expiry = issued.account("guarantor"), issued.number("expiry")
        wrong = []
        if account not in self._accounts[entry.guarantor]:
            wrong.append(f"the account 0x{account} issued it, which was never listed for {entry.guarantor}")
        if expiry != entry.expiry:
            wrong.append(f"it was issued until {expiry} on chain, and until {entry.expiry} in the ledger")
        for sentence in wrong:
            self._wrong(name, sentence, index)
        return not wrong

    def _agreed(
        self, name: str, steps: Sequence[Told], found: Walk, deep: Sequence[Event], fresh: Sequence[Event]
    ) -> None:
        """2 and 3, where nothing contradicts."""
        index = steps[-1][0] if steps else self._valid[name]
        is_over = self._chain.time > found.expiry and found.state in _WAITING
        if found.behind:
            self._behind(name, steps, found, [*deep, *fresh], is_over=is_over)
        elif found.ahead:
            events = ", ".join(f"{one.name} in the block {one.block}" for one in found.ahead)
            sentence = (
                f"the chain is ahead of the ledger, which does not have yet, or does not count: {events}"
            )
            self._noted(name, sentence, index)
        elif found.state == "Expired" and self._chain.time <= found.expiry:
            self._noted(name, "it expired by the ledger's clock, and not yet by the chain's", index)
        else:
            clock = ", and expired by the chain's clock" if is_over else ""
            sentence = f"each step is on the chain, up to its block {self._chain.block}: {found.state}{clock}"
            self.report.proved("event", f"guarantee {name}: {sentence}", index)

    def _behind(
        self, name: str, steps: Sequence[Told], found: Walk, events: Sequence[Event], *, is_over: bool
    ) -> None:
        lacking = [(at, one) for at, one in found.behind if not isinstance(one, GuaranteeExpired)]
        index = lacking[0][0]
        later = walk(steps, events)
        words = ", ".join(NAMES[type(one)] for _, one in lacking)
        if not later.behind:  # all there, or something else that is as fresh
            self._not_yet(name, index)
        elif any(isinstance(one, CHAIN_LEADS) for _, one in later.behind):
            self._lacks(name, f"the ledger says {words}, and the chain does not, which says so first", index)
        elif is_over:
            self._lacks(name, f"the ledger says {words}, and the chain, where it expired, never can", index)
        else:
            self._noted(name, f"the chain is behind the ledger, and does not have yet: {words}", index)

    def _not_yet(self, name: str, index: int) -> None:
        self._noted(name, "what the chain says of it is not yet deep enough", index)

    def _lacks(self, name: str, sentence: str, index: int) -> None:
        if self._chain.head < self._followed:
            self._noted(name, f"{sentence}; but the node is behind", index)
        else:
            self._wrong(name, sentence, index)

    def _noted(self, name: str, sentence: str, index: int) -> None:
        self.report.noted("event", f"guarantee {name}: {sentence}", index)

    def _wrong(self, name: str, sentence: str, index: int) -> None:
        self.report.wrong("event", f"guarantee {name}: {sentence}", index)


def _by_guarantee(events: Sequence[Event]) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        found[event.guarantee].append(event)
    return dict(found)

"""Guarantees on their chain: the registry's state of each is that which the ledger's entries lead to.

The contract is asked as of one block of each node (`guaranteeOf`, contracts/src/GuaranteeRegistry.sol), and what more
than half of the nodes say counts. The two are not written in one instant, so they may differ for a while: the ledger
has a presentation or a demand before the chain does, and the chain has an answer or a release before the ledger does.
Such a difference is noted, and has to be gone later. What no order of steps leads to is wrong.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import httpx

from ledger import anchor_head
from ledger.anchor_head import AnswerError
from verifier import node
from verifier.errors import SourceError
from verifier.report import Report

GUARANTEE_OF = "b1faa2a5"
"""The first 4 bytes of keccak256("guaranteeOf(bytes32)")."""
STATES = ("none", "issued", "presented", "demanded", "refused", "paid", "released", "expired")
"""By the number that the contract gives each."""
AT_ONCE = 100
"""Questions in one request: nodes take no more than some hundred."""
_WORD = 64


@dataclass(frozen=True, slots=True)
class OnChain:
    """A guarantee as the contract has it. expiry: POSIX, 0 where there is none."""

    state: str
    expiry: int


@dataclass(frozen=True, slots=True)
class InLedger:
    """A guarantee as the entries leave it, and the entry that presented it."""

    state: str
    expiry: int
    index: int


@dataclass(frozen=True, slots=True)
class Registry:
    """Where guarantees are read: JSON-RPC addresses, of which most must agree, and the contract."""

    urls: tuple[str, ...]
    contract: str

    def of(self, ids: Sequence[str]) -> dict[str, OnChain | None]:
        """The guarantees by their ids (hexadecimal); None for one of which no majority says the same.

        SourceError if no majority of the nodes answers.
        """
        seen, problem = list[dict[str, OnChain]](), ""
        with node.client() as connection:
            for url in self.urls:
                try:
                    seen.append(self._ask(connection, url, ids))
                except (httpx.HTTPError, httpx.InvalidURL, AnswerError) as error:
                    problem = f"{url}: {error}"
        if 2 * len(seen) <= len(self.urls):
            raise SourceError(f"the chain cannot be read: {problem}")
        return {one: _agreed([said[one] for said in seen], len(self.urls)) for one in ids}

    def _ask(self, connection: httpx.Client, url: str, ids: Sequence[str]) -> dict[str, OnChain]:
        newest = anchor_head.answer(node.ask(connection, url, anchor_head.newest_block()))
        block = hex(anchor_head.parse_number(newest))
        found: dict[str, OnChain] = {}
        for begin in range(0, len(ids), AT_ONCE):
            some = ids[begin : begin + AT_ONCE]
            answers = _answers(node.ask(connection, url, _questions(self.contract, some, block)), len(some))
            found.update(zip(some, map(_parse, answers), strict=True))
        return found


def compare(here: Mapping[str, InLedger], chain: Mapping[str, OnChain | None], report: Report) -> None:
    """One finding for each guarantee ("chain")."""
    for name, ours in here.items():
        theirs, short = chain.get(name), f"guarantee {name[:16]}"
        if theirs is None:
            report.noted("chain", f"{short}: the nodes do not agree on its state now", ours.index)
        elif theirs.state == "none":
            report.wrong("chain", f"{short} was never issued on the chain that you asked", ours.index)
        elif theirs.state == ours.state or _by_the_clock(ours, theirs):
            _same_state(short, ours, theirs, report)
        elif (ours.state, theirs.state) in _BEFORE_THE_CHAIN | _BEFORE_THE_LEDGER or _extended(ours, theirs):
            first = "chain" if (ours.state, theirs.state) in _BEFORE_THE_CHAIN else "ledger"
            sentence = (
                f"{short} is {ours.state} here and {theirs.state} on the chain: the {first} has yet to follow"
            )
            report.noted("chain", sentence, ours.index)
        else:
            sentence = f"{short} is {ours.state} here and {theirs.state} on the chain, which no steps lead to"
            report.wrong("chain", sentence, ours.index)


_BEFORE_THE_CHAIN = {
    *(("presented", "issued"), ("demanded", "issued")),
    *(("demanded", "presented"), ("demanded", "refused")),
}
"""(here, on the chain): the platform says so first, and then its account acts."""
_BEFORE_THE_LEDGER = {
    *(("presented", later) for later in ("demanded", "refused", "paid", "released", "expired")),
    *(("refused", later) for later in ("demanded", "paid", "released", "expired")),
    *(("demanded", later) for later in ("paid", "released", "expired")),
}
"""The chain says so first, and then it is taken over."""


def _by_the_clock(ours: InLedger, theirs: OnChain) -> bool:
    """Expired here, and on the chain as soon as it has a block after the last second."""
    return (
        ours.state == "expired" and theirs.state in ("presented", "refused") and ours.expiry == theirs.expiry
    )


def _extended(ours: InLedger, theirs: OnChain) -> bool:
    """Refused here, and by now another demand was answered by an extension."""
    return (ours.state, theirs.state) == ("refused", "presented") and theirs.expiry > ours.expiry


def _same_state(short: str, ours: InLedger, theirs: OnChain, report: Report) -> None:
    if ours.expiry == theirs.expiry:
        report.proved("chain", f"the chain has {short} as {ours.state}, to the same day", ours.index)
    elif theirs.expiry > ours.expiry:  # an extension; the contract makes no expiry earlier
        report.noted("chain", f"{short} ends later on the chain: the ledger has yet to follow", ours.index)
    else:
        report.wrong("chain", f"{short} ends earlier on the chain than here", ours.index)


def _agreed(said: Sequence[OnChain], asked: int) -> OnChain | None:
    """What more than half of those asked say; a node's silence counts for nothing."""
    found, count = Counter(said).most_common(1)[0]
    return found if 2 * count > asked else None


def _questions(contract: str, ids: Iterable[str], block: str) -> bytes:
    calls = [
        {
            "id": number,
            "jsonrpc": "2.0",
            "method": "eth_call",
            "params": [{"data": f"0x{GUARANTEE_OF}{one}", "to": contract}, block],
        }
        for number, one in enumerate(ids)
    ]
    return json.dumps(calls).encode()


def _answers(body: bytes, count: int) -> Iterator[str]:
    """The results of a batch in the order of its questions: a node may answer in any. AnswerError."""
    try:
        listed = json.loads(body)
    except ValueError as error:
        raise AnswerError("the chain answers with what is no JSON") from error
    by_number = (
        {one.get("id"): one for one in listed if isinstance(one, dict)} if isinstance(listed, list) else {}
    )
    for number in range(count):
        yield anchor_head.answer(json.dumps(by_number.get(number)).encode())


def _parse(result: str) -> OnChain:
    """Of (uint8 state, address beneficiary, uint40 expiry, uint40 answerBy, uint8 extensionDays). AnswerError."""
    digits = result.removeprefix("0x")
    if len(digits) != 5 * _WORD:
        raise AnswerError("the chain shows no registry of guarantees there")
    try:
        state, expiry = int(digits[:_WORD], 16), int(digits[2 * _WORD : 3 * _WORD], 16)
        return OnChain(STATES[state], expiry)
    except (ValueError, IndexError) as error:
        raise AnswerError("the chain answers with what is no guarantee") from error

"""The events of all guarantees on a chain's contract GuaranteeRegistry, by plain JSON-RPC.

All its events are read at once, in as few questions as the nodes take: a node that refuses a question is asked for half
as many blocks. Thousands of guarantees are a handful of round trips. Of several nodes most must show the same events up
to the block that is deep enough; what is newer only tells that something is on its way.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from ledger.anchor_head import AnswerError
from verifier import node
from verifier.errors import SourceError
from verifier.registry_events import DOMAIN, NAME, Event, quantity, read_domain, read_logs

MAX_ANSWER = 64 * 2**20
"""Bytes: about 90,000 events."""
_NO_REGISTRY = "the chain shows no contract that registers guarantees there"
MORE_AFTER = 8
"""Answers after which a node that had refused a question is asked for more blocks at once again."""


@dataclass(frozen=True, slots=True)
class Registered:
    """The events up to the block `block`, whose time (POSIX) is `time`; the fresh ones are above it, up to `head`.

    problem: why there are none, where too few nodes show any.
    """

    block: int
    time: int
    head: int
    events: tuple[Event, ...]
    fresh: tuple[Event, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class RegistryNodes:
    """Where the contract is read: JSON-RPC addresses, of which most must agree; its address; how many blocks deep.

    since: a block that is not above the contract's deployment.   chain_id: of the chain; None to take the nodes' word.
    """

    urls: tuple[str, ...]
    contract: str
    depth: int = 12
    since: int = 0
    chain_id: int | None = None

    def read(self) -> Registered:
        """All events, or why too few nodes show them: some keep no old ones.

        SourceError if no majority of the nodes answers, is of this chain and has the contract, or none agrees.
        """
        problem = ""
        heads: dict[str, int] = {}
        seen: list[Registered] = []
        with node.client() as client:
            for url in self.urls:
                try:
                    heads[url] = self._head(client, url)
                except (httpx.HTTPError, httpx.InvalidURL, AnswerError) as error:
                    problem = f"{url}: {error}"
            if 2 * len(heads) <= len(self.urls):
                raise SourceError(f"the chain cannot be read: {problem}")
            common = sorted(heads.values(), reverse=True)[len(self.urls) // 2]
            block = max(0, common - self.depth)
            for url, head in heads.items():
                try:
                    seen.append(self._events(client, url, block, head))
                except (httpx.HTTPError, AnswerError) as error:
                    problem = f"{url}: {error}"
        if 2 * len(seen) <= len(self.urls):
            return Registered(block, 0, common, (), problem=problem)
        return self._agreed(seen, block, common)

    def _agreed(self, seen: Sequence[Registered], block: int, common: int) -> Registered:
        (time, events), votes = Counter((one.time, one.events) for one in seen).most_common(1)[0]
        if 2 * votes <= len(self.urls):
            raise SourceError("the chain cannot be read: its nodes do not agree on what was registered")
        shown = Counter(event for one in seen for event in one.fresh)
        fresh = sorted(event for event, votes in shown.items() if 2 * votes > len(self.urls))
        return Registered(block, time, common, events, tuple(fresh))

    def _head(self, client: httpx.Client, url: str) -> int:
        """The node's newest block. AnswerError if the node is another chain's, or the contract another."""
        chain_id = quantity(_ask(client, url, "eth_chainId"))
        if self.chain_id not in (None, chain_id):
            raise AnswerError(f"this is a node of the chain {chain_id}, not of {self.chain_id}")
        call = {"data": f"0x{DOMAIN}", "to": self.contract}
        try:
            domain = read_domain(_ask(client, url, "eth_call", call, "latest"))
        except AnswerError as error:  # a contract that does not know the question refuses it
            raise AnswerError(_NO_REGISTRY) from error
        if domain != (NAME, chain_id, self.contract.lower().removeprefix("0x")):
            raise AnswerError(_NO_REGISTRY)
        return quantity(_ask(client, url, "eth_blockNumber"))

    def _events(self, client: httpx.Client, url: str, block: int, head: int) -> Registered:
        header = _ask(client, url, "eth_getBlockByNumber", hex(block), False)
        if not isinstance(header, dict):
            raise AnswerError(f"the chain shows no block {block}")
        events, begins, first = list[Event](), False, self.since
        span, good = head - self.since + 1, 0
        while first <= head:
            last = min(first + span - 1, head)
            question = {"address": self.contract, "fromBlock": hex(first), "toBlock": hex(last)}
            try:
                found, is_first = read_logs(
                    _ask(client, url, "eth_getLogs", question), self.contract, first, last
                )
            except (AnswerError, httpx.HTTPStatusError, httpx.ReadTimeout):
                if first == last:
                    raise
                span, good = (last - first + 1) // 2, 0
                continue
            events += found
            begins = begins or is_first
            first, good = last + 1, good + 1
            if good % MORE_AFTER == 0:
                span *= 2
        events.sort()
        firsts = {one.guarantee: one for one in reversed(events)}
        if not begins or any(one.name != "Issued" for one in firsts.values()):
            raise AnswerError("the node does not show the contract's events from its deployment on")
        deep = tuple(one for one in events if one.block <= block)
        return Registered(block, quantity(header.get("timestamp")), head, deep, tuple(events[len(deep) :]))


def _ask(client: httpx.Client, url: str, method: str, *parameters: object) -> Any:
    """The result. AnswerError for an error, for what is no JSON-RPC, and for what is too long."""
    request = {"id": 1, "jsonrpc": "2.0", "method": method, "params": parameters}
    body = bytearray()
    with client.stream("POST", url, json=request) as response:
        response.raise_for_status()
        for piece in response.iter_bytes():
            body += piece
            if len(body) > MAX_ANSWER:
                raise AnswerError("the chain's answer is too long")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise AnswerError("the chain answers with what is no JSON") from error
    if not isinstance(found, dict) or "result" not in found:
        raise AnswerError("the chain answers with an error")
    return found["result"]

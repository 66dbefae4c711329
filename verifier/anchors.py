"""Anchors: what a chain has of the log is the root of the very tree that is verified."""

from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from ledger import anchor_head
from ledger.anchor_head import Anchored, AnswerError
from ledger.merkle import Frontier, leaf_hash
from verifier import node
from verifier.errors import SourceError
from verifier.report import Report


@dataclass(frozen=True, slots=True)
class ChainNodes:
    """Where anchors are read: JSON-RPC addresses, of which most must agree, the contract, and how many blocks deep."""

    urls: tuple[str, ...]
    contract: str
    depth: int = 12

    def newest(self, origin: str) -> Anchored:
        """The log's anchored head. SourceError if no majority answers."""
        seen: list[Anchored] = []
        problem = ""
        with node.client() as connection:
            for url in self.urls:
                try:
                    seen.append(self._ask(connection, url, origin))
                except (httpx.HTTPError, httpx.InvalidURL, AnswerError) as error:
                    problem = f"{url}: {error}"
        if 2 * len(seen) <= len(self.urls):
            raise SourceError(f"the chain cannot be read: {problem}")
        return anchor_head.majority(seen, len(self.urls))

    def _ask(self, connection: httpx.Client, url: str, origin: str) -> Anchored:
        newest = anchor_head.parse_number(_call(connection, url, anchor_head.newest_block()))
        question = anchor_head.head_at(origin, self.contract, max(0, newest - self.depth))
        return anchor_head.parse_head(_call(connection, url, question))


class Anchors:
    """Watches the leaves go by; `finish` with the sizes of the trees at which lots were closed."""

    def __init__(self, anchored: Anchored | None, report: Report) -> None:
        self._anchored = anchored
        self._report = report
        self._tree = Frontier()

    def take(self, index: int, leaf: bytes) -> None:
        if self._anchored is not None and index < self._anchored.size:
            self._tree, _ = self._tree.extended([leaf_hash(leaf)])

    def finish(self, size: int, closings: Sequence[int]) -> None:
        """1. The tree of the anchored size has the anchored root ("anchor"). 2. Which closings it covers."""
        if self._anchored is None:
            return
        anchored = self._anchored
        if anchored.size == 0:
            self._report.noted("anchor", "the chain has no anchor of this log")
        elif anchored.size > size:
            sentence = (
                f"the chain has an anchor of {anchored.size} entries, and here are {size}: some are withheld"
            )
            self._report.wrong("anchor", sentence)
        elif self._tree.root() != anchored.root:  # 1
            sentence = (
                f"the chain has another tree of {anchored.size} entries: this log was forked or rewritten"
            )
            self._report.wrong("anchor", sentence, anchored.size - 1)
        else:
            self._report.proved(
                "anchor", f"the chain has the first {anchored.size} entries of this very tree"
            )
            for index in closings:  # 2
                if index >= anchored.size:
                    self._report.noted("anchor", "a closing is not anchored on the chain yet", index)


def _call(connection: httpx.Client, url: str, question: bytes) -> str:
    return anchor_head.answer(node.ask(connection, url, question))

"""The newest head of the ledger that is anchored on a chain, by plain JSON-RPC (ledger/anchor_head.py)."""

from keyholder.config import Chain
from keyholder.errors import UnavailableError
from keyholder.http import Http
from ledger import anchor_head
from ledger.anchor_head import Anchored, AnswerError

MAX_ANSWER = 64 * 1024
TIMEOUT = 5.0


class AnchorReader:
    """Asks each of the chain's addresses."""

    def __init__(self, chain: Chain, origin: str, http: Http) -> None:
        self._chain = chain
        self._origin = origin
        self._http = http

    def newest(self) -> Anchored:
        """What a majority shows. UnavailableError if no majority answers."""
        seen: list[Anchored] = []
        problem = ""
        for url in self._chain.rpc:
            try:
                seen.append(self._ask(url))
            except (UnavailableError, AnswerError) as error:
                problem = str(error)
        if 2 * len(seen) <= len(self._chain.rpc):
            raise UnavailableError(f"the chain cannot be read: {problem}")
        return anchor_head.majority(seen, len(self._chain.rpc))

    def _ask(self, url: str) -> Anchored:
        newest = anchor_head.parse_number(self._call(url, anchor_head.newest_block()))
        block = max(0, newest - self._chain.depth)
        return anchor_head.parse_head(
            self._call(url, anchor_head.head_at(self._origin, self._chain.contract, block))
        )

    def _call(self, url: str, question: bytes) -> str:
        reply = self._http.post(url, question, limit=MAX_ANSWER, timeout=TIMEOUT)
        if reply.status != 200:
            raise UnavailableError(f"the chain answers {reply.status}")
        return anchor_head.answer(reply.body)

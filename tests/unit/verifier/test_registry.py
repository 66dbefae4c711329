"""The registry's answers as nodes give them, and what is said of each pair of states."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from guarantees.chain.refusals import State
from verifier.errors import SourceError
from verifier.registry import AT_ONCE, STATES, InLedger, OnChain, Registry, compare
from verifier.report import Level, Report

CONTRACT = "0x" + "c0" * 20
Answer = Callable[[Any], Any]


@contextmanager
def node(answer: Answer) -> Iterator[str]:
    """A server that gives what the test makes of each request's JSON."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            said = json.dumps(answer(asked)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def struct(state: int, expiry: int) -> str:
    return "0x" + "".join(f"{word:064x}" for word in (state, 7, expiry, 0, 0))


def chain(states: dict[str, int], *, requests: list[int] | None = None) -> Answer:
    """A node that has these guarantees, all to the same second, and answers a batch in another order."""

    def answer(asked: Any) -> Any:
        if isinstance(asked, dict):
            assert asked["method"] == "eth_blockNumber"
            return {"id": asked["id"], "result": "0x10"}
        if requests is not None:
            requests.append(len(asked))
        found = []
        for one in asked:
            call, block = one["params"]
            assert (call["to"], block) == (CONTRACT, "0x10")
            name = call["data"].removeprefix("0xb1faa2a5")
            found.append({"id": one["id"], "result": struct(states.get(name, 0), 1_800_000_000)})
        return found[::-1]

    return answer


def test_states_are_those_of_the_contract() -> None:
    assert [state.value.lower() for state in State] == list(STATES)


def test_guarantees_are_asked_for_in_few_requests_and_told_apart() -> None:
    ids = [f"{i:064x}" for i in range(2 * AT_ONCE + 1)]
    requests: list[int] = []
    with node(chain({one: i % 8 for i, one in enumerate(ids)}, requests=requests)) as url:
        found = Registry((url,), CONTRACT).of(ids)
    assert requests == [AT_ONCE, AT_ONCE, 1]
    assert [found[one] for one in ids[1:9]] == [OnChain(STATES[i % 8], 1_800_000_000) for i in range(1, 9)]


def test_most_of_the_nodes_count_and_silence_counts_for_none() -> None:
    one = "01" * 32
    with node(chain({one: 2})) as honest, node(chain({one: 2})) as other, node(chain({one: 6})) as liar:
        assert Registry((liar, honest, other), CONTRACT).of([one]) == {
            one: OnChain("presented", 1_800_000_000)
        }
        assert Registry((liar, honest), CONTRACT).of([one]) == {one: None}
        nowhere = "http://127.0.0.1:9"
        assert Registry((honest, nowhere, other), CONTRACT).of([one])[one] is not None
        with pytest.raises(SourceError, match="cannot be read"):
            Registry((honest, nowhere, nowhere), CONTRACT).of([one])


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda _: {"error": {"code": -1}}, "answers with an error"),
        (
            lambda asked: {"id": 1, "result": "0x10"} if isinstance(asked, dict) else [],
            "answers with an error",
        ),
        (lambda _: {"id": 1, "result": "0x10"}, "answers with an error"),
        (
            lambda asked: {"result": "0x1"} if isinstance(asked, dict) else [{"id": 0, "result": "0x"}],
            "no registry of guarantees there",
        ),
        (
            lambda asked: (
                {"result": "0x1"} if isinstance(asked, dict) else [{"id": 0, "result": struct(9, 0)}]
            ),
            "no guarantee",
        ),
    ],
)
def test_what_is_no_answer_is_said(answer: Answer, sentence: str) -> None:
    with node(answer) as url, pytest.raises(SourceError, match=sentence):
        Registry((url,), CONTRACT).of(["01" * 32])


def level(here: tuple[str, int], there: tuple[str, int] | None) -> Level:
    report = Report()
    chain = None if there is None else OnChain(*there)
    compare({"01" * 32: InLedger(*here, 3)}, {"01" * 32: chain}, report)
    (finding,) = report
    assert (finding.check, finding.entry) == ("chain", 3)
    return finding.level


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        (("released", 9), ("released", 9), Level.PROVED),
        (("expired", 9), ("presented", 9), Level.PROVED),
        (("presented", 9), ("issued", 9), Level.NOTED),
        (("presented", 9), ("demanded", 9), Level.NOTED),
        (("demanded", 9), ("refused", 9), Level.NOTED),
        (("presented", 9), ("presented", 10), Level.NOTED),
        (("presented", 9), None, Level.NOTED),
        (("presented", 9), ("none", 0), Level.WRONG),
        (("presented", 9), ("presented", 8), Level.WRONG),
        (("released", 9), ("presented", 9), Level.WRONG),
        (("released", 9), ("paid", 9), Level.WRONG),
        (("paid", 9), ("demanded", 9), Level.WRONG),
        (("refused", 9), ("issued", 9), Level.WRONG),
        (("refused", 9), ("presented", 9), Level.WRONG),
        (("refused", 9), ("presented", 10), Level.NOTED),
        (("expired", 9), ("presented", 10), Level.WRONG),
        (("demanded", 9), ("issued", 9), Level.NOTED),
    ],
)
def test_what_is_said_of_two_states(
    here: tuple[str, int], there: tuple[str, int] | None, expected: Level
) -> None:
    assert level(here, there) is expected

"""A node's answers about the registry of guarantees, made of events that a test lists."""

from collections.abc import Callable, Iterable
from typing import Any

from verifier.registry_events import FIRST_ROLE, LAYOUT, NAME, ROLE_GRANTED, Event

CONTRACT = "0x" + "c0" * 20
CHAIN_ID = 20_170_117
INDEXED = {"Issued": 1, "Demanded": 1, "Paid": 1, "Refused": 1, "Extended": 1}
TOPICS = {names[0]: topic for topic, names in LAYOUT.items()}
ROLE = {"topics": [ROLE_GRANTED, FIRST_ROLE, "22" * 32, "33" * 32], "data": "", "block": 1, "index": 0}


def event(block: int, name: str, guarantee: str, *values: int | str) -> Event:
    """A number becomes 64 digits."""
    words = tuple(one.rjust(64, "0") if isinstance(one, str) else f"{one:064x}" for one in values)
    return Event(block, 0, name, guarantee, words)


def log(one: Event) -> dict[str, Any]:
    """As a node gives it, but for `address`."""
    topics = INDEXED.get(one.name, 0)
    return {
        "topics": [TOPICS[one.name], one.guarantee, *one.values[:topics]],
        "data": "".join(one.values[topics:]),
        "block": one.block,
        "index": one.index + 1,
    }


def answers(
    events: Iterable[Event],
    *,
    head: int = 100,
    time: int = 1_700_000_000,
    chain_id: int = CHAIN_ID,
    most: int = 10**9,
    contract: str = CONTRACT,
    logs: Callable[[list[dict[str, Any]]], Any] = lambda found: found,
    asked: list[str] | None = None,
) -> Callable[[Any], Any]:
    """A node that gives logs of `most` blocks at once; `logs` tampers with them, `asked` keeps the methods."""
    kept = [ROLE, *map(log, events)]

    def result(method: str, parameters: list[Any]) -> Any:
        match method:
            case "eth_chainId":
                return hex(chain_id)
            case "eth_blockNumber":
                return hex(head)
            case "eth_call":
                return domain(chain_id) if parameters[0]["to"] == contract else "0x"
            case "eth_getBlockByNumber":
                return {"timestamp": hex(time)} if int(parameters[0], 16) <= head else None
        first, last = int(parameters[0]["fromBlock"], 16), int(parameters[0]["toBlock"], 16)
        assert method == "eth_getLogs"
        assert parameters[0]["address"] == contract
        if last - first >= most:
            return None
        return logs([_as_given(one, contract) for one in kept if first <= one["block"] <= last])

    def answer(request: Any) -> Any:
        if asked is not None:
            asked.append(request["method"])
        found = result(request["method"], request["params"])
        if found is None:
            return {"id": request["id"], "error": {"code": -32005, "message": "too many blocks"}}
        return {"id": request["id"], "jsonrpc": "2.0", "result": found}

    return answer


def domain(chain_id: int, name: str = NAME, contract: str = CONTRACT) -> str:
    """What eip712Domain answers: name, version, chain, contract; no salt, no extensions."""
    words = [f"{0x0F << 248:064x}", f"{224:064x}", f"{288:064x}", f"{chain_id:064x}"]
    words += [contract[2:].rjust(64, "0"), "0" * 64, f"{352:064x}"]
    words += [
        f"{len(name):064x}",
        name.encode().hex().ljust(64, "0"),
        f"{1:064x}",
        "31".ljust(64, "0"),
        "0" * 64,
    ]
    return "0x" + "".join(words)


def _as_given(one: dict[str, Any], contract: str) -> dict[str, Any]:
    return {
        "address": contract.upper().replace("0X", "0x"),
        "topics": ["0x" + topic for topic in one["topics"]],
        "data": "0x" + one["data"],
        "blockNumber": hex(one["block"]),
        "logIndex": hex(one["index"]),
    }

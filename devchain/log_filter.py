"""The filter of eth_getLogs: from JSON to a query of the index."""

from collections.abc import Callable, Mapping

from devchain import values
from devchain.errors import InvalidParams
from devchain.store import TOPICS, LogQuery

_FIELDS = {"fromBlock", "toBlock", "blockHash", "address", "topics"}
MAX_CHOICES = 1000


def parse_filter(given: object, number_of: Callable[[values.Block], int | None]) -> LogQuery | None:
    """None where nothing can match. InvalidParams if it is no filter, or names a block that is not there by hash."""
    if not isinstance(given, Mapping) or set(given) - _FIELDS:
        raise InvalidParams(f"the filter: an object with {', '.join(sorted(_FIELDS))}")
    fields = {name: value for name, value in given.items() if value is not None}
    if "blockHash" in fields:
        if "fromBlock" in fields or "toBlock" in fields:
            raise InvalidParams("the filter: blockHash, or fromBlock and toBlock, not both")
        block = values.BlockHash(values.digest(fields["blockHash"], "blockHash"))
        first = last = number_of(block)
    else:
        first = number_of(values.block(fields.get("fromBlock", "latest"), "fromBlock"))
        last = number_of(values.block(fields.get("toBlock", "latest"), "toBlock"))
    if first is None or last is None:
        raise InvalidParams("the filter: there is no such block")
    addresses = _choices(fields.get("address"), values.address, "address")
    given_topics = fields.get("topics", [])
    if not isinstance(given_topics, list):
        raise InvalidParams("topics: a list")
    topics = [_choices(one, values.digest, "topic") for one in given_topics]
    if any(topics[TOPICS:]) or first > last:
        return None
    return LogQuery(first, last, addresses, tuple(topics[:TOPICS]))


def _choices(given: object, parse: Callable[[object, str], bytes], name: str) -> tuple[bytes, ...]:
    """One of these; empty for any."""
    if given is None:
        return ()
    found = given if isinstance(given, list) else [given]
    if len(found) > MAX_CHOICES:
        raise InvalidParams(f"{name}: more than {MAX_CHOICES} choices")
    return tuple(parse(one, name) for one in found)

"""Steps 1 and 2 of the sender (sender.py): what became of the transactions that are under way."""

import logging
from collections.abc import Sequence
from typing import Any

from guarantees.chain.errors import MalformedError, NodeRefusedError, RefusedError, TransactionError
from guarantees.chain.events import json_value
from guarantees.chain.models import AttemptRow, OutboxRow
from guarantees.chain.node import Block, Receipt
from guarantees.chain.nonces import user_of
from guarantees.chain.outbox import CONFIRMED, MINED, REFUSED, REVERTED, SENT, SIGNED, WANTED
from guarantees.chain.sender_setting import Change, Setting, apply, attempts_of, rows_in

_log = logging.getLogger(__name__)

NOWHERE: dict[str, Any] = {"block": None, "block_hash": None, "transaction": None, "succeeded": None}


def watch(setting: Setting, mined: int, head: Block) -> bool:
    """Step 1. `mined` is how many transactions of the key the chain has, `head` its newest block, both just read."""
    with setting.database.session() as session:
        rows = rows_in(session, setting.key, SIGNED, SENT, MINED)
        tried = attempts_of(session, rows)
    hashes: dict[int, bytes | None] = {}
    changes = []
    for row in rows:
        if row.state == MINED:
            if not _is_still_there(setting, row, hashes):
                changes.append(Change(row, _found(setting, tried[row.id]) or _undone(row)))
        elif row.nonce is not None and row.nonce < mined:
            values = _found(setting, tried[row.id]) or _used_elsewhere(setting, row, tried[row.id], head)
            if values and any(getattr(row, name) != value for name, value in values.items()):
                changes.append(Change(row, values))
    setting.probe("during watch")
    return apply(setting.database, changes)


def settle(setting: Setting, head: Block) -> bool:
    """Step 2."""
    with setting.database.session() as session:
        rows = rows_in(session, setting.key, MINED)
    final = [row for row in rows if row.block is not None and row.block <= head.number - setting.depth]
    changes = []
    for row in final:
        values: dict[str, Any] = {"state": CONFIRMED, "settled_at": setting.clock(), "trouble": None}
        if not row.succeeded:
            values |= {"state": REVERTED, "error": _reason(setting, row)}
        changes.append(Change(row, values))
    setting.probe("during settle")
    return apply(setting.database, changes)


def error_json(error: Exception) -> dict[str, Any]:
    """An error as it is kept with its row."""
    if isinstance(error, RefusedError):
        fields = {name: json_value(value) for name, value in error.fields.items()}
        return {"name": error.name, "fields": fields, "sentence": str(error)}
    return {"name": type(error).__name__, "fields": {}, "sentence": str(error)}


def _is_still_there(setting: Setting, row: OutboxRow, hashes: dict[int, bytes | None]) -> bool:
    number = row.block or 0
    if number not in hashes:
        block = setting.gateway.node.block(number)
        hashes[number] = None if block is None else block.hash
    return hashes[number] == row.block_hash


def _found(setting: Setting, tried: Sequence[AttemptRow]) -> dict[str, Any] | None:
    """Where one of those tried is mined. The newest is asked for first."""
    for attempt in reversed(tried):
        receipt = setting.gateway.node.receipt(attempt.hash)
        if receipt is not None:
            return _mined(receipt)
    return None


def _mined(receipt: Receipt) -> dict[str, Any]:
    return {
        "state": MINED,
        "transaction": receipt.transaction,
        "block": receipt.block,
        "block_hash": receipt.block_hash,
        "succeeded": receipt.succeeded,
        "trouble": None,
    }


def _undone(row: OutboxRow) -> dict[str, Any]:
    trouble = f"block {row.block}, in which it was mined, is no longer of the chain: it is sent again"
    _log.warning("%s: %s", row.purpose, trouble)
    return {**NOWHERE, "state": SIGNED, "trouble": trouble}


def _used_elsewhere(
    setting: Setting, row: OutboxRow, tried: Sequence[AttemptRow], head: Block
) -> dict[str, Any] | None:
    """The chain is past the row's nonce, and none of those tried is mined: it waits, or is planned anew.

    Anew only when the depth is upon the block in which another transaction used the nonce, and that one is known by
    its hash: a node that merely cannot find ours must not make us send a second one.
    """
    nonce = row.nonce or 0
    confirmed = head.number - setting.depth
    node = setting.gateway.node
    if confirmed < 0 or node.nonce(setting.key, confirmed) <= nonce:
        return None
    try:
        user = user_of(node, setting.key, nonce, confirmed)
    except (NodeRefusedError, MalformedError) as error:
        return {"trouble": f"nonce {nonce} is used, and by which transaction cannot be found out: {error}"}
    if user in {attempt.hash for attempt in tried}:
        return None  # the node will have its receipt in a moment
    trouble = f"nonce {nonce} was used by the transaction 0x{user.hex()}, which is none of ours"
    _log.warning("%s: %s; another program sends with this key: give it one of its own", row.purpose, trouble)
    if not row.contract:  # it was only to fill the gap
        return {
            "state": REFUSED,
            "nonce": None,
            "error": error_json(TransactionError(trouble)),
            "settled_at": setting.clock(),
            "trouble": None,
        }
    return {"state": WANTED, "nonce": None, "trouble": trouble}


def _reason(setting: Setting, row: OutboxRow) -> dict[str, Any]:
    try:
        said = setting.gateway.why_it_failed(
            setting.to(row), row.data, row.gas, sender=row.key, block=row.block or 0
        )
        receipt = setting.gateway.node.receipt(row.transaction or b"")
    except (NodeRefusedError, MalformedError) as error:
        return error_json(TransactionError(f"the transaction failed, and the node does not say why: {error}"))
    if said is not None:
        return error_json(said)
    if receipt is not None and receipt.gas_used >= row.gas:
        return error_json(TransactionError("the transaction used up its gas: this call needs a higher limit"))
    return error_json(
        TransactionError("the transaction failed, and would not fail now: try again, if it is still wanted")
    )

"""Nonces that went elsewhere: who used one, and what to do about one that nobody has (step 3 of the sender)."""

import logging

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from guarantees.chain import fees
from guarantees.chain.errors import MalformedError
from guarantees.chain.models import KeyRow, OutboxRow
from guarantees.chain.node import Node
from guarantees.chain.outbox import MINED, SENT, SIGNED
from guarantees.chain.sender_setting import Setting

TRANSFER_GAS = 21_000
"""What a transfer of nothing costs (Yellow Paper, appendix G)."""

_log = logging.getLogger(__name__)


def user_of(node: Node, address: bytes, nonce: int, block: int) -> bytes:
    """The hash of the transaction of `address` with that nonce, which is mined in `block` or before.

    Searched from `block` back in growing steps and then by halves, so that a node needs the states of recent blocks
    alone. Raises MalformedError if the block that it leads to does not have it.
    """
    high, step = block, 1
    while high > 0 and node.nonce(address, max(high - step, 0)) > nonce:
        high, step = max(high - step, 0), 2 * step
    low = max(high - step, 0)
    while high - low > 1:
        middle = (low + high) // 2
        if node.nonce(address, middle) > nonce:
            high = middle
        else:
            low = middle
    user = node.senders(high).get((address, nonce))
    if user is None:
        raise MalformedError(
            f"block {high} should have transaction {nonce} of 0x{address.hex()}, and has not"
        )
    return user


def mend(setting: Setting, mined: int) -> bool:
    """Step 3: sees to it that the chain's next nonce, `mined`, is one that we have under way or are about to give.

    The chain falls behind our nonces when a reorganisation undoes what we thought settled, or what another program had
    sent with the key. Nothing of ours that comes later could be mined before that nonce is used.
    """
    with setting.database.session() as session:
        lowest = _lowest_unsettled(session, setting.key)
        if lowest is None or mined >= lowest:
            return False
    market = setting.gateway.node.market()
    with setting.database.session() as session:
        session.execute(select(KeyRow).where(KeyRow.address == setting.key).with_for_update())
        row = session.execute(
            select(OutboxRow).where(OutboxRow.key == setting.key, OutboxRow.nonce == mined)
        ).scalar_one_or_none()
        if row is None:
            row = _filling(session, setting, mined, fees.first(market))
            _log.warning(
                "the chain lost transaction %s of the key, which was none of ours: the gap is filled", mined
            )
        elif row.state not in {SIGNED, SENT, MINED}:
            _log.error(
                "%s was final, and block %s is no longer of the chain: the depth is too small; it is sent again",
                row.purpose,
                row.block,
            )
            row.error = row.settled_at = None
        row.state = SIGNED
        row.block = row.block_hash = row.transaction = row.succeeded = None
        setting.probe("during mend")
        session.commit()
    return True


def _lowest_unsettled(session: Session, key: bytes) -> int | None:
    """The lowest nonce under way; if there is none, the next one to be given; None for a key that never sent."""
    states = OutboxRow.state.in_((SIGNED, SENT, MINED))
    lowest = session.execute(
        select(func.min(OutboxRow.nonce)).where(OutboxRow.key == key, states)
    ).scalar_one()
    if lowest is not None:
        return lowest
    return session.execute(select(KeyRow.next_nonce).where(KeyRow.address == key)).scalar_one_or_none()


def _filling(session: Session, setting: Setting, nonce: int, fee: fees.Fee) -> OutboxRow:
    row = OutboxRow(
        purpose=f"fill nonce {nonce} of 0x{setting.key.hex()}, {setting.clock().isoformat()}",
        key=setting.key,
        contract="",
        data=b"",
        gas=TRANSFER_GAS,
        requested_at=setting.clock(),
        state=SIGNED,
        nonce=nonce,
    )
    session.add(row)
    session.flush()
    session.add(setting.attempt(row, nonce, fee))
    return row

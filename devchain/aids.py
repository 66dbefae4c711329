"""Methods that move the clock and hold back blocks, for tests: there only with --test-aids.

Named as Anvil and Hardhat name them, so that one test runs on either.
"""

from devchain import values
from devchain.errors import InvalidParams
from devchain.methods import Method
from devchain.node import Node
from devchain.values import hex_of

MAX_BLOCKS = 10_000


class Aids:
    """The methods upon a node whose lock the caller holds."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def table(self) -> dict[str, Method]:
        return {
            "anvil_dropTransaction": self.drop_transaction,
            "anvil_mine": self.mine_blocks,
            "evm_increaseTime": self.increase_time,
            "evm_mine": self.mine,
            "evm_setAutomine": self.set_automine,
            "evm_setNextBlockTimestamp": self.set_next_block_timestamp,
        }

    def increase_time(self, seconds: object) -> object:
        return hex_of(self._node.shift_clock(values.count(seconds, "seconds")))

    def set_next_block_timestamp(self, timestamp: object) -> None:
        self._node.set_next_timestamp(values.count(timestamp, "timestamp"))

    def set_automine(self, enabled: object) -> None:
        """Without automine transactions wait for evm_mine."""
        self._node.automine = values.flag(enabled, "enabled")
        if self._node.automine:
            self._node.mine_ready()

    def mine(self) -> str:
        """A block for each transaction that waits and can be mined, or an empty one if there is none."""
        if self._node.mine_ready() == 0:
            self._node.mine_empty()
        return "0x0"

    def mine_blocks(self, count: object = 1) -> None:
        """So many blocks, the first of them for what waits."""
        wanted = values.count(count, "count")
        if not 1 <= wanted <= MAX_BLOCKS:
            raise InvalidParams(f"count: 1 to {MAX_BLOCKS}")
        for _ in range(wanted - self._node.mine_ready()):
            self._node.mine_empty()

    def drop_transaction(self, transaction_hash: object) -> object:
        """Forgets one that waits, as a node under load does."""
        wanted = values.digest(transaction_hash)
        waiting = self._node.pool.get(wanted)
        if waiting is None:
            return None
        self._node.pool.remove(waiting)
        return hex_of(wanted)

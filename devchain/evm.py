"""The rules of the development chain: py-evm's Cancun, without proof of stake, by the wall clock."""

from collections.abc import Iterable

from eth.abc import AtomicDatabaseAPI, BlockHeaderAPI
from eth.chains.base import Chain
from eth.constants import POST_MERGE_DIFFICULTY, ZERO_ADDRESS
from eth.typing import AccountDetails, HeaderParams
from eth.vm.forks.cancun import CancunVM
from eth_typing import Address, BlockNumber

CHAIN_ID = 20170117
"""Of no public network. The same on every machine; what keeps two development chains apart are their keys."""

GAS_LIMIT = 30_000_000
FIRST_BASE_FEE = 10**9
"""Wei a unit of gas; from there it follows EIP-1559, and on a quiet chain falls to a few wei."""

FUNDS = 10**24
"""Wei of each development account in the genesis."""


class DevVM(CancunVM):
    """Cancun, except that a block may have its parent's second.

    A block stands for each transaction, at the time it came; Ethereum's rule of strictly later blocks would push the
    chain's clock ahead of the wall's as soon as two came in one second.
    """

    @classmethod
    def validate_header(cls, header: BlockHeaderAPI, parent_header: BlockHeaderAPI) -> None:
        if header.timestamp == parent_header.timestamp:
            parent_header = parent_header.copy(timestamp=parent_header.timestamp - 1)
        super().validate_header(header, parent_header)


class DevEvm(Chain):
    """py-evm's chain, of which only the storing and finding of blocks is used here."""

    vm_configuration = ((BlockNumber(0), DevVM),)
    chain_id = CHAIN_ID


def base_fee(header: BlockHeaderAPI) -> int:
    """Wei a unit of gas that its block burns."""
    return header.base_fee_per_gas or 0


def write_genesis(db: AtomicDatabaseAPI, addresses: Iterable[str], timestamp: int) -> None:
    """Block 0, in which each address has FUNDS."""
    funded: dict[Address, AccountDetails] = {
        Address(bytes.fromhex(address[2:])): {"balance": FUNDS, "nonce": 0, "code": b"", "storage": {}}
        for address in addresses
    }
    parameters: dict[str, HeaderParams] = {
        "difficulty": POST_MERGE_DIFFICULTY,
        "coinbase": ZERO_ADDRESS,
        "gas_limit": GAS_LIMIT,
        "timestamp": timestamp,
        "base_fee_per_gas": FIRST_BASE_FEE,
    }
    DevEvm.from_genesis(db, parameters, funded)

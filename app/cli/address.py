"""An account's address on chain, as a command takes it."""

from typing import Any

import click
from eth_utils.address import is_address


class _Address(click.ParamType[bytes]):
    """0x and 40 hexadecimal digits; of mixed case only with the right checksum (EIP-55)."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> bytes:
        if isinstance(value, bytes):
            return value
        if not is_address(value) or not value.startswith("0x"):
            self.fail(f"{value!r} is no address such as 0x and 40 hexadecimal digits", param, ctx)
        return bytes.fromhex(value[2:])


ADDRESS = _Address()

"""What others' contracts cost for the nearest thing they do, where their npm packages are installed.

ERC-721 of OpenZeppelin: minting a token, to a holder of one already, without any rule of who may; compiled with our
settings. The Ethereum Attestation Service, as its package compiled it: attesting commitment and expiry to a recipient.
"""

import json
from pathlib import Path
from typing import Any

from eth_abi.abi import encode
from web3 import Web3

from scripts import contracts as compiler
from scripts.gas.meter import address_of, digest, meter
from scripts.gas.ours import EXPIRY, Cost

MODULES = compiler.CONTRACTS / "node_modules"
OPENZEPPELIN = MODULES / "@openzeppelin" / "contracts"
EAS = MODULES / "@ethereum-attestation-service" / "eas-contracts"
SCHEMA = "bytes32 commitment,uint40 expiry"
NO_RESOLVER = "0x" + "00" * 20

TOKEN = """// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

contract Token is ERC721("Token", "T") {
    function mint(address to, uint256 id) external {
        _mint(to, id);
    }
}
"""


def are_installed() -> bool:
    return EAS.exists() and OPENZEPPELIN.exists() and (MODULES / "solc").exists()


def measured() -> list[Cost]:
    """Both. FileNotFoundError or CompilerError where a package is not installed."""
    return [_token(), _attestation()]


def _token() -> Cost:
    name = "peer/Token.sol"
    given = {
        "language": "Solidity",
        "sources": compiler.sources({name: TOKEN}),
        "settings": compiler.SETTINGS,
    }
    found = compiler.compile_all(json.dumps(given))["contracts"][name]["Token"]
    with meter("anybody", "holder") as at:
        token = at.deploy("anybody", found["abi"], "0x" + found["evm"]["bytecode"]["object"])
        at.act("anybody", token, "mint", address_of("holder"), int.from_bytes(digest("first"), "big"))
        second = int.from_bytes(digest("second"), "big")
        return Cost(
            f"OpenZeppelin {_version(OPENZEPPELIN)} ERC-721 mint",
            at.act("anybody", token, "mint", address_of("holder"), second),
        )


def _attestation() -> Cost:
    with meter("anybody", "guarantor") as at:
        schemas = at.deploy("anybody", _eas("SchemaRegistry")["abi"], _eas("SchemaRegistry")["bytecode"])
        where = Web3.to_checksum_address(schemas.address)
        eas = at.deploy("anybody", _eas("EAS")["abi"], _eas("EAS")["bytecode"], where)
        at.act("anybody", schemas, "register", SCHEMA, NO_RESOLVER, True)
        # The registry's name for a schema: the hash of schema, resolver and revocability, packed.
        schema = Web3.solidity_keccak(["string", "address", "bool"], [SCHEMA, NO_RESOLVER, True])

        def attest(label: str) -> int:
            promise = encode(["bytes32", "uint40"], [digest(label), EXPIRY])
            data = (address_of("guarantor"), EXPIRY, False, bytes(32), promise, 0)
            return at.act("anybody", eas, "attest", (schema, data))

        attest("first")
        return Cost(f"EAS {_version(EAS)} attest", attest("second"))


def _eas(name: str) -> Any:
    return json.loads((EAS / "artifacts" / "contracts" / f"{name}.sol" / f"{name}.json").read_text("utf-8"))


def _version(package: Path) -> str:
    return str(json.loads((package / "package.json").read_text("utf-8"))["version"])

"""Compiles the contracts, or checks that the committed artifacts are what the sources give, byte for byte.

    python -m scripts.contracts build    writes contracts/artifacts anew
    python -m scripts.contracts check    says what differs, and fails if anything does

The compiler is solc-js from contracts/node_modules, run by node: `make setup-dev` installs both. Whoever only uses the
artifacts needs neither. `compiler-input.json` holds all sources, so any solc of that version redoes the bytecode.
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

CONTRACTS = Path(__file__).resolve().parent.parent / "contracts"
ARTIFACTS = CONTRACTS / "artifacts"
NAMES = ("GuaranteeRegistry", "LedgerAnchor")
INPUT = "compiler-input.json"

SETTINGS: dict[str, Any] = {
    "evmVersion": "cancun",
    "optimizer": {"enabled": True, "runs": 1_000_000},
    "viaIR": True,
    "outputSelection": {
        "*": {
            "*": [
                "abi",
                "devdoc",
                "userdoc",
                "storageLayout",
                "evm.bytecode.object",
                "evm.deployedBytecode.object",
            ]
        }
    },
}
"""foundry.toml has the same, so that what forge tests is what is deployed."""

IMPORT = re.compile(r'^import\s[^;]*?"([^"]+)";', re.MULTILINE)


class CompilerError(Exception):
    """The compiler did not run, or found errors: its own words."""


def sources(extra: Mapping[str, str] | None = None) -> dict[str, dict[str, str]]:
    """Our sources and all that they import, by the names the compiler knows them by; or those of `extra` instead."""
    given = extra or {}
    found: dict[str, dict[str, str]] = {}
    waiting = list(extra) if extra else [f"src/{name}.sol" for name in NAMES]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        base = CONTRACTS if name.startswith("src/") else CONTRACTS / "node_modules"
        text = given[name] if name in given else (base / name).read_text("utf-8")
        found[name] = {"content": text}
        waiting += [_resolve(name, target) for target in IMPORT.findall(text)]
    return dict(sorted(found.items()))


def _resolve(importer: str, target: str) -> str:
    """The compiler's rule for import paths: relative to the importer, or as they stand."""
    if not target.startswith("."):
        return target
    parts = importer.split("/")[:-1]
    for step in target.split("/"):
        if step == "..":
            parts.pop()
        elif step != ".":
            parts.append(step)
    return "/".join(parts)


def compile_all(compiler_input: str) -> dict[str, Any]:
    """The compiler's answer to standard JSON. CompilerError with its messages if there is an error or a warning."""
    command = ["node", str(CONTRACTS / "tools" / "solc"), "--standard-json"]
    try:
        run = subprocess.run(command, input=compiler_input, capture_output=True, text=True, check=True)
    except FileNotFoundError:
        raise CompilerError("node is not installed: make setup-dev installs it") from None
    except subprocess.CalledProcessError as error:
        raise CompilerError(f"solc did not run: {error.stderr.strip().splitlines()[-1:]}") from error
    answer: dict[str, Any] = json.loads(run.stdout)
    # A warning in somebody else's source is theirs to mend.
    ours = [found for found in answer.get("errors", []) if _is_ours(found)]
    if ours:
        raise CompilerError("\n".join(found["formattedMessage"] for found in ours))
    return answer


def _is_ours(found: dict[str, Any]) -> bool:
    file: str = found.get("sourceLocation", {}).get("file", "")
    return found["severity"] == "error" or (found["severity"] == "warning" and not file.startswith("@"))


def artifacts() -> dict[str, str]:
    """What contracts/artifacts should hold: text by file name."""
    compiler_input = _text({"language": "Solidity", "sources": sources(), "settings": SETTINGS})
    compiled = compile_all(compiler_input)["contracts"]
    files = {INPUT: compiler_input}
    for name in NAMES:
        found = compiled[f"src/{name}.sol"][name]
        artifact = {
            "contractName": name,
            "abi": found["abi"],
            "bytecode": "0x" + found["evm"]["bytecode"]["object"],
            "deployedBytecode": "0x" + found["evm"]["deployedBytecode"]["object"],
            "storageLayout": found["storageLayout"],
            "devdoc": found["devdoc"],
            "userdoc": found["userdoc"],
        }
        files[f"{name}.json"] = _text(artifact)
    return files


def _text(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def differences() -> list[str]:
    """A line for each file that is missing, too many, or not what the sources give."""
    expected = {name: text.encode() for name, text in artifacts().items()}
    present = {path.name: path.read_bytes() for path in ARTIFACTS.iterdir()} if ARTIFACTS.exists() else {}
    lines = [f"{name} is missing" for name in expected.keys() - present.keys()]
    lines += [f"{name} comes from no source" for name in present.keys() - expected.keys()]
    both = expected.keys() & present.keys()
    lines += [f"{name} is not what the sources give" for name in both if expected[name] != present[name]]
    return sorted(lines)


def build() -> None:
    """Writes contracts/artifacts anew."""
    files = artifacts()
    ARTIFACTS.mkdir(exist_ok=True)
    for path in ARTIFACTS.iterdir():
        path.unlink()
    for name, text in files.items():
        (ARTIFACTS / name).write_text(text, "utf-8", newline="\n")


def main(act: Literal["build", "check"]) -> None:
    """Does it; exits with 1 and the differences if the check fails."""
    try:
        if act == "build":
            build()
        elif lines := differences():
            sys.exit("\n".join([*lines, "python -m scripts.contracts build writes them anew"]))
    except CompilerError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    if sys.argv[1:] == ["build"]:
        main("build")
    elif sys.argv[1:] == ["check"]:
        main("check")
    else:
        sys.exit("usage: python -m scripts.contracts build|check")

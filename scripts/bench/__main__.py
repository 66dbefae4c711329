"""Prints one table of everything measured, and writes var/bench.json."""

import argparse
import json
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.bench import (
    chain,
    client,
    draws,
    files,
    gas,
    guarantees,
    intake,
    keys,
    ledger,
    lots,
    openings,
    verify,
    viewers,
)
from scripts.bench.measure import Result, table

BENCHES: dict[str, Callable[[], Iterator[Result]]] = {
    "chain": chain.run,
    "client": client.run,
    "crypto.files": files.run,
    "crypto.keys": keys.run,
    "draws": draws.run,
    "gas": gas.run,
    "guarantees": guarantees.run,
    "intake": intake.run,
    "ledger": ledger.run,
    "lots": lots.run,
    "openings": openings.run,
    "verify": verify.run,
    "viewers": viewers.run,
}
TARGET = Path("var/bench.json")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHES], help="all, unless named")
    chosen = parser.parse_args().names or list(BENCHES)
    # A shell that runs this in the background has it ignore SIGINT, and the nodes that are ended by it inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    results, failed = list[Result](), list[str]()
    for name in chosen:
        print(f"measuring {name}", file=sys.stderr)
        try:
            results += BENCHES[name]()
        except (Exception, pytest.skip.Exception):  # noqa: BLE001 - one that cannot be measured does not cost the others their rows
            traceback.print_exc()
            failed.append(name)
    TARGET.parent.mkdir(exist_ok=True)
    measured = {result.name: result.as_json() for result in results}
    before = json.loads(TARGET.read_text()) if TARGET.exists() and parser.parse_args().names else []
    kept = {row["name"]: row for row in before}
    TARGET.write_text(json.dumps(list({**kept, **measured}.values()), indent=1) + "\n")
    print(table(results))
    print(f"written to {TARGET}; a ratio above 1 means better than the peer", file=sys.stderr)
    if failed:
        sys.exit(f"not measured, for the reasons above: {', '.join(failed)}")


if __name__ == "__main__":
    main()

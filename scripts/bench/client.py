"""Sealing as the page's worker does it, by the same program on the pinned node, beside the `age` program."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from secrets import token_bytes

from crypto import age
from scripts.bench.measure import Result, rate, seconds
from scripts.node import command
from tests.environment import ROOT

SIZE = 200_000_000
ROUNDS = 3


def run() -> Iterator[Result]:
    """OSError without node's packages or the `age` program: make setup-dev installs both."""
    program = shutil.which("age")
    if program is None:
        raise FileNotFoundError("the age program is not installed: make setup-dev installs it")
    ours = command([str(ROOT / "client" / "bench" / "seal.ts"), str(SIZE)])
    to = [f"--recipient={age.X25519Identity(token_bytes(32)).recipient}" for _ in range(2)]
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder, "plain")
        plain.write_bytes(bytes(SIZE))
        theirs = [program, *to, "-o", os.devnull, str(plain)]
        best, peer = float("inf"), float("inf")
        for _ in range(ROUNDS):
            done = subprocess.run(ours, check=True, capture_output=True, text=True)
            best = min(best, json.loads(done.stdout)["seconds"])
            peer = min(peer, seconds(lambda: subprocess.run(theirs, check=True)))
    yield rate("client.seal", SIZE / best / 1e6, "MB/s in JavaScript", "age -r", SIZE / peer / 1e6)

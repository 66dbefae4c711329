"""Sealing and opening 200 MB against the `age` program and against OpenSSL's bare cipher.

Both sides read from a file in the page cache and write to /dev/null, so that no disk is measured, and take
turns. Ours
runs in a process of its own, whose peak memory is taken; its time includes the header, the shares of three
keyholders out
of five, their verification and combination, and not the start of Python, as a server has started long before.
The time of
`age` is that of its whole process, a few milliseconds of which are its start.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from secrets import token_bytes

from crypto import age
from crypto.threshold import (
    ThresholdIdentity,
    combine,
    ephemeral_point,
    make_shares,
    recipient_of,
    verify_shares,
)
from scripts.bench.measure import Result, cost, rate
from tests.ceremony import Ceremony, hold

SIZE = 200_000_000
ROUNDS = 7
SEED = 7
MEMORY_LIMIT_MB = 100.0


def run() -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as folder:
        plain, sealed, key = (Path(folder, name) for name in ("plain", "sealed.age", "key"))
        with plain.open("wb") as target:
            for _ in range(SIZE // 1_000_000):
                target.write(token_bytes(1_000_000))
        identity = age.X25519Identity(token_bytes(32))
        key.write_text(identity.reveal() + "\n")
        recipients = [recipient_of(hold(5, 3, SEED).public), identity.recipient]
        with plain.open("rb") as source, sealed.open("wb") as target:
            age.encrypt(source, target, [r.wrap for r in recipients], random=token_bytes)
        cipher = _openssl_speed()
        program = shutil.which("age")
        opening = [str(program), "-d", "-i", str(key), "-o", os.devnull, str(sealed)]
        sealing = [
            str(program),
            *(f"--recipient={recipient}" for recipient in recipients),
            "-o",
            os.devnull,
            str(plain),
        ]
        for name, path, theirs, peer in (
            ("crypto.open", sealed, opening, "age -d"),
            ("crypto.seal", plain, sealing, "age -r"),
        ):
            ours, their_best = _in_turns(name.rpartition(".")[2], path, theirs if program else [])
            speed = SIZE / ours["seconds"] / 1e6
            if program:
                yield rate(name, speed, "MB/s", peer, SIZE / their_best / 1e6)
            else:
                print("the age program is not installed: make setup-dev installs it", file=sys.stderr)
            yield rate(f"{name}.cipher", speed, "MB/s", "openssl speed, one core", cipher)
            yield cost(f"{name}.memory", ours["memory"], "MB", "the aim", MEMORY_LIMIT_MB)


def _in_turns(what: str, path: Path, theirs: list[str]) -> tuple[dict[str, float], float]:
    """(our best time and peak memory, their best time), each from ROUNDS turns."""
    best, memory, their_best = float("inf"), 0.0, float("inf")
    for _ in range(ROUNDS):
        ours = _ours(what, path)
        best, memory = min(best, ours["seconds"]), max(memory, ours["memory"])
        if theirs:
            start = time.perf_counter()
            subprocess.run(theirs, check=True)
            their_best = min(their_best, time.perf_counter() - start)
    return {"seconds": best, "memory": memory}, their_best


def _ours(what: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "scripts.bench.files", what, str(path)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    parsed: dict[str, float] = json.loads(printed)
    return parsed


def _openssl_speed() -> float:
    """MB/s of ChaCha20-Poly1305 over 64 KiB blocks, as `openssl speed` has it."""
    command = ["openssl", "speed", "-evp", "chacha20-poly1305", "-bytes", "65536", "-seconds", "2"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"ChaCha20-Poly1305\s+([\d.]+)k", printed)
    if not found:
        raise RuntimeError(f"openssl speed printed no figure: {printed}")
    return float(found.group(1)) / 1000


def _open(ceremony: Ceremony, path: Path) -> None:
    with path.open("rb") as source, Path(os.devnull).open("wb", buffering=0) as target:
        header = age.read_header(source)
        points = [ephemeral_point(header.stanzas[0])]
        verified = []
        for share in ceremony.shares[:3]:
            batch = make_shares(share, points, b"bench", token_bytes)
            verified.append(verify_shares(ceremony.public, points, batch, b"bench"))
        shared = dict(zip(points, combine(verified), strict=True))
        file_key = age.unlock(header, [ThresholdIdentity(ceremony.public, shared).unwrap])
        age.open_payload_to(file_key, source, target)


def _seal(ceremony: Ceremony, path: Path) -> None:
    wraps = [recipient_of(ceremony.public).wrap, age.X25519Identity(token_bytes(32)).recipient.wrap]
    with path.open("rb") as source, Path(os.devnull).open("wb", buffering=0) as target:
        age.encrypt(source, target, wraps, random=token_bytes)


def _child(what: str, path: Path) -> None:
    ceremony = hold(5, 3, SEED)
    work = {"open": _open, "seal": _seal}[what]
    times = []
    for _ in range(2):
        start = time.perf_counter()
        work(ceremony, path)
        times.append(time.perf_counter() - start)
    memory = _peak()
    print(json.dumps({"seconds": min(times), "memory": memory}))


def _peak() -> float:
    """This program's peak memory in MB. getrusage would count what its parent had before it became this program."""
    status = Path("/proc/self/status").read_text()
    kib = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return int(kib) * 1024 / 1e6


if __name__ == "__main__":
    _child(sys.argv[1], Path(sys.argv[2]))

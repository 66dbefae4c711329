"""One opening with its audience: `watched(world, url, folder, viewers)` tells how long each stage took to reach all.

The web application is one process, as `sunseal serve` starts it; what is to be seen comes from keyholders and jobs of
the test's own process.
"""

import os
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from click.testing import CliRunner

from app.cli.intake import intake
from tests.e2e.browser.audience import Audience
from tests.environment import ROOT
from tests.faults.submission.web_process import free_port
from tests.opening import OpeningWorld
from tests.opening_notice import noticed
from tests.story import SUPERVISOR

PATIENCE = 30.0
"""Seconds for a stage to reach everybody; the pause between two looks is ten at most."""
STAGES = ("closed", "one keyholder", "read out", "recorded")


@dataclass(frozen=True, slots=True)
class Watched:
    """`reached`: seconds from each stage's commit until all had its page; `processor` of the web process, in seconds."""

    reached: dict[str, float]
    requests: int
    slowest: float
    processor: float
    took: float
    late: bool


def watched(opening: OpeningWorld, url: str, folder: Path, viewers: int, bids: int = 5) -> Watched:
    """AudienceError if somebody did not see a stage, or saw another page than the others."""
    lot = opening.lot(noticed(opening))
    for number in range(bids):
        lot.bid(number, total=f"{4_500_000 + number}.00")
    lot.close()
    job = opening.job()
    job.run()
    port = free_port()
    server = _serve(url, folder, port)
    try:
        _await_answer(server, f"http://127.0.0.1:{port}/openings/{lot.closing}/price")
        audience = Audience("127.0.0.1", port, f"/openings/{lot.closing}/price", viewers)
        began = time.monotonic()
        audience.begin()
        try:
            reached = {STAGES[0]: audience.await_all("0 of at least 2 keyholders", PATIENCE)}
            lot.release(1)
            opening.clock.goes_on(seconds=2)
            job.run()
            reached[STAGES[1]] = audience.await_all("1 of at least 2 keyholders", PATIENCE)
            lot.release(2)
            opening.clock.goes_on(seconds=2)
            job.run()
            reached[STAGES[2]] = audience.await_all("Everything is read out", PATIENCE)
            opening.clock.goes_on(minutes=31)
            job.run()
            reached[STAGES[3]] = audience.await_all("The record is complete", PATIENCE)
            late = audience.late_comer().shown == audience.viewers[0].shown
            took = time.monotonic() - began
        finally:
            audience.end()
        slowest = sorted(audience.waited)[len(audience.waited) * 99 // 100]
        return Watched(reached, len(audience.waited), slowest, _processor(server.pid), took, late)
    finally:
        server.terminate()
        server.wait(20)


def _serve(url: str, folder: Path, port: int) -> "subprocess.Popen[bytes]":
    (folder / "web.secret").write_bytes(os.urandom(32))
    (folder / "passphrase").write_text("secret\n")
    (folder / "passphrase").chmod(0o600)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SUNSEAL")},
        "DATABASE_URL": url,
        "SUNSEAL_VAR": str(folder),
        "SUNSEAL_BLOBS": str(folder / "blobs"),
        "SUNSEAL_PUBLIC": str(folder / "public"),
        "SUNSEAL_SUPERVISOR": SUPERVISOR.verify_key.raw.hex(),
        "SUNSEAL_TOKEN_PASSPHRASE_FILE": str(folder / "passphrase"),
    }
    made = CliRunner().invoke(intake, ["token-key"], env=environment)
    if made.exit_code:
        raise RuntimeError(made.output)
    program = [sys.executable, "-c", "from app.cli.main import main; main()", "serve"]
    with (folder / "serve.log").open("wb") as said:
        return subprocess.Popen(
            [*program, "--listen", f"127.0.0.1:{port}"], cwd=ROOT, env=environment, stdout=said, stderr=said
        )


def _await_answer(server: "subprocess.Popen[bytes]", address: str) -> None:
    end = time.monotonic() + 90
    while True:
        with suppress(httpx.TransportError):
            httpx.get(address, trust_env=False).raise_for_status()
            return
        if server.poll() is not None or time.monotonic() > end:
            raise RuntimeError("sunseal serve does not answer")
        time.sleep(0.1)


def _processor(pid: int) -> float:
    """Seconds of processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

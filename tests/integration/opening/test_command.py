"""`sunseal opening`: its key, a run of the job, how openings stand, and the record in files."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bidding.package.packing import BytesContent
from crypto.secret_file import Secret
from guarantees.checking.taking import CheckAtOpening
from guarantees.paper import PaperGuarantee, Scan
from keyholder import secret_file
from keyholder.secret_file import Lock
from tests.environment import ROOT
from tests.guarantee_example import BANK
from tests.guarantees import Lots
from tests.opening import STORAGE, LotStory, OpeningWorld
from tests.story import LATER_PRICE, ORIGIN, PLATFORM_AGE, SUPERVISOR, TECHNICAL


@pytest.fixture
def environment(world: OpeningWorld, tmp_path: Path) -> dict[str, str]:
    return {
        "SUNSEAL_VAR": str(tmp_path),
        "DATABASE_URL": world.database.engine.url.render_as_string(hide_password=False),
        "SUNSEAL_SUPERVISOR": SUPERVISOR.verify_key.raw.hex(),
        "SUNSEAL_OPENING_PASSPHRASE_FILE": str(tmp_path / "passphrase"),
        "SUNSEAL_WEB_SECRET": str(tmp_path / "web.secret"),
        "SUNSEAL_URL": "https://tenders.example",
    }


def command(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from app.cli.main import main; main()", "opening", *arguments],
        env={**os.environ, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_a_run_does_what_is_due_and_the_record_is_written(
    world: OpeningWorld, lot: LotStory, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "passphrase").write_text("correct horse\n")
    (tmp_path / "passphrase").chmod(0o600)
    (tmp_path / "web.secret").write_bytes(bytes(range(32)))
    made = command(environment, "storage-key")
    assert made.returncode == 0, made.stderr
    assert command(environment, "storage-key").returncode == 1
    lock = Lock.of_passphrase("correct horse", work_factor=10)
    secret = Secret("opening-key", ORIGIN, PLATFORM_AGE._secret)
    secret_file.make(tmp_path / "opening.key.age", secret, lock, random=world.random)
    lot.release(1)
    ran = command(environment, "run", "--once")
    assert ran.returncode == 0, ran.stderr
    assert "1 openings and bids went on" in ran.stdout
    shown = command(environment, "status", "lot-1")
    assert f"lot-1 price {lot.closing}: waiting; 3 sealed" in shown.stdout
    target = tmp_path / "record.json"
    early = command(environment, "record", lot.closing, "price", str(target))
    assert (early.returncode, target.exists()) == (1, False)
    lot.release(2)
    world.clock.goes_on(days=400)  # the command ran by the machine's clock
    world.job(storage_key=STORAGE).run()
    world.clock.goes_on(minutes=31)
    world.job().run()
    written = command(environment, "record", lot.closing, "price", str(target))
    assert written.returncode == 0, written.stderr
    assert json.loads(target.read_bytes())["type"] == "opening-record/v1"
    pages = tmp_path / "record.pdf"
    assert command(environment, "record", lot.closing, "price", str(pages)).returncode == 0
    assert pages.read_bytes().startswith(b"%PDF-")


@pytest.mark.long
def test_a_scan_in_a_committee_s_part_comes_out_with_the_storage_key(
    world: OpeningWorld, environment: dict[str, str], tmp_path: Path
) -> None:
    lot, content = world.lot(parts=[TECHNICAL, LATER_PRICE]), b"%PDF-1.7 a scan"
    described = Scan.of("scan.pdf", content)
    paper = PaperGuarantee(BANK, "P-1", 100, "CNY", 1_900_000_000, described)
    for number in range(3):
        documents = [BytesContent(described.name, content)]
        lot.bid(number, guarantee=paper.to_bytes(), documents=documents)
    lot.close()
    for member in (1, 2):
        lot.release(member, "technical")
    world.job(guarantees=CheckAtOpening(Lots())).run()
    (tmp_path / "passphrase").write_text("correct horse\n")
    (tmp_path / "passphrase").chmod(0o600)
    lock = Lock.of_passphrase("correct horse", work_factor=10)
    secret = Secret("storage-key", ORIGIN, STORAGE._secret)
    secret_file.make(tmp_path / "storage.key.age", secret, lock, random=world.random)
    target, bid = tmp_path / "scan.pdf", str(lot.bids[0].index)
    done = command(environment, "scan", "lot-1", bid, str(target))
    assert done.returncode == 0, done.stderr
    assert described.sha256 in done.stdout
    assert target.read_bytes() == content
    none = command(environment, "scan", "lot-1", "7", str(target))
    assert none.returncode == 1
    assert "no scanned guarantee" in none.stderr

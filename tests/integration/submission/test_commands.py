"""`sunseal intake` and `sunseal serve --only submissions`, as an operator runs them."""

import subprocess
import sys
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from app.api.submission_app import PREFIX
from app.cli.intake import intake
from app.token_keys import KeysAtHand
from bidding.submission.models import IntakeRow
from bidding.tokens import keys
from bidding.tokens.models import TokenKeyRow
from crypto.signatures import SigningKey
from keyholder.secret_file import Lock
from ledger import log
from ledger.cosignature import Cosigner
from tests.environment import ROOT
from tests.faults.submission.web_process import free_port
from tests.intake import LOT, World

RECEIPT_SECONDS = 0.0


@pytest.fixture
def environment(world: World, database_url: str, tmp_path: Path) -> dict[str, str]:
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("secret\n")
    passphrase.chmod(0o600)
    with world.database.session() as session:
        (key,) = log.head(session).keys.split("\n")
    (tmp_path / "policy").write_text(
        f"log {key}\nwitness w {Cosigner('w', SigningKey(bytes(32))).witness.vkey}\nquorum w\n"
    )
    return {
        "DATABASE_URL": database_url,
        "SUNSEAL_VAR": str(tmp_path / "var"),
        "SUNSEAL_BLOBS": str(tmp_path / "blobs"),
        "SUNSEAL_PUBLIC": str(tmp_path / "public"),
        "SUNSEAL_TOKEN_ISSUER": "tokens.example",
        "SUNSEAL_TOKEN_PASSPHRASE_FILE": str(passphrase),
        "SUNSEAL_POLICY": str(tmp_path / "policy"),
    }


def run(environment: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(intake, list(arguments), env=environment)


def test_each_month_gets_one_key_and_the_next_one_ahead(
    world: World, environment: dict[str, str], tmp_path: Path
) -> None:
    with world.database.session() as session:  # the one that the world was made with
        session.delete(session.execute(select(TokenKeyRow)).scalar_one())
        session.commit()
    outputs = [run(environment, "token-key").output for _ in range(3)]
    month = f"{world.clock():%Y-%m}"
    assert outputs[0].startswith(f"the key of {month} is published")
    assert "is published" in outputs[1]
    assert outputs[2] == "this month and the next have their keys\n"
    found = KeysAtHand(tmp_path / "var" / "token-keys", Lock.of_passphrase("secret"))
    found.look()
    with world.database.session() as session:
        assert {key.key_id for key in keys.issuable(session, now=world.clock())} == set(found)


def test_key_whose_publication_was_cut_off_is_published_by_the_next_run(
    world: World, environment: dict[str, str], tmp_path: Path
) -> None:
    run(environment, "token-key")
    (file,) = (tmp_path / "var" / "token-keys").iterdir()
    made = file.read_bytes()
    with world.database.session() as session:
        newest = select(TokenKeyRow).order_by(TokenKeyRow.not_before.desc()).limit(1)
        session.delete(session.execute(newest).scalar_one())
        session.commit()
    assert "is published" in run(environment, "token-key").output
    assert file.read_bytes() == made


def test_jobs_close_what_is_due(world: World, environment: dict[str, str]) -> None:
    world.publish()
    with world.database.session() as session:
        session.get_one(IntakeRow, LOT).deadline -= timedelta(hours=2)
        session.commit()
    ran = run(environment, "run", "--once")
    assert ran.output == f"closed {LOT}: 0 bids stand\n", ran.output
    assert run(environment, "run", "--once").output == ""


def test_submissions_are_served_alone(world: World, environment: dict[str, str]) -> None:
    port = free_port()
    command = [
        sys.executable,
        "-c",
        "from app.cli.main import main; main()",
        "serve",
        "--only",
        "submissions",
    ]
    server = subprocess.Popen(
        [*command, "--listen", f"127.0.0.1:{port}"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        base, end = f"http://127.0.0.1:{port}", time.monotonic() + 60
        while True:
            with suppress(httpx.TransportError):
                answer = httpx.options(f"{base}{PREFIX}/uploads")
                break
            assert server.poll() is None
            assert time.monotonic() < end
            time.sleep(0.1)
        assert answer.headers["Tus-Version"] == "1.0.0"
        assert "Server" not in answer.headers
        assert httpx.get(f"{base}/ledger/checkpoint").status_code == 404
        refused = httpx.post(f"{base}{PREFIX}/submissions", content=b"{}")
        assert (refused.status_code, refused.json()["code"]) == (400, "malformed")
    finally:
        server.kill()
        server.wait()

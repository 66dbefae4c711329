"""The wallet: no token is lost, and none is used for two things."""

import os
import subprocess
import sys
from pathlib import Path
from secrets import token_bytes

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from app.bid_client.errors import WalletError
from app.bid_client.wallet import Wallet
from crypto.tokens.privacy_pass import PendingToken, TokenChallenge, request_token
from tests.environment import ROOT

KEY = generate_private_key(65537, 2048).public_key()


def pending() -> PendingToken:
    return request_token(KEY, TokenChallenge("issuer.example"), token_bytes)


def with_tokens(path: Path, *tokens: bytes) -> Wallet:
    wallet = Wallet(path)
    for token in tokens:
        wallet.finalize(wallet.add_pending(pending()), token)
    return wallet


def test_request_without_an_answer_is_found_again(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "wallet.db"
    asked = pending()
    with Wallet(path) as wallet:
        number = wallet.add_pending(asked)
    with Wallet(path) as wallet:
        assert wallet.pending() == [(number, asked)]
        assert wallet.count() == 0
        wallet.finalize(number, b"token")
        assert wallet.pending() == []
        assert wallet.count() == 1
    assert path.stat().st_mode & 0o777 == 0o600


def test_reserved_token_stays_with_its_purpose_until_it_is_spent(tmp_path: Path) -> None:
    path = tmp_path / "wallet.db"
    with with_tokens(path, b"one", b"two") as wallet:
        first = wallet.reserve("upload", token_bytes)
        assert wallet.count() == 1
    with Wallet(path) as wallet:
        assert wallet.reserve("upload", token_bytes) == first
        second = wallet.reserve("submit", token_bytes)
        assert {first.token, second.token} == {b"one", b"two"}
        assert first.idempotency != second.idempotency
        with pytest.raises(WalletError, match="no token left"):
            wallet.reserve("more", token_bytes)
        wallet.spent("upload")
        with pytest.raises(WalletError, match="no token left"):
            wallet.reserve("upload", token_bytes)
        assert wallet.reserve("submit", token_bytes) == second


def test_spent_token_leaves_nothing_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "wallet.db"
    with with_tokens(path, b"a token that was spent " * 4) as wallet:
        wallet.reserve("upload", token_bytes)
        wallet.spent("upload")
    assert b"a token that was spent" not in path.read_bytes()


def test_program_that_is_killed_while_it_reserves_loses_no_token(tmp_path: Path) -> None:
    path = tmp_path / "wallet.db"
    with_tokens(path, *(bytes([number]) * 50 for number in range(40))).close()
    program = (
        "import os, sys, signal; from pathlib import Path; from app.bid_client.wallet import Wallet\n"
        "wallet = Wallet(Path(sys.argv[1]))\n"
        "for number in range(100):\n"
        "    print(number, wallet.reserve(f'p{number}', os.urandom).token.hex(), flush=True)\n"
        "    if number == int(sys.argv[2]): os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    told: dict[str, str] = {}
    for kill_at in (3, 11, 23):
        ran = subprocess.run(
            [sys.executable, "-c", program, str(path), str(kill_at)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        for line in ran.stdout.splitlines():
            purpose, token = line.split()
            assert told.setdefault(purpose, token) == token
    assert len(set(told.values())) == len(told) == 24
    with Wallet(path) as wallet:
        assert wallet.count() == 40 - 24


def test_damaged_or_unreadable_wallet_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "wallet.db").write_bytes(os.urandom(5000))
    with pytest.raises(WalletError, match="cannot be used"):
        Wallet(tmp_path / "wallet.db").close()

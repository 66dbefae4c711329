"""The guarantors of a deployment on one machine: two houses with a machine, a database and keys of their own.

databases   started, and made where there are none yet
found       keys, account and desk, by what the guarantor's own people type; who may log in to its pages, or call it
enlist      the supervisor lists and licenses them; each offers a product
stop        their databases
"""

import shutil
import subprocess  # nosec B404
import sys
from collections.abc import Callable
from pathlib import Path
from secrets import token_bytes, token_hex

from app.stack import core_system
from app.stack.commands import CommandFailedError, run
from app.stack.files import found_in, private_file
from app.stack.place import GUARANTORS, StackPlace, free_port
from crypto.age import X25519Identity
from storage.location import private_server

NUMBERS = range(1, len(GUARANTORS) + 1)
PRODUCT = "bid-standard"
UNDERWRITER = "underwriter"
"""Who logs in to the pages of a desk."""
_KEYS = ("guarantor", "guarantor-2")
"""Accounts of the development chain that have something to pay for transactions with."""
_TERMS = f"""product = "{PRODUCT}"
version = 1
name_zh = "投标保函"
name_en = "Bid guarantee"
currency = "CNY"
rate = {{rate}}
minimum = 30000
least = 100000
most = 100000000000
days = 365
documents = ["营业执照"]
"""
_RATES = (1000, 1200)
"""Millionths of the amount."""
_LIMIT = "50000000.00"
_LICENCE = ("2026-01-01", "2036-01-01")


def databases(place: StackPlace, logs: Path) -> Callable[[], None]:
    """Begins to start them, beside whatever else is done; what is returned waits for them. CommandFailedError."""
    logs.mkdir(parents=True, exist_ok=True, mode=0o700)
    starting = []
    for number in NUMBERS:
        (place.guarantor(number) / "var").mkdir(parents=True, exist_ok=True, mode=0o700)
        environment = {**place.guarantor_environment(number), "DATABASE_URL": ""}
        with (logs / f"guarantor-{number}-database.log").open("ab") as target:
            starting.append(
                subprocess.Popen(  # nosec B603 - this program, arguments of ours
                    [sys.executable, "-c", "from app.cli.main import main; main()", "db", "upgrade"],
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=target,
                    stderr=target,
                )
            )

    def wait() -> None:
        for number, process in zip(NUMBERS, starting, strict=True):
            if process.wait():
                raise CommandFailedError(f"the database of {GUARANTORS[number - 1][0]} did not start")
            url = private_server(place.guarantor(number) / "var").url
            place.keep(**{f"database-guarantor-{number}": url})

    return wait


def found(place: StackPlace) -> None:
    """Keys on the chain and for letters, and the desk. The contracts must be there."""
    for number in NUMBERS:
        machine, (name, code) = place.guarantor(number), GUARANTORS[number - 1]
        private_file(machine / "age-key", X25519Identity(token_bytes(32)).reveal() + "\n")
        private_file(machine / "chain.passphrase", token_hex(16) + "\n")
        shutil.copy(place.contracts_file, machine / "contracts.json")
        keys = ("--from", str(place.var / "chain" / "keys.json"), "--name", _KEYS[number - 1])
        environment = place.guarantor_environment(number)
        account = found_in(
            r"\b(0x[0-9a-f]{40})\b",
            run(environment, "gateway", "new-key", str(machine / "chain.key.json"), *keys),
        )
        place.keep(**{f"account-guarantor-{number}": account})
        run(
            environment,
            *("guarantor", "init", str(place.guarantor_desk(number)), place.url),
            *("--supervisor", place.settings["supervisor"], "--credit-code", code, "--name", name),
            *("--account", account, "--pay-to", f"{name} 保费专户", "--policy", str(place.policy)),
        )
        run(environment, "guarantor", "test-certificate", str(place.guarantor_desk(number)))
        private_file(place.underwriter_password(number), token_hex(16) + "\n")
        who = (UNDERWRITER, "--name", "核保员", "--password-file", str(place.underwriter_password(number)))
        run(environment, "guarantor", "underwriter", "add", str(place.guarantor_desk(number)), *who)
        core_system.found(place.guarantor_desk(number), place.core_system_key(number))
        place.keep(**{f"desk-{number}": str(free_port([0])), f"desk-api-{number}": str(free_port([0]))})


def enlist(place: StackPlace) -> None:
    """The web application must answer. The licences on chain are wanted, and there a moment later."""
    for number in NUMBERS:
        machine, environment = place.guarantor(number), place.guarantor_environment(number)
        desk = str(place.guarantor_desk(number))
        card = machine / "card.json"
        card.write_text(run(environment, "guarantor", "card", desk), "utf-8")
        days = ("--since", _LICENCE[0], "--until", _LICENCE[1])
        run(
            place.environment(),
            *("guarantor", "list", place.url, str(card), *days, "--key", str(place.supervisor_key)),
        )
        account = place.settings[f"account-guarantor-{number}"]
        run(place.environment(), "gateway", "license", account, "--key", place.settings["regulator"])
        product = machine / "product.toml"
        product.write_text(_TERMS.format(rate=_RATES[number - 1]), "utf-8")
        run(environment, "guarantor", "publish", desk, str(product))
        run(environment, "guarantor", "limit", _LIMIT)


def stop(place: StackPlace) -> None:
    """Ends their databases, where they run."""
    for number in NUMBERS:
        private_server(place.guarantor(number) / "var").stop()

"""What is made once for a deployment, by the commands that an operator and the keyholders' people would type.

A founding that did not end leaves nothing of worth: the next start clears it away and begins anew.
"""

import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import token_bytes, token_hex

import httpx

from app.stack import guarantors
from app.stack.commands import CommandFailedError, run
from app.stack.files import found_in, private_file
from app.stack.place import GUARANTORS, KEYHOLDERS, THRESHOLD, StackPlace
from crypto.age import X25519Identity
from ledger.merkle import leaf_hash
from storage.location import private_server

ORIGIN = "ledger.sunseal.local"
PATIENCE = 300.0


def clear(place: StackPlace) -> None:
    """Removes what a founding left that did not end."""
    guarantors.stop(place)
    private_server(place.var).stop()
    shutil.rmtree(place.folder, ignore_errors=True)
    place.settings.clear()


def prepare(place: StackPlace) -> Iterator[str]:
    """Everything that needs no process but the database and the chain; what was made, in a sentence each."""
    for folder in (place.var, place.mails / "experts", place.folder / "chain-keys"):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    private_file(place.age_key, X25519Identity(token_bytes(32)).reveal() + "\n")
    private_file(place.passphrase, token_hex(16) + "\n")
    (place.var / "web.secret").write_bytes(token_bytes(32))
    said = _run(place, "ledger", "init", ORIGIN)
    log = found_in(r"^log (\S+)$", said)
    yield "the ledger is open"
    said = _run(place, "custody", "supervisor-key", str(place.supervisor_key))
    place.keep(
        supervisor=found_in(r"\b([0-9a-f]{64})\b", said), committee=found_in(r"\b(age1[0-9a-z]{58})\b", said)
    )
    said = _run(place, "custody", "opening-key")
    place.keep(recipient=found_in(r"\b(age1[0-9a-z]{58})\b", said))
    said = _run(place, "opening", "caller-key", str(place.caller_key), "--origin", ORIGIN)
    place.keep(caller=found_in(r"^([0-9a-f]{64})$", said))
    _run(place, "opening", "storage-key")
    _run(place, "intake", "token-key")
    yield "the platform has its keys"
    _run(place, "chain", "deploy", "--var", str(place.var), "--node", place.chain_url)
    for role in ("regulator", "poster", "beneficiary"):
        keys = str(place.var / "chain" / "keys.json")
        target = str(place.folder / "chain-keys" / f"{role}.json")
        said = _run(place, "gateway", "new-key", target, "--from", keys, "--name", role)
        place.keep(**{role: found_in(r"\b(0x[0-9a-f]{40})\b", said)})
    _run(place, "gateway", "beneficiary", place.settings["beneficiary"])
    yield "the contracts are on the chain"
    cards = [_keyholder(place, number) for number in range(1, len(KEYHOLDERS) + 1)]
    _run(place, "custody", "register", *map(str, cards))
    place.policy.write_text(_policy(log, cards), "utf-8")
    for number in range(1, len(KEYHOLDERS) + 1):
        home = str(place.machine(number) / "keyholder")
        run(place.keyholder_environment(number), "keyholder", "--folder", home, "trust", str(place.policy))
    yield f"{len(KEYHOLDERS)} keyholders have made their keys: {', '.join(KEYHOLDERS)}"


def await_chain(place: StackPlace) -> None:
    """Until the node answers. CommandFailedError."""
    body = {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}
    _await(lambda: _answers("POST", place.chain_url, body), "the chain answers")


def await_web(place: StackPlace, tend: Callable[[], object]) -> None:
    """Until the web application answers; `tend` starts again what ended meanwhile. CommandFailedError."""

    def answers() -> bool:
        tend()
        return _answers("GET", f"{place.url}/ledger/checkpoint", None)

    _await(answers, f"the web application answers; why it does not, {place.logs / 'web.log'} says")


def join(place: StackPlace) -> Iterator[str]:
    """With everything running: the keyholders form their group, and the chain knows the log."""
    _run(place, "gateway", "register-log", place.settings["poster"], "--key", place.settings["regulator"])
    guarantors.enlist(place)
    _await(
        lambda: bool(re.search(r"^outbox +\d+ confirmed$", _run(place, "gateway", "status"), re.MULTILINE)),
        "the chain knows the log and the guarantors",
    )
    yield "the chain knows the log, and who may anchor it"
    yield f"{len(GUARANTORS)} guarantors are listed and licensed: {', '.join(name for name, _ in GUARANTORS)}"
    proposal = place.folder / "proposal.json"
    cards = [str(_card(place, number)) for number in range(1, len(KEYHOLDERS) + 1)]
    _run(
        place,
        *(
            "custody",
            "propose",
            "--key",
            str(place.supervisor_key),
            "--recipient",
            place.settings["committee"],
        ),
        *("--threshold", str(THRESHOLD), "--name", "keyholders", "--origin", ORIGIN, "-o", str(proposal)),
        *cards,
    )
    _run(place, "custody", "append", str(proposal))
    group = leaf_hash(proposal.read_bytes().strip()).hex()
    for number in range(1, len(KEYHOLDERS) + 1):
        _approve(place, number, group)
    place.keep(group=group, founded="yes")
    yield f"the keyholders have agreed to hold keys together: any {THRESHOLD} of them open, one alone does not"


def _keyholder(place: StackPlace, number: int) -> Path:
    machine = place.machine(number)
    machine.mkdir(mode=0o700)
    private_file(machine / "age-key", X25519Identity(token_bytes(32)).reveal() + "\n")
    run(
        place.keyholder_environment(number),
        *("keyholder", "--folder", str(machine / "keyholder"), "init"),
        KEYHOLDERS[number - 1].replace(" ", "-") + ".sunseal.local",
        *("--platform", place.url, "--supervisor", place.settings["supervisor"]),
        *("--rpc", place.chain_url, "--anchor", place.contracts()["LedgerAnchor"], "--depth", "0"),
        *("--clock-limit", "5", "--card", str(_card(place, number))),
    )
    return _card(place, number)


def _card(place: StackPlace, number: int) -> Path:
    return place.machine(number) / "card.json"


def _approve(place: StackPlace, number: int, group: str) -> None:
    environment = place.keyholder_environment(number)
    command = ("keyholder", "--folder", str(place.machine(number) / "keyholder"))

    def has_approved() -> bool:
        try:
            run(environment, *command, "approve", "--yes", group)
        except CommandFailedError:
            return False
        return True

    _await(has_approved, f"{KEYHOLDERS[number - 1]} sees the proposal")


def _policy(log: str, cards: list[Path]) -> str:
    witnesses = [json.loads(card.read_text("utf-8"))["witness"] for card in cards]
    lines = [f"log {log}", *(f"witness w{at} {key}" for at, key in enumerate(witnesses, start=1))]
    names = " ".join(f"w{at}" for at in range(1, len(cards) + 1))
    return "\n".join([*lines, f"group keyholders {THRESHOLD} {names}", "quorum keyholders"]) + "\n"


def _run(place: StackPlace, *arguments: str) -> str:
    return run(place.environment(), *arguments)


def _answers(method: str, url: str, body: object) -> bool:
    try:
        return httpx.request(method, url, json=body, trust_env=False).status_code in {200, 404}
    except httpx.TransportError:
        return False


def _await(check: Callable[[], bool], what: str) -> None:
    """CommandFailedError if it does not become true in time."""
    end = time.monotonic() + PATIENCE
    while not check():
        if time.monotonic() > end:
            raise CommandFailedError(f"waited {PATIENCE:.0f} seconds in vain: {what}")
        time.sleep(0.1)

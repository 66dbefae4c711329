"""`sunseal custody` as people run it: from the supervisor's keys to a group in the ledger."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto.age import X25519Recipient
from crypto.signatures import VerifyKey
from keyholder.identity import Identity
from ledger.entries import GroupProposed, decode
from tests.integration.ledger.test_command import Shell
from tests.integration.storage.servers import folder_for_a_server

ORIGIN = "ledger.example.org"


@pytest.fixture
def shell() -> Iterator[Shell]:
    with folder_for_a_server() as postgres:
        shell = Shell(postgres.parent)
        for prefix in ("SUPERVISOR", "OPENING"):
            shell.environment[f"SUNSEAL_{prefix}_PASSPHRASE_FILE"] = str(shell.folder / "passphrase")
        yield shell
        shell.close()


def cards(folder: Path, count: int) -> list[str]:
    names = []
    for number in range(1, count + 1):
        card = Identity(f"k{number}.example", bytes([number]) * 32).card()
        (folder / f"card{number}").write_bytes(card.to_bytes() + b"\n")
        names.append(f"card{number}")
    return names


@pytest.mark.long
def test_from_the_supervisor_s_keys_to_a_group_in_the_ledger(shell: Shell) -> None:
    log_key = re.findall(r"^log (\S+)$", shell.run("ledger", "init", ORIGIN), re.MULTILINE)[0]

    # The supervisor, offline: its keys, and the proposal of a group.
    made = shell.run("custody", "supervisor-key", "supervisor")
    supervisor = re.findall(r"^SUNSEAL_SUPERVISOR=(\S+)$", made, re.MULTILINE)[0]
    VerifyKey(bytes.fromhex(supervisor))
    recipient = made.splitlines()[-1]
    X25519Recipient.parse(recipient)
    assert shell.folder.joinpath("supervisor").stat().st_mode & 0o777 == 0o600
    assert "already" in shell.run("custody", "supervisor-key", "supervisor", fails=True)
    names = cards(shell.folder, 3)
    propose = ["custody", "propose", "--key", "supervisor", "--recipient", recipient, "--name", "the group"]
    propose += ["--origin", ORIGIN, "-o", "proposal"]
    assert "cannot suffice" in shell.run(*propose, "--threshold", "4", *names, fails=True)
    assert "2 of 3" in shell.run(*propose, "--threshold", "2", *names)
    proposal = decode(shell.folder.joinpath("proposal").read_bytes())
    assert isinstance(proposal, GroupProposed)
    proposal.check()

    # The platform: a card that was changed is none, a group of strangers is refused.
    assert "SUNSEAL_SUPERVISOR is not set" in shell.run("custody", "append", "proposal", fails=True)
    shell.environment["SUNSEAL_SUPERVISOR"] = supervisor
    assert "not registered" in shell.run("custody", "append", "proposal", fails=True)
    changed = shell.folder.joinpath("card1").read_bytes().replace(b"k1.example", b"k9.example")
    shell.folder.joinpath("changed").write_bytes(changed)
    assert "the card" in shell.run("custody", "register", "changed", fails=True)
    registered = shell.run("custody", "register", *names)
    witnesses = re.findall(r"^witness (\S+) (\S+)$", registered, re.MULTILINE)
    assert len(witnesses) == 3
    assert shell.run("custody", "keyholders").count("heard never") == 3
    assert "is proposed" in shell.run("custody", "append", "proposal")
    assert "1 for an index" not in shell.run("ledger", "status")  # log-opened and the proposal wait
    assert shell.run("custody", "opening-key").splitlines()[-1].startswith("age1")
    assert "nobody" in shell.run("custody", "release-status", "00" * 32)

    # Its sequencer takes the keyholders' witnesses without an address, and no stranger.
    policy = shell.folder / "policy"
    stranger = Identity("k9.example", b"\x09" * 32).card()
    policy.write_text(f"log {log_key}\nwitness k9 {stranger.witness}\nquorum k9\n")
    assert "no keyholder with it is registered" in shell.run("ledger", "run", fails=True)
    policy.write_text(
        f"log {log_key}\n"
        + "".join(f"witness {name} {vkey}\n" for name, vkey in witnesses)
        + f"group all-of-them 2 {' '.join(name for name, _ in witnesses)}\nquorum all-of-them\n"
    )
    sequencer = shell.start("ledger", "run")
    assert sequencer.stdout
    assert "sequencing" in sequencer.stdout.readline()
    said = sequencer.stdout.readline()  # nobody cosigns; the entries have their indices all the same
    assert "took more than 10 s" in said
    assert "waits for k1.example, k2.example, k3.example" in shell.run("custody", "pool")

"""A key in an HSM, tried with SoftHSM: it signs transactions that a node takes, and never shows itself."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from eth_account import Account
from eth_utils.address import to_checksum_address

from guarantees.chain import calls, outbox
from guarantees.chain.errors import KeystoreError
from guarantees.chain.pkcs11 import Pkcs11Signer, from_uri
from guarantees.chain.sender import Sender
from guarantees.chain.sender_setting import Setting
from guarantees.chain.transaction import ORDER, complete
from tests.environment import program
from tests.integration.chain.world import LOG, World

LIBRARY = Path("/usr/lib/softhsm/libsofthsm2.so")
SECP256K1 = bytes.fromhex("06052b8104000a")
"""Its object identifier 1.3.132.0.10 in DER, as CKA_EC_PARAMS wants it."""


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A token with a key pair `poster`; the file with its PIN. SoftHSM reads its environment once a process."""
    program("softhsm2-util")
    if find_spec("pkcs11") is None:
        pytest.skip("the package python-pkcs11 is not installed: pip install python-pkcs11")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    pin = folder / "pin"
    pin.write_text("123456\n")
    pin.chmod(0o600)
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    started = [
        "softhsm2-util",
        "--init-token",
        "--free",
        "--label",
        "sunseal",
        "--pin",
        "123456",
        "--so-pin",
        "12345678",
    ]
    subprocess.run(started, check=True, capture_output=True)
    _make_key("sunseal", "poster")
    yield pin
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before
    shutil.rmtree(folder)


def _make_key(token: str, label: str) -> None:
    pkcs11 = import_module("pkcs11")
    found = pkcs11.lib(str(LIBRARY)).get_token(token_label=token)
    with found.open(rw=True, user_pin="123456") as session:
        parameters = session.create_domain_parameters(
            pkcs11.KeyType.EC, {pkcs11.Attribute.EC_PARAMS: SECP256K1}, local=True
        )
        parameters.generate_keypair(store=True, label=label)


@pytest.fixture
def signer(token: Path) -> Iterator[Pkcs11Signer]:
    made = from_uri(f"pkcs11:token=sunseal;object=poster?module-path={LIBRARY}", token)
    yield made
    made.close()


def test_signatures_of_the_token_are_completed_to_those_of_its_address(signer: Pkcs11Signer) -> None:
    halves = set()
    for number in range(40):
        digest = bytes([number]) * 32
        r, s = signer.sign(digest)
        halves.add(s <= ORDER // 2)
        assert complete(r, s, digest, signer.address).s <= ORDER // 2
    assert halves == {True, False}  # the token does not care; a transaction does


def test_an_anchor_is_sent_with_the_key_in_the_token(world: World, signer: Pkcs11Signer) -> None:
    world.done("regulator", "poster", calls.set_poster(LOG, signer.address))
    if world.node.kind == "anvil":
        world.node.ask("anvil_setBalance", "0x" + signer.address.hex(), hex(10**24))
    else:
        _give_money(world, signer.address)
    setting = Setting(world.database, world.gateway, signer, world.now, depth=0)
    sender = Sender(setting)
    with world.database.session() as session:
        outbox.want(
            session, calls.anchor(LOG, 7, bytes(32)), key=signer.address, purpose="anchor", now=world.now()
        )
        session.commit()
    try:
        while not world.progress("anchor").is_final:
            sender.run()
    finally:
        sender.close()
    assert world.progress("anchor").state == outbox.CONFIRMED
    assert world.gateway.log(LOG).size == 7


def _give_money(world: World, address: bytes) -> None:
    """The development chain funds its own keys alone; one of them gives some."""
    key = next(one.key for one in world.node.folder.accounts() if one.name == "beneficiary")
    transfer = {
        "chainId": world.gateway.deployment.chain_id,
        "nonce": 0,
        "gas": 21_000,
        "to": to_checksum_address(address),
        "value": 10**18,
        "type": 2,
        "maxFeePerGas": 10**11,
        "maxPriorityFeePerGas": 10**9,
    }
    world.gateway.node.send(bytes(Account.sign_transaction(transfer, key.to_bytes()).raw_transaction))


def test_what_is_wrong_with_token_pin_or_label_is_told_without_the_pin(token: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "pin"
    wrong.write_text("654321\n")
    wrong.chmod(0o600)
    for library, name, label, pin in (
        (LIBRARY, "sunseal", "poster", wrong),
        (LIBRARY, "sunseal", "nobody", token),
        (LIBRARY, "absent", "poster", token),
        (Path("/nonexistent.so"), "sunseal", "poster", token),
    ):
        with pytest.raises(KeystoreError) as caught:
            Pkcs11Signer(library, token=name, label=label, pin_file=pin)
        assert "654321" not in str(caught.value)
        assert "123456" not in str(caught.value)

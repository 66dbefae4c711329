"""Five keyholders as processes, three suffice: some die, one lies, one loses its machine, and too few conspire.

The tests of this file tell one story, in their order. Keyholder 3 gives shares only when its person approves.
"""

import base64
import io
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

import httpx
import pytest

from crypto import age
from crypto.curve import Scalar
from crypto.dkg import KeyShare
from crypto.errors import CryptoError, VerificationError
from crypto.signatures import SigningKey
from crypto.threshold import ThresholdIdentity, combine, make_shares, verify_shares
from custody.mailbox import MailboxWitness
from keyholder import daemon, secret_file
from keyholder.ceremony import Ceremony
from keyholder.folder import Folder
from keyholder.identity import Identity
from keyholder.secret_file import Lock
from ledger import log
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.entries import SharesReleased, encode
from ledger.entries.signed import UNSIGNED
from ledger.errors import ConflictError, WitnessMessageError
from ledger.exchange import WORK, Message, SealedRelease
from ledger.note import Note
from ledger.view import Release, judge, share_context
from ledger.witness_answers import WitnessRefusedError, WitnessUnavailableError
from ledger.witness_messages import AddCheckpoint
from storage.bell import Bell
from tests.database import Postgres
from tests.e2e.keyholders.deployment import ORIGIN, SUNSEAL, Deployment, eventually, now
from tests.e2e.keyholders.tender import Tender
from tests.e2e.keyholders.test_lies import opened
from tests.environment import ROOT

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def at(
    postgres: Postgres, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    made = Deployment(tmp_path_factory.mktemp("troubles"), postgres.create(migrated_template), approving=(3,))
    try:
        made.start()
        # Making a key takes all five, so the keys of all tests are ready before the first trouble.
        eventually(
            lambda: made.view(lambda view: sum(run.is_free for run in view.keys)) >= 6,
            "the pool is full",
            120,
        )
        yield made
    finally:
        made.stop()


def closed(at: Deployment, name: str, *, seconds: float = 6, bids: int = 3) -> Tender:
    tender = Tender(at, name)
    tender.publish(seconds)
    tender.make_bids(bids)
    time.sleep(max(0.0, tender.deadline - now().timestamp()) + 0.2)
    tender.close()
    return tender


def released(at: Deployment, tender: Tender) -> set[int]:
    return set(at.view(lambda view: view.openings.released(tender.closing, "price")))


def identity_of(at: Deployment, i: int) -> Identity:
    secret = daemon.open_seed(Folder(at.home(i)), Lock.of_passphrase_file(at.passphrase))
    return Identity(secret.name, secret.value)


def share_of(at: Deployment, identity: Identity, key: str) -> KeyShare:
    def certify(run: str, transcript: bytes) -> bool:
        raise AssertionError("nobody certifies here")

    def recovered() -> KeyShare:
        return at.view(
            lambda view: Ceremony(
                identity, view, pool_limit=0, certify=certify, random=Random(0).randbytes
            ).share(view.keys.get(key))
        )

    return recovered()


def test_two_keyholders_are_dead_and_a_person_approves(at: Deployment) -> None:
    for i in (4, 5):
        at.processes[f"keyholder-{i}"].kill()
    tender = closed(at, "two-dead")
    eventually(lambda: released(at, tender) == {1, 2}, "two have released")
    time.sleep(1.0)
    assert released(at, tender) == {1, 2}, "the third waits for its person"
    said = at.run("keyholder", "--folder", str(at.home(3)), "status")
    assert tender.closing in said
    at.run("keyholder", "--folder", str(at.home(3)), "approve", "--yes", f"{tender.closing}/price")
    assert len(opened(tender, "price")) == 3
    for i in (4, 5):
        at.start_keyholder(i)


def test_wrong_shares_are_named_and_ignored(at: Deployment) -> None:
    at.processes["keyholder-1"].kill()
    tender = closed(at, "wrong-shares")
    liar = identity_of(at, 1)
    release, entry = wrong_release(at, tender, liar)
    target = io.BytesIO()
    wraps = [age.X25519Recipient.parse(text).wrap for text in (at.platform, at.recipient)]
    age.encrypt(io.BytesIO(release.to_bytes()), target, wraps, random=Random(1).randbytes)
    sealed = SealedRelease(encode(entry).decode(), base64.b64encode(target.getvalue()).decode())
    message = Message(
        ORIGIN,
        liar.signing.verify_key.raw.hex(),
        WORK,
        10**6,
        int(now().timestamp()),
        0,
        0,
        releases=(sealed,),
    ).signed_by(liar.signing)
    assert post(at, message.to_bytes()).status_code == 200
    again = post(at, message.to_bytes())
    assert again.status_code == 200, "a message that was cut off is sent again"
    assert post(at, replace(message, sequence=5).signed_by(liar.signing).to_bytes()).status_code == 409
    assert post(at, replace(message, sequence=10**6 + 1).to_bytes()).status_code == 401, "not signed so"
    eventually(lambda: released(at, tender) >= {1, 2, 4, 5}, "all but one have released")
    assert len(opened(tender, "price")) == 3
    opening = at.opening(tender.closing, "price")
    with at.database.session() as session:
        opening.refresh(session)
        session.commit()
    assert set(opening.wrong) == {1}
    assert {2, 4, 5} <= set(opening.members)
    assert "member 1" in at.run("custody", "release-status", tender.closing)
    at.start_keyholder(1)


def wrong_release(at: Deployment, tender: Tender, liar: Identity) -> tuple[Release, SharesReleased]:
    verdict = at.view(lambda view: judge(view, tender.closing, "price"))
    key = share_of(at, liar, tender.keys["price"])
    wrong = replace(key, secret=key.secret + Scalar.from_int(1))
    context = share_context(ORIGIN, tender.closing, tender.lot, "price")
    batches = tuple(
        ((bid.index,), make_shares(wrong, [bid.point], context, Random(2).randbytes))
        for bid in verdict.admitted
    )
    release = Release(tender.closing, "price", 1, batches)
    entry = SharesReleased(ORIGIN, tender.closing, "price", 1, release.hash, UNSIGNED)
    return release, entry.signed_by(liar.signing)


def post(at: Deployment, data: bytes) -> httpx.Response:
    return httpx.post(f"{at.url}/api/keyholders/v1/exchange", content=data, trust_env=False, timeout=30)


def test_two_keyholders_and_the_whole_platform_open_nothing(at: Deployment) -> None:
    """Everything that 1 and 2 and the platform have is in this test's hands."""
    for i in (4, 5):
        at.processes[f"keyholder-{i}"].kill()
    tender = closed(at, "too-few-keyholders")
    eventually(lambda: released(at, tender) == {1, 2}, "two have released")
    opening = at.opening(tender.closing, "price")
    with at.database.session() as session:
        opening.refresh(session)
        session.commit()
    assert opening.ready == frozenset()
    shares = [share_of(at, identity_of(at, i), tender.keys["price"]) for i in (1, 2)]
    verdict = at.view(lambda view: judge(view, tender.closing, "price"))
    context = share_context(ORIGIN, tender.closing, tender.lot, "price")
    points = [bid.point for bid in verdict.admitted]
    verified = [
        verify_shares(
            shares[0].public, points, make_shares(key, points, context, Random(3).randbytes), context
        )
        for key in shares
    ]
    with pytest.raises(VerificationError, match="3 keyholders are needed"):
        combine(verified)
    pretending = replace(shares[0].public, threshold=2)
    combined = combine([replace(one, public=pretending) for one in verified])
    identity = ThresholdIdentity(shares[0].public, dict(zip(points, combined, strict=True)))
    seeds = [identity_of(at, i) for i in (1, 2)]
    unwraps = [
        identity.unwrap,
        ThresholdIdentity(shares[0].public, dict(zip(points, verified[0].shares, strict=True))).unwrap,
        age.X25519Identity(seeds[0].static.raw).unwrap,
        age.X25519Identity(seeds[1].static.raw).unwrap,
        age.X25519Identity((shares[0].secret + shares[1].secret).raw).unwrap,
        at.platform_identity().unwrap,
    ]
    for bid in tender.bids:
        for unwrap in unwraps:
            with pytest.raises(CryptoError):
                age.decrypt(io.BytesIO(bid.files["price"]), io.BytesIO(), [unwrap])


def test_recovered_from_24_words_it_takes_part_in_the_next_opening(at: Deployment, tmp_path: Path) -> None:
    """The lot of the test before waits for a third; keyholder 5 comes back on an empty machine and is it."""
    words = at.run("keyholder", "--folder", str(at.home(5)), "backup", "--words")
    backup = tmp_path / "words"
    backup.write_text(
        " ".join(line.split()[1] for line in words.splitlines() if line.split()[:1][0].isdigit())
    )
    assert len(backup.read_text().split()) == 24
    shutil.rmtree(at.home(5).parent)
    at.home(5).parent.mkdir()
    recover = ["keyholder", "--folder", str(at.home(5)), "recover", "keyholder.example/5", *at.setup(5)]
    recover += ["--policy", str(at.folder / "policy")]
    said = at.run(*recover, "--backup-file", str(backup))
    size = re.findall(r"accept-checkpoint (\d+)", said)[-1]
    at.run("keyholder", "--folder", str(at.home(5)), "accept-checkpoint", size, "--yes")
    at.start_keyholder(5)
    waiting = at.view(lambda view: view.lots.get("too-few-keyholders").closing)
    assert waiting is not None
    eventually(lambda: 5 in at.view(lambda view: view.openings.released(waiting.id, "price")), "it releases")
    at.start_keyholder(4)
    tender = closed(at, "after-recovery")
    assert len(opened(tender, "price")) == 3
    eventually(lambda: 5 in released(at, tender), "the recovered one takes part")


def test_nobody_cosigns_a_fork_that_the_log_itself_signed(at: Deployment) -> None:
    secret = secret_file.read(
        at.folder / "var" / "ledger.key.age", Lock.of_passphrase_file(at.passphrase), kind="ledger-key"
    )
    with at.database.session() as session:
        size = Checkpoint.parse(Note.parse(log.head(session).published_note).text).size
    fork = sign_checkpoint(Checkpoint(ORIGIN, size, b"\x13" * 32), SigningKey(secret.value))
    longer = sign_checkpoint(Checkpoint(ORIGIN, size + 5, b"\x13" * 32), SigningKey(secret.value))
    bell = Bell(at.database)
    try:
        for i in (1, 2, 4, 5):
            witness = MailboxWitness(identity_of(at, i).cosigner.witness, at.database, bell, now)
            for request in (AddCheckpoint(size, (), fork), AddCheckpoint(size, (b"\x14" * 32,), longer)):
                with pytest.raises(
                    (ConflictError, WitnessRefusedError, WitnessUnavailableError, WitnessMessageError)
                ):
                    witness.add_checkpoint(request)
    finally:
        bell.close()
    for i in (1, 2, 4, 5):
        eventually(partial(is_in_doubt, at, at.home(i)), f"keyholder {i} gives nothing any more")


def is_in_doubt(at: Deployment, home: Path) -> bool:
    """Whether its status says so; a person would have to decide."""
    done = subprocess.run(
        [*SUNSEAL, "keyholder", "--folder", str(home), "status"],
        cwd=ROOT,
        env=at.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode == 1 and "forked" in done.stdout

"""The ledger: durable receipts a second, proofs from small and large trees, and verifying beside two peers."""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pymerkle  # type: ignore[import-untyped]
from sigstore._internal.merkle import verify_merkle_inclusion
from sqlalchemy import func, select

from crypto.signatures import SigningKey
from ledger import log
from ledger.checkpoint import LogIdentity
from ledger.cosignature import Cosigner, Quorum
from ledger.entries import Sealed, encode
from ledger.loop import run_until
from ledger.merkle import Frontier, inclusion_proof, leaf_hash, verify_inclusion
from ledger.models import EntryRow
from ledger.opening import note_key, open_log
from ledger.proof import Policy
from ledger.sequencer import Sequencer, Setting
from ledger.tile_files import first_leaf, read_hash_at, store_growth
from ledger.waiting import Desk
from ledger.witness_messages import NEVER_SEEN, AddCheckpoint, decide
from scripts.bench.commits import bare_commits, on_disk, storm
from scripts.bench.measure import Result, best_side_by_side, cost, rate
from storage import migrate
from storage.database import Database, Limits
from storage.private_server import PrivateServer
from storage.public_files import FolderFiles

ORIGIN = "bench.example"
KEY = SigningKey(b"\x01" * 32)
CONNECTIONS = 8
CALLERS = 50
SECONDS = 8.0
SMALL, LARGE = 10_000, 1_000_000
LOOKUPS = 300
REPEATS = 200


def run() -> Iterator[Result]:
    yield from _append()
    yield from _proofs()
    yield from _verify()


def _append() -> Iterator[Result]:
    """Committed entries a second whose receipts are out, against bare single-row commits, from as many connections.

    Both run on the same private PostgreSQL with fsync on; the bare rows are as long as an entry. The appends
    count from
    the first to the publication of the last under a cosigned checkpoint, from which a receipt is a proof away
    (ledger.proof), with one sequencer and one witness in this process.
    """
    with tempfile.TemporaryDirectory(dir=on_disk()) as folder:
        server = PrivateServer(Path(folder) / "postgres")
        url = server.start()
        try:
            migrate.upgrade(url)
            database = Database(url, limits=Limits(pool_size=CALLERS + 10))
            leaf = encode(Sealed("ab" * 32))
            with database.session() as session:
                open_log(session, ORIGIN, KEY, now=_now(), random=Random(0).randbytes)
                session.commit()

            def append() -> None:
                with database.session() as session:
                    log.append(session, Sealed("ab" * 32), now=_now())
                    session.commit()

            bare_rate = bare_commits(database, leaf, CONNECTIONS, SECONDS)
            files = FolderFiles(Path(folder) / "public")
            sequencer = Sequencer(Setting(database, files, KEY, [_LocalWitness()], 1, _now))
            stop = threading.Event()
            arguments = (stop, sequencer, database)
            thread = threading.Thread(
                target=run_until, args=arguments, kwargs={"clock": _now, "random": Random(1).randbytes}
            )
            thread.start()
            start = time.perf_counter()
            count = storm(append, CONNECTIONS, SECONDS)
            while _unpublished(database):
                time.sleep(0.01)
            ours = count / (time.perf_counter() - start)
            policy = Policy(LogIdentity(ORIGIN, (note_key(ORIGIN, KEY),)), Quorum(1, (_LocalWitness().vkey,)))
            waits = _receipts(database, files, policy)
            stop.set()
            thread.join()
            database.close()
        finally:
            server.stop()
    peer = f"bare commits, {CONNECTIONS} connections"
    slowest = waits[len(waits) * 99 // 100] * 1000
    yield cost(
        "ledger.receipt", slowest, f"ms to the receipt, p99 of {CALLERS} callers at once", "the aim", 1000.0
    )
    yield rate("ledger.append", ours, "entries/s, cosigned and published", peer, bare_rate)


def _receipts(database: Database, files: FolderFiles, policy: Policy) -> list[float]:
    """The times from the call to the verified receipt, sorted, with CALLERS waiting at any time."""

    def wait(number: int) -> float:
        start = time.perf_counter()
        desk.append_and_wait(Sealed(f"{number:064x}"), now=_now(), timeout=30)
        return time.perf_counter() - start

    with Desk(database, files, policy) as desk, ThreadPoolExecutor(CALLERS) as callers:
        return sorted(callers.map(wait, range(CALLERS * 10)))


class _LocalWitness:
    """A witness within this process, so that cosignatures are part of what is measured and a network is not."""

    def __init__(self) -> None:
        self._cosigner = Cosigner("witness.example", SigningKey(b"\x02" * 32))
        self._seen = NEVER_SEEN
        self.vkey = self._cosigner.witness

    def add_checkpoint(self, request: AddCheckpoint) -> bytes:
        log_identity = LogIdentity(ORIGIN, (note_key(ORIGIN, KEY),))
        accepted = decide(
            request, {ORIGIN: log_identity}, {ORIGIN: self._seen}, self._cosigner, int(time.time())
        )
        self._seen = accepted.head
        return accepted.body


def _unpublished(database: Database) -> bool:
    with database.session() as session:
        row = log.head(session)
        pending = session.execute(
            select(func.count(EntryRow.id)).where(EntryRow.index.is_(None))
        ).scalar_one()
        return bool(pending) or row.published_size < row.size


def _proofs() -> Iterator[Result]:
    """An inclusion proof from tiles in a folder, for random entries; each with a fresh reader, as a receipt has."""
    with tempfile.TemporaryDirectory() as folder:
        times = {}
        for size in (SMALL, LARGE):
            files = _QuickFiles(Path(folder) / str(size))
            _grow(files, size)
            random = Random(size)
            indices = [random.randrange(size) for _ in range(LOOKUPS)]

            def prove(indices: list[int] = indices, files: FolderFiles = files, size: int = size) -> None:
                for index in indices:
                    inclusion_proof(index, size, read_hash_at(files, size))

            (best,) = best_side_by_side(3, prove)
            times[size] = best / LOOKUPS * 1000
    yield cost("ledger.proof", times[SMALL], f"ms at {SMALL:,} entries", "the aim", 1.0)
    yield cost("ledger.proof.large", times[LARGE], f"ms at {LARGE:,} entries", "the aim", 1.0)
    yield cost("ledger.proof.growth", times[LARGE] / times[SMALL], "times the small tree's", "the aim", 2.0)


class _QuickFiles(FolderFiles):
    """Files that are not made durable: a million entries need not survive a benchmark."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._folder = root

    def put(self, name: str, content: bytes) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _grow(files: FolderFiles, size: int) -> Frontier:
    leaf = encode(Sealed("ab" * 32))
    tree = Frontier()
    for old in range(0, size, 100_000):
        tree = store_growth(files, old, [leaf] * (min(size, old + 100_000) - first_leaf(old)))
    return tree


def _verify() -> Iterator[Result]:
    """Verifying one inclusion proof of a tree of 4,096 against pymerkle and sigstore-python."""
    size = 4096
    leaves = [f"entry {number}".encode() for number in range(size)]
    tree, completed = Frontier().extended(map(leaf_hash, leaves))
    hashes = {(subtree.level, subtree.index): subtree.hash for subtree in completed}
    index = 1234
    path = inclusion_proof(index, size, lambda level, place: hashes[level, place])
    root = tree.root()
    theirs = pymerkle.InmemoryTree.init_from_entries(leaves)
    state, proof = theirs.get_root(), theirs.prove_inclusion(index + 1, size)
    entry = _rekor_entry(leaves[index], index, size, path, root)
    ours, pymerkle_time, sigstore_time = best_side_by_side(
        5,
        _repeated(lambda: verify_inclusion(leaf_hash(leaves[index]), index, size, path, root)),
        _repeated(lambda: pymerkle.verify_inclusion(leaf_hash(leaves[index]), state, proof)),
        _repeated(lambda: verify_merkle_inclusion(entry)),
    )
    scale = 1e6 / REPEATS
    yield cost("ledger.verify", ours * scale, "us a proof", "pymerkle", pymerkle_time * scale)
    yield cost("ledger.verify.sigstore", ours * scale, "us a proof", "sigstore-python", sigstore_time * scale)


def _repeated(work: Callable[[], None]) -> Callable[[], None]:
    def repeat() -> None:
        for _ in range(REPEATS):
            work()

    return repeat


def _rekor_entry(leaf: bytes, index: int, size: int, path: tuple[bytes, ...], root: bytes) -> Any:
    """As much of a Rekor entry as sigstore-python's verifier of inclusion reads."""
    proof = SimpleNamespace(log_index=index, tree_size=size, hashes=list(path), root_hash=root)
    return SimpleNamespace(_inner=SimpleNamespace(inclusion_proof=proof, canonicalized_body=leaf))


def _now() -> datetime:
    return datetime.now(UTC)

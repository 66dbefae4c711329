"""From "the deadline has passed" to "the last file key is known", with five keyholders, three of whom suffice.

Everything is real: PostgreSQL, the sequencer, keyholders as processes, HTTP; all on this one machine. Beside it stands
the curve arithmetic that cannot be saved, as libsodium alone does it on all cores: what every keyholder multiplies, and
what the platform verifies and combines of three.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from secrets import token_bytes

from nacl import bindings

from crypto.curve import Scalar, base_multiple
from scripts.bench.measure import Result, cost, seconds
from storage import migrate
from storage.private_server import PrivateServer
from tests.e2e.keyholders.deployment import Deployment, eventually, now
from tests.e2e.keyholders.tender import Tender
from tests.environment import roomy_place

N, T = 5, 3
COUNTS = (1, 100, 1000)
SAMPLE = 500


def run() -> Iterator[Result]:
    with (
        tempfile.TemporaryDirectory(prefix="sunseal-bench-", dir=roomy_place()) as data,
        tempfile.TemporaryDirectory(prefix="sunseal-bench-") as folder,
    ):
        Path(data).chmod(0o755)
        server = PrivateServer(Path(data) / "postgres")
        url = server.start()
        deployment = None
        try:
            migrate.upgrade(url)
            deployment = Deployment(Path(folder), url, N, T, target=4, min_bids=0)
            deployment.start()
            _open(deployment, 3, "warm-up")
            for count in COUNTS:
                took, bare = _open(deployment, count, f"lot-{count}"), _bare(count)
                peer = f"its bare multiplications ({bare / took:.0%})"
                yield cost(f"opening.{count}", took, "s from the deadline to the last key", peer, bare)
        finally:
            if deployment is not None:
                deployment.stop()
            server.stop()


def _open(at: Deployment, count: int, lot: str) -> float:
    """Seconds from the deadline to the last file key."""
    tender = Tender(at, lot)
    tender.publish(20 + count / 50, min_bids=0)
    tender.make_bids(count)
    headers = {bid.index: tender.header(bid, "price") for bid in tender.bids}
    time.sleep(max(0.0, tender.deadline - now().timestamp()))
    tender.close()
    opening = at.opening(tender.closing, "price")

    def opens() -> bool:
        with at.database.session() as session:
            opening.refresh(session, everyone=False)
            session.commit()
        return len(opening.ready) == count

    eventually(opens, f"{lot} can be opened", 120)
    keys = [opening.file_key(index, header) for index, header in headers.items()]
    took = now().timestamp() - tender.deadline
    if len(keys) != count:
        raise RuntimeError(f"{len(keys)} of {count} bids opened")
    return took


def _bare(count: int) -> float:
    """Seconds that all cores need for the multiplications alone."""
    secret = Scalar.random(token_bytes).raw
    point = base_multiple(Scalar.random(token_bytes)).raw
    each = seconds(lambda: [bindings.crypto_scalarmult_ed25519_noclamp(secret, point) for _ in range(SAMPLE)])
    base = seconds(lambda: [bindings.crypto_scalarmult_ed25519_base_noclamp(secret) for _ in range(SAMPLE)])
    of_any, of_base = 2 * N + 3 * T + T, N + T  # share, A2; c Y, z M, c Z; weights / A1
    return count * (of_any * each + of_base * base) / SAMPLE / (os.cpu_count() or 1)

"""Following the ledger of a platform that lies, stalls, or forks."""

import gzip
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from keyholder import tables
from keyholder.errors import ForkError, UnavailableError
from keyholder.follow import Follower
from keyholder.http import Http
from keyholder.tree_memory import TreeMemory
from ledger import entries
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.merkle import leaf_hash, tree_root
from ledger.policy_file import PolicyFile
from tests.integration.keyholder.fake_platform import LOG_KEY, NOTARY, ORIGIN, SUPERVISOR, FakePlatform


class Reader:
    """A follower on a state of its own."""

    def __init__(self, platform: FakePlatform, path: Path) -> None:
        self.platform = platform
        self.path = path
        self.http = Http()
        self.now = 1000.0
        self.timeout = 5.0
        tables.create(path, NOTARY.witness.vkey)
        self.follower = self.start()

    def start(self) -> Follower:
        policy = PolicyFile.parse(self.platform.policy).policy()
        self.follower = Follower(
            TreeMemory(self.path),
            policy,
            SUPERVISOR.verify_key,
            lambda path, limit: self.http.get(
                f"{self.platform.url}/ledger/{path}", limit=limit, timeout=self.timeout
            ),
            lambda: self.now,
        )
        return self.follower


@pytest.fixture
def platform() -> Iterator[FakePlatform]:
    made = FakePlatform()
    yield made
    made.close()


@pytest.fixture
def reader(platform: FakePlatform, tmp_path: Path) -> Iterator[Reader]:
    made = Reader(platform, tmp_path / "state.sqlite")
    yield made
    made.http.close()


def grow(platform: FakePlatform, count: int, seed: int = 0) -> None:
    random = Random(seed)
    for number in range(count):
        match number % 3:
            case 0:
                platform.append(entries.Sealed(random.randbytes(32).hex()))
            case 1:
                platform.append(entries.LotCancelled(f"lot-{random.random()}", "x" * random.randrange(100)))
            case _:
                platform.append(b'{"type":"stranger/v1","x":%d}' % number)


@pytest.mark.parametrize("sizes", [[1, 2, 255, 256, 257], [700, 3, 513], [1300]])
def test_tree_is_read_in_steps_and_known_at_every_size(
    platform: FakePlatform, reader: Reader, sizes: list[int]
) -> None:
    for at, count in enumerate(sizes):
        grow(platform, count, seed=at)
        note = platform.publish()
        assert reader.follower.follow()
        assert reader.follower.root_at(reader.follower.size) == Checkpoint.parse(note.text).root
    again = reader.start()
    assert again.size == len(platform.leaves)
    hashes = [leaf_hash(leaf) for leaf in platform.leaves]
    for size in {0, 1, 2, 255, 256, 257, 300, 511, 512, again.size - 1, again.size}:
        if size <= again.size:
            assert again.root_at(size) == tree_root(hashes[:size])
    assert not again.follow()


def test_large_step_is_taken_in_parts_each_proved(
    platform: FakePlatform, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyholder.follow.MAX_STEP", 20_000)
    grow(platform, 1500)
    platform.publish()
    steps: list[int] = []
    extend = TreeMemory.extend

    def counted(self: TreeMemory, tree: object, *rest: object) -> None:
        steps.append(tree.size)  # type: ignore[attr-defined]
        extend(self, tree, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(TreeMemory, "extend", counted)
    assert reader.follower.follow()
    assert len(steps) > 2
    assert steps[-1] == 1501
    assert reader.start().size == 1501


def test_gzip_is_read_and_a_bomb_is_not(platform: FakePlatform, reader: Reader) -> None:
    grow(platform, 10)
    platform.publish()
    packed = {"Content-Encoding": "gzip"}
    bomb = gzip.compress(bytes(300 << 20), 9)
    platform.before_get = lambda path: (200, bomb, packed) if "entries" in path else None
    began = time.monotonic()
    with pytest.raises(UnavailableError, match="too long"):
        reader.follower.follow()
    assert time.monotonic() - began < 4

    def gzipped(path: str) -> tuple[int, bytes, dict[str, str]] | None:
        platform.before_get = lambda path: None
        status, body, _ = platform.get(path)
        platform.before_get = gzipped
        return status, gzip.compress(body), packed

    platform.before_get = gzipped
    assert reader.follower.follow()


@pytest.mark.parametrize(
    ("path", "reply"),
    [
        ("checkpoint", (200, b"", {})),
        ("checkpoint", (200, b"\xff" * 1000, {})),
        ("checkpoint", (200, b"x" * (2 << 20), {})),
        ("checkpoint", (500, b"", {})),
        ("checkpoint", (302, b"", {"Location": "http://127.0.0.1:1/"})),
        ("entries", (200, b"", {})),
        ("entries", (200, b"\xff\xff", {})),
        ("entries", (200, bytes(40), {})),
        ("entries", (404, b"", {})),
        ("entries", (302, b"", {"Location": "/elsewhere"})),
        ("entries", (200, b"rubbish", {"Content-Encoding": "gzip"})),
        ("entries", (200, b"rubbish", {"Content-Encoding": "br"})),
    ],
)
def test_rubbish_teaches_nothing(
    platform: FakePlatform, reader: Reader, path: str, reply: tuple[int, bytes, dict[str, str]]
) -> None:
    grow(platform, 10)
    platform.publish()
    platform.before_get = lambda asked: reply if path in asked else None
    with pytest.raises(UnavailableError):
        reader.follower.follow()
    assert reader.follower.size == 0
    platform.before_get = lambda asked: None
    assert reader.follower.follow()


def test_other_entries_than_the_checkpoints_are_rubbish_not_a_fork(
    platform: FakePlatform, reader: Reader
) -> None:
    grow(platform, 10)
    platform.publish()
    reader.follower.follow()
    grow(platform, 10, seed=1)
    platform.publish()
    right = list(platform.leaves)

    def lie(path: str) -> tuple[int, bytes, dict[str, str]] | None:
        if "entries" not in path:
            return None
        platform.before_get = lambda path: None
        platform.leaves = [*right[:-1], b'{"type":"other/v1"}']
        reply = platform.get(path)
        platform.leaves = right
        platform.before_get = lie
        return reply

    platform.before_get = lie
    with pytest.raises(UnavailableError, match="not those of its checkpoint"):
        reader.follower.follow()
    assert reader.follower.size == 11
    platform.before_get = lambda path: None
    assert reader.follower.follow()


def test_slow_server_costs_no_more_than_the_time_limit(platform: FakePlatform, reader: Reader) -> None:
    platform.publish()
    reader.timeout = 0.3

    def slow(path: str) -> None:
        time.sleep(1.0)

    platform.before_get = slow
    began = time.monotonic()
    with pytest.raises(UnavailableError, match=r"more than 0\.3 s"):
        reader.follower.follow()
    assert time.monotonic() - began < 0.9


def test_checkpoint_without_the_quorum_is_not_believed(platform: FakePlatform, reader: Reader) -> None:
    grow(platform, 3)
    platform.note = platform.checkpoint()
    with pytest.raises(UnavailableError, match="not believed"):
        reader.follower.follow()


def test_checkpoint_of_another_key_is_nothing(platform: FakePlatform, reader: Reader) -> None:
    note = sign_checkpoint(Checkpoint(ORIGIN, 1, b"r" * 32), SUPERVISOR)
    platform.note = note.signed_also([NOTARY.cosign(Checkpoint.parse(note.text), 5)])
    with pytest.raises(UnavailableError, match="no checkpoint of this log"):
        reader.follower.follow()


def other_face(platform: FakePlatform, upto: int, count: int) -> FakePlatform:
    """Another log of the same key that shares the first `upto` entries."""
    other = FakePlatform()
    other.leaves.clear()
    other.hashes.clear()
    other.frontier = type(other.frontier)()
    for leaf in platform.leaves[:upto]:
        other.append(leaf)
    grow(other, count, seed=99)
    other.publish()
    return other


@pytest.mark.parametrize("upto", [0, 1, 5, 8, 10, 16])
@pytest.mark.parametrize("count", [3, 20, 300])
def test_fork_is_proved_and_kept_apart(platform: FakePlatform, reader: Reader, upto: int, count: int) -> None:
    """The other face is smaller, of the same size, or larger: each time the log signed what cannot be of one log."""
    grow(platform, 20)
    first = platform.publish()
    reader.follower.follow()
    other = other_face(platform, upto, count)
    try:
        platform.before_get = other.get
        with pytest.raises(ForkError) as caught:
            reader.follower.follow()
    finally:
        other.close()
    assert other.note
    assert {first.to_bytes(), other.note.to_bytes()} == set(caught.value.notes)
    assert reader.follower.size == 21


def test_fork_needs_no_quorum_to_be_seen(platform: FakePlatform, reader: Reader) -> None:
    platform.publish()
    reader.follower.follow()
    platform.note = sign_checkpoint(Checkpoint(ORIGIN, 1, b"r" * 32), LOG_KEY)
    with pytest.raises(ForkError):
        reader.follower.follow()


def test_old_checkpoint_of_the_same_log_is_no_fork(platform: FakePlatform, reader: Reader) -> None:
    grow(platform, 5)
    old = platform.publish()
    grow(platform, 5)
    platform.publish()
    reader.follower.follow()
    platform.note = old
    with pytest.raises(UnavailableError, match="published a larger one"):
        reader.follower.follow()


def test_heads_are_remembered_with_their_times(platform: FakePlatform, reader: Reader) -> None:
    platform.publish()
    reader.follower.follow()
    reader.now = 1050.0
    assert not reader.follower.follow()
    grow(platform, 3)
    platform.publish()
    reader.now = 1060.0
    reader.follower.follow()
    heads = reader.start().heads
    assert (heads.present_at(0), heads.absent_at(1), heads.present_at(1)) == (1000, 1050, 1060)


def test_later_cosignatures_on_the_same_tree_are_taken(platform: FakePlatform, reader: Reader) -> None:
    def stamps() -> list[int]:
        head = reader.follower.head
        assert head
        return [given.timestamp for given in head.cosignatures]

    platform.publish(at=5)
    reader.follower.follow()
    assert stamps() == [5]
    platform.publish(at=7)
    reader.follower.follow()
    assert stamps() == [7]


def test_view_is_the_same_after_a_restart(platform: FakePlatform, reader: Reader) -> None:
    grow(platform, 600)
    platform.publish()
    reader.follower.follow()
    before = reader.follower.view
    again = reader.start().view
    assert (again.size, again.remarks) == (before.size, before.remarks)

"""A platform in one process, for the tests of keyholders: a ledger, its checkpoints, and the exchange. It can lie."""

import hashlib
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from crypto.signatures import SigningKey
from ledger import entries
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.cosignature import Cosigner
from ledger.errors import LedgerError
from ledger.exchange import WITNESS, Answer, Approval, CosignatureRequest, Message, Report, SealedRelease
from ledger.merkle import Frontier, consistency_proof, leaf_hash
from ledger.note import ED25519, Note, NoteKey, decode_base64, encode_base64
from ledger.tiles import EntryBundle, Tile, encode_bundle, encode_tile, parse_path
from ledger.witness_messages import AddCheckpoint, parse_size_body, take_cosignatures

ORIGIN = "ledger.keyholders.example"
LOG_KEY = SigningKey(b"P" * 32)
SUPERVISOR = SigningKey(b"S" * 32)
NOTARY = Cosigner("witness.example/notary", SigningKey(b"N" * 32))
Reply = tuple[int, bytes, dict[str, str]]


class FakePlatform:
    """Entries are appended with `append` and shown with `publish`. `before_*` hooks may answer in its place."""

    def __init__(self) -> None:
        self.leaves: list[bytes] = []
        self.hashes: dict[tuple[int, int], bytes] = {}
        self.frontier = Frontier()
        self.note: Note | None = None
        self.clock: Callable[[], float] = time.time
        self.lies_by = 0
        self.messages: list[Message] = []
        self.reports: list[Report] = []
        self.releases: list[SealedRelease] = []
        self.approvals: dict[str, list[Approval]] = {}
        self.takes_entries = True
        self.before_get: Callable[[str], Reply | None] = lambda path: None
        self.before_post: Callable[[bytes], Reply | None] = lambda body: None
        self.after_post: Callable[[Message], Reply | None] = lambda message: None
        self._last: dict[tuple[str, str], tuple[int, bytes, bytes]] = {}
        self._requests: dict[str, list[CosignatureRequest]] = {}
        self._answers: dict[int, tuple[int, bytes]] = {}
        self._number = 0
        self._news = threading.Condition()
        self.append(entries.LogOpened(ORIGIN, NoteKey(ORIGIN, ED25519, LOG_KEY.verify_key).vkey))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def policy(self) -> str:
        log = NoteKey(ORIGIN, ED25519, LOG_KEY.verify_key).vkey
        return f"log {log}\nwitness notary {NOTARY.witness.vkey}\nquorum notary\n"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def append(self, entry: entries.Entry | bytes) -> int:
        leaf = entry if isinstance(entry, bytes) else entries.encode(entry)
        self.leaves.append(leaf)
        self.frontier, subtrees = self.frontier.extended([leaf_hash(leaf)])
        self.hashes.update({(subtree.level, subtree.index): subtree.hash for subtree in subtrees})
        return len(self.leaves) - 1

    def id_of(self, place: int) -> str:
        return leaf_hash(self.leaves[place]).hex()

    def checkpoint(self, size: int | None = None) -> Note:
        """Signed by the log alone."""
        size = len(self.leaves) if size is None else size
        root = Frontier.read(size, lambda level, index: self.hashes[level, index]).root()
        return sign_checkpoint(Checkpoint(ORIGIN, size, root), LOG_KEY)

    def publish(self, note: Note | None = None, *, at: float | None = None) -> Note:
        """Show everything, cosigned by the notary at that time."""
        note = note or self.checkpoint()
        timestamp = int(self.clock() if at is None else at)
        note = note.signed_also([NOTARY.cosign(Checkpoint.parse(note.text), timestamp)])
        with self._news:
            self.note = note
            self._news.notify_all()
        return note

    def add(self, *new: entries.Entry, at: float | None = None) -> list[str]:
        """Append and publish; the ids."""
        with self._news:
            places = [self.append(entry) for entry in new]
        self.publish(at=at)
        return [self.id_of(place) for place in places]

    def approve(self, approval: Approval) -> None:
        with self._news:
            for channel in ("witness", "work"):
                self.approvals.setdefault(channel, []).append(approval)
            self._news.notify_all()

    def cosign(self, key: str, witness: NoteKey, note: Note, *, within: float = 5.0) -> Note:
        """Ask that keyholder's witness for its cosignature, from whatever size it says it is at."""
        size = Checkpoint.parse(note.text).size
        old = 0
        for _ in range(3):
            proof = consistency_proof(old, size, lambda level, index: self.hashes[level, index])
            status, body = self.ask(key, AddCheckpoint(old, proof, note).to_bytes(), within=within)
            if status == 200:
                return take_cosignatures(note, body, (witness,))
            if status != 409:
                raise AssertionError((status, body))
            old = parse_size_body(body)
        raise AssertionError("no cosignature")

    def ask(self, key: str, body: bytes, *, within: float = 5.0) -> tuple[int, bytes]:
        """(status, body) of the keyholder's witness."""
        with self._news:
            self._number += 1
            number = self._number
            self._requests.setdefault(key, []).append(CosignatureRequest(number, encode_base64(body)))
            self._news.notify_all()
            assert self._news.wait_for(lambda: number in self._answers, within), "no answer of the witness"
            return self._answers.pop(number)

    def get(self, path: str) -> Reply:
        lie = self.before_get(path)
        if lie is not None:
            return lie
        if path == "checkpoint":
            return (200, self.note.to_bytes(), {}) if self.note else (404, b"", {})
        size = Checkpoint.parse(self.note.text).size if self.note else 0
        try:
            place = parse_path(path)
        except LedgerError:
            return 404, b"", {}
        first = place.index * 256
        if isinstance(place, EntryBundle):
            if first + place.width > size:
                return 404, b"", {}
            return 200, encode_bundle(self.leaves[first : first + place.width]), {}
        assert isinstance(place, Tile)
        level = place.level * 8
        return 200, encode_tile([self.hashes[level, first + at] for at in range(place.width)]), {}

    def post(self, body: bytes) -> Reply:
        lie = self.before_post(body)
        if lie is not None:
            return lie
        try:
            message = Message.parse(body)
            message.check_signature()
        except LedgerError:
            return 400, b"{}", {}
        who = (message.key, message.channel)
        with self._news:
            last, digest, answered = self._last.get(who, (0, b"", b""))
            if message.sequence == last and hashlib.sha256(body).digest() == digest:
                return 200, answered, {}
            if message.sequence <= last:
                return 409, b'{"last":%d,"status":409}' % last, {}
            self._take(message)
            self._last[who] = (message.sequence, hashlib.sha256(body).digest(), b"")
            if message.channel == WITNESS:
                self._news.wait_for(lambda: self._has_news(message), message.wait)
            answer = Answer(
                message.sequence,
                int(self.clock()) + self.lies_by,
                Checkpoint.parse(self.note.text).size if self.note else 0,
                tuple(self._requests.pop(message.key, [])) if message.channel == WITNESS else (),
                tuple(self.approvals.pop(message.channel, [])),
            ).to_bytes()
            self._last[who] = (message.sequence, hashlib.sha256(body).digest(), answer)
        return self.after_post(message) or (200, answer, {})

    def _has_news(self, message: Message) -> bool:
        size = Checkpoint.parse(self.note.text).size if self.note else 0
        return bool(self._requests.get(message.key) or self.approvals.get("witness") or size > message.known)

    def _take(self, message: Message) -> None:
        self.messages.append(message)
        self.reports.extend(message.reports)
        self.releases.extend(message.releases)
        for given in message.answers:
            self._answers[given.request] = given.status, decode_base64(given.body)
        leaves = [*message.entries, *(release.entry for release in message.releases)]
        if leaves and self.takes_entries:
            for leaf in leaves:
                if leaf.encode() not in self.leaves:
                    self.append(leaf.encode())
            self.publish()
        self._news.notify_all()


def _handler(platform: FakePlatform) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            self._send(*platform.get(self.path.removeprefix("/ledger/")))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._send(*platform.post(body))

        def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            try:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                return

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    return Handler

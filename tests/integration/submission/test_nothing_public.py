"""Nothing public tells of a bid before the closing: two worlds, one with a bid and one without, look alike.

What is compared is everything that anyone can fetch: the files of the ledger, every page and route that takes no
argument, and each tile. The times of entries are left aside, as the specification says: the world without a bid has a
cover entry where the other has the bid's.
"""

import base64
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes
from unittest.mock import patch

from werkzeug.test import Client

from app.factory import create_app
from app.place import Place
from ledger import log, sealed
from ledger.entries import Sealed, decode
from storage.database import Database
from tests.database import Postgres
from tests.intake import LOT, Draft, World, make_world

DEADLINE = datetime(2100, 1, 1, tzinfo=UTC)
_RANDOM = re.compile(rb"[0-9a-f]{16,}|[A-Za-z0-9+/_.-]{40,}={0,2}")
"""Hashes, keys, signatures, numbers of requests: they differ with what they are over, or each time."""


def make(postgres: Postgres, template: str, folder: Path) -> tuple[World, str]:
    url = postgres.create(template)
    world = make_world(Database(url), folder, receipt_seconds=0.0)
    world.publish(deadline=DEADLINE)
    return world, url


def public_files(folder: Path) -> dict[str, bytes]:
    root = folder / "public"
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def pages(world: World, url: str, folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every GET without an argument of the whole application, and every file of the ledger."""
    policy = folder / "policy"
    with world.database.session() as session:
        keys = log.head(session).keys
    policy.write_text(f"log {keys}\nwitness w {keys}\ngroup g 1 w\nquorum g\n")
    environment = {
        "SUNSEAL_VAR": str(folder / "var"),
        "DATABASE_URL": url,
        "SUNSEAL_PUBLIC": str(folder / "public"),
        "SUNSEAL_WEB_SECRET": str(_secret(folder)),
        "SUNSEAL_BLOBS": str(folder / "blobs"),
    }
    with patch.object(Place, "database", lambda _: world.database):
        app = create_app(Place(environment))
    client = Client(app)
    rules = [
        rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments
    ]
    paths = [
        *rules,
        *(f"/ledger/{name}" for name in public_files(folder)),
        f"/api/lots/{LOT}",
        f"/lots/{LOT}",
    ]
    found = {}
    for path in sorted(set(paths)):
        answer = client.get(path)
        found[path] = (answer.status_code, answer.data)
    assert found["/ledger/checkpoint"][0] == 200
    return found


def _secret(folder: Path) -> Path:
    path = folder / "web.secret"
    path.write_bytes(bytes(64))
    path.chmod(0o600)
    return path


def alike(content: bytes) -> bytes:
    return _RANDOM.sub(b"*", content)


def entries_alike(world: World) -> list[str]:
    shown = []
    for leaf in world.leaves():
        entry = decode(leaf)
        shown.append("sealed" if isinstance(entry, Sealed) else leaf.decode())
    return shown


def secrets_of(draft: Draft, answer: bytes) -> list[bytes]:
    """All that could give the bid away, in each form in which it could stand somewhere."""
    part = draft.fact.parts[0]
    values = [
        draft.fact.bid,
        part.sha256,
        part.header,
        part.share,
        json.loads(answer)["salt"],
        draft.fact.signature,
    ]
    found = []
    for value in values:
        raw = bytes.fromhex(value)
        found += [raw, value.encode(), base64.b64encode(raw)[:40], base64.urlsafe_b64encode(raw)[:40]]
    return found


def test_world_with_a_bid_looks_like_one_without(
    postgres: Postgres, migrated_template: str, tmp_path: Path
) -> None:
    with_bid, first_url = make(postgres, migrated_template, tmp_path / "with")
    without, second_url = make(postgres, migrated_template, tmp_path / "without")
    draft = with_bid.draft(b"the bid" * 5000)
    answer = with_bid.post(draft)
    assert answer.status_code == 202
    with without.database.session() as session:
        log.append(session, Sealed(sealed.cover(token_bytes).hex()), now=without.clock())
        session.commit()
    shown = []
    for world, url, name in ((with_bid, first_url, "with"), (without, second_url, "without")):
        world.book.run()
        folder = tmp_path / name
        shown.append((entries_alike(world), public_files(folder), pages(world, url, folder)))
    (entries, files, answers), (other_entries, other_files, other_answers) = shown
    assert [entry == "sealed" for entry in entries] == [entry == "sealed" for entry in other_entries]
    assert _without_keys(entries) == _without_keys(other_entries)
    assert {name: len(content) for name, content in files.items()} == {
        name: len(content) for name, content in other_files.items()
    }
    assert answers.keys() == other_answers.keys()
    for path, (status, content) in answers.items():
        assert status == other_answers[path][0], path
        if not path.startswith("/ledger/tile/"):
            assert alike(content) == alike(other_answers[path][1]), path
    everything = b"".join([*files.values(), *(content for _, content in answers.values())])
    assert not [secret for secret in secrets_of(draft, answer.data) if secret in everything]
    for world in (with_bid, without):
        world.app.close()
        world.database.close()


def _without_keys(entries: list[str]) -> list[str]:
    return [_RANDOM.sub(b"*", entry.encode()).decode() for entry in entries]

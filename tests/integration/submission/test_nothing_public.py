"""Nothing public tells of a bid before the closing: two worlds, one with a bid and one without, look alike.

What is compared is everything that anyone can fetch: the files of the ledger, every page and route that takes no
argument, all that is shown of the tender and its lot, each tile, and what is asked of the chain, which gets the size and
root of the ledger and nothing else. The times of entries are left aside, as the specification says: the world without a
bid has a cover entry where the other has the bid's.
"""

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes
from unittest.mock import patch

from werkzeug.test import Client

from app.factory import create_app
from app.place import Place
from bidding.tenders import drafting, publication
from bidding.tenders.draft import Draft, LotDraft
from bidding.tenders.publication import Keeping
from bidding.timetable import Timetable
from crypto.threshold import recipient_of
from custody.models import RunRow
from ledger import anchoring, log, sealed
from ledger.entries import Sealed, decode
from parties import members, organisations
from parties.roles import Role
from storage.database import Database
from tests.database import Postgres
from tests.intake import Draft as Bid
from tests.intake import World, make_world
from tests.story import PLATFORM_AGE, SUPERVISOR

BEGIN, DEADLINE = datetime(2026, 3, 2, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
NOTICE = Draft(
    title="Bridge over the Nandu",
    profile="course",
    lots=(LotDraft(number="1", title="Bridge", estimate=500_000_000),),
    timetable=Timetable(
        documents_from=DEADLINE - timedelta(days=2),
        documents_to=DEADLINE - timedelta(days=1),
        deadline=DEADLINE,
        opening=DEADLINE,
        validity_days=90,
    ),
)
_RANDOM = re.compile(rb"[0-9a-f]{16,}|[A-Za-z0-9+/_.-]{40,}={0,2}")
_ROOT = re.compile("[A-Za-z0-9+/]+…[A-Za-z0-9+/=]*".encode())
_TIME = re.compile(rb"\d{1,2}:\d\d(:\d\d)?([.]\d+)?")
"""Hashes, keys, signatures, numbers of requests: they differ with what they are over, or each time.

_ROOT is what the foot of a page shows of the root, shortened. _TIME is what a clock shows: pages have the server's."""


def make(postgres: Postgres, template: str, folder: Path) -> tuple[World, str]:
    url = postgres.create(template)
    world = make_world(Database(url), folder, receipt_seconds=0.0)
    publish_tender(world)
    return world, url


def publish_tender(world: World) -> None:
    """As the platform publishes one: the notice, its lot with a key of the group, and its intake."""
    world.story.found()
    key = world.story.key()
    public = world.story.view.keys.get(key).public
    assert public is not None
    with world.database.session() as session:
        for leaf in world.story.leaves:
            log.append(session, decode(leaf), now=world.clock())
        person = members.add_person(session, "Zhang San", now=BEGIN, random=token_bytes)
        tenderee = organisations.establish(
            *(session, "91310000132260250X", "某招标人", Role.TENDEREE, person), now=BEGIN, random=token_bytes
        )
        session.add(
            RunRow(
                id=key,
                group_id=world.story.group,
                opened_at=BEGIN,
                state="free",
                recipient=str(recipient_of(public)),
                lot=None,
                part=None,
                ending_at=None,
                finished_at=BEGIN,
                reason="",
                culprits=[],
            )
        )
        session.flush()
        made = drafting.begin(session, tenderee.id, NOTICE, now=BEGIN, random=bytes)
        publication.publish(session, made.id, Keeping(str(PLATFORM_AGE.recipient)), now=world.clock())
        session.commit()
        world.keys[f"{made.id}.1"] = {"price": key}


def lot_of(world: World) -> str:
    (lot,) = world.keys
    return lot


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
        "SUNSEAL_SUPERVISOR": SUPERVISOR.verify_key.raw.hex(),
        "SUNSEAL_WEB_SECRET": str(_secret(folder)),
        "SUNSEAL_BLOBS": str(folder / "blobs"),
    }
    with patch.object(Place, "database", lambda _: world.database):
        app = create_app(Place(environment))
    client = Client(app)
    rules = [
        rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments
    ]
    lot = lot_of(world)
    tender = f"/api/tenders/{lot.rpartition('.')[0]}"
    of_the_lot = [
        *(tender, f"{tender}/timetable", f"{tender}/documents", f"{tender}/clarifications", f"{tender}/ocds"),
        *(f"{tender}/lots/1/sheet", f"/api/openings?lot={lot}", "/api/tenders?state=published"),
        *(f"/notices/{lot.rpartition('.')[0]}{page}" for page in ("", "/lots/1/hall")),
    ]
    paths = [*rules, *(f"/ledger/{name}" for name in public_files(folder)), *of_the_lot]
    found = {}
    for path in sorted(set(paths)):
        answer = client.get(path)
        found[path] = (answer.status_code, answer.data)
    assert found["/ledger/checkpoint"][0] == 200
    assert {path: found[path][0] for path in of_the_lot if found[path][0] != 200} == {}
    return found


def asked_of_the_chain(world: World) -> list[object]:
    """What the gateway would send, and up to which entry the ledger would be anchored if somebody asked now."""
    with world.database.session() as session:
        wanted = session.connection().exec_driver_sql("SELECT contract, data FROM chain_outbox").all()
        asked = session.connection().exec_driver_sql("SELECT mark FROM chain_anchor").all()
        found = [*wanted, *asked, anchoring.mark(session)]
        session.rollback()
    return found


def _secret(folder: Path) -> Path:
    path = folder / "web.secret"
    path.write_bytes(bytes(64))
    path.chmod(0o600)
    return path


def alike(content: bytes) -> bytes:
    return _TIME.sub(b"*", _ROOT.sub(b"*", _RANDOM.sub(b"*", content)))


def entries_alike(world: World) -> list[str]:
    shown = []
    for leaf in world.leaves():
        entry = decode(leaf)
        shown.append("sealed" if isinstance(entry, Sealed) else leaf.decode())
    return shown


def secrets_of(draft: Bid, answer: bytes) -> list[bytes]:
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
    draft = with_bid.draft(b"the bid" * 5000, lot_of(with_bid))
    answer = with_bid.post(draft)
    assert answer.status_code == 202
    with without.database.session() as session:
        log.append(session, Sealed(sealed.cover(token_bytes).hex()), now=without.clock())
        session.commit()
    assert asked_of_the_chain(with_bid) == asked_of_the_chain(without)
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

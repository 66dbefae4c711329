"""The ledger, explored: the newest entries in words, each by its index with the proof that it is in, and where the
whole stands: checkpoint, who cosigned it and when, and in which block of the chain it is anchored."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, request, url_for
from werkzeug.exceptions import NotFound

from app.context import parts, session
from app.web.pages.entry_words import title_of_type, words_of
from app.web.pages.ledger_state import ledger_state
from app.web.pages.render import page, part, see
from app.web.pages.routes import pages
from guarantees.chain import anchoring
from guarantees.chain.binding import bound
from ledger import log
from ledger.checkpoint import Checkpoint
from ledger.cosignature import TIMESTAMP_SIZE
from ledger.entries import Revealed, decode
from ledger.errors import LedgerError
from ledger.merkle import inclusion_proof, leaf_hash
from ledger.note import Note
from ledger.tile_files import read_hash_at
from ledger.tiles import TILE_WIDTH, EntryBundle

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry of the list."""

    index: int
    at: datetime
    title: str
    words: str
    sealed: bool


@pages.get("/ledger/")
def ledger() -> Response:
    """The newest entries, or those below ?below=; ?open=1 leaves sealed ones out."""
    state = ledger_state(session())
    if (number := _number(request.args.get("index"))) is not None:
        return see(url_for("pages.entry", index=number))
    size = state.size if state else 0
    below = min(_number(request.args.get("below")) or size, size)
    only_open = request.args.get("open") == "1"
    found = _open_below(below, size) if only_open else log.newest_leaves(session(), below, limit=A_PAGE)
    lines = [_shown(index, at, leaf) for index, at, leaf in found]
    kept: dict[str, Any] = {"open": 1} if only_open else {}
    return part(
        "public/ledger_list.html",
        "public/ledger.html",
        lines=lines,
        only_open=only_open,
        newer=url_for("pages.ledger", below=min(below + A_PAGE, size), **kept) if below < size else None,
        older=url_for("pages.ledger", below=lines[-1].index, **kept) if lines and lines[-1].index else None,
        witnesses=_witnesses(),
        bound=bound(session()),
        coming=anchoring.newest(session(), "sent", "mined"),
    )


@pages.get("/ledger/entries/<int(max=9007199254740991):index>")
def entry(index: int) -> Response:
    """One entry: its words, its leaf, its proof."""
    state = ledger_state(session())
    if state is None or index >= state.size:
        raise NotFound
    found = log.newest_leaves(session(), index + 1, limit=1)
    if not found or found[0][0] != index:
        raise NotFound
    _, at, leaf = found[0]
    value: dict[str, Any] = json.loads(leaf)
    kind = str(value.pop("type"))
    shown = _shown(index, at, leaf)
    return page(
        "public/entry.html",
        index=index,
        at=at,
        kind=kind,
        shown=shown,
        tender=value.get("tender") or str(value.get("lot") or "").partition(".")[0],
        leaf=json.dumps(json.loads(leaf), ensure_ascii=False, indent=2),
        leaf_hash=leaf_hash(leaf).hex(),
        proof=_proof(index, state.size),
        state=state,
        bundle=EntryBundle(
            index // TILE_WIDTH, min(TILE_WIDTH, state.size - index // TILE_WIDTH * TILE_WIDTH)
        ).path,
        revealed=_revealed(leaf),
        previous=index - 1 if index else None,
        following=index + 1 if index + 1 < state.size else None,
    )


def _shown(index: int, at: datetime, leaf: bytes) -> Shown:
    kind = str(json.loads(leaf).get("type", ""))
    try:
        words = words_of(decode(leaf))
    except LedgerError:  # a type that a newer program wrote
        words = ""
    return Shown(index, at, title_of_type(kind), words, kind.startswith("sealed/"))


def _open_below(below: int, size: int) -> list[tuple[int, datetime, bytes]]:
    """The last entries below an index that are not sealed, looked for in ever larger stretches."""
    width = A_PAGE
    while True:
        first = max(0, below - width)
        leaves = log.leaves(session(), first, min(below, size), limit=width)
        if len(leaves) >= A_PAGE or first == 0:
            break
        width *= 4
    wanted = dict(leaves[-A_PAGE:])
    dates = {index: at for index, at, _ in log.dated_entries(session(), list(wanted))}
    return [(index, dates[index], wanted[index]) for index in sorted(wanted, reverse=True)]


def _proof(index: int, size: int) -> list[str] | None:
    """Hexadecimal hashes; None where this application has no tiles."""
    tiles = parts().tiles
    if tiles is None:
        return None
    return [one.hex() for one in inclusion_proof(index, size, read_hash_at(tiles, size))]


def _witnesses() -> list[tuple[str, datetime]]:
    """Who signed the published checkpoint beside the log, and when by their own clocks. Shown, not verified: that is
    what a reader's own program does."""
    try:
        note = Note.parse(log.head(session()).published_note)
        origin = Checkpoint.parse(note.text).origin
    except LedgerError:
        return []
    found = []
    for one in note.signatures:
        if one.name != origin and len(one.signature) > TIMESTAMP_SIZE:
            seconds = int.from_bytes(one.signature[:TIMESTAMP_SIZE], "big")
            found.append((one.name, datetime.fromtimestamp(seconds, UTC)))
    return found


def _revealed(leaf: bytes) -> dict[str, Any] | None:
    """What a reveal shows, decoded."""
    try:
        found = decode(leaf)
        if not isinstance(found, Revealed):
            return None
        body = json.loads(bytes.fromhex(found.body))
    except (LedgerError, ValueError):
        return None
    return {
        "index": found.index,
        "kind": body.get("type", ""),
        "body": json.dumps(body, ensure_ascii=False, indent=2),
    }


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= 15 else None

"""The files of a form: stored as evidence before the form is judged, so that a refused form keeps them, ticked.

A program sends files of any length piece by piece beforehand (client/src/evidence.ts, by the API's routes); without
programs a form takes what its request may hold.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import request
from werkzeug.datastructures import FileStorage

from app.api.complaints.routes import blobs, party
from app.context import now, parts, session
from oversight.complaints import evidence
from oversight.complaints.errors import CaseError

_CHUNK = 1 << 20
_UNKNOWN = "application/octet-stream"
_UNWANTED = re.compile(r"[\x00-\x1f\x7f/\\\ud800-\udfff]")


def handed_in() -> list[UUID]:
    """Stores and commits the files of this request; their ids, after those that are ticked. CaseError."""
    made = [_stored(one) for one in request.files.getlist("new_files") if one.filename]
    session().commit()
    ticked = [one for one in request.form.getlist("files") if one not in {str(each) for each in made}]
    try:
        return [*(UUID(one) for one in dict.fromkeys(ticked)), *made]
    except ValueError as error:
        raise CaseError("a file is named by its id: tick it again") from error


def offered(ticked: list[UUID]) -> dict[str, Any]:
    """What the form shows: stored files that wait to be handed in, and which of them are ticked."""
    waiting = [row for row in evidence.waiting(session(), party()) if row.sha256 is not None]
    return {"waiting": waiting, "ticked": set(ticked)}


def _stored(file: FileStorage) -> UUID:
    name = _UNWANTED.sub("_", (file.filename or "").strip())[-200:]
    kind = (file.mimetype or _UNKNOWN).lower()
    row = evidence.begin(session(), party(), name, kind, now=now(), random=parts().random)
    whole, number = hashlib.sha256(), 0
    while number == 0 or _goes_on(file):
        pieces = _piece(file, whole)
        evidence.put(session(), blobs(), party(), row.id, number, pieces, now=now())
        number += 1
    evidence.complete(session(), blobs(), party(), row.id, whole.hexdigest())
    return row.id


def _goes_on(file: FileStorage) -> bool:
    at = file.stream.tell()
    more = bool(file.stream.read(1))
    file.stream.seek(at)
    return more


def _piece(file: FileStorage, whole: Any) -> Iterator[bytes]:
    for _number in range(evidence.PIECE // _CHUNK):
        chunk = file.stream.read(_CHUNK)
        if not chunk:
            return
        whole.update(chunk)
        yield chunk

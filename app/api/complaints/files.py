"""Evidence: a file is begun, sent in pieces of at most 32 MiB, and completed by its SHA-256; then it goes with a
statement. Only who has a part in the case can have it again."""

from base64 import b64encode
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Response, request, stream_with_context

from app.api.complaints.routes import ONE, blobs, case_of, file_shown, party, routes
from app.api.content import BYTES, Content
from app.api.schemas import complaints as schemas
from app.context import now, parts, session
from oversight.complaints import evidence, reading

_FILE = "/files/<uuid:file_id>"
_REFUSES = (400, 401, 403, 404, 409)


@routes.operation(
    "POST", "/files", takes=schemas.NewFile, gives=schemas.FileShown, status=201, refuses=(400, 401, 403)
)
def begin_file(given: dict[str, Any]) -> dict[str, Any]:
    """Begin a file of evidence"""
    row = evidence.begin(
        session(), party(), given["name"], given["media_type"], now=now(), random=parts().random
    )
    session().commit()
    return file_shown(row)


@routes.operation("GET", "/files", gives=schemas.FileShown, many=True, refuses=(401, 403))
def list_files() -> list[dict[str, Any]]:
    """List your organisation's files that were not handed in yet"""
    return [file_shown(row) for row in evidence.waiting(session(), party())]


@routes.operation(
    "PUT",
    f"{_FILE}/pieces/<int(max=1048575):number>",
    takes=Content(BYTES),
    gives=schemas.PieceShown,
    refuses=(*_REFUSES, 413),
)
def put_piece(file_id: UUID, number: int) -> dict[str, Any]:
    """Send a piece of a file, numbered from 0 on; the body is its content, at most 32 MiB

    The same piece may be sent again until the file is complete.
    """
    piece = evidence.put(session(), blobs(), party(), file_id, number, request.stream, now=now())
    session().commit()
    return {"number": piece.number, "size": piece.size, "sha256": piece.sha256.hex()}


@routes.operation(
    "POST", f"{_FILE}/completion", takes=schemas.FileWhole, gives=schemas.FileShown, refuses=_REFUSES
)
def complete_file(given: dict[str, Any], file_id: UUID) -> dict[str, Any]:
    """Complete a file: its pieces together have this SHA-256, and change no more"""
    row = evidence.complete(session(), blobs(), party(), file_id, given["sha256"])
    session().commit()
    return file_shown(row)


@routes.operation("DELETE", _FILE, status=204, refuses=(400, 401, 403, 404))
def drop_file(file_id: UUID) -> None:
    """Forget a file that was not handed in"""
    evidence.drop(session(), party(), file_id)
    session().commit()


@routes.operation("GET", f"{ONE}/files/<uuid:file_id>", gives=Content(BYTES), refuses=(401, 403, 404))
def get_file(case: str, file_id: UUID) -> Response:
    """Download a file of a case that you have a part in"""
    row = reading.file_of(session(), party(), case_of(case).id, file_id)
    content = evidence.content(session(), blobs(), row)
    answer = Response(stream_with_context(content), content_type=BYTES)
    answer.content_length = row.size
    # As a download and as bytes whatever it says it is: nothing that a party sends runs in another's browser
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row.name, safe='')}"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    if row.sha256 is not None:
        answer.headers["Repr-Digest"] = f"sha-256=:{b64encode(row.sha256).decode('ascii')}:"
    return answer

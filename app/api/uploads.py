"""tus 1.0.0: core, creation, creation-with-upload, checksum, termination, expiration (https://tus.io/protocols/).

    POST   <prefix>          a new upload, for a token; Idempotency-Key makes it safe to repeat
    HEAD   <prefix>/<capability>
    PATCH  <prefix>/<capability>
    DELETE <prefix>/<capability>

An upload is named by its capability, and nothing else is asked of who goes on with it. Metadata is refused: names of
files tell more than a sealed file does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import format_datetime

from flask import Response, request
from werkzeug.exceptions import ClientDisconnected

from app.api.content import Content, Header
from app.api.document import ApiRoutes
from app.api.private_token import token_of
from app.api.submission_setting import SubmissionSetting
from bidding.tokens import spending
from bidding.turned_away import Code, TurnedAwayError
from bidding.uploads import capability, rows
from bidding.uploads.checksum import ALGORITHMS, Checksum
from bidding.uploads.receiving import Receiver
from bidding.uploads.rows import UploadState

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,termination,expiration"
_BYTES = "application/offset+octet-stream"
_CHUNK = 1 << 16
_MAX_KEY = 64

_TUS = Header("Tus-Resumable", "tus 1.0.0", VERSION, required=True, pattern="^1[.]0[.]0$")
_TOKEN = Header("Authorization", "a blind token (RFC 9577)", 'PrivateToken token="AAIC..."')
_LENGTH = Header("Upload-Length", "bytes in all", "1000000", required=True, pattern="^[0-9]{1,16}$")
_KEY = Header(
    "Idempotency-Key", "the same creation again gives the same upload", "5f0c", pattern="^[ -~]{0,64}$"
)
_OFFSET = Header("Upload-Offset", "where these bytes begin", "0", required=True, pattern="^[0-9]{1,16}$")
_CHECKSUM = Header(
    "Upload-Checksum",
    "an algorithm and the hash of this request's bytes in base64",
    "sha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
)
_STATE = {
    "Tus-Resumable": "tus 1.0.0",
    "Upload-Offset": "bytes that have arrived",
    "Upload-Length": "bytes in all",
    "Upload-Expires": "when the upload goes, as an HTTP date",
}
_OFFER = {
    "Tus-Resumable": "tus 1.0.0",
    "Tus-Version": "tus 1.0.0",
    "Tus-Extension": EXTENSIONS,
    "Tus-Max-Size": "bytes of an upload",
    "Tus-Checksum-Algorithm": "what Upload-Checksum may name",
}
_ONE = "/<string(maxlength=64):name>"


def _to(operation: str) -> dict[str, object]:
    """What a creation leads to."""
    place = "$response.header.Location#regex:/uploads/(.+)"
    return {"operationId": f"uploads.{operation}", "parameters": {"name": place}}


def blueprint(setting: SubmissionSetting, receiver: Receiver) -> ApiRoutes:
    """The routes, to be registered under the prefix of uploads."""
    routes = ApiRoutes("uploads", __name__, description="Uploads of sealed files (tus 1.0.0)")
    uploads = _Uploads(setting, receiver)

    @routes.before_request
    def check_version() -> None:
        if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
            raise TurnedAwayError(Code.TUS_VERSION)

    @routes.after_request
    def name_version(response: Response) -> Response:
        response.headers["Tus-Resumable"] = VERSION
        response.headers["Cache-Control"] = "no-store"
        return response

    @routes.operation("OPTIONS", "", status=204, sets=_OFFER)
    def options() -> Response:
        """Say what of tus is spoken here"""
        headers = {
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(setting.limits.size),
            "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
        }
        return Response(status=204, headers=headers)

    @routes.operation("OPTIONS", _ONE, status=204, sets=_OFFER)
    def options_of_one(name: str) -> Response:  # noqa: ARG001 - the same for all
        """Say what of tus is spoken here"""
        return options()

    @routes.operation(
        "POST",
        "",
        takes=Content(_BYTES),
        status=201,
        refuses=(400, 401, 409, 412, 413, 422, 460),
        reads=(_TUS, _LENGTH, _TOKEN, _KEY, _CHECKSUM),
        sets={**_STATE, "Location": "the upload; whoever knows it goes on with it"},
        links={name: _to(name) for name in ("head", "patch", "delete")},
    )
    def create() -> Response:
        """Begin an upload, for a blind token, with its first bytes if there are any

        Upload-Metadata has to be left out.
        """
        return uploads.create()

    @routes.operation("HEAD", _ONE, reads=(_TUS,), sets=_STATE, refuses=(404, 410, 412))
    def head(name: str) -> Response:
        """Ask how much has arrived"""
        state = receiver.state(capability.id_of(capability.parse(name)))
        return _answer(state, 200)

    @routes.operation(
        "PATCH",
        _ONE,
        takes=Content(_BYTES),
        status=204,
        reads=(_TUS, _OFFSET, _CHECKSUM),
        sets=_STATE,
        refuses=(400, 404, 409, 410, 412, 413, 422, 460),
    )
    def patch(name: str) -> Response:
        """Send the next bytes"""
        if request.mimetype != _BYTES:
            raise TurnedAwayError(Code.UPLOAD_HEADER, f"Content-Type is {_BYTES}")
        upload = capability.id_of(capability.parse(name))
        return _answer(uploads.take(upload, _number("Upload-Offset")), 204)

    @routes.operation("DELETE", _ONE, status=204, reads=(_TUS,), refuses=(404, 410, 412))
    def delete(name: str) -> Response:
        """Give an upload up"""
        receiver.end(capability.id_of(capability.parse(name)))
        return Response(status=204)

    return routes


@dataclass(frozen=True, slots=True)
class _Uploads:
    setting: SubmissionSetting
    receiver: Receiver

    def create(self) -> Response:
        """A token is spent and the upload made in one transaction, or neither."""
        length = _number("Upload-Length")
        if length == 0 or request.headers.get("Upload-Metadata"):
            raise TurnedAwayError(Code.UPLOAD_HEADER, "an upload has a length and no metadata")
        token, key = token_of(request.headers.get("Authorization")), request.headers.get("Idempotency-Key")
        if token is None:
            raise TurnedAwayError(Code.TOKEN_MISSING)
        if key is not None and len(key) > _MAX_KEY:
            raise TurnedAwayError(Code.UPLOAD_HEADER, f"Idempotency-Key has at most {_MAX_KEY} characters")
        secret = self.setting.random(capability.SIZE)
        named = secret if key is None else capability.of_token(token, key.encode("utf-8", "surrogateescape"))
        state = self._made(capability.id_of(named), token, length, repeated=key is not None)
        if request.mimetype == _BYTES and state.offset == 0:
            state = self.take(capability.id_of(named), 0)
        response = _answer(state, 201)
        response.headers["Location"] = f"{request.script_root}{request.path}/{named.hex()}"
        return response

    def take(self, upload: bytes, offset: int) -> UploadState:
        """The bytes of this request."""
        limit = self.setting.limits.request
        if (request.content_length or 0) > limit:
            raise TurnedAwayError(Code.UPLOAD_TOO_LARGE, f"one request has at most {limit} bytes")
        header = request.headers.get("Upload-Checksum")
        return self.receiver.append(upload, offset, _body(limit), Checksum.parse(header) if header else None)

    def _made(self, upload: bytes, token: bytes, length: int, *, repeated: bool) -> UploadState:
        now = self.setting.clock()
        with self.setting.database.session() as session:
            try:
                good = spending.verify(session, token, self.setting.token_terms, now=now)
                spending.spend(session, good)
                rows.create(session, upload, length, self.setting.limits, now=now)
                session.commit()
            except TurnedAwayError as error:
                session.rollback()
                if error.code is not Code.TOKEN_SPENT or not repeated:
                    raise
                return self._made_before(upload, length, error)
        return self.receiver.state(upload)

    def _made_before(self, upload: bytes, length: int, error: TurnedAwayError) -> UploadState:
        """The same creation again, whose answer was lost; or the token was spent for something else."""
        try:
            state = self.receiver.state(upload)
        except TurnedAwayError:
            raise error from None
        if state.length != length:
            raise error
        return state


def _body(limit: int) -> Iterator[bytes]:
    """The request's bytes as they come, to its end or to where the line was cut."""
    taken = 0
    while True:
        try:
            chunk = request.stream.read(_CHUNK)
        except (ClientDisconnected, OSError):
            return
        if not chunk:
            return
        taken += len(chunk)
        if taken > limit:
            raise TurnedAwayError(Code.UPLOAD_TOO_LARGE, f"one request has at most {limit} bytes")
        yield chunk


def _answer(state: UploadState, status: int) -> Response:
    headers = {
        "Upload-Offset": str(state.offset),
        "Upload-Length": str(state.length),
        "Upload-Expires": format_datetime(state.expires_at, usegmt=True),
    }
    return Response(status=status, headers=headers)


def _number(name: str) -> int:
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 16):
        raise TurnedAwayError(Code.UPLOAD_HEADER, f"{name} is a number of bytes")
    return int(text)

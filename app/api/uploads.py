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

from flask import Blueprint, Response, request
from werkzeug.exceptions import ClientDisconnected

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


def blueprint(setting: SubmissionSetting, receiver: Receiver) -> Blueprint:
    """The routes, to be registered under the prefix of uploads."""
    routes = Blueprint("uploads", __name__)
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

    @routes.route("", methods=["OPTIONS"], provide_automatic_options=False)
    def options() -> Response:
        headers = {
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(setting.limits.size),
            "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
        }
        return Response(status=204, headers=headers)

    @routes.route("/<name>", methods=["OPTIONS"], provide_automatic_options=False)
    def options_of_one(name: str) -> Response:  # noqa: ARG001 - the same for all
        return options()

    @routes.post("")
    def create() -> Response:
        return uploads.create()

    @routes.route("/<name>", methods=["HEAD"])
    def head(name: str) -> Response:
        state = receiver.state(capability.id_of(capability.parse(name)))
        return _answer(state, 200)

    @routes.patch("/<name>")
    def patch(name: str) -> Response:
        if request.mimetype != _BYTES:
            raise TurnedAwayError(Code.UPLOAD_HEADER, f"Content-Type is {_BYTES}")
        upload = capability.id_of(capability.parse(name))
        return _answer(uploads.take(upload, _number("Upload-Offset")), 204)

    @routes.delete("/<name>")
    def delete(name: str) -> Response:
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

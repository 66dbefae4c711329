"""Refusals of the intake as problem+json (RFC 9457): a stable code, and a sentence in the reader's language."""

import json

from flask import Response, request

from bidding.turned_away import Code, TurnedAwayError

CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:sunseal:problem:"

_STATUS = {
    401: (Code.TOKEN_MISSING, Code.TOKEN_INVALID, Code.TOKEN_EXPIRED, Code.TOKEN_SPENT),
    403: (Code.NOT_VERIFIED, Code.BID_SIGNATURE, Code.STALE),
    404: (Code.UPLOAD_UNKNOWN, Code.LOT_UNKNOWN, Code.BID_UNKNOWN),
    409: (
        *(Code.TOKEN_KEY, Code.UPLOAD_OFFSET, Code.LOT_SUSPENDED, Code.LOT_CANCELLED, Code.DEADLINE_PASSED),
        *(Code.UPLOAD_UNFINISHED, Code.SHARE_SEEN, Code.SEQUENCE, Code.BID_OF_OTHER_LOT, Code.WITHDRAWN),
    ),
    410: (Code.UPLOAD_EXPIRED,),
    412: (Code.TUS_VERSION,),
    413: (Code.UPLOAD_TOO_LARGE, Code.UPLOAD_PIECES, Code.TOO_LARGE),
    422: (
        *(Code.NOT_AN_AGE_FILE, Code.OTHER_LOG, Code.PARTS, Code.FILE_MISMATCH, Code.NO_LOT_STANZA),
        *(Code.SHARE_REFUSED, Code.KNOWLEDGE, Code.TOKEN_REQUEST),
    ),
    429: (Code.ALLOWANCE_USED,),
    460: (Code.CHECKSUM_MISMATCH,),
}
STATUS = {code: status for status, codes in _STATUS.items() for code in codes}
"""Of each code; one that is not here is a bad request. 460 is tus's own."""


def status_of(code: Code) -> int:
    return STATUS.get(code, 400)


def problem(error: TurnedAwayError) -> Response:
    """The answer to what was turned away."""
    chinese = request.accept_languages.best_match(["en", "zh", "zh-CN"], default="en") != "en"
    body = {
        "type": TYPE_PREFIX + error.code,
        "title": error.said.zh if chinese else error.said.en,
        "status": status_of(error.code),
        "code": error.code.value,
    }
    if error.detail:
        body["detail"] = error.detail
    return answer(body, status_of(error.code))


def fault(status: int, code: str, title: str) -> Response:
    """What is not a refusal: no such route, or an error of ours."""
    return answer({"type": TYPE_PREFIX + code, "title": title, "status": status, "code": code}, status)


def answer(body: dict[str, object], status: int) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, content_type=CONTENT_TYPE)

"""What the log makes of a witness's answer, by whatever way it came: a body, another size to start from, or nothing."""

from http import HTTPStatus

from ledger.errors import ConflictError, LedgerError, WitnessMessageError
from ledger.witness_messages import SIZE_CONTENT_TYPE, parse_size_body

MAX_ANSWER_SIZE = 64 * 1024

_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


class WitnessUnavailableError(LedgerError):
    """The witness cannot be reached, is too slow, or says that it cannot answer now: ask again later."""


class WitnessRefusedError(LedgerError):
    """The witness answered, and what it says is neither a cosignature nor a size to start from."""


def read_answer(name: str, status: int, content_type: str, body: bytes) -> bytes:
    """The body of the answer of the witness called `name`, unverified.

    Raises ConflictError if it cosigned another size last than the request starts at, WitnessUnavailableError, or
    WitnessRefusedError.
    """
    if len(body) > MAX_ANSWER_SIZE:
        raise WitnessRefusedError(f"{name} answered with more than {MAX_ANSWER_SIZE} bytes")
    if status == HTTPStatus.OK:
        return body
    if status == HTTPStatus.CONFLICT:
        if content_type != SIZE_CONTENT_TYPE:
            raise WitnessRefusedError(f"{name} answered 409 without saying a size")
        try:
            size = parse_size_body(body)
        except WitnessMessageError as error:
            raise WitnessRefusedError(f"{name} answered 409 with what is no size") from error
        raise ConflictError(size)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _LATER:
        raise WitnessUnavailableError(f"{name} cannot answer now: status {status}")
    raise WitnessRefusedError(f"{name} refused with status {status}")

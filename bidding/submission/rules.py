"""What a submission must be: its body against the log and the lot, each of its files against what the body says.

Pure: the header of a file is read by the caller. What is decided here is decided again by every keyholder from the
ledger alone (docs/spec/opening.md, rules 8 to 13); refusing at the intake tells the bidder while it can still mend it.
"""

import hashlib
import io
from typing import TypeVar

from bidding.submission.terms import Terms
from bidding.turned_away import Code, TurnedAwayError
from crypto.age import Header, read_header
from crypto.age.errors import HeaderError
from crypto.age.x25519 import ephemeral_share
from crypto.canonical_json import Json, dumps
from crypto.errors import CryptoError
from crypto.signatures import VerifyKey
from crypto.threshold import ephemeral_point, lot_stanza, verify_knowledge
from ledger.entries import BidSubmitted, BidWithdrawn, SealedPart, decode
from ledger.entries.types import MAX_BODY_SIZE
from ledger.view import knowledge_context

Fact = TypeVar("Fact", BidSubmitted, BidWithdrawn)


def parse_fact(value: Json, kind: type[Fact], origin: str) -> Fact:
    """The body of a request, for this log and signed by the bid's own key.

    MALFORMED, OTHER_LOG, BID_SIGNATURE.
    """
    try:
        leaf = dumps(value)
        fact = decode(leaf)
    except CryptoError as error:
        raise TurnedAwayError(
            Code.MALFORMED, "the body is not an entry of the type that it must be"
        ) from error
    if not isinstance(fact, kind) or len(leaf) > MAX_BODY_SIZE:
        raise TurnedAwayError(Code.MALFORMED, "the body is of another type, or too long to be sealed")
    if fact.origin != origin:
        raise TurnedAwayError(Code.OTHER_LOG)
    try:
        fact.check_signature(VerifyKey(bytes.fromhex(fact.bid)))
    except CryptoError as error:
        raise TurnedAwayError(Code.BID_SIGNATURE) from error
    return fact


def check_parts(fact: BidSubmitted, terms: Terms) -> None:
    """Exactly the lot's parts, each once, none too large, no share twice. PARTS, TOO_LARGE, SHARE_SEEN."""
    names = [part.part for part in fact.parts]
    if len(set(names)) != len(names) or set(names) != {part.name for part in terms.parts}:
        wanted = ", ".join(part.name for part in terms.parts)
        raise TurnedAwayError(Code.PARTS, f"the parts are: {wanted}")
    if any(part.size > terms.max_size for part in fact.parts):
        raise TurnedAwayError(Code.TOO_LARGE, f"a part has at most {terms.max_size} bytes")
    if len({part.share for part in fact.parts}) != len(names):
        raise TurnedAwayError(Code.SHARE_SEEN, "two parts have one stanza")


def read_head(head: bytes) -> Header:
    """The age header at the beginning of a file. NOT_AN_AGE_FILE."""
    try:
        return read_header(io.BytesIO(head))
    except HeaderError as error:
        raise TurnedAwayError(Code.NOT_AN_AGE_FILE, str(error)) from error


def check_file(said: SealedPart, sha256: bytes, size: int, header: Header) -> None:
    """The uploaded file is the one that the body signs, and has a stanza that could be the lot's.

    FILE_MISMATCH, NO_LOT_STANZA, SHARE_REFUSED. Whether the stanza *is* for the lot's key only the opening shows.
    """
    if said.sha256 != sha256.hex() or said.size != size:
        raise TurnedAwayError(Code.FILE_MISMATCH, f"part {said.part}: other content or another size")
    try:
        stanza = lot_stanza(header)
    except HeaderError as error:
        raise TurnedAwayError(Code.NO_LOT_STANZA, f"part {said.part}") from error
    try:
        ephemeral_point(stanza)
    except HeaderError as error:
        raise TurnedAwayError(Code.SHARE_REFUSED, f"part {said.part}") from error
    if (
        said.header != hashlib.sha256(header.encode()).hexdigest()
        or said.share != ephemeral_share(stanza).hex()
    ):
        raise TurnedAwayError(Code.FILE_MISMATCH, f"part {said.part}: another header or share")


def check_knowledge(said: SealedPart, terms: Terms, origin: str, header: Header) -> None:
    """KNOWLEDGE, where the lot demands the proof of knowledge of the stanza's secret."""
    if not terms.part(said.part).knowledge:
        return
    context = knowledge_context(origin, terms.lot, said.part, said.sha256)
    try:
        verify_knowledge(ephemeral_point(lot_stanza(header)), context, bytes.fromhex(said.knowledge))
    except CryptoError as error:
        raise TurnedAwayError(Code.KNOWLEDGE, f"part {said.part}") from error

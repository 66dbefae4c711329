"""By what a guarantee is found before its opening: the lookup of its number and code, which its guarantor tells.

    signature = the listed key's, over encode("sunseal/guarantee-lookup-told/v1", origin, guarantor, id, lookup)

So the public check reads one row, whatever the number of guarantees, and says "valid" of a number only if the guarantor
whose account issued the id has said that the two belong together. A guarantor tells those that it issued together
together, in the order of their lookups: which application each came from, their order does not say.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from crypto.encoding import encode
from guarantees.chain.models import GuaranteeRow
from guarantees.chain.refusals import State
from guarantees.errors import FormatError, StateError
from guarantees.register import listing, product
from guarantees.tables.register import GuaranteeLookup, ListedGuarantor
from ledger import log
from statutes.said import Said

DOMAIN = "sunseal/guarantee-lookup-told/v1"
SIZE = 32


def message(origin: str, guarantor: str, guarantee: bytes, lookup: bytes) -> bytes:
    """What the guarantor of that credit code signs: `guarantee` is the id on chain."""
    return encode(DOMAIN, origin, guarantor, guarantee, lookup)


def tell(session: Session, guarantor: str, guarantee: bytes, lookup: bytes, signature: bytes) -> None:
    """Takes it; the caller commits. The same again changes nothing.

    NotFoundError for a guarantor that is not listed, SignatureError unless its key signed it, FormatError for other
    lengths, StateError for an id or a lookup that it told otherwise before.
    """
    if len(guarantee) != SIZE or len(lookup) != SIZE:
        raise FormatError("an id and a lookup have 32 bytes each")
    row = listing.get(session, guarantor)
    origin = log.head(session).origin
    product.check(row.key, signature, message(origin, guarantor, guarantee, lookup))
    values = {"lookup": lookup, "guarantee": guarantee, "guarantor": guarantor}
    session.execute(insert(GuaranteeLookup).values(values).on_conflict_do_nothing())
    told = session.get(GuaranteeLookup, lookup)
    if told is None or (told.guarantee, told.guarantor) != (guarantee, guarantor):
        raise StateError(
            "lookup-told",
            Said(
                "该保函或该校验码已登记。", "Something else was told for this guarantee or this code before."
            ),
        )


def find(session: Session, lookup: bytes) -> bytes | None:
    """The id on chain of the guarantee with that lookup, if its guarantor told it."""
    query = select(GuaranteeLookup.guarantee).where(GuaranteeLookup.lookup == lookup)
    return session.execute(query).scalar_one_or_none()


def stands(session: Session, lookup: bytes, *, now: datetime) -> bool:
    """Whether the guarantee stands on chain, issued by the account of the guarantor that told of it."""
    query = (
        select(GuaranteeRow.id)
        .join(GuaranteeLookup, GuaranteeLookup.guarantee == GuaranteeRow.id)
        .join(ListedGuarantor, ListedGuarantor.credit_code == GuaranteeLookup.guarantor)
        .where(
            GuaranteeLookup.lookup == lookup,
            GuaranteeRow.guarantor == ListedGuarantor.address,
            GuaranteeRow.state == State.ISSUED.value,
            GuaranteeRow.expiry >= int(now.timestamp()),
        )
    )
    return session.execute(query).first() is not None

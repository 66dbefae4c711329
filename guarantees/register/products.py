"""Products published, changed and withdrawn by their guarantors; each act a row and an entry."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from guarantees.errors import NotFoundError, StateError
from guarantees.register import listing, product
from guarantees.register.product import Product
from guarantees.tables.register import ListedGuarantor, ProductRow
from ledger import log
from ledger.entries import GuaranteeProductPublished, GuaranteeProductWithdrawn
from statutes.said import Said


def publish(session: Session, content: bytes, signature: bytes, *, now: datetime) -> Product:
    """Publishes a product, or its next version in the place of the last; the caller commits. The same again changes
    nothing.

    Raises FormatError, SignatureError unless its guarantor's listed key signed it, StateError for a guarantor without a
    licence, and for a version that is not the next.
    """
    said = Product.parse(content)
    row = listing.require_licensed(session, said.guarantor, now=now)
    product.check(row.key, signature, product.signed_bytes(content))
    _lock(session, said.guarantor)
    versions = select(func.max(ProductRow.version)).where(
        ProductRow.guarantor == said.guarantor, ProductRow.code == said.product
    )
    last = session.execute(versions).scalar_one() or 0
    offered = _offered(session, said.guarantor, said.product)
    if offered is not None and offered.content == content:
        return said
    if said.version != last + 1:
        raise StateError(
            "version",
            Said(f"产品的下一版本号是{last + 1}。", f"The product's next version is {last + 1}."),
        )
    if offered is not None:
        offered.ended_at = now
        session.flush()  # before the next one is there, for only one may be offered
    digest = hashlib.sha256(content).hexdigest()
    entry = GuaranteeProductPublished(said.guarantor, said.product, said.version, digest)
    session.add(
        ProductRow(
            guarantor=said.guarantor,
            code=said.product,
            version=said.version,
            content=content,
            signature=signature,
            published_at=now,
            ended_at=None,
            entry_id=log.append(session, entry, now=now),
        )
    )
    session.flush()
    return said


def withdraw(
    session: Session, guarantor: str, code: str, version: int, signature: bytes, *, now: datetime
) -> None:
    """Offers it no more. NotFoundError if that version is not offered, SignatureError unless its guarantor says so."""
    row = listing.get(session, guarantor)
    product.check(row.key, signature, product.withdrawal_bytes(guarantor, code, version))
    _lock(session, guarantor)
    offered = _offered(session, guarantor, code)
    if offered is None or offered.version != version:
        raise NotFoundError("no such product is offered")
    offered.ended_at = now
    log.append(session, GuaranteeProductWithdrawn(guarantor, code, version), now=now)


def offered(session: Session) -> Sequence[ProductRow]:
    """All that is offered now, by guarantor and product."""
    query = select(ProductRow).where(ProductRow.ended_at.is_(None))
    return session.scalars(query.order_by(ProductRow.guarantor, ProductRow.code)).all()


def _offered(session: Session, guarantor: str, code: str) -> ProductRow | None:
    query = select(ProductRow).where(
        ProductRow.guarantor == guarantor, ProductRow.code == code, ProductRow.ended_at.is_(None)
    )
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _lock(session: Session, guarantor: str) -> None:
    query = select(ListedGuarantor.credit_code).where(ListedGuarantor.credit_code == guarantor)
    session.execute(query.with_for_update())

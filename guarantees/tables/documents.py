"""Documents that go with demands and answers (guarantees/documents.py)."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base


class GuaranteeDocument(Base):
    """A document of a guarantee. `handed_in_by` is a credit code."""

    __tablename__ = "guarantee_document"

    guarantee: Mapped[bytes] = mapped_column(ForeignKey("guarantee.id"), primary_key=True)
    sha256: Mapped[bytes] = mapped_column(ForeignKey("blob.sha256"), primary_key=True)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    handed_in_by: Mapped[str]
    stored_at: Mapped[datetime]

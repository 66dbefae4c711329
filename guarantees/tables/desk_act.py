"""Who did what at a guarantor's desk: its own audit trail. Rows are added and never changed."""

from datetime import datetime

from sqlalchemy import ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base


class DeskAct(Base):
    """One act. `who` is the underwriter's name for logging in; `detail` what was entered, or empty."""

    __tablename__ = "guarantee_desk_act"
    __table_args__ = (Index("guarantee_desk_act_application_index", "application"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str]
    act: Mapped[str]
    application: Mapped[bytes | None] = mapped_column(ForeignKey("guarantee_application.id"))
    detail: Mapped[str]

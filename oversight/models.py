"""All tables of oversight: importing this is importing them."""

from oversight.draw_tables import CallRow, DrawRow, EventRow, SnapshotRow
from oversight.pool_tables import ExpertRow, RecordRow, SpecialtyRow
from oversight.report_tables import MailboxRow, MessageRow
from oversight.sample_tables import ItemRow, SampleRow

__all__ = [
    "CallRow",
    "DrawRow",
    "EventRow",
    "ExpertRow",
    "ItemRow",
    "MailboxRow",
    "MessageRow",
    "RecordRow",
    "SampleRow",
    "SnapshotRow",
    "SpecialtyRow",
]

"""All tables of oversight: importing this is importing them."""

from oversight.complaints.tables import CaseRow, ClockRow, EvidenceRow, MailRow, PieceRow, StepRow, StopRow
from oversight.draw_tables import CallRow, DrawRow, EventRow, SnapshotRow
from oversight.pool_tables import ExpertRow, RecordRow, SpecialtyRow
from oversight.report_tables import MailboxRow, MessageRow
from oversight.sample_tables import ItemRow, SampleRow

__all__ = [
    "CallRow",
    "CaseRow",
    "ClockRow",
    "DrawRow",
    "EventRow",
    "EvidenceRow",
    "ExpertRow",
    "ItemRow",
    "MailRow",
    "MailboxRow",
    "MessageRow",
    "PieceRow",
    "RecordRow",
    "SampleRow",
    "SnapshotRow",
    "SpecialtyRow",
    "StepRow",
    "StopRow",
]

"""All tables of guarantees but the chain's own (guarantees/chain/models.py)."""

from guarantees.tables.desk import Application, ExposureLimit, Invoice, Issue, Outgoing, Payment, Quote
from guarantees.tables.desk_act import DeskAct
from guarantees.tables.documents import GuaranteeDocument
from guarantees.tables.lifecycle import (
    AmendmentProposal,
    DemandRow,
    Difference,
    Guarantee,
    GuaranteeCheck,
    PaperExamination,
    ReleaseClock,
    Step,
)
from guarantees.tables.mail import LetterboxRow, LetterRow
from guarantees.tables.register import (
    BeneficiaryAccount,
    GuaranteeLookup,
    GuarantorAct,
    ListedGuarantor,
    ProductRow,
)
from guarantees.tables.succession import Succession
from guarantees.webhooks.models import DeliveryRow, WebhookRow

__all__ = [
    "AmendmentProposal",
    "Application",
    "BeneficiaryAccount",
    "DeliveryRow",
    "DemandRow",
    "DeskAct",
    "Difference",
    "ExposureLimit",
    "Guarantee",
    "GuaranteeCheck",
    "GuaranteeDocument",
    "GuaranteeLookup",
    "GuarantorAct",
    "Invoice",
    "Issue",
    "LetterRow",
    "LetterboxRow",
    "ListedGuarantor",
    "Outgoing",
    "PaperExamination",
    "Payment",
    "ProductRow",
    "Quote",
    "ReleaseClock",
    "Step",
    "Succession",
    "WebhookRow",
]

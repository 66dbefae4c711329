"""What this package refuses beside the rules of law.

    BiddingError
      TenderError
        UnknownTenderError     no such tender, lot, document or question, or none that the caller may know of
        DraftError             a draft that cannot be read, or lacks what a publication needs
        DocumentError          a document that cannot be taken
        TooManyQuestionsError  more questions than are taken in that time
        OcdsError              not an OCDS release or record
        CommitteeError         what a committee cannot hand in, or a lot that waits for its committee

No message holds the name of a bidder.
"""

from bidding.errors import BiddingError


class TenderError(BiddingError):
    """Anything this package refuses."""


class UnknownTenderError(TenderError):
    """There is no such thing, or none that the caller may know of."""


class DraftError(TenderError):
    """A draft that cannot be read, or lacks what a publication needs. The field is named."""


class DocumentError(TenderError):
    """A document that cannot be taken."""


class TooManyQuestionsError(TenderError):
    """More questions than are taken in that time; later ones are."""


class OcdsError(TenderError):
    """Not an OCDS release or record."""


class CommitteeError(TenderError):
    """What a committee cannot hand in, or a lot that waits for its committee (条48)."""

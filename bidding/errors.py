"""The errors of the bidding domain, beside those of the rules (statutes.errors).

    RuleError
      BiddingError            anything that this package itself refuses
      RefusedError            of statutes: the law, or the tender's own documents, forbid it
        TimetableError        a timetable that breaks one rule or more
        LotError              a lot that breaks one rule or more
        WrongStateError       the tender is not in a state from which this move goes
        TooEarlyError         an instant that must be reached first
        TooFewBidsError       fewer bids than an opening needs, or the reverse: enough to open
        DeadlineError         a change of the deadline that may not be
        CandidatesError       no candidate, too many, or not the one whose turn it is
        ContractError         a contract that is not what was offered
        NoReasonError         an act that has to say why, and does not
        PriceError            a price above the ceiling

No message holds the name of a bidder.
"""

from statutes.errors import RefusedError, RuleError


class BiddingError(RuleError):
    """Anything this package itself refuses."""


class TimetableError(RefusedError):
    """A timetable that breaks one rule or more."""


class LotError(RefusedError):
    """A lot that breaks one rule or more."""


class WrongStateError(RefusedError):
    """The tender is not in a state from which this move goes."""


class TooEarlyError(RefusedError):
    """An instant that must be reached first."""


class TooFewBidsError(RefusedError):
    """Fewer bids than an opening needs; or, for a tender that is to fail so, enough of them."""


class DeadlineError(RefusedError):
    """A change of the deadline that may not be: too late, earlier than before, or too close."""


class CandidatesError(RefusedError):
    """No candidate, too many, or not the one whose turn it is."""


class ContractError(RefusedError):
    """A contract that is not what was offered."""


class NoReasonError(RefusedError):
    """An act that has to say why, and does not."""


class PriceError(RefusedError):
    """A price above the ceiling."""

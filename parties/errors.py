"""The errors of `parties`: one small hierarchy, each with a stable `code` for machines.

    PartiesError
      CreditCodeError        not a unified social credit code
      UnknownError           no such organisation, member, invitation or key, or none that the caller may know of
      TakenError             it exists already
      NotAllowedError        the caller may not do this to that organisation
      StateError             suspended, left, revoked, not verified: not in a state in which this can be done
      InvitationError        a code that opens nothing: unknown, used, expired, withdrawn
      KeyRefusedError        a key, certificate or signature that does not hold

No message holds a person's name or address, a salt or a code.
"""


class PartiesError(Exception):
    """Anything this package refuses."""

    code = "parties"


class CreditCodeError(PartiesError):
    """Not an 18-character unified social credit code with a right check digit (GB 32100-2015)."""

    code = "credit-code"


class UnknownError(PartiesError):
    """There is no such thing here."""

    code = "unknown"


class TakenError(PartiesError):
    """It exists already."""

    code = "taken"


class NotAllowedError(PartiesError):
    """Whoever asks may not do this to that organisation."""

    code = "not-yours"


class StateError(PartiesError):
    """Not in a state in which this can be done."""

    code = "state"


class InvitationError(PartiesError):
    """An invitation's code that opens nothing; why is not said."""

    code = "invitation"


class KeyRefusedError(PartiesError):
    """A key, certificate or signature that does not hold."""

    code = "key-refused"

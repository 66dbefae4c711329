"""The errors of custody: one small hierarchy.

    CustodyError
      UnknownKeyholderError  the sender is not registered, or did not sign
      SequenceError          a message that is not newer than the last one on its channel
      NotAllowedError        a message with something in it that this keyholder may not send
      RegistrationError      a keyholder that cannot be registered, a group that cannot be proposed
      PoolEmptyError         no key is ready
      OpeningError           an opening's header or release that does not fit, or comes too early
      DrawError              a draw that has no seed yet, or cannot be asked for

No message here holds a share, a file key, a header or the body of a message.
"""


class CustodyError(Exception):
    """Anything this package refuses."""


class UnknownKeyholderError(CustodyError):
    """The key is not registered, or it did not sign."""


class SequenceError(CustodyError):
    """The sequence is not higher than that of the last message, which is `last`."""

    def __init__(self, last: int) -> None:
        super().__init__(f"the last message on this channel has the sequence {last}: use a higher one")
        self.last = last


class NotAllowedError(CustodyError):
    """Something in a message that this keyholder may not send: nothing of the message was taken."""


class RegistrationError(CustodyError):
    """A keyholder that cannot be registered, or a group that cannot be proposed."""


class PoolEmptyError(CustodyError):
    """No key is ready: the sentence says for which group, and what to do."""


class OpeningError(CustodyError):
    """What was given for an opening does not fit, or comes too early."""


class DrawError(CustodyError):
    """A draw that cannot be asked for, or whose seed is not known yet."""

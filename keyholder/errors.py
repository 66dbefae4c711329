"""What a keyholder's daemon cannot do, or does not do, beside the refusals of rules (ledger.view.ReleaseRefusedError).

    KeyholderError
      CardError           not a card, or not signed by its key
      BackupError         words or digits that are no seed
      ConfigError         the configuration is malformed
      UnavailableError    the platform, or a chain, does not give what was asked for: ask again later
      ForkError           the log signed two trees that are not of one log: a person must decide
      MessageRefusedError the platform takes nothing of a message
      DecisionError       a person decided what cannot be

No message here holds a seed, a word of it, a key, a share, or a piece of what a stranger sent beyond its size.
"""


class KeyholderError(Exception):
    """Anything a keyholder itself cannot do."""


class CardError(KeyholderError):
    """Not a keyholder's card, or one that its key did not sign."""


class BackupError(KeyholderError):
    """Words or digits that are no seed."""


class ConfigError(KeyholderError):
    """The keyholder's configuration is malformed."""


class UnavailableError(KeyholderError):
    """Who was asked does not answer as he should: ask again later. `after` is for how many seconds not to."""

    def __init__(self, sentence: str, after: float = 0.0) -> None:
        super().__init__(sentence)
        self.after = after


class ForkError(KeyholderError):
    """The log signed two trees that are not of one log; `notes` are the checkpoints that show it."""

    def __init__(self, sentence: str, notes: tuple[bytes, ...]) -> None:
        super().__init__(sentence)
        self.notes = notes


class MessageRefusedError(KeyholderError):
    """The platform takes nothing of a message, and would not if it came again."""


class DecisionError(KeyholderError):
    """A person decided what cannot be."""

"""Why an entry changes nothing, and why nothing may be opened."""

from ledger.errors import LedgerError


class RefusedEntryError(LedgerError):
    """An entry that may not be where it is: it changes nothing."""


class ReleaseRefusedError(LedgerError):
    """A share must not be given. `rule` is a word or two that never changes; the message is for persons."""

    def __init__(self, rule: str, sentence: str) -> None:
        super().__init__(sentence)
        self.rule = rule

"""What guarantees refuse, apart from the chain's own (guarantees/chain/errors.py).

GuaranteesError         the sentence, in both languages where a person acts on it
  FormatError           bytes that are not the document they should be
  SignatureError        not signed, or not by the guarantor that it names
  RefusedError          a rule forbids it: `code` for machines, `said` for persons
  StateError            it is not the moment for this step
  NotFoundError         there is no such thing
"""

from statutes.said import Said


class GuaranteesError(Exception):
    """The parent of the errors of guarantees."""


class FormatError(GuaranteesError):
    """Bytes that are not the document they should be. Nothing of them is repeated but what a schema says."""


class SignatureError(GuaranteesError):
    """A document that is not signed by whom it must be."""


class RefusedError(GuaranteesError):
    """A rule forbids it. `code` is stable; `said` is the sentence."""

    def __init__(self, code: str, said: Said) -> None:
        super().__init__(said.en)
        self.code = code
        self.said = said


class StateError(RefusedError):
    """It is not the moment for this step: it was done before, or another comes first."""


class NotFoundError(GuaranteesError):
    """There is no such thing, or not for whoever asks."""

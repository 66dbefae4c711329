"""The errors of oversight: what a rule refuses, and what is no population, request or answer.

    OversightError
      MalformedDrawError    not a population, not the terms of a draw, or not an answer to a call
      DrawRefusedError      a draw or a committee that the law or the pool does not allow
      PoolError             what cannot be done with an expert, or with a file of them
      NotFoundError         there is no such thing here
      TooEarlyError         what waits for something else: a seed, an index, an award
      ReportError           not a report without a name, or not from its mailbox's owner

No message names an expert, holds a code, or says what is in a report.
"""

from statutes.said import Said


class OversightError(Exception):
    """Anything this package refuses. The message is for persons, and names what to do.

    said: the sentence in both languages, where persons read it on a page; as text it is the English one.
    """

    def __init__(self, sentence: Said | str) -> None:
        super().__init__(sentence.en if isinstance(sentence, Said) else sentence)
        self.said = sentence

    @property
    def both(self) -> Said:
        """The sentence in both languages; one that was said in English alone is so in both."""
        return self.said if isinstance(self.said, Said) else Said(self.said, self.said)


class MalformedDrawError(OversightError):
    """Not a population, not the terms of a draw, or not an answer to a call."""


class DrawRefusedError(OversightError):
    """A draw or a committee that the law or the pool does not allow. `rule` names the article or the rule."""

    def __init__(self, rule: str, sentence: Said | str) -> None:
        super().__init__(sentence)
        self.rule = rule


class PoolError(OversightError):
    """What cannot be done with an expert in its present state, or with a file of experts."""


class NotFoundError(OversightError):
    """There is no such expert, draw, sample, call or mailbox."""


class TooEarlyError(OversightError):
    """What this waits for has not happened yet: ask again later."""


class ReportError(OversightError):
    """Not a report without a name, or not signed by the key of its mailbox."""

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


class OversightError(Exception):
    """Anything this package refuses. The message is for persons, and names what to do."""


class MalformedDrawError(OversightError):
    """Not a population, not the terms of a draw, or not an answer to a call."""


class DrawRefusedError(OversightError):
    """A draw or a committee that the law or the pool does not allow. `rule` names the article or the rule."""

    def __init__(self, rule: str, sentence: str) -> None:
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

"""The errors of oversight: what a rule refuses, and what is no population, request or answer."""


class OversightError(Exception):
    """Anything this package refuses. The message is for persons, and names what to do."""


class MalformedDrawError(OversightError):
    """Not a population, not the terms of a draw, or not an answer to a call."""


class DrawRefusedError(OversightError):
    """A draw or a committee that the law or the pool does not allow. `rule` names the article or the rule."""

    def __init__(self, rule: str, sentence: str) -> None:
        super().__init__(sentence)
        self.rule = rule

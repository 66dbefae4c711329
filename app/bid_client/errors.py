"""Why a bidder's program could not do what it was asked to."""


class BidClientError(Exception):
    """Anything that this package refuses or cannot do."""


class WalletError(BidClientError):
    """The wallet cannot be read, or has no token left."""


class UnreachableError(BidClientError):
    """The platform does not answer. Running the command again goes on where it was."""


class RefusedByPlatformError(BidClientError):
    """The platform's refusal, with its code."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"[{code}] {sentence}")
        self.code = code


class DeceivedError(BidClientError):
    """What the platform answered does not hold: keep the answer, and show it to the supervisor."""

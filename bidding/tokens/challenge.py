"""What every token of a platform is for: one challenge for all bidders, all lots and all times.

The redemption context is empty (RFC 9577 section 2.1.1 allows it): a token is drawn long before it is spent, and a
context for each lot, bidder or day would split the bidders into smaller crowds.
"""

from dataclasses import dataclass

from crypto.tokens.privacy_pass import TokenChallenge


@dataclass(frozen=True, slots=True)
class TokenTerms:
    """The names that stand in the challenge: the issuer's host and the host that submissions go to."""

    issuer: str
    origin: str

    @property
    def challenge(self) -> TokenChallenge:
        return TokenChallenge(self.issuer, self.origin)

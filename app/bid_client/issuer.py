"""Drawing tokens, under a key that the ledger shows to everybody.

A platform that gave each bidder a key of its own could tell them apart when they spend. So a key counts only with the
receipt of its entry, cosigned by the witnesses that the bidder trusts: then it stands where everybody sees it, and two
keys for one month would stand there too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from app.api.private_token import decode
from app.bid_client.channel import Channel
from app.bid_client.errors import DeceivedError
from app.bid_client.wallet import Wallet
from crypto.errors import CryptoError
from crypto.randomness import RandomBytes
from crypto.tokens.errors import TokenKeyError
from crypto.tokens.privacy_pass import PendingToken, TokenChallenge, finalize_token, request_token
from crypto.tokens.token_key import decode_key, token_key_id
from ledger.entries import TokenKeyPublished
from ledger.entries import decode as decode_entry
from ledger.errors import LedgerError
from ledger.proof import Policy, verify_receipt

DIRECTORY = "/.well-known/private-token-issuer-directory"


@dataclass(frozen=True, slots=True)
class IssuerClient:
    """`credentials` are the headers that say to the platform which organisation asks; no other request has them."""

    channel: Channel
    wallet: Wallet
    policy: Policy
    challenge: TokenChallenge
    credentials: Mapping[str, str]
    random: RandomBytes

    def draw(self, count: int, *, now: datetime, progress: Callable[[int], None] = lambda _: None) -> int:
        """Draws until `count` more tokens are in the wallet; requests without an answer first. How many came.

        DeceivedError if the key is not on the ledger for now, or an answer is no token.
        """
        key = self.present_key(now)
        drawn = 0
        for number, pending in self.wallet.pending():
            if pending.token_key_id != token_key_id(key):
                self.wallet.forget(number)
            elif drawn < count:
                self._finish(key, number, pending)
                drawn += 1
                progress(1)
        for _ in range(count - drawn):
            pending = request_token(key, self.challenge, self.random)
            self._finish(key, self.wallet.add_pending(pending), pending)
            drawn += 1
            progress(1)
        return drawn

    def present_key(self, now: datetime) -> RSAPublicKey:
        """The key of this month, as the ledger has it."""
        directory = self.channel.ask("GET", DIRECTORY, {}).json()
        try:
            offered = [decode_key(decode(one["token-key"])) for one in directory["token-keys"]]
        except (CryptoError, ValueError, KeyError, TypeError) as error:
            raise DeceivedError("the issuer's directory cannot be read") from error
        present = int(now.timestamp())
        for key in offered:
            entry = self._entry_of(key)
            if entry.not_before <= present < entry.issue_until:
                return key
        raise DeceivedError("the issuer offers no key that the ledger has for this month")

    def _entry_of(self, key: RSAPublicKey) -> TokenKeyPublished:
        key_id = token_key_id(key)
        receipt = self.channel.ask("GET", f"/api/blind-tokens/keys/{key_id.hex()}", {}).content
        try:
            entry = decode_entry(verify_receipt(receipt, self.policy).entry)
        except (LedgerError, CryptoError) as error:
            raise DeceivedError(f"the key for tokens has no receipt that holds: {error}") from error
        if not isinstance(entry, TokenKeyPublished) or entry.key_id() != key_id:
            raise DeceivedError("the receipt of the key for tokens is another entry's")
        if entry.issuer != self.challenge.issuer_name:
            raise DeceivedError("the key for tokens is another issuer's")
        return entry

    def _finish(self, key: RSAPublicKey, number: int, pending: PendingToken) -> None:
        headers = {"Content-Type": "application/private-token-request", **self.credentials}
        response = self.channel.ask("POST", "/api/blind-tokens/request", headers, pending.request().encode())
        try:
            token = finalize_token(key, pending, response.content)
        except TokenKeyError:
            raise
        except CryptoError as error:
            raise DeceivedError(f"the issuer's answer is no token: {error}") from error
        self.wallet.finalize(number, token.encode())

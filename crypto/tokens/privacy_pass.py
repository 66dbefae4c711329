"""Privacy Pass tokens of type 0x0002, Blind RSA of 2048 bits (RFC 9577, RFC 9578 section 6).

      bidder                                              issuer
    1. request_token: a PendingToken, to be saved
                       -- TokenRequest, 259 bytes ----->
                                                        2. issue, once the bidder is entitled to a token
                       <- TokenResponse, 256 bytes -----
    3. finalize_token: a Token, 354 bytes, a bearer's paper
      anyone
    4. verify_token, when the token is redeemed

Between 1 and 3 the bidder may be killed at any point: with the saved state it sends the very same request
again and gets the same answer. All structures are fixed or length-prefixed, so each has one encoding.

Not guaranteed: that a token is redeemed once (whoever redeems it keeps each `Token.nonce` and refuses the
second), and that every bidder was given the same key (bidders take it from the ledger, by `token_key_id`; an
issuer with a key for each bidder would recognise them). The issuer's key serves nothing else (RFC 9474 6.2).
"""

import hashlib
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from crypto.byte_reader import ByteReader
from crypto.encoding import encode
from crypto.errors import VerificationError
from crypto.randomness import RandomBytes
from crypto.tokens import blind_rsa
from crypto.tokens.errors import TokenEncodingError, TokenKeyError
from crypto.tokens.token_key import token_key_id

TOKEN_TYPE = 0x0002
NONCE_SIZE = 32
DIGEST_SIZE = 32
AUTHENTICATOR_SIZE = 256

_TYPE = TOKEN_TYPE.to_bytes(2, "big")
_STATE_DOMAIN = "sunseal/pending-token/v1"


@dataclass(frozen=True, slots=True)
class TokenChallenge:
    """What a token is for (RFC 9577 section 2.1.1).

    Origins are joined by commas, the context has 0 or 32 bytes. Both names are printable ASCII, or it raises
    TokenEncodingError.
    """

    issuer_name: str
    origin_info: str = ""
    redemption_context: bytes = b""

    def __post_init__(self) -> None:
        for name in self.issuer_name, self.origin_info:
            if not (len(name) <= 0xFFFF and name.isascii() and name.isprintable()):
                raise TokenEncodingError("issuer and origins are printable ASCII, at most 65535 bytes each")
        if not self.issuer_name or len(self.redemption_context) not in (0, 32):
            raise TokenEncodingError("a token challenge names an issuer and has a context of 0 or 32 bytes")

    def encode(self) -> bytes:
        issuer = _join(self.issuer_name.encode("ascii"), 2)
        context = _join(self.redemption_context, 1)
        return _TYPE + issuer + context + _join(self.origin_info.encode("ascii"), 2)

    @classmethod
    def parse(cls, data: bytes) -> "TokenChallenge":
        """Raises TokenEncodingError for another token type, a wrong length or bytes left over."""
        reader = ByteReader(_after_type(data), "the token challenge", TokenEncodingError)
        issuer, context, origins = reader.prefixed(2), reader.prefixed(1), reader.prefixed(2)
        reader.end()
        # Latin-1 maps every byte, and the constructor refuses what is not ASCII
        return cls(issuer.decode("latin-1"), origins.decode("latin-1"), context)

    def digest(self) -> bytes:
        """SHA-256 of the challenge, as the token carries it."""
        return hashlib.sha256(self.encode()).digest()


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """RFC 9578 section 6.1: the last byte of the key's id, and the blinded message."""

    truncated_token_key_id: int
    blinded_message: bytes

    def __post_init__(self) -> None:
        _check_size(self.blinded_message, AUTHENTICATOR_SIZE, "blinded message")
        if not 0 <= self.truncated_token_key_id <= 0xFF:
            raise TokenEncodingError("a truncated token key id is one byte")

    def encode(self) -> bytes:
        return _TYPE + self.truncated_token_key_id.to_bytes(1, "big") + self.blinded_message

    @classmethod
    def parse(cls, data: bytes) -> "TokenRequest":
        """Raises TokenEncodingError for another token type or length."""
        body = _after_type(data)
        _check_size(body, 1 + AUTHENTICATOR_SIZE, "token request without its type")
        return cls(body[0], body[1:])


@dataclass(frozen=True, slots=True)
class Token:
    """RFC 9577 section 2.2.1. Whoever holds it may redeem it: neither nonce nor authenticator is printed."""

    nonce: bytes = field(repr=False)
    challenge_digest: bytes
    token_key_id: bytes
    authenticator: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _check_size(self.nonce, NONCE_SIZE, "token's nonce")
        _check_size(self.challenge_digest, DIGEST_SIZE, "token's challenge digest")
        _check_size(self.token_key_id, DIGEST_SIZE, "token's key id")
        _check_size(self.authenticator, AUTHENTICATOR_SIZE, "token's authenticator")

    def signed(self) -> bytes:
        """The 98 bytes under the authenticator."""
        return _token_input(self.nonce, self.challenge_digest, self.token_key_id)

    def encode(self) -> bytes:
        return self.signed() + self.authenticator

    @classmethod
    def parse(cls, data: bytes) -> "Token":
        """Raises TokenEncodingError for another token type or length."""
        body = _after_type(data)
        return cls(body[:32], body[32:64], body[64:96], body[96:])


@dataclass(frozen=True, slots=True)
class PendingToken:
    """The bidder's secret between request and response: save `encode()` before the request is sent.

    Whoever reads it can tie the token to the request.
    """

    challenge: TokenChallenge
    token_key_id: bytes
    nonce: bytes = field(repr=False)
    blinded_message: bytes = field(repr=False)
    inverse: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _check_size(self.token_key_id, DIGEST_SIZE, "pending token's key id")
        _check_size(self.nonce, NONCE_SIZE, "pending token's nonce")
        _check_size(self.blinded_message, AUTHENTICATOR_SIZE, "pending token's blinded message")
        _check_size(self.inverse, AUTHENTICATOR_SIZE, "pending token's inverse")

    def request(self) -> TokenRequest:
        """What goes to the issuer, as often as it takes."""
        return TokenRequest(self.token_key_id[-1], self.blinded_message)

    def encode(self) -> bytes:
        """The fields in their order, length-prefixed under the domain sunseal/pending-token/v1."""
        fields = self.challenge.encode(), self.token_key_id, self.nonce, self.blinded_message, self.inverse
        return encode(_STATE_DOMAIN, *fields)

    @classmethod
    def parse(cls, data: bytes) -> "PendingToken":
        """Raises TokenEncodingError for anything but what `encode` gives."""
        reader = ByteReader(data, "the saved state of a token request", TokenEncodingError)
        if reader.prefixed(8) != _STATE_DOMAIN.encode("ascii"):
            raise TokenEncodingError("not the saved state of a token request")
        challenge, *fields = (reader.prefixed(8) for _ in range(5))
        reader.end()
        return cls(TokenChallenge.parse(challenge), *fields)


def request_token(public_key: RSAPublicKey, challenge: TokenChallenge, random: RandomBytes) -> PendingToken:
    """Step 1 (RFC 9578 section 6.1); draws nonce, salt and r. Save the result, then send its `request()`."""
    key_id = token_key_id(public_key)
    nonce = random(NONCE_SIZE)
    message = blind_rsa.prepare_identity(_token_input(nonce, challenge.digest(), key_id))
    blinding = blind_rsa.blind(public_key, message, random)
    return PendingToken(challenge, key_id, nonce, blinding.blinded_message, blinding.inverse)


def issue(private_key: RSAPrivateKey, request: TokenRequest, random: RandomBytes) -> bytes:
    """Step 2 (RFC 9578 section 6.2): the TokenResponse; TokenKeyError if the request names another key.

    Whether its sender is entitled to a token is for the caller to decide, before.
    """
    if request.truncated_token_key_id != token_key_id(private_key.public_key())[-1]:
        raise TokenKeyError("the request is for another key: fetch the issuer's current key and ask again")
    return blind_rsa.blind_sign(private_key, request.blinded_message, random)


def finalize_token(public_key: RSAPublicKey, pending: PendingToken, response: bytes) -> Token:
    """Step 3 (RFC 9578 section 6.3): the token; VerificationError if the response is not for this request."""
    if token_key_id(public_key) != pending.token_key_id:
        raise TokenKeyError("the token was requested of another key: finalize it with that one")
    digest = pending.challenge.digest()
    message = _token_input(pending.nonce, digest, pending.token_key_id)
    authenticator = blind_rsa.finalize(public_key, message, response, pending.inverse)
    return Token(pending.nonce, digest, pending.token_key_id, authenticator)


def verify_token(public_key: RSAPublicKey, token: Token, challenge: TokenChallenge) -> None:
    """Step 4 (RFC 9578 section 6.4): VerificationError unless this key signed it for this challenge."""
    if token.token_key_id != token_key_id(public_key):
        raise VerificationError("the token was issued under another key")
    if token.challenge_digest != challenge.digest():
        raise VerificationError("the token was issued for another challenge")
    blind_rsa.verify(public_key, token.authenticator, token.signed())


def _token_input(nonce: bytes, challenge_digest: bytes, key_id: bytes) -> bytes:
    return _TYPE + nonce + challenge_digest + key_id


def _after_type(data: bytes) -> bytes:
    if data[:2] != _TYPE:
        raise TokenEncodingError("not of token type 0x0002")
    return data[2:]


def _check_size(data: bytes, size: int, what: str) -> None:
    if len(data) != size:
        raise TokenEncodingError(f"a {what} has {size} bytes, not {len(data)}")


def _join(data: bytes, prefix: int) -> bytes:
    return len(data).to_bytes(prefix, "big") + data

"""Signed HTTP requests (RFC 9421) with their content's digest (RFC 9530), through http-message-signatures.

The profile, of what banks send us and of what we send them (docs/spec/bank-api.md):

1. One signature with the tag `sunseal`; others, of proxies, are let be.
2. It covers `@method` and `@target-uri`, and `content-digest` wherever there is content.
3. Its parameters are `created`, `expires`, `nonce`, `keyid` and `tag`; `alg` may be given and then has to be the key's.
4. It lives LONGEST_LIFE at most, and is believed SKEW before its creation and after its end, for clocks differ.
5. `keyid` is crypto.party_keys.key_id. Keys are Ed25519, P-256 and P-384, as section 3.3 has them.

Not guaranteed: that a request is new. Who verifies keeps the nonces until they expire, and refuses one that it has
(app.login.request_keys). Nor that fields which the signature does not cover are what was sent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import http_sf
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    SECP384R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    HTTPSignatureKeyResolver,
    MappingKeyResolver,
    algorithms,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException, InvalidSignature

from crypto.errors import VerificationError
from crypto.party_keys import PublicKey

TAG = "sunseal"
LONGEST_LIFE = timedelta(minutes=10)
SKEW = timedelta(seconds=30)
MIN_NONCE, MAX_NONCE = 8, 128
ACCEPTED = f'sunseal=("@method" "@target-uri" "content-digest");created;expires;nonce;keyid;tag="{TAG}"'
"""What the field Accept-Signature says of 2 and 3 (section 5.1)."""

RequestKey = Ed25519PrivateKey | EllipticCurvePrivateKey
_REQUIRED = ("@method", "@target-uri")


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What is signed: the method in capitals, the absolute URI as it was asked for, all fields, and the content."""

    method: str
    uri: str
    fields: tuple[tuple[str, str], ...]
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What a signature that holds says of itself."""

    key_id: str
    nonce: str
    expires: int


def usable(key: PublicKey) -> PublicKey:
    """The key, if it is of a kind that signs requests; VerificationError otherwise."""
    _algorithm(key)
    return key


def named_key(request: HttpRequest) -> str:
    """The `keyid` that the request names, not verified yet. VerificationError if it names none, or several."""
    value = ", ".join(text for name, text in request.fields if name.lower() == "signature-input")
    try:
        members: Any = http_sf.parse(value.encode("ascii"), tltype="dictionary")
        found = [parameters for _, parameters in members.values() if parameters.get("tag") == TAG]
    except (ValueError, TypeError, AttributeError) as error:
        raise VerificationError("the field Signature-Input is no dictionary of signatures") from error
    if len(found) != 1:
        raise VerificationError(
            f'there has to be one signature with the tag "{TAG}", and there are {len(found)}'
        )
    named = found[0].get("keyid")
    if not isinstance(named, str):
        raise VerificationError("the signature names no key: `keyid` is missing")
    return named


def verify(request: HttpRequest, key_id: str, key: PublicKey, *, now: datetime) -> SignedRequest:
    """The signature that `key`, known as `key_id`, made over this request, if it holds now. VerificationError."""
    verifier = _Verifier(_algorithm(key), _OneKey(key_id, key), now)
    try:
        # max_age is the verifier's own business, below
        (found,) = verifier.verify(
            _Message.of(request),
            max_age=None,
            expect_tag=TAG,
            require_components=_REQUIRED,
            body=request.content,
        )
    except HTTPMessageSignaturesException as error:
        raise VerificationError(_sentence(error)) from error
    nonce, expires = found.parameters["nonce"], found.parameters["expires"]
    return SignedRequest(key_id, str(nonce), int(expires))


def sign(
    request: HttpRequest,
    key_id: str,
    key: RequestKey,
    *,
    nonce: str,
    now: datetime,
    life: timedelta = LONGEST_LIFE,
) -> tuple[tuple[str, str], ...]:
    """The fields to add to the request: Content-Digest if there is content, Signature-Input, Signature."""
    message = _Message.of(request)
    before = set(message.headers)
    signer = HTTPMessageSigner(
        signature_algorithm=_algorithm(key.public_key()),
        key_resolver=MappingKeyResolver(public_keys={}, private_keys={key_id: key}),
    )
    signer.sign(
        message,
        key_id=key_id,
        created=now,
        expires=now + life,
        nonce=nonce,
        label="sunseal",
        tag=TAG,
        covered_component_ids=_REQUIRED,
        body=request.content or None,
    )
    return tuple((name, value) for name, value in message.headers.items() if name not in before)


@dataclass(frozen=True, slots=True)
class _Message:
    """A request in the form that the library reads and writes."""

    method: str
    url: str
    headers: dict[str, str]

    @classmethod
    def of(cls, request: HttpRequest) -> "_Message":
        return cls(request.method, request.uri, dict(_joined(request.fields)))


def _joined(fields: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """Lines of one field become one value, in their order (RFC 9421 section 2.1)."""
    values: dict[str, list[str]] = {}
    for name, value in fields:
        values.setdefault(name.lower(), []).append(value.strip())
    return ((name, ", ".join(lines)) for name, lines in values.items())


class _OneKey(HTTPSignatureKeyResolver):
    def __init__(self, key_id: str, key: PublicKey) -> None:
        self._key_id, self._key = key_id, key

    def resolve_public_key(self, key_id: str) -> PublicKey | None:
        return self._key if key_id == self._key_id else None


class _Verifier(HTTPMessageVerifier):
    """The library's, with points 3 and 4 of the profile and the caller's clock in the place of the machine's."""

    def __init__(
        self, algorithm: type[HTTPSignatureAlgorithm], resolver: HTTPSignatureKeyResolver, now: datetime
    ) -> None:
        super().__init__(signature_algorithm=algorithm, key_resolver=resolver)
        self._now = now.timestamp()

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:  # noqa: ARG002
        parameters = sig_input.params  # their types are checked by now
        for name in ("created", "expires", "nonce"):
            if name not in parameters:
                raise InvalidSignature(f"the signature's parameter `{name}` is missing")
        created, expires, skew = parameters["created"], parameters["expires"], SKEW.total_seconds()
        if not 0 < expires - created <= LONGEST_LIFE.total_seconds():
            raise InvalidSignature(
                f"the signature has to expire within {LONGEST_LIFE.total_seconds():.0f} seconds of its creation"
            )
        if created > self._now + skew:
            raise InvalidSignature("the signature was created in the future: set the machine's clock")
        if expires < self._now - skew:
            raise InvalidSignature(
                "the signature has expired: sign the request anew, and set the machine's clock"
            )
        if not MIN_NONCE <= len(parameters["nonce"]) <= MAX_NONCE:
            raise InvalidSignature(f"a nonce has {MIN_NONCE} to {MAX_NONCE} characters")


def _algorithm(key: PublicKey) -> type[HTTPSignatureAlgorithm]:
    if isinstance(key, Ed25519PublicKey):
        return algorithms.ED25519
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return algorithms.ECDSA_P256_SHA256
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP384R1):
        return algorithms.ECDSA_P384_SHA384
    raise VerificationError("requests are signed with Ed25519, P-256 or P-384")


def _sentence(error: HTTPMessageSignaturesException) -> str:
    """What the library said; of a signature that is merely wrong it says nothing."""
    return str(error) or "the signature is not this key's over this request, as it arrived here"

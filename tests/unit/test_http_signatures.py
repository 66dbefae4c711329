"""Signed requests: what the profile demands, and what it refuses (docs/spec/bank-api.md)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms

from crypto.errors import VerificationError
from crypto.http_signatures import LONGEST_LIFE, SKEW, TAG, HttpRequest, named_key, sign, verify

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
REQUEST = HttpRequest(
    "POST",
    "https://tenders.example/api/guarantees?lot=1",
    (("Content-Type", "application/json"),),
    b'{"number": "BH-1"}',
)


def signed(
    request: HttpRequest = REQUEST, key: Any = KEY, *, now: datetime = NOW, **options: Any
) -> HttpRequest:
    nonce = options.pop("nonce", "0123456789")
    return replace(
        request, fields=(*request.fields, *sign(request, "k", key, nonce=nonce, now=now, **options))
    )


def by_hand(components: tuple[str, ...], *, body: bytes | None = None, **options: Any) -> HttpRequest:
    """Signed with the library alone, by whoever does not keep to the profile."""

    class Message:
        method, url, headers = REQUEST.method, REQUEST.uri, dict(REQUEST.fields)

    given: dict[str, Any] = {
        "key_id": "k",
        "created": NOW,
        "expires": NOW + timedelta(minutes=5),
        "nonce": "0123456789",
        "label": "a",
        "tag": TAG,
    }
    HTTPMessageSigner(
        signature_algorithm=algorithms.ED25519,
        key_resolver=MappingKeyResolver(public_keys={}, private_keys={"k": KEY}),
    ).sign(Message, covered_component_ids=components, body=body, **{**given, **options})
    return replace(REQUEST, fields=tuple(Message.headers.items()))


def check(request: HttpRequest, key: Any = KEY, *, now: datetime = NOW) -> Any:
    return verify(request, "k", key.public_key(), now=now)


@pytest.mark.parametrize(
    "key",
    [KEY, ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP384R1())],
    ids=["ed25519", "p256", "p384"],
)
def test_what_is_signed_verifies_and_names_its_key(key: Any) -> None:
    request = signed(key=key)
    assert named_key(request) == "k"
    found = check(request, key)
    assert (found.key_id, found.nonce) == ("k", "0123456789")
    assert found.expires == int((NOW + LONGEST_LIFE).timestamp())


def test_a_request_without_content_needs_no_digest_and_one_with_content_does() -> None:
    bare = replace(REQUEST, method="GET", content=b"")
    request = signed(bare)
    assert "Content-Digest" not in dict(request.fields)
    check(request)
    with pytest.raises(VerificationError, match="Content-Digest"):
        check(replace(request, content=b"{}"))


@pytest.mark.parametrize(
    "changed",
    [
        {"method": "PUT"},
        {"uri": "https://tenders.example/api/guarantees?lot=2"},
        {"uri": "https://other.example/api/guarantees?lot=1"},
        {"uri": "http://tenders.example/api/guarantees?lot=1"},
        {"content": b'{"number": "BH-2"}'},
        {"content": b""},
    ],
)
def test_any_change_of_what_is_signed_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(VerificationError):
        check(replace(signed(), **changed))


def test_another_key_is_refused() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    with pytest.raises(VerificationError, match="not this key's"):
        check(signed(), other)
    with pytest.raises(VerificationError, match="resolve"):
        verify(signed(), "another", KEY.public_key(), now=NOW)


def test_times_are_believed_for_half_a_minute_more_and_no_longer() -> None:
    request, second = signed(), timedelta(seconds=1)
    for now in (NOW - SKEW, NOW, NOW + LONGEST_LIFE + SKEW):
        check(request, now=now)
    with pytest.raises(VerificationError, match="future"):
        check(request, now=NOW - SKEW - second)
    with pytest.raises(VerificationError, match="expired"):
        check(request, now=NOW + LONGEST_LIFE + SKEW + second)
    for life in (LONGEST_LIFE + second, timedelta(0), -second):
        with pytest.raises(VerificationError, match="has to expire within 600 seconds"):
            check(signed(life=life))


@pytest.mark.parametrize("nonce", ["1234567", "n" * 129])
def test_a_nonce_has_its_length(nonce: str) -> None:
    with pytest.raises(VerificationError, match="nonce"):
        check(signed(nonce=nonce))


@pytest.mark.parametrize(
    "components", [("@method",), ("@target-uri",), ("@method", "@path"), ("@method", "@target-uri")]
)
def test_a_signature_that_covers_too_little_is_refused(components: tuple[str, ...]) -> None:
    with pytest.raises(VerificationError, match=r"cover|Content-Digest"):
        check(by_hand(components))
    assert check(by_hand(("@method", "@target-uri", "content-type"), body=REQUEST.content))


@pytest.mark.parametrize("missing", ["expires", "nonce"])
def test_each_parameter_is_needed(missing: str) -> None:
    with pytest.raises(VerificationError, match=missing):
        check(by_hand(("@method", "@target-uri"), body=REQUEST.content, **{missing: None}))


def test_an_algorithm_that_is_named_has_to_be_the_keys() -> None:
    request = signed()
    lied = tuple((name, value.replace("ed25519", "hmac-sha256")) for name, value in request.fields)
    with pytest.raises(VerificationError, match="algorithm"):
        check(replace(request, fields=lied))


def test_signatures_with_other_tags_are_let_be_and_two_of_ours_are_not() -> None:
    request = signed()
    fields = dict(request.fields)
    other = replace(
        request,
        fields=tuple(
            {
                **fields,
                "Signature-Input": fields["Signature-Input"]
                + ', proxy=("@method");created=1;keyid="p";tag="proxy"',
                "Signature": fields["Signature"] + ", proxy=:AAAA:",
            }.items()
        ),
    )
    assert named_key(other) == "k"
    check(other)
    twice = replace(other, fields=tuple((n, v.replace('"proxy"', f'"{TAG}"')) for n, v in other.fields))
    with pytest.raises(VerificationError, match="there are 2"):
        named_key(twice)


@pytest.mark.parametrize(
    "value", ["", "a", "a=1", 'a=("@method")', 'a=("@method");tag="sunseal"', "ä=()", "a=(;"]
)
def test_what_names_no_key_is_refused(value: str) -> None:
    with pytest.raises(VerificationError):
        named_key(replace(REQUEST, fields=(("Signature-Input", value), ("Signature", "a=:AA==:"))))


def test_rsa_signs_no_request() -> None:
    key = rsa.generate_private_key(65537, 2048)
    with pytest.raises(VerificationError, match="Ed25519"):
        verify(signed(), "k", key.public_key(), now=NOW)

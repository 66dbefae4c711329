"""RFC 9421 appendix B: signatures of Ed25519 and P-256, and what may happen to a request on its way (B.4)."""

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from http_message_signatures import ContentDigest, HTTPMessageSigner, HTTPMessageVerifier, MappingKeyResolver
from http_message_signatures.exceptions import InvalidSignature

from crypto.http_signatures import HttpRequest, _algorithm, _Message, _OneKey
from crypto.party_keys import supported

DATA = json.loads((Path(__file__).parent / "data" / "rfc9421.json").read_text())


class _AnyTime(HTTPMessageVerifier):
    """The vectors are of 2021, and know no profile."""

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        pass


def message(found: dict[str, Any], *more: tuple[str, str]) -> Any:
    fields = (*map(tuple, found["fields"]), *more)
    return _Message.of(HttpRequest(found["method"], found["uri"], fields))


def verifier(name: str) -> HTTPMessageVerifier:
    key = supported(load_pem_public_key(DATA["keys"][name]["public"].encode()))
    return _AnyTime(signature_algorithm=_algorithm(key), key_resolver=_OneKey(name, key))


def test_b_2_6_ed25519_verifies_and_is_what_we_sign() -> None:
    vector = DATA["B.2.6"]
    signed = message(
        DATA["request"], ("Signature-Input", vector["input"]), ("Signature", vector["signature"])
    )
    assert verifier(vector["key"]).verify(signed, max_age=None)
    key = Ed25519PrivateKey.from_private_bytes(urlsafe_b64decode(DATA["keys"][vector["key"]]["seed"]))
    ours = message(DATA["request"])
    HTTPMessageSigner(
        signature_algorithm=_algorithm(key.public_key()),
        key_resolver=MappingKeyResolver(public_keys={}, private_keys={vector["key"]: key}),
    ).sign(
        ours,
        key_id=vector["key"],
        created=datetime.fromtimestamp(vector["created"], UTC),
        label="sig-b26",
        include_alg=False,
        covered_component_ids=tuple(vector["components"]),
        use_existing_digest=True,
    )
    assert (ours.headers["Signature-Input"], ours.headers["Signature"]) == (
        vector["input"],
        vector["signature"],
    )


def test_b_2_4_p256_verifies_over_a_response() -> None:
    vector, found = DATA["B.2.4"], DATA["response"]
    response = SimpleNamespace(
        status_code=found["status"],
        headers=dict(found["fields"])
        | {"Signature-Input": vector["input"], "Signature": vector["signature"]},
        request=None,
    )
    assert verifier(vector["key"]).verify(response, max_age=None)
    response.status_code = 201
    with pytest.raises(InvalidSignature):
        verifier(vector["key"]).verify(response, max_age=None)


@pytest.mark.parametrize("found", DATA["B.4"]["valid"], ids=range(len(DATA["B.4"]["valid"])))
def test_b_4_what_a_proxy_may_change_leaves_the_signature_valid(found: dict[str, Any]) -> None:
    assert verifier(DATA["B.4"]["key"]).verify(message(found), max_age=None)


@pytest.mark.parametrize("found", DATA["B.4"]["invalid"], ids=range(len(DATA["B.4"]["invalid"])))
def test_b_4_what_changes_what_is_signed_breaks_it(found: dict[str, Any]) -> None:
    with pytest.raises(InvalidSignature):
        verifier(DATA["B.4"]["key"]).verify(message(found), max_age=None)


@pytest.mark.parametrize("name", ["request", "response"])
def test_b_2_digests_are_of_the_content(name: str) -> None:
    """RFC 9530 appendix B."""
    found = DATA[name]
    digest = dict(found["fields"])["Content-Digest"]
    ContentDigest.verify(digest, found["content"].encode())
    with pytest.raises(InvalidSignature):
        ContentDigest.verify(digest, found["content"].encode() + b"\n")

"""RFC 9578 appendix B.2: issuing tokens of type 0x0002, and the token inputs of RFC 9577 appendix A."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from crypto.tokens import privacy_pass
from crypto.tokens.token_key import decode_key, encode_key, token_key_id

DATA = json.loads((Path(__file__).parent / "data" / "rfc9578.json").read_text())
Vector = dict[str, str]

issuance = pytest.mark.parametrize("vector", DATA["issuance"], ids=lambda vector: vector["nonce"][:8])
token_inputs = pytest.mark.parametrize("vector", DATA["token_inputs"], ids=range(len(DATA["token_inputs"])))


class Scripted:
    """The nonce, the salt and r of the vector."""

    def __init__(self, vector: Vector) -> None:
        self.draws = [bytes.fromhex(vector[name]) for name in ("nonce", "salt", "blind")]

    def __call__(self, size: int) -> bytes:
        draw = self.draws.pop(0)
        assert len(draw) == size
        return draw


def _key(vector: Vector) -> RSAPrivateKey:
    key = load_pem_private_key(bytes.fromhex(vector["skS"]), None)
    assert isinstance(key, RSAPrivateKey)
    return key


@issuance
def test_published_key(vector: Vector) -> None:
    published = bytes.fromhex(vector["pkS"])
    assert encode_key(_key(vector).public_key()) == published
    assert encode_key(decode_key(published)) == published


@issuance
def test_challenge_is_read_and_written_the_same(vector: Vector) -> None:
    data = bytes.fromhex(vector["token_challenge"])
    assert privacy_pass.TokenChallenge.parse(data).encode() == data


@issuance
def test_request_response_and_token(vector: Vector) -> None:
    private_key = _key(vector)
    public_key = private_key.public_key()
    challenge = privacy_pass.TokenChallenge.parse(bytes.fromhex(vector["token_challenge"]))
    # 1
    pending = privacy_pass.request_token(public_key, challenge, Scripted(vector))
    assert pending.request().encode().hex() == vector["token_request"]
    # 2
    request = privacy_pass.TokenRequest.parse(bytes.fromhex(vector["token_request"]))
    response = privacy_pass.issue(private_key, request, lambda size: b"\x11" * size)
    assert response.hex() == vector["token_response"]
    # 3
    token = privacy_pass.finalize_token(public_key, pending, response)
    assert token.encode().hex() == vector["token"]
    # 4
    token = privacy_pass.Token.parse(bytes.fromhex(vector["token"]))
    privacy_pass.verify_token(public_key, token, challenge)


@token_inputs
def test_token_input(vector: Vector) -> None:
    challenge = privacy_pass.TokenChallenge(
        issuer_name=bytes.fromhex(vector["issuer_name"]).decode(),
        origin_info=bytes.fromhex(vector["origin_info"]).decode(),
        redemption_context=bytes.fromhex(vector["redemption_context"]),
    )
    nonce, key_id = bytes.fromhex(vector["nonce"]), bytes.fromhex(vector["token_key_id"])
    token = privacy_pass.Token(nonce, challenge.digest(), key_id, bytes(256))
    assert token.signed().hex() == vector["token_authenticator_input"]


def test_token_inputs_name_the_key_of_the_issuance_vectors() -> None:
    key_id = token_key_id(_key(DATA["issuance"][0]).public_key())
    assert {vector["token_key_id"] for vector in DATA["token_inputs"]} == {key_id.hex()}

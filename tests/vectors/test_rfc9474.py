"""RFC 9474 appendix A: encoding, blinding, signing and finalizing, byte for byte."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from crypto.tokens import blind_rsa, emsa_pss

DATA = json.loads((Path(__file__).parent / "data" / "rfc9474.json").read_text())
VECTORS = {vector["name"]: vector for vector in DATA["vectors"]}
WITH_SALT = ["RSABSSA-SHA384-PSS-Deterministic", "RSABSSA-SHA384-PSS-Randomized"]
ENCODED = [name for name, vector in VECTORS.items() if "encoded_msg" in vector]


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    n, e, d, p, q = (int(DATA["key"][name], 16) for name in "nedpq")
    halves = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q)
    return rsa.RSAPrivateNumbers(p, q, d, *halves, rsa.RSAPublicNumbers(e, n)).private_key()


class Scripted:
    """The salt of the vector, then r = inv^-1."""

    def __init__(self, vector: dict[str, str]) -> None:
        n = int(DATA["key"]["n"], 16)
        r = pow(int(vector["inv"], 16), -1, n)
        self.draws = [bytes.fromhex(vector["salt"]), r.to_bytes(512, "big")]

    def __call__(self, size: int) -> bytes:
        draw = self.draws.pop(0)
        assert len(draw) == size
        return draw


def test_encoded_messages_are_there_with_and_without_salt() -> None:
    assert {len(VECTORS[name]["salt"]) for name in ENCODED} == {0, 96}


@pytest.mark.parametrize("name", ENCODED)
def test_encoding(name: str) -> None:
    vector = VECTORS[name]
    message, salt = bytes.fromhex(vector["input_msg"]), bytes.fromhex(vector["salt"])
    assert emsa_pss.encode(message, 4095, salt).hex() == vector["encoded_msg"]


@pytest.mark.parametrize("name", WITH_SALT)
def test_blinding(name: str, key: rsa.RSAPrivateKey) -> None:
    vector = VECTORS[name]
    message = blind_rsa.prepare_identity(bytes.fromhex(vector["input_msg"]))
    blinding = blind_rsa.blind(key.public_key(), message, Scripted(vector))
    assert blinding.blinded_message.hex() == vector["blinded_msg"]
    assert blinding.inverse == bytes.fromhex(vector["inv"])


@pytest.mark.parametrize("name", VECTORS)
@pytest.mark.parametrize("byte", [b"\x01", b"\x5a"])
def test_signing_gives_the_same_under_any_randomness(name: str, byte: bytes, key: rsa.RSAPrivateKey) -> None:
    vector = VECTORS[name]
    signature = blind_rsa.blind_sign(key, bytes.fromhex(vector["blinded_msg"]), lambda size: byte * size)
    assert signature.hex() == vector["blind_sig"]


@pytest.mark.parametrize("name", WITH_SALT)
def test_finalizing(name: str, key: rsa.RSAPrivateKey) -> None:
    vector = VECTORS[name]
    blind_signature, inverse = bytes.fromhex(vector["blind_sig"]), bytes.fromhex(vector["inv"])
    message = bytes.fromhex(vector["input_msg"])
    signature = blind_rsa.finalize(key.public_key(), message, blind_signature, inverse)
    assert signature.hex() == vector["sig"]
    blind_rsa.verify(key.public_key(), signature, message)

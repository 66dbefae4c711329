"""Ed25519 with RFC 8032's own vectors, and the separation of domains."""

import pytest

from crypto.errors import EncodingError, VerificationError
from crypto.signatures import SigningKey, VerifyKey
from tests.unit.test_curve import SMALL_ORDER

RFC8032_SECTION_7_1 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
]


@pytest.mark.parametrize(("seed", "public", "message", "signature"), RFC8032_SECTION_7_1)
def test_rfc8032_vectors(seed: str, public: str, message: str, signature: str) -> None:
    key = SigningKey(bytes.fromhex(seed))
    assert key.verify_key.raw.hex() == public
    assert key.sign(bytes.fromhex(message)).hex() == signature
    key.verify_key.verify(bytes.fromhex(signature), bytes.fromhex(message))


def test_signature_for_one_domain_fits_no_other() -> None:
    key = SigningKey(bytes(32))
    signature = key.sign_fields("sunseal/test-a/v1", b"body")
    key.verify_key.verify_fields(signature, "sunseal/test-a/v1", b"body")
    with pytest.raises(VerificationError):
        key.verify_key.verify_fields(signature, "sunseal/test-b/v1", b"body")


@pytest.mark.parametrize("size", [0, 63, 65])
def test_signature_of_wrong_length_is_refused(size: int) -> None:
    with pytest.raises(VerificationError):
        SigningKey(bytes(32)).verify_key.verify(bytes(size), b"")


def test_keys_of_wrong_length_are_refused() -> None:
    with pytest.raises(EncodingError):
        SigningKey(bytes(31))
    with pytest.raises(EncodingError):
        VerifyKey(bytes(33))


@pytest.mark.parametrize("encoding", SMALL_ORDER)
def test_keys_under_which_one_signature_fits_many_messages_are_refused(encoding: str) -> None:
    with pytest.raises(EncodingError, match="prime order"):
        VerifyKey(bytes.fromhex(encoding))


def test_signing_key_does_not_print_its_seed() -> None:
    seed = bytes(range(32))
    assert seed.hex() not in repr(SigningKey(seed))

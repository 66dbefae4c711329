"""A package signed under a certificate: of each kind of key, and of no other's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bidding.package.errors import SignerError
from bidding.package.signature import ManifestSignature
from bidding.package.signing import sign_by_certificate
from crypto.certificates import PartyCertificate, verify_chain
from crypto.errors import VerificationError
from crypto.signatures import VerifyKey
from tests.certificate_authority import MIDDLE, NOW, ROOT, SIGNING, issue_party

MANIFEST = b'{"type":"bid-manifest/v1"}'
CODE = "91110000600037341L"


@dataclass(frozen=True)
class Register:
    """Knows whoever has a certificate of the test's root."""

    def of_key(self, key: VerifyKey) -> str:
        raise VerificationError("no keys here")

    def of_chain(self, chain: Sequence[bytes]) -> tuple[str, PartyCertificate]:
        return CODE, verify_chain(chain[0], chain[1:], [ROOT.der], NOW)


KEYS: dict[str, Any] = {
    "P-256": ec.generate_private_key(ec.SECP256R1()),
    "P-384": ec.generate_private_key(ec.SECP384R1()),
    "RSA": rsa.generate_private_key(65537, 2048),
    "Ed25519": Ed25519PrivateKey.generate(),
}


def signed(key: Any, **other: Any) -> ManifestSignature:
    party = issue_party(MIDDLE, SIGNING, key=key)
    signature = sign_by_certificate(other.get("by", key), [party.der, MIDDLE.der])(MANIFEST)
    return ManifestSignature.parse(signature.to_bytes())


@pytest.mark.parametrize("kind", KEYS)
def test_each_kind_of_key_signs(kind: str) -> None:
    assert signed(KEYS[kind]).verify(MANIFEST, Register()) == CODE


@pytest.mark.parametrize("kind", KEYS)
def test_another_manifest_or_anothers_key_is_refused(kind: str) -> None:
    with pytest.raises(SignerError) as caught:
        signed(KEYS[kind]).verify(MANIFEST + b" ", Register())
    assert caught.value.code == "signature"
    with pytest.raises(SignerError):
        signed(KEYS[kind], by=ec.generate_private_key(ec.SECP256R1())).verify(MANIFEST, Register())


def test_a_certificate_of_no_known_authority_is_refused() -> None:
    stranger = issue_party(MIDDLE, SIGNING)
    lonely = sign_by_certificate(stranger.key, [stranger.der])(MANIFEST)
    with pytest.raises(SignerError) as caught:
        lonely.verify(MANIFEST, Register())
    assert caught.value.code == "signer"
    with pytest.raises(SignerError):
        ManifestSignature("", ("00",), "00").verify(MANIFEST, Register())


def test_a_curve_that_nobody_takes_does_not_sign() -> None:
    key = ec.generate_private_key(ec.SECP521R1())
    with pytest.raises(SignerError, match="neither P-256 nor P-384"):
        sign_by_certificate(key, [])(MANIFEST)

"""A key in an HSM, by PKCS#11: it signs there and never leaves. Needs the package python-pkcs11, which is optional.

The token has a key pair of secp256k1 (OID 1.3.132.0.10), both halves under one label; docs/chain-keys.md tells how to
make one. CKM_ECDSA signs a digest that is given, here keccak256 of the transaction; what it returns is r and s,
32 bytes each, s in either half and without a recovery id, which guarantees.chain.transaction.complete adds.

Not thread-safe: one PKCS#11 session, one sender.
"""

from importlib import import_module
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote

from eth_keys.datatypes import PublicKey

from guarantees.chain.errors import KeystoreError
from guarantees.chain.keystore import read_passphrase

COORDINATE = 32
_UNCOMPRESSED = b"\x04"


class Pkcs11Signer:
    """The key with `label` on the token of that label; the PIN is the one line of a file.

    Raises KeystoreError if the package, the library, the token or the key is not there, or the PIN is wrong.
    """

    def __init__(self, library: Path, *, token: str, label: str, pin_file: Path) -> None:
        self._pkcs11 = _package()
        errors = self._pkcs11.exceptions.PKCS11Error
        pin = read_passphrase(pin_file)
        try:
            found = self._pkcs11.lib(str(library)).get_token(token_label=token)
            self._session = found.open(user_pin=pin)
            classes = self._pkcs11.ObjectClass
            self._key = self._session.get_key(object_class=classes.PRIVATE_KEY, label=label)
            public = self._session.get_key(object_class=classes.PUBLIC_KEY, label=label)
            point = bytes(public[self._pkcs11.Attribute.EC_POINT])
        except (errors, OSError, RuntimeError) as error:
            # `from None`: the cause may show what it was called with.
            raise KeystoreError(
                f"the key {label} on the token {token} cannot be used: {_told(error)}"
            ) from None
        self._label = label
        self._address = PublicKey(_coordinates(point)).to_canonical_address()

    @property
    def address(self) -> bytes:
        return self._address

    def sign(self, digest: bytes) -> tuple[int, int]:
        try:
            signature = bytes(self._key.sign(digest, mechanism=self._pkcs11.Mechanism.ECDSA))
        except self._pkcs11.exceptions.PKCS11Error as error:
            raise KeystoreError(f"the key {self._label} does not sign: {_told(error)}") from None
        if len(signature) != 2 * COORDINATE:
            raise KeystoreError(
                f"the key {self._label} is not of secp256k1: its signatures have another length"
            )
        return int.from_bytes(signature[:COORDINATE], "big"), int.from_bytes(signature[COORDINATE:], "big")

    def close(self) -> None:
        """Ends the session with the token."""
        self._session.close()

    def __repr__(self) -> str:
        return f"Pkcs11Signer({self._label} 0x{self._address.hex()})"


def from_uri(uri: str, pin_file: Path) -> Pkcs11Signer:
    """The key that a PKCS#11 URI (RFC 7512) names: pkcs11:token=...;object=...?module-path=... KeystoreError."""
    path, _, query = uri.removeprefix("pkcs11:").partition("?")
    try:
        named = dict(part.split("=", 1) for part in [*path.split(";"), *query.split("&")])
        token, label, library = (unquote(named[name]) for name in ("token", "object", "module-path"))
    except (ValueError, KeyError):
        raise KeystoreError(
            "the key's URI has not the form pkcs11:token=...;object=...?module-path=/path/to/library.so"
        ) from None
    return Pkcs11Signer(Path(library), token=token, label=label, pin_file=pin_file)


def _coordinates(point: bytes) -> bytes:
    """x and y of a DER OCTET STRING with an uncompressed point, or of the point alone, as some tokens give it."""
    bare = point[2:] if len(point) == 2 * COORDINATE + 3 else point
    if len(bare) != 2 * COORDINATE + 1 or bare[:1] != _UNCOMPRESSED:
        raise KeystoreError("the public key on the token is not an uncompressed point of a curve of 256 bits")
    return bare[1:]


def _package() -> ModuleType:
    try:
        import_module("pkcs11.exceptions")
        return import_module("pkcs11")
    except ImportError:
        raise KeystoreError(
            "a key in an HSM needs the package python-pkcs11: pip install python-pkcs11"
        ) from None


def _told(error: BaseException) -> str:
    return type(error).__name__ if not str(error) else f"{type(error).__name__}: {error}"

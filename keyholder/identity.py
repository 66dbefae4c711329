"""A keyholder's keys, all from its seed of 32 bytes (docs/spec/opening.md, "A keyholder's keys")."""

import hashlib

from crypto.curve import Scalar, base_multiple
from crypto.encoding import encode, hash512
from crypto.errors import EncodingError
from crypto.randomness import RandomBytes
from crypto.signatures import SEED_SIZE, SigningKey
from keyholder.card import Card
from ledger.cosignature import Cosigner

KEY_KIND = "keyholder"
"""Of the file that keeps the seed (crypto.secret_file)."""


class Identity:
    """Whoever holds `seed`; `name` is that of its witness too. It never prints a secret.

    Raises EncodingError for a seed that is not 32 bytes, NoteError for a name that no witness can have.
    """

    __slots__ = ("_seed", "cosigner", "name", "signing", "static")

    def __init__(self, name: str, seed: bytes) -> None:
        if len(seed) != SEED_SIZE:
            raise EncodingError(f"a keyholder's seed has {SEED_SIZE} bytes, not {len(seed)}")
        self._seed = seed
        self.name = name
        self.static = Scalar.reduce(hash512("sunseal/keyholder-static/v1", seed))
        self.signing = SigningKey(hash512("sunseal/keyholder-signing/v1", seed)[:SEED_SIZE])
        self.cosigner = Cosigner(name, SigningKey(hash512("sunseal/keyholder-witness/v1", seed)[:SEED_SIZE]))

    @property
    def signing_key(self) -> str:
        """The public key of what it signs, in hexadecimal: by it the platform and its groups know it."""
        return self.signing.verify_key.raw.hex()

    def dealing(self, run: bytes) -> RandomBytes:
        """The random bytes of round 1 in the run with this id: the same whenever it is asked."""
        return _Stream(self._seed, run)

    def card(self) -> Card:
        """What the supervisor registers."""
        return Card(
            self.name, self.signing_key, base_multiple(self.static).raw.hex(), self.cosigner.witness.vkey
        ).signed_by(self.signing)

    def __repr__(self) -> str:
        return f"Identity(name={self.name!r}, signing_key={self.signing_key})"


class _Stream:
    """SHA-512(encode(domain, seed, run, counter)) for counter = 0, 1, 2, ..., in a row."""

    __slots__ = ("_counter", "_left", "_run", "_seed")

    def __init__(self, seed: bytes, run: bytes) -> None:
        self._seed, self._run = seed, run
        self._counter, self._left = 0, b""

    def __call__(self, count: int) -> bytes:
        while len(self._left) < count:
            data = encode("sunseal/keyholder-dealing/v1", self._seed, self._run, self._counter)
            self._left += hashlib.sha512(data).digest()
            self._counter += 1
        given, self._left = self._left[:count], self._left[count:]
        return given

    def __repr__(self) -> str:
        return "_Stream(...)"

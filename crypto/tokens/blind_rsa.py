"""RSA blind signatures: RSABSSA-SHA384-PSS-Deterministic (RFC 9474).

      client                                       issuer
    1. prepare_identity(message)
    2. blind        -- blinded message ------>
                                                 3. blind_sign
    4. finalize     <- blind signature -------
    5. verify: anyone, with the public key, as an ordinary RSA-PSS signature

Preparing changes nothing (RFC 9474 section 4.1), so the message must itself be unpredictable, or a dishonest
issuer learns something from a key it made badly (section 7.3 of the RFC). Ours has a nonce of 32 bytes.

Time and secrets. The powers with a secret base or exponent are `gmpy2.powmod_sec`, GMP's mpz_powm_sec: time
and memory accesses depend on the sizes of the operands alone, as far as GMP keeps its promise. Not constant
in time: bytes to Python integer to mpz and back, reduction mod p and q, recombination, the inverse of r. The
issuer's are harmless because they work on the base times r^e, with r fresh and unknown for each signature:
what their time tells is about a number nobody chose and that never comes again. The conversion of p, q and
the exponents has nothing of the request in it and is the same work each time. The client's own inverse and
its last product are not constant in time either, but done once for each r, on the client's machine.

Not guaranteed: that secrets leave memory, nor anything against whoever measures inside the process.
"""

from dataclasses import dataclass, field
from typing import Any

import gmpy2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPrivateNumbers,
    RSAPublicKey,
    RSAPublicNumbers,
)
from cryptography.hazmat.primitives.hashes import SHA384

from crypto.errors import VerificationError
from crypto.randomness import RandomBytes
from crypto.tokens import emsa_pss
from crypto.tokens.errors import BlindingError, SigningError, TokenEncodingError, TokenKeyError

MIN_MODULUS_BITS = 2048

# A draw lies below the modulus with a chance of one half or more: a source that misses so often is broken.
_MAX_DRAWS = 256


@dataclass(frozen=True, slots=True)
class Blinding:
    """The message for the issuer, and the inverse of r, to be kept; both as long as the modulus.

    Whoever learns the inverse can tie the signature to the request.
    """

    blinded_message: bytes
    inverse: bytes = field(repr=False)


def prepare_identity(message: bytes) -> bytes:
    """PrepareIdentity: the message as it is (RFC 9474 section 4.1)."""
    return message


def blind(public_key: RSAPublicKey, message: bytes, random: RandomBytes) -> Blinding:
    """Blind of RFC 9474 section 4.2; draws the salt first, then r.

    Raises BlindingError ("invalid input" and "blinding error" of the RFC) or TokenKeyError.
    """
    numbers, size = _public(public_key)
    n = gmpy2.mpz(numbers.n)
    # 1, 2. encoded_msg
    encoded = emsa_pss.encode(message, public_key.key_size - 1, random(emsa_pss.SALT_SIZE))
    # 3-5. m is co-prime to n
    m = gmpy2.mpz(int.from_bytes(encoded, "big"))
    if gmpy2.gcd(m, n) != 1:
        raise BlindingError("the encoded message shares a factor with the modulus: do not use this key")
    # 6-8. r, and its inverse
    r, inverse = _unit(n, random)
    # 9-11. z = m * r^e mod n
    z = m * gmpy2.powmod_sec(r, numbers.e, n) % n
    # 12. Both as long as the modulus
    return Blinding(int(z).to_bytes(size, "big"), int(inverse).to_bytes(size, "big"))


def blind_sign(private_key: RSAPrivateKey, blinded_message: bytes, random: RandomBytes) -> bytes:
    """BlindSign of RFC 9474 section 4.3: as many bytes as the modulus has.

    The result depends on key and message alone, never on `random`: a request that is repeated gets the same
    answer. Raises TokenEncodingError for a wrong length or a number not below the modulus, SigningError if
    the computation went wrong ("signing failure"), TokenKeyError.
    """
    numbers = private_key.private_numbers()
    public, size = _public(private_key.public_key())
    n = gmpy2.mpz(public.n)
    # 1, 2. The representative is in range
    if len(blinded_message) != size:
        raise TokenEncodingError(
            f"a blinded message for this key has {size} bytes, not {len(blinded_message)}"
        )
    m = gmpy2.mpz(int.from_bytes(blinded_message, "big"))
    if m >= n:
        raise TokenEncodingError("the blinded message is not below the modulus")
    # 3. s = m^d mod n, computed on m * r^e (section 7.1 of the RFC asks for it)
    r, inverse = _unit(n, random)
    s = _power(numbers, m * gmpy2.powmod_sec(r, public.e, n) % n) * inverse % n
    # 4, 5. One wrong half of the CRT would give away a factor of n by gcd(s^e - m, n)
    if gmpy2.powmod(s, public.e, n) != m:
        raise SigningError(
            "the private operation failed its check: examine this machine before signing again"
        )
    # 6, 7.
    return int(s).to_bytes(size, "big")


def finalize(public_key: RSAPublicKey, message: bytes, blind_signature: bytes, inverse: bytes) -> bytes:
    """Finalize of RFC 9474 section 4.4: the signature over `message`, verified.

    Raises TokenEncodingError for a wrong length or range, VerificationError if the issuer did not sign what
    it was sent.
    """
    numbers, size = _public(public_key)
    # 1. Lengths; the ranges are not in the RFC, but then only one encoding of an answer is accepted
    if len(blind_signature) != size or len(inverse) != size:
        raise TokenEncodingError(f"a blind signature and an inverse for this key have {size} bytes each")
    z = int.from_bytes(blind_signature, "big")
    unblind = int.from_bytes(inverse, "big")
    if z >= numbers.n or unblind >= numbers.n:
        raise TokenEncodingError("the blind signature or the inverse is not below the modulus")
    # 2-4. s = z * inv mod n
    signature = (z * unblind % numbers.n).to_bytes(size, "big")
    # 5. RSASSA-PSS-VERIFY
    verify(public_key, signature, message)
    return signature


def verify(public_key: RSAPublicKey, signature: bytes, message: bytes) -> None:
    """RSASSA-PSS-VERIFY: VerificationError unless `signature` is the key's over `message`."""
    _public(public_key)
    try:
        public_key.verify(signature, message, PSS(MGF1(SHA384()), emsa_pss.SALT_SIZE), SHA384())
    except (InvalidSignature, ValueError) as error:
        raise VerificationError("the RSA-PSS signature is not this key's over this message") from error


def _public(public_key: RSAPublicKey) -> tuple[RSAPublicNumbers, int]:
    """The key's numbers and its modulus's size in bytes."""
    numbers = public_key.public_numbers()
    if public_key.key_size < MIN_MODULUS_BITS or numbers.n % 2 == 0:
        raise TokenKeyError(f"blind signatures need an odd modulus of {MIN_MODULUS_BITS} bits or more")
    return numbers, (public_key.key_size + 7) // 8


def _unit(n: Any, random: RandomBytes) -> tuple[Any, Any]:
    """r uniform in [1, n) (random_integer_uniform of RFC 9474) and its inverse mod n, both mpz."""
    bits = n.bit_length()
    size = (bits + 7) // 8
    for _ in range(_MAX_DRAWS):
        r = gmpy2.mpz(int.from_bytes(random(size), "big") >> (8 * size - bits))
        if 0 < r < n:
            break
    else:
        raise BlindingError(
            f"{_MAX_DRAWS} random draws gave no number below the modulus: the source is broken"
        )
    try:
        return r, gmpy2.invert(r, n)
    except ZeroDivisionError:
        raise BlindingError(
            "the random number shares a factor with the modulus: do not use this key"
        ) from None


def _power(numbers: RSAPrivateNumbers, base: Any) -> Any:
    """base^d mod n by the Chinese remainder theorem (RFC 8017 section 5.1.2, step 2b), unchecked: an mpz."""
    p, q = gmpy2.mpz(numbers.p), gmpy2.mpz(numbers.q)
    first = gmpy2.powmod_sec(base % p, numbers.dmp1, p)
    second = gmpy2.powmod_sec(base % q, numbers.dmq1, q)
    return second + q * ((first - second) * numbers.iqmp % p)

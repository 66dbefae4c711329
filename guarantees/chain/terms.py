"""The terms of a guarantee and the commitment that hides them (docs/spec/guarantee.md, "The commitment").

Pure, and computed here rather than asked of a node, since whoever is asked sees the terms.
"""

from dataclasses import dataclass, field

from eth_utils.crypto import keccak

from guarantees.chain.errors import MalformedError

ADDRESS_SIZE = 20
HASH_SIZE = 32
MAX_AMOUNT = 2**96 - 1

_TYPE = b"Guarantee(bytes32 document,bytes32 salt,uint96 amount,address beneficiary,address guarantor)"
_DOMAIN_TYPE = b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
_NAME = b"Sunseal GuaranteeRegistry"
_VERSION = b"1"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a commitment hides; prints without amount, beneficiary and salt.

    Addresses are 20 bytes, `document` and `salt` 32; the amount is in the smallest unit of the document's currency.
    Raises MalformedError for other lengths, and for an amount outside 1..2^96-1.
    """

    guarantor: bytes
    beneficiary: bytes = field(repr=False)
    amount: int = field(repr=False)
    document: bytes = field(repr=False)
    salt: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.guarantor) != ADDRESS_SIZE or len(self.beneficiary) != ADDRESS_SIZE:
            raise MalformedError("an address has 20 bytes")
        if len(self.document) != HASH_SIZE or len(self.salt) != HASH_SIZE:
            raise MalformedError("a document's hash and a salt have 32 bytes")
        if not 1 <= self.amount <= MAX_AMOUNT:
            raise MalformedError("an amount lies between 1 and 2^96-1")

    @property
    def fields(self) -> tuple[bytes, bytes, int, bytes, bytes]:
        """In the contract's order."""
        return self.document, self.salt, self.amount, self.beneficiary, self.guarantor


def commitment(terms: Terms, *, chain_id: int, registry: bytes) -> bytes:
    """The 32 bytes that `issue` takes: EIP-712 over the terms, bound to one registry on one chain."""
    document, salt, amount, beneficiary, guarantor = terms.fields
    struct = (
        keccak(_TYPE) + document + salt + amount.to_bytes(32, "big") + _word(beneficiary) + _word(guarantor)
    )
    domain = keccak(_DOMAIN_TYPE) + keccak(_NAME) + keccak(_VERSION) + chain_id.to_bytes(32, "big")
    return keccak(b"\x19\x01" + keccak(domain + _word(registry)) + keccak(struct))


def guarantee_id(guarantor: bytes, committed: bytes) -> bytes:
    """The id by which the registry knows what this guarantor issued."""
    return keccak(_word(guarantor) + committed)


def _word(address: bytes) -> bytes:
    return bytes(32 - len(address)) + address

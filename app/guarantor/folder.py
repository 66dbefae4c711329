"""A guarantor's folder.

guarantor.json   who it is, which platform it works with and whose list it believes, what its letters say
key.age          the seed of its keys (crypto.secret_file, kind "guarantor")
lots.json        what all open lots asked at the last round
products.json    its products, as they were offered at the last round
documents/       what applicants handed in, by mailbox
policy           whom it believes about the ledger; without it nobody's key is proven
ledger/          what never changes of the ledger, kept

    signing  Ed25519: SHA-512(encode("sunseal/guarantor-signing/v1", seed))[:32]; guarantees, products, letters
    identity X25519: SHA-512(encode("sunseal/guarantor-identity/v1", seed))[:32]; applications are sealed to it

The key on chain is a keystore of its own (`sunseal gateway new-key`).
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.bidder.files import write_replacing
from crypto import party_keys
from crypto.age import X25519Identity
from crypto.encoding import hash512
from crypto.randomness import RandomBytes
from crypto.secret_file import Secret
from crypto.signatures import SigningKey, VerifyKey
from guarantees.errors import FormatError
from guarantees.lot_notice import LotNotice, parse_list, to_list
from guarantees.register.product import Product
from keyholder import secret_file
from keyholder.secret_file import Lock

KEY_KIND = "guarantor"
SEED_SIZE = 32


@dataclass(frozen=True, slots=True)
class Settings:
    """`account` is what it issues with on chain, in hexadecimal; `supervisor` whose list it believes.

    pay_to: where premiums go, in words.   place: where demands are presented.   text: in its undertakings, or null.
    """

    platform: str
    supervisor: str
    credit_code: str
    name: str
    account: str
    pay_to: str
    place: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Keys:
    """The guarantor's secret keys; they never print themselves."""

    seed: bytes = field(repr=False)

    @property
    def signing(self) -> SigningKey:
        return SigningKey(hash512("sunseal/guarantor-signing/v1", self.seed)[:32])

    @property
    def identity(self) -> X25519Identity:
        return X25519Identity(hash512("sunseal/guarantor-identity/v1", self.seed)[:32])

    @property
    def spki(self) -> bytes:
        """SubjectPublicKeyInfo of the signing key."""
        return party_keys.spki(Ed25519PublicKey.from_public_bytes(self.signing.verify_key.raw))


class GuarantorFolder:
    """A folder that `create` made. FormatError if there is none, or it is not whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            data = (path / "guarantor.json").read_bytes()
            self.settings = msgspec.json.decode(data, type=Settings)
            self.supervisor = VerifyKey(bytes.fromhex(self.settings.supervisor))
            self.account = bytes.fromhex(self.settings.account)
        except FileNotFoundError as error:
            raise FormatError(
                f"{path} is no guarantor's folder: make one with sunseal guarantor init"
            ) from error
        except (msgspec.MsgspecError, ValueError) as error:
            raise FormatError(f"{path / 'guarantor.json'} is damaged: {error}") from error

    @classmethod
    def create(cls, path: Path, settings: Settings, lock: Lock, random: RandomBytes) -> "GuarantorFolder":
        """Never in the place of another: the key of what was issued is not to be lost."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        secret = Secret(KEY_KIND, settings.credit_code, random(SEED_SIZE))
        secret_file.make(path / "key.age", secret, lock, random=random)
        write_replacing(
            path / "guarantor.json", json.dumps(asdict(settings), indent=1, ensure_ascii=False).encode()
        )
        return cls(path)

    def keys(self, lock: Lock) -> Keys:
        """SecretFileError if the key file does not open."""
        return Keys(secret_file.read(self.path / "key.age", lock, kind=KEY_KIND).value)

    @property
    def policy(self) -> Path:
        return self.path / "policy"

    def note_lots(self, notices: list[LotNotice]) -> None:
        write_replacing(self.path / "lots.json", to_list(notices))

    def lots(self) -> list[LotNotice]:
        """As of the last round; none before the first."""
        file = self.path / "lots.json"
        return parse_list(file.read_bytes()) if file.exists() else []

    def note_products(self, products: list[Product]) -> None:
        lines = b"\n".join(product.to_bytes() for product in products)
        write_replacing(self.path / "products.json", lines)

    def products(self) -> dict[str, Product]:
        """Its own, by code, as of the last round."""
        file = self.path / "products.json"
        lines = file.read_bytes().splitlines() if file.exists() else []
        return {product.product: product for product in map(Product.parse, lines)}

    def keep_document(self, mailbox: str, number: int, content: bytes) -> Path:
        """Keeps what an applicant handed in under a name of ours: its own is in the database alone."""
        folder = self.path / "documents" / mailbox
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{number:02}"
        write_replacing(path, content)
        return path

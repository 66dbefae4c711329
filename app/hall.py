"""What the routes and the command of openings work with, from the environment.

SUNSEAL_STORAGE_KEY   the file with the key that lots' storage keys rest under (default: <var>/storage.key.age)
SUNSEAL_RECORD_KEY    a PEM file with the key that printed opening records are signed by; unset: they are not signed
SUNSEAL_RECORD_CHAIN  a PEM file with its certificate, and those above it
"""

from dataclasses import dataclass
from pathlib import Path

from app.place import ConfigurationError, Place
from custody.reader import Reader
from paper.errors import PaperError
from paper.signature import PdfSigner
from storage.blobs import BlobStore


@dataclass(frozen=True, slots=True)
class Hall:
    """`reader` is None where the deployment has no supervisor, and so no keyholders."""

    blobs: BlobStore
    reader: Reader | None
    signer: PdfSigner | None

    @classmethod
    def of(cls, place: Place, reader: Reader | None) -> "Hall":
        return cls(place.blobs(), reader, record_signer(place))


def record_signer(place: Place) -> PdfSigner | None:
    """None if none is configured. ConfigurationError if what is configured cannot be read."""
    key, chain = (place.environment.get(f"SUNSEAL_RECORD_{name}") for name in ("KEY", "CHAIN"))
    try:
        return PdfSigner.read(Path(key), Path(chain)) if key and chain else None
    except PaperError as error:
        raise ConfigurationError(str(error)) from error


def storage_key_file(place: Place) -> Path:
    return Path(place.environment.get("SUNSEAL_STORAGE_KEY") or place.var / "storage.key.age")

"""What is said in a case, as bytes whose SHA-256 stands in the ledger. Pure.

    RFC 8785 of {"type": "case-<kind>/v1", "case", "at", "party", "text", "files", "salt", ...}

`party` is a salted commitment to who speaks, so that a record can be handed on without saying that. A file is its name,
length and SHA-256. The salt keeps everybody from finding a short text by trying. A decision has no salt, for it is
public.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crypto import canonical_json
from crypto.canonical_json import Json
from crypto.encoding import encode
from crypto.randomness import RandomBytes
from oversight.complaints.errors import CaseError

PARTY_DOMAIN = "sunseal/case-party/v1"
SALT_SIZE = 32
LONGEST = 20_000
"""Characters of one statement."""


@dataclass(frozen=True, slots=True)
class FileHash:
    """A file that goes with a statement. `sha256` in hexadecimal."""

    name: str
    size: int
    sha256: str

    def to_json(self) -> dict[str, Json]:
        return {"name": self.name, "sha256": self.sha256, "size": self.size}


def party_of(credit_code: str, salt: bytes) -> str:
    """What a case knows its filer by, in hexadecimal; `salt` is the case's own, so no two cases can be linked."""
    return hashlib.sha256(encode(PARTY_DOMAIN, salt, credit_code)).hexdigest()


def record(
    kind: str,
    case: str,
    text: str,
    *,
    at: int,
    party: str = "",
    files: Sequence[FileHash] = (),
    random: RandomBytes | None,
    more: Mapping[str, Json] | None = None,
) -> bytes:
    """CaseError for a text that says nothing, or too much. Without `random` it has no salt: it is public."""
    if not 0 < len(text.strip()) <= LONGEST:
        raise CaseError(f"say it in 1 to {LONGEST} characters; what is longer goes into a file")
    body: dict[str, Json] = {
        **(more or {}),
        "type": f"case-{kind}/v1",
        "case": case,
        "at": at,
        "party": party,
        "text": text.strip(),
        "files": [one.to_json() for one in files],
    }
    if random is not None:
        body["salt"] = random(SALT_SIZE).hex()
    return canonical_json.dumps(body)


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def require_nameless(text: str, names: Sequence[str]) -> None:
    """CaseError if what will be public before an opening names one of those who filed. The message does not."""
    squeezed = "".join(text.split()).casefold()
    if any("".join(name.split()).casefold() in squeezed for name in names if name.strip()):
        raise CaseError(
            "the lot is not opened yet, and this text names who filed: call it «the complainant» (投诉人)"
        )

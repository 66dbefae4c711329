"""What a guarantor's core system calls the desk with, on one machine: its own key, and the line that lets it call."""

from base64 import b64encode
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.desk_api.callers import FILE, SCOPES
from app.stack.files import private_file
from crypto import party_keys

NAME = "core system"
_LINES = """[[caller]]
name = "{name}"
key = "{key}"
scopes = [{scopes}]
"""


def found(desk: Path, key_file: Path) -> None:
    """`key_file` gets the private key in PEM, and the desk's callers.toml the public one with every scope."""
    key = Ed25519PrivateKey.generate()
    private_file(key_file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
    public = b64encode(party_keys.spki(key.public_key())).decode()
    scopes = ", ".join(f'"{one}"' for one in sorted(SCOPES))
    (desk / FILE).write_text(_LINES.format(name=NAME, key=public, scopes=scopes), "utf-8")

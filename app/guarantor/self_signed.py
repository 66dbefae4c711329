"""A certificate that a guarantor makes for itself, so that letters are signed where nothing is real: trainings, demos.

Nobody vouches for it: a reader's program says that the signature is intact and its signer unknown. For real letters a
certificate of an authority takes its place (letter.pem, letter-chain.pem; app/guarantor/letter.py).
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from app.guarantor.letter_keys import CHAIN, KEY
from guarantees.errors import FormatError

YEARS = 10


def make(folder: Path, name: str, credit_code: str, *, now: datetime) -> Path:
    """Writes key and certificate into the guarantor's folder; the certificate's path. FormatError if one is there."""
    key_file, chain = folder / KEY, folder / CHAIN
    if key_file.exists() or chain.exists():
        raise FormatError(f"{folder} has {KEY} or {CHAIN} already: letters are signed with them")
    key = generate_private_key(SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name[:64]),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, credit_code),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{name[:50]} (test)"),
        ]
    )
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(usage, critical=True)
        .add_extension(x509.BasicConstraints(False, None), critical=True)
        .sign(key, SHA256())
    )
    descriptor = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    chain.write_bytes(made.public_bytes(Encoding.PEM))
    return chain

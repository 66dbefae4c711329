"""What the ledger knows a party by: a salted commitment to its credit code.

    party = SHA-256(encode("sunseal/party/v1", salt, credit code))          salt: 32 random bytes, one for each party
    certificate = SHA-256(encode("sunseal/party-certificate/v1", salt, certificate in DER))

Credit codes are published and there are some hundred million of them: their plain hash would be as good as the code.
The salt stays with the platform and the party until somebody has to be shown whose key it was, such as in the record
of an opening. All keys of a party stand under one commitment, so the ledger tells that two keys are of one party, and
how many parties have keys; it does not tell who they are, nor what they do with them.
"""

import hashlib

from crypto.encoding import encode

PARTY_DOMAIN = "sunseal/party/v1"
CERTIFICATE_DOMAIN = "sunseal/party-certificate/v1"
SALT_SIZE = 32


def of_party(credit_code: str, salt: bytes) -> str:
    """The commitment in hexadecimal."""
    return hashlib.sha256(encode(PARTY_DOMAIN, salt, credit_code)).hexdigest()


def of_certificate(der: bytes, salt: bytes) -> str:
    """The salted hash of a certificate in hexadecimal."""
    return hashlib.sha256(encode(CERTIFICATE_DOMAIN, salt, der)).hexdigest()

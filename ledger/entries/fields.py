"""The kinds of values that entries are made of. All binary values are lower-case hexadecimal."""

from typing import Annotated

import msgspec


def _bytes_of(size: int, what: str) -> msgspec.Meta:
    return msgspec.Meta(
        pattern=f"^[0-9a-f]{{{2 * size}}}$", min_length=2 * size, max_length=2 * size, description=what
    )


Hash = Annotated[str, _bytes_of(32, "32 bytes in hexadecimal")]
PublicKey = Annotated[
    str, _bytes_of(32, "an Ed25519 public key or a point of edwards25519 (RFC 8032), in hexadecimal")
]
Signature = Annotated[str, _bytes_of(64, "64 bytes in hexadecimal")]
Hex = Annotated[
    str, msgspec.Meta(pattern="^([0-9a-f]{2})*$(?!\n)", max_length=60_000, description="bytes in hexadecimal")
]
Origin = Annotated[str, msgspec.Meta(min_length=1, max_length=255, description="the log's origin line")]
VerifierKey = Annotated[
    str, msgspec.Meta(min_length=1, max_length=512, description="a verifier key of c2sp.org/signed-note")
]
Recipient = Annotated[
    str,
    msgspec.Meta(pattern="^age1[0-9a-z]{58}$(?!\n)", max_length=62, description="an age X25519 recipient"),
]
Index = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1, description="an index in this log")]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1, description="a number of things, or of bytes")]
Time = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1, description="POSIX seconds")]
Member = Annotated[
    int, msgspec.Meta(ge=1, le=255, description="a keyholder's number in its group, from 1 on")
]
Name = Annotated[
    str, msgspec.Meta(min_length=1, max_length=200, description="a name for persons, in whatever script")
]
Text = Annotated[str, msgspec.Meta(max_length=2000, description="a sentence for persons")]
IssuerName = Annotated[
    str,
    msgspec.Meta(
        pattern="^[!-~]+$(?!\n)",
        min_length=1,
        max_length=255,
        description="the host name of an issuer of blind tokens",
    ),
]
LotId = Annotated[
    str,
    msgspec.Meta(
        pattern="^[A-Za-z0-9][A-Za-z0-9._:/-]*$(?!\n)",
        min_length=1,
        max_length=128,
        description="what a lot is called by machines: unique in this log",
    ),
]
PartName = Annotated[
    str,
    msgspec.Meta(
        pattern="^[a-z][a-z0-9-]*$(?!\n)",
        min_length=1,
        max_length=32,
        description="what a part of a bid is called by machines, such as price or technical",
    ),
]
PartNameOrNone = Annotated[
    str,
    msgspec.Meta(
        pattern="^([a-z][a-z0-9-]*)?$(?!\n)", max_length=32, description="the name of a part, or empty"
    ),
]
PublicKeyOrNone = Annotated[
    str,
    msgspec.Meta(
        pattern="^([0-9a-f]{64})?$(?!\n)",
        max_length=64,
        description="an Ed25519 public key in hexadecimal, or empty",
    ),
]

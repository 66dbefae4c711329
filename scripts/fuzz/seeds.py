"""Well-formed inputs for each target to start from."""

import io
import zipfile
from random import Random

from crypto import age
from crypto.age import armor
from crypto.dkg.messages import encode_bundle
from crypto.threshold import make_shares
from crypto.tokens import privacy_pass
from tests.ceremony import hold
from tests.unit.bidding.package.crafted_zip import crafted
from tests.unit.bidding.package.example import DOCUMENT, packed


def seeds(name: str) -> list[bytes]:
    return SEEDS[name]()


def _files() -> list[bytes]:
    identity = age.X25519Identity(bytes(range(32)))
    files = []
    for count in (1, 2):
        target = io.BytesIO()
        wraps = [identity.recipient.wrap] * count
        age.encrypt(io.BytesIO(b"bid"), target, wraps, random=Random(count).randbytes)
        files.append(target.getvalue())
    return files


def _armored() -> list[bytes]:
    texts = []
    for data in _files():
        target = io.BytesIO()
        writer = armor.ArmorWriter(target)
        writer.write(data)
        writer.finish()
        texts.append(target.getvalue())
    return texts


def _stream() -> list[bytes]:
    return [Random(seed).randbytes(8) for seed in range(20)]


def _dkg() -> list[bytes]:
    ceremony = hold(3, 2)
    message = ceremony.messages[0]
    dealt = b"".join(message.for_recipient(1).encode() for message in ceremony.messages)
    bundle = encode_bundle(message.ciphertexts)
    batch = make_shares(ceremony.shares[0], list(ceremony.public.shares), b"", Random(0).randbytes)
    encoded = [message.encode(), dealt, ceremony.certificate.transcript.encode(), bundle, batch.encode()]
    return [bytes([kind]) + data for kind, data in enumerate(encoded)]


def _tokens() -> list[bytes]:
    challenge = privacy_pass.TokenChallenge("issuer.example", "origin.example", bytes(32))
    return [b"\0" + challenge.encode(), b"\x01\x00\x02\x00" + bytes(256), b"\x02\x00\x02" + bytes(352)]


def _packages() -> list[bytes]:
    stored, target = packed(DOCUMENT), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as writer:
        writer.writestr("bid.json", b"{}")
        writer.writestr("documents/技术.txt", b"text" * 20)
    return [stored, target.getvalue(), crafted()]


SEEDS = {
    "age-header": _files,
    "age-armor": _armored,
    "age-stream": _stream,
    "dkg": _dkg,
    "tokens": _tokens,
    "package-zip": _packages,
}

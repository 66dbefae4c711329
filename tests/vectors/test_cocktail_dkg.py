"""The COCKTAIL-DKG vectors of C2SP/CCTV for Ed25519, byte for byte, from the seed to the certificate."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from crypto import dkg
from crypto.curve import Point, Scalar, base_multiple
from crypto.dkg import suite
from crypto.dkg.messages import Delivery, encode_bundle
from tests.environment import shared

FILE = "cocktail-dkg-ed25519-sha512.json"


def load() -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = json.loads(shared("vectors", "cocktail-dkg", FILE).read_bytes())
    except pytest.skip.Exception:
        return {"vectors": []}
    return loaded


DATA = load()
NAMES = [f"{v['t']}-of-{v['n']}{'-payloads' if v.get('payloads') else ''}" for v in DATA["vectors"]]


@pytest.fixture(params=range(len(DATA["vectors"])), ids=NAMES)
def vector(request: pytest.FixtureRequest) -> Any:
    return DATA["vectors"][request.param]


def test_there_are_vectors() -> None:
    shared("vectors", "cocktail-dkg", FILE)
    assert DATA["vectors"]


def derive(vector: Any, label: str) -> bytes:
    """seed || suite || t || n || label, the input of the vectors' labelled hash."""
    sizes: bytes = vector["t"].to_bytes(4, "little") + vector["n"].to_bytes(4, "little")
    return bytes.fromhex(DATA["seed"]) + suite.CIPHERSUITE_ID + sizes + label.encode()


def stream(vector: Any, index: int) -> Callable[[int], bytes]:
    """Block k of participant i's randomness: SHA-512(seed || suite || t || n || label || k as 8 bytes LE)."""
    counter = 0

    def random(count: int) -> bytes:
        nonlocal counter
        assert count == 64
        block = derive(vector, f"round1_participant_{index}") + counter.to_bytes(8, "little")
        counter += 1
        return hashlib.sha512(block).digest()

    return random


def static_secrets(vector: Any) -> list[Scalar]:
    labels = [f"static_secret_key_{index}" for index in range(1, vector["n"] + 1)]
    secrets = [suite.hash_to_scalar(derive(vector, label)) for label in labels]
    assert [secret.raw.hex() for secret in secrets] == vector["config"]["static_secret_keys"]
    return secrets


def session_of(vector: Any) -> dkg.Session:
    keys = tuple(base_multiple(secret) for secret in static_secrets(vector))
    assert [key.raw.hex() for key in keys] == vector["config"]["static_public_keys"]
    context = dkg.session_context(bytes.fromhex(vector["session_tag"]), keys)
    assert context.hex() == vector["context"]
    return dkg.Session(context, vector["t"], keys)


def messages_of(vector: Any, session: dkg.Session) -> list[dkg.Round1Message]:
    messages = []
    for index, secret in enumerate(static_secrets(vector), start=1):
        payloads = {}
        if vector.get("payloads"):
            payload = bytes.fromhex(vector["payloads"][index - 1])
            payloads = dict.fromkeys(range(1, vector["n"] + 1), payload)
        messages.append(dkg.round1(session, index, secret, stream(vector, index), payloads))
    return messages


def test_round_1_deals_the_published_bytes(vector: Any) -> None:
    session = session_of(vector)
    for message, expected in zip(messages_of(vector, session), vector["round1"], strict=True):
        assert message.ephemeral.raw.hex() == expected["ephemeral_public_key"]
        assert [point.raw.hex() for point in message.commitment] == expected["vss_commitment"]
        assert message.proof.hex() == expected["pop"]
        assert [c.hex() for c in message.ciphertexts] == expected["encrypted_shares"]
        index = expected["participant_id"]
        assert dkg.check_round1(session, index, message.encode()) == message


def test_round_2_gives_the_published_shares_and_payloads(vector: Any) -> None:
    session = session_of(vector)
    messages = messages_of(vector, session)
    for index, secret in enumerate(static_secrets(vector), start=1):
        msg2 = b"".join(message.for_recipient(index).encode() for message in messages)
        dealt = Delivery.parse_all(msg2, session.threshold, session.participants)
        share, payloads = dkg.round2(session, index, secret, dealt, messages[index - 1].for_recipient(index))
        expected = vector["round2"][index - 1]
        assert share.secret.raw.hex() == expected["secret_share"]
        assert share.public.share(index).raw.hex() == expected["verification_share"]
        assert share.public.group.raw.hex() == vector["group_public_key"]
        if vector.get("payloads"):
            assert [payloads[j + 1].hex() for j in range(session.participants)] == vector["payloads"]


def test_round_3_signs_and_certifies_the_published_transcript(vector: Any) -> None:
    session = session_of(vector)
    extension = bytes.fromhex(vector["extension"])
    transcript = dkg.Transcript.of(session, messages_of(vector, session), extension)
    assert hashlib.sha512(transcript.encode()).hexdigest() == vector["round3"]["transcript_hash"]
    assert dkg.Transcript.parse(transcript.encode()) == transcript
    signatures = [dkg.sign_transcript(transcript, secret) for secret in static_secrets(vector)]
    assert [s.hex() for s in signatures] == [s["signature"] for s in vector["round3"]["signatures"]]
    certificate = dkg.certify(transcript, signatures)
    assert dkg.Certificate.parse(transcript.encode(), certificate.encode_signatures()) == certificate


@pytest.mark.parametrize("vector", [v for v in DATA["vectors"] if "recovery" in v])
def test_recovery_gives_the_published_share(vector: Any) -> None:
    session = session_of(vector)
    transcript = dkg.Transcript.of(session, messages_of(vector, session), bytes.fromhex(vector["extension"]))
    signatures = b"".join(bytes.fromhex(s["signature"]) for s in vector["round3"]["signatures"])
    certificate = dkg.Certificate.parse(transcript.encode(), signatures)
    expected = vector["recovery"]
    index = expected["participant_id"]
    bundle = encode_bundle([bytes.fromhex(c) for c in expected["ciphertexts"]])
    share = dkg.recover(static_secrets(vector)[index - 1], certificate, bundle)
    assert share.index == index
    assert share.secret.raw.hex() == expected["recovered_secret_share"]
    assert share.public.share(index) == Point(bytes.fromhex(expected["recovered_verification_share"]))

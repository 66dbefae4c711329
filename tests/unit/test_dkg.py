"""Every abort of a key generation: its reason, who is to blame, and whether a stranger can verify it."""

from dataclasses import replace

import pytest
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt as encrypt

from crypto import dkg
from crypto.curve import Point, Scalar, base_multiple
from crypto.curve.polynomial import commit
from crypto.dkg import Abort, Delivery, Reason, Round1Message, Session, suite
from crypto.dkg.errors import COORDINATOR
from crypto.dkg.messages import MAX_CIPHERTEXT_SIZE, encode_bundle, frame, parse_bundle
from crypto.errors import CryptoError, EncodingError, VerificationError
from tests.ceremony import Ceremony, hold, prepare, seeded


@pytest.fixture(scope="module")
def ceremony() -> Ceremony:
    return hold(4, 3)


def dealt_to(ceremony: Ceremony, index: int) -> list[Delivery]:
    return [message.for_recipient(index) for message in ceremony.messages]


def round2_of_1(ceremony: Ceremony, dealt: list[Delivery], own: Delivery | None = None) -> dkg.KeyShare:
    return dkg.round2(ceremony.session, 1, ceremony.static_secrets[0], dealt, own)[0]


def expect(caught: pytest.ExceptionInfo[Abort], reason: Reason, culprit: int | None, *, public: bool) -> None:
    assert (caught.value.reason, caught.value.culprit, caught.value.public) == (reason, culprit, public)


def test_honest_run_gives_everyone_the_same_keys(ceremony: Ceremony) -> None:
    assert len({share.public for share in ceremony.shares}) == 1
    for share in ceremony.shares:
        assert base_multiple(share.secret) == share.public.share(share.index)
    assert ceremony.certificate.transcript.public_keys() == ceremony.public
    ceremony.certificate.verify()


def test_key_share_does_not_print_its_secret(ceremony: Ceremony) -> None:
    share = ceremony.shares[0]
    assert share.secret.raw.hex() not in repr(share)
    assert "secret" not in repr(share)


@pytest.mark.parametrize(
    "change", ["threshold 0", "threshold above n", "duplicate key", "empty context", "no one"]
)
def test_invalid_setups_are_refused(ceremony: Ceremony, change: str) -> None:
    keys = ceremony.session.static_keys
    arguments = {
        "threshold 0": (b"c", 0, keys),
        "threshold above n": (b"c", 5, keys),
        "duplicate key": (b"c", 2, (keys[0], keys[1], keys[0])),
        "empty context": (b"", 2, keys),
        "no one": (b"c", 1, ()),
    }[change]
    with pytest.raises(Abort) as caught:
        Session(*arguments)
    expect(caught, Reason.SETUP, None, public=False)


def test_context_binds_id_participants_and_order(ceremony: Ceremony) -> None:
    keys = ceremony.session.static_keys
    contexts = {
        dkg.session_context(b"a", keys),
        dkg.session_context(b"b", keys),
        dkg.session_context(b"a", keys[::-1]),
        dkg.session_context(b"a", keys[:3]),
    }
    assert len(contexts) == 4


def test_dealing_with_another_participants_key_is_refused(ceremony: Ceremony) -> None:
    with pytest.raises(Abort) as caught:
        dkg.round1(ceremony.session, 2, ceremony.static_secrets[0], seeded(0))
    expect(caught, Reason.SETUP, None, public=False)


def test_missing_message_names_its_sender(ceremony: Ceremony) -> None:
    messages: list[bytes | None] = [message.encode() for message in ceremony.messages]
    messages[2] = None
    with pytest.raises(Abort) as caught:
        dkg.collect_round1(ceremony.session, messages)
    expect(caught, Reason.MISSING, 3, public=False)


def test_malformed_messages_name_their_sender(ceremony: Ceremony) -> None:
    good = ceremony.messages[1].encode()
    small_order = bytes(32) + good[32:]
    commitment_too_long = ceremony.messages[0].commitment[0].raw + good
    oversized = good[: 3 * 32 + 64 + 32] + (MAX_CIPHERTEXT_SIZE + 1).to_bytes(8, "big") + good[200:]
    undersized = good[: 3 * 32 + 64 + 32] + frame(bytes(47)) + good[3 * 32 + 64 + 32 + 56 :]
    for bad in (b"", good[:-1], good + b"\0", small_order, commitment_too_long, oversized, undersized):
        with pytest.raises(Abort) as caught:
            dkg.check_round1(ceremony.session, 2, bad)
        expect(caught, Reason.MALFORMED, 2, public=False)


def test_bad_proof_of_possession_is_publicly_blamed(ceremony: Ceremony) -> None:
    message = ceremony.messages[1]
    for bad in (
        replace(message, proof=message.proof[:-1] + bytes([message.proof[-1] ^ 1])),
        replace(message, ephemeral=ceremony.messages[0].ephemeral),
        replace(message, commitment=(message.commitment[0], *ceremony.messages[0].commitment[1:])),
    ):
        with pytest.raises(Abort) as caught:
            dkg.check_round1(ceremony.session, 2, bad.encode())
        expect(caught, Reason.PROOF_OF_POSSESSION, 2, public=True)
        dealt = dealt_to(ceremony, 1)
        dealt[1] = bad.for_recipient(1)
        with pytest.raises(Abort) as caught:
            round2_of_1(ceremony, dealt)
        expect(caught, Reason.PROOF_OF_POSSESSION, 2, public=True)


def test_rogue_key_without_its_secret_has_no_proof(ceremony: Ceremony) -> None:
    """Participant 2 cancels the others' keys out; it cannot prove possession of the result."""
    others = [m.commitment[0] for m in ceremony.messages if m is not ceremony.messages[1]]
    wanted = base_multiple(Scalar.from_int(5))
    rogue = wanted - others[0] - others[1] - others[2]
    message = replace(ceremony.messages[1], commitment=(rogue, *ceremony.messages[1].commitment[1:]))
    with pytest.raises(Abort) as caught:
        dkg.check_round1(ceremony.session, 2, message.encode())
    expect(caught, Reason.PROOF_OF_POSSESSION, 2, public=True)


def test_proof_of_another_session_is_refused(ceremony: Ceremony) -> None:
    other = replace(ceremony.session, context=b"another session")
    with pytest.raises(Abort) as caught:
        dkg.check_round1(other, 1, ceremony.messages[0].encode())
    expect(caught, Reason.PROOF_OF_POSSESSION, 1, public=True)


def test_commitment_of_another_length_is_a_threshold_attack(ceremony: Ceremony) -> None:
    dealt = dealt_to(ceremony, 1)
    dealt[3] = replace(dealt[3], commitment=(*dealt[3].commitment, dealt[0].commitment[0]))
    with pytest.raises(Abort) as caught:
        round2_of_1(ceremony, dealt)
    expect(caught, Reason.MALFORMED, 4, public=True)


def test_ciphertext_for_someone_else_does_not_decrypt(ceremony: Ceremony) -> None:
    dealt = dealt_to(ceremony, 1)
    dealt[2] = replace(dealt[2], ciphertext=ceremony.messages[2].ciphertexts[1])
    with pytest.raises(Abort) as caught:
        round2_of_1(ceremony, dealt)
    expect(caught, Reason.DECRYPTION, 3, public=False)


def forge(ceremony: Ceremony, sender: int, plaintext: bytes) -> Delivery:
    """What a cheating `sender` sends participant 1: a well-made message whose share is `plaintext`."""
    session, random = ceremony.session, seeded(99)
    coefficients = [Scalar.random(random) for _ in range(session.threshold)]
    ephemeral_secret = Scalar.random(random)
    ephemeral = base_multiple(ephemeral_secret)
    commitment = commit(coefficients)
    signed = session.context + b"".join(p.raw for p in commitment) + ephemeral.raw
    secret, recipient = ceremony.static_secrets[sender - 1], session.static_key(1)
    key, nonce = suite.encryption_key(
        (ephemeral_secret * recipient, secret * recipient),
        ephemeral,
        session.static_key(sender),
        recipient,
        session.context,
    )
    return Delivery(
        commitment, suite.sign(coefficients[0], signed), ephemeral, encrypt(plaintext, None, nonce, key)
    )


def test_wrong_share_is_blamed_and_never_told(ceremony: Ceremony) -> None:
    dealt = dealt_to(ceremony, 1)
    dealt[1] = forge(ceremony, 2, Scalar.from_int(12345).raw)
    with pytest.raises(Abort) as caught:
        round2_of_1(ceremony, dealt)
    expect(caught, Reason.WRONG_SHARE, 2, public=False)
    assert Scalar.from_int(12345).raw.hex() not in str(caught.value)


def test_malformed_round_2_message_blames_the_coordinator(ceremony: Ceremony) -> None:
    good = b"".join(delivery.encode() for delivery in dealt_to(ceremony, 1))
    assert list(dkg.check_round2(ceremony.session, good)) == dealt_to(ceremony, 1)
    for bad in (b"", good[:-1], good + b"\0", bytes(32) + good[32:]):
        with pytest.raises(Abort) as caught:
            dkg.check_round2(ceremony.session, bad)
        expect(caught, Reason.MALFORMED, COORDINATOR, public=False)


def test_wrong_numbers_of_messages_and_signatures_are_refused(ceremony: Ceremony) -> None:
    dealt = dealt_to(ceremony, 1)
    with pytest.raises(Abort) as caught:
        round2_of_1(ceremony, dealt[:-1])
    expect(caught, Reason.MISSING, COORDINATOR, public=False)
    with pytest.raises(Abort) as caught:
        dkg.collect_round1(ceremony.session, [message.encode() for message in ceremony.messages[:-1]])
    expect(caught, Reason.SETUP, None, public=False)
    with pytest.raises(Abort) as caught:
        dkg.certify(ceremony.certificate.transcript, ceremony.certificate.signatures[:-1])
    expect(caught, Reason.SETUP, None, public=False)
    stored = ceremony.certificate.transcript.encode(), ceremony.certificate.encode_signatures()
    with pytest.raises(EncodingError):
        dkg.Certificate.parse(stored[0], stored[1][:-64])
    with pytest.raises(EncodingError, match="each participant"):
        dkg.Transcript.of(ceremony.session, ceremony.messages[:2])


def test_ciphertext_shorter_than_a_tag_is_the_senders_fault(ceremony: Ceremony) -> None:
    dealt = dealt_to(ceremony, 1)
    dealt[3] = replace(dealt[3], ciphertext=b"short")
    with pytest.raises(Abort) as caught:
        round2_of_1(ceremony, dealt)
    expect(caught, Reason.DECRYPTION, 4, public=False)


def test_too_many_participants_are_refused() -> None:
    keys = tuple(base_multiple(Scalar.from_int(i)) for i in range(1, 257))
    with pytest.raises(Abort, match="255"):
        Session(b"c", 2, keys)
    assert Session.new(b"id", 2, keys[:255]).context == dkg.session_context(b"id", keys[:255])


def test_transcript_with_impossible_numbers_is_refused(ceremony: Ceremony) -> None:
    data = bytearray(ceremony.certificate.transcript.encode())
    place = 8 + len(suite.CIPHERSUITE_ID) + 8 + 64
    for count, threshold in ((0, 0), (4, 5), (4, 0), (2**32 - 1, 3)):
        data[place : place + 8] = count.to_bytes(4, "little") + threshold.to_bytes(4, "little")
        with pytest.raises(EncodingError, match="out of range"):
            dkg.Transcript.parse(bytes(data))
    data[:8] = (2**40).to_bytes(8, "little")
    with pytest.raises(EncodingError, match="longer than"):
        dkg.Transcript.parse(bytes(data))


@pytest.mark.parametrize("payloads", [{5: b""}, {0: b""}, {1: bytes(70_000)}])
def test_payloads_nobody_would_take_are_refused_before_anything_is_dealt(
    ceremony: Ceremony, payloads: dict[int, bytes]
) -> None:
    with pytest.raises(Abort) as caught:
        dkg.round1(ceremony.session, 1, ceremony.static_secrets[0], seeded(0), payloads)
    expect(caught, Reason.SETUP, None, public=False)


@pytest.mark.parametrize("index", [0, 5, -1])
def test_there_are_only_participants_1_to_n(ceremony: Ceremony, index: int) -> None:
    with pytest.raises(EncodingError):
        ceremony.public.share(index)
    with pytest.raises(EncodingError):
        ceremony.messages[0].for_recipient(index)
    with pytest.raises(Abort):
        ceremony.session.static_key(index)


@pytest.mark.parametrize("plaintext", [bytes(32), b"\xff" * 32])
def test_zero_and_unreduced_shares_are_blamed(ceremony: Ceremony, plaintext: bytes) -> None:
    dealt = dealt_to(ceremony, 1)
    dealt[1] = forge(ceremony, 2, plaintext)
    with pytest.raises(Abort) as caught:
        round2_of_1(ceremony, dealt)
    assert caught.value.culprit == 2
    assert caught.value.reason in (Reason.WRONG_SHARE, Reason.PLAINTEXT)


def test_coordinator_that_alters_our_own_message_is_blamed(ceremony: Ceremony) -> None:
    dealt = dealt_to(ceremony, 1)
    own = dealt[0]
    dealt[0] = replace(own, ciphertext=ceremony.messages[0].ciphertexts[1])
    with pytest.raises(Abort) as caught:
        round2_of_1(ceremony, dealt, own)
    expect(caught, Reason.OWN_MESSAGE_ALTERED, COORDINATOR, public=False)


def test_commitments_that_cancel_out_end_the_run_cleanly() -> None:
    """Participants 1 and 2 of 2 collude on a group polynomial of lower degree."""
    session, secrets, random = prepare(2, 2)
    blocks = [Scalar.random(random) for _ in range(2)]
    first = dkg.round1(session, 1, secrets[0], _stream([blocks[0], Scalar.from_int(7), blocks[1]]))
    second = dkg.round1(session, 2, secrets[1], _stream([blocks[1], Scalar.from_int(-7), blocks[0]]))
    dealt = [first.for_recipient(1), second.for_recipient(1)]
    with pytest.raises(Abort) as caught:
        dkg.round2(session, 1, secrets[0], dealt)
    expect(caught, Reason.CANCELLED, None, public=False)


def _stream(scalars: list[Scalar]):  # type: ignore[no-untyped-def]
    queue = [scalar.raw + bytes(32) for scalar in scalars]
    return lambda count: queue.pop(0)


def test_split_view_is_found_by_the_certificate() -> None:
    """The coordinator shows participant 2 another (valid) message of participant 3."""
    session, secrets, random = prepare(3, 2)
    messages = [dkg.round1(session, i, secret, random) for i, secret in enumerate(secrets, start=1)]
    other = [*messages[:2], dkg.round1(session, 3, secrets[2], random)]
    honest, split = dkg.Transcript.of(session, messages), dkg.Transcript.of(session, other)
    signatures: list[bytes | None] = [dkg.sign_transcript(honest, secret) for secret in secrets]
    signatures[1] = dkg.sign_transcript(split, secrets[1])
    with pytest.raises(Abort) as caught:
        dkg.certify(honest, signatures)
    expect(caught, Reason.TRANSCRIPT_SIGNATURE, 2, public=True)


def test_missing_signature_names_its_owner(ceremony: Ceremony) -> None:
    signatures: list[bytes | None] = [*ceremony.certificate.signatures]
    signatures[3] = None
    with pytest.raises(Abort) as caught:
        dkg.certify(ceremony.certificate.transcript, signatures)
    expect(caught, Reason.MISSING, 4, public=False)


def test_extension_is_signed(ceremony: Ceremony) -> None:
    altered = replace(ceremony.certificate.transcript, extension=b"other ciphertexts")
    with pytest.raises(Abort) as caught:
        dkg.certify(altered, ceremony.certificate.signatures)
    expect(caught, Reason.TRANSCRIPT_SIGNATURE, 1, public=True)


def bundle_for(ceremony: Ceremony, index: int) -> bytes:
    return encode_bundle([message.ciphertexts[index - 1] for message in ceremony.messages])


def test_every_participant_recovers_from_its_static_key_alone(ceremony: Ceremony) -> None:
    stored = ceremony.certificate.transcript.encode(), ceremony.certificate.encode_signatures()
    for share, secret in zip(ceremony.shares, ceremony.static_secrets, strict=True):
        certificate = dkg.Certificate.parse(*stored)
        assert dkg.recover(secret, certificate, bundle_for(ceremony, share.index)) == share


def test_recovery_refuses_strangers_and_altered_material(ceremony: Ceremony) -> None:
    secret, certificate = ceremony.static_secrets[0], ceremony.certificate
    bundle = bundle_for(ceremony, 1)
    with pytest.raises(VerificationError, match="no participant"):
        dkg.recover(Scalar.from_int(3), certificate, bundle)
    with pytest.raises(CryptoError):
        dkg.recover(secret, certificate, bundle_for(ceremony, 2))
    for bad in (bundle[:-1], bundle + b"\0", b""):
        with pytest.raises(EncodingError):
            dkg.recover(secret, certificate, bad)
    forged = dkg.Certificate(certificate.transcript, (certificate.signatures[1], *certificate.signatures[1:]))
    with pytest.raises(Abort):
        dkg.recover(secret, forged, bundle)


def test_transcripts_of_another_suite_or_with_trailing_bytes_are_refused(ceremony: Ceremony) -> None:
    data = ceremony.certificate.transcript.encode()
    for bad in (data + b"\0", data[:-1], data.replace(b"Ed25519", b"Ed25518"), b""):
        with pytest.raises(EncodingError):
            dkg.Transcript.parse(bad)


def test_messages_are_one_byte_string_each(ceremony: Ceremony) -> None:
    for message in ceremony.messages:
        assert Round1Message.parse(message.encode(), 3, 4) == message
    bundle = bundle_for(ceremony, 1)
    assert encode_bundle(parse_bundle(bundle, 4)) == bundle


@pytest.mark.parametrize("mutate", ["commitment", "response", "length"])
def test_schnorr_refuses_malformed_signatures(mutate: str) -> None:
    secret = Scalar.from_int(77)
    good = suite.sign(secret, b"m")
    suite.verify(base_multiple(secret), good, b"m")
    bad = {"commitment": bytes(32) + good[32:], "response": good[:32] + b"\xff" * 32, "length": good + b"\0"}[
        mutate
    ]
    with pytest.raises(VerificationError):
        suite.verify(base_multiple(secret), bad, b"m")
    with pytest.raises(VerificationError):
        suite.verify(base_multiple(secret), good, b"n")
    assert isinstance(base_multiple(secret), Point)

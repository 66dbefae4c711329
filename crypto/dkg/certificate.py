"""Round 3: all n participants sign the transcript (c2sp.org/cocktail-dkg, Algorithm 6, "CertEq")."""

from collections.abc import Sequence
from dataclasses import dataclass

from crypto.curve import Scalar
from crypto.dkg import suite
from crypto.dkg.errors import Abort, Reason
from crypto.dkg.transcript import Transcript
from crypto.errors import EncodingError, VerificationError


@dataclass(frozen=True, slots=True)
class Certificate:
    """A transcript and the signatures of all participants on it. Not verified by being made."""

    transcript: Transcript
    signatures: tuple[bytes, ...]

    def verify(self) -> None:
        """Abort(TRANSCRIPT_SIGNATURE) or Abort(MISSING), with the participant to blame, unless all n hold."""
        certify(self.transcript, self.signatures)

    def encode_signatures(self) -> bytes:
        """sig_1 || ... || sig_n, the specification's aggregated message."""
        return b"".join(self.signatures)

    @classmethod
    def parse(cls, transcript: bytes, signatures: bytes) -> "Certificate":
        """EncodingError unless both are well-formed and the signatures are as many as the participants."""
        parsed = Transcript.parse(transcript)
        size = suite.SIGNATURE_SIZE
        if len(signatures) != size * parsed.session.participants:
            raise EncodingError("the certificate has not one signature of each participant")
        split = tuple(signatures[at : at + size] for at in range(0, len(signatures), size))
        return cls(parsed, split)


def sign_transcript(transcript: Transcript, static_secret: Scalar) -> bytes:
    """This participant's word that it saw this transcript: 64 bytes."""
    return suite.sign(static_secret, transcript.encode())


def certify(transcript: Transcript, signatures: Sequence[bytes | None]) -> Certificate:
    """The certificate, if every participant signed this very transcript.

    A signature that fails is somebody's bad signature, or a good one on another transcript: then the
    coordinator showed the participants different messages. Comparing transcripts tells which.
    """
    session = transcript.session
    if len(signatures) != session.participants:
        raise Abort(Reason.SETUP, detail=f"{session.participants} signatures, not {len(signatures)}")
    checked = []
    for index, signature in enumerate(signatures, start=1):
        if signature is None:
            raise Abort(Reason.MISSING, index)
        check_transcript_signature(transcript, index, signature)
        checked.append(signature)
    return Certificate(transcript, tuple(checked))


def check_transcript_signature(transcript: Transcript, index: int, signature: bytes) -> None:
    """Abort(TRANSCRIPT_SIGNATURE), blaming participant `index`, unless it signed this transcript."""
    try:
        suite.verify(transcript.session.static_key(index), signature, transcript.encode())
    except VerificationError as error:
        raise Abort(Reason.TRANSCRIPT_SIGNATURE, index, public=True) from error

"""COCKTAIL-DKG(Ed25519, SHA-512): n keyholders make a key that any t of them share (c2sp.org/cocktail-dkg).

Three rounds over an untrusted coordinator, each a pure function of bytes:

    1. `round1`        each keyholder deals shares of a polynomial of its own
    2. `round2`        each checks what all dealt, and adds up its share of the group's key
    3. `certify`       each signs the transcript; all n signatures together are the certificate

`recover` gives a keyholder its share back from its static key and the public transcript alone. Every
abort names who is to blame and whether a stranger could verify it (`crypto.dkg.errors.Abort`).
"""

from crypto.dkg.certificate import Certificate, certify, check_transcript_signature, sign_transcript
from crypto.dkg.complaint import check_complaint, complain
from crypto.dkg.errors import Abort, Reason
from crypto.dkg.messages import Delivery, Round1Message
from crypto.dkg.recovery import recover
from crypto.dkg.rounds import KeyShare, check_round1, check_round2, collect_round1, round1, round2
from crypto.dkg.session import Session, session_context
from crypto.dkg.transcript import PublicKeys, Transcript, ciphertext_commitment

__all__ = [
    "Abort",
    "Certificate",
    "Delivery",
    "KeyShare",
    "PublicKeys",
    "Reason",
    "Round1Message",
    "Session",
    "Transcript",
    "certify",
    "check_complaint",
    "check_round1",
    "check_round2",
    "check_transcript_signature",
    "ciphertext_commitment",
    "collect_round1",
    "complain",
    "recover",
    "round1",
    "round2",
    "session_context",
    "sign_transcript",
]

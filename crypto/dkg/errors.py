"""How a key generation ends badly: why, through whom, and whether a stranger could verify the blame."""

from enum import Enum

from crypto.errors import VerificationError


class Reason(Enum):
    """The causes of an abort, in the order in which a run meets them."""

    SETUP = "the participants, the threshold or the context are not valid"
    MISSING = "a message never came"
    MALFORMED = "a message is not of the form that the specification gives"
    PROOF_OF_POSSESSION = "the proof of possession does not hold"
    OWN_MESSAGE_ALTERED = "our own message came back altered"
    DECRYPTION = "the share for us does not decrypt"
    PLAINTEXT = "what was encrypted for us is no share"
    WRONG_SHARE = "the share for us does not fit the sender's commitment"
    CANCELLED = "the commitments cancel out, which needs several participants to collude"
    FINAL_CHECK = "our share does not fit the group's commitment: an error in this program"
    TRANSCRIPT_SIGNATURE = "a signature on the transcript does not hold"


COORDINATOR = 0
"""Blamed when the fault lies with whoever relayed the messages."""


class Abort(VerificationError):  # noqa: N818 - the specification's word
    """The run has ended and nothing of it may be used.

    `culprit` is the index of the participant to blame, COORDINATOR, or None where nobody can be named.
    `public` says that a third party can verify the blame from the messages alone. All blame holds only as far as the
    messages are known to be their senders': in Sunseal they are signed ledger entries; without that, the
    coordinator may
    have altered them. For DECRYPTION, PLAINTEXT and WRONG_SHARE, whose proof needs the recipient's key, the recipient
    makes a complaint that anyone can check (`crypto.dkg.complaint`).
    """

    def __init__(
        self, reason: Reason, culprit: int | None = None, *, detail: str = "", public: bool = False
    ) -> None:
        who = {None: "", COORDINATOR: "the coordinator: "}.get(culprit, f"participant {culprit}: ")
        super().__init__(who + reason.value + (f" ({detail})" if detail else ""))
        self.reason = reason
        self.culprit = culprit
        self.public = public

"""Whose key signed an application: the guarantor checks it in the ledger, and asks the platform nothing.

    1. The applicant puts its party-proof.json (parties/proof.py) beside its documents, sealed with them.
    2. The guarantor has read the whole ledger, verified by the policy of the log, as anybody reads it.
    3. The key is registered there to the party of this credit code, and was neither rotated nor revoked.

An application that proves something else is declined. One that proves nothing waits in the queue, and says so: then its
documents alone tell who applies. Pure.
"""

from collections.abc import Sequence

from crypto.errors import CryptoError
from guarantees.errors import RefusedError
from guarantees.letters.kinds import Application
from guarantees.tables.desk import PROVEN, UNCHECKED, UNPROVEN
from mailboxes.messages import File
from parties.errors import KeyRefusedError
from parties.key_history import KeyHistory
from parties.proof import FILE, PartyProof
from statutes.said import Said


def standing(letter: Application, files: Sequence[File], history: KeyHistory | None) -> str:
    """UNCHECKED without a ledger, UNPROVEN without a proof, else PROVEN. RefusedError for a proof that is wrong."""
    if history is None:
        return UNCHECKED
    proofs = [file.content for file in files if file.name == FILE]
    if not proofs:
        return UNPROVEN
    try:
        for content in proofs:
            proof = PartyProof.parse(content)
            proof.check(history, letter.applicant.credit_code, bytes.fromhex(letter.key))
    except (KeyRefusedError, CryptoError) as error:
        raise RefusedError(
            "applicant-key",
            Said(
                "账本不能证明签署申请的密钥属于该统一社会信用代码的单位，或者该密钥已更换、吊销。请用现行有效的登记密钥重新申请。",
                "The ledger does not show that the key that signed belongs to the organisation with this credit code, "
                "or the key was rotated or revoked. Apply again with a registered key that counts.",
            ),
        ) from error
    return PROVEN

"""The rule by which a witness doubts its memory: it must remember every head that it cosigned.

Pure. A signature of its own cannot be forged, so one on a head that it does not remember means that the
memory is an older copy, or that the key signs elsewhere too. Which of them it is, a person finds out.
"""

from dataclasses import dataclass

from keyholder.witness.errors import InDoubtError
from ledger.checkpoint import Checkpoint
from ledger.cosignature import verify_cosignatures
from ledger.note import Note, NoteKey
from ledger.witness_messages import NEVER_SEEN, TreeHead


@dataclass(frozen=True, slots=True)
class Memory:
    """What a witness remembers of one log.

    head:       the last head that it cosigned.
    known_from: of smaller trees it does not remember whether it cosigned them: they were forgotten to keep
                the memory small, or lie before a decision.
    """

    head: TreeHead = NEVER_SEEN
    known_from: int = 0


def own_heads(note: Note, witness: NoteKey) -> tuple[TreeHead, ...]:
    """The head in `note` if `witness` cosigned it, else nothing.

    CheckpointError if the note is no checkpoint; SignatureError if a line of the witness's name and key ID
    does not hold, which says nothing about what it signed.
    """
    if not verify_cosignatures(note, (witness,)):
        return ()
    checkpoint = Checkpoint.parse(note.text)
    return (TreeHead(checkpoint.size, checkpoint.root),)


def require_remembered(
    cosigned: TreeHead, memory: Memory, remembered_roots: frozenset[bytes], origin: str
) -> None:
    """Raises InDoubtError unless a head that the witness did cosign fits its memory.

    `remembered_roots` are the roots of the trees of that size that it remembers having cosigned.

    1. The empty tree says nothing: every log begins with it.
    2. Beyond the last head, it is proof that the memory is too old.
    3. A head that is remembered is as it should be.
    4. Of a size before `known_from` of which no tree is remembered, nothing is known.
    5. Else it cosigned what it does not remember, perhaps beside another tree of the same size.
    """
    if cosigned == NEVER_SEEN:  # 1.
        return
    signed = f"this witness cosigned size {cosigned.size} of {origin!r}"
    if cosigned.size > memory.head.size:  # 2.
        raise InDoubtError(
            f"{signed}, but its memory ends at size {memory.head.size}: the memory is an older copy"
        )
    if cosigned.root in remembered_roots:  # 3.
        return
    if not remembered_roots and cosigned.size < memory.known_from:  # 4.
        return
    other = "remembers another tree of that size" if remembered_roots else "does not remember it"  # 5.
    raise InDoubtError(f"{signed}, but {other}: an older copy was used, or the key signs elsewhere too")

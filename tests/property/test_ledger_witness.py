"""A witness, whatever it is shown in whatever order, never cosigns two heads that are not of one log."""

from hypothesis import given
from hypothesis import strategies as st

from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.errors import LedgerError
from ledger.merkle import consistency_proof, verify_consistency
from ledger.witness_messages import AddCheckpoint, TreeHead, decide, refusal_status
from tests.unit.ledger.example_log import COSIGNERS, LOG, LOG_KEY, NOW, ORIGIN, MemoryTree, some_entries

LARGEST = 20
FORK_AT = 7
ENTRIES = some_entries(LARGEST)
# Two logs that the same key signs: the same up to FORK_AT, then not.
LOGS = (MemoryTree.of(ENTRIES), MemoryTree.of([*ENTRIES[:FORK_AT], *(b"[%d]" % n for n in range(LARGEST))]))

sizes = st.integers(0, LARGEST)
# Which log, from which size (None: the one that the witness saw last), to which, and of which log the proof.
shown = st.lists(st.tuples(st.integers(0, 1), sizes | st.none(), sizes, st.integers(0, 1)), max_size=30)


@given(shown)
def test_witness_follows_one_log(requests: list[tuple[int, int | None, int, int]]) -> None:
    seen: dict[str, TreeHead] = {}
    accepted: list[TreeHead] = []
    refusals: set[int] = set()
    for fork, start, new, proof_of in requests:
        old = start if start is not None else accepted[-1].size if accepted else 0
        checkpoint = Checkpoint(ORIGIN, new, LOGS[fork].root(new))
        proof = consistency_proof(min(old, new), new, LOGS[proof_of].read_hash)
        request = AddCheckpoint(old, proof, sign_checkpoint(checkpoint, LOG_KEY))
        try:
            decision = decide(request, {ORIGIN: LOG}, seen, COSIGNERS[0], NOW)
        except LedgerError as error:
            refusals.add(refusal_status(error))
            continue
        seen[ORIGIN] = decision.head
        accepted.append(decision.head)
    assert refusals <= {400, 409, 422}
    assert [head.size for head in accepted] == sorted(head.size for head in accepted)
    one_log = LOGS[1] if any(head.root != LOGS[0].root(head.size) for head in accepted) else LOGS[0]
    for head in accepted:
        path = consistency_proof(head.size, LARGEST, one_log.read_hash)
        verify_consistency(head.size, head.root, LARGEST, one_log.root(LARGEST), path)


@given(st.lists(sizes, min_size=1, max_size=10).map(sorted), st.integers(0, 1))
def test_honest_log_is_always_cosigned(growth: list[int], which: int) -> None:
    tree, seen, last = LOGS[which], dict[str, TreeHead](), 0
    for size in growth:
        note = sign_checkpoint(Checkpoint(ORIGIN, size, tree.root(size)), LOG_KEY)
        request = AddCheckpoint(last, consistency_proof(last, size, tree.read_hash), note)
        seen[ORIGIN] = decide(
            AddCheckpoint.parse(request.to_bytes()), {ORIGIN: LOG}, seen, COSIGNERS[0], NOW
        ).head
        last = size

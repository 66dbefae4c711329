"""The worked example of docs/spec/ledger.md, read out of the page: others must be able to make these bytes."""

import re

from crypto.signatures import SigningKey
from ledger.checkpoint import Checkpoint, LogIdentity, sign_checkpoint
from ledger.cosignature import Cosigner, Quorum
from ledger.merkle import Frontier, consistency_proof, inclusion_proof, leaf_hash, node_hash
from ledger.note import NoteKey
from ledger.proof import Policy, make_receipt, verify_receipt
from ledger.sealed import check_reveal, seal
from ledger.tiles import changed_bundles, changed_tiles, encode_bundle, parse_path
from ledger.witness_messages import AddCheckpoint, TreeHead, decide
from tests.environment import ROOT

PAGE = (ROOT / "docs" / "spec" / "ledger.md").read_text(encoding="utf-8")
EXAMPLE = PAGE.partition("## Worked example\n")[2].partition("\n## ")[0]
BLOCKS = re.findall(r"^```\n(.*?)^```$", EXAMPLE, re.DOTALL | re.MULTILINE)
VALUES = dict(re.findall(r"^([a-z0-9]+(?: [a-z0-9]+)?) {3,}(.+)$", "".join(BLOCKS), re.MULTILINE))

ORIGIN = "log.example/sunseal"
TIME = 1767225600
ENTRIES = [VALUES[f"entry {number}"].encode() for number in range(3)]
FRONTIER, COMPLETED = Frontier().extended(map(leaf_hash, ENTRIES))
HASHES = {(subtree.level, subtree.index): subtree.hash for subtree in COMPLETED}
LOG_KEY = SigningKey(bytes.fromhex(VALUES["log seed"]))
NOTARY = Cosigner("witness.example/notary", SigningKey(bytes.fromhex(VALUES["notary seed"])))
SUPERVISOR = Cosigner("witness.example/supervisor", SigningKey(bytes.fromhex(VALUES["supervisor seed"])))
LOG = LogIdentity(ORIGIN, (NoteKey.parse(VALUES["log vkey"]),))
QUORUM = Quorum(2, (NoteKey.parse(VALUES["notary vkey"]), NoteKey.parse(VALUES["supervisor vkey"])))
CHECKPOINT = Checkpoint(ORIGIN, 3, FRONTIER.root())


def block(start: str) -> bytes:
    """The one block of the example that begins like this."""
    found: list[str] = [text for text in BLOCKS if text.startswith(start)]
    assert len(found) == 1
    return found[0].encode()


def read_hash(level: int, index: int) -> bytes:
    return HASHES[level, index]


def test_page_has_all_the_values_of_the_example() -> None:
    assert len(BLOCKS) == 7
    assert len(VALUES) == 3 + 5 + 6 + 3


def test_leaves_node_and_root() -> None:
    leaves = [bytes.fromhex(VALUES[f"leaf {number}"]) for number in range(3)]
    assert [leaf_hash(entry) for entry in ENTRIES] == leaves
    assert node_hash(leaves[0], leaves[1]).hex() == VALUES["node 01"]
    assert node_hash(bytes.fromhex(VALUES["node 01"]), leaves[2]).hex() == VALUES["root"]
    assert FRONTIER.root().hex() == VALUES["root"]


def test_verifier_keys_follow_from_the_seeds() -> None:
    assert LOG.keys[0].key == LOG_KEY.verify_key
    assert QUORUM.witnesses == (NOTARY.witness, SUPERVISOR.witness)


def test_request_and_answer_of_the_notary() -> None:
    request = AddCheckpoint(2, consistency_proof(2, 3, read_hash), sign_checkpoint(CHECKPOINT, LOG_KEY))
    assert request.to_bytes() == block("old 2\n")
    seen = {ORIGIN: TreeHead(2, bytes.fromhex(VALUES["node 01"]))}
    accepted = decide(AddCheckpoint.parse(block("old 2\n")), {ORIGIN: LOG}, seen, NOTARY, TIME)
    assert accepted.body == block("— witness.example/notary ")
    assert f"at {TIME} seconds" in EXAMPLE


def test_receipt_is_made_and_verified() -> None:
    cosignatures = [NOTARY.cosign(CHECKPOINT, TIME), SUPERVISOR.cosign(CHECKPOINT, TIME + 1)]
    note = sign_checkpoint(CHECKPOINT, LOG_KEY).signed_also(cosignatures)
    page = block("c2sp.org/tlog-proof@v1\n")
    assert make_receipt(ENTRIES[1], 1, inclusion_proof(1, 3, read_hash), note) == page
    proven = verify_receipt(page, Policy(LOG, QUORUM))
    assert (proven.entry, proven.index, proven.checkpoint) == (ENTRIES[1], 1, CHECKPOINT)
    assert [given.timestamp for given in proven.cosignatures] == [TIME, TIME + 1]


def test_commitment_of_entry_1() -> None:
    salt, body = bytes.fromhex(VALUES["salt"]), VALUES["body"].encode()
    assert seal(body, salt).hex() == VALUES["commitment"]
    check_reveal(bytes.fromhex(VALUES["commitment"]), salt, body)
    assert VALUES["commitment"].encode() in ENTRIES[1]


def test_files_of_the_log() -> None:
    paths = re.findall(r"`(tile/[^`]+)`", EXAMPLE)
    assert [parse_path(path) for path in paths] == [*changed_tiles(0, 3), *changed_bundles(0, 3)]
    lengths = re.findall(r"`([0-9a-f]{4})`", EXAMPLE)
    assert encode_bundle(ENTRIES) == b"".join(
        bytes.fromhex(length) + entry for length, entry in zip(lengths, ENTRIES, strict=True)
    )

"""Policy files of c2sp.org/tlog-policy, as far as they are t of n."""

import pytest

from crypto.signatures import SigningKey
from ledger.errors import MalformedError
from ledger.note import COSIGNATURE_V1, ED25519, NoteKey
from ledger.policy_file import PolicyFile, PolicyFileError


def key(name: str, kind: int, number: int) -> str:
    return NoteKey(name, kind, SigningKey(bytes([number]) * 32).verify_key).vkey


LOG = f"log {key('ledger.example', ED25519, 1)}"
WITNESSES = [f"witness w{i} {key(f'w{i}.example', COSIGNATURE_V1, 10 + i)}" for i in range(3)]
GOOD = "\n".join(
    [
        LOG,
        f"{WITNESSES[0]} https://w0.example/",
        *WITNESSES[1:],
        "group all-of-them 2 w0 w1 w2",
        "quorum all-of-them",
    ]
)


def test_threshold_of_a_group_is_read() -> None:
    parsed = PolicyFile.parse("# ours\n\n" + GOOD.replace(" ", "\t ") + "\n")
    assert parsed.quorum.threshold == 2
    assert [witness.name for witness in parsed.quorum.witnesses] == ["w0.example", "w1.example", "w2.example"]
    assert list(parsed.urls.values()) == ["https://w0.example/"]
    assert parsed.policy().log.origin == "ledger.example"


@pytest.mark.parametrize(("count", "threshold"), [("all", 3), ("any", 1), ("3", 3)])
def test_words_for_thresholds(count: str, threshold: int) -> None:
    assert PolicyFile.parse(GOOD.replace("them 2", f"them {count}")).quorum.threshold == threshold


def test_single_witness_and_none_are_quorums() -> None:
    assert PolicyFile.parse(f"{WITNESSES[0]}\nquorum w0").quorum.threshold == 1
    assert PolicyFile.parse(f"{LOG}\nquorum none").quorum.threshold == 0


def test_second_key_of_the_same_log_is_taken() -> None:
    second = f"log {key('ledger.example', ED25519, 2)}"
    assert len(PolicyFile.parse(f"{LOG}\n{second}\nquorum none").policy().log.keys) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no quorum"),
        (LOG, "no quorum"),
        ("quorum nobody", "no witness or group"),
        ("quorum none\nquorum none", "line 2"),
        (f"{LOG}\nlog {key('other.example', ED25519, 2)}\nquorum none", "second log"),
        (f"{WITNESSES[0]}\n{WITNESSES[0]}\nquorum w0", "given twice"),
        (f"{WITNESSES[0]}\ngroup g 2 w0\nquorum g", "not '2'"),
        (f"{WITNESSES[0]}\ngroup g 0 w0\nquorum g", "not '0'"),
        (f"{WITNESSES[0]}\ngroup g 1 w1\nquorum g", "'w1' is no witness"),
        (f"{WITNESSES[0]}\ngroup g 1 w0\ngroup h 1 g\nquorum h", "groups of groups"),
        ("group none 1 x\nquorum none", "given twice"),
        ("log broken\nquorum none", "line 1"),
        ("witness w0\nquorum none", "line 1"),
        ("hello\nquorum none", "line 1"),
    ],
)
def test_other_files_are_refused_with_the_line_named(text: str, message: str) -> None:
    with pytest.raises(MalformedError, match=message):
        PolicyFile.parse(text)


def test_policy_without_a_log_verifies_nothing() -> None:
    with pytest.raises(PolicyFileError, match="no log line"):
        PolicyFile.parse("quorum none").policy()

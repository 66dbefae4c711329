"""The files in a guarantor's folder that its letters are signed with, and what is said while they are missing."""

from pathlib import Path

KEY, CHAIN = "letter.pem", "letter-chain.pem"


def unsigned(folder: Path) -> str:
    """What a person is to know before letters go out; empty if they are signed."""
    if (folder / KEY).exists():
        return ""
    return (
        f"letters are NOT signed: put {KEY} and {CHAIN} into {folder} (docs/guarantees.md), "
        "or for a training let `sunseal guarantor test-certificate` make them"
    )

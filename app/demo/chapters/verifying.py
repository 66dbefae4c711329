"""A stranger verifies all of it; then one byte is changed, and the stranger finds it."""

import re
import zipfile
from pathlib import Path

from app.demo.cast import Cast, StoryError, wait_for
from app.stack.commands import CommandFailedError, run

_SHOWN = "opened again|redone|the chain has|the record of|keeps|^proved +guarantee |clock"


def verify(cast: Cast) -> None:
    """`sunseal verify` on what is public, with the chain asked too. StoryError unless it is green."""
    wait_for(lambda: _is_published(cast), "the ledger has published what happened")
    try:
        said = _verify(cast, f"{cast.place.url}/ledger", *_chain(cast))
    except CommandFailedError as error:
        raise StoryError(f"the verification is not green:\n{error}") from error
    lines = [line for line in said.splitlines() if line.strip()]
    for line in [one for one in lines if re.search(_SHOWN, one)]:
        cast.say(f"[dim]{line}[/dim]")
    cast.say(f"[green]{lines[-1]}[/green]")


def _is_published(cast: Cast) -> bool:
    said = run(cast.place.environment(), "ledger", "status")
    return "waiting    0 for an index, 0 for publication" in said


def tamper(cast: Cast) -> None:
    """One byte of one entry in a bundle is changed. StoryError if the verification does not find it."""
    good, bad = cast.folder / "bundle.zip", cast.folder / "tampered.zip"
    run(cast.place.environment(), "ledger", "export", str(good))
    name, at = _flip(good, bad)
    cast.say(f"byte {at} of {name} is changed in a copy of everything public")
    try:
        _verify(cast, str(bad))
    except CommandFailedError as error:
        wrong = [line.strip() for line in str(error).splitlines() if "WRONG" in line]
        named = [line for line in wrong if re.search("is not the one that the log|do not lead to", line)]
        for line in named:
            cast.say(f"[red]{line}[/red]")
        if named:
            cast.say(f"[dim]and {len(wrong) - len(named)} findings that follow from it[/dim]")
            return
    raise StoryError("one byte was changed, and the verification did not find it")


def _verify(cast: Cast, source: str, *more: str) -> str:
    """Nothing of the platform's environment is used: a stranger has the policy and the supervisor's key."""
    trust = ("--policy", str(cast.place.policy), "--supervisor", cast.place.settings["supervisor"])
    return run({}, "verify", source, *trust, *more)


def _chain(cast: Cast) -> tuple[str, ...]:
    return (
        "--chain",
        cast.place.chain_url,
        "--anchors",
        cast.place.contracts()["LedgerAnchor"],
        "--registry",
        cast.place.contracts()["GuaranteeRegistry"],
        "--depth",
        "0",
    )


def _flip(good: Path, bad: Path) -> tuple[str, int]:
    """A copy of a bundle with one byte changed within its entries; where."""
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as target:
        tiles = (one for one in source.namelist() if one.startswith("tile/entries/"))
        name = next(one for one in tiles if b'"bids"' in source.read(one))
        at = 0
        for other in source.namelist():
            content = bytearray(source.read(other))
            if other == name:
                at = content.index(b'"bids"') + 1
                content[at] ^= 1
            target.writestr(other, bytes(content))
    return name, at

"""What `sunseal bid` shows: sentences in both languages, a progress bar, and how far a bid is."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from app.bidder import steps
from app.bidder.errors import FolderError
from app.bidder.folder import BidFolder, PartFolder
from bidding.errors import BiddingError
from bidding.package.errors import PackageError
from crypto.errors import CryptoError
from keyholder.secret_file import SecretFileError
from statutes.instants import said_instant
from statutes.said import Said


def said(one: Said) -> None:
    """For a person, on the standard error output: results alone are on the standard output."""
    click.echo(f"{one.zh}\n{one.en}", err=True)


@contextmanager
def explained() -> Iterator[None]:
    """An error that a bidder can do something about is a sentence in both languages and exit code 1."""
    try:
        yield
    except FolderError as error:
        raise click.ClickException("\n".join(f"{one.zh}\n{one.en}" for one in error.said)) from error
    except PackageError as error:
        raise click.ClickException(f"[{error.code}] {error.said.zh}\n{error.said.en}") from error
    except (BiddingError, CryptoError, SecretFileError, OSError) as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def progress(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on the standard error output, while there is a person before it; gives what moves it, in bytes."""
    console = Console(stderr=True)
    columns = (
        *(TextColumn("{task.description}"), BarColumn(), DownloadColumn()),
        *(TransferSpeedColumn(), TimeRemainingColumn()),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(label, total=total or None)
        yield lambda count: bar.advance(task, count)


def show_status(folder: BidFolder) -> None:
    """How far each part is, what is next, and how long there is. On the standard output."""
    sheet = folder.sheet
    click.echo(
        f"{sheet.title}  {sheet.lot}\n投标密钥 bid: {folder.bid}\n接收方 own recipient: {folder.recipient}"
    )
    deadline = said_instant(datetime.fromtimestamp(sheet.deadline, UTC))
    click.echo(
        f"投标截止：{deadline.zh} · deadline: {deadline.en} ({_left(sheet.deadline - int(time.time()))})"
    )
    following: Said | None = None
    for part in folder.parts:
        done, after = _progress_of(folder, part)
        click.echo(f"{part.part.name}: {done.zh} · {done.en}")
        following = following or after
    ready = Said("各部分均已就绪，可以递交。", "All parts are ready to be submitted.")
    following = following or ready
    click.echo(f"下一步：{following.zh}\nnext: {following.en}")


def _progress_of(folder: BidFolder, part: PartFolder) -> tuple[Said, Said | None]:
    """What is done with a part, and what is next if anything is."""
    name = part.part.name
    sealed = part.sealed_part()
    try:
        packed = steps.is_packed(folder, part)
    except (FolderError, PackageError) as error:
        if sealed is None:
            wrong = error.said[0] if isinstance(error, FolderError) else error.said
            return Said("未填写完整", "not filled in"), wrong
        packed = False
    if sealed is not None and not part.steps.sealed_from:
        return Said("已由其他程序密封", "sealed by another program"), None
    if not packed:
        state = (
            Said("尚未打包", "not packed")
            if not part.package.exists()
            else Said("有改动", "changed since packed")
        )
        return state, Said(f"sunseal bid pack --part {name}", f"sunseal bid pack --part {name}")
    if sealed is None:
        command = f"sunseal bid seal --part {name}"
        return Said("已打包", "packed"), Said(command, command)
    if part.steps.sealed_from != steps.hash_of(part.package, steps.silent):
        command = f"sunseal bid seal --again --part {name}"
        return Said("密封后又重新打包", "packed anew since it was sealed"), Said(command, command)
    if part.steps.rehearsed != sealed.sha256:
        command = f"sunseal bid rehearse --part {name}"
        return Said("已密封", "sealed"), Said(command, command)
    return Said("已密封并模拟开启", "sealed and rehearsed"), None


def _left(seconds: int) -> str:
    if seconds <= 0:
        return "已截止 · it has passed"
    days, hours, minutes = seconds // 86_400, seconds % 86_400 // 3600, seconds % 3600 // 60
    return f"{days} d {hours} h {minutes} min"

"""`sunseal bid`: a bidder prepares, packs, seals and rehearses its bid in one folder, offline.

What takes a network is in `bid_online`; sealing compares the lot's sheet with the ledger, where it is told of one.
"""

import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from app.bid_client.errors import BidClientError
from app.bidder import steps
from app.bidder.errors import FolderError
from app.bidder.folder import BidFolder, PartFolder
from app.bidder.party import read_chain, signer, signer_elsewhere
from app.cli.bid_ledger import ledger_options, read_ledger
from app.cli.bid_online import attach, explained_online
from app.cli.bid_screen import explained, progress, said, show_status
from app.cli.lock_options import chosen_lock, lock_options
from bidding.package.forms import PriceForm
from bidding.package.sheet import LotSheet
from bidding.package.signing import Sign
from bidding.sealing import describe as describe_file
from statutes.money import capital
from statutes.said import Said

Command = TypeVar("Command", bound=Callable[..., Any])

LOCK = lock_options("SUNSEAL_BID")
FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.argument(
    "folder", type=click.Path(file_okay=False, path_type=Path), default=Path(), required=False
)
PART = click.option("--part", "parts", metavar="PART", multiple=True, help="Only this part; repeatable.")


@click.group()
def bid() -> None:
    """Prepare, pack, seal and rehearse a bid in a folder of its own (投标文件的制作与密封)."""


@bid.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--lot-file", type=FILE, required=True, help="The lot's sheet, as the platform serves it.")
@click.option("--name", default="", help="The bidder's name, for the forms.")
@click.option("--credit-code", default="", help="The bidder's 18-character credit code, for the forms.")
@LOCK
def new(
    folder: Path,
    lot_file: Path,
    name: str,
    credit_code: str,
    passphrase_file: Path | None,
    age_key: Path | None,
) -> None:
    """Make FOLDER for one bid for one lot, with keys of its own (新建投标文件夹).

    The key file is encrypted with a passphrase, which is asked for, or with what one of the options names. Keep a copy
    of it: without it the bid can be neither withdrawn nor rehearsed.
    """
    with explained():
        sheet = LotSheet.parse(lot_file.read_bytes())
        lock = chosen_lock(passphrase_file, age_key, new=True)
        made = steps.create(folder, sheet, lock, (name, credit_code), random=secrets.token_bytes)
        said(
            Said(
                f"投标文件夹{folder}已建立。请填写form.json，附件放入documents/，再运行sunseal bid pack。",
                f"{folder} is ready. Fill in parts/*/form.json, put documents into parts/*/documents/, "
                "then run sunseal bid pack.",
            )
        )
        click.echo(made.bid)


@bid.command()
@FOLDER
@PART
@click.option(
    "--party-key", type=FILE, envvar="SUNSEAL_PARTY_KEY", help="The bidder's signing key, in PEM (PKCS #8)."
)
@click.option(
    "--certificate",
    type=FILE,
    envvar="SUNSEAL_PARTY_CERTIFICATE",
    help="Its certificate and those between it and the CA's root, in PEM.",
)
@click.option(
    "--signed-elsewhere",
    is_flag=True,
    help="For a key in another device: write to-sign.bin, and pack once signature.bin is there.",
)
def pack(
    folder: Path,
    parts: Sequence[str],
    party_key: Path | None,
    certificate: Path | None,
    signed_elsewhere: bool,
) -> None:
    """Check what was filled in, and pack and sign each part (检查、打包并签名)."""
    with explained():
        found = BidFolder(folder)
        sign = None if signed_elsewhere else _signer(party_key, certificate)
        for part in _chosen(found, parts):
            with progress(f"pack {part.part.name}", _size(part)) as advance:
                if sign is not None:
                    made = steps.pack(found, part, sign, advance)
                elif part.signature.exists() and certificate:
                    elsewhere = signer_elsewhere(part.signature.read_bytes(), read_chain(certificate))
                    made = steps.pack(found, part, elsewhere, advance)
                else:
                    path = steps.write_to_sign(found, part, advance)
                    said(
                        Said(
                            f"请用证书私钥对{path}签名，存为{part.signature}，再加--certificate运行一次。",
                            f"Sign {path} with the certificate's key, put the signature into {part.signature}, "
                            "and run this again with --certificate.",
                        )
                    )
                    continue
            if isinstance(made.form, PriceForm):
                _echo_price(made.form)
            said(
                Said(
                    f"{part.part.name}部分已打包：{len(made.manifest.members)}个文件，见{part.package}。",
                    f"The part {part.part.name} is packed, with {len(made.manifest.members)} files: {part.package}",
                )
            )


@bid.command()
@FOLDER
@PART
@click.option("--again", is_flag=True, help="Seal anew what is sealed; the sealed file before is kept.")
@ledger_options(required=False)
def seal(
    folder: Path,
    parts: Sequence[str],
    again: bool,
    ledger: str | None,
    policy: Path | None,
    supervisor: str | None,
    keep: Path | None,
) -> None:
    """Seal each part to the lot's key and to the bid's own (密封).

    With --ledger, --policy and --supervisor the lot's sheet is compared with the ledger first: a recipient that is not
    the key of the lot's keyholders is refused. Without them it is taken as it is.
    """
    with explained_online():
        found = BidFolder(folder)
        if ledger:
            if not policy or not supervisor:
                raise BidClientError("with --ledger, say whom you believe: --policy and --supervisor")
            read_ledger(ledger, policy, supervisor, keep).check_sheet(found.sheet)
            said(
                Said(
                    "标段信息与账本一致：接收方确为该标段保管人的密钥。",
                    "The lot's sheet agrees with the ledger: the recipients are the keys of the lot's keyholders.",
                )
            )
        else:
            said(
                Said(
                    "未与账本核对标段信息：如需核对，请给出--ledger、--policy和--supervisor。",
                    "The lot's sheet was not compared with the ledger: that takes --ledger, --policy, --supervisor.",
                )
            )
        for part in _chosen(found, parts):
            size = part.package.stat().st_size if part.package.exists() else 0
            with progress(f"seal {part.part.name}", size) as advance:
                sealed = steps.seal_part(found, part, advance, random=secrets.token_bytes, again=again)
            click.echo(f"{sealed.sha256}  {part.sealed}")


@bid.command()
@FOLDER
@PART
@LOCK
def rehearse(folder: Path, parts: Sequence[str], passphrase_file: Path | None, age_key: Path | None) -> None:
    """Open the sealed files with the bid's own key, as the opening will, and compare (模拟开标)."""
    with explained():
        found = BidFolder(folder)
        keys = found.keys(chosen_lock(passphrase_file, age_key))
        for part in _chosen(found, parts):
            size = 2 * part.sealed.stat().st_size if part.sealed.exists() else 0
            with progress(f"rehearse {part.part.name}", size) as advance:
                sealed = steps.rehearse_part(found, part, keys, advance)
            said(
                Said(
                    f"{part.part.name}部分可以开启，内容与打包时一致。SHA-256：{sealed.sha256}",
                    f"The part {part.part.name} opens, and holds what was packed. SHA-256: {sealed.sha256}",
                )
            )


@bid.command()
@FOLDER
def status(folder: Path) -> None:
    """Say what is done, and what is next (进度)."""
    with explained():
        show_status(BidFolder(folder))


@bid.command()
@click.argument("file", type=FILE)
@click.option("--part", metavar="PART", required=True, help="Which part of the bid it is.")
@click.option("--lot-file", type=FILE, help="Check also that this lot would take it.")
def describe(file: Path, part: str, lot_file: Path | None) -> None:
    """Print how FILE, sealed by any age program, stands in a bid, as JSON (描述密封文件)."""
    with explained():
        with file.open("rb") as source:
            sealed = describe_file(source, part)
        if lot_file:
            steps.check_described(sealed, LotSheet.parse(lot_file.read_bytes()))
        click.echo(steps.sealed_bytes(sealed), nl=False)


def _chosen(folder: BidFolder, names: Sequence[str]) -> list[PartFolder]:
    """The parts of these names, or all. SealedFileError for a name that the lot has not."""
    for name in names:
        folder.sheet.part(name)
    return [part for part in folder.parts if not names or part.part.name in names]


def _signer(party_key: Path | None, certificate: Path | None) -> Sign:
    if party_key is None:
        raise FolderError(
            Said(
                "请用--party-key指定签名私钥（PEM），或用--signed-elsewhere在其他设备上签名。",
                "Name the signing key with --party-key (PEM), or sign on another device with --signed-elsewhere.",
            )
        )
    return signer(
        party_key,
        certificate,
        lambda: str(click.prompt("Passphrase of the signing key", hide_input=True, err=True)),
    )


def _size(part: PartFolder) -> int:
    """Of what is read while packing: all attachments, twice."""
    return 2 * sum(content.path.stat().st_size for content in part.attachments(steps.silent))


def _echo_price(form: PriceForm) -> None:
    """Once more in capital numerals, for a slip of a digit is seen there."""
    words = f"（{capital(form.fen)}）" if form.currency == "CNY" else ""
    said(Said(f"投标报价：{form.total} {form.currency}{words}", f"The price: {form.total} {form.currency}"))


attach(bid)

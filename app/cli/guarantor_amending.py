"""`sunseal guarantor amend draft|sign|commit|hand-over`: amendments at the desk.

What goes between the desk and the platform are files: the amendment as the platform has it, and the agreement with its
three signatures, each as `GET /api/guarantees/<id>` gives them (docs/guarantor.md).
"""

import json
from base64 import b64encode
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_bytes

import click
import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.bidder.files import write_replacing
from app.bidder.party import read_key
from app.cli.guarantor_screen import FOLDER, LOCK, desk, keys_of, now
from app.guarantor.folder import GuarantorFolder
from app.guarantor.handing_over import TIMEOUT, Platform
from app.guarantor.issuer import issuer
from app.guarantor.letter import printer
from guarantees.desk import amending
from guarantees.desk.amending import Change
from guarantees.errors import FormatError
from guarantees.signed import SignedGuarantee
from guarantees.tables.succession import Succession
from statutes.counting import CHINA
from statutes.money import parse_yuan

_GUARANTEE = click.argument("guarantee")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def amend() -> None:
    """Amend a guarantee that was presented, by agreement of all (修改保函)."""


@amend.command()
@FOLDER
@_GUARANTEE
@click.option("--words", required=True, help="What changes, as all three are to sign it.")
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), help="The new last day, in Beijing.")
@click.option("--amount", help="The new amount, in yuan.")
@LOCK
def draft(
    folder: Path,
    guarantee: str,
    words: str,
    expires: datetime | None,
    amount: str | None,
    passphrase_file: Path | None,
    age_key: Path | None,
) -> None:
    """Draft and sign what is to take the place of GUARANTEE (its id on chain), and print what to propose."""
    found, keys = keys_of(folder, passphrase_file, age_key)
    last = None if expires is None else expires.replace(tzinfo=CHINA) + timedelta(days=1, seconds=-1)
    change = Change(
        words,
        None if last is None else int(last.timestamp()),
        None if amount is None else parse_yuan(amount),
    )
    with desk() as session:
        made = amending.draft(
            *(session, _id(guarantee), change, issuer(found, keys)), now=now(), random=token_bytes
        )
        session.commit()
        document = SignedGuarantee.parse(made.content).undertaking.document
        click.echo(f"drafted {made.number}, {made.guarantee.hex()}")
        click.echo(json.dumps({"change": made.change, "successor": document.hex()}, ensure_ascii=False))


@amend.command()
@FOLDER
@click.argument("amendment", type=_FILE)
@LOCK
def sign(folder: Path, amendment: Path, passphrase_file: Path | None, age_key: Path | None) -> None:
    """Sign AMENDMENT, as the platform has it, if it is what was drafted here; the body of the request is printed."""
    found, keys = keys_of(folder, passphrase_file, age_key)
    with desk() as session:
        signature = amending.agree(session, amendment.read_bytes(), issuer(found, keys))
    body = {
        "side": "guarantor",
        "key": b64encode(keys.spki).decode(),
        "signature": b64encode(signature).decode(),
    }
    click.echo(json.dumps(body))


@amend.command()
@FOLDER
@click.argument("agreement", type=_FILE)
@LOCK
def commit(folder: Path, agreement: Path, passphrase_file: Path | None, age_key: Path | None) -> None:
    """Commit on chain to AGREEMENT, which all three have signed. `sunseal gateway run` sends it; again is the same."""
    found, keys = keys_of(folder, passphrase_file, age_key)
    with desk() as session:
        made = amending.commit(session, agreement.read_bytes(), issuer(found, keys), now=now())
        session.commit()
        click.echo(f"committing {made.guarantee.hex()}")


@amend.command("hand-over")
@FOLDER
@_GUARANTEE
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A folder for file and letter.")
@click.option(
    "--request-key", type=_FILE, help="Ed25519 in PEM, registered on the platform: send it there too."
)
def hand_over(folder: Path, guarantee: str, out: Path, request_key: Path | None) -> None:
    """Write the amended GUARANTEE and its letter, once the chain shows it, and hand it to the platform."""
    settings = GuarantorFolder(folder).settings
    with desk() as session:
        made = amending.handed_over(session, _id(guarantee))
        predecessor = session.get_one(Succession, made.id).predecessor
    out.mkdir(parents=True, exist_ok=True)
    write_replacing(out / "guarantee.json", made.to_bytes())
    write_replacing(out / "letter.pdf", printer(folder, settings.platform)(made))
    if request_key is None:
        click.echo(f"{out / 'guarantee.json'} goes to POST /api/guarantees/{predecessor.hex()}/successor")
        return
    key = read_key(request_key, lambda: str(click.prompt("Passphrase", hide_input=True)))
    if not isinstance(key, Ed25519PrivateKey):
        raise click.ClickException("the key that signs requests is Ed25519 here")
    with httpx.Client(timeout=TIMEOUT, follow_redirects=False) as client:
        Platform(client, settings.platform, key, now, token_bytes).hand_over(predecessor, made)
    click.echo("the platform has it")


def _id(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise FormatError("a guarantee is called by its id on chain, 64 hexadecimal digits") from error

"""`sunseal guarantee`: a bidder applies for a guarantee without telling the platform, and puts it into its bid."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes

import click

from app.applicant import checking
from app.applicant.folder import GUARANTEE_FILE, LETTER_FILE, About, ApplicantFolder
from app.bid_client.errors import BidClientError
from app.bid_client.wallet import Wallet
from app.bidder.files import write_replacing
from app.bidder.folder import BidFolder, PartFolder
from app.bidder.party import read_key
from app.cli.guarantor_screen import Explained, now, printed
from app.cli.lock_options import chosen_lock, lock_options
from app.letter_client import PostOffice, connect
from app.place import Place
from bidding.package.sheet import GuaranteeHere
from bidding.package.signing import signature_of
from crypto import party_keys
from crypto.signatures import VerifyKey
from guarantees import carried
from guarantees.chain.deployment import Deployment
from guarantees.chain.gateway import Gateway
from guarantees.chain.node import Node
from guarantees.errors import FormatError, GuaranteesError, NotFoundError
from guarantees.letters import kinds
from guarantees.letters.kinds import Acceptance, Cancellation, Delivery, Invoice, Quote, Receipt, Refusal
from guarantees.letters.scheme import Letter
from guarantees.lot_notice import find
from guarantees.paper import PaperGuarantee, Scan, last_second
from guarantees.signed import SignedGuarantee
from guarantees.undertaking import Party
from ledger.entries import GuarantorListed
from mailboxes.keys import MailboxKeys
from mailboxes.messages import File
from parties.proof import FILE
from statutes.instants import said_instant
from statutes.money import format_yuan, parse_yuan

LOCK = lock_options("SUNSEAL_BID")
FOLDER = click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
SUPERVISOR = click.option(
    "--supervisor",
    required=True,
    metavar="HEX",
    help="The supervisor's public key, from the supervisor itself.",
)
BID = click.option(
    "--bid", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A bid's folder."
)
WALLET = click.option(
    "--wallet",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="SUNSEAL_WALLET",
    help="Spend a token of this wallet, so that the letter is taken whatever strangers send.",
)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(cls=Explained)
def guarantee() -> None:
    """Apply for a bid guarantee, fetch it, check it, and put it into a bid. The platform learns none of it."""


@guarantee.command()
@click.argument("platform")
@SUPERVISOR
def offers(platform: str, supervisor: str) -> None:
    """Show the guarantors on the supervisor's list, what they offer, and what all open lots ask."""
    office = _office(platform, _key(supervisor))
    listed = office.guarantors()
    for code, one in listed.items():
        click.echo(f"{code} {printed(one.entry.name)}{'' if one.licensed else ' (no licence in force)'}")
    for product in office.products(listed):
        click.echo(
            f"{product.guarantor} {product.product} v{product.version}: {product.rate / 10_000:.4f} %, "
            f"at least {format_yuan(product.minimum)}, for {format_yuan(product.least)} to {format_yuan(product.most)} "
            f"{product.currency}, {product.days} days; {'; '.join(map(printed, product.documents))}"
        )
    for lot in office.lots():
        click.echo(f"{lot.lot} bond {format_yuan(lot.bond)} {lot.currency}, {_time(lot.valid_until)}")


@guarantee.command()
@FOLDER
@click.argument("platform")
@click.argument("lot")
@SUPERVISOR
@click.option("--guarantor", required=True, help="The guarantor's credit code.")
@click.option("--product", required=True, help="Which of its products.")
@click.option("--credit-code", required=True, help="Your own unified social credit code.")
@click.option("--name", required=True, help="Your own name.")
@click.option("--contact", required=True, help="Where a person reaches you.")
@click.option("--party-key", type=_FILE, required=True, help="Your signing key, a PEM file.")
@click.option("--amount", help="In yuan; the lot's bond if nothing is said.")
@click.option(
    "--document", type=_FILE, multiple=True, help="A document that the product asks for; repeatable."
)
@click.option(
    "--party-proof",
    type=_FILE,
    help="party-proof.json of your organisation's page: by it the guarantor sees in the ledger that the key is yours.",
)
@WALLET
@LOCK
def apply(
    folder: Path,
    platform: str,
    lot: str,
    supervisor: str,
    guarantor: str,
    product: str,
    credit_code: str,
    name: str,
    contact: str,
    party_key: Path,
    amount: str | None,
    document: tuple[Path, ...],
    party_proof: Path | None,
    wallet: Path | None,
    passphrase_file: Path | None,
    age_key: Path | None,
) -> None:
    """Apply for a guarantee of LOT, sealed to the guarantor, from a new mailbox in FOLDER.

    No login, no name in the open. Your network shows that you speak to the platform: use the one you use for all else.
    """
    office = _office(platform, _key(supervisor))
    listed, notice = office.guarantor(guarantor), find(office.lots(), lot)
    lock = chosen_lock(passphrase_file, age_key, new=True)
    about = About(platform, supervisor, guarantor, lot, credit_code)
    made = ApplicantFolder.create(folder, about, lock, token_bytes)
    keys = made.keys(lock)
    if office.fetch(keys):
        raise FormatError("this application was sent before: see `sunseal guarantee status`")
    secret = read_key(
        party_key, lambda: str(click.prompt("Passphrase of the PEM file", hide_input=True, err=True))
    )
    letter = kinds.Application(
        guarantor=guarantor,
        mailbox=keys.signing.verify_key.raw.hex(),
        applicant=Party(name, credit_code),
        tender=notice.tender,
        lot=lot,
        product=product,
        amount=notice.bond if amount is None else parse_yuan(amount),
        currency=notice.currency,
        expiry=notice.valid_until,
        contact=contact,
        key=party_keys.spki(secret.public_key()).hex(),
        signature="",
    ).signed(lambda message: signature_of(secret, message))
    proof = () if party_proof is None else (File(FILE, party_proof.read_bytes()),)
    files = (*(File(path.name, path.read_bytes()) for path in document), *proof)
    _write(office, keys, listed, Letter(kinds.to_text(letter), files), wallet)
    click.echo(f"sent to {printed(listed.name)}; its answers: sunseal guarantee status {folder}")


@guarantee.command()
@FOLDER
@LOCK
def status(folder: Path, passphrase_file: Path | None, age_key: Path | None) -> None:
    """Show what the guarantor answered."""
    for one in _letters(ApplicantFolder(folder), passphrase_file, age_key):
        click.echo(_shown(one))


@guarantee.command()
@FOLDER
@WALLET
@LOCK
def accept(folder: Path, wallet: Path | None, passphrase_file: Path | None, age_key: Path | None) -> None:
    """Take the newest quote; the invoice comes in answer."""
    made = ApplicantFolder(folder)
    lock = chosen_lock(passphrase_file, age_key)
    office, keys = _office(made.about.platform, made.supervisor), made.keys(lock)
    listed = office.guarantor(made.about.guarantor)
    letters = [kinds.parse(one.letter.text) for one in office.read(keys, listed) if one.letter is not None]
    quotes = [letter for letter in letters if isinstance(letter, Quote)]
    if not quotes:
        raise NotFoundError("the guarantor has not made a quote yet")
    newest = quotes[-1]
    if newest.valid_until < time.time():
        raise FormatError("the quote's time is over: ask the guarantor for another")
    letter = Letter(kinds.to_text(Acceptance(newest.number, newest.premium)))
    _write(office, keys, listed, letter, wallet)
    click.echo(f"accepted: {_shown(newest)}")


@guarantee.command()
@FOLDER
@click.option("--reason", required=True)
@LOCK
def cancel(folder: Path, reason: str, passphrase_file: Path | None, age_key: Path | None) -> None:
    """Tell the guarantor that the guarantee is not wanted any more."""
    made = ApplicantFolder(folder)
    office, keys = (
        _office(made.about.platform, made.supervisor),
        made.keys(chosen_lock(passphrase_file, age_key)),
    )
    listed = office.guarantor(made.about.guarantor)
    office.write(keys, listed, Letter(kinds.to_text(Cancellation(reason))))


@guarantee.command()
@FOLDER
@BID
@click.option("--offline-chain", is_flag=True, help="Do not ask a node whether it stands on chain.")
@LOCK
def fetch(
    folder: Path, bid: Path | None, offline_chain: bool, passphrase_file: Path | None, age_key: Path | None
) -> None:
    """Fetch the guarantee into FOLDER, check it, and put it where `sunseal bid pack` takes it from."""
    made = ApplicantFolder(folder)
    office, keys = (
        _office(made.about.platform, made.supervisor),
        made.keys(chosen_lock(passphrase_file, age_key)),
    )
    listed = office.guarantor(made.about.guarantor)
    delivered = [
        {file.name: file.content for file in one.letter.files}
        for one in office.read(keys, listed)
        if one.letter is not None and isinstance(kinds.parse(one.letter.text), Delivery)
    ]
    if not delivered or GUARANTEE_FILE not in delivered[-1]:
        raise NotFoundError("the guarantor has not delivered the guarantee yet")
    content, letter = delivered[-1][GUARANTEE_FILE], delivered[-1].get(LETTER_FILE)
    signed = SignedGuarantee.parse(content)
    _check(signed, office, made.about.applicant, made.about.lot, ask_chain=not offline_chain)
    write_replacing(made.guarantee, content)
    click.echo(f"{signed.undertaking.number} is in {made.guarantee}")
    if letter is not None:
        write_replacing(made.letter, letter)
        click.echo(f"the letter, for people, is in {made.letter}")
    if bid is not None:
        click.echo(f"and in {_put(bid, content)}")


@guarantee.command()
@click.argument("file", type=_FILE)
@click.argument("platform")
@SUPERVISOR
@click.option("--credit-code", required=True, help="Your own unified social credit code.")
@click.option("--offline-chain", is_flag=True, help="Do not ask a node whether it stands on chain.")
@BID
def check(
    file: Path, platform: str, supervisor: str, credit_code: str, offline_chain: bool, bid: Path | None
) -> None:
    """Check FILE, a guarantee.json of any listed guarantor, issued by this way or another; with --bid, put it there."""
    data = file.read_bytes()
    signed = carried.parse(data)
    if not isinstance(signed, SignedGuarantee):
        raise FormatError("this is a scan of a paper guarantee: staff examine it by hand after the opening")
    office = _office(platform, _key(supervisor))
    _check(signed, office, credit_code, signed.undertaking.lot, ask_chain=not offline_chain)
    click.echo(f"{signed.undertaking.number} holds")
    if bid is not None:
        click.echo(f"it is in {_put(bid, data)}")


@guarantee.command()
@click.argument("bid", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("scan", type=_FILE)
@click.option("--guarantor", required=True, help="The guarantor's name.")
@click.option("--credit-code", required=True, help="The guarantor's credit code.")
@click.option("--number", required=True, help="The guarantee's number.")
@click.option("--amount", required=True, help="In yuan.")
@click.option("--currency", default="CNY", show_default=True)
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Its last day, in Beijing.")
def paper(
    bid: Path,
    scan: Path,
    guarantor: str,
    credit_code: str,
    number: str,
    amount: str,
    currency: str,
    expires: datetime,
) -> None:
    """The fallback: put SCAN, the scan of a paper guarantee, into BID, marked as such. Staff examine it by hand."""
    part, content = _part(bid), scan.read_bytes()
    described = Scan.of(scan.name, content)
    stated = PaperGuarantee(
        Party(guarantor, credit_code),
        number,
        parse_yuan(amount),
        currency,
        last_second(expires.date()),
        described,
    )
    part.documents.mkdir(parents=True, exist_ok=True)
    write_replacing(part.documents / described.name.removeprefix("documents/"), content)
    write_replacing(part.guarantee, stated.to_bytes())
    click.echo(f"it is in {part.guarantee}, with the scan beside the documents")


def _check(signed: SignedGuarantee, office: PostOffice, bidder: str, lot: str, *, ask_chain: bool) -> None:
    known = checking.Known(office.guarantors(), find(office.lots(), lot), bidder, None)
    if ask_chain:
        place = Place()
        node = Node(place.chain_url)
        try:
            known = replace(known, gateway=Gateway(node, Deployment.read(place.chain_contracts)))
            wrong = checking.troubles(signed, known, now=now())
        finally:
            node.close()
    else:
        wrong = checking.troubles(signed, known, now=now())
    if wrong:
        raise GuaranteesError("\n".join(f"{one.zh}\n{one.en}" for one in wrong))
    if not ask_chain:
        click.echo("whether it stands on chain was not looked at", err=True)


def _write(
    office: PostOffice, keys: MailboxKeys, listed: GuarantorListed, letter: Letter, wallet: Path | None
) -> None:
    """With a token of the wallet, if one is named. A letter that did not go leaves its token reserved for the next."""
    if wallet is None:
        office.write(keys, listed, letter)
        return
    purpose = f"letter {keys.mailbox.hex()} {len(office.fetch(keys))}"
    try:
        with Wallet(wallet) as own:
            office.write(keys, listed, letter, token=own.reserve(purpose, token_bytes).token)
            own.spent(purpose)
    except BidClientError as error:
        raise GuaranteesError(str(error)) from error


def _put(bid: Path, content: bytes) -> Path:
    part = _part(bid)
    write_replacing(part.guarantee, content)
    return part.guarantee


def _part(bid: Path) -> PartFolder:
    takes = [part for part in BidFolder(bid).parts if part.part.guarantee is not GuaranteeHere.NONE]
    if not takes:
        raise FormatError("no part of this lot's bids carries a guarantee")
    return takes[0]


def _letters(
    made: ApplicantFolder, passphrase_file: Path | None, age_key: Path | None
) -> list[kinds.AnyLetter]:
    keys = made.keys(chosen_lock(passphrase_file, age_key))
    office = _office(made.about.platform, made.supervisor)
    received = office.read(keys, office.guarantor(made.about.guarantor))
    return [kinds.parse(one.letter.text) for one in received if one.letter is not None]


def _shown(letter: kinds.AnyLetter) -> str:
    if isinstance(letter, Quote):
        price = f"{format_yuan(letter.premium)} {letter.currency}"
        note = f" ({printed(letter.note)})" if letter.note else ""
        return f"quote {letter.number}: {price}, until {_time(letter.valid_until)}{note}"
    if isinstance(letter, Invoice):
        due = f"{format_yuan(letter.amount)} {letter.currency} by {_time(letter.due)}"
        return f"invoice {letter.number}: {due}, to {printed(letter.pay_to)}"
    if isinstance(letter, Receipt):
        return f"paid: invoice {letter.invoice}, {_time(letter.paid)}"
    if isinstance(letter, Delivery):
        return f"issued: {letter.number}, on chain in block {letter.block}: sunseal guarantee fetch"
    if isinstance(letter, Refusal):
        return f"refused: {printed(letter.reason)}"
    return type(letter).__name__.lower()


def _time(seconds: int) -> str:
    return said_instant(datetime.fromtimestamp(seconds, UTC)).en


def _office(platform: str, supervisor: VerifyKey) -> PostOffice:
    return PostOffice(connect(platform), supervisor, lambda: int(time.time()), token_bytes)


def _key(text: str) -> VerifyKey:
    try:
        return VerifyKey(bytes.fromhex(text))
    except ValueError as error:
        raise FormatError("the supervisor's key is 64 hexadecimal digits") from error

"""`sunseal guarantor queue|quote|...`: work at the desk, on its own database."""

from datetime import timedelta
from pathlib import Path
from secrets import token_bytes

import click
from eth_utils.address import to_checksum_address

from app.cli.guarantor_screen import FOLDER, LOCK, desk, keys_of, now, printed
from app.guarantor.folder import GuarantorFolder
from app.guarantor.issuer import issuer
from guarantees.desk import exposure, issuing, offers, premiums, queue
from guarantees.desk.premiums import CSV, HAND, Received
from guarantees.errors import FormatError
from guarantees.tables.desk import PAID, PROVEN, Application
from parties import credit_code
from statutes.money import format_yuan, parse_yuan
from statutes.said import Said

APPLICATION = click.argument("application")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("queue")
@click.argument("states", nargs=-1)
def queue_command(states: tuple[str, ...]) -> None:
    """Show the applications, oldest first; of these STATES, or all."""
    with desk() as session:
        for row in queue.listed(session, *states):
            click.echo(
                f"{row.id.hex()} {row.state:9} {row.applied_at:%Y-%m-%d %H:%M} {row.applicant} {printed(row.name)} "
                f"{row.lot} {format_yuan(row.amount)} {row.currency} {row.product} {_key(row)} "
                f"{printed(row.remark)}".rstrip()
            )


def _key(row: Application) -> str:
    """Whose key signed it, as far as the ledger shows."""
    if row.key_checked_at is None:
        return "(key not checked)"
    word = "key proven" if row.key_standing == PROVEN else "key not proven"
    return f"({word}, {row.key_checked_at:%Y-%m-%d %H:%M})"


@click.command()
@FOLDER
@APPLICATION
@click.option("--premium", help="In yuan; by the product's rate if nothing is said.")
@click.option(
    "--hours", type=click.IntRange(min=1), default=48, show_default=True, help="How long it is valid."
)
@click.option("--note", help="A sentence for the applicant.")
def quote(folder: Path, application: str, premium: str | None, hours: int, note: str | None) -> None:
    """Offer the guarantee that APPLICATION asks for; the letter goes out with the next round."""
    found, moment = GuarantorFolder(folder), now()
    with desk() as session:
        row = queue.get(session, _id(application), for_update=True)
        product = found.products().get(row.product)
        if premium is not None:
            amount = parse_yuan(premium)
        elif product is not None:
            amount = product.premium(row.amount)
        else:
            raise FormatError("the product is offered no more: say the premium with --premium")
        until = moment + timedelta(hours=hours)
        made = offers.quote(session, row, premium=amount, valid_until=until, now=moment, note=note)
        session.commit()
        click.echo(
            f"quote {made.number}: {format_yuan(made.premium)} {row.currency}, until {until:%Y-%m-%d %H:%M} UTC"
        )


@click.command()
@APPLICATION
@click.option("--zh", required=True, help="The reason, in Chinese.")
@click.option("--en", required=True, help="The reason, in English.")
def decline(application: str, zh: str, en: str) -> None:
    """Refuse APPLICATION, and tell the applicant why."""
    with desk() as session:
        row = queue.get(session, _id(application), for_update=True)
        offers.decline(session, row, Said(zh, en), now=now())
        session.commit()


@click.command()
@click.argument("invoice")
@click.option("--reference", required=True, help="The bank's own reference of the payment.")
@click.option("--amount", required=True, help="In yuan.")
@click.option("--currency", default="CNY", show_default=True)
@click.option("--payer", required=True, help="Who paid.")
def paid(invoice: str, reference: str, amount: str, currency: str, payer: str) -> None:
    """Record a payment of INVOICE by hand. The same reference again changes nothing."""
    moment = now()
    received = Received(reference, parse_yuan(amount), currency, payer, invoice, moment)
    with desk() as session:
        row = premiums.record(session, received, source=HAND, now=moment)
        session.commit()
        click.echo(row.trouble or f"recorded for {row.invoice}")


@click.command()
@click.argument("file", type=_FILE)
def paid_csv(file: Path) -> None:
    """Record the payments in FILE, a CSV file with the columns reference,invoice,amount,currency,payer,paid_at."""
    received = premiums.parse_csv(file.read_text("utf-8"))
    with desk() as session:
        rows = [premiums.record(session, one, source=CSV, now=now()) for one in received]
        session.commit()
        for row in rows:
            if row.trouble:
                click.echo(f"{printed(row.reference)}: {row.trouble}", err=True)
    click.echo(f"{len(rows)} payments, {sum(not row.trouble for row in rows)} without trouble")


@click.command()
@click.argument("amount")
@click.option(
    "--applicant", default=exposure.TOTAL, help="A credit code; without it the limit is for all together."
)
@click.option("--currency", default="CNY", show_default=True)
def limit(amount: str, applicant: str, currency: str) -> None:
    """Let no more than AMOUNT, in yuan, be guaranteed at a time: for an applicant, or in total."""
    if applicant:
        applicant = credit_code.parse(applicant)
    with desk() as session:
        exposure.set_limit(session, applicant, currency, parse_yuan(amount), now=now())
        session.commit()


@click.command("exposure")
def exposure_command() -> None:
    """Show how much stands, in total and per applicant, against the limits."""
    with desk() as session:
        for one in exposure.shown(session, now=now()):
            room = "no limit" if one.room is None else f"{format_yuan(one.room)} left"
            click.echo(
                f"{one.applicant or 'total':18} {one.currency} {format_yuan(one.standing)} in {one.number}, {room}"
            )


@click.command()
@FOLDER
@click.argument("applications", nargs=-1)
@click.option("--all", "every", is_flag=True, help="All whose premium is paid, in one batch.")
@click.option("--itself", is_flag=True, help="Another program sends the transaction: its data is printed.")
@LOCK
def issue(
    folder: Path,
    applications: tuple[str, ...],
    every: bool,
    itself: bool,
    passphrase_file: Path | None,
    age_key: Path | None,
) -> None:
    """Sign the guarantees of APPLICATIONS and commit to them on chain, in one transaction.

    `sunseal gateway run` sends it with the guarantor's own key; with --itself any wallet of the account does. Once the
    chain confirms it, the next round delivers them.
    """
    found, keys = keys_of(folder, passphrase_file, age_key)
    with desk() as session:
        chosen = (
            [row.id for row in queue.listed(session, PAID)] if every else [_id(one) for one in applications]
        )
        if not chosen:
            click.echo("nothing is paid and not issued yet")
            return
        act = issuing.sign(
            *(session, chosen, found.lots(), issuer(found, keys)),
            now=now(),
            random=token_bytes,
            sends_itself=itself,
        )
        session.commit()
    for guarantee in act.guarantees:
        click.echo(f"signed {guarantee.hex()}")
    if act.purpose is None:
        click.echo(f"to    {to_checksum_address(bytes.fromhex(found.lots()[0].registry))}")
        click.echo(f"data  0x{act.call.data.hex()}")


def _id(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise FormatError("an application is called by 32 hexadecimal digits") from error

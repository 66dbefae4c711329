"""`sunseal accounts`: the first people of the platform, and help for those who cannot log in.

Passwords are asked for or read from a file, never taken as an argument. Whoever may run this may become anybody: it
is for the machine's operator, and what it does is written to its output.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes

import click
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import context
from app.cli.explained import explained
from app.context import Parts
from app.login import accounts as service
from app.login import lockout, security
from app.models import Account
from app.place import Place
from app.settings import Settings
from parties import members, organisations
from parties.errors import PartiesError
from parties.roles import Role

BOOTSTRAP = (Role.ADMINISTRATOR, Role.SUPERVISOR, Role.CENTER)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def accounts() -> None:
    """Set up the first people, list accounts, suspend them, reset what they have lost."""


@accounts.command()
@click.argument("role", type=click.Choice([str(role) for role in BOOTSTRAP]))
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option("--organisation", required=True, help="The organisation's name.")
@click.option("--code", required=True, help="The organisation's unified social credit code.")
@click.option("--password-file", type=_FILE, help="Where the password is; by default it is asked for.")
def bootstrap(
    role: str, email: str, name: str, organisation: str, code: str, password_file: Path | None
) -> None:
    """Make EMAIL the manager of an organisation that acts as ROLE; whoever has an account keeps its password.

    A second factor is set up at the first login.
    """
    with _application() as session:
        address = _address(email)
        account = service.find(session, address)
        if account is None:
            hashed = _password(password_file)
            account = service.open_account(
                session, address, name, hashed, confirmed=True, now=_now(), random=token_bytes
            )
        made = organisations.establish(
            session, code, organisation, Role(role), account.person, now=_now(), random=token_bytes
        )
        session.commit()
        click.echo(f"{address} manages {made.name} ({made.credit_code}) as {role}")


@accounts.command("list")
def list_() -> None:
    """List accounts: address, state, second factors, roles."""
    with _application() as session:
        for account in session.scalars(select(Account).order_by(Account.email)):
            factors = [f"{len(account.webauthn)} passkeys"] if account.webauthn else []
            factors += ["authenticator"] if account.tf_totp_secret else []
            roles = sorted(members.roles_of(session, account.id))
            click.echo(
                f"{account.email}  {'active' if account.active else 'suspended'}  "
                f"{', '.join(factors) or 'no second factor'}  {', '.join(roles) or 'no role'}"
            )


@accounts.command()
@click.argument("email")
def suspend(email: str) -> None:
    """Keep EMAIL from logging in; its sessions and tokens end now."""
    _set_suspended(email, suspended=True)


@accounts.command()
@click.argument("email")
def resume(email: str) -> None:
    """Let a suspended EMAIL log in again."""
    _set_suspended(email, suspended=False)


@accounts.command("reset-second-factor")
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset_second_factor(email: str, yes: bool) -> None:
    """Forget EMAIL's authenticator, passkeys, certificates, recovery codes, sessions and tokens.

    The next login needs the password alone and sets up a new one: be sure who asks for it.
    """
    if not yes:
        click.confirm("Have you made sure, otherwise than by mail, who asks for this?", abort=True)
    with _application() as session:
        account = service.get(session, _address(email))
        service.reset_second_factor(session, account, now=_now())
        session.commit()
        click.echo(f"{account.email} has no second factor any more")


@accounts.command()
@click.argument("email")
def recover(email: str) -> None:
    """Print what EMAIL sets a new password with: good once, for an hour. Hand it over where nobody else sees it."""
    with _application() as session:
        account = service.get(session, _address(email))
        click.echo(service.recovery_token(account))


@accounts.command()
@click.argument("email")
def unlock(email: str) -> None:
    """Forget the failures that keep EMAIL locked."""
    with _application() as session:
        address = _address(email)
        key = context.parts().settings.derived("attempts")
        lockout.forgive(session, lockout.name_hash(address, key))
        session.commit()
        click.echo(f"{address} may try again")


def _set_suspended(email: str, *, suspended: bool) -> None:
    with _application() as session:
        account = service.get(session, _address(email))
        service.set_suspended(session, account, suspended=suspended, now=_now())
        session.commit()
        click.echo(f"{account.email} is {'suspended' if suspended else 'active'}")


@contextmanager
def _application() -> Iterator[Session]:
    """The login's machinery without any route, and a database session."""
    with explained():
        place = Place()
        settings = Settings.of(place)
        app = Flask("sunseal.accounts", static_folder=None)
        with closing(place.database()) as database:
            context.install(app, Parts(database, settings))
            security.set_up(app, settings)
            with app.app_context():
                try:
                    yield context.session()
                except PartiesError as error:
                    raise click.ClickException(str(error)) from error


def _address(email: str) -> str:
    try:
        return service.normal_email(email)
    except ValueError as error:
        raise click.ClickException("that is no e-mail address") from error


def _password(file: Path | None) -> str:
    given = (
        file.read_text("utf-8").rstrip("\r\n")
        if file
        else click.prompt("Password", hide_input=True, confirmation_prompt=True)
    )
    try:
        return service.checked_password(given)
    except service.PasswordRefusedError as error:
        raise click.ClickException(str(error)) from error


def _now() -> datetime:
    return datetime.now(UTC)

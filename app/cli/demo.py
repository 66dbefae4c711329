"""`sunseal demo`: what the core can do, told step by step on one machine with real keys.

Until there is a whole tender to run, this is a key ceremony of three keyholders, a file sealed to the lot,
opened by two of them and refused by one.
"""

import io
from secrets import token_bytes

import click

from crypto import age, dkg
from crypto.curve import Point, Scalar, base_multiple
from crypto.dkg import KeyShare
from crypto.errors import VerificationError
from crypto.threshold import (
    ThresholdIdentity,
    VerifiedShares,
    combine,
    ephemeral_point,
    make_shares,
    recipient_of,
    verify_shares,
)

KEYHOLDERS = ("trading center", "supervisor", "notary")
THRESHOLD = 2
CONTEXT = b"sunseal demo: the price part of lot 1"
BID = "Bid for lot 1, road lighting: 1,157,600.00 yuan. 投标报价：壹佰壹拾伍万柒仟陆佰元整。\n".encode()


@click.command()
def demo() -> None:
    """Show a key ceremony of 3, a file sealed to the lot, opened by 2, refused by 1."""
    click.secho("1. Three keyholders make a key that none of them has (COCKTAIL-DKG)", bold=True)
    keys = _ceremony()
    recipient = recipient_of(keys[0].public)
    click.echo(f"   any {THRESHOLD} of {len(keys)} can open with it: {', '.join(KEYHOLDERS)}")
    click.echo(f"   the lot's address: {recipient}")

    click.secho("2. A bidder seals its bid to that address, as any age program could", bold=True)
    sealed = _seal(recipient)
    click.echo(f"   {len(BID)} bytes of bid, {len(sealed)} bytes sealed; the first line of the file:")
    click.echo(f"   {sealed.splitlines()[0].decode()}")

    click.secho("3. One keyholder alone tries to open it", bold=True)
    header = age.read_header(io.BytesIO(sealed))
    shares = [_share(key, header) for key in keys]
    try:
        combine(shares[:1])
    except VerificationError as error:
        click.echo(f"   refused: {error}")
    try:
        _open_with(sealed, shares[0], shares[0].shares)
    except age.NoMatchError:
        click.echo("   and its share alone, put in the place of the whole, opens nothing")
    else:
        raise click.ClickException("one share opened the bid")

    click.secho("4. Two keyholders give their shares, each with a proof that was verified", bold=True)
    opened = _open(sealed, [shares[0], shares[2]])
    click.echo(f"   {KEYHOLDERS[0]} and {KEYHOLDERS[2]}: {opened.decode().strip()}")
    if opened != BID or _open(sealed, shares[1:]) != BID:
        raise click.ClickException("the opened bid is not the bid that was sealed")
    click.echo(f"   {KEYHOLDERS[1]} and {KEYHOLDERS[2]}: the same")

    click.secho("5. A sealed bid with one bit changed", bold=True)
    altered = sealed[:-1] + bytes([sealed[-1] ^ 1])
    try:
        _open(altered, shares)
    except age.AgeError as error:
        click.echo(f"   refused: {error}")
    else:
        raise click.ClickException("an altered bid was opened")


def _ceremony() -> list[KeyShare]:
    secrets = [Scalar.random(token_bytes) for _ in KEYHOLDERS]
    static_keys = tuple(base_multiple(secret) for secret in secrets)
    session = dkg.Session(dkg.session_context(token_bytes(32), static_keys), THRESHOLD, static_keys)
    messages = [
        dkg.round1(session, index, secret, token_bytes) for index, secret in enumerate(secrets, start=1)
    ]
    click.echo(f"   round 1: {len(messages)} messages, {len(messages[0].encode())} bytes each")
    keys = []
    for index, secret in enumerate(secrets, start=1):
        dealt = [message.for_recipient(index) for message in messages]
        keys.append(dkg.round2(session, index, secret, dealt, dealt[index - 1])[0])
    click.echo("   round 2: every share decrypted and verified")
    transcript = dkg.Transcript.of(session, messages, dkg.ciphertext_commitment(messages))
    dkg.certify(transcript, [dkg.sign_transcript(transcript, secret) for secret in secrets])
    click.echo("   round 3: the transcript is signed by all")
    return keys


def _seal(recipient: age.X25519Recipient) -> bytes:
    target = io.BytesIO()
    age.encrypt(io.BytesIO(BID), target, [recipient.wrap], random=token_bytes)
    return target.getvalue()


def _share(key: KeyShare, header: age.Header) -> VerifiedShares:
    points = [ephemeral_point(stanza) for stanza in header.stanzas]
    batch = make_shares(key, points, CONTEXT, token_bytes)
    return verify_shares(key.public, points, batch, CONTEXT)


def _open(sealed: bytes, shares: list[VerifiedShares]) -> bytes:
    return _open_with(sealed, shares[0], combine(shares))


def _open_with(sealed: bytes, of: VerifiedShares, combined: tuple[Point, ...]) -> bytes:
    identity = ThresholdIdentity(of.public, dict(zip(of.points, combined, strict=True)))
    target = io.BytesIO()
    age.decrypt(io.BytesIO(sealed), target, [identity.unwrap])
    return target.getvalue()

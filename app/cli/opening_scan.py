"""`sunseal opening scan`: the scan of a paper guarantee out of an opened bid, also of a committee's part.

Pages have it from what the ledger shows, and need no key; of a committee's part nothing is shown.
"""

from pathlib import Path

import click

from app.bidder.files import replacing
from app.cli.explained import explained
from app.cli.lock_options import chosen_lock, lock_options
from app.hall import storage_key_file
from app.place import ConfigurationError, Place
from bidding.opening import reopening
from bidding.opening.storage_key import KIND
from bidding.package.manifest import ListedMember
from crypto.age import X25519Identity
from custody.reader import Reader
from guarantees.checking.taking import PAPER
from guarantees.errors import NotFoundError
from guarantees.models import GuaranteeCheck
from guarantees.paper import PaperGuarantee
from keyholder import secret_file

_LOCK = lock_options("SUNSEAL_OPENING")


@click.command("scan")
@click.argument("lot")
@click.argument("bid", type=int)
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@_LOCK
def scan(lot: str, bid: int, target: Path, passphrase_file: Path | None, age_key: Path | None) -> None:
    """Write the scan of a paper guarantee in BID (its index) of LOT to TARGET, once its SHA-256 was compared.

    For a guarantee in a committee's part, which the pages cannot open: this needs the storage key.
    """
    place = Place()
    with explained():
        lock = chosen_lock(passphrase_file, age_key)
        supervisor = place.supervisor()
        if supervisor is None:
            raise ConfigurationError("SUNSEAL_SUPERVISOR is not set: it is the supervisor's public key")
        storage = X25519Identity(secret_file.read(storage_key_file(place), lock, kind=KIND).value)
        with place.database().session() as session:
            check = session.get(GuaranteeCheck, (lot, bid))
            if check is None or check.form != PAPER:
                raise NotFoundError("there is no scanned guarantee in this bid")
            stated = PaperGuarantee.parse(check.content).scan
            wanted = ListedMember(stated.name, stated.sha256, stated.size)
            where = (session, Reader(supervisor), place.blobs(), lot, bid, wanted)
            content = reopening.document(*where, since=check.entry_id or 0, storage=storage)
            with replacing(target) as file:
                for piece in content:
                    file.write(piece)
    click.echo(f"the scan is in {target}, SHA-256 {stated.sha256}")

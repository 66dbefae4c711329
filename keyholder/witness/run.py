"""A witness put together from its folder: made once, then run."""

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event, Thread

from crypto.randomness import RandomBytes
from crypto.secret_file import Secret
from crypto.signatures import SEED_SIZE, SigningKey
from keyholder import secret_file
from keyholder.folder import Folder
from keyholder.secret_file import Lock, SecretFileError
from keyholder.witness import tables
from keyholder.witness.config import KEY_KIND, Config
from keyholder.witness.errors import ConfigError
from keyholder.witness.journal import Clock, Journal
from keyholder.witness.mark import Mark, Probe, no_probe
from keyholder.witness.published import TIMEOUT, Comparison
from keyholder.witness.server import Limits, WitnessServer
from keyholder.witness.service import Witness
from keyholder.witness.state import WitnessState
from ledger.checkpoint import LogIdentity
from ledger.cosignature import Cosigner
from ledger.note import NoteKey


def make(
    folder: Folder,
    name: str,
    logs: tuple[LogIdentity, ...],
    published: Mapping[str, tuple[str, ...]],
    mark: Path,
    lock: Lock,
    *,
    random: RandomBytes,
) -> NoteKey:
    """A new witness: its key, configuration, empty state and empty mark. Returns the key others know it by.

    The key file comes last: without it there is no witness, and what a crash left is deleted by hand. Raises
    NoteError for a name that no key can have, ConfigError, StateError and SecretFileError.
    """
    seed = random(SEED_SIZE)
    cosigner = Cosigner(name, SigningKey(seed))
    config = Config(cosigner.witness, logs, published, mark.absolute())
    secret = Secret(KEY_KIND, name, seed)
    if mark.absolute().is_relative_to(folder.path.absolute()):
        raise ConfigError("the mark lies outside the folder, or a copy of the folder would hold both")
    try:
        folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark.absolute().parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"the folder {folder.path} cannot be made: {error.strerror}") from error
    for path in (folder.config, folder.key, folder.state, mark):
        if path.exists():
            raise ConfigError(f"{path} is there already: a witness is made once, in a folder of its own")
    Mark(mark.absolute(), cosigner.witness).create()
    tables.create(folder.state, cosigner.witness.vkey)
    secret_file.write_new(folder.config, config.to_bytes())
    secret_file.make(folder.key, secret, lock, random=random)
    secret_file.sync_folder(folder.path.absolute().parent)
    return cosigner.witness


def open_key(folder: Folder, config: Config, lock: Lock) -> Cosigner:
    """The witness's key. SecretFileError if it does not open, ConfigError if it is not the configured one."""
    secret = secret_file.read(folder.key, lock, kind=KEY_KIND)
    if len(secret.value) != SEED_SIZE:
        raise SecretFileError(f"{folder.key} holds no Ed25519 seed")
    cosigner = Cosigner(secret.name, SigningKey(secret.value))
    if cosigner.witness != config.witness:
        raise ConfigError(f"{folder.key} is not the key of {config.witness.vkey}")
    return cosigner


def open_state(folder: Folder, config: Config, *, probe: Probe = no_probe) -> WitnessState:
    """The witness's memory. StateError."""
    return WitnessState(
        folder.state, Mark(config.mark, config.witness, probe=probe), config.witness, probe=probe
    )


def serve(
    folder: Folder,
    config: Config,
    cosigner: Cosigner,
    address: tuple[str, int],
    *,
    clock: Clock,
    journal: Journal,
    ready: Callable[[int], None],
    until: Callable[[], object],
    limits: Limits | None = None,
    probe: Probe = no_probe,
) -> None:
    """Answer at `address`; `ready` is told the port when requests are answered. Ends when `until` returns.

    Requests before the first comparison with what the logs publish get 503; `ready` waits for it, for a while.
    `until` is called in a thread of its own, so that no signal's handler ever breaks into a step of ours. Raises
    StateError, or OSError if the address cannot be had.
    """
    witness = Witness(
        open_state(folder, config, probe=probe),
        {log.origin: log for log in config.logs},
        cosigner,
        clock=clock,
        journal=journal,
        uncompared=[origin for origin, urls in config.published.items() if urls],
    )
    comparison = Comparison(witness, config.published, journal)
    stop = Event()
    with WitnessServer(address, witness, journal, limits=limits, probe=probe) as server:

        def end() -> None:
            until()
            server.shutdown()

        try:
            Thread(target=comparison.run, args=(stop,), name="comparison", daemon=True).start()
            comparison.done_once.wait(2 * TIMEOUT)
            ready(server.port)
            Thread(target=end, name="end", daemon=True).start()
            server.serve_forever(poll_interval=0.1)
        finally:
            stop.set()

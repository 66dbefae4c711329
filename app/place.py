"""Where a deployment's things are, from its environment: one place that every command and the web start from.

SUNSEAL_VAR              the data folder (default: var)
DATABASE_URL             PostgreSQL; unset, a private one in the data folder
SUNSEAL_PUBLIC           where the ledger's tiles are published: a folder, or s3://bucket/prefix (default: <var>/public)
SUNSEAL_LEDGER_KEY       the log's key file, encrypted (default: <var>/ledger.key.age)
SUNSEAL_WITNESSES        a file with a line for each witness, `<verifier key> <URL>`, and a line `threshold <t>`
SUNSEAL_SUPERVISOR       the supervisor's public key, in hexadecimal: it alone proposes groups of keyholders
SUNSEAL_OPENING_KEY      the file with the identity that shares are sealed to (default: <var>/opening.key.age)
SUNSEAL_BLOBS            where sealed files are kept: a folder, or s3://bucket/prefix (default: <var>/blobs)
SUNSEAL_TOKEN_ISSUER     the host name in the challenge of blind tokens (default: localhost)
SUNSEAL_SUBMISSION_HOST  the host name that submissions go to, in the same challenge (default: the issuer's)
SUNSEAL_SUBMISSION_URL   where browsers send bids, such as https://bids.example.org (default: the host of the pages)
SUNSEAL_TOKEN_KEYS       the folder of the issuer's key files, encrypted (default: <var>/token-keys)
SUNSEAL_CALENDAR         notices of holidays that the program does not have yet: a TOML file, or a folder of them
                         (docs/timetable.md)
SUNSEAL_CHAIN_URL        the node, over http or https (default: http://127.0.0.1:8545)
SUNSEAL_CHAIN_CONTRACTS  the JSON file with chain id and addresses (default: <var>/chain/contracts.json)
SUNSEAL_CHAIN_KEY        a keystore file, a folder of them, or pkcs11:token=...;object=...?module-path=...
                         (default: <var>/chain.key.json)
SUNSEAL_CHAIN_DEPTH      how many blocks must stand upon one before it counts (default: 12)
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bidding.tokens.challenge import TokenTerms
from crypto.errors import CryptoError
from crypto.signatures import VerifyKey
from ledger.errors import LedgerError
from ledger.policy_file import PolicyFile
from statutes import notices
from statutes.errors import ProfileFileError
from statutes.work_calendar import YearNotice
from storage import revisions
from storage.blobs import BlobStore
from storage.database import Database
from storage.location import database_url, open_blobs, open_public_files
from storage.public_files import PublicFiles


@dataclass(frozen=True, slots=True)
class Place:
    """A deployment, as its environment describes it."""

    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    @property
    def var(self) -> Path:
        return Path(self.environment.get("SUNSEAL_VAR") or "var").resolve()

    @property
    def is_development(self) -> bool:
        """Whether the database is the private one, whose tables are kept up to date without asking."""
        return not self.environment.get("DATABASE_URL")

    def database(self) -> Database:
        """The database, checked, with the tables that this program needs.

        Whoever works on it counts days, so the calendar is learnt first. ConfigurationError, StorageError.
        """
        notices.learn(self.calendar())
        url = database_url(self.environment, self.var)
        if self.is_development:
            from storage import migrate  # noqa: PLC0415 - what else needs no Alembic need not wait for it

            migrate.upgrade(url)
        else:
            revisions.check_current(url)
        database = Database(url)
        database.check()
        return database

    def calendar(self) -> tuple[YearNotice, ...]:
        """The notices of holidays that SUNSEAL_CALENDAR names. ConfigurationError for what is none."""
        named = self.environment.get("SUNSEAL_CALENDAR")
        if not named:
            return ()
        path = Path(named)
        try:
            files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
            return notices.read(file.read_text("utf-8") for file in files)
        except (OSError, UnicodeDecodeError, ProfileFileError) as error:
            raise ConfigurationError(f"SUNSEAL_CALENDAR names {named}: {error}") from error

    def public_files(self) -> PublicFiles:
        return open_public_files(self.environment.get("SUNSEAL_PUBLIC") or self.var / "public")

    def blobs(self) -> BlobStore:
        return open_blobs(self.environment.get("SUNSEAL_BLOBS") or self.var / "blobs")

    @property
    def token_terms(self) -> TokenTerms:
        """The names in every token's challenge; changing one makes all tokens that are out worthless."""
        issuer = self.environment.get("SUNSEAL_TOKEN_ISSUER") or "localhost"
        return TokenTerms(issuer, self.environment.get("SUNSEAL_SUBMISSION_HOST") or issuer)

    @property
    def token_keys(self) -> Path:
        return Path(self.environment.get("SUNSEAL_TOKEN_KEYS") or self.var / "token-keys")

    @property
    def ledger_key(self) -> Path:
        return Path(self.environment.get("SUNSEAL_LEDGER_KEY") or self.var / "ledger.key.age")

    @property
    def opening_key(self) -> Path:
        return Path(self.environment.get("SUNSEAL_OPENING_KEY") or self.var / "opening.key.age")

    def supervisor(self) -> VerifyKey | None:
        """Whose proposals of groups count; None if nobody's do. ConfigurationError for what is no key."""
        named = self.environment.get("SUNSEAL_SUPERVISOR")
        if not named:
            return None
        try:
            return VerifyKey(bytes.fromhex(named))
        except (ValueError, CryptoError) as error:
            raise ConfigurationError(
                "SUNSEAL_SUPERVISOR is no Ed25519 public key in hexadecimal: `sunseal custody supervisor-key` prints it"
            ) from error

    @property
    def chain_url(self) -> str:
        return self.environment.get("SUNSEAL_CHAIN_URL") or "http://127.0.0.1:8545"

    @property
    def chain_contracts(self) -> Path:
        named = self.environment.get("SUNSEAL_CHAIN_CONTRACTS")
        return Path(named or self.var / "chain" / "contracts.json")

    @property
    def chain_key(self) -> str:
        """A path, or a PKCS#11 URI."""
        return self.environment.get("SUNSEAL_CHAIN_KEY") or str(self.var / "chain.key.json")

    @property
    def chain_depth(self) -> int:
        """Blocks. ConfigurationError for what is no number from 0 to 1000."""
        text = self.environment.get("SUNSEAL_CHAIN_DEPTH") or "12"
        if not (text.isascii() and text.isdecimal()) or int(text) > 1000:
            raise ConfigurationError(f"SUNSEAL_CHAIN_DEPTH is {text!r}: it is a number of blocks, 0 to 1000")
        return int(text)

    def policy(self) -> PolicyFile:
        """Who must cosign. ConfigurationError unless the file names witnesses and needs one at least."""
        named = self.environment.get("SUNSEAL_POLICY")
        if not named:
            raise ConfigurationError(
                "SUNSEAL_POLICY names no file: without witnesses no receipt is handed out"
            )
        try:
            parsed = PolicyFile.parse(Path(named).read_text("utf-8"))
        except (OSError, UnicodeDecodeError, LedgerError) as error:
            raise ConfigurationError(f"the policy {named} cannot be read: {error}") from error
        if parsed.quorum.threshold < 1:
            raise ConfigurationError(f"the policy {named} asks for no witness: that is for tests alone")
        return parsed


class ConfigurationError(Exception):
    """The environment does not describe a deployment; the sentence says what to set."""

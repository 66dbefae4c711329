"""Where a deployment's things are, from its environment: one place that every command and the web start from.

SUNSEAL_VAR              the data folder (default: var)
DATABASE_URL             PostgreSQL; unset, a private one in the data folder
SUNSEAL_PUBLIC           where the ledger's tiles are published: a folder, or s3://bucket/prefix (default: <var>/public)
SUNSEAL_LEDGER_KEY       the log's key file, encrypted (default: <var>/ledger.key.age)
SUNSEAL_WITNESSES        a file with a line for each witness, `<verifier key> <URL>`, and a line `threshold <t>`
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ledger.errors import LedgerError
from ledger.policy_file import PolicyFile
from storage import migrate
from storage.database import Database
from storage.location import database_url, open_public_files
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
        """The database, checked, with the tables that this program needs."""
        url = database_url(self.environment, self.var)
        if self.is_development:
            migrate.upgrade(url)
        else:
            migrate.check_current(url)
        database = Database(url)
        database.check()
        return database

    def public_files(self) -> PublicFiles:
        return open_public_files(self.environment.get("SUNSEAL_PUBLIC") or self.var / "public")

    @property
    def ledger_key(self) -> Path:
        return Path(self.environment.get("SUNSEAL_LEDGER_KEY") or self.var / "ledger.key.age")

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

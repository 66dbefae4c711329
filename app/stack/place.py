"""The folder of a deployment on one machine: where everything lies, on which ports it answers, its environment."""

import json
import os
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
FIRST_PORT = 7300
KEYHOLDERS = ("trading center", "supervisor", "notary")
THRESHOLD = 2
GUARANTORS = (("海南示范银行", "91110000MA0000031P"), ("琼崖融资担保有限公司", "91110000MA0000032T"))
"""Names, and credit codes that nobody has."""
_STATE = "stack.json"
_MAIL_DOMAIN = "sunseal.invalid"
_LOCKED = ("LEDGER", "CUSTODY", "OPENING", "TOKEN", "CALLER", "SUPERVISOR")


@dataclass
class StackPlace:
    """`settings` are kept in the folder, and are the same whenever the deployment starts again."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    @classmethod
    def at(cls, folder: Path) -> "StackPlace":
        """The folder's, or a new one's. What was begun and not finished is `is_founded` false."""
        found = cls(folder.resolve())
        state = found.folder / _STATE
        if state.exists():
            found.settings = json.loads(state.read_text("utf-8"))
        return found

    @property
    def is_founded(self) -> bool:
        return self.settings.get("founded") == "yes"

    def choose_ports(self) -> None:
        """Free ones, for a new deployment."""
        web = free_port([FIRST_PORT, 0])
        chain = free_port([0])
        self.keep(web=str(web), chain=str(chain))

    def keep(self, **values: str) -> None:
        """Settings that a later start finds again."""
        self.settings.update(values)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self.folder / f".{_STATE}.part"
        part.write_text(json.dumps(self.settings, indent=1, sort_keys=True), "utf-8")
        part.replace(self.folder / _STATE)

    @property
    def var(self) -> Path:
        return self.folder / "var"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def age_key(self) -> Path:
        """The operator's age identity: it opens the platform's key files, so that nobody is asked for a passphrase."""
        return self.folder / "operator.age-key"

    @property
    def passphrase(self) -> Path:
        return self.folder / "chain.passphrase"

    @property
    def policy(self) -> Path:
        return self.folder / "policy.txt"

    @property
    def supervisor_key(self) -> Path:
        return self.folder / "supervisor.key.age"

    @property
    def caller_key(self) -> Path:
        return self.folder / "caller.key.age"

    @property
    def mails(self) -> Path:
        """Where mails lie that a real deployment would send."""
        return self.folder / "mails"

    @property
    def case_mails(self) -> Path:
        """Those about objections and complaints."""
        return self.mails / "cases"

    def machine(self, number: int) -> Path:
        """A keyholder's, from 1 on: in reality another house's."""
        return self.folder / f"keyholder-{number}"

    def guarantor(self, number: int) -> Path:
        """A guarantor's machine, from 1 on: in reality its own house's, with a database of its own."""
        return self.folder / f"guarantor-{number}"

    def guarantor_desk(self, number: int) -> Path:
        """The folder that `sunseal guarantor` works with."""
        return self.guarantor(number) / "desk"

    def underwriter_password(self, number: int) -> Path:
        """With which somebody logs in to the pages of that guarantor's desk."""
        return self.guarantor(number) / "underwriter.password"

    def has_desk_pages(self, number: int) -> bool:
        """A deployment that was founded before there were any has none."""
        return f"desk-{number}" in self.settings

    def desk_url(self, number: int) -> str:
        return f"http://{HOST}:{self.settings[f'desk-{number}']}"

    def core_system_key(self, number: int) -> Path:
        """With which that guarantor's own systems sign what they ask its desk."""
        return self.guarantor(number) / "core-system.pem"

    def has_desk_api(self, number: int) -> bool:
        """As `has_desk_pages`."""
        return f"desk-api-{number}" in self.settings

    def desk_api_url(self, number: int) -> str:
        return f"http://{HOST}:{self.settings[f'desk-api-{number}']}/desk/v1"

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.settings['web']}"

    @property
    def chain_url(self) -> str:
        return f"http://{HOST}:{self.settings['chain']}"

    @property
    def contracts_file(self) -> Path:
        """What everybody who speaks with the chain is given: its id, and the contracts' addresses."""
        return self.var / "chain" / "contracts.json"

    def contracts(self) -> Mapping[str, str]:
        """The addresses of the platform's contracts, by name."""
        found: Any = json.loads(self.contracts_file.read_text("utf-8"))
        return {name: one["address"] for name, one in found["contracts"].items()}

    def environment(self) -> dict[str, str]:
        """What every command of the platform is given; nothing of this process's own settings."""
        return {
            **_bare(),
            **{f"SUNSEAL_{name}_AGE_KEY": str(self.age_key) for name in _LOCKED},
            "DATABASE_URL": self.settings.get("database", ""),
            "SUNSEAL_VAR": str(self.var),
            "SUNSEAL_POLICY": str(self.policy),
            "SUNSEAL_TOKEN_ISSUER": HOST,
            "SUNSEAL_CHAIN_URL": self.chain_url,
            "SUNSEAL_CHAIN_KEY": str(self.folder / "chain-keys"),
            "SUNSEAL_CHAIN_DEPTH": "0",
            "SUNSEAL_CHAIN_PASSPHRASE_FILE": str(self.passphrase),
            "SUNSEAL_SUPERVISOR": self.settings.get("supervisor", ""),
            "SUNSEAL_OPENING_RECIPIENT": self.settings.get("recipient", ""),
            "SUNSEAL_OPENING_CALLER": self.settings.get("caller", ""),
        }

    def post(self) -> dict[str, str]:
        """What a process is given besides that sends mails: here each is a file."""
        return {
            "SUNSEAL_MAIL": self.case_mails.as_uri(),
            "SUNSEAL_MAIL_FROM": f"sunseal@{_MAIL_DOMAIN}",
            "SUNSEAL_ESCALATION": f"escalation@{_MAIL_DOMAIN}",
            "SUNSEAL_URL": self.url,
        }

    def keyholder_environment(self, number: int) -> dict[str, str]:
        """A keyholder's machine has its own key, and knows nothing of the platform's."""
        return {**_bare(), "SUNSEAL_KEYHOLDER_AGE_KEY": str(self.machine(number) / "age-key")}

    def guarantor_environment(self, number: int) -> dict[str, str]:
        """A guarantor's machine has its own database and keys, and the address of the chain."""
        machine = self.guarantor(number)
        return {
            **_bare(),
            "SUNSEAL_VAR": str(machine / "var"),
            "DATABASE_URL": self.settings.get(f"database-guarantor-{number}", ""),
            "SUNSEAL_GUARANTOR_AGE_KEY": str(machine / "age-key"),
            "SUNSEAL_CHAIN_URL": self.chain_url,
            "SUNSEAL_CHAIN_CONTRACTS": str(machine / "contracts.json"),
            "SUNSEAL_CHAIN_KEY": str(machine / "chain.key.json"),
            "SUNSEAL_CHAIN_DEPTH": "0",
            "SUNSEAL_CHAIN_PASSPHRASE_FILE": str(machine / "chain.passphrase"),
        }


def _bare() -> dict[str, str]:
    """This process's environment without anything of a deployment's."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("SUNSEAL") and name != "DATABASE_URL"
    }


def free_port(wanted: Iterable[int]) -> int:
    """The first of the ports that nobody uses; 0 stands for any. OSError if there is none."""
    problem: OSError | None = None
    for port in wanted:
        with socket.socket() as one:
            try:
                one.bind((HOST, port))
            except OSError as error:
                problem = error
                continue
            found: int = one.getsockname()[1]
            return found
    raise problem or OSError("no port was asked for")

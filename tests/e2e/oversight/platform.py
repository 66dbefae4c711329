"""The web application, the worker of complaints and everybody's token, over a hall's database."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes
from subprocess import Popen, run
from typing import Any

import httpx

from app.login import tokens
from app.models import Account
from parties import members
from tests.e2e.keyholders.deployment import SUNSEAL, Process, free_port
from tests.environment import ROOT
from tests.integration.complaints.hall import Hall
from tests.integration.complaints.post_office import PostOffice


class Platform:
    """Its processes are ours to start and to kill."""

    def __init__(self, hall: Hall, database_url: str, folder: Path, mail: PostOffice) -> None:
        self.hall, self.folder = hall, folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        (folder / "web.secret").write_bytes(os.urandom(32))
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("SUNSEAL")},
            "DATABASE_URL": database_url,
            "SUNSEAL_VAR": str(folder),
            "SUNSEAL_BLOBS": str(folder / "blobs"),
            "SUNSEAL_URL": self.url,
            "SUNSEAL_MAIL": f"smtp://127.0.0.1:{mail.port}",
            "SUNSEAL_MAIL_FROM": "platform@tenders.example",
            "SUNSEAL_ESCALATION": "boss@example.com",
        }
        self.processes: list[Process] = []
        self.addresses = {name: f"person{number}@example.com" for number, name in enumerate(hall.parties)}
        self.tokens = {name: self._token(name) for name in hall.parties}

    def start(self, *arguments: str) -> Process:
        path = self.folder / f"{arguments[0]}-{len(self.processes)}.log"
        with path.open("wb") as target:
            started = Popen(
                [*SUNSEAL, *arguments], cwd=ROOT, env=self.environment, stdout=target, stderr=target
            )
        self.processes.append(Process(started, path))
        return self.processes[-1]

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.end()

    def said(self, *arguments: str) -> str:
        """What a command prints."""
        command = [*SUNSEAL, *arguments]
        done = run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True)
        return done.stdout

    def ask(self, method: str, path: str, body: Any = None, who: str | None = None) -> httpx.Response:
        """A request, with somebody's token."""
        headers = {} if who is None else {"Authorization": f"Bearer {self.tokens[who]}"}
        return httpx.request(
            method, f"{self.url}{path}", json=body, headers=headers, trust_env=False, timeout=30
        )

    def is_up(self) -> bool:
        try:
            return self.ask("GET", "/api/health/live").status_code == 200
        except httpx.TransportError:
            return False

    def _token(self, name: str) -> str:
        party, now = self.hall.parties[name], datetime.now(UTC)
        with self.hall.committing() as session:
            account = Account(
                id=party.person,
                email=self.addresses[name],
                password=None,
                active=True,
                confirmed_at=now,
                fs_uniquifier=token_bytes(16).hex(),
                fs_webauthn_user_handle=None,
                tf_primary_method=None,
                tf_totp_secret=None,
                totp_counter=None,
                mf_recovery_codes=None,
            )
            session.add(account)
            session.flush()
            (membership,) = members.acting(session, party.person)
            _, token = tokens.make(
                *(session, account, membership, "e2e", ["complaints:read", "complaints:write"]),
                life=timedelta(days=1),
                second_factor=True,
                now=now,
                random=token_bytes,
            )
        return token

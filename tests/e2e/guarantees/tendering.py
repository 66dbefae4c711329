"""The platform where bids are taken and opened: a log with witnesses, three keyholders, the intake and the opening.

Every part is a process of its own. Bidders are registered with their keys by the platform's services, and what tokens
they bid with is issued here: both are other tests' business (tests/e2e/procurement).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_bytes
from uuid import UUID

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select

from app.demo.people import TIMEOUT
from bidding.package.sheet import LotSheet
from bidding.tenders import drafting, publication
from bidding.tenders.draft import Draft
from bidding.tenders.publication import Keeping
from bidding.tokens import keys as token_keys
from bidding.tokens.challenge import TokenTerms
from bidding.tokens.periods import period_of
from crypto.party_keys import spki
from crypto.signatures import SigningKey
from crypto.tokens.privacy_pass import PendingToken, finalize_token, issue, request_token
from keyholder import secret_file
from keyholder.secret_file import Lock
from parties import keys, members, organisations
from parties.keys import NewKey
from parties.models import Organisation
from parties.roles import Role
from tests.e2e.guarantees.program import Program
from tests.e2e.keyholders.deployment import Deployment as Keyholders
from tests.e2e.keyholders.deployment import eventually, now
from tests.intake import token_key
from tests.opening import party

ISSUER = "127.0.0.1"


@dataclass
class Tendering(Keyholders):
    """`chain` is what of the environment tells its programs of the chain. Keyholders are killed by other tests."""

    n: int = 3
    t: int = 2
    target: int = 8
    chain: Mapping[str, str] = field(default_factory=dict)
    programs: list[Program] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        super().__post_init__()
        self.environment |= {**self.chain, "SUNSEAL_TOKEN_ISSUER": ISSUER}

    def start(self) -> None:
        """The opening starts by `start_process`, when a test wants it to."""
        super().start()
        self.run("opening", "storage-key")
        with self.database.session() as session:
            token_keys.publish(session, ISSUER, token_key().public_key(), period_of(now()), now=now())
            session.commit()
        self.start_process("intake", "intake", "run")
        eventually(self._has_keys, "the pool has keys for all lots", 180)

    def start_process(self, name: str, *arguments: str) -> None:
        if name.startswith("keyholder"):
            super().start_process(name, *arguments)
            return
        program = Program(arguments, self.environment, self.folder / f"{name}.log")
        program.start()
        self.programs.append(program)

    def stop(self) -> None:
        for program in self.programs:
            program.kill()
        super().stop()

    @property
    def supervisor_key(self) -> SigningKey:
        """What the supervisor signs with on a machine of its own."""
        lock = Lock.of_passphrase_file(self.passphrase)
        return SigningKey(secret_file.read(self.folder / "supervisor.age", lock, kind="supervisor-key").value)

    def register(self, role: Role, code: str, name: str, key: SigningKey | None = None) -> UUID:
        """An organisation with its key, which is `key` or the one of the example's bidder of that code."""
        with self.database.session() as session:
            person = members.add_person(session, "Li Si", now=now(), random=token_bytes)
            made = organisations.establish(session, code, name, role, person, now=now(), random=token_bytes)
            public, sign = _pair(code, key)
            said = keys.registration(session, made, NewKey(public))
            keys.register(session, made, NewKey(public), sign(said.message()), by=person.id, now=now())
            session.commit()
            return made.id

    def proof(self, code: str) -> bytes:
        """What the platform gives an organisation to show whose keys are its own."""
        query = select(Organisation).where(Organisation.credit_code == code)
        with self.database.session() as session:
            return keys.proof_of(session.scalars(query).one()).to_bytes()

    def publish(self, tenderee: UUID, draft: Draft, *, at: datetime) -> str:
        with self.database.session() as session:
            made = drafting.begin(session, tenderee, draft, now=at, random=token_bytes)
            publication.publish(session, made.id, Keeping(self.platform), now=at)
            session.commit()
            return made.id

    def sheet(self, tender: str, number: str) -> LotSheet:
        """As any bidder gets it."""
        found: list[httpx.Response] = []

        def has_sheet() -> bool:
            try:
                path = f"{self.url}/api/tenders/{tender}/lots/{number}/sheet"
                found.append(httpx.get(path, trust_env=False, timeout=TIMEOUT))
            except httpx.TransportError:
                return False
            return found[-1].status_code == 200

        eventually(has_sheet, f"there is the sheet of lot {number}")
        return LotSheet.parse(found[-1].content)

    def token(self, note: Callable[[PendingToken], int]) -> tuple[int, bytes]:
        """Issued without asking anybody's allowance: its number, as `note` gives it, and the token."""
        key = token_key()
        challenge = TokenTerms(ISSUER, ISSUER).challenge
        pending = request_token(key.public_key(), challenge, token_bytes)
        number = note(pending)
        answer = issue(key, pending.request(), token_bytes)
        return number, finalize_token(key.public_key(), pending, answer).encode()

    def clock(self) -> datetime:
        return now()

    def _has_keys(self) -> bool:
        return self.view(lambda view: sum(run.is_free for run in view.keys)) >= self.target


def _pair(code: str, key: SigningKey | None) -> tuple[bytes, Callable[[bytes], bytes]]:
    if key is not None:
        return spki(Ed25519PublicKey.from_public_bytes(key.verify_key.raw)), key.sign
    secret = next(party(number)[0] for number in range(60) if party(number)[1].credit_code == code)
    return spki(secret.public_key()), secret.sign

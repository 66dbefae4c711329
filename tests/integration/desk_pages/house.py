"""A guarantor's desk with pages, and an underwriter who may log in."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.desk_api.desk import Desk
from app.desk_pages.application import create_desk_pages
from app.desk_pages.gate import House
from app.guarantor.letter import printer
from app.guarantor.underwriters import Underwriters
from crypto import party_keys
from guarantees.desk import offers, queue
from guarantees.desk.issuing import Guarantor
from guarantees.letters.kinds import Acceptance
from guarantees.tables.desk import Application
from storage.database import Database
from tests.guarantee_example import BANK, BIDDER, ISSUER_KEY
from tests.integration.desk_api.test_desk_api import NOTICE, NOW, PRODUCT

PASSWORD = "correct horse battery"
ONE, TWO = bytes([1]) * 16, bytes([2]) * 16
URL = "http://localhost"
_TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]+)"')


class Bank:
    """`clock.ahead` moves the time."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder, self.ahead = database, folder, timedelta(0)
        self.underwriters = Underwriters(folder)
        self.underwriters.add("li", "李明", PASSWORD, now=NOW)
        spki = party_keys.spki(Ed25519PublicKey.from_public_bytes(ISSUER_KEY.verify_key.raw))
        guarantor = Guarantor(BANK, bytes.fromhex("11" * 20), spki, ISSUER_KEY.sign, "https://bank.example")
        made = Desk(
            database=database,
            url=URL,
            callers={},
            guarantor=guarantor,
            products=lambda: {PRODUCT.product: PRODUCT},
            lots=lambda: [NOTICE],
            letter=printer(folder, "https://tenders.example"),
            clock=lambda: datetime.now(UTC) + self.ahead,
            random=token_bytes,
        )
        self.house = House(folder, BANK.name, self.underwriters, 5)
        self.app = create_desk_pages(made, self.house)
        self.app.testing = True

    def reader(self) -> "Reader":
        reader = Reader(self.app.test_client())
        assert reader.log_in().status_code == 303
        return reader

    def apply(self, number: bytes = ONE, *, days: int = 0, state: str = "applied") -> str:
        with self.database.session() as session:
            at = NOW - timedelta(days=days)
            session.add(
                Application(
                    id=number, recipient="age1", letters=1, applicant=BIDDER.credit_code, name=BIDDER.name,
                    tender=NOTICE.tender, lot=NOTICE.lot, product=PRODUCT.product, amount=80_000_000,
                    currency="CNY", expiry=datetime.fromtimestamp(NOTICE.valid_until, UTC), content=b"{}",
                    documents=[], state=state, applied_at=at, changed_at=at, remark="",
                )
            )  # fmt: skip
            session.commit()
        return number.hex()

    def accept(self, application: str, premium: int, number: int = 1) -> str:
        with self.database.session() as session:
            row = queue.get(session, bytes.fromhex(application), for_update=True)
            offers.accept(session, row, Acceptance(number, premium), pay_to="here", now=NOW)
            session.commit()
        return f"FP{application[:12].upper()}"

    def state(self, application: str) -> str:
        with self.database.session() as session:
            return queue.get(session, bytes.fromhex(application)).state


class Reader:
    """A browser of an underwriter's."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def log_in(self, password: str = PASSWORD, login: str = "li") -> TestResponse:
        return self.client.post("/login", data={"login": login, "password": password})

    def get(self, path: str, language: str = "en") -> TestResponse:
        return self.client.get(path, query_string={"lang": language} if "?" not in path else None)

    def post(self, path: str, **fields: object) -> TestResponse:
        token = _TOKEN.search(self.client.get("/issue").get_data(as_text=True))
        assert token is not None
        return self.client.post(path, data={"csrf_token": token[1], **fields})

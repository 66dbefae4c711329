"""Guarantees over REST, from the opening on: who sees which, demands and answers, documents, the public check."""

import hashlib
import io
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import guessing
from app.api.guarantees import demanding
from app.models import RequestKey
from app.tendering import Tendering
from guarantees.chain.models import GuaranteeRow
from guarantees.chain.refusals import State
from guarantees.check_code import code_of, lookup_of
from guarantees.models import (
    DeliveryRow,
    Guarantee,
    GuaranteeCheck,
    GuaranteeLookup,
    ListedGuarantor,
    PaperExamination,
)
from guarantees.signed import SignedGuarantee
from guarantees.tables.lifecycle import PRESENTED
from parties.roles import Role
from storage.blob_folder import FolderBackend
from storage.blobs import BlobStore
from tests.guarantee_example import BANK, BIDDER, ISSUER_KEY, TENDEREE, UNDERTAKING, signed
from tests.guarantees import Lots, OpenedLots, spki
from tests.integration.app.world import CODES, URL, Browser, World
from tests.log import make_log
from tests.signing_client import SigningClient

SCOPES = ("guarantees:read", "guarantees:write", "webhooks:read", "webhooks:write")
SIDES = {Role.GUARANTOR: BANK, Role.TENDEREE: TENDEREE, Role.BIDDER: BIDDER}


class Program(SigningClient):
    """An organisation's program: no login takes its time, and the gate is the same."""

    def get(self, path: str) -> TestResponse:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self.call("POST", path, body, **options)


@dataclass
class Presented:
    """A platform after an opening, with a guarantee, and its three parties as programs."""

    world: World
    made: SignedGuarantee
    by: dict[Role, Program] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.made.id.hex()

    @property
    def path(self) -> str:
        return f"/api/guarantees/{self.id}"

    @property
    def bank(self) -> Program:
        return self.by[Role.GUARANTOR]

    def program(self, role: Role, code: str, scopes: Sequence[str] = SCOPES) -> Program:
        """Of an organisation that is made for it, with a key as if its manager had registered it."""
        founder, made = self.world.person(password=None), Program(self.world.app, URL)
        self.world.organisation(founder, [role], code=code)
        (membership,) = self.world.memberships(founder)
        at = datetime.now(UTC)
        with self.world.database.session() as session:
            session.add(
                RequestKey(
                    id=uuid4(), account_id=founder.id, membership_id=membership.id, name="program",
                    key_id=bytes.fromhex(made.key_id), spki=made.spki, scopes=list(scopes), created_at=at,
                    expires_at=at + timedelta(days=1), revoked_at=None,
                )
            )  # fmt: skip
            session.commit()
        return made

    def staff(self) -> Browser:
        person, browser = self.world.person(authenticator=True), self.world.browser()
        self.world.organisation(person, [Role.CENTER], code=CODES[3])
        assert browser.log_in(person).status_code == 200
        return browser

    def add(self, made: SignedGuarantee, bid: int, **changed: Any) -> None:
        at, said = datetime.now(UTC), made.undertaking
        with self.world.database.session() as session:
            session.add(
                Guarantee(
                    **{
                        "id": made.id, "lot": said.lot, "tender": said.tender, "bid": bid, "number": said.number,
                        "guarantor": said.issuer.credit_code, "applicant": said.applicant.credit_code,
                        "beneficiary": said.beneficiary.credit_code, "amount": said.amount, "currency": "CNY",
                        "applied_at": at - timedelta(hours=2), "issued_at": at - timedelta(hours=1),
                        "expiry": datetime.fromtimestamp(said.expiry, UTC), "content": made.to_bytes(),
                        "state": PRESENTED, "presented_at": at, "ended_at": None, "released_because": "",
                        "replaced_by": None, "followed": 0, **changed,
                    }
                )
            )  # fmt: skip
            session.commit()


@pytest.fixture
def presented(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Presented:
    make_log(world.database, tmp_path / "public")
    parts = world.app.extensions["sunseal"]
    blobs = BlobStore(FolderBackend(tmp_path / "blobs"))
    world.app.extensions["sunseal"] = replace(
        parts, tendering=Tendering(blobs, lambda: pytest.fail("unused"))
    )
    monkeypatch.setattr(demanding, "TenderedLots", Lots)
    monkeypatch.setattr(guessing, "TenderedLots", OpenedLots)
    expiry = int((datetime.now(UTC) + timedelta(days=60)).timestamp())
    made = signed(expiry=expiry)
    found = Presented(world, made)
    found.by = {role: found.program(role, party.credit_code) for role, party in SIDES.items()}
    found.add(made, 11)
    return found


def test_its_parties_and_staff_see_a_guarantee_and_nobody_else(presented: Presented) -> None:
    readers: list[Any] = [*presented.by.values(), presented.staff()]
    for reader in readers:
        assert [one["id"] for one in reader.get("/api/guarantees").get_json()] == [presented.id]
        assert reader.get(presented.path).status_code == 200
    for role, code in ((Role.GUARANTOR, CODES[4]), (Role.TENDEREE, CODES[5]), (Role.BIDDER, CODES[6])):
        other = presented.program(role, code)
        assert other.get("/api/guarantees").get_json() == []
        for path in (presented.path, f"{presented.path}/letter", f"{presented.path}/iso20022"):
            assert other.get(path).get_json()["code"] == "unknown", (role, path)
        assert other.get(f"/api/guarantees?after={presented.id}").status_code == 404
    assert presented.bank.get("/api/guarantees/zz").get_json()["code"] == "unknown"


def test_lists_are_filtered_and_go_on_after_the_last_of_a_page(presented: Presented) -> None:
    others = [signed(number=f"BH-{n}", salt=bytes([n]) * 32, lot=f"lot-{n}") for n in (1, 2)]
    for bid, made in enumerate(others):
        presented.add(made, bid)
    browser = presented.by[Role.GUARANTOR]
    every = [one["id"] for one in browser.get("/api/guarantees").get_json()]
    assert every == [presented.id, *(made.id.hex() for made in others)]
    rest = browser.get(f"/api/guarantees?after={presented.id}").get_json()
    assert [one["id"] for one in rest] == every[1:]
    one = browser.get("/api/guarantees?lot=lot-2&state=presented").get_json()
    assert [found["lot"] for found in one] == ["lot-2"]


def test_demand_and_refusal_with_documents_by_a_signed_request(presented: Presented) -> None:
    tenderee = presented.by[Role.TENDEREE]
    proof = tenderee.post(
        f"{presented.path}/documents?name=notice.pdf", b"%PDF notice", content_type="application/pdf"
    )
    assert proof.status_code == 201, proof.get_json()
    sha256 = proof.get_json()["sha256"]
    assert sha256 == hashlib.sha256(b"%PDF notice").hexdigest()
    body = {
        "amount": 80_000_000,
        "ground": "contract-not-signed",
        "statement": "中标人未签订合同。",
        "documents": [sha256],
    }
    made = tenderee.post(f"{presented.path}/demands", body)
    assert made.status_code == 201, made.get_json()
    assert made.get_json()["documents"] == [{"name": "notice.pdf", "sha256": sha256}]
    again = tenderee.post(f"{presented.path}/demands", body)
    assert (again.status_code, again.get_json()["rule"]) == (409, "demand-state")
    assert presented.bank.call("GET", presented.path).get_json()["state"] == "demanded"
    document = presented.bank.call("GET", f"{presented.path}/documents/{sha256}")
    assert document.data == b"%PDF notice"
    assert document.content_type == "application/octet-stream"
    nothing = presented.bank.call("POST", f"{presented.path}/answer", {"answer": "refused"})
    assert nothing.status_code == 409
    refused = presented.bank.call(
        "POST", f"{presented.path}/answer", {"answer": "refused", "reasons": ["未附索赔声明。"]}
    )
    assert refused.status_code == 200, refused.get_json()
    reply = b64decode(refused.get_json()["reply"])
    assert refused.get_json()["reply_sha256"] == hashlib.sha256(reply).hexdigest()
    assert "未附索赔声明。" in reply.decode()
    other = presented.bank.call("POST", f"{presented.path}/answer", {"answer": "paid", "documents": [sha256]})
    assert other.get_json()["code"] == "unknown", "the proof has to be the guarantor's own"
    with presented.world.database.session() as session:
        assert session.query(DeliveryRow).count() == 0, "nobody subscribed"


def test_a_step_is_told_by_webhook_without_saying_of_what(presented: Presented) -> None:
    guarantor = presented.bank
    with presented.world.database.session() as session:
        at = datetime.now(UTC)
        session.add(
            ListedGuarantor(
                credit_code=BANK.credit_code, name=BANK.name,
                address=bytes.fromhex("11" * 20), key=spki(ISSUER_KEY), recipient="age1",
                licensed_from=at - timedelta(days=1), licensed_until=at + timedelta(days=300), suspended_at=None,
            )
        )  # fmt: skip
        session.commit()
    assert guarantor.post("/api/webhooks", {"url": "https://bank.example/hook"}).status_code == 201
    body = {"amount": 80_000_000, "ground": "bid-withdrawn", "statement": "撤销投标。"}
    assert presented.by[Role.TENDEREE].post(f"{presented.path}/demands", body).status_code == 201
    (webhook,) = guarantor.get("/api/webhooks").get_json()
    (told,) = guarantor.get(f"/api/webhooks/{webhook['id']}/deliveries").get_json()
    assert (told["kind"], told["subject"], told["state"]) == ("guarantee.demanded", presented.id, "waiting")


def test_each_side_does_what_is_its_own(presented: Presented) -> None:
    demand = {"amount": 1, "ground": "bid-withdrawn", "statement": "x"}
    for role in (Role.GUARANTOR, Role.BIDDER):
        answer = presented.by[role].post(f"{presented.path}/demands", demand)
        assert answer.get_json()["code"] == "role-not-allowed", role
    for role in (Role.TENDEREE, Role.BIDDER):
        answer = presented.by[role].post(f"{presented.path}/answer", {"answer": "paid"})
        assert answer.get_json()["code"] == "role-not-allowed", role
    reader = presented.program(Role.GUARANTOR, CODES[4], ["guarantees:read"])
    assert reader.get("/api/guarantees").status_code == 200
    answer = reader.post(f"{presented.path}/answer", {"answer": "paid"})
    assert answer.get_json()["code"] == "scope-not-allowed"


def test_an_amendment_is_proposed_shown_and_signed_by_its_side(presented: Presented) -> None:
    successor = replace(UNDERTAKING, amount=90_000_000).document.hex()
    made = presented.by[Role.BIDDER].post(
        f"{presented.path}/amendments", {"change": "金额增至九十万元。", "successor": successor}
    )
    assert made.status_code == 201, made.get_json()
    to_sign = b64decode(made.get_json()["to_sign"])
    body = {
        "side": "guarantor",
        "key": b64encode(spki(ISSUER_KEY)).decode(),
        "signature": b64encode(ISSUER_KEY.sign(to_sign)).decode(),
    }
    wrong_side = presented.by[Role.TENDEREE].post(f"{presented.path}/amendments/agreement", body)
    assert wrong_side.get_json()["code"] == "not-yours"
    forged = presented.bank.call(
        "POST", f"{presented.path}/amendments/agreement", {**body, "signature": b64encode(bytes(64)).decode()}
    )
    assert forged.status_code in (409, 422), forged.get_json()
    refused = presented.by[Role.TENDEREE].post(f"{presented.path}/amendments/refusal")
    assert refused.get_json()["state"] == "refused"
    assert presented.by[Role.BIDDER].get(presented.path).get_json()["amendments"][0]["state"] == "refused"


def test_letter_export_and_check_code_are_of_the_guarantee(presented: Presented) -> None:
    pdf = presented.bank.call("GET", f"{presented.path}/letter")
    assert pdf.content_type == "application/pdf"
    assert len(pypdfium2.PdfDocument(io.BytesIO(pdf.data))) == 2
    exported = presented.bank.call("GET", f"{presented.path}/iso20022").get_json()
    assert exported["Document"]["UdrtkgIssnc"]["UdrtkgIssncDtls"]["Id"] == "BH-2026-0001"
    whole = presented.bank.call("GET", presented.path).get_json()
    assert whole["check_code"] == code_of(presented.made)
    assert b64decode(whole["content"]) == presented.made.to_bytes()


def test_anyone_checks_by_number_and_code_and_before_the_opening_learns_only_that_it_is_valid(
    presented: Presented,
) -> None:
    later = int((datetime.now(UTC) + timedelta(days=60)).timestamp())
    sealed = signed(number="BH-2", salt=bytes(32), expiry=later)
    with presented.world.database.session() as session:
        session.add(issued_on_chain(sealed))
        told(session, sealed)
        session.commit()
    client = presented.world.app.test_client(use_cookies=False)

    def check(number: str, code: str) -> Any:
        return client.get("/api/guarantee-check", query_string={"number": number, "code": code}).get_json()

    assert check("BH-2", code_of(sealed)) == {"validity": "valid", "opened": None}
    unknown = {"validity": "not-known", "opened": None}
    assert check("BH-2", code_of(signed(number="BH-3", salt=bytes(32)))) == unknown
    assert check("BH-3", code_of(sealed)) == unknown
    assert check("BH-2", "no code") == unknown
    opened = check("BH-2026-0001", code_of(presented.made))
    assert (opened["validity"], opened["opened"]["state"]) == ("valid", "presented")
    assert BIDDER.credit_code not in str(opened)
    assert BIDDER.name not in str(opened)


def test_statistics_are_for_everybody(presented: Presented) -> None:
    client = presented.world.app.test_client(use_cookies=False)
    at = datetime.now(UTC)
    query = {"since": (at - timedelta(days=1)).isoformat(), "until": (at + timedelta(days=1)).isoformat()}
    found = client.get("/api/guarantee-check/statistics", query_string=query).get_json()
    assert (found["number"], found["freed"], found["average_seconds"]) == (1, 80_000_000, 3600)
    assert found["outcomes"]["paid"] == {"number": 0, "sum": 0}
    wrong = client.get("/api/guarantee-check/statistics", query_string={**query, "until": query["since"]})
    assert wrong.status_code == 422


def test_staff_see_what_is_late_and_examine_scans(presented: Presented) -> None:
    with presented.world.database.session() as session:
        at = datetime.now(UTC)
        session.add(
            GuaranteeCheck(
                lot="lot-9", bid=3, credit_code=BIDDER.credit_code, form="paper", content=b"{}", guarantee=None,
                state="examine", findings=[], due_at=None, began_at=at, decided_at=None, entry_id=None,
            )
        )  # fmt: skip
        session.add(
            PaperExamination(
                lot="lot-9", bid=3, sha256=bytes(32), stated={"number": "X"}, outcome=None, remarks="",
                examined_by="", examined_at=None, entry_id=None,
            )
        )  # fmt: skip
        session.commit()
    center = presented.staff()
    assert center.get("/api/guarantees/late").get_json() == []
    assert center.get("/api/guarantees/differences").get_json() == []
    assert [one["lot"] for one in center.get("/api/guarantees/scans").get_json()] == ["lot-9"]
    why = center.post("/api/guarantees/scans/lot-9/3", {"accepted": False})
    assert why.get_json()["rule"] == "scan-remarks"
    done = center.post("/api/guarantees/scans/lot-9/3", {"accepted": True})
    assert (done.status_code, done.get_json()["outcome"]) == (200, "accepted")
    for role in SIDES:
        assert presented.by[role].get("/api/guarantees/late").get_json()["code"] == "role-not-allowed"


def told(session: Session, made: SignedGuarantee) -> None:
    """Its guarantor on the list, and by what the public check finds it."""
    said, now = made.undertaking, datetime.now(UTC)
    lookup = lookup_of(said.number, code_of(made))
    session.add(
        ListedGuarantor(
            credit_code=said.issuer.credit_code, name=said.issuer.name,
            address=bytes.fromhex(said.on_chain.guarantor), key=bytes.fromhex(made.signature.key),
            recipient="age1", licensed_from=now, licensed_until=now + timedelta(days=1), suspended_at=None,
        )
    )  # fmt: skip
    session.flush()
    session.add(GuaranteeLookup(lookup=lookup, guarantee=made.id, guarantor=said.issuer.credit_code))


def issued_on_chain(made: SignedGuarantee) -> GuaranteeRow:
    """As the indexer writes it."""
    return GuaranteeRow(
        id=made.id,
        guarantor=bytes.fromhex("11" * 20),
        commitment=made.commitment,
        expiry=made.undertaking.expiry,
        state=State.ISSUED.value,
        issued_block=1,
        changed_block=1,
    )

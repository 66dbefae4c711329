"""The desk over HTTP: a bank's own systems quote, tell of payments, and issue, each request signed."""

from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes

import pypdfium2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.desk_api.application import create_desk_app
from app.desk_api.callers import FILE, read_callers
from app.desk_api.desk import SCOPE_OF, Desk
from app.guarantor.letter import printer
from crypto import party_keys
from crypto.signatures import SigningKey
from guarantees.after.amending import Amendment, agreement
from guarantees.chain import abi, outbox
from guarantees.chain.models import BlockRow, EventRow, GuaranteeRow
from guarantees.desk import acts, offers, queue
from guarantees.desk.issuing import Guarantor
from guarantees.errors import FormatError
from guarantees.letters.kinds import Acceptance
from guarantees.lot_notice import LotNotice
from guarantees.signed import SignedGuarantee
from guarantees.tables.desk import APPLIED, Application, Issue
from storage.database import Database
from tests import guarantee_example
from tests.guarantee_example import BANK, BIDDER, ISSUER_KEY, TENDEREE
from tests.signing_client import SigningClient

URL = "http://desk.bank.example"
NOW = datetime.now(UTC).replace(microsecond=0)
ONE, TWO = bytes([1]) * 16, bytes([2]) * 16
NOTICE = LotNotice(
    tender="tender-1",
    tender_title="滨海大道改造工程",
    lot="tender-1.lot-1",
    lot_title="第一标段",
    beneficiary=TENDEREE,
    bond=80_000_000,
    currency="CNY",
    deadline=int((NOW + timedelta(days=20)).timestamp()),
    valid_until=int((NOW + timedelta(days=110)).timestamp()),
    chain_id=20170117,
    registry="33" * 20,
    account="22" * 20,
)
PRODUCT = replace(guarantee_example.PRODUCT, documents=())


class Bank:
    """The desk's application, and systems that call it."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder = database, folder
        self.core, self.desk_staff, self.stranger = (SigningClient(None, URL) for _ in range(3))  # type: ignore[arg-type]
        (folder / FILE).write_text(
            self.caller(self.core, '"payments"')
            + self.caller(self.desk_staff, '"read", "underwrite", "issue", "answer"')
        )
        spki = party_keys.spki(Ed25519PublicKey.from_public_bytes(ISSUER_KEY.verify_key.raw))
        made = Desk(
            database=database,
            url=URL,
            callers=read_callers(folder),
            guarantor=Guarantor(
                BANK, bytes.fromhex("11" * 20), spki, ISSUER_KEY.sign, "https://bank.example"
            ),
            products=lambda: {PRODUCT.product: PRODUCT},
            lots=lambda: [NOTICE],
            letter=printer(folder, "https://tenders.example"),
            clock=lambda: datetime.now(UTC),
            random=token_bytes,
        )
        self.app = create_desk_app(made)
        for client in (self.core, self.desk_staff, self.stranger):
            client.app = self.app

    @staticmethod
    def caller(client: SigningClient, scopes: str) -> str:
        key = b64encode(client.spki).decode()
        return f'[[caller]]\nname = "system"\nkey = "{key}"\nscopes = [{scopes}]\n'

    def apply(self, number: bytes = ONE) -> str:
        with self.database.session() as session:
            session.add(
                Application(
                    id=number, recipient="age1", letters=1, applicant=BIDDER.credit_code, name=BIDDER.name,
                    tender=NOTICE.tender, lot=NOTICE.lot, product=PRODUCT.product, amount=80_000_000,
                    currency="CNY", expiry=datetime.fromtimestamp(NOTICE.valid_until, UTC), content=b"{}",
                    documents=[], state=APPLIED, applied_at=NOW, changed_at=NOW, remark="",
                )
            )  # fmt: skip
            session.commit()
        return number.hex()

    def accept(self, application: str, number: int, premium: int) -> str:
        with self.database.session() as session:
            row = queue.get(session, bytes.fromhex(application), for_update=True)
            offers.accept(session, row, Acceptance(number, premium), pay_to="here", now=NOW)
            session.commit()
        return f"FP{application[:12].upper()}"

    def state(self, application: str) -> str:
        answer = self.desk_staff.call("GET", f"/desk/v1/applications/{application}")
        return str(answer.get_json()["state"])

    def paid_up(self, number: bytes = ONE) -> str:
        application = self.apply(number)
        quote = self.desk_staff.call("POST", f"/desk/v1/applications/{application}/quote", {}).get_json()
        invoice = self.accept(application, quote["number"], quote["premium"])
        assert (
            self.core.call("POST", "/desk/v1/payments", payment(invoice, f"T{number.hex()}")).status_code
            == 200
        )
        return application


def payment(invoice: str, reference: str = "T1", amount: int = 80_000) -> dict[str, object]:
    return {
        "reference": reference,
        "invoice": invoice,
        "amount": amount,
        "payer": BIDDER.name,
        "paid_at": NOW.isoformat(),
    }


@pytest.fixture
def bank(database: Database, tmp_path: Path) -> Bank:
    return Bank(database, tmp_path)


def test_from_application_to_signed_guarantee_over_http(bank: Bank) -> None:
    application = bank.apply()
    listed = bank.desk_staff.call("GET", "/desk/v1/applications?state=applied").get_json()
    assert [one["id"] for one in listed] == [application]
    quote = bank.desk_staff.call(
        "POST", f"/desk/v1/applications/{application}/quote", {"hours": 24, "note": "请在两日内接受。"}
    )
    assert (quote.status_code, quote.get_json()["premium"]) == (201, PRODUCT.premium(80_000_000))
    invoice = bank.accept(application, 1, quote.get_json()["premium"])
    paid = bank.core.call("POST", "/desk/v1/payments", payment(invoice))
    assert paid.get_json()["invoice"] == invoice
    assert paid.get_json()["trouble"] == ""
    assert bank.state(application) == "paid"
    issued = bank.desk_staff.call("POST", "/desk/v1/issue", {"applications": [application]})
    assert issued.status_code == 201, issued.get_json()
    assert issued.get_json()["data"] is None
    shown = bank.desk_staff.call("GET", f"/desk/v1/applications/{application}/guarantee").get_json()
    assert shown["guarantee"] == issued.get_json()["guarantees"][0]
    letter = bank.desk_staff.call("GET", f"/desk/v1/applications/{application}/guarantee/letter")
    text = pypdfium2.PdfDocument(letter.data)[0].get_textpage().get_text_bounded()
    assert shown["number"] in text
    exported = bank.desk_staff.call(
        "GET", f"/desk/v1/applications/{application}/guarantee/iso20022"
    ).get_json()
    assert exported["Document"]["UdrtkgIssnc"]["UdrtkgIssncDtls"]["Nm"] == "DGAR"
    (total, own) = bank.desk_staff.call("GET", "/desk/v1/exposure").get_json()
    assert (total["standing"], own["applicant"]) == (80_000_000, BIDDER.credit_code)


def test_a_transaction_for_another_program_is_given_as_its_data(bank: Bank) -> None:
    application = bank.paid_up()
    issued = bank.desk_staff.call("POST", "/desk/v1/issue", {"applications": [application], "itself": True})
    body = issued.get_json()
    assert body["purpose"] is None
    assert body["to"].lower() == "0x" + "33" * 20
    assert body["data"].startswith("0x")


def test_a_payment_that_is_told_twice_counts_once_and_a_strange_one_says_its_trouble(bank: Bank) -> None:
    application = bank.apply()
    bank.desk_staff.call("POST", f"/desk/v1/applications/{application}/quote", {"premium": 80_000})
    invoice = bank.accept(application, 1, 80_000)
    half = payment(invoice, "T1", 40_000)
    for _ in range(3):
        assert bank.core.call("POST", "/desk/v1/payments", half).status_code == 200
    assert bank.state(application) == "accepted"
    bank.core.call("POST", "/desk/v1/payments", payment(invoice, "T2", 40_000))
    assert bank.state(application) == "paid"
    strange = bank.core.call("POST", "/desk/v1/payments", payment("FP0", "T3")).get_json()
    assert strange["invoice"] is None
    assert "no invoice" in strange["trouble"]


def test_payments_come_as_a_file_too_all_or_none(bank: Bank) -> None:
    application = bank.apply()
    bank.desk_staff.call("POST", f"/desk/v1/applications/{application}/quote", {"premium": 80_000})
    invoice = bank.accept(application, 1, 80_000)
    head = "reference,invoice,amount,currency,payer,paid_at\n"
    line = f"T1,{invoice},800.00,CNY,{BIDDER.name},{NOW.isoformat()}\n"
    wrong = bank.core.call(
        "POST", "/desk/v1/payments/csv", (head + line + "x\n").encode(), content_type="text/csv"
    )
    assert wrong.status_code == 422, wrong.get_json()
    assert bank.state(application) == "accepted"
    right = bank.core.call("POST", "/desk/v1/payments/csv", (head + line).encode(), content_type="text/csv")
    assert [one["trouble"] for one in right.get_json()] == [""]
    assert bank.state(application) == "paid"


def test_limits_hold(bank: Bank) -> None:
    bank.desk_staff.call("PUT", "/desk/v1/limits", {"amount": 79_999_999})
    application = bank.apply()
    answer = bank.desk_staff.call("POST", f"/desk/v1/applications/{application}/quote", {})
    assert (answer.status_code, answer.get_json()["rule"]) == (409, "limit")
    refused = bank.desk_staff.call(
        "POST", f"/desk/v1/applications/{application}/refusal", {"zh": "额度不足。", "en": "No room."}
    )
    assert refused.status_code == 204
    assert bank.state(application) == "declined"


def test_every_route_asks_for_its_scope_and_a_stranger_reaches_none(bank: Bank) -> None:
    application, answers = bank.apply(), {}
    for rule in bank.app.url_map.iter_rules():
        if rule.endpoint not in SCOPE_OF:
            continue
        (method,) = (rule.methods or set()) - {"HEAD"}
        path = rule.rule.replace("<string(maxlength=64):application_id>", application)
        path = path.replace("<string(maxlength=64):guarantee_id>", "ab" * 32)
        assert bank.stranger.call(method, path).get_json()["code"] == "signature-refused", path
        unsigned = bank.app.test_client().open(path, method=method, base_url=URL)
        assert unsigned.get_json()["code"] == "signature-refused", path
        answers[rule.endpoint] = bank.core.call(method, path).get_json()
    allowed = {name for name, scope in SCOPE_OF.items() if scope == "payments"}
    for name, body in answers.items():
        refused = isinstance(body, dict) and body.get("code") == "scope-not-allowed"
        assert refused == (name not in allowed), name
    assert answers.keys() == SCOPE_OF.keys()


def demanded(bank: Bank, application: str, made_at: datetime) -> str:
    """Its guarantee stands demanded on chain since then; the id."""
    until = int((made_at + timedelta(days=15)).timestamp())
    with bank.database.session() as session:
        issue = session.get_one(Issue, bytes.fromhex(application))
        session.add(
            GuaranteeRow(
                id=issue.guarantee, guarantor=b"\x11" * 20, commitment=b"\x05" * 32,
                expiry=int(issue.expiry.timestamp()), state="Demanded", issued_block=3, changed_block=9,
                beneficiary=b"\x22" * 20, amount=80_000_000, document=b"\6" * 32, answer_by=until,
                demanded=80_000_000, extension_days=30, statement=b"\7" * 32, answer=None,
            )
        )  # fmt: skip
        session.add(BlockRow(number=9, hash=b"\x09" * 32))
        session.flush()
        session.add(
            EventRow(
                block=9, log_index=0, block_hash=b"\x09" * 32, time=int(made_at.timestamp()), transaction=b"\x08" * 32,
                contract=abi.REGISTRY, name="Demanded", subject=issue.guarantee, fields={"answerBy": until},
            )
        )  # fmt: skip
        session.commit()
        return issue.guarantee.hex()


def test_a_demand_is_answered_over_http_once_in_time_and_with_its_document(bank: Bank) -> None:
    application = bank.paid_up()
    bank.desk_staff.call("POST", "/desk/v1/issue", {"applications": [application]})
    assert bank.desk_staff.call("GET", "/desk/v1/demands").get_json() == []
    guarantee = demanded(bank, application, NOW - timedelta(hours=1))
    (shown,) = bank.desk_staff.call("GET", "/desk/v1/demands").get_json()
    assert (shown["guarantee"], shown["application"]) == (guarantee, application)
    assert (shown["amount"], shown["extension_days"]) == (80_000_000, 30)
    assert (shown["late"], shown["answers"]) == (False, [])
    path, refusal = f"/desk/v1/guarantees/{guarantee}/answer", {"answer": "refused", "document": "ab" * 32}
    assert bank.core.call("POST", path, refusal).get_json()["code"] == "scope-not-allowed"
    assert bank.desk_staff.call("POST", f"/desk/v1/guarantees/{'ab' * 32}/answer", refusal).status_code == 404
    assert bank.desk_staff.call("POST", f"/desk/v1/guarantees/{'xy' * 32}/answer", refusal).status_code == 404
    for body in ({"answer": "ignored"}, {"answer": "paid", "document": "ab"}, {}):
        assert bank.desk_staff.call("POST", path, body).get_json()["code"] == "invalid", body
    bare = bank.desk_staff.call("POST", path, {"answer": "refused"}).get_json()
    assert bare["rule"] == "answer-document"
    made = bank.desk_staff.call("POST", path, refusal)
    again = bank.desk_staff.call("POST", path, refusal)
    assert (made.status_code, again.status_code) == (202, 202), made.get_json()
    assert made.get_json() == again.get_json()
    with bank.database.session() as session:
        act = outbox.progress(session, made.get_json()["purpose"])
        told = [(one.who, one.act) for one in acts.of(session, bytes.fromhex(application))]
    assert act is not None
    assert act.state == "wanted"
    assert told == [("api:system", acts.ANSWER)] * 2
    other = bank.desk_staff.call("POST", path, {"answer": "paid", "document": "ab" * 32})
    assert (other.status_code, other.get_json()["rule"]) == (409, "answered")
    (shown,) = bank.desk_staff.call("GET", "/desk/v1/demands").get_json()
    assert shown["answers"] == [{"answer": "refused", "state": "wanted"}]


def test_over_http_too_what_remains_after_five_business_days_is_to_pay(bank: Bank) -> None:
    application = bank.paid_up()
    bank.desk_staff.call("POST", "/desk/v1/issue", {"applications": [application]})
    guarantee = demanded(bank, application, NOW - timedelta(days=13))
    path = f"/desk/v1/guarantees/{guarantee}/answer"
    (shown,) = bank.desk_staff.call("GET", "/desk/v1/demands").get_json()
    assert shown["late"] is True
    for answer in ("refused", "extended"):
        late = bank.desk_staff.call("POST", path, {"answer": answer, "document": "ab" * 32})
        assert (late.status_code, late.get_json()["rule"]) == (409, "answer-too-late")
    assert bank.desk_staff.call("POST", path, {"answer": "paid", "document": "ab" * 32}).status_code == 202


def test_a_request_counts_once(bank: Bank) -> None:
    request = bank.desk_staff.signed("GET", "/desk/v1/applications")
    assert bank.desk_staff.send(request).status_code == 200
    assert bank.desk_staff.send(request).get_json()["code"] == "signature-replayed"


def test_its_description_is_there_for_all(bank: Bank) -> None:
    document = bank.app.test_client().get("/api/openapi.json").get_json()
    assert "/desk/v1/payments" in document["paths"]
    assert document["security"] == [{"signature": []}]


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "[[caller]]\nname='a'\n",
        "[[caller]]\nname='a'\nkey='AAAA'\nscopes=['read']\n",
        "caller = 1",
        "other = 1",
    ],
)
def test_a_file_that_does_not_say_who_may_call_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(FormatError, match="callers"):
        read_callers(tmp_path)


def test_scopes_are_known_ones_and_keys_are_named_once(tmp_path: Path) -> None:
    client = SigningClient(None, URL)  # type: ignore[arg-type]
    (tmp_path / FILE).write_text(Bank.caller(client, '"everything"'))
    with pytest.raises(FormatError, match="scopes are of"):
        read_callers(tmp_path)
    (tmp_path / FILE).write_text(2 * Bank.caller(client, '"read"'))
    with pytest.raises(FormatError, match="twice"):
        read_callers(tmp_path)
    assert read_callers(tmp_path / "elsewhere") == {}


def test_a_guarantee_carries_its_salt_and_its_letter_does_not(bank: Bank) -> None:
    application = bank.paid_up(TWO)
    bank.desk_staff.call("POST", "/desk/v1/issue", {"applications": [application]})
    shown = bank.desk_staff.call("GET", f"/desk/v1/applications/{application}/guarantee").get_json()
    made = SignedGuarantee.parse(b64decode(shown["content"]))
    letter = bank.desk_staff.call("GET", f"/desk/v1/applications/{application}/guarantee/letter").data
    text = "".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(letter))
    assert made.salt not in "".join(text.split())


def test_an_amendment_goes_over_http_from_the_draft_to_the_file_for_the_platform(bank: Bank) -> None:
    application = bank.paid_up()
    bank.desk_staff.call("POST", "/desk/v1/issue", {"applications": [application]})
    guarantee = demanded(bank, application, NOW - timedelta(hours=1))
    path, later = f"/desk/v1/guarantees/{guarantee}", int((NOW + timedelta(days=200)).timestamp())
    change = {"change": "有效期延长。", "expiry": later}
    refused = bank.desk_staff.call("POST", f"{path}/amendments", change)
    assert (refused.status_code, refused.get_json()["rule"]) == (409, "amendment-state")
    with bank.database.session() as session:
        session.get_one(GuaranteeRow, bytes.fromhex(guarantee)).state = "Presented"
        session.commit()
    assert bank.core.call("POST", f"{path}/amendments", change).get_json()["code"] == "scope-not-allowed"
    drafted = bank.desk_staff.call("POST", f"{path}/amendments", change).get_json()
    amendment = Amendment(guarantee, 1, drafted["change"], drafted["successor"])
    content = amendment.to_bytes()
    own = bank.desk_staff.call(
        "POST", f"{path}/amendments/signature", {"content": b64encode(content).decode()}
    ).get_json()
    signed = {"guarantor": {"key": b64decode(own["key"]).hex(), "value": b64decode(own["signature"]).hex()}}
    for side, key in (("applicant", SigningKey(b"\x61" * 32)), ("beneficiary", SigningKey(b"\x62" * 32))):
        spki = party_keys.spki(Ed25519PublicKey.from_public_bytes(key.verify_key.raw))
        signed[side] = {"key": spki.hex(), "value": key.sign(amendment.signed_bytes()).hex()}
    body = {"agreement": b64encode(agreement(content, signed)).decode()}
    for _ in range(2):
        assert (
            bank.desk_staff.call("POST", f"{path}/amendments/commitment", body).get_json()["agreed"] is True
        )
    (shown,) = bank.desk_staff.call("GET", f"{path}/amendments").get_json()
    assert (shown["agreed"], shown["expiry"], shown["number"]) == (True, later, drafted["number"])
    new = f"/desk/v1/guarantees/{drafted['guarantee']}"
    waiting = bank.desk_staff.call("GET", f"{new}/successor").get_json()
    assert waiting["rule"] == "not-committed"
    with bank.database.session() as session:
        session.add(
            GuaranteeRow(
                id=bytes.fromhex(drafted["guarantee"]), guarantor=b"\x11" * 20, commitment=b"\x05" * 32,
                expiry=later, state="Issued", issued_block=9, changed_block=9,
            )
        )  # fmt: skip
        session.commit()
    handed = bank.desk_staff.call("GET", f"{new}/successor").get_json()
    assert SignedGuarantee.parse(b64decode(handed["content"])).id.hex() == drafted["guarantee"]
    assert b64decode(handed["letter"]).startswith(b"%PDF")

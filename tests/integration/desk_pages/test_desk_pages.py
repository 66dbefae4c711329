"""The guarantor's desk as pages: an underwriter logs in, quotes, records payments, issues, answers a demand."""

import hashlib
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from guarantees.after import desk as after
from guarantees.after.demand_rules import Answer
from guarantees.chain import abi
from guarantees.chain.models import BlockRow, EventRow, GuaranteeRow
from guarantees.chain.outbox import progress
from guarantees.desk import acts
from guarantees.errors import StateError
from guarantees.tables.desk import Application, Issue, Payment
from guarantees.tables.desk_act import DeskAct
from guarantees.tables.succession import Succession
from statutes.counting import CHINA
from storage.database import Database
from tests.integration.desk_api.test_desk_api import NOW, PRODUCT
from tests.integration.desk_pages.house import ONE, PASSWORD, TWO, Bank, Reader

HEAD = "reference,invoice,amount,currency,payer,paid_at\n"


@pytest.fixture
def bank(database: Database, tmp_path: Path) -> Bank:
    return Bank(database, tmp_path)


def paid_up(bank: Bank, reader: Reader, number: bytes = ONE) -> str:
    application = bank.apply(number)
    assert reader.post(f"/applications/{application}/quote", premium="800", hours="48").status_code == 303
    invoice = bank.accept(application, 80_000)
    sent = reader.post(
        "/payments/hand", reference=f"T{number.hex()}", invoice=invoice, amount="800.00", currency="CNY",
        payer="海南建设", paid_at="2026-03-02T09:30",
    )  # fmt: skip
    assert sent.status_code == 303, sent.get_data(as_text=True)
    return application


def test_nobody_sees_anything_without_logging_in_and_the_cookie_is_strict(bank: Bank) -> None:
    reader = Reader(bank.app.test_client())
    application = bank.apply()
    for path in ("/", "/payments", "/issue", "/exposure", "/guarantees", f"/applications/{application}"):
        answer = reader.client.get(path)
        assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/login")
    assert reader.log_in("wrong").status_code == 401
    entered = reader.log_in()
    cookie = entered.headers["Set-Cookie"]
    assert entered.status_code == 303
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict"))
    shown = reader.get("/")
    assert shown.status_code == 200
    assert "unsafe-inline" not in shown.headers["Content-Security-Policy"]
    assert shown.headers["Cache-Control"] == "no-store"
    bank.underwriters.remove("li")
    assert reader.get("/").status_code == 303


def test_a_session_ends_by_itself_and_by_logging_out(bank: Bank) -> None:
    reader = bank.reader()
    token = reader.client.get_cookie(bank.house.cookie)
    assert token is not None
    assert reader.post("/logout").status_code == 303
    reader.client.set_cookie(bank.house.cookie, token.value)
    assert reader.get("/").status_code == 303
    reader = bank.reader()
    bank.ahead = timedelta(minutes=31)
    assert reader.get("/").status_code == 303


def test_failures_lock_a_name_even_for_the_right_password(bank: Bank) -> None:
    reader = Reader(bank.app.test_client())
    for _ in range(5):
        assert reader.log_in("wrong").status_code == 401
    assert reader.log_in(PASSWORD).status_code == 401
    bank.ahead = timedelta(minutes=2)
    assert reader.log_in(PASSWORD).status_code == 303


def test_a_form_without_the_token_or_from_elsewhere_changes_nothing(bank: Bank) -> None:
    reader, application = bank.reader(), bank.apply()
    path, fields = f"/applications/{application}/quote", {"premium": "800", "hours": "48"}
    assert reader.client.post(path, data=fields).status_code >= 400
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    token = reader.client.get("/issue").get_data(as_text=True).partition('csrf_token" value="')[2][:64]
    refused = reader.client.post(path, data={**fields, "csrf_token": token}, headers=elsewhere)
    assert refused.status_code >= 400
    assert bank.state(application) == "applied"
    assert reader.client.post(path, data={**fields, "csrf_token": token}).status_code == 303


def test_the_login_leads_nowhere_else(bank: Bank) -> None:
    for place in ("//evil.example", "https://evil.example", "/\\evil.example"):
        reader = Reader(bank.app.test_client())
        fields = {"login": "li", "password": PASSWORD, "next": place}
        assert reader.client.post("/login", data=fields).location == "/"


def test_the_queue_is_oldest_first_and_is_searched(bank: Bank) -> None:
    new, old = bank.apply(ONE, days=1), bank.apply(TWO, days=9)
    bank.apply(b"\3" * 16, state="declined")
    reader = bank.reader()
    shown = reader.get("/").get_data(as_text=True)
    assert shown.index(old) < shown.index(new)
    assert "9 days" in shown
    assert "03" * 16 not in shown
    assert "03" * 16 in reader.get("/?state=declined").get_data(as_text=True)
    found = reader.get(f"/?q={new[:9]}").get_data(as_text=True)
    assert new in found
    assert old not in found
    assert reader.get("/?q=%25").get_data(as_text=True).count("/applications/") == 0


def test_a_quote_has_the_products_premium_and_not_less_than_its_minimum(bank: Bank) -> None:
    reader, application = bank.reader(), bank.apply()
    shown = reader.get(f"/applications/{application}").get_data(as_text=True)
    assert 'value="800.00"' in shown
    low = reader.post(f"/applications/{application}/quote", premium="299.99", hours="48", note="a note")
    assert low.status_code == 422
    assert "300.00" in low.get_data(as_text=True)
    assert "a note" in low.get_data(as_text=True)
    assert reader.post(f"/applications/{application}/quote", premium="300", hours="48").status_code == 303
    with bank.database.session() as session:
        (act,) = acts.of(session, ONE)
    assert (act.who, act.act, act.detail) == ("li", "quote", "300.00 CNY")
    assert PRODUCT.minimum == 30_000


def test_a_limit_refuses_a_quote_and_is_shown(bank: Bank) -> None:
    reader, application = bank.reader(), bank.apply()
    assert reader.post("/exposure", applicant="", currency="CNY", amount="1000").status_code == 303
    refused = reader.post(f"/applications/{application}/quote", premium="800", hours="48")
    assert refused.status_code == 409
    assert bank.state(application) == "applied"
    assert "1,000.00" in reader.get("/exposure").get_data(as_text=True)
    assert reader.post("/exposure", applicant="123", currency="CNY", amount="1").status_code == 422


def test_an_application_is_declined_with_a_reason_in_both_languages(bank: Bank) -> None:
    reader, application = bank.reader(), bank.apply()
    assert reader.post(f"/applications/{application}/refusal", zh="额度不足。").status_code == 422
    sent = reader.post(f"/applications/{application}/refusal", zh="额度不足。", en="No room.")
    assert (sent.status_code, bank.state(application)) == (303, "declined")


def test_documents_are_downloads_and_only_the_ones_that_came(bank: Bank) -> None:
    reader, application = bank.reader(), bank.apply()
    content = b"<script>alert(1)</script>"
    with bank.database.session() as session:
        row = session.get_one(Application, ONE)
        digest = hashlib.sha256(content).hexdigest()
        row.documents = [{"name": "执照.html", "sha256": digest}]
        session.commit()
    path = bank.folder / "documents" / application / "00"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    got = reader.get(f"/applications/{application}/documents/0")
    assert got.data == content
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.content_type == "application/octet-stream"
    path.write_bytes(b"another")
    assert reader.get(f"/applications/{application}/documents/0").status_code == 404
    assert reader.get(f"/applications/{application}/documents/1").status_code == 404


def test_a_file_of_payments_is_reported_line_by_line_and_taken_whole_or_not_at_all(bank: Bank) -> None:
    reader, application = bank.reader(), bank.apply()
    reader.post(f"/applications/{application}/quote", premium="800", hours="48")
    invoice = bank.accept(application, 80_000)
    good = f"T1,{invoice},800.00,CNY,海南建设,2026-03-02T09:30:00+08:00\n"
    strange = "T2,FP0,5.00,CNY,someone,2026-03-02T09:30:00+08:00\n"
    broken = "T3,FP0,five,CNY,someone,2026-03-02T09:30:00+08:00\n"

    def send(text: str) -> tuple[int, str]:
        file = (io.BytesIO((HEAD + text).encode()), "payments.csv")
        answer = reader.post("/payments/csv", file=file)
        return answer.status_code, answer.get_data(as_text=True)

    reader.get("/payments?lang=en")
    status, report = send(good + strange + broken)
    assert (status, bank.state(application)) == (422, "accepted")
    assert "Cannot be read" in report
    assert report.count("Readable, not recorded") == 2
    status, report = send(good + strange)
    assert (status, bank.state(application)) == (200, "paid")
    assert "Recorded, fits nothing" in report
    status, report = send(good + strange.replace("5.00", "6.00") + good.replace("T1", "T4"))
    assert "Recorded before<" in report
    assert "Same reference, other payment" in report
    assert "this money came in twice" in report
    with bank.database.session() as session:
        assert sorted(session.scalars(select(Payment.reference))) == ["T1", "T2", "T4"]


def test_several_are_issued_at_once_and_the_chain_is_told_truthfully(bank: Bank) -> None:
    reader = bank.reader()
    chosen = [paid_up(bank, reader, ONE), paid_up(bank, reader, TWO)]
    assert reader.post("/issue").status_code == 422
    assert reader.post("/issue", application=chosen).status_code == 303
    assert [bank.state(one) for one in chosen] == ["signed", "signed"]
    shown = reader.get("/issue").get_data(as_text=True)
    assert shown.count("The transaction is not sent yet") == 2
    assert reader.post("/issue", application=chosen[:1]).status_code == 409
    with bank.database.session() as session:
        assert {one.who for one in acts.newest(session, 9) if one.act == acts.ISSUE} == {"li"}
    assert reader.get(f"/applications/{chosen[0]}/letter.pdf").data.startswith(b"%PDF")
    assert reader.get(f"/applications/{chosen[0]}").status_code == 200


def demanded(
    bank: Bank, *, due: timedelta = timedelta(days=15), made_at: datetime | None = None
) -> tuple[str, int]:
    """The guarantee of ONE stands demanded, since then if it is said, and the contract takes a refusal until `due`; its
    id on chain."""
    until = int(((made_at or NOW) + due).timestamp())
    with bank.database.session() as session:
        issue = session.get_one(Issue, ONE)
        session.add(
            GuaranteeRow(
                id=issue.guarantee, guarantor=b"\x11" * 20, commitment=b"\x05" * 32,
                expiry=int(issue.expiry.timestamp()), state="Demanded", issued_block=3, changed_block=9,
                beneficiary=b"\x22" * 20, amount=80_000_000, document=b"\6" * 32, answer_by=until,
                demanded=80_000_000, extension_days=30, statement=b"\7" * 32, answer=None,
            )
        )  # fmt: skip
        if made_at is not None:
            session.add(BlockRow(number=9, hash=b"\x09" * 32))
            session.flush()
            session.add(
                EventRow(
                    block=9, log_index=0, block_hash=b"\x09" * 32, time=int(made_at.timestamp()), transaction=b"\x08" * 32,
                    contract=abi.REGISTRY, name="Demanded", subject=issue.guarantee, fields={"answerBy": until},
                )
            )  # fmt: skip
        session.commit()
        return issue.guarantee.hex(), until


def test_a_demand_is_answered_once_and_late_it_can_only_be_paid(bank: Bank) -> None:
    reader = bank.reader()
    application = paid_up(bank, reader)
    reader.post("/issue", application=application)
    guarantee, until = demanded(bank, due=timedelta(days=3))
    path = f"/guarantees/{guarantee}"
    assert "Demanded" in reader.get("/guarantees").get_data(as_text=True)
    assert reader.post(path, given="refused").status_code == 422
    assert reader.post(path, given="refused", document="ab" * 32).status_code == 303
    with bank.database.session() as session:
        found = progress(session, f"refused {guarantee} {until}")
    assert found is not None
    assert found.state == "wanted"
    assert reader.post(path, given="paid", document="ab" * 32).status_code == 409
    assert reader.get(path).status_code == 200
    assert acts.ANSWER in {one.act for one in _acts(bank)}


def test_an_amended_guarantee_and_the_one_before_it_lead_to_each_other(bank: Bank) -> None:
    reader = bank.reader()
    application = paid_up(bank, reader)
    assert reader.post("/issue", application=application).status_code == 303
    with bank.database.session() as session:
        issue = session.scalars(select(Issue)).one()
        old, new = issue.guarantee.hex(), bytes([7]) * 32
        session.add(
            Succession(
                guarantee=new, application=issue.application, predecessor=issue.guarantee,
                number=f"{issue.number}-A1", content=issue.content, amount=90_000_000, expiry=issue.expiry,
                change="金额提高。", signed_at=NOW, agreement=b"{}", purpose="amend 1", agreed_at=NOW,
            )
        )  # fmt: skip
        session.commit()
    before, after_it = (reader.get(f"/guarantees/{one}").get_data(as_text=True) for one in (old, new.hex()))
    assert f'href="/guarantees/{new.hex()}"' in before
    assert "All have agreed" in before
    assert f'href="/guarantees/{old}"' in after_it
    assert "900,000.00" in after_it
    listed = reader.get("/guarantees").get_data(as_text=True)
    assert "900,000.00" in listed
    assert f'href="/guarantees/{old}"' in listed


def test_after_the_days_of_examination_a_refusal_is_not_taken(bank: Bank) -> None:
    reader = bank.reader()
    reader.post("/issue", application=paid_up(bank, reader))
    guarantee, _ = demanded(bank, due=timedelta(days=-1))
    assert "only paying remains" in reader.get("/guarantees").get_data(as_text=True)
    assert reader.post(f"/guarantees/{guarantee}", given="refused", document="ab" * 32).status_code == 422
    assert reader.post(f"/guarantees/{guarantee}", given="paid", document="ab" * 32).status_code == 303


# Friday 18:00 before the National Day of 2025 (1 to 8 October): working days are 26 and 28 (a Sunday) to 30 September.
@pytest.mark.parametrize(
    ("made_at", "last"),
    [
        (datetime(2025, 9, 1, 18, tzinfo=CHINA), datetime(2025, 9, 9, tzinfo=CHINA)),  # one week end
        (
            datetime(2025, 9, 26, 18, tzinfo=CHINA),
            datetime(2025, 10, 11, tzinfo=CHINA),
        ),  # a Sunday of work, a holiday
    ],
)
def test_between_the_fifth_business_day_and_the_contracts_fifteenth_a_demand_can_only_be_paid(
    bank: Bank, made_at: datetime, last: datetime
) -> None:
    reader = bank.reader()
    reader.post("/issue", application=paid_up(bank, reader))
    guarantee, until = demanded(bank, made_at=made_at)
    path = f"/guarantees/{guarantee}"
    for at, choices in ((last - timedelta(minutes=1), 3), (last, 1), (made_at + timedelta(days=14.9), 1)):
        bank.ahead = at - datetime.now(UTC)
        reader = bank.reader()
        shown = reader.get(path).get_data(as_text=True)
        assert shown.count('name="given"') == choices, at
        assert ("only paying remains" in shown) is (choices == 1)
        if choices == 1:
            assert reader.post(path, given="refused", document="ab" * 32).status_code == 422
            with (
                bank.database.session() as session,
                pytest.raises(StateError, match="what remains is to pay"),
            ):
                after.want_answer(
                    session,
                    bytes.fromhex(guarantee),
                    Answer.REFUSED,
                    bytes(32),
                    now=bank.ahead + datetime.now(UTC),
                )
    assert reader.post(path, given="paid", document="ab" * 32).status_code == 303
    with bank.database.session() as session:
        assert progress(session, f"paid {guarantee} {until}") is not None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_there_in_both_languages(bank: Bank, language: str) -> None:
    reader = bank.reader()
    application = paid_up(bank, reader)
    reader.post("/issue", application=application)
    guarantee, _ = demanded(bank, due=timedelta(days=3))
    bank.apply(TWO)
    for path in (
        *("/", "/payments", "/issue", "/exposure", "/guarantees", f"/applications/{application}"),
        *(f"/applications/{TWO.hex()}", f"/guarantees/{guarantee}"),
    ):
        assert reader.get(path, language).status_code == 200, path
    assert reader.get("/nothing", language).status_code == 404


def _acts(bank: Bank) -> list[DeskAct]:
    with bank.database.session() as session:
        return list(acts.newest(session, 50))

"""Login by a CA's certificate: a challenge signed once, a chain and a list that hold."""

from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from app.login.certificates import BIND_DOMAIN, LIFE, LOGIN_DOMAIN
from crypto.encoding import encode
from parties.roles import Role
from tests.certificate_authority import MIDDLE, PARTY, ROOT, SIGNING, Issued, issue_party
from tests.integration.app.world import URL, Browser, World


def crl(issuer: Issued, *revoked: Issued, age: timedelta = timedelta(0)) -> bytes:
    now = datetime.now(UTC) - age
    builder = x509.CertificateRevocationListBuilder(
        issuer.certificate.subject, now - timedelta(hours=1), now + timedelta(hours=1)
    )
    for one in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder(one.certificate.serial_number, now - timedelta(minutes=30)).build()
        )
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


@pytest.fixture
def authorities(world: World, tmp_path: Path) -> Path:
    folder = tmp_path / "authorities"
    (folder / "roots").mkdir(parents=True)
    (folder / "crls").mkdir()
    (folder / "roots" / "root.pem").write_bytes(ROOT.certificate.public_bytes(Encoding.PEM))
    (folder / "crls" / "middle.crl").write_bytes(crl(MIDDLE))
    return folder


def signed(browser: Browser, who: Issued, domain: str, address: str = URL, **changes: Any) -> dict[str, Any]:
    given = browser.post("/api/login/certificate/challenge", {}).get_json()
    message = encode(domain, address, b64decode(given["challenge"]))
    signature = who.key.sign(message, ec.ECDSA(hashes.SHA256()))
    return {
        "challenge": given["challenge"],
        "certificate": b64encode(who.der).decode(),
        "intermediates": [b64encode(MIDDLE.der).decode()],
        "signature": b64encode(signature).decode(),
        **changes,
    }


@pytest.fixture
def holder(world: World, authorities: Path) -> str:
    """The id of a person whose account PARTY's key is bound to."""
    person, browser = world.person(), world.browser()
    browser.log_in(person)
    bound = browser.post("/api/login/certificates", signed(browser, PARTY, BIND_DOMAIN))
    assert bound.status_code == 200, bound.get_json()
    return str(person.id)


def log_in(world: World, who: Issued = PARTY, **changes: Any) -> tuple[int, Browser]:
    browser = world.browser()
    answer = browser.post("/api/login/certificate", signed(browser, who, LOGIN_DOMAIN, **changes))
    browser.csrf = ""
    return answer.status_code, browser


def test_bound_certificate_logs_in_and_counts_as_one_factor(world: World, holder: str) -> None:
    status, browser = log_in(world)
    assert status == 200
    present = browser.present()
    assert (present["person"], present["second_factor"]) == (holder, False)


def test_renewed_certificate_of_the_same_key_logs_in(world: World, holder: str) -> None:
    renewed = issue_party(MIDDLE, SIGNING, key=PARTY.key)
    assert renewed.der != PARTY.der
    assert log_in(world, renewed)[0] == 200


def test_staff_is_asked_for_a_second_factor_after_the_certificate(world: World, authorities: Path) -> None:
    person, browser = world.acting_as(Role.CENTER)
    browser.post("/api/login/certificates", signed(browser, PARTY, BIND_DOMAIN))
    other = world.browser()
    step = other.post("/api/login/certificate", signed(other, PARTY, LOGIN_DOMAIN))
    assert (step.get_json()["tf_required"], step.get_json()["tf_state"]) == (True, "ready")
    assert other.present()["person"] is None
    assert other.post("/api/login/code", {"code": person.code()}).status_code == 200


def test_certificate_that_is_bound_to_nobody_is_refused(world: World, authorities: Path) -> None:
    assert log_in(world)[0] == 401


def test_challenge_serves_once_and_for_minutes(world: World, holder: str) -> None:
    first, second = world.browser(), world.browser()
    given = signed(first, PARTY, LOGIN_DOMAIN)
    assert first.post("/api/login/certificate", given).status_code == 200
    assert second.post("/api/login/certificate", given).status_code == 401
    late = signed(second, PARTY, LOGIN_DOMAIN)
    world.clock.ahead = LIFE
    assert second.post("/api/login/certificate", late).status_code == 401


def test_challenge_is_used_up_by_a_failure_too(world: World, holder: str) -> None:
    browser = world.browser()
    given = signed(browser, PARTY, LOGIN_DOMAIN)
    wrong = {**given, "signature": b64encode(b"no").decode()}
    assert browser.post("/api/login/certificate", wrong).status_code == 401
    assert browser.post("/api/login/certificate", given).status_code == 401


def test_signature_for_another_site_or_purpose_is_refused(world: World, holder: str) -> None:
    browser = world.browser()
    for domain, address in ((LOGIN_DOMAIN, "https://evil.example"), (BIND_DOMAIN, URL)):
        given = signed(browser, PARTY, domain, address)
        assert browser.post("/api/login/certificate", given).status_code == 401


def test_revoked_certificate_is_refused_from_the_moment_the_list_says_so(
    world: World, holder: str, authorities: Path
) -> None:
    (authorities / "crls" / "middle.crl").write_bytes(crl(MIDDLE, PARTY))
    assert log_in(world)[0] == 401


@pytest.mark.parametrize("list_", [None, timedelta(hours=3)])
def test_without_a_current_list_nobody_gets_in(
    world: World, holder: str, authorities: Path, list_: timedelta | None
) -> None:
    (authorities / "crls" / "middle.crl").unlink()
    if list_ is not None:
        (authorities / "crls" / "middle.crl").write_bytes(crl(MIDDLE, age=list_))
    assert log_in(world)[0] == 401


def test_certificate_of_a_ca_that_is_not_configured_is_refused(
    world: World, holder: str, authorities: Path
) -> None:
    (authorities / "roots" / "root.pem").unlink()
    assert log_in(world)[0] == 401


def test_key_is_bound_to_one_account_only(world: World, holder: str) -> None:
    _, browser = world.acting_as(Role.BIDDER)
    answer = browser.post("/api/login/certificates", signed(browser, PARTY, BIND_DOMAIN))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "taken")

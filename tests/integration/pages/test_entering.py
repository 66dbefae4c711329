"""Logging in by pages: the same steps and the same refusals as the API's, with forms that keep what was entered."""

import pyotp

from parties.roles import Role
from tests.integration.app.world import PASSWORD, World
from tests.integration.pages.reader import HTML, Reader, acting_as


def test_password_logs_in_and_leads_back_to_where_one_was_going(world: World, reader: Reader) -> None:
    person = world.person()
    reader.get("/account")
    assert reader.path == "/login"
    reader.send("email", email=person.email, password=PASSWORD)
    assert reader.path == "/account"
    assert person.email in reader.text


def test_wrong_password_and_unknown_name_are_refused_alike_and_the_name_is_kept(
    world: World, reader: Reader
) -> None:
    person, texts = world.person(), []
    for email in (person.email, "nobody@example.com"):
        reader.get("/login")
        answer = reader.send("email", email=email, password="wrong wrong wrong")
        assert answer.status_code == 401
        assert f'value="{email}"' in reader.text
        assert "wrong wrong wrong" not in reader.text
        texts.append(reader.text.partition('role="alert"')[2].partition("</div>")[0])
    assert texts[0] == texts[1] != ""


def test_next_leads_nowhere_but_here(world: World) -> None:
    for place in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        reader = Reader(world)
        reader.get("/login", query_string={"next": place})
        assert 'name="next" value="/desk"' in reader.text


def test_second_factor_is_asked_for_and_a_code_serves_once(world: World, reader: Reader) -> None:
    person = world.person(authenticator=True)
    world.organisation(person, [Role.CENTER])
    reader.get("/login")
    reader.send("email", email=person.email, password=PASSWORD)
    assert reader.path == "/login/second"
    assert reader.send("which", code="000000").status_code == 401
    code = person.code()
    reader.send("which", code=code)
    assert reader.path == "/desk"
    other = Reader(world)
    other.get("/login")
    other.send("email", email=person.email, password=PASSWORD)
    assert other.send("which", code=code).status_code == 401


def test_role_that_demands_a_second_factor_has_it_set_up_in_the_login(world: World, reader: Reader) -> None:
    person = world.person()
    world.organisation(person, [Role.SUPERVISOR])
    reader.get("/login")
    reader.send("email", email=person.email, password=PASSWORD)
    assert reader.path == "/login/set-up"
    reader.send("next")
    assert "<svg" in reader.text
    secret = reader.text.partition("Secret:")[2].partition("<code>")[2].partition("</code>")[0]
    assert reader.send("code", code="000000").status_code == 401
    assert secret in reader.text
    reader.send("code", code=pyotp.TOTP(secret.replace("-", "").replace(" ", "")).now())
    assert reader.path == "/account/recovery-codes"
    reader.send("next")
    assert reader.text.count("<li><code>") == 10
    assert reader.get("/organisations").status_code == 200


def test_recovery_code_stands_in_for_the_authenticator_once(world: World) -> None:
    reader = acting_as(world, Role.CENTER)
    reader.get("/account/recovery-codes")
    reader.send("next")
    code = reader.text.partition("<li><code>")[2].partition("<")[0]
    reader.get("/account")
    email = reader.text.partition("person")[2].partition("<")[0]
    for status, path in ((200, "/desk"), (401, "/login/recovery")):
        other = Reader(world)
        other.get("/login")
        other.send("email", email=f"person{email}", password=PASSWORD)
        answer = other.send(at="/login/recovery", code=code)
        assert (answer.status_code, other.path) == (status, path)


def test_logging_out_ends_the_session_on_the_server(world: World) -> None:
    reader = acting_as(world, Role.BIDDER)
    copy = reader.client.get_cookie("__Host-sunseal", domain="tenders.example")
    reader.get("/desk")
    assert copy is not None
    reader.send(at="/logout")
    assert reader.path == "/logged-out"
    reader.client.set_cookie("__Host-sunseal", copy.value, domain="tenders.example", secure=True)
    reader.get("/desk")
    assert reader.path == "/login"


def test_account_is_opened_and_says_the_same_for_an_address_that_is_taken(
    world: World, reader: Reader
) -> None:
    taken, texts = world.person().email, []
    for email in ("new@example.com", taken):
        reader.get("/register")
        reader.send("email", email=email, name="张三", password=PASSWORD)
        texts.append((reader.path, reader.text.partition("<main")[2].partition("</main>")[0]))
    assert texts[0] == texts[1]
    reader.get("/register")
    assert reader.send("email", email="x@example.com", name="张三", password="short").status_code == 422
    assert "At least 12 characters" in reader.text
    assert 'value="张三"' in reader.text


def test_form_whose_session_ended_is_not_lost(world: World) -> None:
    reader = acting_as(world, Role.TENDEREE)
    reader.get("/desk/tenders/new")
    reader.client.delete_cookie("__Host-sunseal", domain="tenders.example")
    answer = reader.send("title", title="海口市路灯")
    assert answer.status_code == 400
    assert "What you entered is not lost" in reader.text
    assert 'name="title" value="海口市路灯"' in reader.text


def test_form_of_another_site_is_never_carried_on(world: World) -> None:
    reader = acting_as(world, Role.TENDEREE)
    foreign = {**HTML, "Sec-Fetch-Site": "cross-site"}
    answer = reader.client.post(
        "/desk/tenders/new", base_url="https://tenders.example", headers=foreign, data={"title": "evil"}
    )
    assert answer.status_code == 400
    assert "evil" not in answer.text


def test_organisation_is_registered_refused_with_a_sentence_and_verified_by_the_center(world: World) -> None:
    reader = Reader(world).log_in(world.person())
    reader.get("/organisations/new")
    reader.send("credit_code", credit_code="123", name="甲公司", roles=["bidder"])
    assert "This is no unified social credit code" in reader.text
    assert 'value="甲公司"' in reader.text
    reader.send("credit_code", credit_code="91110000600037341L", name="甲公司", roles=["bidder"])
    assert "waits to be verified" in reader.text
    center = acting_as(world, Role.CENTER)
    center.get("/desk")
    assert "registered as: Bidder" in center.text
    center.get("/organisations")
    center.send("role")
    reader.get("/desk")
    assert "甲公司 · Bidder" in reader.text


def test_pages_carry_the_strict_policy_and_no_inline_code(world: World) -> None:
    reader = acting_as(world, Role.CENTER)
    for path in ("/", "/notices", "/ledger/", "/desk", "/account", "/nothing", "/login"):
        answer = reader.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert " style=" not in answer.text
        assert "<style" not in answer.text
    assert reader.get("/desk").headers["Cache-Control"] == "no-store"


def test_programs_get_problem_json_and_people_a_page_in_their_language(world: World) -> None:
    client = world.app.test_client()
    address = "https://tenders.example"
    assert client.get("/nothing", base_url=address).content_type == "application/problem+json"
    assert (
        client.get("/api/nothing", base_url=address, headers=HTML).content_type == "application/problem+json"
    )
    page = client.get("/nothing", base_url=address, headers=HTML)
    assert (page.status_code, page.content_type) == (404, "text/html; charset=utf-8")
    assert "没有找到" in page.text
    assert "怎么办" in page.text

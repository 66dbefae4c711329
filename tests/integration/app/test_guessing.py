"""What guessing meets: the same answer for all, and longer and longer waits."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.login import lockout
from app.login.lockout import FREE_ATTEMPTS, LONGEST_LOCK, lock_time
from app.models import Account, LoginAttempts
from tests.integration.app.world import PASSWORD, World


def attempt(
    world: World, email: str, password: str = "not the password"
) -> tuple[int, dict[str, object], set[str]]:
    """Status, body but for the request's number, and names of headers."""
    answer = world.browser().post("/api/login/password", {"email": email, "password": password})
    body = {key: value for key, value in answer.get_json().items() if key not in {"request", "csrf_token"}}
    return answer.status_code, body, set(answer.headers.keys())


def test_locks_grow_from_nothing_to_an_hour() -> None:
    times = [lock_time(failures) for failures in range(30)]
    assert times[:FREE_ATTEMPTS] == [timedelta(0)] * FREE_ATTEMPTS
    assert times[FREE_ATTEMPTS : FREE_ATTEMPTS + 3] == [timedelta(seconds=one) for one in (30, 60, 120)]
    assert times == sorted(times)
    assert times[-1] == LONGEST_LOCK


def test_right_password_is_refused_while_locked_and_taken_afterwards(world: World) -> None:
    person = world.person()
    for _ in range(FREE_ATTEMPTS):
        attempt(world, person.email)
    assert attempt(world, person.email, PASSWORD)[0] == 401
    world.clock.ahead = timedelta(seconds=31)
    assert attempt(world, person.email, PASSWORD)[0] == 200


def test_attempts_while_locked_do_not_lengthen_the_lock(world: World) -> None:
    person = world.person()
    for _ in range(FREE_ATTEMPTS + 20):
        attempt(world, person.email)
    world.clock.ahead = timedelta(seconds=31)
    assert attempt(world, person.email, PASSWORD)[0] == 200


def test_success_forgives_and_each_new_failure_after_a_lock_doubles_it(world: World) -> None:
    person = world.person()
    for _ in range(FREE_ATTEMPTS):
        attempt(world, person.email)
    world.clock.ahead = timedelta(seconds=31)
    attempt(world, person.email)
    world.clock.ahead = timedelta(seconds=31 + 45)
    assert attempt(world, person.email, PASSWORD)[0] == 401
    world.clock.ahead = timedelta(seconds=31 + 61)
    assert attempt(world, person.email, PASSWORD)[0] == 200
    for _ in range(FREE_ATTEMPTS - 1):
        attempt(world, person.email)
    assert attempt(world, person.email, PASSWORD)[0] == 200


@pytest.mark.parametrize("spelling", [str.upper, str.title, lambda text: f" {text} "])
def test_another_spelling_of_the_address_is_no_way_round(world: World, spelling: object) -> None:
    person = world.person()
    assert callable(spelling)
    for _ in range(FREE_ATTEMPTS):
        attempt(world, spelling(person.email))
    assert attempt(world, person.email, PASSWORD)[0] == 401


def test_wrong_codes_lock_as_wrong_passwords_do(world: World) -> None:
    person, browser = world.person(authenticator=True), world.browser()
    browser.post("/api/login/password", {"email": person.email, "password": PASSWORD})
    for _ in range(FREE_ATTEMPTS):
        assert browser.post("/api/login/code", {"code": "000000"}).status_code == 401
    answer = browser.post("/api/login/code", {"code": person.code()})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "code-refused")
    recovery = browser.post("/api/login/recovery-code", {"code": "0123-4567-89ab"})
    assert recovery.get_json()["code"] == "code-refused"


def test_nobody_unconfirmed_suspended_locked_and_wrong_are_answered_alike(world: World) -> None:
    people = [world.person() for _ in range(3)]
    without = world.person(password=None)
    with world.database.session() as session:
        session.get_one(Account, people[1].id).active = False
        session.commit()
    for _ in range(FREE_ATTEMPTS):
        attempt(world, people[2].email)
    answers = [
        attempt(world, people[0].email),
        attempt(world, people[1].email, PASSWORD),
        attempt(world, people[2].email, PASSWORD),
        attempt(world, without.email),
        attempt(world, "nobody@example.com"),
    ]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 401


def test_name_that_nobody_has_is_counted_like_one_that_somebody_has(world: World) -> None:
    person = world.person()
    for email in (person.email, "nobody@example.com"):
        attempt(world, email)
    with world.database.session() as session:
        rows = session.query(LoginAttempts).all()
    assert [row.failures for row in rows] == [1, 1]


def test_opening_an_account_twice_is_answered_alike(world: World) -> None:
    given = {"email": "new@example.com", "name": "张三", "password": PASSWORD}
    first, second = (world.browser().post("/api/accounts", given) for _ in range(2))
    assert (first.status_code, first.get_json()) == (second.status_code, second.get_json())
    assert first.status_code == 202


def test_mail_for_a_new_password_is_refused_where_none_is_sent(world: World) -> None:
    person = world.person()
    for email in (person.email, "nobody@example.com"):
        answer = world.browser().post("/api/login/password/forgotten", {"email": email})
        assert (answer.status_code, answer.get_json()["code"]) == (409, "no-mail")


def test_many_attempts_at_once_count_one_by_one(world: World) -> None:
    name = lockout.name_hash("x@example.com", b"k" * 32)

    def one(_: int) -> bool:
        with world.database.session() as session:
            allowed = lockout.charge(session, name, now=world.clock())
            session.commit()
            return allowed

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(40))) == FREE_ATTEMPTS

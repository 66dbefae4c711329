"""What goes by mail where a server is configured: a link that confirms, and one to a new password."""

from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from app.login import mail
from app.settings import MailServer
from storage.database import Database
from tests.integration.app.world import PASSWORD, Clock, Person, World, make_app

SERVER = MailServer("mail.example", 25, False, None, None, "platform@tenders.example")


class InTheThread:
    """threading.Thread, but at once."""

    def __init__(self, target: Callable[..., None], args: tuple[object, ...], **_: object) -> None:
        self._target, self._args = target, args

    def start(self) -> None:
        self._target(*self._args)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[EmailMessage]:
    messages: list[EmailMessage] = []
    monkeypatch.setattr(mail, "Thread", InTheThread)
    monkeypatch.setattr(mail, "_send", lambda _, message: messages.append(message))
    return messages


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    clock = Clock()
    return World(make_app(database, tmp_path, clock, mail=SERVER), database, clock)


def token_in(message: EmailMessage) -> str:
    text: str = message.get_content()
    link = next(line for line in text.splitlines() if line.startswith("https://"))
    address, _, token = link.partition("#")
    assert address.startswith("https://tenders.example/login/")
    return token


def test_account_logs_in_only_after_its_address_is_confirmed(world: World, sent: list[EmailMessage]) -> None:
    given = {"email": "new@example.com", "name": "张三", "password": PASSWORD}
    assert world.browser().post("/api/accounts", given).status_code == 202
    person = Person(None, "new@example.com")  # type: ignore[arg-type] # its id is not needed
    assert world.browser().log_in(person).status_code == 401
    (message,) = sent
    assert message["To"] == "new@example.com"
    assert world.browser().post("/api/login/confirm", {"token": token_in(message)}).status_code == 200
    assert world.browser().log_in(person).status_code == 200


def test_address_that_is_taken_is_answered_alike_and_gets_no_mail(
    world: World, sent: list[EmailMessage]
) -> None:
    person = world.person()
    given = {"name": "张三", "password": PASSWORD}
    taken, free = (
        world.browser().post("/api/accounts", {**given, "email": email})
        for email in (person.email, "free@example.com")
    )
    assert (taken.status_code, taken.get_json()) == (free.status_code, free.get_json())
    assert [message["To"] for message in sent] == ["free@example.com"]


def test_way_to_a_new_password_goes_to_the_address_alone_and_serves_once(
    world: World, sent: list[EmailMessage]
) -> None:
    person = world.person()
    answers = [
        world.browser().post("/api/login/password/forgotten", {"email": email})
        for email in (person.email, "nobody@example.com")
    ]
    assert len({(answer.status_code, answer.get_data()) for answer in answers}) == 1
    assert answers[0].status_code == 200
    (message,) = sent
    token = token_in(message)
    new = "a wholly different sentence"
    for status in (200, 422):
        given = {"token": token, "password": new}
        assert world.browser().post("/api/login/password/reset", given).status_code == status
    assert world.browser().log_in(person, new).status_code == 200


def test_new_password_does_not_replace_the_second_factor(world: World, sent: list[EmailMessage]) -> None:
    person = world.person(authenticator=True)
    world.browser().post("/api/login/password/forgotten", {"email": person.email})
    new = "a wholly different sentence"
    world.browser().post("/api/login/password/reset", {"token": token_in(sent[0]), "password": new})
    browser = world.browser()
    step = browser.post("/api/login/password", {"email": person.email, "password": new})
    assert step.get_json()["tf_required"] is True
    assert browser.present()["person"] is None

"""Experts are told by mail through a real server, at least once, and a mail betrays neither lot nor anybody else."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.expert_mail import ExpertMail, Reach, Spool, UnreachableError, is_address, message
from app.mail import Post
from oversight.expert_draw import Answer
from oversight.pool_tables import ExpertRow
from oversight.ports import Notice
from tests.integration.complaints.post_office import SENDER, PostOffice, post_office
from tests.integration.oversight.office import Office
from tests.integration.oversight.test_draws import number_of
from tests.log import NOW

URL = "https://tenders.example.org"
NOTICE = Notice("li@example.com", "李工", NOW + timedelta(minutes=10), "ABCDEFGHJKLMNPQR")


@pytest.fixture
def mail() -> Iterator[PostOffice]:
    with post_office() as made:
        yield made


def mailing(office: Office, mail: PostOffice, spool: Path | None = None) -> None:
    """From now on the office's experts have addresses and are told by this server."""
    with office.world.database.session() as session:
        for row in session.query(ExpertRow):
            row.contact = f"{row.number}@example.com".lower()
        session.commit()
    way = ExpertMail(Post(mail.server), SENDER, URL, lambda: office.now)
    reach = Reach(way, None if spool is None else Spool(spool))
    office.setting = replace(office.setting, tell=reach)


def code_of(mail: PostOffice, at: int) -> str:
    found = re.search(r"Code:  ([A-Z2-7-]+)", mail.mails[at].get_content())
    assert found
    return found[1]


def test_those_who_are_called_get_a_code_each_and_learn_neither_lot_nor_names(
    office: Office, mail: PostOffice
) -> None:
    mailing(office, mail)
    draw = office.started()
    assert len(mail.mails) == len({one["To"] for one in mail.mails}) == 5
    names = {f"expert {int(str(one['To'])[2:6])}" for one in mail.mails}
    for one in mail.mails:
        text = one.as_string() + one.get_content()
        assert "lot-1" not in text
        assert draw.hex() not in text
        assert len(names & set(re.findall(r"expert \d+", one.get_content()))) == 1
    office.answer_by_code(code_of(mail, 0), Answer.ACCEPTED)
    assert [call.answer for call in office.calls(draw)].count("accepted") == 1


def test_whoever_is_killed_between_the_server_and_the_commit_tells_again_and_the_last_code_counts(
    office: Office, mail: PostOffice
) -> None:
    mailing(office, mail)
    smtp = office.setting.tell

    class Killed:
        """The process ends when the server has the mail."""

        def tell(self, notice: Notice) -> None:
            smtp.tell(notice)
            raise KeyboardInterrupt

    office.setting = replace(office.setting, tell=Killed())
    draw = office.ask()
    office.give_seed(draw)
    with pytest.raises(KeyboardInterrupt):
        office.tick()
    office.setting = replace(office.setting, tell=smtp)
    office.tick()
    assert len(mail.mails) == 6
    twice = [at for at, one in enumerate(mail.mails) if one["To"] == mail.mails[0]["To"]]
    assert len({mail.mails[at]["Message-ID"] for at in twice}) == 2
    office.answer_by_code(code_of(mail, twice[-1]), Answer.ACCEPTED)


def test_one_who_cannot_be_reached_keeps_nobody_waiting_and_is_told_later(
    office: Office, mail: PostOffice, tmp_path: Path
) -> None:
    mailing(office, mail)
    draw = office.ask()
    office.give_seed(draw)
    mail.refuses = {f"e-{i:04}@example.com": "451 try again" for i in range(office.size)}
    with pytest.raises(OSError, match="451"):
        office.tick()
    assert not mail.mails
    first = f"{number_of(office, draw, 0)}@example.com".lower()
    mail.refuses = {first: "451 try again"}
    with pytest.raises(OSError, match="451"):
        office.tick()
    assert len(mail.mails) == 4
    mail.refuses = {first: "550 no such person"}
    mailing(office, mail, tmp_path / "spool")
    assert office.tick()
    spooled = [json.loads(one.read_text()) for one in (tmp_path / "spool").glob("*.json")]
    assert [one["contact"] for one in spooled] == [first]
    assert all(one.keys() == {"code", "contact", "name", "until"} for one in spooled)


def test_a_telephone_number_is_no_address_and_needs_a_folder(mail: PostOffice, tmp_path: Path) -> None:
    assert is_address("li.gong@example.com")
    for contact in ("0898-1234567", "li@example.com, wang@example.com", "<li@example.com>", "li@localhost"):
        assert not is_address(contact)
    called = replace(NOTICE, contact="0898-1234567")
    way = ExpertMail(Post(mail.server), SENDER, URL, lambda: NOW)
    with pytest.raises(UnreachableError, match="folder"):
        Reach(way, None).tell(called)
    Reach(way, Spool(tmp_path)).tell(called)
    (file,) = tmp_path.glob("*.json")
    assert file.stat().st_mode & 0o777 == 0o600
    assert not mail.mails


def test_a_mail_says_until_when_in_both_languages() -> None:
    made = message(
        replace(NOTICE, due_at=datetime.fromisoformat("2026-03-04T09:30:00+08:00")), SENDER, URL, now=NOW
    )
    text = made.get_content()
    assert "请在2026年3月4日9:30之前" in text or "请在2026年3月4日09:30之前" in text
    assert "before 09:30 on 4 March 2026" in text
    assert "ABCD-EFGH-JKLM-NPQR" in text

"""Mail that is kept as files (SUNSEAL_MAIL=file:///folder), as on one machine."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from app.mail import Post
from app.place import ConfigurationError
from app.settings import MailFolder, mail_of


def test_each_mail_is_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "e post" / "cases"
    server = mail_of({"SUNSEAL_MAIL": folder.as_uri(), "SUNSEAL_MAIL_FROM": "a@b.invalid"})
    assert server == MailFolder(folder, "a@b.invalid")
    message = EmailMessage()
    message["To"], message["Subject"] = "c@d.invalid", "已逾期 / is overdue"
    message.set_content("投诉 / complaint\n")
    for _ in range(2):
        Post(server).send(message)
    files = list(folder.iterdir())
    assert [file.suffix for file in files] == [".eml"] * 2
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    kept = message_from_bytes(files[0].read_bytes(), policy=policy.default)
    assert kept["Subject"] == message["Subject"]
    assert kept.get_content().splitlines() == ["投诉 / complaint"]


@pytest.mark.parametrize("url", ["file:relative", "file://host/folder", "ftp://mail.example", "smtp://"])
def test_what_is_no_place_for_mail_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="SUNSEAL_MAIL"):
        mail_of({"SUNSEAL_MAIL": url, "SUNSEAL_MAIL_FROM": "a@b.invalid"})

"""storage/server_account.py and server_socket.py: who may, decided without starting anything."""

import errno
import os
import pwd
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import server_account
from storage.errors import PrivateServerError
from storage.server_account import Account, choose_account, grant_passage
from storage.server_socket import LONGEST_PATH, make_private_folder, socket_folder

NOBODY = Account(pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid, "nobody")
DAEMON = Account(pwd.getpwnam("daemon").pw_uid, pwd.getpwnam("daemon").pw_gid, "daemon")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give folders away")


def be(monkeypatch: pytest.MonkeyPatch, uid: int) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: uid)


def accounts(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    def getpwnam(name: str) -> pwd.struct_passwd:
        if name not in names:
            raise KeyError(name)
        return pwd.struct_passwd((name, "x", 1000 + names.index(name), 2000, "", "/", "/bin/false"))

    monkeypatch.setattr(pwd, "getpwnam", getpwnam)


def test_an_ordinary_user_runs_it_as_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    be(monkeypatch, tmp_path.stat().st_uid or 4321)
    assert choose_account(tmp_path / "absent") is None


@pytest.mark.parametrize(("there", "chosen"), [(("nobody", "postgres"), "postgres"), (("nobody",), "nobody")])
def test_root_runs_it_as_postgres_or_else_as_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: tuple[str, ...], chosen: str
) -> None:
    be(monkeypatch, 0)
    accounts(monkeypatch, *there)
    account = choose_account(tmp_path / "absent")
    assert account is not None
    assert account.name == chosen


def test_a_machine_with_neither_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    be(monkeypatch, 0)
    accounts(monkeypatch)
    with pytest.raises(PrivateServerError, match="neither the account postgres nor nobody"):
        choose_account(tmp_path / "absent")


@needs_root
def test_data_that_are_there_decide_the_account(tmp_path: Path) -> None:
    os.chown(tmp_path, NOBODY.uid, NOBODY.gid)
    assert choose_account(tmp_path) == NOBODY
    os.chown(tmp_path, 54321, 54321)
    with pytest.raises(PrivateServerError, match="54321, which this machine does not know"):
        choose_account(tmp_path)


@needs_root
def test_roots_own_data_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PrivateServerError, match="refuses to run as root"):
        choose_account(tmp_path)


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that everybody can come to, as `tmp_path` is not."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def list_of(folder: Path) -> dict[tuple[int, int], int]:
    return {(tag, identity): permissions for tag, permissions, identity in server_account._entries(folder)}


OWNER, GROUP, MASK, OTHERS = ((tag, 0xFFFFFFFF) for tag in (0x01, 0x04, 0x10, 0x20))


@needs_root
def test_only_what_is_closed_is_opened_and_only_for_the_account(reachable: Path) -> None:
    closed, opened = reachable / "closed", reachable / "closed" / "opened"
    closed.mkdir(mode=0o740)
    opened.mkdir(mode=0o755)
    grant_passage(NOBODY, [opened])
    assert list_of(reachable) == list_of(opened) == {}
    assert list_of(closed) == {OWNER: 7, (0x02, NOBODY.uid): 1, GROUP: 4, MASK: 5, OTHERS: 0}
    before = closed.stat().st_ctime_ns
    grant_passage(NOBODY, [opened])
    assert closed.stat().st_ctime_ns == before


@needs_root
def test_a_second_account_is_let_through_beside_the_first(reachable: Path) -> None:
    reachable.chmod(0o700)
    grant_passage(NOBODY, [reachable])
    grant_passage(DAEMON, [reachable])
    passages = {(0x02, NOBODY.uid): 1, (0x02, DAEMON.uid): 1}
    assert list_of(reachable) == {OWNER: 7, **passages, GROUP: 0, MASK: 1, OTHERS: 0}


@needs_root
def test_a_mask_is_widened_for_the_account_alone(reachable: Path) -> None:
    reachable.chmod(0o750)
    grant_passage(NOBODY, [reachable])
    reachable.chmod(0o700)  # of a folder with a list, the group's bits are its mask
    grant_passage(DAEMON, [reachable])
    assert list_of(reachable) == {
        OWNER: 7, (0x02, NOBODY.uid): 0, (0x02, DAEMON.uid): 1, GROUP: 0, MASK: 1, OTHERS: 0
    }  # fmt: skip
    grant_passage(NOBODY, [reachable])
    assert server_account._passable(reachable, NOBODY)
    assert server_account._passable(reachable, DAEMON)


@needs_root
def test_a_file_system_without_lists_says_what_to_run(
    reachable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    reachable.chmod(0o700)
    monkeypatch.setattr(os, "setxattr", refuse)
    with pytest.raises(PrivateServerError, match=rf"cannot pass through .*chmod o\+x {reachable}"):
        grant_passage(NOBODY, [reachable])


@needs_root
@pytest.mark.parametrize(
    ("owner", "group", "mode", "passable"),
    [
        (0, 0, 0o701, True),
        (0, 0, 0o770, False),
        (NOBODY.uid, 0, 0o100, True),
        (NOBODY.uid, 0, 0o077, False),
        (0, NOBODY.gid, 0o010, True),
        (0, NOBODY.gid, 0o701, False),
    ],
)
def test_who_can_pass_is_read_as_the_kernel_reads_it(
    tmp_path: Path, owner: int, group: int, mode: int, passable: bool
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    os.chown(folder, owner, group)
    folder.chmod(mode)
    assert server_account._passable(folder, NOBODY) == passable


def test_the_socket_lies_beside_the_data_unless_its_path_cannot_be_told() -> None:
    assert socket_folder(Path("/srv/postgres")) == Path("/srv/postgres/run")
    room = LONGEST_PATH - len("/run/.s.PGSQL.5432")
    assert socket_folder(Path("/" + "x" * (room - 1))).name == "run"
    assert socket_folder(Path("/" + "x" * room)).parent == Path("/tmp")
    assert socket_folder(Path("/" + "阳" * (room // 2))).parent == Path("/tmp")
    assert socket_folder(Path("/a,b")).parent == Path("/tmp")
    assert socket_folder(Path("/a,b")) == socket_folder(Path("/a,b")) != socket_folder(Path("/a,c"))


def test_a_private_folder_is_made_closed_and_found_again(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "run", None)
    make_private_folder(tmp_path / "run", None)
    assert stat.S_IMODE((tmp_path / "run").stat().st_mode) == 0o700


@pytest.mark.parametrize("what", ["open to the group", "a link", "a file"])
def test_a_folder_that_somebody_laid_out_for_us_is_refused(tmp_path: Path, what: str) -> None:
    path, other = tmp_path / "run", tmp_path / "other"
    other.mkdir(mode=0o700)
    if what == "a link":
        path.symlink_to(other)
    elif what == "a file":
        path.touch(mode=0o600)
    else:
        path.mkdir()
        path.chmod(0o710)
    with pytest.raises(PrivateServerError, match="mode 0700"):
        make_private_folder(path, None)


@needs_root
def test_anothers_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir(mode=0o700)
    with pytest.raises(PrivateServerError, match="account alone"):
        make_private_folder(tmp_path / "run", NOBODY)

"""Five experts of 300 and a fifth of a quarter's draws, on real processes: read it from the top.

Keyholders, platform, worker and mail server are processes of their own; staff type commands, experts answer over HTTP.
One expert declines, and one has a conflict after it sat and judged. The worker is killed while it sends mails.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import pytest

from bidding.tenders import opinions
from bidding.tenders.errors import CommitteeError
from oversight.quarters import Quarter
from tests import draw_page
from tests.database import Postgres
from tests.e2e.keyholders.deployment import eventually, now
from tests.e2e.oversight.drawing_platform import LOT, DrawingPlatform
from tests.integration.complaints.post_office import post_office

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

FILES = ("population", "terms", "names")
WISH = {
    "lot": LOT,
    "needs": [{"specialty": "A08", "region": "", "count": 5, "reserve": 3}],
    "avoided": [{"reason": "employer", "employer": "第3设计院"}],
    "window": 600,
}


@pytest.fixture(scope="module")
def at(
    postgres: Postgres, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DrawingPlatform]:
    folder: Path = tmp_path_factory.mktemp("drawing")
    with post_office() as mail:
        made = DrawingPlatform(folder, postgres.create(migrated_template), mail=mail)
        try:
            made.start()
            made.fill_pool()
            made.open_lot()
            eventually(made.has_free_key, "there is a key for draws", 120)
            yield made
        finally:
            made.stop()


def state(at: DrawingPlatform, draw: str) -> str:
    return str(at.shown(f"/api/oversight/v1/draws/{draw}")["state"])


def given(at: DrawingPlatform, expert: int, answer: str) -> None:
    done = at.post("/answers", {"code": at.codes()[expert], "answer": answer})
    assert done.status_code == 200, done.text


def redo(at: DrawingPlatform, kind: str, name: str, folder: Path, *more: str, fails: bool = False) -> str:
    """By the command; what the ledger says of it is written down beside the files."""
    files = [option for file in (*FILES, "record") for option in (f"--{file}", str(folder / file))]
    return at.run(kind, "redo", f"{at.url}/ledger", name, *at.trust, *files, *more, fails=fails)


def test_five_of_300_with_a_decline_and_a_conflict(at: DrawingPlatform) -> None:
    # 1. Staff ask; the request is in the ledger before any keyholder answers. The worker dies among the mails
    asked = at.run("experts", "draw", str(at.write("wish.json", json.dumps(WISH))), "--group", at.group)
    draw = re.findall(r"[0-9a-f]{64}", asked)[0]
    at.start_process("worker", "experts", "work")
    eventually(lambda: at.mail.mails, "the first expert is told", 120)
    at.processes["worker"].kill()
    at.start_process("worker-2", "experts", "work")
    eventually(lambda: len(at.codes()) == 5, "five experts are told")

    # 2. One declines, the next is called; five sit. No mail tells the lot, or anybody else
    first, *others = at.codes()
    given(at, first, "declined")
    eventually(lambda: len(at.codes()) == 6, "the next one is told")
    sixth = (set(at.codes()) - {first, *others}).pop()
    for expert in (*others, sixth):
        given(at, expert, "accepted")
    assert state(at, draw) == "formed"

    # 3. They judge; then one has a conflict: its opinion is void, its successor judges anew
    for expert in (*others, sixth):
        said = {"code": at.codes()[expert], "sha256": f"{expert:064x}"}
        assert at.post("/opinions", said).status_code == 204
    out = others[0]
    given(at, out, "conflicted")
    assert state(at, draw) == "calling"
    assert [number for number, is_void in at.opinions() if is_void] == [f"E-{out:04}"]
    assert at.post("/opinions", {"code": at.codes()[out], "sha256": "ab" * 32}).status_code == 409
    with at.database.session() as session, pytest.raises(CommitteeError, match="条48"):
        opinions.require_made_good(session, LOT)
    eventually(lambda: len(at.codes()) == 7, "the successor is told")
    successor = (set(at.codes()) - {first, *others, sixth}).pop()
    given(at, successor, "accepted")
    assert state(at, draw) == "formed"
    said = {"code": at.codes()[successor], "sha256": f"{successor:064x}"}
    assert at.post("/opinions", said).status_code == 204
    with at.database.session() as session:
        opinions.require_made_good(session, LOT)

    # 4. Until the award nothing names anybody
    for mail in at.mail.mails:
        text = mail.as_string() + mail.get_content()
        assert LOT not in text
        assert draw not in text
        assert len(set(re.findall(r"专家\d{3}", mail.get_content()))) == 1
    sealed = at.run("experts", "publish", draw, fails=True)
    assert "sealed until the award" in sealed
    seats = sorted([*others[1:], sixth, successor])
    everything = b"".join(leaf for leaf in leaves(at)).decode("utf-8", "replace") + at.run(
        "experts", "show", draw
    )
    assert not re.findall(r"E-\d{4}|专家\d{3}|expert-called", everything)

    # 5. After the award it is published, and redone: by the command, and by the scripts of docs/spec/draw.md
    at.award_lot()
    eventually(lambda: publishes(at, draw), "the draw is published")
    folder = at.folder / "draw"
    at.run("experts", "files", draw, str(folder))
    eventually(lambda: is_redone(at, "experts", draw, folder), "the publication is cosigned")
    said_by_all = redo(at, "experts", draw, folder)
    assert "the draw is right, with 7 calls, and complete:" in said_by_all
    assert sorted(int(number) for number in re.findall(r"number: E-(\d+)", said_by_all)) == seats
    calls, drawn = draw_page.redone(folder), json.loads((folder / "names").read_bytes())["drawn"]
    assert Counter(answer for _, _, answer in calls) == {"accepted": 5, "declined": 1, "conflicted": 1}
    assert draw_page.committed(folder) == sorted(position for _, position, _ in calls)
    numbers = {one["position"]: int(one["identity"]["number"].removeprefix("E-")) for one in drawn}
    assert sorted(numbers[position] for _, position, answer in calls if answer == "accepted") == seats
    assert len(json.loads((folder / "population").read_bytes())["members"]) == 299
    assert not {one["identity"]["employer"] for one in drawn} & {"第3设计院"}
    forged = folder / "names"
    forged.write_bytes(forged.read_bytes().replace("专家".encode(), "友人".encode()))
    assert "names is not the one that the ledger names" in redo(at, "experts", draw, folder, fails=True)


def test_a_fifth_of_a_quarters_draws(at: DrawingPlatform) -> None:
    this = Quarter.of(now())
    last = this.before
    at.write_down_draws(23, last)
    at.appoint_inspectors(4)
    if "worker-2" not in at.processes:
        at.start_process("worker-2", "experts", "work")
    questions = at.write("questions.txt", "有关人员是否回避？\n通话是否录音？\n\n")
    ask = ("--group", at.group, "--checklist", str(questions), "--inspectors", "2")
    assert "is not over" in at.run("samples", "draw", "draws", str(this), *ask, fails=True)
    asked = at.run("samples", "draw", "draws", str(last), *ask)
    assert f"draws of {last}: 23 objects committed" in asked
    sample = re.findall(r"the sample is ([0-9a-f]{64})", asked)[0]
    assert "no second one" in at.run("samples", "draw", "draws", str(last), *ask, "--rate", "1/2", fails=True)
    public = f"/api/samples/v1/{sample}"
    eventually(lambda: at.shown(public)["state"] == "drawn", "it is drawn", 120)
    before = at.run("samples", "show", sample)
    assert "drawn    5 of 23, asked for at least 1/5" in before

    # Each is checked; one has something to be put right
    items = re.findall(r"^item (\d+):", before, re.MULTILINE)
    form = json.loads(at.run("samples", "checklist", sample, items[0]))
    all_right = dict.fromkeys(form["answers"], True)
    right = {**form, "answers": all_right}
    wrong = {**form, "findings": "没有录音", "put_right_by": "2099-01-31"}
    wrong["answers"] = {**all_right, "通话是否录音？": False}
    for item, filled in zip(items, (wrong, right, right, right, right), strict=True):
        at.run("samples", "findings", sample, item, str(at.write("form.json", json.dumps(filled))))
    shown = at.run("samples", "show", sample)
    assert "checked  5 of 5: 21.7% of all are reached" in shown
    assert "open     1 to be put right" in shown
    at.run("samples", "follow-up", sample, items[0])
    assert "open" not in at.run("samples", "show", sample)
    assert Fraction(*at.shown(public)["rate_reached"]) >= Fraction(1, 5)

    # A stranger redoes it
    folder = at.folder / "sample"
    at.run("samples", "files", sample, str(folder))
    eventually(lambda: is_redone(at, "samples", sample, folder), "the publication is cosigned")
    assert "the sample is right, 5 of 23 objects (21.7%)" in redo(at, "samples", sample, folder)
    drawn = draw_page.redone(folder)
    assert [item for item, _ in drawn] == list(map(int, items))
    assert all(len(set(inspectors)) == 2 for _, inspectors in drawn)
    assert draw_page.committed(folder) == sorted(map(int, items))
    more = [option for name in ("inspectors", "results") for option in (f"--{name}", str(folder / name))]
    checked = redo(at, "samples", sample, folder, *more)
    assert "the results are those of the ledger, 5 of 5 objects are checked" in checked
    assert "没有录音" in checked
    results = folder / "results"
    results.write_text(results.read_text("utf-8").replace("没有录音", "一切正常"), "utf-8")
    assert "is not what the ledger has of it" in redo(at, "samples", sample, folder, *more, fails=True)
    assert "0 wrong" in at.run("verify", f"{at.url}/ledger", *at.trust)


def publishes(at: DrawingPlatform, draw: str) -> bool:
    """Refused while an event has no place in the ledger yet."""
    with suppress(AssertionError):
        at.run("experts", "publish", draw)
    return bool(at.shown(f"/api/oversight/v1/draws/{draw}")["published"])


def is_redone(at: DrawingPlatform, kind: str, name: str, folder: Path) -> bool:
    with suppress(AssertionError):
        return "is right" in redo(at, kind, name, folder)
    return False


def leaves(at: DrawingPlatform) -> list[bytes]:
    with at.database.session() as session:
        found = session.connection().exec_driver_sql("SELECT leaf FROM ledger_entry ORDER BY id")
        return [bytes(leaf) for (leaf,) in found]

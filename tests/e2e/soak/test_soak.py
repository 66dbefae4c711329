"""Submissions, openings, guarantees and reading on the whole stack, while a random process is killed every 20 seconds.

SUNSEAL_SOAK_SECONDS: how long tenders are begun; 600 is meant, and without it nothing is run. SUNSEAL_SOAK_SEED: of what is killed and read.
"""

import gc
import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from rich.console import Console

from app.demo.bank import Bank
from app.demo.cast import Cast, StoryError
from app.demo.chapters import arriving
from app.demo.chapters.bidding import publish_one
from app.demo.facts import BidFacts, LotFacts, TenderFacts
from app.stack.commands import run
from app.stack.place import GUARANTORS
from app.stack.running import Stack
from tests.e2e.soak.course import REFUSALS, Course, insist
from tests.e2e.soak.killer import Killer
from tests.e2e.soak.reader import Reader

SECONDS = float(os.environ.get("SUNSEAL_SOAK_SECONDS") or 600)
SEED = int(os.environ.get("SUNSEAL_SOAK_SEED") or 9)
BETWEEN_KILLS = 20.0
BIDDING_SECONDS = 100
AT_A_TIME = 3
PATIENCE = 600.0
"""Seconds that the last tenders may take to their contracts; the work of a busy machine waits meanwhile."""
TENDEREES = ("市政道路管理处", "市水务局")
BIDDERS = ("南渡江照明工程有限公司", "琼州电力安装有限公司", "海口光华市政有限公司", "五指山建设有限公司")

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        not os.environ.get("SUNSEAL_SOAK_SECONDS"),
        reason="ten minutes and more: SUNSEAL_SOAK_SECONDS=600 asks for it",
    ),
    pytest.mark.timeout(SECONDS + PATIENCE + 900),
    # Commands are given within this process, and some leave a connection to its end.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def facts(number: int) -> TenderFacts:
    """Every second one asks for guarantees."""
    bond = "20000.00" if number % 2 else "0.00"
    lot = LotFacts("1", f"第{number}标段", "1180000.00", bond)
    bids = tuple(BidFacts("1", name, f"{1_150_000 + 1000 * at}.00") for at, name in enumerate(BIDDERS))
    return TenderFacts(f"道路照明改造{number}", "", TENDEREES[number % 2], (lot,), bids)


def tenders(cast: Cast, made: list[Course], calm: Callable[[], None]) -> None:
    """Begins one after another, and brings all to their end; from `calm` on nothing is killed any more."""
    banks = [Bank(cast.place, number) for number in range(1, len(GUARANTORS) + 1)]
    going: list[Course] = []
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        going = [course for course in going if not is_over(course)]
        if len(going) >= AT_A_TIME:
            time.sleep(0.5)
            continue
        what = facts(len(made))
        held = insist(lambda what=what: publish_one(cast, what, BIDDING_SECONDS), "a notice")  # type: ignore[misc]
        course = Course(cast, held, is_bonded=len(made) % 2 == 1)
        made.append(course)
        course.bid(banks, replaces=len(made) % 3 == 0, withdraws=len(made) % 4 == 0)
        going.append(course)
    calm()
    while going:
        going = [course for course in going if not is_over(course)]
        assert time.monotonic() < end + PATIENCE, [course.lot for course in going]
        time.sleep(0.5)


def is_over(course: Course) -> bool:
    try:
        return course.go_on()
    except REFUSALS:
        return False


def assert_no_receipt_is_unaccounted_for(courses: list[Course]) -> Counter[str]:
    """Each bidder's newest receipt is a bid that was opened, or its lot failed for too few bids, or it was withdrawn."""
    became: Counter[str] = Counter()
    for course in courses:
        opened = {bid["bid"] for bid in course.opened() if bid.get("read_out")}
        state = course.state()
        for bidder, sent in course.sent.items():
            receipts = course.receipts(bidder)
            if sent.withdrawn:
                assert not opened & set(receipts), (course.lot, bidder, receipts, opened)
                became["withdrawn"] += 1
            elif not receipts:
                assert sent.late, (course.lot, bidder)
                became["late"] += 1
            elif state == "failed":
                assert not opened, course.lot
                became["of a failed lot"] += 1
            else:
                assert receipts[-1] in opened, (course.lot, bidder, receipts, opened)
                became["opened"] += 1
    return became


def test_ten_minutes_of_kills_leave_a_ledger_that_verifies_and_no_receipt_unaccounted_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    courses: list[Course] = []
    with Stack(tmp_path / "stack", hall_minutes="0.1", keys=10) as stack:
        list(stack.begin())
        place = stack.place
        threading.Thread(target=lambda: list(stack.watch()), daemon=True).start()
        with (tmp_path / "story").open("w") as target:
            cast = arriving.arrive(
                place, Console(file=target), tmp_path / "desks", [facts(number) for number in range(2)]
            )
            killer = Killer(tmp_path / "stack", Random(SEED), BETWEEN_KILLS)
            reader = Reader(place.url, lambda: paths(courses), Random(SEED))
            killer.start()
            reader.start()
            try:
                tenders(cast, courses, killer.stop)
            finally:
                killer.stop()
                reader.stop()
        insist(lambda: settle(cast), "the ledger has published everything", 180)
        said = verified(cast)
        became = assert_no_receipt_is_unaccounted_for(courses)
        assert "agree" in run(place.environment(), "guarantees", "reconcile")
    gc.collect()
    with capsys.disabled():
        print(f"\n{len(courses)} tenders, whose bids became: {dict(became)}")
        print(f"without their guarantee in time: {sum(course.unguaranteed for course in courses)}")
        print(f"{killer.kills.total()} kills: {dict(killer.kills)}")
        print(f"answers to readers: {dict(reader.answers)}; not found: {dict(reader.missing)}")
        print(said)
    assert killer.kills.total() >= SECONDS / BETWEEN_KILLS * 0.8
    assert became["opened"] >= SECONDS / 60
    assert reader.answers[200] > SECONDS / 4
    assert not reader.broken, reader.broken
    assert not reader.missing, reader.missing


def paths(courses: list[Course]) -> list[str]:
    """What readers find of the newest tenders."""
    newest = courses[-3:]
    return [
        path
        for course in newest
        for path in (
            f"/notices/{course.held.id}",
            f"/notices/{course.held.id}/lots/1/hall",
            f"/api/tenders/{course.held.id}",
            f"/api/openings?lot={course.lot}",
        )
    ]


def settle(cast: Cast) -> None:
    """StoryError unless the ledger has published all that was appended."""
    said = run(cast.place.environment(), "ledger", "status")
    if "waiting    0 for an index, 0 for publication" not in said:
        raise StoryError(said)


def verified(cast: Cast) -> str:
    """What a stranger's verification counts; nothing is wrong."""
    place = cast.place
    trust = ("--policy", str(place.policy), "--supervisor", place.settings["supervisor"])
    chain = (
        "--chain",
        place.chain_url,
        "--anchors",
        place.contracts()["LedgerAnchor"],
        "--registry",
        place.contracts()["GuaranteeRegistry"],
        "--depth",
        "0",
    )
    found = json.loads(run({}, "verify", f"{place.url}/ledger", *trust, *chain, "--json"))
    assert found["green"], [one for one in found["findings"] if one["level"] == "wrong"]
    return str(found["counts"])

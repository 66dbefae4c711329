"""Experts drawn by a seed that nobody could choose, then candidates, award and contract; an objection on the way."""

import csv
import hashlib
import io
import json
import time
from datetime import UTC, datetime

from app.demo.cast import Cast, Held, wait_for
from app.demo.facts import BidFacts, hundredths
from app.stack.commands import run
from oversight.register import COLUMNS

EXPERTS = 60
WINDOW = 60


def commit_pool(cast: Cast) -> None:
    """Before anyone knows which bids there are."""
    environment = cast.place.environment()
    pool = cast.folder / "experts.csv"
    pool.write_text(_pool(), "utf-8")
    specialties = cast.folder / "specialties.csv"
    specialties.write_text("code,name\nA08,市政公用工程\n", "utf-8")
    run(environment, "experts", "import", "--specialties", str(specialties))
    run(environment, "experts", "import", str(pool))
    run(environment, "experts", "review", *(_number(i) for i in range(EXPERTS)))
    run(environment, "experts", "snapshot")
    cast.say(f"meanwhile a pool of {EXPERTS} experts is committed: salted leaves, one root in the ledger")


def draw_experts(cast: Cast, held: Held, lot: str) -> str:
    """Five of sixty; the first who is called declines, and the next in the order of the seed follows. The draw's id."""
    wish = {
        "lot": f"{held.id}.{lot}",
        "needs": [{"specialty": "A08", "region": "", "count": 5, "reserve": 3}],
        "avoided": [],
        "window": WINDOW,
    }
    group = cast.place.settings["group"]
    draw = str(cast.center.ask("POST", "/api/oversight/v1/draws", {"group": group, "wish": wish})["draw"])
    answered: set[str] = set()
    declined: list[str] = []

    def is_formed() -> bool:
        for notice in sorted((cast.place.mails / "experts").glob("*.json")):
            code = _code(notice.read_text("utf-8"))
            if code in answered:
                continue
            answered.add(code)
            answer = "accepted" if declined else "declined"
            if answer == "declined":
                declined.append(code)
            cast.post("/api/oversight/v1/answers", {"code": code, "answer": answer})
        return bool(cast.get(f"/api/oversight/v1/draws/{draw}")["state"] == "formed")

    wait_for(is_formed, "the committee is complete")
    cast.say("five experts sit; one had declined, and the next in the order of the seed was called")
    return draw


def _ranking(held: Held, lot: str) -> list[BidFacts]:
    return sorted((one for one in held.facts.bids if one.lot == lot), key=lambda one: hundredths(one.price))


def publish_candidates(cast: Cast, held: Held, lot: str) -> list[str]:
    """After the committee's report, for three days (six seconds). The bidders as they are ranked."""
    path, tenderee = f"{held.path}/lots/{lot}", held.tenderee
    bids = _ranking(held, lot)
    ranked = [
        {"rank": rank, "bid": held.receipts[lot, one.bidder], "price": hundredths(one.price), "score": ""}
        for rank, one in enumerate(bids, start=1)
    ]
    tenderee.ask("POST", f"{path}/evaluation", {"sha256": _hash("the committee's report")})
    tenderee.ask("POST", f"{path}/candidates", {"candidates": ranked})
    cast.say(
        f"candidates are published; objections are heard for three days, here six seconds: {bids[0].bidder} leads"
    )
    return [one.bidder for one in bids]


def award(cast: Cast, held: Held, lot: str) -> None:
    """The award, once nobody may object any more, and the contract."""
    path, tenderee, first = f"{held.path}/lots/{lot}", held.tenderee, _ranking(held, lot)[0]
    time.sleep(max(0.0, (_candidates_until(cast, held, lot) - datetime.now(UTC)).total_seconds()))
    tenderee.ask("POST", f"{path}/award", {"rank": 1})
    terms = {"price": hundredths(first.price), "sha256": _hash("the contract")}
    tenderee.ask("POST", f"{path}/contract", terms)
    cast.say(f"awarded and contracted to {first.bidder} at {first.price}")


def _candidates_until(cast: Cast, held: Held, lot: str) -> datetime:
    found = next(one for one in cast.get(held.path)["lots"] if one["number"] == lot)
    return datetime.fromisoformat(found["candidates_until"])


def publish_draw(cast: Cast, draw: str) -> None:
    """After the award the names are shown without anybody's doing, and anyone redoes the draw."""
    path = f"/api/oversight/v1/draws/{draw}"
    wait_for(lambda: bool(cast.get(path)["published"]), "the draw is published")
    cast.say("the draw is published: names, salts and the whole course, to be redone by anyone")


def object_to(cast: Cast, held: Held, lot: str, bidder: str) -> None:
    """A bidder objects in the hall, and the tenderee answers on the spot (条44)."""
    path = f"/api/openings/{held.closings[lot]}"
    person = cast.desks[bidder].person
    person.ask("POST", f"{path}/price/objections", {"text": "第二名的报价是否含税？"})
    held.tenderee.ask("POST", f"{path}/objections/1/answer", {"text": "招标文件第3条：含税。"})
    cast.say(f"{bidder} objects in the hall; the tenderee answers, and both stand in the record")


def _code(notice: str) -> str:
    return str(json.loads(notice)["code"])


def _pool() -> str:
    """A table of experts, as an office keeps one."""
    target = io.StringIO()
    table = csv.writer(target)
    table.writerow(COLUMNS)
    for i in range(EXPERTS):
        house, place = f"第{i // 6 + 1}设计院", ("460100", "460200")[i % 2]
        table.writerow(
            (_number(i), f"专家{i:02d}", house, "高级工程师", f"0898-{i:08d}", place, 8 + i % 20, "A08", "no")
        )
    return target.getvalue()


def _hash(what: str) -> str:
    return hashlib.sha256(what.encode()).hexdigest()


def _number(number: int) -> str:
    return f"E-{number:04d}"

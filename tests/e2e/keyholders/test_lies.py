"""Five keyholders as processes, three suffice: honest lots open, and every lie of the platform opens nothing.

All lots have one deadline and are told in one go; each test looks at what became of one of them.
"""

import json
import time
from dataclasses import replace
from random import Random

import pytest

from crypto.signatures import SigningKey
from custody import draws
from custody.errors import CustodyError
from ledger.entries import (
    DeadlineMoved,
    DrawRequested,
    LotCancelled,
    LotPart,
    LotSuspended,
    PartCalled,
    encode,
)
from ledger.entries.signed import UNSIGNED
from ledger.merkle import leaf_hash
from ledger.view import RefusedEntryError, ReleaseRefusedError
from tests.e2e.keyholders.deployment import ORIGIN, Deployment, eventually, now
from tests.e2e.keyholders.tender import Tender, with_share_of
from tests.story import CALLER, LATER_PRICE, PRICE, TECHNICAL

pytestmark = pytest.mark.long

STRANGER = SigningKey(b"\x44" * 32)
SOON = 25.0
MEMBERS = range(1, 6)


def opened(tender: Tender, part: str, patience: float = 30) -> dict[int, bytes]:
    """The contents of the bids that open, by index, when three keyholders have released; {} if nobody does."""
    opening = tender.at.opening(tender.closing, part)

    def is_ready() -> bool:
        with tender.at.database.session() as session:
            opening.refresh(session)
            session.commit()
        return len(opening.ready) == len(opening.verdict.admitted)

    eventually(is_ready, f"{tender.lot} {part} can be opened", patience)
    found = {}
    for bid in tender.bids:
        if bid.index in opening.ready:
            key = opening.file_key(bid.index, tender.header(bid, part))
            found[bid.index] = tender.content(bid, part, key)
    return found


def rules(at: Deployment, closing: str, member: int = 1) -> dict[str, set[str]]:
    """Which rules each subject of this closing was refused by."""
    said = at.run("keyholder", "--folder", str(at.home(member)), "refusals", "--json")
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    found: dict[str, set[str]] = {}
    for line in lines:
        if closing in line["subject"]:
            found.setdefault(line["subject"], set()).add(line["rule"])
    return found


def await_refusal(at: Deployment, tender: Tender, part: str, member: int, rule: str) -> None:
    eventually(
        lambda: rule in rules(at, tender.closing, member).get(f"{tender.closing}/{part}", ()),
        f"keyholder {member} refuses {tender.lot} by {rule}",
    )


def assert_shut(tender: Tender, part: str, rule: str) -> None:
    """Every keyholder refuses the whole part, and nobody has released anything."""
    at = tender.at
    for member in MEMBERS:
        await_refusal(at, tender, part, member, rule)
    assert at.view(lambda view: dict(view.openings.released(tender.closing, part))) == {}
    opening = at.opening(tender.closing, part)
    with at.database.session() as session:
        try:
            opening.refresh(session)
        except (ReleaseRefusedError, CustodyError, RefusedEntryError):
            return
        assert not opening.ready


@pytest.fixture(scope="module")
def story(deployment: Deployment) -> dict[str, Tender]:
    """All lots, closed."""
    at = deployment
    eventually(lambda: free_keys(at) >= 6, "the pool is filled", 90)
    lots: dict[str, Tender] = {}

    def lot(name: str, parts: tuple[LotPart, ...] = (PRICE,), count: int = 3) -> Tender:
        tender = lots[name] = Tender(at, name, parts)
        tender.publish(SOON if name != "early" else 3600)
        tender.make_bids(count)
        return tender

    honest = lot("honest", (PRICE, TECHNICAL), 4)
    lot("early").close()
    lot("two-bids", count=2)
    postponed = lot("postponed")
    at.append([DeadlineMoved("postponed", postponed.deadline + 3600, "more time")])
    withdrawn = lot("withdrawn", count=4)
    withdrawn.withdraw(withdrawn.bids[0])
    twice = Tender(at, "bound-twice")
    lots["bound-twice"] = twice
    twice.publish(SOON, bound=False)
    twice.bind(honest.keys["price"], "price")
    twice.make_bids(3)
    foreign = lot("foreign")
    copied = lot("copied", (PRICE, TECHNICAL), 3)
    copied.make_bids(1, change=with_share_of(copied.bids[0], "technical", "price"))
    copied.make_bids(1, change=with_share_of(honest.bids[0], "price", "price"))
    envelopes = lot("envelopes", (TECHNICAL, LATER_PRICE), 4)
    for name in ("cancelled", "suspended"):
        lot(name)
    wait = max(tender.deadline for name, tender in lots.items() if name != "early") - now().timestamp()
    time.sleep(max(0.0, wait) + 0.2)
    at.append([LotCancelled("cancelled", "no money"), LotSuspended("suspended", "an objection")])
    foreign.reveal(honest.bids[:1])
    for name, tender in lots.items():
        if name not in {"early", "foreign"}:
            tender.close()
    foreign.close([*foreign.bids, honest.bids[0]])
    assert envelopes.closing
    return lots


def free_keys(at: Deployment) -> int:
    return at.view(lambda view: sum(run.is_free for run in view.keys))


def test_honest_lot_opens_its_public_and_its_committees_part(story: dict[str, Tender]) -> None:
    tender = story["honest"]
    for part in ("price", "technical"):
        found = opened(tender, part)
        assert sorted(found) == [bid.index for bid in tender.bids]
        assert all(content.startswith(f"honest {part}".encode()) for content in found.values())


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("early", "early"),
        ("two-bids", "too-few"),
        ("postponed", "postponed"),
        ("bound-twice", "key"),
        ("cancelled", "cancelled"),
        ("suspended", "suspended"),
    ],
)
def test_lot_that_must_stay_shut_stays_shut(story: dict[str, Tender], name: str, rule: str) -> None:
    assert_shut(story[name], "price", rule)


def test_withdrawn_bid_stays_shut_and_the_others_open(story: dict[str, Tender]) -> None:
    tender = story["withdrawn"]
    assert sorted(opened(tender, "price")) == [bid.index for bid in tender.bids[1:]]
    assert rules(tender.at, tender.closing)[f"{tender.closing}/price/{tender.bids[0].index}"] == {"withdrawn"}


def test_bid_of_another_lot_that_is_slipped_in_is_no_bid_of_this_one(story: dict[str, Tender]) -> None:
    tender, other = story["foreign"], story["honest"].bids[0]
    assert sorted(opened(tender, "price")) == [bid.index for bid in tender.bids]
    assert rules(tender.at, tender.closing)[f"{tender.closing}/price/{other.index}"] == {"unknown-bid"}


def test_stanza_copied_from_a_price_or_from_another_lot_is_refused(story: dict[str, Tender]) -> None:
    tender = story["copied"]
    from_price, from_other_lot = tender.bids[3:]
    assert sorted(opened(tender, "price")) == [bid.index for bid in tender.bids[:4]]
    assert sorted(opened(tender, "technical")) == [
        *(bid.index for bid in tender.bids[:3]),
        from_other_lot.index,
    ]
    refused = rules(tender.at, tender.closing)
    assert refused[f"{tender.closing}/technical/{from_price.index}"] == {"share-seen"}
    assert refused[f"{tender.closing}/price/{from_other_lot.index}"] == {"share-seen"}


def test_price_envelope_opens_when_it_is_called_for_and_only_for_who_passed(story: dict[str, Tender]) -> None:
    tender, at = story["envelopes"], story["envelopes"].at
    assert len(opened(tender, "technical")) == 4
    time.sleep(1.0)
    assert at.view(lambda view: dict(view.openings.released(tender.closing, "price"))) == {}
    passed = tuple(bid.index for bid in tender.bids[:3])
    call = PartCalled(ORIGIN, tender.closing, "price", passed, UNSIGNED)
    at.append([replace(call, bids=(*passed, tender.bids[3].index)).signed_by(STRANGER)])
    at.append([call.signed_by(CALLER)])
    assert sorted(opened(tender, "price")) == list(passed)
    assert rules(at, tender.closing)[f"{tender.closing}/price/{tender.bids[3].index}"] == {"not-called"}


def test_bid_added_after_the_closing_is_opened_by_nobody(story: dict[str, Tender]) -> None:
    tender = Tender(story["honest"].at, "honest", (PRICE, TECHNICAL), story["honest"].keys)
    tender.deadline = story["honest"].deadline
    tender.random = Random(17).randbytes  # other keys than those of the honest bids
    (late,) = tender.make_bids(1)
    second = tender.close([*story["honest"].bids, late])
    first = story["honest"].closing
    assert second != first
    time.sleep(1.5)
    at = tender.at
    standing = at.view(lambda view: view.lots.get("honest").closing)
    assert standing is not None
    assert standing.id == first
    with at.database.session() as session:
        opening = at.opening(first, "price")
        opening.refresh(session)
        assert late.index not in opening.ready
        with pytest.raises(CustodyError):
            opening.file_key(late.index, tender.header(late, "price"))
        with pytest.raises(ReleaseRefusedError):
            at.opening(second, "price").refresh(session)


def test_draw_is_answered_by_a_key_of_its_own_and_by_no_other(story: dict[str, Tender]) -> None:
    at = story["honest"].at
    with at.database.session() as session:
        draw = draws.request(
            session, at.group, subject="experts", population="ab" * 32, size=20, terms="cd" * 32, now=now()
        )
        session.commit()
    eventually(lambda: answered(at, draw) >= 3, "three have answered", 90)
    seed = at.view(lambda view: draws.seed(view, draw))
    eventually(lambda: answered(at, draw) == 5, "all have answered")
    assert at.view(lambda view: draws.seed(view, draw)) == seed
    wrong = DrawRequested(story["honest"].keys["price"], "experts", "ab" * 32, 20, "ef" * 32)
    at.append([wrong])
    time.sleep(1.5)
    assert leaf_hash(encode(wrong)).hex() in at.view(lambda view: dict(view.draws.refused()))


def answered(at: Deployment, draw: str) -> int:
    """How many keyholders' shares of a draw stand in the ledger."""
    return at.view(lambda view: sum(len(one.shares) for one in view.draws if one.id == draw))

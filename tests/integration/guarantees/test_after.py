"""After the opening: releases without anyone asking, demands and answers, the public check, and what reconciling finds."""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bidding.package.reading import Document
from crypto.signatures import SigningKey
from guarantees.after import demands, desk, disregarded, reconciling, releasing, steps
from guarantees.after.clocks import Clock, End, Ending, Trouble
from guarantees.after.demand_rules import Answer, Attached
from guarantees.chain import calls, index
from guarantees.check_code import code_of
from guarantees.checking import by_hand
from guarantees.errors import NotFoundError, RefusedError, SignatureError, StateError
from guarantees.models import DemandRow
from guarantees.paper import PaperGuarantee, Scan
from guarantees.public_check import Answer as Checked
from guarantees.public_check import Validity, check
from guarantees.register import lookups
from guarantees.signed import SignedGuarantee
from guarantees.undertaking import GROUNDS
from ledger.entries import (
    GuaranteeChecked,
    GuaranteeDemandRefused,
    GuaranteeExtended,
    GuaranteePaid,
    GuaranteeReleased,
)
from tests.guarantee_example import BANK
from tests.guarantees import BOND, GuaranteeWorld
from tests.log import ORIGIN

PROOF = (Attached("proof.pdf", "ab" * 32),)
STATEMENT = "中标人拒绝签订合同。"


def presented(world: GuaranteeWorld, *, bid: int = 11, lot: str = "lot-1") -> SignedGuarantee:
    made = world.issued(1, lot=lot)
    assert world.open(made, bid=bid, lot=lot) == "verified"
    world.settle()
    return made


def demand(world: GuaranteeWorld, made: SignedGuarantee, *, extension_days: int = 0) -> DemandRow:
    with world.committing() as session:
        return demands.demand(
            *(session, world.lots, made.id),
            amount=BOND,
            ground=GROUNDS[1],
            statement=STATEMENT,
            extension_days=extension_days,
            now=world.now(),
        )


def answer(world: GuaranteeWorld, made: SignedGuarantee, given: Answer) -> None:
    with world.committing() as session:
        reasons = ("未附违约声明。",)
        row = demands.answer(session, made.id, given, reasons=reasons, documents=PROOF, now=world.now())
        desk.want_answer(session, made.id, given, demands.reply_hash(row), now=world.now())
    world.settle("guarantor")


def end(world: GuaranteeWorld, how: End, *, lot: str = "lot-1") -> None:
    world.lots.ended[lot] = [Ending(how, world.now(), 11)]


def differences(world: GuaranteeWorld) -> list[str]:
    with world.committing() as session:
        return [one.kind for one in reconciling.reconcile(session, now=world.now())]


def public(world: GuaranteeWorld, made: SignedGuarantee, code: str | None = None) -> Checked:
    number = made.undertaking.number
    with world.database.session() as session:
        return check(session, world.lots, number, code or code_of(made), now=world.now())


def test_a_contract_releases_and_nobody_asks(guarantees: GuaranteeWorld) -> None:
    made = presented(guarantees)
    assert guarantees.row(made).state == "presented"
    end(guarantees, End.CONTRACTED)
    guarantees.settle()
    assert guarantees.row(made).state == "released"
    assert guarantees.chain.gateway.guarantee(made.id).state == "Released"
    (entry,) = guarantees.entries(GuaranteeReleased)
    assert isinstance(entry, GuaranteeReleased)
    assert (entry.guarantee, entry.clock) == (made.id.hex(), "contract")
    assert differences(guarantees) == []


def test_what_is_late_says_why(guarantees: GuaranteeWorld) -> None:
    made = presented(guarantees)
    demand(guarantees, made)
    end(guarantees, End.CONTRACTED)
    guarantees.settle()
    with guarantees.committing() as session:
        assert not releasing.late(session, now=guarantees.now())
        (late,) = releasing.late(session, now=guarantees.now() + timedelta(minutes=6))
    assert (late.clock, late.trouble) == (Clock.CONTRACT, Trouble.DEMAND)
    assert late.why.zh.startswith("受益人的索赔")
    answer(guarantees, made, Answer.REFUSED)
    assert guarantees.row(made).state == "released"
    with guarantees.committing() as session:
        assert not releasing.late(session, now=guarantees.now() + timedelta(minutes=6))


def test_a_demand_is_paid_refused_or_extended_each_with_entry_and_event(guarantees: GuaranteeWorld) -> None:
    world = guarantees
    paid, refused, extended = (presented(world, bid=bid) for bid in (11, 12, 13))
    for made in (paid, refused):
        demand(world, made)
    demand(world, extended, extension_days=30)
    with pytest.raises(StateError, match="another is open"):
        demand(world, paid)
    world.settle()
    answer(world, paid, Answer.PAID)
    answer(world, refused, Answer.REFUSED)
    answer(world, extended, Answer.EXTENDED)
    states = [world.row(made).state for made in (paid, refused, extended)]
    assert states == ["paid", "refused", "presented"]
    assert world.row(extended).expiry.timestamp() == extended.undertaking.expiry + 30 * 86400
    for kind in (GuaranteePaid, GuaranteeDemandRefused, GuaranteeExtended):
        assert len(world.entries(kind)) == 1
    with world.database.session() as session:
        taken = [step.step for step in steps.of(session, paid.id)]
    assert taken == ["presented", "demanded", "paid"]
    assert differences(world) == []


def test_who_lets_the_days_of_examination_pass_can_only_pay(guarantees: GuaranteeWorld) -> None:
    made = presented(guarantees)
    demand(guarantees, made)
    guarantees.settle()
    guarantees.chain.clock_ahead += timedelta(minutes=6)
    with guarantees.database.session() as session:
        (overdue,) = demands.overdue(session, now=guarantees.now())
        assert overdue.guarantee == made.id
    with pytest.raises(StateError, match="what remains is to pay"):
        answer(guarantees, made, Answer.REFUSED)
    answer(guarantees, made, Answer.PAID)
    assert guarantees.row(made).state == "paid"


def answer_on_chain(
    world: GuaranteeWorld, made: SignedGuarantee, given: Answer, document: bytes, *, settle: bool = True
) -> None:
    """By the guarantor's account alone: the contract takes it for fifteen days."""
    with world.database.session() as session:
        standing = index.guarantee(session, made.id)
    assert standing is not None
    assert standing.answer_by is not None
    if given is Answer.REFUSED:
        call = calls.refuse(standing.commitment, standing.answer_by, document)
    else:
        call = calls.extend(standing.commitment, standing.answer_by)
    world.chain.done("guarantor", f"{given} {made.id.hex()} by itself", call)
    if settle:
        world.settle()


@pytest.mark.parametrize("given", [Answer.REFUSED, Answer.EXTENDED])
@pytest.mark.parametrize("late", [False, True])
def test_an_answer_on_chain_without_its_document_in_time_releases_nothing(
    guarantees: GuaranteeWorld, given: Answer, late: bool
) -> None:
    world = guarantees
    made = presented(world)
    demand(world, made, extension_days=30)
    world.settle()
    world.chain.clock_ahead += timedelta(minutes=6 if late else 1)
    world.chain.node.set_next_time(int(world.now().timestamp()))
    end(world, End.CONTRACTED)
    answer_on_chain(world, made, given, bytes(32))
    world.settle()
    assert world.row(made).state == "demanded"
    assert world.row(made).expiry.timestamp() == made.undertaking.expiry
    for kind in (GuaranteeReleased, GuaranteeDemandRefused, GuaranteeExtended):
        assert world.entries(kind) == []
    with world.committing() as session:
        (one,) = disregarded.of(session, world.row(made))
        assert (one.demand, one.given) == (1, given)
        assert ("届满" in one.because.zh) is late
        assert "does not count" in one.because.en
        found = reconciling.reconcile(session, now=world.now())
        assert len(demands.overdue(session, now=world.now())) == int(late)
    said = [one.sentence for one in found if one.kind == "answer"]
    assert len(said) == 1
    assert "does not count" in said[0]
    assert not [one for one in found if one.kind in ("state", "event", "stuck")], found
    assert world.chain.gateway.guarantee(made.id).state == "Demanded"  # once more, so that it can be paid
    answer(world, made, Answer.PAID)
    assert world.row(made).state == "paid"


@pytest.mark.parametrize("given", [Answer.REFUSED, Answer.EXTENDED])
def test_a_notice_in_time_counts_though_its_act_is_mined_later(
    guarantees: GuaranteeWorld, given: Answer
) -> None:
    world = guarantees
    made = presented(world)
    demand(world, made, extension_days=30)
    world.settle()
    with world.committing() as session:
        row = demands.answer(session, made.id, given, reasons=("无声明。",), now=world.now())
        document = demands.reply_hash(row)
    world.chain.clock_ahead += timedelta(minutes=6)
    world.chain.node.set_next_time(int(world.now().timestamp()))
    with world.database.session() as session:
        assert demands.overdue(session, now=world.now()) == []
    answer_on_chain(world, made, given, document)
    assert world.row(made).state == ("refused" if given is Answer.REFUSED else "presented")
    assert differences(world) == []


def test_an_expired_guarantee_is_noted_as_such(guarantees: GuaranteeWorld) -> None:
    made = presented(guarantees)
    guarantees.chain.clock_ahead += timedelta(days=92)
    guarantees.settle()
    assert guarantees.row(made).state == "expired"
    with pytest.raises(StateError):
        demand(guarantees, made)


def test_the_public_check_tells_nothing_but_validity_before_the_opening(guarantees: GuaranteeWorld) -> None:
    made = guarantees.sign(1)
    assert public(guarantees, made) == Checked(Validity.NOT_KNOWN)
    guarantees.commit(made)
    assert public(guarantees, made) == Checked(Validity.NOT_KNOWN)  # its guarantor has not told of it
    guarantees.tell(made)
    guarantees.tell(made)
    assert public(guarantees, made) == Checked(Validity.VALID)
    assert public(guarantees, made, "AAAA-AAAA-AAAA-AAAA") == Checked(Validity.NOT_KNOWN)
    assert public(guarantees, made, "nonsense") == Checked(Validity.NOT_KNOWN)
    guarantees.chain.clock_ahead += timedelta(minutes=31)
    guarantees.open(made, bid=11)
    guarantees.settle()
    opened = public(guarantees, made).opened
    assert opened is not None
    assert (opened.lot, opened.amount, opened.on_chain) == ("lot-1", BOND, "Presented")
    end(guarantees, End.FAILED)
    guarantees.settle()
    assert public(guarantees, made).validity is Validity.ENDED


def test_nobody_has_a_number_of_its_own_called_valid_by_an_id_that_the_chain_shows(
    guarantees: GuaranteeWorld,
) -> None:
    made = guarantees.issued(1)
    forged = replace(made, undertaking=replace(made.undertaking, number="BH-FORGED"))
    assert public(guarantees, forged) == Checked(Validity.NOT_KNOWN)
    guarantees.tell(made, by="guarantor-2", number="BH-FORGED")  # a guarantor, of what another issued
    assert public(guarantees, forged) == Checked(Validity.NOT_KNOWN)
    guarantees.tell(made)  # and it is not in the true one's way
    assert public(guarantees, made) == Checked(Validity.VALID)
    with pytest.raises(StateError):
        guarantees.tell(made, number="BH-ANOTHER")
    stranger, lookup = SigningKey(b"\x78" * 32), bytes(32)
    bank = made.undertaking.issuer.credit_code
    signature = stranger.sign(lookups.message(ORIGIN, bank, bytes(32), lookup))
    with guarantees.database.session() as session, pytest.raises(SignatureError):
        lookups.tell(session, bank, bytes(32), lookup, signature)


def test_a_question_takes_no_longer_with_a_hundred_thousand_guarantees(guarantees: GuaranteeWorld) -> None:
    made = guarantees.issued(1)
    guarantees.tell(made)
    many = "FROM generate_series(1, 100000) n"
    random_id = "sha256(convert_to(n::text, 'utf8'))"
    with guarantees.committing() as session:
        session.execute(
            text(
                "INSERT INTO chain_guarantee (id, guarantor, commitment, expiry, state, issued_block, changed_block) "
                f"SELECT {random_id}, g.guarantor, {random_id}, g.expiry, g.state, 1, 1 "
                f"FROM chain_guarantee g CROSS JOIN generate_series(1, 100000) n"
            )
        )
        session.execute(
            text(
                "INSERT INTO guarantee_lookup (lookup, guarantee, guarantor) "
                f"SELECT sha256({random_id}), {random_id}, '{made.undertaking.issuer.credit_code}' {many}"
            )
        )
        session.execute(text("ANALYZE chain_guarantee, guarantee_lookup"))
    began = time.monotonic()
    for _ in range(20):
        assert public(guarantees, made).validity is Validity.VALID
        assert public(guarantees, made, "AAAA-AAAA-AAAA-AAAA").validity is Validity.NOT_KNOWN
    assert time.monotonic() - began < 2  # one pass over all of them takes longer than that


def test_a_scan_is_examined_by_hand_once(guarantees: GuaranteeWorld) -> None:
    scan = Scan("documents/guarantee.pdf", "ab" * 32, 1000)
    paper = PaperGuarantee(BANK, "P-1", BOND, "CNY", 1_900_000_000, scan)
    for bid in (11, 12):
        found = (Document(scan.name, scan.sha256, scan.size, is_archive=False),)
        assert guarantees.open(paper.to_bytes(), bid=bid, documents=found) == "scan-by-hand"
    with guarantees.committing() as session:
        assert [row.bid for row in by_hand.waiting(session)] == [11, 12]
        facts: dict[str, Any] = {"examiner": "Wang Wu", "now": guarantees.now()}
        by_hand.settle(session, "lot-1", 11, accepted=True, remarks="", **facts)
        with pytest.raises(StateError):
            by_hand.settle(session, "lot-1", 11, accepted=True, remarks="", **facts)
        with pytest.raises(RefusedError):
            by_hand.settle(session, "lot-1", 12, accepted=False, remarks=" ", **facts)
        by_hand.settle(session, "lot-1", 12, accepted=False, remarks="seal", **facts)
        with pytest.raises(NotFoundError):
            by_hand.settle(session, "lot-1", 13, accepted=True, remarks="", **facts)
    outcomes = [one.outcome for one in guarantees.entries(GuaranteeChecked)]  # type: ignore[attr-defined]
    assert outcomes == ["examine", "examine", "accepted", "refused"]

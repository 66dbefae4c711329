"""Draws of experts: redone from public data, filled in order, and refused where the pool or the law says no."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.canonical_json import Json
from crypto.sampling import draw_order
from ledger.merkle import Frontier, leaf_hash
from oversight.committee import Seat, check_committee, is_qualified
from oversight.errors import DrawRefusedError, MalformedDrawError
from oversight.expert_draw import (
    Answer,
    Call,
    Exclusion,
    Need,
    Terms,
    check_course,
    check_request,
    eligible,
    next_calls,
)
from oversight.population import Member, Population

SEED = b"\x07" * 64


def expert(i: int, specialty: str = "A08", region: str = "460100", *, active: bool = True) -> Member:
    attributes: dict[str, Json] = {"active": active, "region": region, "specialties": [specialty]}
    return Member.of(attributes, {"name": f"expert {i}"}, Random(i).randbytes(32))


POOL = Population(tuple(expert(i, ("A0801", "A0802", "B01")[i % 3], active=i % 10 != 9) for i in range(60)))
TERMS = Terms(
    (Need("A08", "", 3, 2), Need("B01", "", 2, 1)), (Exclusion(1, "employer"), Exclusion(2, "kinship")), 600
)


def test_calls_follow_the_order_of_the_seed_and_skip_who_is_not_eligible() -> None:
    calls = next_calls(POOL, TERMS, SEED, ())
    order = list(draw_order(SEED, 60))
    for number in (0, 1):
        may = set(eligible(POOL, TERMS, TERMS.needs[number]))
        expected = [position for position in order if position in may][: TERMS.needs[number].count]
        assert [call.position for call in calls if call.need == number] == expected
    assert {1, 2}.isdisjoint(call.position for call in calls)
    assert all(POOL.members[call.position].attributes["active"] for call in calls)


@pytest.mark.parametrize("answer", [Answer.DECLINED, Answer.SILENT, Answer.CONFLICTED])
def test_who_does_not_come_is_followed_by_the_next_in_the_order(answer: Answer) -> None:
    calls = [replace(call, answer=Answer.ACCEPTED) for call in next_calls(POOL, TERMS, SEED, ())]
    assert next_calls(POOL, TERMS, SEED, calls) == ()
    calls[1] = replace(calls[1], answer=answer)
    (following,) = next_calls(POOL, TERMS, SEED, calls)
    may = set(eligible(POOL, TERMS, TERMS.needs[0]))
    assert following.position == [p for p in draw_order(SEED, 60) if p in may][3]
    check_course(POOL, TERMS, SEED, [*calls, replace(following, answer=Answer.ACCEPTED)])


@given(st.randoms(use_true_random=False))
def test_any_course_of_answers_is_redone_and_any_other_call_is_found(random: Random) -> None:
    seed = random.randbytes(64)
    calls: list[Call] = []
    for _ in range(30):
        try:
            calls.extend(next_calls(POOL, TERMS, seed, calls))
        except DrawRefusedError:  # nobody is left to call
            return
        pending = [at for at, call in enumerate(calls) if call.answer is Answer.PENDING]
        if not pending:
            break
        at = random.choice(pending)
        calls[at] = replace(calls[at], answer=random.choice([a for a in Answer if a is not Answer.PENDING]))
    check_course(POOL, TERMS, seed, calls)
    at = random.randrange(len(calls))
    others = set(range(60)) - {call.position for call in calls}
    for wrong in (
        [*calls[:at], replace(calls[at], position=random.choice(sorted(others))), *calls[at + 1 :]],
        [*calls, replace(calls[at], answer=Answer.ACCEPTED)],
        [*calls, Call(7, 0)],
    ):
        with pytest.raises(MalformedDrawError):
            check_course(POOL, TERMS, seed, wrong)


def test_call_beyond_the_places_is_found() -> None:
    calls = [replace(call, answer=Answer.ACCEPTED) for call in next_calls(POOL, TERMS, SEED, ())]
    may = set(eligible(POOL, TERMS, TERMS.needs[0]))
    extra = [p for p in draw_order(SEED, 60) if p in may][3]
    with pytest.raises(MalformedDrawError, match="every place"):
        check_course(POOL, TERMS, SEED, [*calls, Call(0, extra)])


def test_pool_too_small_is_refused_and_guessable_one_warned_of() -> None:
    assert check_request(POOL, TERMS) == []
    (warning,) = check_request(POOL, Terms((Need("A08", "", 7, 1),), (), 60))
    assert warning.en.endswith("guessed")
    with pytest.raises(DrawRefusedError) as caught:
        check_request(POOL, replace(TERMS, needs=(Need("A08", "", 30, 10),)))
    assert caught.value.rule == "pool"
    with pytest.raises(DrawRefusedError):  # each need alone could be filled, both together not
        check_request(POOL, replace(TERMS, needs=(Need("A08", "", 20, 0), Need("A0801", "", 12, 5))))
    with pytest.raises(MalformedDrawError):
        check_request(POOL, replace(TERMS, excluded=(Exclusion(60, "kinship"),)))
    assert check_request(POOL, Terms((Need("A08", "460100", 1, 1),), (), 60)) == []
    with pytest.raises(DrawRefusedError):
        check_request(POOL, Terms((Need("A08", "110000", 1, 0),), (), 60))


def test_exhausted_draw_says_so() -> None:
    small = Population(POOL.members[:6])
    terms = Terms((Need("B01", "", 1, 0),), (), 60)
    calls = [replace(call, answer=Answer.DECLINED) for call in next_calls(small, terms, SEED, ())]
    calls += [replace(call, answer=Answer.DECLINED) for call in next_calls(small, terms, SEED, calls)]
    with pytest.raises(DrawRefusedError) as caught:
        next_calls(small, terms, SEED, calls)
    assert caught.value.rule == "exhausted"


def test_terms_and_population_are_one_to_one_with_their_bytes() -> None:
    assert Terms.parse(TERMS.to_bytes()) == TERMS
    for spoiled in (
        TERMS.to_bytes() + b" ",
        b"{}",
        TERMS.to_bytes().replace(b"employer", b"whatever"),
        b"\xff",
    ):
        with pytest.raises(MalformedDrawError):
            Terms.parse(spoiled)
    parsed = Population.parse(POOL.to_bytes())
    assert parsed.root() == POOL.root()
    parsed.check(POOL.root(), 60)
    for root, size in ((bytes(32), 60), (POOL.root(), 59)):
        with pytest.raises(MalformedDrawError):
            parsed.check(root, size)
    for spoiled in (
        POOL.to_bytes()[:-1],
        b'{"members":[],"type":"other"}',
        POOL.to_bytes().replace(b"ab", b"AB", 1),
    ):
        with pytest.raises(MalformedDrawError):
            Population.parse(spoiled)


def test_root_is_that_of_the_leaves_however_alike_the_attributes_look() -> None:
    alike: list[dict[str, Json]] = [{"a": 1}, {"a": True}, {"a": "1"}, {"a": 1.0}, {"a": [1]}, {"a": 1}, {}]
    swapped: list[dict[str, Json]] = [{"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": "1, 'b': 2"}]
    members = [Member(attributes, bytes([at]) * 32) for at, attributes in enumerate([*alike, *swapped])]
    for size in range(len(members) + 1):
        expected = Frontier().extended(leaf_hash(member.leaf()) for member in members[:size])[0].root()
        assert Population(tuple(members[:size])).root() == expected


@pytest.mark.parametrize(
    ("needs", "excluded", "window"),
    [
        ((), (), 60),
        ((Need("A", "", 0, 0),), (), 60),
        ((Need("", "", 1, 0),), (), 60),
        ((Need("A", "", 1, -1),), (), 60),
        ((Need("A", "", 1, 0),), (Exclusion(3, "kinship"), Exclusion(1, "kinship")), 60),
        ((Need("A", "", 1, 0),), (Exclusion(1, "dislike"),), 60),
        ((Need("A", "", 1, 0),), (), 0),
    ],
)
def test_terms_that_cannot_be_are_refused(
    needs: tuple[Need, ...], excluded: tuple[Exclusion, ...], window: int
) -> None:
    with pytest.raises(MalformedDrawError):
        Terms(needs, excluded, window)


def test_names_are_shown_by_their_salts_and_nobody_elses_can_be() -> None:
    member = expert(5)
    member.check_identity({"name": "expert 5"}, Random(5).randbytes(32))
    for identity, salt in (
        ({"name": "expert 6"}, Random(5).randbytes(32)),
        ({"name": "expert 5"}, bytes(32)),
    ):
        with pytest.raises(MalformedDrawError):
            member.check_identity(identity, salt)
    assert expert(5).leaf() != Member.of(member.attributes, {"name": "expert 5"}, bytes(32)).leaf()
    with pytest.raises(MalformedDrawError, match="twice"):
        Population((member, member))


def committee(experts: int, others: int) -> list[Seat]:
    return [Seat(is_expert=True)] * experts + [Seat(is_expert=False)] * others


@pytest.mark.parametrize(("experts", "others"), [(5, 0), (4, 1), (5, 2), (6, 3)])
def test_committee_that_the_law_allows(experts: int, others: int) -> None:
    check_committee(committee(experts, others))


@pytest.mark.parametrize(("experts", "others"), [(3, 0), (4, 0), (6, 0), (3, 2), (4, 3), (5, 4)])
def test_committee_that_is_even_small_or_has_too_few_experts(experts: int, others: int) -> None:
    with pytest.raises(DrawRefusedError) as caught:
        check_committee(committee(experts, others))
    assert caught.value.rule == "法37"


def test_supervisors_staff_may_not_sit() -> None:
    with pytest.raises(DrawRefusedError) as caught:
        check_committee([*committee(4, 0), Seat(is_expert=True, is_supervisors_staff=True)])
    assert caught.value.rule == "条46"


def test_eight_years_with_a_title_qualify() -> None:
    assert is_qualified(8, has_senior_title=True)
    assert not is_qualified(7, has_senior_title=True)
    assert not is_qualified(30, has_senior_title=False)

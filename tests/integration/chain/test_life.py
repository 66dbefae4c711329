"""Guarantees from issue to end, sent by the outbox and followed by the index: the same on both nodes."""

from hashlib import sha256

from guarantees.chain import calls, index
from guarantees.chain.refusals import State
from guarantees.chain.standing import Standing
from tests.integration.chain.world import YEAR, World

STATEMENT, PAYMENT, GROUNDS = (sha256(word).digest() for word in (b"statement", b"payment", b"grounds"))


def standing(world: World, guarantee: bytes) -> Standing:
    world.follow()
    with world.database.session() as session:
        found = index.guarantee(session, guarantee)
    assert found is not None
    return found


def assert_as_on_chain(world: World, guarantee: bytes) -> None:
    found, there = standing(world, guarantee), world.gateway.guarantee(guarantee)
    assert found.at(world.chain_time()) == there.state
    assert (found.beneficiary or bytes(20)) == there.beneficiary
    assert (found.expiry, found.answer_by or 0, found.extension_days or 0) == (
        there.expiry,
        there.answer_by,
        there.extension_days,
    )


def names(world: World, guarantee: bytes) -> list[str]:
    with world.database.session() as session:
        return [row.name for row in index.history(session, guarantee)]


def test_a_guarantee_is_demanded_refused_extended_and_paid(world: World) -> None:
    terms = world.presented(1)
    guarantee, committed = world.id(terms), world.commitment(terms)
    assert_as_on_chain(world, guarantee)

    world.done("beneficiary", "demand", calls.demand(terms, 5, 0, STATEMENT))
    first = standing(world, guarantee)
    assert (first.state, first.demanded, first.statement) == (State.DEMANDED, 5, STATEMENT)
    assert first.answer_by is not None
    world.done("guarantor", "refuse", calls.refuse(committed, first.answer_by, GROUNDS))
    assert_as_on_chain(world, guarantee)

    world.node.set_next_time(world.chain_time() + 60)
    world.done("beneficiary", "demand again", calls.demand(terms, 80_000_000, 30, STATEMENT))
    second = standing(world, guarantee)
    assert second.answer_by is not None
    assert second.answer_by > first.answer_by
    assert_as_on_chain(world, guarantee)
    world.done("guarantor", "extend", calls.extend(committed, second.answer_by))
    assert standing(world, guarantee).expiry == first.expiry + 30 * 86400
    assert_as_on_chain(world, guarantee)

    world.node.set_next_time(world.chain_time() + 60)
    world.done("beneficiary", "demand at last", calls.demand(terms, 7, 0, STATEMENT))
    third = standing(world, guarantee)
    assert third.answer_by is not None
    world.done("guarantor", "pay", calls.pay(committed, third.answer_by, PAYMENT))
    last = standing(world, guarantee)
    assert (last.state, last.answer, last.amount, last.document) == (
        State.PAID,
        PAYMENT,
        80_000_000,
        terms.document,
    )
    assert_as_on_chain(world, guarantee)
    assert names(world, guarantee) == [
        *("Issued", "Presented", "Demanded", "Refused", "Demanded", "Extended", "Demanded", "Paid")
    ]


def test_a_batch_is_issued_and_one_of_it_released(world: World) -> None:
    expiry = world.chain_time() + YEAR
    batch = [world.terms(number) for number in range(50)]
    call = calls.issue_batch([(world.commitment(terms), expiry) for terms in batch])
    world.done("guarantor", "batch", call)
    world.done("beneficiary", "present", calls.present(batch[7]))
    world.done("beneficiary", "release", calls.release(world.id(batch[7])))
    world.follow()
    with world.database.session() as session:
        found = index.guarantees_of(session, world.address("guarantor"))
    assert {one.id for one in found} == {world.id(terms) for terms in batch}
    assert [one.id for one in found if one.state == State.RELEASED] == [world.id(batch[7])]
    for one in found[::10]:
        assert_as_on_chain(world, one.id)


def test_what_expired_is_so_by_the_clock_without_an_event(world: World) -> None:
    terms = world.issue(1, expiry=world.chain_time() + 100)
    guarantee = world.id(terms)
    found = standing(world, guarantee)
    assert (found.at(found.expiry), found.at(found.expiry + 1)) == (State.ISSUED, State.EXPIRED)
    world.node.set_next_time(found.expiry + 1)
    world.node.mine()
    assert_as_on_chain(world, guarantee)
    assert names(world, guarantee) == ["Issued"]


def test_a_suspended_guarantor_is_not_licensed_in_the_index_either(world: World) -> None:
    guarantor = world.address("guarantor")

    def is_licensed() -> bool:
        world.follow()
        with world.database.session() as session:
            indexed = index.is_licensed(session, guarantor)
        assert indexed == world.gateway.is_licensed(guarantor)
        return indexed

    assert is_licensed()
    world.done("regulator", "suspend", calls.suspend_guarantor(guarantor))
    assert not is_licensed()
    world.done("regulator", "license again", calls.license_guarantor(guarantor))
    assert is_licensed()


def test_reading_at_a_block_shows_the_past(world: World) -> None:
    terms = world.issue(1)
    before = world.node.number()
    world.done("beneficiary", "present", calls.present(terms))
    assert world.gateway.guarantee(world.id(terms), before).state == State.ISSUED
    assert world.gateway.guarantee(world.id(terms)).state == State.PRESENTED
    assert world.gateway.confirmed_block(3) == world.node.number() - 3

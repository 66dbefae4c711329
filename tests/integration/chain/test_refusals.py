"""Each refusal of our contracts is the same error of ours on both nodes: when asked beforehand, and when mined."""

from collections.abc import Callable
from hashlib import sha256

import pytest

from guarantees.chain import calls, outbox
from guarantees.chain.calls import Call
from guarantees.chain.errors import (
    DoneAlreadyError,
    NotPermittedError,
    RefusedError,
    UnknownError,
    UnsoundError,
    WrongStateError,
)
from guarantees.chain.terms import Terms
from tests.integration.chain.world import LOG, YEAR, World

HASH = sha256(b"anything").digest()
Case = tuple[str, Callable[[World], Call], type[RefusedError], str]


def _own_beneficiary(world: World) -> Call:
    guarantor = world.address("guarantor")
    terms = Terms(guarantor, guarantor, 1, HASH, HASH)
    world.done("guarantor", "own", calls.issue(world.commitment(terms), world.chain_time() + YEAR))
    return calls.present(terms)


def _again(world: World) -> Call:
    terms = world.issue(1)
    return calls.issue(world.commitment(terms), world.chain_time() + YEAR)


def _released_twice(world: World) -> Call:
    terms = world.presented(1)
    world.done("beneficiary", "release", calls.release(world.id(terms)))
    return calls.release(world.id(terms))


def _other_demand(world: World) -> Call:
    terms = world.presented(1)
    world.done("beneficiary", "demand", calls.demand(terms, 1, 0, HASH))
    return calls.refuse(world.commitment(terms), 12345, HASH)


def _no_extension(world: World) -> Call:
    terms = world.presented(1)
    world.done("beneficiary", "demand", calls.demand(terms, 1, 0, HASH))
    answer_by = world.gateway.guarantee(world.id(terms)).answer_by
    return calls.extend(world.commitment(terms), answer_by)


def _too_late(world: World) -> Call:
    terms = world.presented(1)
    world.done("beneficiary", "demand", calls.demand(terms, 1, 0, HASH))
    answer_by = world.gateway.guarantee(world.id(terms)).answer_by
    world.node.set_next_time(answer_by + 1)
    world.node.mine()
    return calls.refuse(world.commitment(terms), answer_by, HASH)


def _backwards(world: World) -> Call:
    world.done("poster", "anchor", calls.anchor(LOG, 5, HASH))
    return calls.anchor(LOG, 5, HASH)


CASES: list[Case] = [
    ("guarantor-2", lambda w: calls.issue(HASH, w.chain_time() + YEAR), NotPermittedError, "AccessControlUnauthorizedAccount"),
    ("guarantor", lambda w: calls.license_guarantor(HASH[:20]), NotPermittedError, "AccessControlUnauthorizedAccount"),
    ("guarantor", lambda w: calls.issue(HASH, 1), UnsoundError, "ExpiryNotInFuture"),
    ("guarantor", lambda w: calls.issue_batch([]), UnsoundError, "EmptyBatch"),
    ("guarantor", _again, DoneAlreadyError, "AlreadyIssued"),
    ("guarantor", lambda w: calls.pay(HASH, 1, HASH), UnknownError, "NotIssued"),
    ("guarantor", lambda w: calls.pay(w.commitment(w.presented(1)), 1, HASH), WrongStateError, "WrongState"),
    ("guarantor", _other_demand, WrongStateError, "AnotherDemand"),
    ("guarantor", _no_extension, UnsoundError, "NoExtensionOffered"),
    ("guarantor", _too_late, WrongStateError, "AnswerTooLate"),
    ("beneficiary", _own_beneficiary, UnsoundError, "MeaninglessTerms"),
    ("beneficiary", lambda w: calls.present(w.terms(99)), UnknownError, "NotIssued"),
    ("beneficiary", lambda w: calls.demand(w.presented(1), 80_000_001, 0, HASH), UnsoundError, "AmountOutOfRange"),
    ("beneficiary-2", lambda w: calls.demand(w.presented(1), 1, 0, HASH), NotPermittedError, "NotBeneficiary"),
    ("beneficiary", _released_twice, WrongStateError, "WrongState"),
    ("guarantor", lambda w: calls.anchor(LOG, 1, HASH), NotPermittedError, "NotPoster"),
    ("poster", _backwards, DoneAlreadyError, "NotForwards"),
    ("regulator", lambda w: calls.set_poster(HASH, bytes(20)), UnknownError, "NotRegistered"),
    ("regulator", lambda w: calls.register_log("", bytes(20)), UnsoundError, "EmptyOrigin"),
]  # fmt: skip


def test_every_refusal_is_the_same_error_asked_beforehand_and_mined(world: World) -> None:
    for number, (name, make, kind, said) in enumerate(CASES):
        shifted = Shifted(world, 100 * (number + 1))
        call = make(shifted)  # type: ignore[arg-type]
        with pytest.raises(kind) as caught:
            world.gateway.transaction(call, world.address(name))
        assert (type(caught.value), caught.value.name) == (kind, said)
        purpose = f"refused {number}"
        if said == "ExpiryNotInFuture":
            world.want(name, purpose, call)  # and something behind it, which it must not hold up
        mined = world.do(name, purpose, call)
        assert mined.state == outbox.REVERTED, mined
        assert mined.error is not None
        assert mined.error["name"] == said
        assert mined.error["sentence"] == str(caught.value)


class Shifted:
    """The world, with numbers of guarantees and names of purposes of one's own for each case."""

    def __init__(self, world: World, by: int) -> None:
        self._world, self._by = world, by

    def __getattr__(self, name: str) -> object:
        return getattr(self._world, name)

    def terms(self, number: int) -> Terms:
        return self._world.terms(number + self._by)

    def issue(self, number: int) -> Terms:
        return self._world.issue(number + self._by)

    def presented(self, number: int) -> Terms:
        return self._world.presented(number + self._by)

    def done(self, name: str, purpose: str, call: Call) -> None:
        self._world.done(name, f"{purpose} in {self._by}", call)


def test_fields_of_a_refusal_are_readable(world: World) -> None:
    terms = world.issue(1)
    with pytest.raises(DoneAlreadyError) as caught:
        world.gateway.transaction(calls.issue(world.commitment(terms), 2**40 - 1), world.address("guarantor"))
    assert caught.value.fields == {"id": world.id(terms)}
    world.done("beneficiary", "present", calls.present(terms))
    with pytest.raises(WrongStateError, match="found Presented"):
        world.gateway.transaction(calls.present(terms), world.address("beneficiary"))

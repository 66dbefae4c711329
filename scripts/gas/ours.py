"""The acts of GuaranteeRegistry and LedgerAnchor, with their aims."""

import hashlib
from dataclasses import dataclass

import contracts
from scripts.gas.meter import START, Deployed, Meter, address_of, digest, meter

BATCH = 50
ORIGIN = "log.example/sunseal"
EXPIRY = START + 120 * 24 * 3600
EXAMINATION = 15 * 24 * 3600
ADMIN_DELAY = 3 * 24 * 3600
AMOUNT = 80_000_000
PARTIES = ("admin", "regulator", "guarantor", "beneficiary", "anybody", "poster")


@dataclass(frozen=True, slots=True)
class Cost:
    """An act, its gas, and the most it should be; no aim where none was set."""

    act: str
    gas: int
    aim: int | None = None


def measured() -> list[Cost]:
    """All acts, each as a transaction of its own."""
    with meter(*PARTIES) as found:
        return [*_guarantees(found), *_anchors(found)]


def _guarantees(at: Meter) -> list[Cost]:
    artifact = contracts.artifact("GuaranteeRegistry")
    regulator = address_of("regulator")
    registry = at.deploy(
        "admin", artifact.abi, artifact.bytecode, address_of("admin"), ADMIN_DELAY, regulator, EXAMINATION
    )
    at.act("regulator", registry, "license", address_of("guarantor"))
    terms = [_terms(number) for number in range(2)]
    hidden = [_commitment(at, registry, one) for one in terms]

    def answer_by() -> int:
        return at.now + EXAMINATION

    def demand(days: int) -> int:
        at.now += 1
        return at.act("beneficiary", registry, "demand", terms[0], AMOUNT, days, digest("statement"))

    issue = at.act("guarantor", registry, "issue", hidden[0], EXPIRY)
    batch = [(digest(f"commitment {number}"), EXPIRY + number) for number in range(BATCH)]
    batched = at.act("guarantor", registry, "issueBatch", batch)
    present = at.act("anybody", registry, "present", terms[0])
    demanded = demand(30)
    extend = at.act("guarantor", registry, "extend", hidden[0], answer_by())
    demand(0)
    refuse = at.act("guarantor", registry, "refuse", hidden[0], answer_by(), digest("grounds"))
    demand(0)
    pay = at.act("guarantor", registry, "pay", hidden[0], answer_by(), digest("payment"))
    at.act("guarantor", registry, "issue", hidden[1], EXPIRY)
    at.act("anybody", registry, "present", terms[1])
    release = at.act("beneficiary", registry, "release", _id(at, registry, hidden[1]))
    return [
        Cost("issue", issue, 49_000),
        Cost(f"issueBatch of {BATCH}, each", -(-batched // BATCH), 27_000),
        Cost("present", present, 31_000),
        Cost("demand", demanded),
        Cost("pay", pay),
        Cost("refuse", refuse),
        Cost("extend", extend),
        Cost("release", release, 28_500),
    ]


def _anchors(at: Meter) -> list[Cost]:
    artifact = contracts.artifact("LedgerAnchor")
    anchors = at.deploy(
        "admin", artifact.abi, artifact.bytecode, address_of("admin"), ADMIN_DELAY, address_of("regulator")
    )
    at.act("regulator", anchors, "register", ORIGIN, address_of("poster"))
    log = hashlib.sha256(ORIGIN.encode()).digest()
    at.act("poster", anchors, "anchor", log, 4_000_000, digest("an earlier root"))
    return [Cost("anchor", at.act("poster", anchors, "anchor", log, 4_001_000, digest("root")), 37_000)]


def _terms(number: int) -> tuple[bytes, bytes, int, str, str]:
    """Digest of the document, salt, amount in fen, beneficiary, guarantor."""
    document, salt = digest(f"document {number}"), digest(f"salt {number}")
    return document, salt, AMOUNT, address_of("beneficiary"), address_of("guarantor")


def _commitment(at: Meter, registry: Deployed, terms: tuple[object, ...]) -> bytes:
    """Asked of the registry, which docs/spec/guarantee.md specifies."""
    return at.read(registry, "commitmentOf", terms)


def _id(at: Meter, registry: Deployed, commitment: bytes) -> bytes:
    return at.read(registry, "idOf", address_of("guarantor"), commitment)

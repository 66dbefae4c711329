"""An opening as the hall shows it, read from where each thing stands: the opening's own rows, the keyholders' releases,
the ledger's view for the closing's list, and what was found of guarantees.

Nothing here depends on who reads it or when: the same rows give the same page to whoever comes, early or late. Of a
committee's part nothing is read out, and nobody's name is shown.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import examiners
from app.web.pages.hall.about import About, about
from bidding.opening import record
from bidding.opening.models import GOOD, OpeningRow
from bidding.opening.record_words import CAPACITIES
from custody.models import ReleaseRow
from custody.reader import Reader
from guarantees.checking.taking import INVALID, PAPER, VALID
from guarantees.checking.words import SENTENCES, Found
from guarantees.models import GuaranteeCheck, PaperExamination
from ledger.errors import LedgerError
from statutes.instants import said_instant
from statutes.money import parse_yuan
from statutes.said import Said


@dataclass(frozen=True, slots=True)
class Listed:
    """A bid on the closing's list: `index` of its sealed entry; `sha256` and `size` of the part's file, and `revealed`
    the entry that says so, where the view has it."""

    index: int
    sha256: str = ""
    size: int = 0
    revealed: int | None = None


@dataclass(frozen=True, slots=True)
class Keyholder:
    """A member of the lot's group. `state`: new, good or wrong; "" while it has given nothing."""

    number: int
    name: str
    state: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Bid:
    """A bid of the part. `result` is as in the opening record, `found` what the guarantee's check came to."""

    number: int
    listed: Listed
    result: Mapping[str, Any]
    at: datetime | None
    guarantee: Said | None
    found: Sequence[Said]

    @property
    def state(self) -> str:
        return str(self.result["state"])

    @property
    def read(self) -> Mapping[str, Any] | None:
        """What was read out of it."""
        return self.result.get("read_out")

    @property
    def price(self) -> int | None:
        """As it was read out, in fen."""
        return _fen(self.read["price"]) if self.read else None

    @property
    def said(self) -> Said:
        """Why it was not opened, and what follows."""
        return Said(self.result["said"]["zh"], self.result["said"]["en"])


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody said in the hall. `by`: credit code and capacity, which tell speakers apart."""

    name: str
    capacity: Said
    text: str
    at: datetime
    by: tuple[str, str]

    @classmethod
    def of(cls, content: bytes) -> "Statement":
        found = json.loads(content)
        capacity = str(found["by"]["capacity"])
        return cls(
            str(found["by"]["name"]),
            CAPACITIES.get(capacity, Said(capacity, capacity)),
            str(found["text"]),
            datetime.fromtimestamp(found["at"], UTC),
            (str(found["by"]["credit_code"]), capacity),
        )


@dataclass(frozen=True, slots=True)
class Objection:
    number: int
    made: Statement
    answer: Statement | None


@dataclass(frozen=True, slots=True)
class Facts:
    """`group`, `threshold`, `closed_at`, `listed`: of the ledger's view; empty where it does not know the closing.
    `ceiling` is in fen of `currency`."""

    row: OpeningRow
    parts: Sequence[OpeningRow]
    about: About | None
    group: str
    threshold: int
    closed_at: int | None
    ceiling: int | None
    currency: str
    keyholders: Sequence[Keyholder]
    bids: Sequence[Bid]
    listed: Sequence[Listed]
    objections: Sequence[Objection]
    sign_offs: Sequence[Statement]
    silent: Sequence[int]

    @property
    def given(self) -> int:
        """How many keyholders gave shares that are right."""
        return sum(one.state == "good" for one in self.keyholders)

    @property
    def decided(self) -> int:
        """How many bids have a result."""
        return sum(one.result["state"] != "sealed" for one in self.bids)

    @property
    def opened(self) -> int:
        return sum(one.state == GOOD for one in self.bids)


def facts_of(session: Session, row: OpeningRow, reader: Reader | None) -> Facts:
    """All that the hall of a part shows."""
    ledger, of = _ledger(session, row, reader), about(session, row.lot)
    said = record.objections_of(session, row) if row.public else []
    signed = record.sign_offs_of(session, row) if row.public else []
    kept = json.loads(row.record) if row.record and row.public else {}
    return Facts(
        row=row,
        parts=parts_of(session, row.closing),
        about=of,
        ceiling=of.ceiling if of else _fen(kept.get("ceiling")),
        currency=of.currency if of else "CNY",
        group=ledger.group,
        threshold=ledger.threshold,
        closed_at=ledger.closed_at,
        keyholders=_keyholders(session, row, ledger.names),
        bids=_bids(session, row, ledger.listed),
        listed=ledger.listed,
        objections=[
            Objection(
                one.number, Statement.of(one.statement), Statement.of(one.answer) if one.answer else None
            )
            for one in said
        ],
        sign_offs=[Statement.of(one.statement) for one in signed],
        silent=kept.get("silent", ()),
    )


def parts_of(session: Session, closing: str) -> Sequence[OpeningRow]:
    """The parts of one closing, in their order."""
    query = select(OpeningRow).where(OpeningRow.closing == closing).order_by(OpeningRow.position)
    return session.scalars(query).all()


def guarantee_word(word: str) -> Said | None:
    """What is read out of a guarantee; None where the part has none."""
    if word == "none":
        return None
    return SENTENCES[Found(word)] if word in set(Found) else Said(word, word)


def _fen(amount: str | None) -> int | None:
    return None if amount is None else parse_yuan(amount)


@dataclass(frozen=True, slots=True)
class _Ledger:
    group: str = ""
    threshold: int = 0
    closed_at: int | None = None
    names: tuple[str, ...] = ()
    listed: tuple[Listed, ...] = ()


def _ledger(session: Session, row: OpeningRow, reader: Reader | None) -> _Ledger:
    """What the view knows of the closing, copied, so that it is held no longer than that."""
    if reader is None:
        return _Ledger()
    try:
        with reader.reading(session) as view:
            lot, closing = view.lots.closing(row.closing)
            group = view.groups.get(lot.entry.group)
            listed = []
            for index in closing.entry.bids:
                submission = lot.submissions.get(index)
                file = submission.part(row.part) if submission else None
                listed.append(
                    Listed(index, file.sha256, file.size, submission.revealed)
                    if submission and file
                    else Listed(index)
                )
            names = tuple(member.name for member in group.proposal.members)
            return _Ledger(group.proposal.name, group.threshold, closing.index, names, tuple(listed))
    except LedgerError:
        return _Ledger()


def _keyholders(session: Session, row: OpeningRow, names: Sequence[str]) -> list[Keyholder]:
    query = select(ReleaseRow.member, ReleaseRow.state, ReleaseRow.received_at)
    of_part = query.where(ReleaseRow.closing == row.closing, ReleaseRow.part == row.part)
    given = {member: (state, at) for member, state, at in session.execute(of_part)}
    numbers = range(1, max([len(names), *given]) + 1)
    return [
        Keyholder(number, names[number - 1] if number <= len(names) else "", *given.get(number, ("", None)))
        for number in numbers
    ]


def _bids(session: Session, row: OpeningRow, listed: Sequence[Listed]) -> list[Bid]:
    places = {one.index: one for one in listed}
    decided = {one.bid: one.decided_at for one in record.bids_of(session, row)}
    checks = _checks(session, row)
    results: Any = record.results(session, row)["bids"]
    found = []
    for number, result in enumerate(results, 1):
        index, check = result["bid"], checks.get(result["bid"])
        read = result.get("read_out")
        found.append(
            Bid(
                number,
                places.get(index, Listed(index)),
                result,
                decided.get(index),
                guarantee_word(read["guarantee"]) if read else None,
                _findings(session, check) if check else (),
            )
        )
    return found


def _checks(session: Session, row: OpeningRow) -> dict[int, GuaranteeCheck]:
    if not row.public:
        return {}
    rows = session.scalars(select(GuaranteeCheck).where(GuaranteeCheck.lot == row.lot))
    return {one.bid: one for one in rows}


def _findings(session: Session, check: GuaranteeCheck) -> list[Said]:
    found = [Said(one["zh"], one["en"]) for one in check.findings]
    if check.form == PAPER and check.state in (VALID, INVALID):
        return [*(found or [SENTENCES[Found.ACCEPTED]]), *_examined(session, check)]
    if found:
        return found
    word = {"valid": Found.VERIFIED, "waiting": Found.AWAITING_CHAIN, "examine": Found.SCAN}.get(check.state)
    return [SENTENCES[word]] if word else []


def _examined(session: Session, check: GuaranteeCheck) -> list[Said]:
    """By whom, and when: for everybody the organisation, and no person."""
    row = session.get(PaperExamination, (check.lot, check.bid))
    if row is None or row.examined_at is None:
        return []
    organisation = examiners.of(session, row.examined_by).organisation
    at = said_instant(row.examined_at)
    return [
        Said(
            f"人工核验：{organisation or '交易中心工作人员'}，{at.zh}。",
            f"Examined by hand by {organisation or 'staff of the trading center'}, {at.en}.",
        )
    ]

"""Twenty guarantees of two guarantors, through every path to every final state, told step by step."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import flows, guarantee_notices
from app.guarantee_lots import TenderedLots
from bidding.opening.models import OpenedBidRow, OpeningRow
from bidding.package.sheet import GuaranteeHere
from bidding.tender import Move, State
from bidding.tenders import changing, outcome
from bidding.tenders.draft import Draft, PartDraft
from bidding.tenders.models import LotRow
from bidding.timetable import Timetable
from crypto.signatures import SigningKey
from guarantees.after import demands
from guarantees.after.demand_rules import Answer, Attached
from guarantees.chain import binding
from guarantees.chain.refusals import State as ChainState
from guarantees.checking import giving_back
from guarantees.checking.receipts import Reveal
from guarantees.lot_notice import LotNotice, find
from guarantees.models import Guarantee, GuaranteeCheck
from guarantees.register import accounts, listing
from guarantees.signed import SignedGuarantee
from guarantees.undertaking import GROUNDS, Party
from ledger.entries import BidOpened, GuarantorListed, RankedBid, decode
from ledger.entries.signed import UNSIGNED
from parties.roles import Role as PartyRole
from tests.e2e.guarantees import amending, applying
from tests.e2e.guarantees.courses import FORGETFUL, PATHS, Course
from tests.e2e.guarantees.deadlines import Deadlines
from tests.e2e.guarantees.deployment import Deployment, Desk, Place, now, wait
from tests.e2e.guarantees.sealed import PRICE, SealingBidder
from tests.guarantee_example import UNDERTAKING
from tests.guarantees import BENEFICIARY
from tests.integration.tenders.office import LOT
from tests.log import ORIGIN
from tests.opening import party

TENDEREE = "91310000132260250X"
BOND = LOT.bond
PROOF = (Attached("proof.pdf", "ab" * 32),)
OPENED_IN, BETWEEN, AWAY = timedelta(seconds=60), timedelta(seconds=40), timedelta(seconds=20)
"""Until the first opening, from it to the second, and how long before either of them work must be done: a slower machine
puts them off."""
FIRST, LOTS = ("6",), ("1", "2", "3", "4", "5")
"""6 is opened first, before the platform has followed the chain, and fails. Of the others 1 comes to its contract, 2
stays open, 3 is cancelled, 4 fails, 5 is for what is given back."""
PART = PartDraft(name="price", has_price=True, guarantee=GuaranteeHere.REQUIRED)
TENDEREES_KEY = SigningKey(b"\x62" * 32)


class Story:
    """The platform's side is played by its services, as its routes call them; everything on chain by the programs."""

    def __init__(self, deployment: Deployment, *, slack: int = 1) -> None:
        self.deployment = deployment
        self.platform = deployment.platform
        self.lots, self.short = TenderedLots(), timedelta(seconds=110 * slack)
        self.random = Random(5)
        self.successor: SignedGuarantee | None = None
        self.withdrawal: Reveal | None = None
        self.bidders: dict[int, SealingBidder] = {}
        deployment.start()
        self._register()
        first = (now() + OPENED_IN).replace(microsecond=0)
        self.deadlines, self.slack = Deadlines(self.platform.database), slack
        self.tenders = dict.fromkeys(FIRST, self._publish(FIRST, first))
        self.tenders |= dict.fromkeys(LOTS, self._publish(LOTS, first + slack * BETWEEN))
        self.paths = [
            Course(number, lot, 0, name, here, on_chain)
            for number, (lot, name, here, on_chain) in enumerate(PATHS, start=1)
        ]

    def lot_id(self, number: str) -> str:
        return f"{self.tenders[number]}.{number}"

    def bid(self) -> None:
        """Each guarantee goes into its bidder's sealed bid, and one bid is withdrawn again."""
        away = self.slack * AWAY
        with self.deadlines.patient(
            **{self.tenders["6"]: away, self.tenders["1"]: away + self.slack * BETWEEN}
        ):
            applied = [path for path in self.paths if not path.is_brought]
            applying.apply_and_issue(self.deployment, applied, self._asked, self.random)
            self._await_issue(applied)
            self._submit([*((path.number, path.lot) for path in applied), *FORGETFUL])
            (path,) = self.of("give-back")
            self.withdrawal = self.bidders[path.number].withdraw()
        # Those that must expire soon are made when their lots' deadline is known
        self.deadlines.keep_away(self.tenders["6"], 2 * away)
        self.deadlines.keep_away(self.tenders["1"], 2 * away + self.slack * BETWEEN)
        brought = [path for path in self.paths if path.is_brought]
        for path in brought:
            path.made = self._brought(path)
            self.desk(path).issue(path.made)
        self._await_issue(brought)
        self._submit([(path.number, path.lot) for path in brought if path.name != "never-shown"])
        assert now() < self.deadlines.of[self.tenders["6"]], "all bids must be in before the first deadline"

    def open(self) -> None:
        """By shares of the keyholders: one lot before the platform has followed the chain at all, the others after."""
        with self.deadlines.patient(**{self.tenders["1"]: AWAY}):
            opening = self.deployment.start_opening()
            found = self._await_opening("6")
            assert {found[path.bid] for path in self.of("seen-later")} == {"awaiting-chain"}
            assert sorted(found.values()) == ["awaiting-chain", "awaiting-chain", "missing"]
            self.deployment.end(opening)
            self.deployment.start_gateway()
            for path in self.paths:
                wait("the chain is followed", partial(_is_known, self.platform, path.made))
        self.deployment.start_opening()
        words = {"short": "amount-short", "altered": "signature-wrong"}
        for lot in ("1", "2", "3", "4"):
            found = self._await_opening(lot)
            for path in self.paths:
                if path.lot == lot:
                    assert found[path.bid] == words.get(path.name, "verified"), path
        for path in self.paths:
            if path.here and path.name != "give-back":
                self._await_chain(path.made, ChainState.PRESENTED)

    def live(self) -> None:
        """Demands, answers, the amendment, and the bid that was withdrawn."""
        for path in self.of("pay", "refuse", "refuse-then-pay", "pay-after-contract", "refuse-then-expire"):
            self._demand(path)
        for path in self.of("pay-part"):
            self._demand(path, amount=BOND // 2)
        for path in self.of("extend"):
            self._demand(path, extension_days=30)
        for path in self.of("pay", "pay-part"):
            self._answer(path, Answer.PAID)
        for path in self.of("refuse", "refuse-then-pay", "refuse-then-expire"):
            self._answer(path, Answer.REFUSED)
        for path in self.of("extend"):
            self._answer(path, Answer.EXTENDED)
        for path in self.of("refuse-then-pay"):
            self._await_row(path.made, "refused")
            self._demand(path)
            self._answer(path, Answer.PAID)
        self._amend()
        self._give_back()

    def end(self) -> None:
        """What becomes of the lots releases their guarantees, and nobody asks for it."""
        (winner,) = self.of("winner")
        contracted = self.lot_id("1")
        with self._committing() as session:
            shown_at = now() - timedelta(minutes=4)  # three days of the course's are over
            outcome.evaluate(session, contracted, "ab" * 32, now=shown_at)
            candidate = RankedBid(1, winner.bid, PRICE, "")
            outcome.publish_candidates(session, contracted, [candidate], now=shown_at)
            outcome.award(session, contracted, 1, now=now())
            outcome.contract(session, contracted, PRICE, "ab" * 32, now=now())
            flows.lots_moved(session, [contracted], now=now())
            session.commit()
        with self._committing() as session:
            # Nobody tells the guarantees of these: the worker finds out.
            changing.cancel(session, self.tenders["3"], "no money", numbers=["3"], now=now())
            for lot in ("4", "6"):
                rejected = Move.FAIL_AS_ALL_REJECTED
                outcome.fail(session, self.lot_id(lot), rejected, "all rejected", now=now())
            session.commit()
        for path in self.of("pay-after-contract"):
            self._answer(path, Answer.PAID)

    def await_the_ends(self) -> None:
        for path in self.paths:
            if path.here and path.name != "amend":
                self._await_row(path.made, path.here)
            elif path.name == "amend":
                assert self.successor is not None
                self._await_row(path.made, "released")
                self._await_row(self.successor, "released")

    def of(self, *names: str) -> list[Course]:
        return [path for path in self.paths if path.name in names]

    def desk(self, path: Course) -> Desk:
        return self.deployment.desks[self._guarantor(path.number)]

    def row(self, made: SignedGuarantee) -> Guarantee | None:
        with self.platform.database.session() as session:
            return session.get(Guarantee, made.id)

    def check(self, path: Course) -> GuaranteeCheck | None:
        with self.platform.database.session() as session:
            return session.get(GuaranteeCheck, (self.lot_id(path.lot), path.bid))

    def _register(self) -> None:
        """Both guarantors are on the supervisor's list, and the tenderee has an account on chain."""
        listed_at, supervisor = now() - timedelta(hours=1), self.deployment.supervisor
        since = int((now() - timedelta(days=1)).timestamp())
        with self._committing() as session:
            binding.bind(session, self.deployment.contracts)
            for desk in self.deployment.desks.values():
                bank, own = desk.guarantor.party, desk.secrets
                entry = GuarantorListed(
                    *(ORIGIN, bank.credit_code, bank.name, desk.account.hex()),
                    *(own.spki.hex(), str(own.identity.recipient)),
                    *(since, since + 365 * 86400),
                    *(supervisor.verify_key.raw.hex(), UNSIGNED),
                )
                signed = entry.signed_by(supervisor)
                listing.take(session, signed, supervisor.verify_key, now=listed_at)
            accounts.register(session, TENDEREE, self.deployment.address(BENEFICIARY), now=listed_at)
            session.commit()
        tendering = self.deployment.tendering
        for number in (*range(1, len(PATHS) + 1), *(number for number, _ in FORGETFUL)):
            bidder = party(number)[1]
            tendering.register(PartyRole.BIDDER, bidder.credit_code, bidder.name)
        self.tenderee = tendering.register(PartyRole.TENDEREE, TENDEREE, "某招标人", TENDEREES_KEY)

    def _publish(self, numbers: Sequence[str], deadline: datetime) -> str:
        """Under the rules of a course, whose days are minutes; as of twenty-one minutes ago."""
        published = deadline - timedelta(minutes=21)
        timetable = Timetable(
            documents_from=published,
            documents_to=published + timedelta(minutes=6),
            deadline=deadline,
            opening=deadline,
            validity_days=1,
        )
        lots = tuple(replace(LOT, number=number, parts=(PART,)) for number in numbers)
        draft = Draft(title="滨海大道改造工程", profile="course", lots=lots, timetable=timetable)
        tender = self.deployment.tendering.publish(self.tenderee, draft, at=published)
        self.deadlines.of[tender] = deadline
        return tender

    def _asked(self, path: Course) -> LotNotice:
        """What the platform says to everybody that the lot asks."""
        with self.platform.database.session() as session:
            return find(guarantee_notices.open_lots(session, now=now()), self.lot_id(path.lot))

    def _brought(self, path: Course) -> SignedGuarantee:
        desk, number = self.desk(path), path.number
        expiry = self.deadlines.of[self.tenders[path.lot]] + (
            timedelta(hours=2) if path.name == "short" else self.short
        )
        contracts = self.deployment.contracts
        issued = int(now().timestamp())
        undertaking = replace(
            UNDERTAKING,
            number=f"BH-2026-{number:04}",
            issuer=desk.guarantor.party,
            applicant=Party(party(number)[1].name, party(number)[1].credit_code),
            beneficiary=Party("某招标人", TENDEREE),
            tender=self.tenders[path.lot],
            lot=self.lot_id(path.lot),
            amount=BOND - (path.name == "short"),
            applied=issued - 60,
            issued=issued,
            expiry=int(expiry.timestamp()),
            on_chain=replace(
                UNDERTAKING.on_chain,
                chain_id=contracts.chain_id,
                registry=contracts.registry.hex(),
                guarantor=desk.account.hex(),
                beneficiary=self.deployment.address(BENEFICIARY).hex(),
            ),
        )
        by = desk.guarantor
        return SignedGuarantee.sign(undertaking, by.spki, by.sign, self.random.randbytes(32))

    def _guarantor(self, number: int) -> str:
        return "guarantor" if number % 2 else "guarantor-2"

    def _await_issue(self, paths: Sequence[Course]) -> None:
        for path in paths:
            wait(f"{path.name} is issued", partial(_is_known, self.desk(path), path.made))

    def _submit(self, wanted: Sequence[tuple[int, str]]) -> None:
        """All of them at once, by number and lot."""
        tendering = self.deployment.tendering
        with ThreadPoolExecutor(6) as pool:
            for number, lot in wanted:
                path = self.paths[number - 1] if number <= len(self.paths) else None
                sheet = tendering.sheet(self.tenders[lot], lot)
                content = b"" if path is None else self._content(path)
                self.bidders[number] = SealingBidder(tendering, number, sheet, content)
            bidders = [self.bidders[number] for number, _ in wanted]
            for one, sent in zip(bidders, pool.map(SealingBidder.submit, bidders), strict=True):
                if one.number <= len(self.paths):
                    path = self.paths[one.number - 1]
                    path.bid, path.sent = sent.index, sent

    def _content(self, path: Course) -> bytes:
        """What goes into the bid."""
        made = path.made
        if path.name == "altered":
            made = replace(made, undertaking=replace(made.undertaking, amount=2 * BOND))
        return made.to_bytes()

    def _await_opening(self, lot: str) -> dict[int, str]:
        """What was read out of the guarantees, by bid, once all bids of the lot have been opened."""

        def is_open() -> bool:
            with self.platform.database.session() as session:
                return session.get_one(LotRow, self.lot_id(lot)).state == State.OPENED

        wait(f"lot {lot} is opened", is_open)
        query = select(OpenedBidRow).join(OpeningRow, OpeningRow.closing == OpenedBidRow.closing)
        with self.platform.database.session() as session:
            rows = session.scalars(query.where(OpeningRow.lot == self.lot_id(lot)))
            entries = [decode(row.result or b"") for row in rows]
        opened = [one for one in entries if isinstance(one, BidOpened)]
        assert len(opened) == len(entries), entries
        return {one.bid: one.read_out[0].guarantee for one in opened}

    def _demand(self, path: Course, *, amount: int = BOND, extension_days: int = 0) -> None:
        with self._committing() as session:
            demands.demand(
                *(session, self.lots, path.made.id),
                amount=amount,
                ground=GROUNDS[1],
                statement="中标人拒绝签订合同。",
                extension_days=extension_days,
                now=now(),
            )
            session.commit()

    def _answer(self, path: Course, given: Answer) -> None:
        """The document to the platform, the act by the guarantor's own account."""
        with self._committing() as session:
            reasons = ("未附违约声明。",) if given is Answer.REFUSED else ()
            row = demands.answer(session, path.made.id, given, reasons=reasons, documents=PROOF, now=now())
            document = demands.reply_hash(row)
            session.commit()
        self.desk(path).answer(path.made.id, given, document)

    def _amend(self) -> None:
        (path,) = self.of("amend")
        self.successor = amending.amend(self.platform, self.desk(path), path, TENDEREES_KEY)

    def _give_back(self) -> None:
        """A bid that was withdrawn before the deadline: its bidder hands in guarantee and receipts."""
        (path,) = self.of("give-back")
        assert path.sent is not None
        with self._committing() as session:
            giving_back.give_back(
                *(session, self.lots, path.made.to_bytes()),
                bidder=party(path.number)[1].credit_code,
                submitted=path.sent,
                withdrawn=self.withdrawal,
                early=True,
                now=now(),
            )
            session.commit()

    def _state(self, made: SignedGuarantee | None) -> ChainState | None:
        assert made is not None
        return self.platform.state_of(made.id)

    def _await_chain(self, made: SignedGuarantee, state: ChainState) -> None:
        wait(f"{made.undertaking.number} is {state} on chain", lambda: self._state(made) is state)

    def _await_row(self, made: SignedGuarantee, state: str) -> None:
        def done() -> bool:
            row = self.row(made)
            return row is not None and row.state == state

        wait(f"{made.undertaking.number} is {state} here", done)

    def _committing(self) -> AbstractContextManager[Session]:
        return self.platform.database.session()


def _is_known(place: Place, made: SignedGuarantee) -> bool:
    """Whether that party has seen it issued."""
    return place.state_of(made.id) is not None

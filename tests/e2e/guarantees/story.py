"""Twenty guarantees of two guarantors, through every path to every final state, told step by step."""

import hashlib
import time
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import flows, guarantee_notices
from app.guarantee_lots import TenderedLots
from bidding.tender import Move, State
from bidding.tenders import changing, outcome
from bidding.tenders.draft import Draft
from bidding.tenders.models import LotRow, TenderRow
from bidding.timetable import Timetable
from crypto.signatures import SigningKey
from guarantees.after import amending, demands
from guarantees.after.amending import Amendment, Role
from guarantees.after.demand_rules import Answer, Attached
from guarantees.chain import binding
from guarantees.chain.refusals import State as ChainState
from guarantees.checking import giving_back
from guarantees.checking.giving_back import Reveal
from guarantees.checking.taking import CheckAtOpening
from guarantees.lot_notice import LotNotice, find
from guarantees.models import Guarantee, GuaranteeCheck
from guarantees.register import accounts, listing
from guarantees.signed import SignedGuarantee
from guarantees.undertaking import GROUNDS, Party
from ledger import log
from ledger.entries import BidSubmitted, BidWithdrawn, GuarantorListed, Sealed, encode
from ledger.entries.signed import UNSIGNED
from ledger.models import EntryRow
from parties import members, organisations
from parties.models import PartyKey
from parties.roles import Role as PartyRole
from tests.e2e.guarantees import applying
from tests.e2e.guarantees.courses import PATHS, Course
from tests.e2e.guarantees.deployment import Deployment, Desk, Place, now, wait
from tests.guarantee_example import UNDERTAKING
from tests.guarantees import BENEFICIARY, Carried, spki
from tests.integration.tenders.office import LOT, Office, force
from tests.log import ORIGIN
from tests.opening import party
from tests.story import SUPERVISOR

TENDEREE = "91310000132260250X"
BOND = LOT.bond
PROOF = (Attached("proof.pdf", "ab" * 32),)
OPENED_IN = timedelta(seconds=120)
LOTS = ("1", "2", "3", "4", "5")
"""1 comes to its contract, 2 stays open, 3 is cancelled, 4 fails, 5 is for what is given back."""
APPLICANT = SigningKey(b"\x61" * 32)
TENDEREES_KEY = SigningKey(b"\x62" * 32)


class Story:
    """The platform's side is played by its services, as its routes call them; everything on chain by the programs."""

    def __init__(self, deployment: Deployment, folder: Path, *, slack: int = 1) -> None:
        self.deployment = deployment
        self.platform = deployment.platform
        self.office = Office(self.platform.database, folder / "office")
        self.office.fill(keys=12, seed=2)
        self.lots, self.short = TenderedLots(), timedelta(seconds=75 * slack)
        self.random = Random(5)
        self.successor: SignedGuarantee | None = None
        deployment.start_desks()
        self.deadline = (now() + (slack + 3) / 4 * OPENED_IN).replace(microsecond=0)
        self._register()
        self.tender = self._publish()
        self.paths = [
            Course(number, lot, 5 if name == "winner" else 100 + number, name, here, on_chain)
            for number, (lot, name, here, on_chain) in enumerate(PATHS, start=1)
        ]

    def lot_id(self, number: str) -> str:
        return f"{self.tender}.{number}"

    def issue(self) -> None:
        """From sealed applications, by two desks, each with its own database and key; on chain before the deadline."""
        for path in self.paths:
            if path.is_brought:
                path.made = self._brought(path)
                self.desk(path).issue(path.made)
        applied = [path for path in self.paths if not path.is_brought]
        applying.apply_and_issue(self.deployment, applied, self._asked, self.random)
        for path in self.paths:
            desk = self.desk(path)
            seconds = (self.deadline - now()).total_seconds()
            wait(f"{path.name} is issued", partial(_is_known, desk, path.made), seconds)
        assert now() < self.deadline, "the machine was too slow: all must be on chain before the deadline"

    def open(self) -> None:
        """Some before the platform has followed the chain at all, the others after; all behind the deadline."""
        time.sleep(max(0.0, (self.deadline - now()).total_seconds() + 1))
        for path in self.of("seen-later"):
            assert self._hand_over(path) == "awaiting-chain"
        self.deployment.start_platform()
        for path in self.paths:
            wait("the chain is followed", partial(_is_known, self.platform, path.made))
        words = {"short": "amount-short", "altered": "signature-wrong"}
        for path in self.paths:
            if path.name not in ("seen-later", "give-back", "never-shown"):
                assert self._hand_over(path) == words.get(path.name, "verified"), path
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
        with self._committing() as session:
            tender = session.get_one(TenderRow, self.tender)
            rows = {row.number: row for row in session.scalars(select(LotRow))}
            force(session, tender, rows["1"], State.AWARDED)
            force(session, tender, rows["4"], State.EVALUATED)
            outcome.contract(session, rows["1"].id, 400_000_001, "ab" * 32, now=now())
            flows.lots_moved(session, [rows["1"].id], now=now())
            session.commit()
        with self._committing() as session:
            # Nobody tells the guarantees of these two: the worker finds out.
            changing.cancel(session, self.tender, "no money", numbers=["3"], now=now())
            outcome.fail(session, self.lot_id("4"), Move.FAIL_AS_ALL_REJECTED, "all rejected", now=now())
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
        listed_at = now() - timedelta(hours=1)
        since = int((now() - timedelta(days=1)).timestamp())
        with self._committing() as session:
            binding.bind(session, self.deployment.contracts)
            for desk in self.deployment.desks.values():
                bank, own = desk.guarantor.party, desk.secrets
                entry = GuarantorListed(
                    *(ORIGIN, bank.credit_code, bank.name, desk.account.hex()),
                    *(own.spki.hex(), str(own.identity.recipient)),
                    *(since, since + 365 * 86400),
                    *(SUPERVISOR.verify_key.raw.hex(), UNSIGNED),
                )
                signed = entry.signed_by(SUPERVISOR)
                listing.take(session, signed, SUPERVISOR.verify_key, now=listed_at)
            accounts.register(session, TENDEREE, self.deployment.address(BENEFICIARY), now=listed_at)
            person = members.add_person(session, "Li Si", now=now(), random=self.random.randbytes)
            applicant = organisations.establish(
                *(session, party(10)[1].credit_code, party(10)[1].name, PartyRole.BIDDER, person),
                now=now(),
                random=self.random.randbytes,
            )
            entry_id = session.execute(select(EntryRow.id).limit(1)).scalar_one()
            keys = ((applicant.id, APPLICANT), (self.office.tenderee, TENDEREES_KEY))
            for organisation, signing in keys:
                public = spki(signing)
                session.add(
                    PartyKey(
                        organisation_id=organisation,
                        key_id=hashlib.sha256(public).digest(),
                        spki=public,
                        certificate=None,
                        intermediates=[],
                        registered_at=now(),
                        registered_by=person.id,
                        registration_entry=entry_id,
                        ended_at=None,
                        end_entry=None,
                        ended_because="",
                    )
                )
            session.commit()

    def _publish(self) -> str:
        """Under the rules of a training, whose days are minutes; as of twenty-one minutes ago."""
        published = self.deadline - timedelta(minutes=21)
        timetable = Timetable(
            documents_from=published,
            documents_to=published + timedelta(minutes=6),
            deadline=self.deadline,
            opening=self.deadline,
            validity_days=1,
        )
        lots = tuple(replace(LOT, number=number) for number in LOTS)
        draft = Draft(title="滨海大道改造工程", profile="training", lots=lots, timetable=timetable)
        return self.office.publish(draft, now=published)

    def _asked(self, path: Course) -> LotNotice:
        """What the platform says to everybody that the lot asks."""
        with self.platform.database.session() as session:
            return find(guarantee_notices.open_lots(session, now=now()), self.lot_id(path.lot))

    def _brought(self, path: Course) -> SignedGuarantee:
        desk, number = self.desk(path), path.number
        expiry = self.deadline + (timedelta(hours=2) if path.name == "short" else self.short)
        contracts = self.deployment.contracts
        issued = int(now().timestamp())
        undertaking = replace(
            UNDERTAKING,
            number=f"BH-2026-{number:04}",
            issuer=desk.guarantor.party,
            applicant=Party(party(number)[1].name, party(number)[1].credit_code),
            beneficiary=Party("某招标人", TENDEREE),
            tender=self.tender,
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

    def _hand_over(self, path: Course) -> str:
        """What the opening's job does inside its transaction."""
        made = path.made
        if path.name == "altered":
            made = replace(made, undertaking=replace(made.undertaking, amount=2 * BOND))
        carried = Carried(self.lot_id(path.lot), path.bid, party(path.number)[1].credit_code, made.to_bytes())
        with self._committing() as session:
            word = CheckAtOpening(self.lots)(session, carried, now=now())
            session.commit()
        return str(word)

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
        """All three agree on a longer expiry; the successor is issued, presented, and the old one let go."""
        (path,) = self.of("amend")
        old = path.made.undertaking
        bank_key = self.desk(path).secrets.signing
        new = replace(old, number=old.number + "-A1", expiry=old.expiry + 3600)
        self.successor = SignedGuarantee.sign(new, spki(bank_key), bank_key.sign, self.random.randbytes(32))
        change = Amendment(path.made.id.hex(), 1, "有效期延长一小时", new.document.hex())
        signers = {
            Role.GUARANTOR: bank_key,
            Role.APPLICANT: APPLICANT,
            Role.BENEFICIARY: TENDEREES_KEY,
        }
        with self._committing() as session:
            amending.propose(session, change.to_bytes(), now=now())
            for role, key in signers.items():
                signature = key.sign(change.signed_bytes())
                amending.agree(session, path.made.id, role, spki(key), signature, now=now())
            session.commit()
        self.desk(path).issue(self.successor)
        wait("the successor is committed", lambda: self._state(self.successor) is not None)
        with self._committing() as session:
            amending.succeed(session, path.made.id, self.successor.to_bytes(), now=now())
            session.commit()

    def _give_back(self) -> None:
        """A bid that was withdrawn before the deadline: its bidder hands in guarantee and receipts."""
        (path,) = self.of("give-back")
        key, lot = SigningKey(b"\x63" * 32), self.lot_id(path.lot)
        name = key.verify_key.raw.hex()
        submitted = encode(BidSubmitted(ORIGIN, lot, name, 1, (), UNSIGNED).signed_by(key))
        withdrawn = encode(BidWithdrawn(ORIGIN, lot, name, UNSIGNED).signed_by(key))
        reveals = [self._seal(body) for body in (submitted, withdrawn)]
        path.bid = reveals[0].index
        with self._committing() as session:
            giving_back.give_back(
                *(session, self.lots, path.made.to_bytes()),
                bidder=party(path.number)[1].credit_code,
                submitted=reveals[0],
                withdrawn=reveals[1],
                now=now(),
            )
            session.commit()

    def _seal(self, body: bytes) -> Reveal:
        salt = self.random.randbytes(32)
        with self._committing() as session:
            entry_id = log.append(session, Sealed.of(body, salt), now=now())
            session.commit()
        self.office.log.run()
        with self.platform.database.session() as session:
            found = session.execute(select(EntryRow.index).where(EntryRow.id == entry_id)).scalar_one()
        assert found is not None
        return Reveal(found, salt, body)

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

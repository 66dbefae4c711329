"""The sender of one key: takes what is wanted from the outbox to a confirmed block, once, whatever crashes when.

One run, whose steps a crash may cut off anywhere. What is true is in the rows and on the chain; a run begins by reading
both, so there is nothing to repair.

    0. guard    the node has our chain and our contracts, and the database is bound to them.
    1. watch    ask for the receipts of every transaction tried for what is under way: mined, or gone again with its
                block, or its nonce used by something else.      A crash: asked again.
    2. settle   what is mined and has the depth upon it is final: confirmed, or reverted with the contract's reason.
                                                                 A crash: settled again, the same.
    3. mend     a nonce of the chain's that no row of ours has would hold up all later ones: reopen the row that had
                it, or fill it with a transfer of nothing.       A crash: found again.
    4. plan     under the lock of the key's row, in one transaction: the next nonce, the signature, the signed bytes.
                A crash before its commit: nothing was sent. After it the bytes are durable, and step 5 sends them.
    5. send     the signed bytes. A crash after the node took them and before we wrote that down: they are sent again,
                and the same bytes are the same transaction: the node says that it has them, or that the nonce is used.
    6. replace  the next to be mined, if it is stuck: signed with a higher fee and the same nonce, stored as in step 4.
                Only one of those tried can ever be mined, and step 1 knows them all.

So nothing is sent twice in effect: a row never has two nonces, unless another transaction than its own is known to have
used up the first, in a block with the configured depth upon it. What a reorganisation deeper than that does is answered
by the contracts: the second time they say AlreadyIssued, AnotherDemand, WrongState or NotForwards.
"""

import logging
import re
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from guarantees.chain import fees, nonces, watching
from guarantees.chain.abi import CONTRACTS
from guarantees.chain.binding import bind
from guarantees.chain.errors import NodeRefusedError, NodeUnavailableError, RefusedError, TransactionError
from guarantees.chain.fees import Fee
from guarantees.chain.models import AttemptRow, KeyRow, OutboxRow
from guarantees.chain.node import Block
from guarantees.chain.outbox import REFUSED, SENT, SIGNED, WANTED
from guarantees.chain.sender_setting import Change, Setting, apply, attempts_of, rows_in
from guarantees.chain.turn import Turn

_log = logging.getLogger(__name__)

_TAKEN = re.compile(
    r"already known|known transaction|already imported|already exists|nonce.*too low|old nonce|nonce.*already",
    re.IGNORECASE,
)
"""How nodes say that they have the transaction, or that its nonce is used; step 1 finds out which."""


class Sender:
    """One process's sender for one key. It holds a connection, and on it the turn, from the first run to `close`."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._turn = Turn(setting.database, f"sender {setting.key.hex()}")
        self._is_guarded = False
        self._sent_at: dict[int, datetime] = {}

    def run(self) -> bool:
        """Does whatever is to be done now; True if there was something, False if another process has the turn.

        Raises whatever a step raises, also NodeRefusedError if the node does not take what it is sent; the next run
        goes on from there. Whoever cannot go on calls `close`, so that another process can.
        """
        if not self._turn.take():
            return False
        setting = self._setting
        if not self._is_guarded:
            self._guard()
        head = setting.gateway.node.head()
        mined = setting.gateway.node.nonce(setting.key)
        worked = self._step("watch", watching.watch(setting, mined, head))
        worked |= self._step("settle", watching.settle(setting, head))
        worked |= self._step("mend", nonces.mend(setting, mined))
        worked |= self._step("plan", self._plan(mined, head))
        sent, trouble = self._send()
        worked |= self._step("send", sent)
        worked |= self._step("replace", self._replace(mined))
        if (
            trouble is not None
        ):  # only now: a transaction that is not taken may be one that has to be replaced
            raise trouble
        return worked

    def close(self) -> None:
        """Gives the turn back; `run` takes it again."""
        self._turn.give_back()
        self._is_guarded = False

    def _step(self, name: str, worked: bool) -> bool:
        self._setting.probe(f"after {name}")
        return worked

    def _guard(self) -> None:
        self._setting.gateway.check()
        with self._setting.database.session() as session:
            bind(session, self._setting.gateway.deployment)
            session.commit()
        self._is_guarded = True

    def _plan(self, mined: int, head: Block) -> bool:
        """Step 4."""
        setting = self._setting
        with setting.database.session() as session:
            under_way = select(func.count()).where(
                OutboxRow.key == setting.key, OutboxRow.state.in_((SIGNED, SENT))
            )
            room = setting.in_flight - session.execute(under_way).scalar_one()
            waiting = select(OutboxRow).where(OutboxRow.key == setting.key, OutboxRow.state == WANTED)
            if room <= 0 or session.execute(waiting.limit(1)).first() is None:
                return False
        fee = fees.first(setting.gateway.node.market())
        with setting.database.session() as session:
            new = insert(KeyRow).values(address=setting.key, next_nonce=mined).on_conflict_do_nothing()
            session.execute(new)
            key = session.execute(
                select(KeyRow).where(KeyRow.address == setting.key).with_for_update()
            ).scalar_one()
            if mined > key.next_nonce:
                used = mined - key.next_nonce
                _log.warning(
                    "%s transactions of 0x%s are none of ours: give each program a key of its own",
                    used,
                    setting.key.hex(),
                )
                key.next_nonce = mined
            rows = (
                session.execute(waiting.order_by(OutboxRow.id).limit(room).with_for_update()).scalars().all()
            )
            for row in rows:
                unsendable = self._why_unsendable(row, head)
                if unsendable:
                    row.state, row.settled_at = REFUSED, setting.clock()
                    row.error = watching.error_json(TransactionError(unsendable))
                    continue
                session.add(setting.attempt(row, key.next_nonce, fee))
                row.state, row.nonce = SIGNED, key.next_nonce
                key.next_nonce += 1
            setting.probe("during plan")
            session.commit()
        return True

    def _why_unsendable(self, row: OutboxRow, head: Block) -> str | None:
        """Whatever could never be mined gets no nonce: it would hold up all that come after it."""
        if row.contract not in {*CONTRACTS, ""}:
            return f"there is no contract {row.contract!r}"
        if row.gas > head.gas_limit:
            return (
                f"it may use {row.gas} gas, and a block of this chain has {head.gas_limit}: split the batch"
            )
        return None

    def _send(self) -> tuple[bool, NodeRefusedError | None]:
        """Step 5. Stops at the first that the node does not take: what comes after it would have to wait anyway."""
        setting = self._setting
        with setting.database.session() as session:
            rows = rows_in(session, setting.key, SIGNED, SENT)
            tried = attempts_of(session, rows)
        sent: list[tuple[OutboxRow, AttemptRow]] = []
        trouble: NodeRefusedError | None = None
        for row in rows:
            attempt = tried[row.id][-1]
            if row.state == SENT and not self._is_due(attempt):
                continue
            try:
                self._hand_over(attempt)
            except NodeRefusedError as error:
                trouble = error
                apply(setting.database, [Change(row, {"trouble": error.said})])
                break
            except NodeUnavailableError:
                self._record(sent)
                raise
            setting.probe("during send")
            sent.append((row, attempt))
        self._record(sent)
        under_way = {attempt.id for attempts in tried.values() for attempt in attempts}
        self._sent_at = {id_: at for id_, at in self._sent_at.items() if id_ in under_way}
        return any(row.state == SIGNED for row, _ in sent), trouble

    def _is_due(self, attempt: AttemptRow) -> bool:
        """Also one that this process has not sent: the node may have forgotten it since."""
        last = self._sent_at.get(attempt.id)
        return last is None or self._setting.clock() - last > self._setting.patience

    def _hand_over(self, attempt: AttemptRow) -> None:
        try:
            self._setting.gateway.node.send(attempt.raw)
        except RefusedError:
            pass  # a node that runs it first and mines it all the same; step 1 finds out
        except NodeRefusedError as error:
            if not _TAKEN.search(error.said):
                raise

    def _record(self, sent: list[tuple[OutboxRow, AttemptRow]]) -> None:
        if not sent:
            return
        now = self._setting.clock()
        with self._setting.database.session() as session:
            for row, attempt in sent:
                self._sent_at[attempt.id] = now
                first = (AttemptRow.id == attempt.id) & AttemptRow.sent_at.is_(None)
                session.execute(update(AttemptRow).where(first).values(sent_at=now))
                if row.state == SIGNED:
                    Change(row, {"state": SENT}).apply(session)
            session.commit()

    def _replace(self, mined: int) -> bool:
        """Step 6. Only the next to be mined: those behind it are not stuck, but wait."""
        setting = self._setting
        with setting.database.session() as session:
            rows = [row for row in rows_in(session, setting.key, SIGNED, SENT) if row.nonce == mined]
            tried = attempts_of(session, rows)
        for row in rows:
            newest = tried[row.id][-1]
            if setting.clock() - (newest.sent_at or newest.signed_at) < 3 * setting.patience:
                continue
            market = setting.gateway.node.market()
            old = Fee(newest.max_fee, newest.tip)
            fee = fees.replacement(old, market, setting.highest_fee)
            if fee is None:
                trouble = f"it is not mined for {old.most} wei a unit of gas, and more than the limit is not offered"
                if row.trouble != trouble:
                    _log.warning("%s: %s", row.purpose, trouble)
                    apply(setting.database, [Change(row, {"trouble": trouble})])
                continue
            with setting.database.session() as session:
                session.add(setting.attempt(row, mined, fee))
                Change(row, {"state": SIGNED}).apply(session)
                setting.probe("during replace")
                session.commit()
            return True
        return False

"""`sunseal experts match`: once the opening has named the bidders, whoever of those called works for one is replaced."""

import os
from uuid import uuid4

from sqlalchemy import text

import bidding.submission.models  # noqa: F401 - a table that those of the opening refer to
from app.stack.commands import run
from bidding.opening.models import OpenedBidRow, OpeningRow
from crypto.randomness import RandomBytes
from ledger.entries import KeyRunEnded, encode
from parties.models import Organisation
from tests.integration.oversight.office import Office, expert
from tests.integration.oversight.test_draws import number_of
from tests.log import NOW

CODE = "91310000132260250X"
RESULT = encode(KeyRunEnded("11" * 32, (), "an entry that names no bidder"))


def opened(office: Office, lot: str, bidder: str, random: RandomBytes) -> None:
    """What the opening of a lot leaves behind; the tender before it is not needed here."""
    with office.world.database.session() as session:
        session.execute(text("SET session_replication_role = replica"))
        session.add(
            Organisation(
                id=uuid4(), credit_code=CODE, name=bidder, roles=["bidder"], verified_roles=["bidder"],
                salt=random(32), registered_at=NOW, suspended_at=None, suspended_because="",
            )
        )  # fmt: skip
        key = {"closing": "22" * 32, "part": "price"}
        session.add(
            OpeningRow(
                **key, lot=lot, position=0, public=True, state="opened", due_at=None, shares_until=None,
                fallback_until=None, stopped="", opened_at=NOW, sign_until=NOW, results=None, record=None,
            )
        )  # fmt: skip
        session.add(
            OpenedBidRow(
                **key, bid=1, state="opened", given_key=None, file_key=None, result=RESULT, credit_code=CODE,
                shown=True, trouble_at=None, decided_at=NOW,
            )
        )  # fmt: skip
        session.commit()


def test_members_who_work_for_a_bidder_are_replaced(office: Office, database_url: str) -> None:
    place = {**os.environ, "DATABASE_URL": database_url}
    draw = office.started()
    office.accept_all(draw)
    employer = expert(int(number_of(office, draw, 2)[2:])).employer
    opened(office, office.row(draw).lot, employer, office.random)
    said = run(place, "experts", "match", draw.hex())
    theirs = [
        call
        for call in office.calls(draw)
        if expert(int(number_of(office, draw, call.number)[2:])).employer == employer
    ]
    assert f"1 names of bidders; {len(theirs)} of those called" in said
    assert theirs
    assert {call.answer for call in theirs} == {"conflicted"}
    assert "0 of those called" in run(place, "experts", "match", draw.hex())

"""A guarantee that holds is presented: its row from here on, its entry, and `present` in the outbox.

The beneficiary's account sends it: anybody could, and the platform has the key of that account for the releases anyway.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from guarantees.after import steps
from guarantees.chain import calls, outbox
from guarantees.checking.rules import instant
from guarantees.models import Guarantee
from guarantees.signed import SignedGuarantee
from guarantees.tables.lifecycle import PRESENTED
from ledger.entries import GuaranteePresented


def present(session: Session, signed: SignedGuarantee, *, bid: int, now: datetime) -> Guarantee:
    """The caller has checked it. Nobody may learn of it before the opening, so this is not called before."""
    said = signed.undertaking
    row = Guarantee(
        id=signed.id,
        lot=said.lot,
        tender=said.tender,
        bid=bid,
        number=said.number,
        guarantor=said.issuer.credit_code,
        applicant=said.applicant.credit_code,
        beneficiary=said.beneficiary.credit_code,
        amount=said.amount,
        currency=said.currency,
        applied_at=instant(said.applied),
        issued_at=instant(said.issued),
        expiry=instant(said.expiry),
        content=signed.to_bytes(),
        state=PRESENTED,
        presented_at=now,
        ended_at=None,
        released_because="",
        replaced_by=None,
        followed=0,
    )
    session.add(row)
    session.flush()
    purpose = f"present {signed.id.hex()}"
    key = bytes.fromhex(said.on_chain.beneficiary)
    outbox.want(session, calls.present(signed.terms), key=key, purpose=purpose, now=now)
    entry = GuaranteePresented(
        *(signed.id.hex(), said.lot, bid, said.issuer.credit_code, said.number),
        *(said.document.hex(), said.amount, said.currency, said.expiry),
    )
    steps.take(session, row, entry, now=now, purpose=purpose)
    return row

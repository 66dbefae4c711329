"""What states, acts and troubles of the desk are called, and in which tone they are shown."""

import re

from flask import Flask

from app.web.pages.language import N_, _
from guarantees.chain.outbox import CONFIRMED, MINED, REFUSED, REVERTED, SENT, SIGNED, WANTED
from guarantees.chain.refusals import State
from guarantees.tables import desk

STATES = {
    desk.APPLIED: (N_("Applied"), "tone-open"),
    desk.QUOTED: (N_("Quoted"), "tone-work"),
    desk.ACCEPTED: (N_("Accepted, not paid"), "tone-work"),
    desk.PAID: (N_("Premium paid"), "tone-open"),
    desk.SIGNED: (N_("Signed, not on chain yet"), "tone-work"),
    desk.ISSUED: (N_("Issued on chain"), "tone-work"),
    desk.DELIVERED: (N_("Delivered"), "tone-done"),
    desk.DECLINED: (N_("Declined"), "tone-quiet"),
    desk.CANCELLED: (N_("Cancelled by the applicant"), "tone-quiet"),
    desk.FAILED: (N_("Refused by the chain"), "tone-halt"),
}
KEYS = {
    desk.PROVEN: N_("The ledger proves that the key that signed belongs to the applicant."),
    desk.UNPROVEN: N_("No proof of the key came with it: the documents alone tell who applies."),
    desk.UNCHECKED: N_("This desk reads no ledger: the documents alone tell who applies."),
}
SENDING = {
    None: N_("Another program sends the transaction; it was not seen on chain yet."),
    WANTED: N_("The transaction is not sent yet: the gateway (sunseal gateway run) sends it."),
    SIGNED: N_("The transaction is signed, and not sent yet."),
    SENT: N_("The transaction is sent, and not in a block yet."),
    MINED: N_("The transaction is in a block, which a reorganisation could still undo."),
    CONFIRMED: N_("The transaction is confirmed."),
    REVERTED: N_("The contract refused the transaction."),
    REFUSED: N_("The transaction can never be sent."),
}
ON_CHAIN = {
    State.NONE: N_("Not on chain"),
    State.ISSUED: N_("Stands, not presented"),
    State.PRESENTED: N_("Stands, presented"),
    State.DEMANDED: N_("Demanded"),
    State.REFUSED: N_("Stands, a demand was refused"),
    State.PAID: N_("Paid out"),
    State.RELEASED: N_("Was released"),
    State.EXPIRED: N_("Expired"),
}
EVENTS = {
    "Issued": N_("Was issued"), "Presented": N_("Presented to the beneficiary"), "Demanded": N_("Demanded"),
    "Paid": N_("Paid out"), "Refused": N_("Demand refused"), "Extended": N_("Extended"), "Released": N_("Was released"),
}  # fmt: skip
SOURCES = {"hand": N_("by hand"), "csv": N_("from a file"), "webhook": N_("told by the bank's system")}
ANSWERS = {"paid": N_("Paid"), "refused": N_("Refused"), "extended": N_("Extended")}
ACTS = {
    "quote": N_("Quoted"),
    "decline": N_("Declined"),
    "payment": N_("Recorded a payment"),
    "csv": N_("Recorded payments from a file"),
    "issue": N_("Signed the guarantee"),
    "limit": N_("Set a limit"),
    "answer": N_("Answered a demand"),
    "amend": N_("Amended a guarantee"),
}
_LETTERS = {
    "quote": N_("Quote"),
    "refusal": N_("Refusal"),
    "invoice": N_("Invoice"),
    "receipt": N_("Receipt for the premium"),
    "delivery": N_("Guarantee"),
    "failure": N_("Notice that the chain refused it"),
}
_REMARKS = {
    "no invoice has the number that the payer named": N_("No invoice has the number that the payer named."),
    "the invoice was paid before": N_("The invoice was paid before: this money came in twice."),
    "an acceptance came, and there is no open quote": N_("An acceptance came, and there is no open quote."),
    "an acceptance of another quote came": N_("An acceptance of another quote came."),
    "an acceptance came after the quote's end: quote again": N_(
        "An acceptance came after the quote's end: quote again."
    ),
    "the premium was paid, and the application had ended: pay it back": N_(
        "The premium was paid, and the application had ended: pay it back."
    ),
}
_CURRENCY = re.compile(r"the invoice is in ([A-Z]{3})\Z")


def install(app: Flask) -> None:
    app.jinja_env.globals.update(
        STATES=STATES,
        KEYS=KEYS,
        SENDING=SENDING,
        ON_CHAIN=ON_CHAIN,
        EVENTS=EVENTS,
        SOURCES=SOURCES,
        ACTS=ACTS,
    )
    app.jinja_env.globals.update(ANSWERS=ANSWERS, letter_name=letter_name)
    app.jinja_env.filters.update(remark=remark)


def letter_name(purpose: str) -> str:
    """What an outgoing letter is called; `purpose` ends with what it is about."""
    return next((_(name) for word, name in _LETTERS.items() if word in purpose.split()), purpose)


def remark(text: str) -> str:
    """A remark or a trouble of the desk's rows in the reader's language; a stranger's words as they are."""
    if (found := _CURRENCY.match(text)) is not None:
        return _("The invoice is in %(currency)s.", currency=found[1])
    if text.startswith("cancelled: "):
        return _("Cancelled: %(reason)s", reason=text.removeprefix("cancelled: "))
    return _(_REMARKS[text]) if text in _REMARKS else text

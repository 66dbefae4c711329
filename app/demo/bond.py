"""A bidder's application for a guarantee: `sunseal guarantee` at its own desk. The platform does not learn whose."""

import re
from dataclasses import dataclass
from pathlib import Path

from app.demo.bank import Bank
from app.demo.desk import Desk

_QUOTE = re.compile(r"^quote ", re.MULTILINE)
_INVOICE = re.compile(r"^invoice (\S+): ([0-9.]+) ", re.MULTILINE)
_ISSUED = re.compile(r"^issued: ", re.MULTILINE)


@dataclass
class Bond:
    """One application. `stage`: applied, accepted, paid, issued."""

    desk: Desk
    bank: Bank
    folder: Path
    stage: str = "applied"

    @classmethod
    def apply(cls, desk: Desk, bank: Bank, url: str, supervisor: str, lot: str) -> "Bond":
        """A letter to the guarantor, sealed to it, from a mailbox that has no name."""
        licence = desk.folder / "licence.pdf"
        licence.write_bytes(b"%PDF-1.7\n% a business licence\n")
        made = cls(desk, bank, desk.folder / f"guarantee-{lot}")
        made.command(
            *("apply", url, lot, "--supervisor", supervisor, "--guarantor", bank.code),
            *("--product", bank.product, "--credit-code", desk.person.code),
            *("--name", desk.person.organisation_name, "--contact", desk.person.email),
            *("--party-key", str(desk.folder / "party.pem"), "--party-proof", str(desk.party_proof)),
            *("--document", str(licence)),
        )
        return made

    def advance(self) -> bool:
        """Does what the guarantor's letters ask for; whether there was anything."""
        said = self.command("status")
        if self.stage == "applied" and _QUOTE.search(said):
            self.command("accept")
            self.stage = "accepted"
        elif self.stage == "accepted" and (invoice := _INVOICE.search(said)):
            self.bank.be_paid(invoice[1], invoice[2], self.desk.person.organisation_name)
            self.stage = "paid"
        elif self.stage == "paid" and _ISSUED.search(said):
            self.stage = "issued"
        else:
            return False
        return True

    def put_into(self, bid: Path) -> None:
        """Fetches it, has it checked against list, lot and chain, and puts it into a bid's folder."""
        self.command("fetch", "--bid", str(bid))

    def command(self, verb: str, *arguments: str) -> str:
        return self.desk.run("guarantee", verb, str(self.folder), *arguments)

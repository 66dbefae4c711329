"""The clerk of a guarantor: `sunseal guarantor` on its own machine, with its own database and keys."""

from app.stack.commands import run
from app.stack.guarantors import PRODUCT
from app.stack.place import GUARANTORS, StackPlace


class Bank:
    """Number `number` of the deployment's guarantors, from 1 on."""

    product = PRODUCT

    def __init__(self, place: StackPlace, number: int) -> None:
        self.name, self.code = GUARANTORS[number - 1]
        self._environment = place.guarantor_environment(number)
        self._folder = str(place.guarantor_desk(number))
        self._payments = 0

    def quote_all(self) -> None:
        """Looks at what was applied for, and offers it at the product's rate."""
        for line in self._run("queue", "applied").splitlines():
            self._run("quote", self._folder, line.split()[0])

    def be_paid(self, invoice: str, amount: str, payer: str) -> None:
        """A premium that came in on the account."""
        self._payments += 1
        said = ("--reference", f"T{self._payments:06}", "--amount", amount, "--payer", payer)
        self._run("paid", invoice, *said)

    def issue_paid(self) -> None:
        """Signs all whose premium is paid, and commits to them on the chain in one transaction."""
        self._run("issue", self._folder, "--all")

    def _run(self, *arguments: str) -> str:
        return run(self._environment, "guarantor", *arguments)

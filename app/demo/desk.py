"""A bidder's machine: `sunseal bid` with a folder a bid and a wallet of tokens, `sunseal guarantee` for applications.

It knows the addresses of the platform and of the chain.
"""

import json
import re
import shutil
import subprocess  # nosec B404
from collections.abc import Callable
from pathlib import Path
from secrets import token_bytes

from app.demo.people import Person
from app.stack.commands import run
from app.stack.files import private_file
from app.stack.place import StackPlace
from crypto import canonical_json
from crypto.age import X25519Identity


class Desk:
    """Its environment is its own: nothing of the platform's, but for addresses and whom to believe."""

    def __init__(self, place: StackPlace, person: Person, folder: Path) -> None:
        self.person, self.folder = person, folder
        folder.mkdir(parents=True, mode=0o700)
        person.register_key(folder / "party.pem")
        proof = person.ask("GET", f"/api/organisations/{person.organisation}/proof")
        self.party_proof = folder / "party-proof.json"
        self.party_proof.write_bytes(canonical_json.dumps(proof))
        private_file(folder / "age-key", X25519Identity(token_bytes(32)).reveal() + "\n")
        shutil.copy(place.contracts_file, folder / "contracts.json")
        self.environment = {
            **{name: value for name, value in place.environment().items() if not _is_platforms(name)},
            "SUNSEAL_PLATFORM": place.url,
            "SUNSEAL_SUBMISSIONS": place.url,
            "SUNSEAL_POLICY": str(place.policy),
            "SUNSEAL_WALLET": str(folder / "wallet.db"),
            "SUNSEAL_BID_AGE_KEY": str(folder / "age-key"),
            "SUNSEAL_PARTY_KEY": str(folder / "party.pem"),
            "SUNSEAL_CHAIN_URL": place.chain_url,
            "SUNSEAL_CHAIN_CONTRACTS": str(folder / "contracts.json"),
        }

    def bid(self, *arguments: str | Path) -> str:
        """What `sunseal bid <arguments>` says. CommandFailedError."""
        return self.run("bid", *map(str, arguments))

    def run(self, *arguments: str) -> str:
        """What any command says that is given on this machine. CommandFailedError."""
        return run(self.environment, *arguments)

    def draw_tokens(self, count: int) -> None:
        """The one step that needs a login, long before any bid."""
        self.environment["SUNSEAL_API_TOKEN"] = self.person.api_token("blind-tokens:draw")
        try:
            self.bid("tokens", str(count))
        finally:
            del self.environment["SUNSEAL_API_TOKEN"]

    def prepare(self, lot: str, sheet: bytes, price: str, bond: Callable[[Path], None] | None = None) -> Path:
        """A folder with the forms filled in and packed; `bond` puts the guarantee into it, where one is asked."""
        folder, lot_file = self.folder / lot, self.folder / f"{lot}.json"
        lot_file.write_bytes(sheet)
        who = ("--name", self.person.organisation_name, "--credit-code", self.person.code)
        self.bid("new", folder, "--lot-file", lot_file, *who)
        for form in folder.glob("parts/*/form.json"):
            content = json.loads(form.read_text("utf-8"))
            form.write_text(json.dumps({**content, "total": price}, ensure_ascii=False), "utf-8")
        if bond is not None:
            bond(folder)
        self.bid("pack", folder)
        return folder

    def seal(self, folder: Path) -> None:
        self.bid("seal", folder)

    def submit(self, folder: Path) -> int:
        """The ledger index that the receipt proves."""
        return int(re.findall(r"entry (\d+) of", self.bid("submit", folder))[0])


def has_age() -> bool:
    """Whether the stock age program is there."""
    return shutil.which("age") is not None


def seal_by_age(desk: Desk, folder: Path, part: str) -> None:
    """`age -r <the lot's> -r <one's own>`: anybody's program seals a bid; ours describes the file."""
    here = folder / "parts" / part
    sheet = json.loads((folder / "lot.json").read_text("utf-8"))
    recipient = next(one["recipient"] for one in sheet["parts"] if one["name"] == part)
    own = json.loads((folder / "key.json").read_text("utf-8"))["recipient"]
    command = ["age", "-r", recipient, "-r", own, "-o", str(here / "sealed.age"), str(here / "package.zip")]
    subprocess.run(command, check=True, timeout=60)  # noqa: S603 # nosec B603 - the bidder's own program
    said = desk.bid("describe", here / "sealed.age", "--part", part, "--lot-file", folder / "lot.json")
    (here / "sealed.json").write_text(said, "utf-8")


def _is_platforms(name: str) -> bool:
    return name.startswith("SUNSEAL") or name == "DATABASE_URL"

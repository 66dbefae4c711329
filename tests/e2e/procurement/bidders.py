"""Bidders at their desks. Each uses its own tools: `sunseal bid`, the stock age program, or the REST API with pyrage."""

import base64
import hashlib
import io
import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import Any

import httpx
import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from app.demo.people import PASSWORD, Person
from bidding.package import records
from bidding.package.forms import Bidder, PriceForm
from bidding.package.limits import DEFAULT_LIMITS
from bidding.package.names import FORM
from bidding.package.packing import BytesContent, pack
from bidding.package.sheet import LotSheet
from bidding.package.signing import sign_by_key
from bidding.sealing import describe
from crypto.signatures import SigningKey
from crypto.tokens.privacy_pass import TokenChallenge, finalize_token, request_token
from crypto.tokens.token_key import decode_key
from ledger.entries import BidSubmitted, encode
from ledger.entries.signed import UNSIGNED
from ledger.policy_file import PolicyFile
from ledger.proof import Receipt, verify_receipt
from ledger.sealed import check_reveal
from tests.e2e.keyholders.deployment import SUNSEAL, eventually
from tests.e2e.procurement.platform import Platform
from tests.environment import ROOT, program

PATIENCE = 180


@dataclass
class Desk:
    """A bidder with `sunseal bid`: one folder a bid, and a wallet of tokens. It knows the platform's address alone."""

    at: Platform
    person: Person
    folder: Path
    environment: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.party_key = self.folder / "party.pem"
        self.person.register_key(self.party_key)
        passphrase = self.folder / "passphrase"
        passphrase.write_text("a bidder's own\n")
        passphrase.chmod(0o600)
        kept = {"PATH", "HOME", "LANG", "PYTHONPATH"}
        self.environment = {
            **{name: value for name, value in os.environ.items() if name in kept},
            "SUNSEAL_PLATFORM": self.at.url,
            "SUNSEAL_SUBMISSIONS": self.at.url,
            "SUNSEAL_LEDGER": f"{self.at.url}/ledger",
            "SUNSEAL_POLICY": str(self.at.folder / "policy"),
            "SUNSEAL_SUPERVISOR": self.at.supervisor.raw.hex(),
            "SUNSEAL_LEDGER_KEEP": str(self.folder / "ledger"),
            "SUNSEAL_WALLET": str(self.folder / "wallet.db"),
            "SUNSEAL_BID_PASSPHRASE_FILE": str(passphrase),
            "SUNSEAL_PARTY_KEY": str(self.party_key),
        }

    def run(self, *arguments: str | Path, fails: bool = False, given: str = "") -> str:
        """`sunseal bid ...`; what it said on both outputs. No terminal is there to ask at."""
        done = subprocess.run(
            [*SUNSEAL, "bid", *map(str, arguments)],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            input=given,
            timeout=PATIENCE,
            check=False,
            start_new_session=True,
        )
        assert bool(done.returncode) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def draw(self, count: int) -> str:
        """By an API token, made in the browser."""
        token = self.person.api_token("blind-tokens:draw")
        self.environment["SUNSEAL_API_TOKEN"] = token
        try:
            return self.run("tokens", str(count))
        finally:
            del self.environment["SUNSEAL_API_TOKEN"]

    def draw_by_login(self, count: int) -> str:
        return self.run("tokens", str(count), "--login", self.person.email, given=PASSWORD + "\n")

    def new(self, lot: str, sheet: bytes) -> Path:
        """A folder for one bid."""
        folder, lot_file = self.folder / lot, self.folder / f"{lot}.json"
        lot_file.write_bytes(sheet)
        who = ("--name", self.person.organisation_name, "--credit-code", self.person.code)
        self.run("new", folder, "--lot-file", lot_file, *who)
        return folder

    def fill(self, folder: Path, **values: object) -> None:
        """What a person types into the forms; a total goes where the price is."""
        for form in folder.glob("parts/*/form.json"):
            content = json.loads(form.read_text())
            content |= {name: value for name, value in values.items() if name in content}
            form.write_text(json.dumps(content, ensure_ascii=False))

    def prepare(self, lot: str, sheet: bytes, **values: object) -> Path:
        """Made, filled in and packed."""
        folder = self.new(lot, sheet)
        self.fill(folder, **values)
        self.run("pack", folder)
        return folder


def seal_by_age(folder: Path, part: str, content: bytes | None = None) -> None:
    """`age -r <the lot's> -r <one's own>`, and the description that any sealed file needs."""
    here = folder / "parts" / part
    if content is not None:
        (here / "package.zip").write_bytes(content)
    sheet = LotSheet.parse((folder / "lot.json").read_bytes())
    own = json.loads((folder / "key.json").read_text())["recipient"]
    recipients = ("-r", sheet.part(part).recipient, "-r", own)
    command = [program("age"), *recipients, "-o", here / "sealed.age", here / "package.zip"]
    subprocess.run(command, check=True, timeout=PATIENCE)


class RestBidder:
    """A bidder whose own program speaks REST and seals with pyrage; of ours it uses the formats alone."""

    def __init__(self, at: Platform, person: Person, folder: Path) -> None:
        folder.mkdir()
        self.at, self.person = at, person
        person.register_key(folder / "party.pem")
        self.api_token = person.api_token("blind-tokens:draw")
        key = load_pem_private_key((folder / "party.pem").read_bytes(), None)
        assert isinstance(key, Ed25519PrivateKey)
        self.party_key = key
        self.bid_key = SigningKey(token_bytes(32))
        self.own = pyrage.x25519.Identity.generate()
        self.tokens = [self._draw() for _ in range(2)]

    def package(self, sheet: LotSheet, part: str, total: str) -> bytes:
        bidder = Bidder(self.person.organisation_name, self.person.code)
        form = PriceForm(sheet.lot, part, bidder, total, "CNY", (), None, None, None)
        target = io.BytesIO()
        binding = sheet.binding(part, self.bid_key.verify_key.raw.hex())
        sign = sign_by_key(self.party_key)
        pack([BytesContent(FORM, records.to_bytes(form))], binding, sign, target, DEFAULT_LIMITS)
        return target.getvalue()

    def submit(self, sheet: LotSheet, total: str) -> Receipt:
        """Uploaded, submitted in one act, and the receipt verified."""
        (part,) = sheet.parts
        recipients = [pyrage.x25519.Recipient.from_str(part.recipient), self.own.to_public()]
        sealed = pyrage.encrypt(self.package(sheet, part.name, total), recipients)
        said = describe(io.BytesIO(sealed), part.name)
        bid = self.bid_key.verify_key.raw.hex()
        fact = BidSubmitted(sheet.origin, sheet.lot, bid, 1, (said,), UNSIGNED).signed_by(self.bid_key)
        request = {"body": json.loads(encode(fact)), "uploads": {part.name: self._upload(sealed)}}
        token, answers = self._authorization(), list[Any]()

        def has_receipt() -> bool:
            answer = self._send("POST", "/submissions", token, json=request)
            answers.append(answer.json())
            return answers[-1]["receipt"] is not None

        eventually(has_receipt, "there is a receipt", PATIENCE)
        policy = PolicyFile.parse((self.at.folder / "policy").read_text()).policy()
        receipt = verify_receipt(answers[-1]["receipt"].encode(), policy)
        commitment = json.loads(receipt.entry)["commitment"]
        check_reveal(bytes.fromhex(commitment), bytes.fromhex(answers[-1]["salt"]), encode(fact))
        return receipt

    def _upload(self, sealed: bytes) -> str:
        """By tus: created, then all of it in one piece. The upload's capability."""
        created = self._send("POST", "/uploads", {**self._authorization(), "Upload-Length": str(len(sealed))})
        location = created.headers["Location"]
        digest = base64.b64encode(hashlib.sha256(sealed).digest()).decode()
        headers = {
            "Upload-Offset": "0",
            "Upload-Checksum": f"sha256 {digest}",
            "Content-Type": "application/offset+octet-stream",
        }
        sent = self._send("PATCH", f"/uploads/{location.rpartition('/')[2]}", headers, content=sealed)
        assert sent.headers["Upload-Offset"] == str(len(sealed))
        return str(location.rpartition("/")[2])

    def _authorization(self) -> dict[str, str]:
        token = base64.urlsafe_b64encode(self.tokens.pop()).decode()
        return {"Authorization": f'PrivateToken token="{token}"', "Idempotency-Key": token_hex(16)}

    def _send(self, method: str, path: str, headers: Mapping[str, str], **more: Any) -> httpx.Response:
        answer = httpx.request(
            method,
            f"{self.at.url}/api/submission{path}",
            headers={"Tus-Resumable": "1.0.0", **headers},
            trust_env=False,
            timeout=60,
            **more,
        )
        assert answer.status_code < 400, f"{path}: {answer.status_code} {answer.text}"
        return answer

    def _draw(self) -> bytes:
        """A token by RFC 9578, with an API token of the account."""
        directory = self.at.get("/.well-known/private-token-issuer-directory")
        key = decode_key(base64.urlsafe_b64decode(directory["token-keys"][0]["token-key"]))
        issuer = self.at.environment["SUNSEAL_TOKEN_ISSUER"]
        pending = request_token(key, TokenChallenge(issuer, issuer), token_bytes)
        answer = httpx.post(
            f"{self.at.url}{directory['issuer-request-uri']}",
            headers={"Authorization": f"Bearer {self.api_token}"},
            content=pending.request().encode(),
            trust_env=False,
            timeout=60,
        )
        assert answer.status_code == 200, answer.text
        return finalize_token(key, pending, answer.content).encode()

"""What the Python reference makes of letters to guarantors and of guarantees, for client_vectors.

Every random byte of what is sealed is 0x07, here and in the program's test. ECDSA and PSS signatures differ each time
they are made: SIGNED has such ones, which the reference verifies when it writes the vectors.
"""

import hashlib
import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from app.applicant.checking import Known, troubles
from app.letter_client import Listed
from crypto import canonical_json, party_keys
from crypto.age import X25519Identity
from crypto.encoding import encode
from crypto.errors import CryptoError
from crypto.signatures import SigningKey, VerifyKey
from guarantees.check_code import code_of
from guarantees.checking.words import SENTENCES
from guarantees.errors import GuaranteesError
from guarantees.letters import kinds
from guarantees.letters.kinds import Acceptance, Application, Cancellation
from guarantees.letters.scheme import SCHEME, SMALLEST, Letter, Post, Reply
from guarantees.lot_notice import LotNotice, to_list
from guarantees.paper import PaperGuarantee, Scan, last_second
from guarantees.register import product as products
from guarantees.register.product import Product
from guarantees.signed import SignedGuarantee
from guarantees.undertaking import Party
from ledger.entries import GuarantorListed
from ledger.entries import encode as entry_bytes
from ledger.entries.signed import UNSIGNED
from mailboxes.keys import MailboxKeys
from mailboxes.messages import File
from statutes.money import parse_yuan
from statutes.said import Said
from tests import guarantee_example
from tests.guarantee_example import BANK, BIDDER, ISSUER_KEY, TENDEREE, UNDERTAKING, signed
from tests.story import SUPERVISOR
from tests.vectors.party_signatures import SIGNED

ORIGIN = "ledger.sunseal.example"
BANK_AGE = X25519Identity(b"\x52" * 32)
MAILBOX = MailboxKeys(SCHEME, bytes(range(16)))
PARTY_KEY = SigningKey(b"\x61" * 32)
NOW = 1_773_200_000
NOTICE = LotNotice(
    tender=UNDERTAKING.tender,
    tender_title=UNDERTAKING.tender_title,
    lot=UNDERTAKING.lot,
    lot_title=UNDERTAKING.lot_title,
    beneficiary=TENDEREE,
    bond=UNDERTAKING.amount,
    currency="CNY",
    deadline=NOW + 86_400,
    valid_until=UNDERTAKING.expiry + 1,
    chain_id=UNDERTAKING.on_chain.chain_id,
    registry=UNDERTAKING.on_chain.registry,
    account=UNDERTAKING.on_chain.beneficiary,
)
PRODUCT = replace(guarantee_example.PRODUCT, version=3, rate=1_001, documents=("营业执照", "Licence"))


def guarantee_vectors() -> dict[str, Any]:
    """All of them."""
    return {
        "origin": ORIGIN,
        "supervisor": SUPERVISOR.verify_key.raw.hex(),
        "recipient": str(BANK_AGE.recipient),
        "mailbox": _mailbox(),
        "application": _application(),
        "letters": [_letter(number, one) for number, one in enumerate(_written())],
        "kinds": [{"text": text, "is_taken": _is_taken(kinds.parse, text)} for text in _texts()],
        "reply": _reply(),
        "fetch": _fetch(),
        "keys": [_key(spki, signature) for spki, signature in SIGNED],
        "listed": _listings(),
        "products": _products(),
        "lots": to_list([NOTICE, replace(NOTICE, lot="2026031700001.0")]).decode(),
        "guarantee": _guarantee(),
        "files": [{"text": text, "is_taken": _is_taken(_parsed, text)} for text in _files()],
        "checks": _checks(),
        "paper": _papers(),
    }


def _papers() -> list[dict[str, Any]]:
    """What `sunseal guarantee paper` writes, for what is entered: the day is the last one in Beijing."""
    scan, found = b"%PDF-1.7 a scan", []
    for file, number, amount, day in (
        ("保函 扫描件.PDF", "BH-2026/1", "800,000.00", date(2026, 12, 31)),
        ("scan.tar.gz", "P-1", "0.01", date(2028, 2, 29)),
        (".pdf", "P.2", "1234567.8", date(2027, 1, 1)),
        ("..jpeg", "P_3", "12", date(2027, 1, 1)),
        ("noending", "4", "90071992547409.91", date(2027, 1, 1)),
        ("a.b|c", "5", "5", date(2027, 1, 1)),
    ):
        said = PaperGuarantee(BANK, number, parse_yuan(amount), "CNY", last_second(day), Scan.of(file, scan))
        entered = {"name": BANK.name, "credit_code": BANK.credit_code, "number": number}
        found.append(
            {
                "entered": {**entered, "amount": amount, "until": day.isoformat()},
                "file": file,
                "content": scan.decode(),
                "text": said.to_bytes().decode(),
            }
        )
    return found


def _mailbox() -> dict[str, str]:
    return {
        "entropy": MAILBOX.entropy.hex(),
        "recipient": str(MAILBOX.identity.recipient),
        "key": MAILBOX.signing.verify_key.raw.hex(),
        "id": MAILBOX.mailbox.hex(),
    }


def _said() -> Application:
    return Application(
        guarantor=BANK.credit_code,
        mailbox=MAILBOX.signing.verify_key.raw.hex(),
        applicant=BIDDER,
        tender=NOTICE.tender,
        lot=NOTICE.lot,
        product=PRODUCT.product,
        amount=NOTICE.bond,
        currency="CNY",
        expiry=NOTICE.valid_until,
        contact="王工 13800000000",
        key=_spki(PARTY_KEY).hex(),
        signature="",
    )


def _application() -> dict[str, Any]:
    made = _said().signed(PARTY_KEY.sign)
    made.check()
    said = json.loads(kinds.to_text(_said()))
    for name in ("type", "key", "signature"):
        del said[name]
    return {"party_seed": "61" * 32, "said": said, "text": kinds.to_text(made)}


def _written() -> list[Letter]:
    application = kinds.to_text(_said().signed(PARTY_KEY.sign))
    return [
        Letter(application, (File("营业执照.pdf", b"licence\n"), File("empty", b""))),
        Letter(application, (File("large", b"x" * SMALLEST),)),
        Letter(kinds.to_text(Acceptance(1, 80_080))),
        Letter(kinds.to_text(Cancellation("不再需要"))),
    ]


def _letter(number: int, letter: Letter) -> dict[str, Any]:
    sealed = letter.seal([BANK_AGE.recipient, MAILBOX.identity.recipient], _seven)
    post = Post.of(MAILBOX, ORIGIN, BANK.credit_code, number, sealed).to_bytes(sealed)
    return {
        **_shown(letter),
        "size": len(letter.to_bytes()),
        "plaintext": hashlib.sha256(letter.to_bytes()).hexdigest(),
        "sealed": hashlib.sha256(sealed).hexdigest(),
        "post": post.partition(b"\n")[0].decode(),
    }


def _texts() -> list[str]:
    quote = kinds.Quote(1, 80_000_000, 80_080, "CNY", NOTICE.valid_until, NOW + 100, "请在三日内缴费")
    made: list[kinds.AnyLetter] = [
        quote,
        replace(quote, note=None, premium=0),
        kinds.Invoice("FP0011", 80_080, "CNY", NOW + 100, "海南示范银行 保费专户 1234"),
        kinds.Receipt("FP0011", 80_080, "CNY", NOW),
        kinds.Delivery("BH-2026-0001", "ab" * 32, 12),
        kinds.Refusal("额度不足。 No room below the limit."),
    ]
    texts = [kinds.to_text(one) for one in made]
    first = texts[0]
    return [
        *texts,
        first.replace('"premium":80080', '"premium":-1'),
        first.replace('"premium":80080', '"premium":80080.5'),
        first.replace('"premium":80080', '"premium":"80080"'),
        first.replace('"note":"请在三日内缴费",', ""),
        first.replace('"number":1,', '"more":0,"number":1,'),
        first.replace("请在三日内缴费", " 请在三日内缴费"),
        first.replace("请在三日内缴费", "请\u202e在"),
        first.replace("请在三日内缴费", "长" * 2000),
        first.replace("请在三日内缴费", "长" * 2001),
        first.replace("请在三日内缴费", "\U0001f600" * 2000),
        first.replace("guarantee-quote/v1", "guarantee-quote/v2"),
        first.replace(",", ", "),
        texts[4].replace("ab" * 32, "AB" * 32),
        texts[2].replace("FP0011", "-FP"),
    ]


def _reply() -> dict[str, Any]:
    letter = Letter(_texts()[0])
    sealed = letter.seal([MAILBOX.identity.recipient, BANK_AGE.recipient], _seven)
    said = Reply.of(ISSUER_KEY.sign, ORIGIN, MAILBOX.mailbox.hex(), 1, sealed)
    return {
        **_shown(letter),
        "recipients": [str(MAILBOX.identity.recipient), str(BANK_AGE.recipient)],
        "key": _spki(ISSUER_KEY).hex(),
        "mailbox": said.mailbox,
        "number": 1,
        "sha256": said.sha256,
        "signature": said.signature,
    }


def _fetch() -> dict[str, Any]:
    signature = MAILBOX.signing.sign_fields(SCHEME.domain("fetch"), ORIGIN, MAILBOX.mailbox, NOW)
    return {"at": NOW, "key": MAILBOX.signing.verify_key.raw.hex(), "signature": signature.hex()}


def _key(spki: str, signature: str) -> dict[str, str]:
    message = encode(products.DOMAIN, b"signed by every kind of key")
    party_keys.verify(party_keys.parse_spki(bytes.fromhex(spki)), bytes.fromhex(signature), message)
    return {"spki": spki, "signature": signature, "message": message.hex()}


def _listing(**changed: Any) -> GuarantorListed:
    entry = GuarantorListed(
        *(ORIGIN, BANK.credit_code, BANK.name, UNDERTAKING.on_chain.guarantor, _spki(ISSUER_KEY).hex()),
        *(str(BANK_AGE.recipient), NOW - 1000, NOW + 10**8, SUPERVISOR.verify_key.raw.hex(), UNSIGNED),
    )
    return replace(entry, **changed)


def _listings() -> dict[str, Any]:
    good = entry_bytes(_listing().signed_by(SUPERVISOR)).decode()
    other = SigningKey(b"\x62" * 32)
    forged = _listing(supervisor=other.verify_key.raw.hex()).signed_by(other)
    return {
        "good": good,
        "bad": [
            entry_bytes(forged).decode(),
            entry_bytes(_listing(origin="another.example").signed_by(SUPERVISOR)).decode(),
            good.replace(str(BANK_AGE.recipient), str(X25519Identity(b"\x53" * 32).recipient)),
            entry_bytes(_listing()).decode(),
        ],
    }


def _products() -> dict[str, Any]:
    content = PRODUCT.to_bytes()
    refused = [
        content.decode().replace('"least":100000', '"least":100000000000'),
        content.decode().replace('"rate":1001', '"rate":1000001'),
        content.decode().replace('"version":3', '"version":0'),
        content.decode().replace('"text":null', '"text":""'),
    ]
    for text in refused:
        if _is_taken(lambda one: Product.parse(one.encode()), text):
            raise AssertionError(text)
    amounts = [100_000, 29_970_029, 29_970_030, 80_000_000, 10**10]
    return {
        "content": content.decode(),
        "signature": ISSUER_KEY.sign(products.signed_bytes(content)).hex(),
        "refused": refused,
        "premiums": [{"amount": amount, "premium": PRODUCT.premium(amount)} for amount in amounts],
    }


def _guarantee() -> dict[str, Any]:
    made = signed()
    return {
        "file": made.to_bytes().decode(),
        "code": code_of(made),
        "commitment": made.commitment.hex(),
        "id": made.id.hex(),
    }


def _files() -> list[str]:
    text = signed().to_bytes().decode()
    return [
        text,
        signed(text="另有约定", expiry_event="签订合同", languages=("zh",)).to_bytes().decode(),
        text.replace('"amount":80000000', '"amount":0'),
        text.replace('"kind":"bid"', '"kind":"performance"'),
        text.replace('"law":"CN"', '"law":"cn"'),
        text.replace('"languages":["zh","en"]', '"languages":[]'),
        text.replace('"multiple":false', '"multiple":0'),
        text.replace('"transferable":false', '"transferable":false,"x":1'),
        text.replace('"rules":"urdg-758"', '"rules":"isp98"'),
        text.replace('"text":null,', ""),
        text.replace('"type":"guarantee/v1"', '"type":"guarantee/v2"'),
        text.replace('"type":"signed-guarantee/v1",', ""),
        text + "\n",
    ]


def _parsed(text: str) -> SignedGuarantee:
    return SignedGuarantee.parse(text.encode())


def _checks() -> list[dict[str, Any]]:
    """Guarantees with what the command says of each: the words of the checks that fail."""
    at, demand = UNDERTAKING.on_chain, UNDERTAKING.demand
    another = Party("某单位", "91310000132260250X")
    altered = signed().to_bytes().decode().replace('"amount":80000000', '"amount":90000000')
    made = [
        signed(),
        signed(SigningKey(b"\x63" * 32)),
        signed(issuer=another),
        signed(lot="2026031700001.2", applicant=another, beneficiary=another),
        signed(amount=79_999_999, currency="USD", expiry=NOTICE.valid_until - 2),
        signed(expiry=NOW - 1),
        signed(demand=replace(demand, on_first_demand=False)),
        signed(demand=replace(demand, grounds=demand.grounds[:2])),
        signed(demand=replace(demand, documents=("判决书",))),
        signed(expiry_event="签订合同", charges="beneficiary"),
        signed(on_chain=replace(at, beneficiary="44" * 20, guarantor="44" * 20)),
        signed(on_chain=replace(at, registry="44" * 20)),
        _parsed(altered),
    ]
    return [_check(one, True) for one in made] + [_check(signed(), False)]


def _check(made: SignedGuarantee, licensed: bool) -> dict[str, Any]:
    listed = {BANK.credit_code: Listed(_listing().signed_by(SUPERVISOR), licensed)}
    known = Known(listed, NOTICE, BIDDER.credit_code, None)
    words = {sentence: str(found) for found, sentence in SENTENCES.items()}
    found: list[Said] = troubles(made, known, now=datetime.fromtimestamp(NOW, UTC))
    return {
        "file": made.to_bytes().decode(),
        "licensed": licensed,
        "now": NOW,
        "notice": canonical_json.loads(NOTICE.to_bytes()),
        "bidder": BIDDER.credit_code,
        "words": [words[one] for one in found],
    }


def _is_taken(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except (GuaranteesError, CryptoError):
        return False
    return True


def _shown(letter: Letter) -> dict[str, Any]:
    files = [{"name": one.name, "content": b64encode(one.content).decode()} for one in letter.files]
    return {"text": letter.text, "files": files}


def _spki(key: SigningKey) -> bytes:
    return party_keys.spki(_public(key.verify_key))


def _public(key: VerifyKey) -> party_keys.PublicKey:
    return party_keys.parse_spki(bytes.fromhex("302a300506032b6570032100") + key.raw)


def _seven(count: int) -> bytes:
    return b"\x07" * count

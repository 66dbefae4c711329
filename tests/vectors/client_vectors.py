"""Writes tests/vectors/client/*.json from the Python reference: what the bidder's program in the browser must also get.

python -m tests.vectors.client_vectors

test_client.py checks that the files are what this makes, and has client/test/vectors.test.ts check the same files.
"""

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from app.bidder.errors import FolderError
from app.bidder.form_file import read_form
from bidding.bid_keys import BidKeys
from bidding.package import records
from bidding.package.completeness import findings
from bidding.package.errors import ContainerError, RecordError
from bidding.package.names import check_name, check_names
from bidding.package.reading import read_manifest
from bidding.package.signature import signed_bytes
from bidding.package.zip_reader import ZipReader
from bidding.sealing import seal
from bidding.submission import receipt_request
from crypto import canonical_json
from crypto.encoding import encode
from crypto.errors import EncodingError
from crypto.signatures import SigningKey
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.cosignature import Cosigner
from ledger.entries import BidSubmitted, BidWithdrawn, Sealed
from ledger.entries import encode as entry_bytes
from ledger.entries.signed import UNSIGNED
from ledger.merkle import Frontier, inclusion_proof, leaf_hash
from ledger.note import ED25519, NoteKey
from ledger.proof import make_receipt
from ledger.sealed import seal as commitment
from tests.unit.bidding.package.example import (
    BINDING,
    DOCUMENT,
    FORM_OF_PRICE,
    FORM_OF_TECHNICAL,
    KEYS,
    LOT_IDENTITY,
    PARTY_KEY,
    PRICE,
    SHEET,
    TECHNICAL,
    packed,
)
from tests.vectors.guarantee_vectors import guarantee_vectors
from tests.vectors.report_vectors import report_vectors

FOLDER = Path(__file__).parent / "client"
ORIGIN = SHEET.origin
Vector = dict[str, Any]


def _canonical() -> Vector:
    values: list[Any] = [
        None,
        {"b": 1, "a": [True, False, "标"], "ä": 0.5, "": -1},
        {"\U0001f600": 1, "ﬁ": 2, "€": 3, "\r": 4},  # UTF-16 order
        '\u2028 " \\ / \b \x1f',
        [1 / 7, 4.5, 1e-7, 2**53 - 1],
    ]
    refused = ['{"a": 1}', '{"b":1,"a":2}', '"\\u6807"', "1.0", "[1,]", '{"a":1,"a":1}', "﻿1", "01"]
    for text in refused:
        try:
            canonical_json.loads(text.encode())
        except EncodingError:
            continue
        raise AssertionError(text)
    made = [{"value": value, "text": canonical_json.dumps(value).decode()} for value in values]
    return {"values": made, "refused": refused}


def _encoding() -> Vector:
    cases: list[tuple[str, list[bytes | str | int]]] = [
        ("sunseal/example/v1", [b"\x01\x02", "标", 7]),
        ("sunseal/example/v1", []),
        ("sunseal/example/v1", ["", b"", 0, 2**53 - 1]),
    ]
    return {
        "cases": [
            {
                "domain": domain,
                "fields": [{"hex": field.hex()} if isinstance(field, bytes) else field for field in fields],
                "encoded": encode(domain, *fields).hex(),
            }
            for domain, fields in cases
        ]
    }


def _keys() -> Vector:
    seeds = [b"\x02" * 32, bytes(range(32)), b"\xff" * 32]
    keys = [(seed, BidKeys.of_seed(seed)) for seed in seeds]
    return {
        "keys": [
            {
                "seed": seed.hex(),
                "bid": one.bid,
                "identity": one.identity.reveal(),
                "recipient": str(one.identity.recipient),
            }
            for seed, one in keys
        ]
    }


def _names() -> Vector:
    names = [
        *("documents/施工组织设计.txt", "documents/a/b.pdf", "bid.json", "guarantee.json", "plan.txt"),
        *("documents/", "documents//a", "/documents/a", "documents/../a", "documents/a\\b", "C:/documents/a"),
        *(
            "documents/con",
            "documents/NUL.txt",
            "documents/a.",
            "documents/ a",
            "documents/a ",
            "documents/a?b",
        ),
        *("documents/a\u200bb", "documents/a\u0000b", "documents/e\u0301", "documents/\u2025/a"),
        *("documents/" + "长" * 86, "documents/" + "a/" * 251 + "b", "documents/" + "a" * 255),
    ]
    sets = [
        ["documents/a", "documents/A"],
        ["documents/ß", "documents/SS"],
        ["documents/ς.txt", "documents/Σ.txt"],
        ["documents/a", "documents/a/b"],
        ["documents/a/b", "documents/A"],
        ["documents/\ufb01", "documents/fi"],
        ["documents/a", "documents/b/a"],
    ]
    return {
        "names": [{"name": name, "code": _code(partial(check_name, name))} for name in names],
        "sets": [{"names": some, "code": _code(partial(check_names, some))} for some in sets],
    }


def _code(check: Callable[[], None]) -> str | None:
    try:
        check()
    except ContainerError as error:
        return error.code
    return None


def _forms() -> Vector:
    """What a person types, the bytes of bid.json or null if it cannot be read, and the codes of the findings."""
    full: Vector = {
        "bidder": asdict(FORM_OF_PRICE)["bidder"],
        "total": "4,680,000",
        "currency": "CNY",
        "lines": [asdict(line) for line in FORM_OF_PRICE.lines],
        "period_days": 180,
        "quality": "合格",
        "manager": "王工",
    }
    line = {"item": "桩", "unit": "m", "quantity": "0.125", "unit_price": "0.10", "amount": "0.01"}
    changes: list[Vector] = [
        {},
        {"total": "4680000.5"},
        {"total": "4.680.000"},
        {"total": "1.005"},
        {"total": "0"},
        {"total": "4800000.01", "lines": []},
        {"period_days": None, "quality": None},
        {"period_days": 36_501},
        {"lines": [line], "total": "0.01"},
        {"lines": [{**line, "quantity": "1.2500000", "unit_price": "1,000.50", "amount": "1250.63"}]},
        {
            "lines": [{**line, "quantity": "12,000", "unit_price": "150", "amount": "1800000"}],
            "total": "1800000.00",
        },
        {"bidder": {"name": "海南建设工程有限公司", "credit_code": "911100006000373410"}},
        {"quality": "一行\n两行"},
    ]
    price = [_form({**full, **change}, PRICE) for change in changes]
    technical = {
        "bidder": full["bidder"],
        "period_days": None,
        "quality": None,
        "manager": None,
        "certificates": [asdict(one) for one in FORM_OF_TECHNICAL.certificates],
    }
    return {
        "sheet": SHEET.to_bytes().decode(),
        "forms": [
            *price,
            _form(technical, TECHNICAL),
            _form(
                {**technical, "certificates": [{"name": "x", "number": "1", "valid_until": "2030-02-30"}]},
                TECHNICAL,
            ),
        ],
    }


def _form(filled: Vector, part: Any) -> Vector:
    text = json.loads(json.dumps(filled))
    try:
        form = read_form(json.dumps(filled).encode(), SHEET, part)
        made = records.to_bytes(form).decode()
        codes = [one.code for one in findings(SHEET, part, form, ["bid.json", "guarantee.json"])]
    except (FolderError, RecordError):
        made, codes = None, []
    return {"part": part.name, "filled": text, "bytes": made, "findings": codes}


def _package() -> Vector:
    """The example of docs/spec/sealed-bid.md, sealed with every random byte 0x05."""
    data = packed(DOCUMENT)
    target = io.BytesIO()
    fives: Callable[[int], bytes] = lambda count: b"\x05" * count  # noqa: E731
    sealed = seal(io.BytesIO(data), target, PRICE, BINDING, [KEYS.identity.recipient], random=fives)
    manifest = read_manifest(io.BytesIO(data), PRICE.limits()).to_bytes()
    members = {
        member.name: b"".join(pieces).decode()
        for member, pieces in ZipReader(io.BytesIO(data), PRICE.limits()).members()
    }
    return {
        "seed": "02" * 32,
        "party_seed": PARTY_KEY.private_bytes_raw().hex(),
        "binding": asdict(BINDING),
        "recipient": PRICE.recipient,
        "lot_identity": LOT_IDENTITY.reveal(),
        "max_size": PRICE.max_size,
        "contents": {name: members[name] for name in ("bid.json", DOCUMENT.name)},
        "manifest": manifest.decode(),
        "signed": signed_bytes(manifest).hex(),
        "signature": members["signature.json"],
        "package": data.hex(),
        "package_sha256": hashlib.sha256(data).hexdigest(),
        "random": "05",
        "sealed": target.getvalue().hex(),
        "part": asdict(sealed),
    }


def _facts() -> Vector:
    sealed = seal(
        io.BytesIO(b"x"),
        io.BytesIO(),
        PRICE,
        BINDING,
        [KEYS.identity.recipient],
        random=lambda count: b"\x05" * count,
    )
    submitted = BidSubmitted(ORIGIN, SHEET.lot, KEYS.bid, 3, (sealed,), UNSIGNED).signed_by(KEYS.signing)
    withdrawn = BidWithdrawn(ORIGIN, SHEET.lot, KEYS.bid, UNSIGNED).signed_by(KEYS.signing)
    salt = b"\x09" * 32
    body = entry_bytes(submitted)
    now = datetime.fromtimestamp(1_800_000_000, UTC)
    return {
        "seed": "02" * 32,
        "origin": ORIGIN,
        "lot": SHEET.lot,
        "sequence": 3,
        "parts": [asdict(sealed)],
        "submitted": body.decode(),
        "withdrawn": entry_bytes(withdrawn).decode(),
        "salt": salt.hex(),
        "commitment": commitment(body, salt).hex(),
        "receipt_request_time": 1_800_000_000,
        "receipt_request": canonical_json.dumps(receipt_request.make(KEYS.signing, ORIGIN, now=now)).decode(),
    }


def _receipts() -> Vector:
    """A policy of 2 out of 3, receipts that hold under it, and some that do not."""
    log = SigningKey(b"\x11" * 32)
    cosigners = [Cosigner(f"witness.example/{n}", SigningKey(bytes([n]) * 32)) for n in (21, 22, 23)]
    policy = "\n".join(
        [
            "# who is believed",
            f"log {NoteKey(ORIGIN, ED25519, log.verify_key).vkey}",
            *(f"witness w{n} {one.witness.vkey}" for n, one in enumerate(cosigners)),
            "group keyholders 2 w0 w1 w2",
            "quorum keyholders",
            "",
        ]
    )
    facts = _facts()
    salt, body = bytes.fromhex(facts["salt"]), facts["submitted"].encode()
    leaves = [entry_bytes(Sealed(bytes([n]).hex() * 32)) for n in range(7)]
    leaves[4] = entry_bytes(Sealed(commitment(body, salt).hex()))
    hashes = [leaf_hash(leaf) for leaf in leaves]

    def receipt(
        index: int, size: int, signers: list[Cosigner], key: SigningKey = log, origin: str = ORIGIN
    ) -> str:
        subtrees = {(one.level, one.index): one.hash for one in Frontier().extended(hashes[:size])[1]}
        root = Frontier().extended(hashes[:size])[0].root()
        checkpoint = Checkpoint(origin, size, root)
        note = sign_checkpoint(checkpoint, key)
        note = note.signed_also([one.cosign(checkpoint, 1_800_000_000 + n) for n, one in enumerate(signers)])
        path = inclusion_proof(index, size, lambda level, at: subtrees[level, at])
        return make_receipt(leaves[index], index, path, note).decode()

    good = [receipt(4, size, cosigners[:2]) for size in (5, 6, 7)]
    bad = {
        "one witness": receipt(4, 7, cosigners[:1]),
        "another log's key": receipt(4, 7, cosigners, SigningKey(b"\x12" * 32)),
        "another origin": receipt(4, 7, cosigners, origin="other.example"),
        "another index": good[2].replace("index 4", "index 5"),
        "another fact": receipt(3, 7, cosigners),
        "a cosignature of another checkpoint": good[0].split("\n\n")[0]
        + "\n\n"
        + good[1].split("\n\n", 1)[1],
        "no entry": "\n".join(line for line in good[0].split("\n") if not line.startswith("extra ")),
    }
    return {
        "policy": policy,
        "salt": salt.hex(),
        "body": facts["submitted"],
        "index": 4,
        "good": good,
        "bad": bad,
        "bad_policies": [
            policy.replace("quorum keyholders", "quorum none"),
            policy.replace("keyholders 2 ", "keyholders 4 "),
            policy.replace("witness w2", "witness w1"),
            policy + "quorum w1\n",
        ],
    }


def files() -> Iterator[tuple[str, str]]:
    """The name and the text of each file."""
    makers = {
        "canonical": _canonical,
        "encoding": _encoding,
        "facts": _facts,
        "forms": _forms,
        "guarantees": guarantee_vectors,
        "keys": _keys,
        "names": _names,
        "package": _package,
        "receipts": _receipts,
        "reports": report_vectors,
    }
    for name, make in makers.items():
        yield f"{name}.json", json.dumps(make(), indent=1, ensure_ascii=True) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in files():
        (FOLDER / name).write_text(text, "utf-8")

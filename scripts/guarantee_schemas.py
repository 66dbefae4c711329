"""Writes the JSON schemas of guarantees into docs/spec/schemas/guarantees."""

import json
from typing import Any

from guarantees.paper import PaperGuarantee
from guarantees.register.product import Product
from guarantees.signed import SignedGuarantee
from guarantees.undertaking import Undertaking
from ledger.records import json_schema, type_of
from scripts import bid_schemas

FOLDER = bid_schemas.FOLDER / "guarantees"
RECORDS = (Undertaking, SignedGuarantee, PaperGuarantee, Product)


def schemas() -> dict[str, str]:
    """By file name."""
    return {
        f"{type_of(cls).replace('/', '-')}.json": json.dumps(
            _schema(cls), indent=1, ensure_ascii=False, sort_keys=True
        )
        + "\n"
        for cls in RECORDS
    }


def _schema(cls: type) -> dict[str, Any]:
    """The undertaking has its type in guarantee.json too, for these are the bytes that were signed."""
    schema = json_schema(cls)
    if cls is SignedGuarantee:
        whole = json_schema(Undertaking)
        inner = {name: whole[name] for name in ("properties", "required")}
        schema["$defs"]["Undertaking"] |= inner
    return schema


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in schemas().items():
        (FOLDER / name).write_text(text, "utf-8")

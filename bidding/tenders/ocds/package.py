"""The release or record in a file: a package of either, or one alone. Pure.

Amounts are read as decimals, never as floats.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NoReturn

from bidding.tenders.errors import OcdsError

_MOST_LEVELS = 64


def parse(data: bytes) -> dict[str, Any]:
    """The decoded file. OcdsError unless it is JSON, and an object."""
    try:
        value = json.loads(
            data.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_object
        )
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise OcdsError(f"the file is no JSON in UTF-8: {error}") from error
    if not isinstance(value, dict):
        raise OcdsError("the file is no OCDS package, record or release: it is no JSON object")
    if not _is_flat(value, _MOST_LEVELS):
        raise OcdsError(f"the file is nested more than {_MOST_LEVELS} levels deep")
    return value


def ocids(package: Mapping[str, Any]) -> list[str]:
    """Those of all records or releases in the file, in order."""
    return [str(one.get("ocid")) for one in _all(package)]


def chosen(package: Mapping[str, Any], ocid: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The release to read, and what stands around it in its record. OcdsError if it is not clear which.

    Of a record, the compiled release; else the newest of those that are embedded. Of releases with one ocid, the last.
    """
    found = _all(package)
    known = list(dict.fromkeys(ocids(package)))
    if ocid is None and len(known) > 1:
        raise OcdsError(f"the file holds {len(known)} tenders: say which by its ocid, such as {known[0]}")
    named = [one for one in found if ocid is None or one.get("ocid") == ocid]
    if not named:
        raise OcdsError(
            f"the file has no ocid {ocid!r}" if ocid else "the file holds no record and no release"
        )
    record = named[-1]
    if "compiledRelease" not in record and "releases" not in record:
        return record, {}
    around = {name: value for name, value in record.items() if name != "compiledRelease"}
    compiled = record.get("compiledRelease")
    if isinstance(compiled, dict):
        return compiled, around
    releases = record.get("releases")
    embedded = (
        [one for one in releases if isinstance(one, dict) and "tender" in one]
        if isinstance(releases, list)
        else []
    )
    if not embedded:
        raise OcdsError(
            "the record has no compiled release, and links to its releases only: fetch one of them"
        )
    return max(embedded, key=lambda one: str(one.get("date", ""))), {}


def _all(package: Mapping[str, Any]) -> list[dict[str, Any]]:
    for name in ("records", "releases"):
        listed = package.get(name)
        if isinstance(listed, list) and "ocid" not in package:
            return [one for one in listed if isinstance(one, dict)]
    if "ocid" in package:
        return [dict(package)]
    raise OcdsError("the file is no OCDS package, record or release: it has no records, releases or ocid")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object has one name twice")
    return found


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _is_flat(value: object, levels: int) -> bool:
    if levels == 0:
        return False
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return all(_is_flat(one, levels - 1) for one in inner)

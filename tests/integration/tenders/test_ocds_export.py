"""Tenders as OCDS release packages: valid by the standard's own schemas, offline."""

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from bidding.tenders import changing, documents, ocds, reading
from bidding.tenders.ocds import draft_from, parse
from tests.environment import shared
from tests.integration.tenders.office import DEADLINE, PUBLISHED, Office, close_intake, two_lots

URI = "https://tenders.example/api/tenders/t/ocds"


def package(office: Office, tender: str) -> dict[str, Any]:
    with office.database.session() as session:
        found = ocds.package_of(session, reading.get_published(session, tender), URI, now=DEADLINE)
        text = ocds.to_text(found)
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def with_everything(office: Office) -> str:
    tender = office.publish(two_lots())
    with office.committing() as session:
        documents.store(
            *(session, office.blobs, tender, "drawing.pdf", [b"3"]),
            title="Drawing 3",
            media_type="application/pdf",
            now=PUBLISHED,
        )
        changing.amend(session, tender, "Drawing 3", may_affect_bids=False, now=PUBLISHED)
        close_intake(session, f"{tender}.1")
    with office.committing() as session:
        changing.cancel(session, tender, "not needed", numbers=["2"], now=DEADLINE)
    return tender


def test_package_is_valid_by_the_standards_own_schemas(office: Office, tmp_path: Path) -> None:
    standard = shared("ocds", "ocds-1.1.5-standard.zip")
    why = "libcoveocds is not installed: make setup-dev installs it"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        api = pytest.importorskip("libcoveocds.api", reason=why)
        config = pytest.importorskip("libcoveocds.config", reason=why).LibCoveOCDSConfig(
            {"standard_zip": standard.as_uri(), "context": "api"}
        )
        result = api.ocds_json_output(
            str(tmp_path),
            json_data={**package(office, with_everything(office)), "extensions": []},
            lib_cove_ocds_config=config,
        )
    assert result["validation_errors"] == []
    assert result["version_used"] == "1.1"
    extra = {one["path"] + "/" + one["field"] for one in result["additional_fields"]}
    assert all("lots" in one or "bids" in one for one in extra), extra


def test_counts_of_bids_stand_in_it_only_after_the_closing(office: Office) -> None:
    tender = office.publish()
    assert "bids" not in package(office, tender)["releases"][0]
    other = package(office, with_everything(office))["releases"][0]
    assert [(one["measure"], one["value"]) for one in other["bids"]["statistics"]] == [("bids", 3)]


def test_what_was_exported_can_be_imported(office: Office) -> None:
    exported = package(office, with_everything(office))
    draft, _ = draft_from(parse(json.dumps(exported).encode()))
    assert [(lot.number, lot.estimate) for lot in draft.lots] == [("1", 500_000_000), ("2", 500_000_000)]
    assert draft.timetable is not None
    assert draft.timetable.deadline == DEADLINE

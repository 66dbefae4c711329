"""`sunseal tender`: from a file to a published tender, changed and cancelled; refusals in both languages."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli.main import main
from bidding.tenders.draft import to_json
from tests.environment import shared
from tests.integration.tenders.office import DRAFT, KEEPING, LOT, Office

CODE = "91310000132260250X"


@pytest.fixture
def run(office: Office, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    for name, value in {
        "DATABASE_URL": database_url,
        "SUNSEAL_VAR": str(tmp_path / "var"),
        "SUNSEAL_OPENING_RECIPIENT": KEEPING.platform,
    }.items():
        monkeypatch.setenv(name, value)

    def called(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["tender", *arguments])

    return called


def told(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output


def test_from_a_toml_file_to_a_cancelled_tender(office: Office, run: object, tmp_path: Path) -> None:
    assert callable(run)
    file = tmp_path / "bridge.toml"
    file.write_text(
        """
title = "桥梁工程"
profile = "course"

[timetable]
documents_from = 2037-03-02T09:00:00+08:00
documents_to = 2037-03-09T09:00:00+08:00
deadline = 2037-03-25T09:30:00+08:00
opening = 2037-03-25T09:30:00+08:00
validity_days = 90

[[lots]]
number = "1"
title = "Bridge"
estimate = 500_000_000
""",
        "utf-8",
    )
    tender = told(run("draft", str(file), "--tenderee", CODE)).strip()
    paper = tmp_path / "Notice.pdf"
    paper.write_bytes(b"%PDF")
    assert "notice.pdf version 1" in told(run("document", tender, str(paper), "--title", "Notice"))
    assert f"{tender}.1 price: age1" in told(run("publish", tender))
    assert "2037-04-02" in told(
        run("amend", tender, "--text", "x", "--may-affect-bids", "--deadline", "2037-04-02T09:30:00+08:00")
    )
    told(run("postpone", tender, "2037-04-10T09:30:00+08:00", "--reason", "more time"))
    shown = told(run("show", tender))
    assert "2037-04-10T09:30:00+08:00  bid deadline  (" in shown
    assert "notice.pdf version 1  public" in shown
    assert tender in told(run("show"))
    refused = run("postpone", tender, "2037-04-01T09:30:00+08:00", "--reason", "less time")
    assert refused.exit_code == 1
    assert "投标截止时间只能顺延" in refused.output
    assert f"cancelled: {tender}.1" in told(run("cancel", tender, "--reason", "no money"))
    assert told(run("run")) == ""


def test_real_record_is_imported_with_a_line_for_every_field(
    office: Office, run: object, tmp_path: Path
) -> None:
    assert callable(run)
    file = shared("data", "prozorro-ocds-records-10.json")
    report = tmp_path / "report.json"
    ocid = "ocds-be6bcu-UA-2017-10-31-002726-a"
    lines = told(
        run("import", str(file), "--tenderee", CODE, "--ocid", ocid, "--report", str(report))
    ).splitlines()
    assert "taken    tender.lots[].id (2 times)" in lines
    assert len(json.loads(report.read_text())) == len(lines) - 1
    assert "10 tenders" in run("import", str(file), "--tenderee", CODE).output


def test_draft_from_json_names_the_field_that_is_wrong(office: Office, run: object, tmp_path: Path) -> None:
    assert callable(run)
    file = tmp_path / "draft.json"
    value = to_json(DRAFT)
    value["lots"] = [{**to_json(LOT), "celing": 1}]
    file.write_text(json.dumps(value), "utf-8")
    assert "'lots.celing'" in run("draft", str(file), "--tenderee", CODE).output

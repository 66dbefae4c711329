"""The table of permissions is read strictly: whoever mistypes a line hears it at the start."""

import pytest

from app.permissions import TABLE, TableError, parse
from app.rule import KIB, MIB, PERSON, Rule, only
from parties.roles import Role


def test_lines_say_who_scope_and_body() -> None:
    text = """# a comment

GET     a.b     person
POST    a.b     center, tenderee | tenders:write | 2 MiB
GET     api-docs.c anyone | undescribed
"""
    found = parse(text)
    assert found["a.b"]["GET"] == Rule(PERSON, body=64 * KIB)
    assert found["a.b"]["POST"] == only(Role.CENTER, Role.TENDEREE, scope="tenders:write", body=2 * MIB)
    assert not found["api-docs.c"]["GET"].described


@pytest.mark.parametrize(
    "line",
    [
        "GET a.b",
        "GET a.b nobody",
        "GET a.b person | 2 GiB",
        "GET a.b person | tenders",
        "get a.b person",
        "GET ab person",
        "GET a.b person\nGET a.b anyone",
        "GET a.b person, anyone",
    ],
)
def test_what_says_nothing_is_refused(line: str) -> None:
    with pytest.raises(TableError, match="line"):
        parse(line)


def test_the_table_is_one_file_and_names_what_it_must() -> None:
    assert TABLE["tenders.publish"]["POST"] == only(Role.TENDEREE, Role.CENTER, scope="tenders:write")

"""The files of a sample that everybody may have: what it takes to redo it, and the results as they come in."""

from sqlalchemy.orm import Session

from oversight import samples, snapshots
from oversight.errors import NotFoundError
from oversight.names_file import Drawn
from oversight.publishing import names_of
from oversight.results import Result, Results
from oversight.sample_tables import SampleRow
from statutes.said import Said

FILES = ("population", "terms", "names", "inspectors", "results")
_NOT_DRAWN = Said(
    "样本尚未抽取：等待密钥持有人的种子。", "the sample is not drawn yet: it waits for the keyholders' seed"
)
_NO_INSPECTORS = Said("本次抽查没有抽取检查人员。", "no inspectors were drawn for this sample")


def results(session: Session, sample: bytes) -> Results:
    """Who inspects what and what was found so far: the file for everybody. NotFoundError before it was drawn."""
    row = samples.get(session, sample)
    if row.names is None:
        raise NotFoundError(_NOT_DRAWN)
    found = samples.items(session, sample)
    people: tuple[Drawn, ...] = ()
    if row.inspectors_id is not None:
        positions = (position for one in found for position in one.inspectors)
        people = names_of(sample, snapshots.get(session, row.inspectors_id), positions).drawn
    lines = (Result(one.item, tuple(one.inspectors), one.record, one.salt) for one in found)
    return Results(sample.hex(), people, tuple(lines))


def file_of(session: Session, sample: bytes, name: str) -> bytes:
    """A file that everybody may have, one of FILES, once the sample is drawn. NotFoundError for any other."""
    row = samples.get(session, sample)
    if row.names is None:
        raise NotFoundError(_NOT_DRAWN)
    if name == "population":
        return snapshots.get(session, row.snapshot_id).population
    if name == "inspectors" and row.inspectors_id is not None:
        return snapshots.get(session, row.inspectors_id).population
    if name == "results":
        return results(session, sample).to_bytes()
    if name in ("terms", "names"):
        return row.terms if name == "terms" else row.names
    raise NotFoundError(_NO_INSPECTORS if name == "inspectors" else "there is no such file")


def files_of(row: SampleRow) -> tuple[str, ...]:
    """The names of the files that a sample has."""
    return tuple(name for name in FILES if name != "inspectors" or row.inspectors_id is not None)

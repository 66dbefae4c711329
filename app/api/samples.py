"""Samples for spot checks over HTTP: public but for what is recorded in them (app.permissions)."""

import json
from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from typing import Any

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.content import JSON, Content
from app.api.document import ApiRoutes
from app.api.oversight import snapshot_shown
from app.api.schemas import samples as schemas
from app.api.schemas.oversight import SnapshotShown
from app.records import Records
from crypto.randomness import RandomBytes
from oversight import quarters, sample_files, samples, snapshots
from oversight.errors import NotFoundError
from oversight.quarters import Quarter
from oversight.sample_tables import SampleRow
from storage.database import Database

PAGE = 200
_ONE = "/<string(maxlength=64):sample>"
_ITEM = f"{_ONE}/items/<int(max=2147483647):item>"


def blueprint(database: Database, clock: Callable[[], datetime], random: RandomBytes) -> ApiRoutes:
    """The routes, for /api/samples/v1."""
    routes = ApiRoutes("samples", __name__, description="Samples for spot checks")

    @routes.operation(
        "POST",
        "",
        takes=schemas.SampleWanted,
        gives=schemas.SampleShown,
        status=201,
        refuses=(400, 401, 403, 404, 409),
        links={"sample": {"operationId": "samples.one", "parameters": {"sample": "$response.body#/sample"}}},
    )
    def ask(said: dict[str, Any]) -> dict[str, Any]:
        """Ask for a sample of a committed population, with its checklist"""
        n, d = said["rate"]
        objects, whom = said["snapshot"], said["inspectors"]
        with database.session() as session:
            row = samples.request(
                *(session, said["group"], said["subject"], snapshots.get(session, objects)),
                *(Fraction(n, d), said["checklist"]),
                now=clock(),
                inspectors=None if whom is None else snapshots.get(session, whom),
                each=said["each"],
            )
            shown = _sample(session, row)
            session.commit()
        return shown

    @routes.operation(
        "POST",
        "/populations",
        takes=schemas.PopulationWanted,
        gives=SnapshotShown,
        status=201,
        refuses=(400, 401, 403, 409),
    )
    def population(said: dict[str, Any]) -> dict[str, Any]:
        """Commit what there was of a kind in a quarter that is over

        Once: who asks again gets the first.
        """
        quarter = Quarter.parse(said["quarter"])
        with database.session() as session:
            row = quarters.commit(session, Records(), said["kind"], quarter, now=clock(), random=random)
            shown = snapshot_shown(row)
            session.commit()
        return shown

    @routes.operation("POST", "/inspectors", gives=SnapshotShown, status=201, refuses=(400, 401, 403))
    def inspectors() -> dict[str, Any]:
        """Commit those who act for a supervising authority now, to be drawn as inspectors"""
        with database.session() as session:
            shown = snapshot_shown(quarters.commit_inspectors(session, Records(), now=clock(), random=random))
            session.commit()
        return shown

    @routes.operation("GET", "", gives=schemas.SampleShown, many=True)
    def every() -> list[dict[str, Any]]:
        """List the newest samples"""
        with database.session() as session:
            query = select(SampleRow).order_by(SampleRow.requested_at.desc(), SampleRow.id).limit(PAGE)
            return [_sample(session, row) for row in session.scalars(query)]

    @routes.operation("GET", _ONE, gives=schemas.SampleShown, refuses=(404,))
    def one(sample: str) -> dict[str, Any]:
        """Show a sample: what was drawn, and how much of it was checked"""
        with database.session() as session:
            return _sample(session, samples.get(session, _id(sample)))

    @routes.operation(
        "GET",
        f"{_ONE}/files/<any(population, terms, names, inspectors, results):name>",
        gives=Content(JSON, {"type": "object"}, {"type": "sample-terms/v1"}),
        refuses=(404,),
    )
    def file(sample: str, name: str) -> Response:
        """Download what a stranger needs to redo the sample and check its results (docs/spec/draw.md)

        The results grow as objects are looked at.
        """
        with database.session() as session:
            content = sample_files.file_of(session, _id(sample), name)
        return Response(content, content_type=JSON)

    @routes.operation("GET", f"{_ONE}/items", gives=schemas.ItemShown, many=True, refuses=(401, 403, 404))
    def items(sample: str) -> list[dict[str, Any]]:
        """List what was drawn, with what was found"""
        with database.session() as session:
            return [
                {
                    "item": found.item,
                    "inspectors": found.inspectors,
                    "answers": found.answers,
                    "findings": found.findings,
                    "follow_up_by": found.follow_up_by,
                    "followed_up": found.followed_up_at is not None,
                }
                for found in samples.items(session, _id(sample))
            ]

    @routes.operation(
        "POST",
        f"{_ITEM}/finding",
        takes=schemas.Finding,
        status=204,
        refuses=(400, 401, 403, 404, 409),
    )
    def finding(said: dict[str, Any], sample: str, item: int) -> Response:
        """Record what was found, once"""
        with database.session() as session:
            samples.check(
                *(session, _id(sample), item, said["answers"], said["findings"]),
                follow_up_by=said["follow_up_by"],
                now=clock(),
                random=random,
            )
            session.commit()
        return Response(status=204)

    @routes.operation("POST", f"{_ITEM}/follow-up", status=204, refuses=(400, 401, 403, 404, 409))
    def follow_up(sample: str, item: int) -> Response:
        """Say that what was found has been followed up"""
        with database.session() as session:
            samples.follow_up(session, _id(sample), item, now=clock())
            session.commit()
        return Response(status=204)

    return routes


def _id(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise NotFoundError("there is no such sample") from error


def _sample(session: Session, row: SampleRow) -> dict[str, Any]:
    reached = samples.reached(session, row.id)
    return {
        "sample": row.id.hex(),
        "subject": row.subject,
        "state": row.state,
        "terms": json.loads(row.terms),
        "checklist": row.checklist,
        "population": reached.population,
        "drawn": reached.drawn,
        "checked": reached.checked,
        "rate_reached": [reached.rate.numerator, reached.rate.denominator],
        "open_follow_ups": reached.open_follow_ups,
        "requested_at": row.requested_at,
    }

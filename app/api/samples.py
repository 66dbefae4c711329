"""Samples for spot checks over HTTP: public but for what is recorded in them (app.permissions)."""

import json
from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from typing import Any

from flask import Blueprint, Response, jsonify, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api import oversight_errors
from crypto.randomness import RandomBytes
from oversight import samples, snapshots
from oversight.errors import MalformedDrawError, NotFoundError
from oversight.sample_tables import SampleRow
from storage.database import Database

PAGE = 200


def blueprint(database: Database, clock: Callable[[], datetime], random: RandomBytes) -> Blueprint:
    """The routes, for /api/samples/v1."""
    routes = Blueprint("samples", __name__)
    oversight_errors.install(routes)

    @routes.post("")
    def ask() -> tuple[Response, int]:
        """{"group", "subject", "snapshot", "rate": [n, d], "checklist", "inspectors": snapshot or null, "each"}"""
        match request.get_json(silent=True):
            case {
                "group": str(group),
                "subject": str(subject),
                "snapshot": int(objects),
                "rate": [int(n), int(d)],
                "checklist": list(questions),
                "inspectors": int() | None as whom,
                "each": int(each),
            } if d > 0 and all(isinstance(one, str) for one in questions):
                pass
            case _:
                raise MalformedDrawError(
                    "a sample has group, subject, snapshot, rate [n, d], checklist, inspectors (or null) and each"
                )
        with database.session() as session:
            row = samples.request(
                *(session, group, subject, snapshots.get(session, objects), Fraction(n, d), questions),
                now=clock(),
                inspectors=None if whom is None else snapshots.get(session, whom),
                each=each,
            )
            shown = _sample(session, row)
            session.commit()
        return jsonify(shown), 201

    @routes.get("")
    def every() -> Response:
        with database.session() as session:
            query = select(SampleRow).order_by(SampleRow.requested_at.desc(), SampleRow.id).limit(PAGE)
            return jsonify([_sample(session, row) for row in session.scalars(query)])

    @routes.get("/<sample>")
    def one(sample: str) -> Response:
        with database.session() as session:
            return jsonify(_sample(session, samples.get(session, _id(sample))))

    @routes.get("/<sample>/files/<name>")
    def file(sample: str, name: str) -> Response:
        with database.session() as session:
            row = samples.get(session, _id(sample))
            if row.names is None:
                raise NotFoundError("the sample is not drawn yet")
            files = {"terms": row.terms, "names": row.names}
            files["population"] = snapshots.get(session, row.snapshot_id).population
            if name not in files:
                raise NotFoundError("a sample has the files population, terms and names")
        return Response(files[name], content_type="application/json")

    @routes.get("/<sample>/items")
    def items(sample: str) -> Response:
        with database.session() as session:
            return jsonify(
                [
                    {
                        "item": found.item,
                        "inspectors": found.inspectors,
                        "answers": found.answers,
                        "findings": found.findings,
                        "follow_up_by": found.follow_up_by and found.follow_up_by.isoformat(),
                        "followed_up": found.followed_up_at is not None,
                    }
                    for found in samples.items(session, _id(sample))
                ]
            )

    @routes.post("/<sample>/items/<int:item>/finding")
    def finding(sample: str, item: int) -> Response:
        """{"answers": [true, false or null, ...], "findings": text, "follow_up_by": instant or null}"""
        match request.get_json(silent=True):
            case {"answers": list(answers), "findings": str(text), "follow_up_by": str() | None as until} if (
                all(one is None or isinstance(one, bool) for one in answers)
            ):
                pass
            case _:
                raise MalformedDrawError(
                    "a finding has answers (true, false or null), findings and follow_up_by"
                )
        with database.session() as session:
            samples.check(
                *(session, _id(sample), item, answers, text),
                follow_up_by=_instant(until),
                now=clock(),
                random=random,
            )
            session.commit()
        return Response(status=204)

    @routes.post("/<sample>/items/<int:item>/follow-up")
    def follow_up(sample: str, item: int) -> Response:
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


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise MalformedDrawError("follow_up_by is an instant of ISO 8601") from error
    if instant.tzinfo is None:
        raise MalformedDrawError("follow_up_by has a time zone")
    return instant


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
        "requested_at": row.requested_at.isoformat(),
    }

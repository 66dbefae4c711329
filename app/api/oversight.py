"""The pool of experts and their draws over HTTP. Who may call what is said in app.permissions.

No answer names an expert before the award, to nobody: staff see how many were called and what came of it. An expert
answers by the code that it was told, without a login.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api import oversight_errors
from crypto.randomness import RandomBytes
from oversight import calling, drawing, importing, notices, pool, publishing, snapshots
from oversight.draw_tables import DrawRow, SnapshotRow
from oversight.errors import MalformedDrawError, PoolError
from oversight.expert_draw import Answer
from oversight.ports import CommitteePort, LotPort
from oversight.sheets import MAX_SIZE
from storage.database import Database

PAGE = 200


def blueprint(
    database: Database,
    clock: Callable[[], datetime],
    random: RandomBytes,
    lots: LotPort,
    committee: CommitteePort,
) -> Blueprint:
    """The routes, for /api/oversight/v1."""
    routes = Blueprint("oversight", __name__)
    oversight_errors.install(routes)

    @routes.get("/specialties")
    def specialties() -> Response:
        with database.session() as session:
            found = pool.specialties(session)
        return jsonify(
            [{"code": code, "parent": parent, "name": name} for code, (parent, name) in found.items()]
        )

    @routes.post("/experts/import")
    def import_experts() -> tuple[Response, int]:
        data = request.get_data(cache=False)
        if len(data) > MAX_SIZE:
            raise PoolError("the file is too large: split it")
        with database.session() as session:
            report = importing.import_experts(session, data, now=clock(), random=random)
            session.commit()
        return jsonify(asdict(report)), 422 if report.faults else 200

    @routes.post("/experts/<number>/<act>")
    def change(number: str, act: str) -> Response:
        said = _object(request.get_json(silent=True), {"reason", "equal_level"})
        reason, equal = str(said.get("reason", "")), said.get("equal_level") is True
        with database.session() as session:
            if act in ("admission", "refusal"):
                pool.review(
                    session,
                    number,
                    admit=act == "admission",
                    reason=reason,
                    equal_level=equal,
                    now=clock(),
                    random=random,
                )
            elif act == "suspension":
                pool.suspend(session, number, reason=reason, now=clock(), random=random)
            elif act == "removal":
                pool.remove(session, number, reason=reason, now=clock(), random=random)
            else:
                raise PoolError("an expert is given an admission, refusal, suspension or removal")
            session.commit()
        return Response(status=204)

    @routes.post("/snapshots")
    def snapshot() -> tuple[Response, int]:
        with database.session() as session:
            row = snapshots.commit_pool(session, now=clock(), random=random)
            session.commit()
        return jsonify(_snapshot(row)), 201

    @routes.post("/draws")
    def ask() -> tuple[Response, int]:
        said = _object(request.get_json(silent=True), {"group", "wish"})
        wish = drawing.Wish.parse(said.get("wish"))
        with database.session() as session:
            row = drawing.request(session, str(said.get("group")), wish, now=clock())
            shown = _draw(session, row)
            session.commit()
        return jsonify(shown), 201

    @routes.get("/draws")
    def draws() -> Response:
        with database.session() as session:
            query = select(DrawRow).order_by(DrawRow.requested_at.desc(), DrawRow.id).limit(PAGE)
            return jsonify([_draw(session, row) for row in session.scalars(query)])

    @routes.get("/draws/<draw>")
    def draw(draw: str) -> Response:
        with database.session() as session:
            return jsonify(_draw(session, drawing.get(session, draw)))

    @routes.get("/draws/<draw>/files/<name>")
    def file(draw: str, name: str) -> Response:
        with database.session() as session:
            content = publishing.file_of(session, drawing.get(session, draw), name)
        return Response(content, content_type="application/json")

    @routes.post("/draws/<draw>/bidders")
    def match(draw: str) -> Response:
        """The bidders are known after the opening: those whom the platform knows are matched."""
        with database.session() as session:
            row = drawing.get(session, draw)
            names = list(lots.bidders(session, row.lot))
            found = calling.match_bidders(
                session, row.id, names, now=clock(), random=random, committee=committee
            )
            session.commit()
        return jsonify({"conflicts": found})

    @routes.post("/draws/<draw>/calls/<int:number>/conflict")
    def conflict(draw: str, number: int) -> Response:
        with database.session() as session:
            row = drawing.get(session, draw)
            calling.answer(
                *(session, row.id, number, Answer.CONFLICTED), now=clock(), random=random, committee=committee
            )
            session.commit()
        return Response(status=204)

    @routes.post("/draws/<draw>/publication")
    def publish(draw: str) -> Response:
        with database.session() as session:
            publishing.publish(session, drawing.get(session, draw).id, lots, now=clock())
            session.commit()
        return Response(status=204)

    @routes.post("/answers")
    def answer() -> Response:
        """An expert's own answer. What comes back is the expert's receipt, to be checked after the award."""
        said = _object(request.get_json(silent=True), {"code", "answer"})
        try:
            given = Answer(said.get("answer"))
        except ValueError as error:
            raise MalformedDrawError("an answer is accepted, declined or conflicted") from error
        with database.session() as session:
            event = notices.answer_by_code(
                session, str(said.get("code")), given, now=clock(), random=random, committee=committee
            )
            receipt = {"body": event.body.decode(), "salt": event.salt.hex()}
            session.commit()
        return jsonify(receipt)

    return routes


def _object(value: Any, known: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict) or not set(value) <= known:
        raise MalformedDrawError(f"send a JSON object with {', '.join(sorted(known))}")
    return value


def _snapshot(row: SnapshotRow) -> dict[str, Any]:
    return {"id": row.id, "kind": row.kind, "subject": row.subject, "root": row.root.hex(), "size": row.size}


def _draw(session: Session, row: DrawRow) -> dict[str, Any]:
    """What everybody may know of a draw."""
    answers = Counter(call.answer for call in drawing.calls_of(session, row))
    return {
        "draw": row.id.hex(),
        "lot": row.lot,
        "subject": row.subject,
        "state": row.state,
        "published": row.names is not None,
        "warnings": row.warnings,
        "calls": dict(answers),
        "requested_at": row.requested_at.isoformat(),
    }

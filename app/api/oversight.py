"""The pool of experts and their draws over HTTP. Who may call what is said in app.permissions.

No answer names an expert before the award, to nobody: staff see how many were called and what came of it. An expert
answers by the code that it was told, without a login.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, jsonify, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.content import BYTES, JSON, Content
from app.api.document import ApiRoutes
from app.api.schemas import oversight as schemas
from app.errors import language
from crypto.randomness import RandomBytes
from oversight import calling, drawing, following, importing, notices, pool, publishing, snapshots
from oversight.draw_tables import DrawRow, SnapshotRow
from oversight.errors import PoolError
from oversight.expert_draw import Answer
from oversight.importing import ImportReport
from oversight.ports import CommitteePort, LotPort
from oversight.sheets import MAX_SIZE
from statutes.said import Said
from storage.database import Database

PAGE = 200
_NUMBER = "<string(maxlength=32):number>"
_DRAW = "/draws/<string(maxlength=64):draw>"


def blueprint(
    database: Database,
    clock: Callable[[], datetime],
    random: RandomBytes,
    lots: LotPort,
    committee: CommitteePort,
) -> ApiRoutes:
    """The routes, for /api/oversight/v1."""
    routes = ApiRoutes("oversight", __name__, description="The pool of experts, and draws")

    @routes.operation("GET", "/specialties", gives=schemas.Specialty, many=True)
    def specialties() -> list[dict[str, Any]]:
        """List the specialties of experts, by their codes"""
        with database.session() as session:
            found = pool.specialties(session)
        return [{"code": code, "parent": parent, "name": name} for code, (parent, name) in found.items()]

    @routes.operation(
        "POST",
        "/experts/import",
        takes=Content(BYTES),
        gives=Content(JSON, schemas.ImportShown, schemas.IMPORTED),
        also={422: Content(JSON, schemas.ImportShown, schemas.FAULTY)},
        refuses=(400, 401, 403, 413, 422),
    )
    def import_experts() -> tuple[Response, int]:
        """Enter the experts of a CSV or XLSX file: all lines, or none

        422 with the faults of each line, if there is one; as a problem, if this is no such file.
        """
        data = request.get_data(cache=False)
        if len(data) > MAX_SIZE:
            raise PoolError("the file is too large: split it")
        with database.session() as session:
            report = importing.import_experts(session, data, now=clock(), random=random)
            session.commit()
        return jsonify(_import(report)), 422 if report.faults else 200

    @routes.operation(
        "POST",
        f"/experts/{_NUMBER}/<any(admission, refusal, suspension, removal):act>",
        takes=schemas.Review,
        status=204,
        refuses=(400, 401, 403, 404),
    )
    def change(said: dict[str, Any], number: str, act: str) -> Response:
        """Admit an expert to the pool, refuse, suspend or remove it"""
        reason, equal = said["reason"], said["equal_level"]
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
            else:
                pool.remove(session, number, reason=reason, now=clock(), random=random)
            session.commit()
        return Response(status=204)

    @routes.operation(
        "POST", "/snapshots", gives=schemas.SnapshotShown, status=201, refuses=(400, 401, 403, 409)
    )
    def snapshot() -> dict[str, Any]:
        """Commit the pool as it is, for draws"""
        with database.session() as session:
            shown = snapshot_shown(snapshots.commit_pool(session, now=clock(), random=random))
            session.commit()
        return shown

    @routes.operation(
        "POST",
        "/draws",
        takes=schemas.DrawWanted,
        gives=schemas.DrawShown,
        status=201,
        refuses=(400, 401, 403, 404, 409),
        links={"draw": {"operationId": "oversight.draw", "parameters": {"draw": "$response.body#/draw"}}},
    )
    def ask(said: dict[str, Any]) -> dict[str, Any]:
        """Ask for a draw of experts for the committee of a lot (法37)"""
        wish = drawing.Wish.parse(said["wish"])
        with database.session() as session:
            row = drawing.request(session, said["group"], wish, now=clock())
            shown = _draw(session, row)
            session.commit()
        return shown

    @routes.operation("GET", "/draws", gives=schemas.DrawShown, many=True)
    def draws() -> list[dict[str, Any]]:
        """List the newest draws"""
        with database.session() as session:
            query = select(DrawRow).order_by(DrawRow.requested_at.desc(), DrawRow.id).limit(PAGE)
            return [_draw(session, row) for row in session.scalars(query)]

    @routes.operation("GET", _DRAW, gives=schemas.DrawShown, refuses=(404,))
    def draw(draw: str) -> dict[str, Any]:
        """Show a draw: how many were called and what came of it, and nobody's name"""
        with database.session() as session:
            return _draw(session, drawing.get(session, draw))

    @routes.operation(
        "GET",
        f"{_DRAW}/files/<any(population, terms, names):name>",
        gives=Content(JSON, {"type": "object"}, {"type": "expert-draw-terms/v1"}),
        refuses=(404,),
    )
    def file(draw: str, name: str) -> Response:
        """Download what a stranger needs to redo the draw, after the award (docs/spec/draw.md)"""
        with database.session() as session:
            content = publishing.file_of(session, drawing.get(session, draw), name)
        return Response(content, content_type=JSON)

    @routes.operation("POST", f"{_DRAW}/bidders", gives=schemas.Matched, refuses=(400, 401, 403, 404, 409))
    def match(draw: str) -> dict[str, Any]:
        """Match the lot's bidders with the employers of those called, once the opening has named them"""
        with database.session() as session:
            row = drawing.get(session, draw)
            _, found = following.match(
                *(session, row.id, lots), now=clock(), random=random, committee=committee
            )
            session.commit()
        return {"conflicts": found}

    @routes.operation(
        "POST",
        f"{_DRAW}/calls/<int(max=1000000):number>/conflict",
        status=204,
        refuses=(400, 401, 403, 404, 409),
    )
    def conflict(draw: str, number: int) -> Response:
        """Say that whoever was called has a conflict of interest: the next one is called"""
        with database.session() as session:
            row = drawing.get(session, draw)
            calling.answer(
                *(session, row.id, number, Answer.CONFLICTED), now=clock(), random=random, committee=committee
            )
            session.commit()
        return Response(status=204)

    @routes.operation("POST", f"{_DRAW}/publication", status=204, refuses=(400, 401, 403, 404, 409))
    def publish(draw: str) -> Response:
        """Publish the names, after the award"""
        with database.session() as session:
            publishing.publish(session, drawing.get(session, draw).id, lots, now=clock())
            session.commit()
        return Response(status=204)

    @routes.operation(
        "POST", "/answers", takes=schemas.CallAnswer, gives=schemas.AnswerReceipt, refuses=(400, 404, 409)
    )
    def answer(said: dict[str, Any]) -> dict[str, Any]:
        """Answer a call, as the expert who was told the code

        The answer is the expert's receipt, to be checked after the award.
        """
        with database.session() as session:
            event = notices.answer_by_code(
                *(session, said["code"], Answer(said["answer"])),
                now=clock(),
                random=random,
                committee=committee,
            )
            receipt = {"body": event.body.decode(), "salt": event.salt.hex()}
            session.commit()
        return receipt

    @routes.operation("POST", "/opinions", takes=schemas.OpinionGiven, status=204, refuses=(400, 404, 409))
    def give_opinion(said: dict[str, Any]) -> Response:
        """Hand in an opinion by its SHA-256, as a member of the committee, known by the code of its call

        It is void if the member is replaced (条48); its successor then has to judge anew before the report.
        """
        with database.session() as session:
            notices.give_opinion(session, said["code"], said["sha256"], now=clock(), committee=committee)
            session.commit()
        return Response(status=204)

    return routes


def _import(report: ImportReport) -> dict[str, Any]:
    faults = [
        {"line": one.line, "column": one.column, "sentence": _chosen(one.sentence)} for one in report.faults
    ]
    return {"lines": report.lines, "entered": report.entered, "faults": faults}


def _chosen(said: Said) -> str:
    """In the language that is asked for."""
    return said.zh if language() == "zh" else said.en


def snapshot_shown(row: SnapshotRow) -> dict[str, Any]:
    """A committed population, without who is in it."""
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
        "warnings": [_chosen(one) for one in drawing.warnings_of(row)],
        "calls": dict(answers),
        "requested_at": row.requested_at,
    }

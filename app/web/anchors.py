"""Where the ledger is anchored on chain, as JSON.

    GET <prefix>/anchor

    {"state": "anchored", "origin": "ledger.example.org", "size": 812, "root": "<base64>",
     "block": 4711, "transaction": "0x...",
     "chain_id": 20170117, "contract": "0x...", "log": "0x<SHA-256 of the origin>",
     "next": {"state": "sent", "size": 930, "root": "<base64>", "block": null, "transaction": null}}

`state` is "anchored" only once the configured depth stands upon the block, and until then "not yet", with null for
what is not known. `next` is a larger checkpoint on its way (requested, sent or mined), or null. Whoever wants to be
sure asks a node of their own for the log's `Anchored` events: nothing here has to be believed.
"""

from typing import Any

from flask import Response, jsonify

from app.api.content import JSON, Content
from app.api.document import ApiRoutes
from app.api.examples import example_of
from app.api.schemas.ledger import AnchorShown
from guarantees.chain import anchoring
from guarantees.chain.anchoring import Anchor
from guarantees.chain.binding import bound
from ledger.anchoring import log_hash
from ledger.note import encode_base64
from storage.database import Database

A_MOMENT = "public, max-age=2"
ON_THE_WAY = (anchoring.REQUESTED, "sent", "mined")


def blueprint(database: Database) -> ApiRoutes:
    """The route, to be registered under the log's prefix."""
    routes = ApiRoutes("anchors", __name__, description="Where the log is anchored on chain")
    shown = Content(JSON, AnchorShown, example_of(AnchorShown))

    @routes.operation("GET", "/anchor", gives=shown, also={404: shown})
    def anchor() -> Response:
        """Show the newest checkpoint that is anchored on chain, and the one on its way

        404, in the same form, while there is no log.
        """
        with database.session("REPEATABLE READ", read_only=True) as session:
            origin = anchoring.origin(session)
            done = anchoring.newest(session, "confirmed")
            coming = anchoring.newest(session, *ON_THE_WAY)
            deployment = bound(session)
        if coming and done and (coming.size or 0) <= (done.size or 0):
            coming = None
        found = {
            **_shown(done),
            "state": "not yet" if done is None else "anchored",
            "origin": origin,
            "log": None if origin is None else _hex(log_hash(origin)),
            "chain_id": deployment and deployment.chain_id,
            "contract": deployment and _hex(deployment.ledger_anchor),
            "next": None if coming is None else _shown(coming) | {"state": coming.state},
        }
        response = jsonify(found)
        response.status_code = 404 if origin is None else 200
        response.headers["Cache-Control"] = A_MOMENT
        return response

    return routes


def _shown(anchor: Anchor | None) -> dict[str, Any]:
    if anchor is None:
        return dict.fromkeys(("size", "root", "block", "transaction"))
    return {
        "size": anchor.size,
        "root": anchor.root and encode_base64(anchor.root),
        "block": anchor.block,
        "transaction": anchor.transaction and _hex(anchor.transaction),
    }


def _hex(value: bytes) -> str:
    return "0x" + value.hex()

"""Server-sent events in short answers: what is new, how long to wait, and the end of the answer.

A browser's EventSource asks again by itself after `retry`, with the id of the last event it saw. So nobody holds a
thread or a connection to the database while waiting, a line that breaks is a line that asks again, and a proxy that
buffers whole answers does no harm. Every answer tells the server's time.

    event: state    the digest of the page's state, if it is another than the viewer has seen
    event: time     the server's time, and a comment as a sign of life
    204             nothing will change any more: the browser stops asking
"""

import json
from datetime import datetime

from flask import Response, request

from app.context import now, parts
from app.web.pages.hall.pulse import Pulse, pulses


def answer(pulse: Pulse) -> Response:
    """To a viewer who has seen Last-Event-ID, or what ?seen= says at first."""
    seen = request.headers.get("Last-Event-ID") or request.args.get("seen", "")
    if seen == pulse.digest and pulse.over:
        return _without_trace(Response(status=204))
    # Up to a quarter longer, by chance: so that viewers who came together spread.
    pause = pulses().pause() * (1 + parts().random(1)[0] / 1024)
    told = now()
    lines = [
        f"retry: {round(pause * 1000)}",
        f": {_written(told)}",
        "",
        "event: time",
        f"data: {_written(told)}",
        "",
    ]
    if seen != pulse.digest:
        data = json.dumps({"digest": pulse.digest, "at": _written(told), "over": pulse.over})
        lines += [f"id: {pulse.digest}", "event: state", f"data: {data}", ""]
    return _without_trace(Response("\n".join(lines) + "\n", content_type="text/event-stream; charset=utf-8"))


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def _without_trace(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response

"""Objections and complaints over REST: routes of one blueprint, in files by who uses them.

routes    the blueprint, who calls, how a case is shown
board     what everybody sees
files     evidence in pieces
filing    who objects and complains; the parties; the tenderee's reply
handling  the authority
"""

from app.api.complaints import board, files, filing, handling, routes

ALL = (board, files, filing, handling)
"""These put their operations on `routes.routes`."""

__all__ = ["ALL", "routes"]

"""Bids that wait for their final request alone."""

import json
from dataclasses import dataclass

from app.api.private_token import authorization
from tests.intake import Draft, World


@dataclass(frozen=True)
class Ready:
    """A bid whose files are uploaded, and its final request."""

    draft: Draft
    content: bytes
    headers: dict[str, str]


def prepared(world: World, number: int) -> Ready:
    """Uploads its files, and draws its token."""
    draft = world.draft(f"bid {number}".encode() * 1000)
    content = json.dumps({"body": draft.body, "uploads": world.uploads(draft)}).encode()
    headers = {"Authorization": authorization(world.token()), "Content-Type": "application/json"}
    return Ready(draft, content, headers)

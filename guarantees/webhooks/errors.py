"""The error that webhooks add to those of guarantees."""

from guarantees.errors import RefusedError
from statutes.said import Said


class TargetError(RefusedError):
    """An address that is not sent to."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__("webhook-address", Said(zh, en))

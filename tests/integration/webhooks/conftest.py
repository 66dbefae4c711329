"""A platform with a guarantor, and the guarantor's machine."""

from collections.abc import Iterator

import pytest

from storage.database import Database
from tests.integration.webhooks.world import WebhookWorld
from tests.webhook_receiver import Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def world(database: Database) -> WebhookWorld:
    return WebhookWorld(database)

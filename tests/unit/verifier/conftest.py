"""`honest`: a log in which everything is as it must be (tests/unit/verifier/honest.py)."""

import pytest

from tests.unit.verifier.honest import Honest


@pytest.fixture(scope="module")
def honest() -> Honest:
    story = Honest()
    story.tell()
    return story

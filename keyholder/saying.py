"""Saying a thing once: what goes on being so is not said again, and what ends is said to have ended."""

from keyholder.witness.journal import Journal


class Saying:
    """Over a journal. Each subject is one thread's."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._said: dict[str, str] = {}

    def trouble(self, subject: str, sentence: str) -> None:
        """Something does not work, or still does not."""
        if self._said.get(subject) != sentence:
            self._said[subject] = sentence
            self._journal.write("trouble", f"{subject}: {sentence[:500]}")

    def well(self, subject: str) -> None:
        """It works."""
        if self._said.pop(subject, None) is not None:
            self._journal.write("well again", subject)

"""What a witness did and refused: each as one plain sentence for a person, and as one line of JSON.

    2026-03-01T09:30:00Z refused: size 12 of 'log.example' does not extend size 10
    {"at":"2026-03-01T09:30:00Z","event":"refused","origin":"log.example","sentence":"...","status":422}

Nothing of a request's body is in either, but the origin of a log that the witness knows, sizes and times.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TextIO

Clock = Callable[[], int]
"""POSIX seconds."""


class Journal:
    """Sentences go to `sentences`, JSON lines to the end of the file at `lines`, if one is named.

    A file that cannot be written is reported among the sentences and stops nothing: a witness that cannot
    write its journal still knows what it cosigned.
    """

    def __init__(self, sentences: TextIO, lines: Path | None, clock: Clock) -> None:
        self._sentences = sentences
        self._lines = lines
        self._clock = clock
        self._lock = Lock()

    def write(self, event: str, sentence: str, **facts: str | int) -> None:
        """`event` is a word or two that never changes, for machines; `facts` go into the JSON line."""
        at = datetime.fromtimestamp(self._clock(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        line = json.dumps(
            {"at": at, "event": event, "sentence": sentence, **facts},
            ensure_ascii=True,
            separators=(",", ":"),
            sort_keys=True,
        )
        with self._lock:
            print(f"{at} {event}: {sentence}", file=self._sentences, flush=True)
            if self._lines is None:
                return
            try:
                with self._lines.open("a", encoding="ascii") as file:
                    file.write(line + "\n")
            except OSError as error:
                print(f"{at} no journal: {self._lines}: {error.strerror}", file=self._sentences, flush=True)

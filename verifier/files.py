"""Public files that entries name by their SHA-256, read from beside the tiles."""

import hashlib

from verifier.errors import SourceError
from verifier.report import Report
from verifier.source import Source


class NamedFiles:
    """`get` reads a file once; what is not there is noted, what is another file than its name says is wrong."""

    def __init__(self, source: Source, report: Report) -> None:
        self._source = source
        self._report = report

    def get(self, sha256: str, what: str, entry: int) -> bytes | None:
        """The file that the entry at that index names; None, with a finding, if it cannot be had ("file")."""
        try:
            content = self._source.get(f"file/{sha256}")
        except SourceError as error:
            self._report.noted("file", f"{what} cannot be read, and is not checked: {error}", entry)
            return None
        if hashlib.sha256(content).hexdigest() != sha256:
            self._report.wrong("file", f"{what} is not the file that the ledger names", entry)
            return None
        return content

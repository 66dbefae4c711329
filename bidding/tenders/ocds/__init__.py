"""The Open Contracting Data Standard 1.1: a draft from a release or record, and a tender as a release package.

    findings    what became of each field of what is imported
    package     the release or record in a file that may hold several
    importing   a release to a draft
    exporting   a tender to a release package

Nothing of an import is dropped silently: each field that a draft has no place for is in the report, with the reason.
"""

from bidding.tenders.ocds.exporting import package_of, to_text
from bidding.tenders.ocds.findings import Finding, Outcome
from bidding.tenders.ocds.importing import draft_from
from bidding.tenders.ocds.package import parse

__all__ = ["Finding", "Outcome", "draft_from", "package_of", "parse", "to_text"]

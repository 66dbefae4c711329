"""An entry of the ledger in words: what it is called, and a sentence for those that tell a tender's course."""

from datetime import UTC, datetime

from app.web.pages.entry_titles import TITLES
from app.web.pages.formats import money, said_at
from app.web.pages.language import _, ngettext, said
from app.web.pages.naming import part_name
from ledger import entries as of
from ledger.entries import Entry, registered
from statutes.errors import RuleError
from statutes.shipped import shipped

_NAMES = {one.cls: name for name, one in registered().items()}


def title_of(entry: Entry) -> str:
    return title_of_type(type_of(entry))


def type_of(entry: Entry) -> str:
    """Its registered name, such as tender-published/v1."""
    return _NAMES.get(type(entry)) or next(
        name for name, one in registered().items() if one.cls is type(entry)
    )


def title_of_type(name: str) -> str:
    """A type that has no title keeps its name."""
    found = TITLES.get(name.partition("/")[0])
    return said(found) if found else name


def words_of(entry: Entry) -> str:
    """A sentence, or nothing where the title says all that can be said shortly. No party is named here."""
    match entry:
        case of.TenderPublished():
            count = len(entry.lots)
            return ngettext("%(who)s published a tender with %(num)s lot.",
                            "%(who)s published a tender with %(num)s lots.", count, who=entry.tenderee)  # fmt: skip
        case of.LotPublished():
            return _("Lot %(lot)s takes bids until %(at)s.", lot=_number(entry.lot), at=_at(entry.deadline))
        case of.DocumentsAmended():
            return _("Amendment %(number)s: %(text)s", number=entry.number, text=entry.text)
        case of.DeadlineMoved():
            return _("The deadline of lot %(lot)s is now %(at)s. Reason: %(reason)s",
                     lot=_number(entry.lot), at=_at(entry.deadline), reason=entry.reason)  # fmt: skip
        case of.ClarificationAnswered():
            return _("Question %(number)s was answered to all.", number=entry.number)
        case of.LotSuspended() | of.LotResumed() | of.LotCancelled():
            return _("Lot %(lot)s. Reason: %(reason)s", lot=_number(entry.lot), reason=entry.reason)
        case of.SuspensionBegun() | of.SuspensionEnded():
            return _("Lot %(lot)s, cause %(cause)s: %(reason)s",
                     lot=_number(entry.lot), cause=entry.cause, reason=entry.reason)  # fmt: skip
        case of.KeyBound():
            return _("Lot %(lot)s, part %(part)s has a key that serves nothing else.",
                     lot=_number(entry.lot), part=part_name(entry.part))  # fmt: skip
        case of.LotClosed() | of.LotOpened():
            count = len(entry.bids) if isinstance(entry, of.LotClosed) else entry.bids
            return ngettext("Lot %(lot)s: %(num)s bid is on the list.", "Lot %(lot)s: %(num)s bids are on the list.",
                            count, lot=_number(entry.lot))  # fmt: skip
        case of.LotEvaluated():
            return _("Lot %(lot)s: the committee has handed in its report.", lot=_number(entry.lot))
        case of.CandidatesPublished():
            count = len(entry.candidates)
            return ngettext("Lot %(lot)s: %(num)s candidate, until %(at)s.",
                            "Lot %(lot)s: %(num)s candidates, until %(at)s.", count,
                            lot=_number(entry.lot), at=_at(entry.until))  # fmt: skip
        case of.LotAwarded():
            return _("Lot %(lot)s goes to bid %(bid)s (rank %(rank)s) at %(price)s.", lot=_number(entry.lot),
                     bid=entry.winner.bid, rank=entry.winner.rank, price=money(entry.winner.price))  # fmt: skip
        case of.LotContracted():
            return _("Lot %(lot)s: the contract is signed at %(price)s.",
                     lot=_number(entry.lot), price=money(entry.price))  # fmt: skip
        case of.LotFailed():
            return _("Lot %(lot)s: %(rule)s. Reason: %(reason)s",
                     lot=_number(entry.lot), rule=_rule(entry.rule), reason=entry.reason)  # fmt: skip
        case of.LotTenderedAgain():
            return _("Lot %(lot)s is held again in tender %(tender)s.",
                     lot=_number(entry.lot), tender=entry.tender)  # fmt: skip
        case of.Sealed():
            return _("A fact that stays hidden for now, or nothing at all: nobody can tell which.")
        case of.Revealed():
            return _("Shows what entry %(index)s had sealed.", index=entry.index)
    return ""


def _number(lot: str) -> str:
    return lot.partition(".")[2] or lot


def _at(seconds: int) -> str:
    return said_at(datetime.fromtimestamp(seconds, UTC))


def _rule(rule: str) -> str:
    """The rule as a sentence, from whichever profile has it; else its id."""
    for profile in shipped():
        try:
            return said(profile.rule(rule).law)
        except RuleError:
            continue
    return rule

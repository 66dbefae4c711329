"""The profiles as data: what the summary of the statutes says, and what the parser refuses."""

from dataclasses import dataclass
from datetime import date, timedelta

import msgspec
import pytest

from bidding.tender import TABLE
from statutes.errors import ProfileFileError, StatuteError, UnknownProfileError, UnknownRuleError
from statutes.events import EVENTS
from statutes.profile_file import parse_profile
from statutes.rule import Profile, Rule
from statutes.shipped import NAMES, profile, shipped
from tests.unit.bidding.examples import PROCUREMENT, TENDER, TRAINING, at

DAY = date(2026, 3, 2)


@dataclass(frozen=True)
class Said:
    """A line of the summary of the law that the rules were written from."""

    profile: str
    rule: str
    number: int
    unit: str
    article: str


SUMMARY = [
    Said("cn-tender", "deadline-after-issue", 20, "calendar", "法24"),
    Said("cn-tender", "documents-on-offer", 5, "calendar", "条16"),
    Said("cn-tender", "amendment-before-deadline", 15, "calendar", "条21"),
    Said("cn-tender", "prequalification-amendment", 3, "calendar", "条21"),
    Said("cn-tender", "objection-to-documents", 10, "calendar", "条22"),
    Said("cn-tender", "prequalification-objection", 2, "calendar", "条22"),
    Said("cn-tender", "objection-reply", 3, "calendar", "条22"),
    Said("cn-tender", "bond-cap", 2, "percent", "条26"),
    Said("cn-tender", "withdrawal-refund", 5, "calendar", "条35"),
    Said("cn-tender", "three-bids", 3, "number", "法28"),
    Said("cn-tender", "committee-size", 5, "number", "法37"),
    Said("cn-tender", "candidates-number", 3, "number", "条53"),
    Said("cn-tender", "candidates-within", 3, "calendar", "条54"),
    Said("cn-tender", "candidates-shown", 3, "calendar", "条54"),
    Said("cn-tender", "contract-due", 30, "calendar", "法46"),
    Said("cn-tender", "supervisor-report", 15, "calendar", "法47"),
    Said("cn-tender", "bond-refund", 5, "calendar", "条57"),
    Said("cn-tender", "performance-bond-cap", 10, "percent", "条58"),
    Said("cn-tender", "complaint", 10, "calendar", "条60"),
    Said("cn-tender", "complaint-acceptance", 3, "working", "条61"),
    Said("cn-tender", "complaint-decision", 30, "working", "条61"),
    Said("cn-procurement", "challenge", 7, "working", "采52"),
    Said("cn-procurement", "objection-reply", 7, "working", "采53"),
    Said("cn-procurement", "complaint", 15, "working", "采55"),
    Said("cn-procurement", "complaint-decision", 30, "working", "采56"),
    Said("cn-procurement", "suspension-at-most", 30, "calendar", "采57"),
    Said("cn-procurement", "bond-cap", 2, "percent", "采条33"),
    Said("cn-procurement", "bond-refund-losers", 5, "working", "采条33"),
    Said("cn-procurement", "bond-refund", 5, "working", "采条33"),
    Said("cn-procurement", "records-kept", 15, "number", "采42"),
]


@pytest.mark.parametrize("line", SUMMARY, ids=lambda line: f"{line.profile} {line.rule}")
def test_the_rule_says_what_the_summary_of_the_law_says(line: Said) -> None:
    rule = profile(line.profile, DAY).rule(line.rule)
    numbers = {"percent": rule.percent, "number": rule.number}
    assert numbers.get(line.unit, rule.days) == line.number
    assert line.unit in numbers or rule.unit == line.unit
    assert line.article in rule.articles


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_is_chosen_by_the_day(name: str) -> None:
    found = profile(name, DAY)
    assert found.id == name
    with pytest.raises(UnknownProfileError, match=name):
        profile(name, found.valid_from - timedelta(days=1))


def test_of_two_versions_the_one_that_is_valid_is_taken() -> None:
    old, new = (
        msgspec.structs.replace(TENDER.profile, valid_from=first, valid_to=last)
        for first, last in [(date(2020, 1, 1), date(2020, 6, 30)), (date(2020, 7, 1), None)]
    )
    assert profile("cn-tender", date(2020, 6, 30), (old, new)) is old
    assert profile("cn-tender", date(2020, 7, 1), (old, new)) is new
    with pytest.raises(UnknownProfileError, match="none of that name"):
        profile("cn-other", DAY)


def test_a_training_has_the_same_rules_and_says_what_it_is() -> None:
    assert TRAINING.profile.rules == TENDER.profile.rules
    assert TRAINING.profile.is_training
    assert not TENDER.profile.is_training
    assert not PROCUREMENT.profile.is_training
    assert "1日按1分钟" in TRAINING.profile.zh
    assert "one day is one minute" in TRAINING.profile.en


def test_every_event_is_used_by_a_rule_and_every_move_has_a_rule_in_some_profile() -> None:
    rules = [rule for one in shipped() for rule in one.rules]
    assert {event for rule in rules for event in (rule.start, rule.end) if event} == set(EVENTS)
    assert {row.rule for row in TABLE} <= {rule.id for rule in rules}


def test_an_unknown_rule_is_an_error_that_names_profile_and_rule() -> None:
    with pytest.raises(UnknownRuleError, match=r"cn-procurement.*candidates-shown"):
        PROCUREMENT.rule("candidates-shown")


GOOD = """
id = "x"
zh = "甲"
en = "X"
valid_from = 2020-01-01
[[rules]]
id = "contract-due"
articles = ["法46"]
verified = "V"
bound = "within"
days = 30
from = "award"
to = "contract"
zh = "句"
en = "A sentence"
"""


def test_a_small_profile_reads() -> None:
    assert parse_profile(GOOD).rule("contract-due").days == 30


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('id = "x"', 'id = "X"'),
        ('id = "x"', 'id = "x"\nextends = "y"'),
        ('id = "x"', 'id = "x"\nvalid_to = 2019-12-31'),
        ('id = "x"', 'id = "x"\nseconds_per_day = 60'),
        ('id = "x"', 'id = "x"\ncolour = "red"'),
        ('id = "x"', "id = x"),
        ('id = "contract-due"', 'id = "Contract due"'),
        ('articles = ["法46"]', "articles = []"),
        ('articles = ["法46"]', 'articles = ["46"]'),
        ('verified = "V"', 'verified = "H"'),
        ('verified = "V"', 'verified = "yes"'),
        ('bound = "within"', 'bound = "same"'),
        ('bound = "within"', ""),
        ("days = 30", "days = 0"),
        ("days = 30", 'days = "30"'),
        ('from = "award"', ""),
        ('from = "award"', 'from = "prize"'),
        ('zh = "句"', 'zh = "句。"'),
        ('en = "A sentence"', 'en = ""'),
        ('en = "A sentence"', 'en = "A sentence"\npercent = 2'),
        ("[[rules]]", GOOD[GOOD.index("[[rules]]") :] + "[[rules]]"),
    ],
)
def test_a_profile_that_contradicts_itself_is_refused(old: str, new: str) -> None:
    assert old in GOOD
    with pytest.raises(ProfileFileError):
        parse_profile(GOOD.replace(old, new, 1))


def test_a_short_day_needs_a_name_that_says_training() -> None:
    short = GOOD.replace('zh = "甲"', 'zh = "甲"\nseconds_per_day = 0', 1)
    with pytest.raises(ProfileFileError, match="at least a second"):
        parse_profile(short)


def test_days_are_the_rule_s_or_the_documents_and_never_both() -> None:
    assert TENDER.due("bid-validity", at(3, 25, 9), days=90).at == at(6, 23, 24)
    for rule, days in [("bid-validity", None), ("contract-due", 30), ("bid-validity", 0), ("three-bids", 3)]:
        with pytest.raises(StatuteError):
            TENDER.due(rule, at(3, 25), days=days)


def test_rules_and_profiles_cannot_be_changed() -> None:
    rule: Rule = TENDER.rule("contract-due")
    found: Profile = TENDER.profile
    for thing, name in [(rule, "days"), (found, "id")]:
        with pytest.raises(AttributeError):
            setattr(thing, name, 1)

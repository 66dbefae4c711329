"""Entries and their bytes: one form for each, and nothing but what the type allows."""

from dataclasses import dataclass, fields
from random import Random

import pytest

from crypto import canonical_json
from crypto.signatures import SigningKey
from ledger.entries import (
    BidFailed,
    BidOpened,
    BidSubmitted,
    BidWithdrawn,
    CandidatesPublished,
    CaseClock,
    CaseRecordAdded,
    ClarificationAnswered,
    ClockMissed,
    CommitteeFormed,
    ComplaintAccepted,
    ComplaintCorrected,
    ComplaintCorrectionAsked,
    ComplaintDecided,
    ComplaintFiled,
    ComplaintForwarded,
    ComplaintJoined,
    ComplaintNotAccepted,
    ComplaintWithdrawalAsked,
    ComplaintWithdrawalRefused,
    ComplaintWithdrawn,
    DeadlineMoved,
    DecisionClockResumed,
    DecisionClockStopped,
    DocumentsAmended,
    DrawKeyBound,
    DrawPublished,
    DrawRequested,
    DrawShare,
    ExpertAnswered,
    ExpertCalled,
    ExpertEntered,
    ExpertRemoved,
    ExpertReviewed,
    ExpertSuspended,
    FallbackBegun,
    FindingRecorded,
    GroupAccepted,
    GroupMember,
    GroupProposed,
    KeyBound,
    KeyCertified,
    KeyComplained,
    KeyDealt,
    KeyRotated,
    KeyRunEnded,
    KeyRunOpened,
    LogOpened,
    LotAwarded,
    LotCancelled,
    LotClosed,
    LotContracted,
    LotEvaluated,
    LotFailed,
    LotOpened,
    LotPart,
    LotPublished,
    LotResumed,
    LotSuspended,
    LotTenderedAgain,
    MessageReceived,
    ObjectionFiled,
    ObjectionReplied,
    ObjectionToOpening,
    ObjectionToOpeningAnswered,
    ObjectionWithdrawn,
    OpenedByBidder,
    OpeningConfirmed,
    OpeningRecorded,
    OpeningSilent,
    PartCalled,
    PartOpened,
    PartyKeyRegistered,
    PartyKeyRevoked,
    PartyKeyRotated,
    PopulationCommitted,
    PublishedDocument,
    RankedBid,
    ReadOut,
    Revealed,
    Sealed,
    SealedPart,
    SharesReleased,
    SharesShown,
    Standstill,
    SuspensionBegun,
    SuspensionEnded,
    TenderPublished,
    TokenKeyPublished,
    decode,
    encode,
    json_schema,
    register,
    registered,
)
from ledger.entries.registry import Entry
from ledger.errors import EntryError, RevealError, SignatureError
from scripts.entry_table import PAGE, with_table
from tests.unit.ledger.guarantee_examples import guarantee_examples

OLD, NEW = SigningKey(b"\x01" * 32), SigningKey(b"\x02" * 32)


def story_examples() -> list[Entry]:
    """One of each type of the keyholders' story."""
    hash_, signature, key = "ab" * 32, "cd" * 64, OLD.verify_key.raw.hex()
    member = GroupMember("notary", key, key, "notary+00000000+AA==")
    part = LotPart("price", public=True, after="", caller="", knowledge=False)
    sealed = SealedPart("price", hash_, 5, hash_, hash_, "")
    origin, recipient = "ledger.example", "age1" + "q" * 58
    return [
        GroupProposed(origin, "group", 1, (member,), recipient, key, signature),
        GroupAccepted(origin, hash_, 1, signature),
        KeyRunOpened(hash_, hash_),
        KeyDealt(origin, hash_, 1, "abcd", signature),
        KeyCertified(origin, hash_, 1, signature, signature),
        KeyComplained(origin, hash_, 1, 2, "abcd", signature),
        KeyRunEnded(hash_, (2,), "no answer"),
        KeyBound(hash_, "lot-1", "price"),
        DrawKeyBound(hash_),
        LotPublished("lot-1", "tender-1", hash_, 1_800_000_000, 3, recipient, (part,)),
        DeadlineMoved("lot-1", 1_800_000_000, "more time"),
        LotSuspended("lot-1", "objection"),
        LotResumed("lot-1", "answered"),
        LotCancelled("lot-1", "no money"),
        BidSubmitted(origin, "lot-1", key, 1, (sealed,), signature),
        BidWithdrawn(origin, "lot-1", key, signature),
        LotClosed("lot-1", 1_800_000_000, (4, 5)),
        PartCalled(origin, hash_, "price", (4, 5), signature),
        SharesReleased(origin, hash_, "price", 1, hash_, signature),
        PartOpened(hash_, "price", 4, "abcd"),
        SharesShown(hash_, "price", 1, (4,), "abcd"),
        DrawRequested(hash_, "experts", hash_, 20, hash_),
        DrawShare(origin, hash_, 1, "abcd", signature),
    ]


def tender_examples() -> list[Entry]:
    """One of each type of a tender's public course."""
    hash_, document = "ab" * 32, PublishedDocument("notice.pdf", 1, "cd" * 32, 1024)
    first = RankedBid(1, 17, 480_000_000, "91.25")
    return [
        TenderPublished("t1", "某单位", "cn-tender", hash_, ("t1.1",), (document,), "t1"),
        DocumentsAmended("t1", 1, ("t1.1",), "Drawing 3", True, 1_800_000_000, (document,), 1_799_000_000),
        ClarificationAnswered("t1", 1, "Which steel?", "Q355."),
        SuspensionBegun("t1.1", "objection-1", "suspended-until-reply", "objection", 1_799_000_000),
        SuspensionEnded("t1.1", "objection-1", "answered", 1_799_000_000),
        LotOpened("t1.1", 3),
        LotEvaluated("t1.1", hash_, 1_799_000_000),
        CandidatesPublished("t1.1", (first,), 1_800_000_000, 1_799_000_000),
        LotAwarded("t1.1", first, "", 1_800_000_000),
        LotContracted("t1.1", 17, 480_000_000, hash_, 1_800_000_000),
        LotFailed("t1.1", "three-bids", ""),
        LotTenderedAgain("t1.1", "t2"),
    ]


def complaint_examples() -> list[Entry]:
    """One of each type of an objection's and a complaint's course."""
    case, hash_, at = "ab" * 16, "cd" * 32, 1_800_000_000
    stop = Standstill("testing", at, at + 86_400)
    clock = CaseClock("complaint-decision", "cn-tender", "2026-03-02", at, at + 86_400, (stop,), hash_)
    return [
        ObjectionFiled(case, "t1", ("t1.1",), "documents", hash_, hash_, at, clock, clock),
        ObjectionReplied(case, "rejected", hash_, at),
        ObjectionWithdrawn(case, hash_, at),
        ComplaintFiled(case, "", "t1", ("t1.1",), "process", "某局", hash_, hash_, at, clock, clock),
        ComplaintCorrectionAsked(case, hash_, at, at, clock, clock, clock),
        ComplaintCorrected(case, hash_, at, clock),
        ComplaintForwarded(case, "某委", hash_, at),
        ComplaintAccepted(case, hash_, at, clock),
        ComplaintNotAccepted(case, "no-interest", hash_, at),
        ComplaintJoined(case, "cd" * 16, hash_, at),
        DecisionClockStopped(case, 1, "testing", at + 86_400, hash_, at, clock),
        DecisionClockResumed(case, 1, hash_, at, clock),
        CaseRecordAdded(case, hash_, at),
        ComplaintWithdrawalAsked(case, hash_, at),
        ComplaintWithdrawalRefused(case, hash_, at),
        ComplaintWithdrawn(case, hash_, at),
        ComplaintDecided(case, "upheld", hash_, at),
        ClockMissed(case, "complaint-decision", at, at),
    ]


EXAMPLES: list[Entry] = [
    LogOpened("ledger.example", "ledger.example+00000000+AA=="),
    Sealed("ab" * 32),
    Revealed.of(7, b"\x05" * 32, b"body"),
    KeyRotated.of("ledger.example", OLD, NEW),
    *story_examples(),
    *tender_examples(),
    *complaint_examples(),
    TokenKeyPublished("tokens.example", "abcd", 1_800_000_000, 1_802_600_000, 1_808_000_000),
    PartyKeyRegistered("ledger.example", "ab" * 32, "abcd", "", "ef" * 64),
    PartyKeyRotated("ledger.example", "ab" * 32, "cd" * 32, "abcd", "ef" * 32, "01" * 64, "02" * 70),
    PartyKeyRevoked("ab" * 32, "cd" * 32, "compromised"),
    ExpertEntered("ab" * 32, "cd" * 32),
    ExpertReviewed("ab" * 32, "admitted", "cd" * 32),
    ExpertSuspended("ab" * 32, "cd" * 32),
    ExpertRemoved("ab" * 32, "cd" * 32),
    PopulationCommitted("experts 2026-07", "ab" * 32, 300),
    ExpertCalled("ab" * 32, 3, 0, 17, 1_800_000_000),
    ExpertAnswered("ab" * 32, 3, "declined", 1_800_000_600),
    CommitteeFormed("ab" * 32, 5, 2),
    DrawPublished("ab" * 32, "cd" * 32, "ef" * 32, "01" * 32),
    FindingRecorded("ab" * 32, 4, "cd" * 32),
    MessageReceived("ab" * 32, 0),
    BidOpened(
        *("ab" * 32, "price", 4, "keyholders"),
        (ReadOut("甲公司", "91110000600037341L", "4680000.00", "CNY", 180, "合格", None, False, "none"),),
    ),
    BidFailed("ab" * 32, "price", 4, "package", "hash-differs", "bidder"),
    FallbackBegun("ab" * 32, "price", 1_800_000_000, (4, 5)),
    OpenedByBidder("ab" * 32, "price", 4, "abcd", "cd" * 16),
    ObjectionToOpening("lot-1", "ab" * 32, 1, "cd" * 32),
    ObjectionToOpeningAnswered("ab" * 32, 1, "cd" * 32),
    OpeningConfirmed("ab" * 32, "price", "cd" * 32, "bidder", "ef" * 32),
    OpeningSilent("ab" * 32, "price", (4, 5)),
    OpeningRecorded("ab" * 32, "price", "cd" * 32),
    *guarantee_examples(),
]


def test_every_registered_type_has_an_example_here() -> None:
    assert {type(example) for example in EXAMPLES} == {found.cls for found in registered().values()}


@pytest.mark.parametrize("entry", EXAMPLES, ids=lambda entry: type(entry).__name__)
def test_entry_and_leaf_are_one_to_one(entry: Entry) -> None:
    leaf = encode(entry)
    assert decode(leaf) == entry
    assert canonical_json.dumps(canonical_json.loads(leaf)) == leaf


@pytest.mark.parametrize("entry", EXAMPLES, ids=lambda entry: type(entry).__name__)
def test_leaf_with_any_field_missing_added_or_of_another_kind_is_refused(entry: Entry) -> None:
    value = canonical_json.loads(encode(entry))
    assert isinstance(value, dict)
    for altered in (
        {**value, "more": 1},
        *({key: v for key, v in value.items() if key != gone} for gone in value),
        *({**value, key: None} for key in value),
        *({**value, key: [v]} for key, v in value.items()),
    ):
        with pytest.raises(EntryError):
            decode(canonical_json.dumps(altered))


@pytest.mark.parametrize(
    "leaf",
    [b"", b"{}", b"[]", b"null", b'{"type":"nothing/v1"}', b'{"type":1}', b'{ "type":"sealed/v1"}', b"\xff"],
)
def test_other_bytes_are_no_entry(leaf: bytes) -> None:
    with pytest.raises(EntryError):
        decode(leaf)


@pytest.mark.parametrize("commitment", ["", "ab" * 31, "AB" * 32, "ab" * 32 + "\n", "zz" * 32])
def test_value_that_its_schema_does_not_allow_never_becomes_a_leaf(commitment: str) -> None:
    with pytest.raises(EntryError):
        encode(Sealed(commitment))


def test_entry_too_long_for_the_log_is_refused() -> None:
    with pytest.raises(EntryError):
        encode(Revealed.of(1, bytes(32), bytes(40_000)))


def test_unregistered_class_and_taken_or_malformed_names_are_refused() -> None:
    @dataclass(frozen=True)
    class Stranger(Entry):
        value: int

    with pytest.raises(EntryError, match="not a registered type"):
        encode(Stranger(1))
    for name in ("sealed/v1", "Sealed/v2", "sealed", "sealed/v0", "sealed/v1\n"):
        with pytest.raises(ValueError, match="not a new name"):
            register(name)
    with pytest.raises(ValueError, match="frozen"):
        register("stranger/v1")(type("Loose", (Entry,), {}))


def test_reveal_fits_its_own_commitment_alone() -> None:
    salt = Random(1).randbytes(32)
    entry = Sealed.of(b"body", salt)
    assert Revealed.of(3, salt, b"body").check(entry) == b"body"
    for wrong in (Revealed.of(3, salt, b"other"), Revealed.of(3, bytes(32), b"body")):
        with pytest.raises(RevealError):
            wrong.check(entry)
    with pytest.raises(EntryError, match="not sealed"):
        Revealed.of(3, salt, b"body").check(EXAMPLES[0])


def test_handover_needs_both_signatures() -> None:
    good = KeyRotated.of("ledger.example", OLD, NEW)
    assert [key.key for key in good.check()] == [OLD.verify_key, NEW.verify_key]
    values = {field.name: getattr(good, field.name) for field in fields(good)}
    for altered in (
        {**values, "old_signature": values["new_signature"]},
        {**values, "new_signature": values["old_signature"]},
        {**values, "origin": "other.example"},
        {**values, "new_key": values["old_key"]},
    ):
        with pytest.raises(SignatureError):
            KeyRotated(**altered).check()


def test_every_type_has_a_meaning_and_a_closed_schema() -> None:
    for name, found in registered().items():
        schema = json_schema(found)
        assert found.meaning.endswith((".", ":", "which."))
        assert schema["properties"]["type"] == {"const": name}
        assert schema["additionalProperties"] is False
        assert "type" in schema["required"]


def test_table_on_the_page_is_the_generated_one() -> None:
    page = PAGE.read_text("utf-8")
    assert with_table(page) == page, "run: python -m scripts.entry_table"

"""Groups and key runs as the ledger tells them: what counts, who is to blame, and what a key is for."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from crypto import dkg
from crypto.signatures import SigningKey
from ledger.entries import (
    DrawKeyBound,
    GroupAccepted,
    GroupProposed,
    KeyBound,
    KeyCertified,
    KeyComplained,
    KeyDealt,
    KeyRunEnded,
    KeyRunOpened,
)
from ledger.entries.signed import UNSIGNED
from ledger.view import DRAWS, PartUse, RefusedEntryError
from tests.story import ORIGIN, SUPERVISOR, Story

STRANGER = SigningKey(b"\x77" * 32)


@pytest.fixture
def story() -> Story:
    told = Story()
    told.found()
    return told


def test_group_exists_with_the_last_acceptance() -> None:
    story = Story()
    story.group = story.id_of(story.say(story.proposal()))
    group = story.view.groups.get(story.group)
    for party in story.parties:
        assert not group.is_complete
        story.say(story.acceptance(party))
    assert group.is_complete
    assert group.number_of(story.parties[1].signing.verify_key) == 2
    assert group.number_of(STRANGER.verify_key) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda p: replace(p, signature=UNSIGNED), "not signed"),
        (lambda p: replace(p, threshold=1), "not signed"),
        (lambda p: replace(p, origin="other.example").signed_by(SUPERVISOR), "another log"),
        (lambda p: replace(p, supervisor=STRANGER.verify_key.raw.hex()).signed_by(STRANGER), "another's"),
        (lambda p: replace(p, threshold=4).signed_by(SUPERVISOR), "cannot suffice"),
        (lambda p: replace(p, members=p.members[:2] * 2).signed_by(SUPERVISOR), "same static key"),
        (
            lambda p: replace(
                p, members=(replace(p.members[0], static_key="00" * 32), *p.members[1:])
            ).signed_by(SUPERVISOR),
            "is none",
        ),
    ],
)
def test_proposal_that_is_not_the_supervisors_or_cannot_be_founds_nothing(change, reason) -> None:  # type: ignore[no-untyped-def]
    story = Story()
    index = story.say(change(story.proposal()))
    assert reason in story.remark()
    with pytest.raises(RefusedEntryError):
        story.view.groups.get(story.id_of(index))


def test_acceptance_of_another_a_second_one_and_a_foreign_one_change_nothing() -> None:
    story = Story()
    story.group = story.id_of(story.say(story.proposal()))
    first, second = story.parties[:2]
    story.say(GroupAccepted(ORIGIN, story.group, 1, UNSIGNED).signed_by(second.signing))
    assert "not signed" in story.remark()
    story.say(story.acceptance(first))
    story.say(story.acceptance(first))
    assert "before" in story.remark()
    story.say(GroupAccepted(ORIGIN, story.group, 9, UNSIGNED).signed_by(first.signing))
    assert "no member 9" in story.remark()
    story.say(GroupAccepted("other.example", story.group, 2, UNSIGNED).signed_by(second.signing))
    assert "another log" in story.remark()
    assert story.view.groups.get(story.group).accepted == {1}


def test_run_gives_a_key_with_the_last_certificate_and_not_before(story: Story) -> None:
    run_id = story.open_run()
    run = story.view.keys.get(run_id)
    for party in story.parties:
        assert party.number in run.missing()
        story.say(story.dealing(run_id, party))
    for party in story.parties:
        assert not run.is_complete
        story.say(story.certificate(run_id, party))
    assert run.is_complete
    assert run.is_free
    assert run.public is not None
    assert all(story.share_of(run_id, party).public == run.public for party in story.parties)
    assert run.certificate is not None
    run.certificate.verify()


def test_group_that_is_not_complete_makes_no_keys() -> None:
    story = Story()
    story.group = story.id_of(story.say(story.proposal()))
    story.open_run()
    assert "not complete" in story.remark()


def test_member_that_deals_twice_differently_is_named(story: Story) -> None:
    run = story.open_run()
    story.say(story.dealing(run, story.parties[0]))
    story.say(story.dealing(run, story.parties[0]))
    assert story.view.keys.get(run).culprits == (1,)
    assert story.view.keys.get(run).failed


def test_the_same_dealing_twice_changes_nothing(story: Story) -> None:
    run = story.open_run()
    dealing = story.dealing(run, story.parties[0])
    story.say(dealing)
    story.say(dealing)
    assert "before" in story.remark()
    assert story.view.keys.get(run).is_open


def test_malformed_dealing_and_bad_proof_of_possession_name_their_member(story: Story) -> None:
    spoilers: list[Callable[[bytes], bytes]] = [
        lambda data: data[:-1],
        lambda data: data[:64] + bytes(64) + data[128:],
    ]
    for spoil in spoilers:
        run = story.open_run()
        good = story.dealing(run, story.parties[2])
        bad = replace(good, message=spoil(bytes.fromhex(good.message)).hex()).signed_by(
            story.parties[2].signing
        )
        story.say(bad)
        assert story.view.keys.get(run).culprits == (3,)


def test_platform_cannot_deal_in_a_members_name_nor_replay_from_another_run(story: Story) -> None:
    first, second = story.open_run(), story.open_run()
    dealing = story.dealing(first, story.parties[0])
    story.say(replace(dealing, run=second))
    assert "not signed" in story.remark()
    story.say(replace(dealing, signature=UNSIGNED))
    assert "not signed" in story.remark()
    assert not story.view.keys.get(first).dealt
    assert not story.view.keys.get(second).dealt


def test_certificate_on_another_transcript_names_its_member(story: Story) -> None:
    run, other = story.open_run(), story.open_run()
    for party in story.parties:
        story.say(story.dealing(run, party))
        story.say(story.dealing(other, party))
    wrong = story.certificate(other, story.parties[1])
    story.say(replace(wrong, run=run).signed_by(story.parties[1].signing))
    assert story.view.keys.get(run).culprits == (2,)
    assert story.view.keys.get(other).is_open


def test_certificate_before_all_have_dealt_changes_nothing(story: Story) -> None:
    run = story.open_run()
    story.say(KeyCertified(ORIGIN, run, 1, UNSIGNED, UNSIGNED).signed_by(story.parties[0].signing))
    assert "waits" in story.remark()
    assert story.view.keys.get(run).is_open


def test_founded_complaint_names_the_dealer_and_unfounded_one_the_complainer(story: Story) -> None:
    for spoiled, culprit in ((True, 2), (False, 1)):
        run = story.open_run()
        session = story.view.keys.get(run).session
        victim, dealer = story.parties[0], story.parties[1]
        for party in story.parties:
            dealing = story.dealing(run, party)
            if spoiled and party is dealer:
                message = dkg.Round1Message.parse(bytes.fromhex(dealing.message), story.t, story.n)
                broken = replace(message, ciphertexts=(message.ciphertexts[1], *message.ciphertexts[1:]))
                dealing = replace(dealing, message=broken.encode().hex()).signed_by(party.signing)
            story.say(dealing)
        delivery = story.view.keys.get(run).dealt[2].for_recipient(1)
        complaint = dkg.complain(session, 1, victim.static, 2, delivery, story.random)
        story.say(KeyComplained(ORIGIN, run, 1, 2, complaint.hex(), UNSIGNED).signed_by(victim.signing))
        assert story.view.keys.get(run).culprits == (culprit,)
        story.say(story.certificate(run, story.parties[2]))
        assert "has ended" in story.remark()


def test_run_that_ends_names_who_was_missing_and_nothing_of_it_is_used(story: Story) -> None:
    run = story.open_run()
    for party in story.parties[:2]:
        story.say(story.dealing(run, party))
    story.say(KeyRunEnded(run, (1, 3), "no answer in ten minutes"))
    assert story.view.keys.get(run).culprits == (3,)  # 1 has answered, whatever the platform says
    story.say(story.dealing(run, story.parties[2]))
    assert "has ended" in story.remark()
    story.say(KeyBound(run, "lot-1", "price"))
    assert "does not exist" in story.remark()


def test_complete_run_cannot_be_ended(story: Story) -> None:
    run = story.key()
    story.say(KeyRunEnded(run, (), "changed my mind"))
    assert story.remark()
    assert story.view.keys.get(run).is_free


def test_first_binding_counts_and_any_other_changes_nothing(story: Story) -> None:
    key, other = story.key(), story.key()
    story.say(KeyBound(key, "lot-1", "price"))
    for second in (KeyBound(key, "lot-2", "price"), KeyBound(key, "lot-1", "technical"), DrawKeyBound(key)):
        story.say(second)
        assert "bound before" in story.remark()
    story.say(KeyBound(other, "lot-1", "price"))
    assert "another key already" in story.remark()
    assert story.view.keys.get(key).use == PartUse("lot-1", "price")
    assert story.view.keys.get(other).is_free
    with pytest.raises(RefusedEntryError, match="bound before"):
        story.view.keys.of_part(PartUse("lot-2", "price"))
    story.say(DrawKeyBound(other))
    assert story.view.keys.get(other).use == DRAWS
    third = story.draw_key()  # any number of keys may serve draws
    assert story.view.keys.get(third).use == DRAWS


def test_run_of_an_unknown_group_and_messages_of_an_unknown_run_change_nothing(story: Story) -> None:
    story.say(KeyRunOpened("ab" * 32, "cd" * 32))
    assert "no group" in story.remark()
    story.say(KeyDealt(ORIGIN, "ab" * 32, 1, "", UNSIGNED))
    assert "no run" in story.remark()


def test_group_of_another_type_signed_for_this_one_is_refused(story: Story) -> None:
    proposal = story.proposal()
    assert isinstance(proposal, GroupProposed)
    acceptance = GroupAccepted(ORIGIN, story.group, 1, proposal.signature)
    story.say(acceptance)
    assert "not signed" in story.remark()

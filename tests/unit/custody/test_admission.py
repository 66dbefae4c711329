"""What a keyholder may send in each state of things, and whether it still matters."""

import pytest

from custody.admission import admit
from custody.errors import NotAllowedError
from ledger.entries import DrawRequested, DrawShare, Entry, KeyComplained, KeyRunEnded, encode
from ledger.entries.signed import UNSIGNED
from tests.story import ORIGIN, Party, Story


def matters(story: Story, entry: Entry, party: Party) -> bool:
    return admit(story.view, encode(entry), party.signing.verify_key.raw.hex()).matters


def test_an_acceptance_matters_once() -> None:
    story = Story()
    story.group = story.id_of(story.say(story.proposal()))
    first = story.parties[0]
    acceptance = story.acceptance(first)
    assert matters(story, acceptance, first)
    story.say(acceptance)
    assert not matters(story, acceptance, first)


def test_a_run_s_messages_matter_while_it_is_open() -> None:
    story = Story()
    story.found()
    run = story.open_run()
    first = story.parties[0]
    dealing = story.dealing(run, first)
    complaint = KeyComplained(ORIGIN, run, 1, 2, "00", UNSIGNED).signed_by(first.signing)
    assert matters(story, dealing, first)
    assert matters(story, complaint, first)
    for party in story.parties:
        story.say(story.dealing(run, party))
    certificate = story.certificate(run, first)
    assert matters(story, certificate, first)
    story.say(certificate)
    assert not matters(story, certificate, first)
    story.say(KeyRunEnded(run, (2,), "too late"))
    assert not matters(story, dealing, first)
    assert not matters(story, complaint, first)


def test_a_release_matters_once_and_a_draw_s_share_too() -> None:
    story = Story()
    story.found()
    keys = story.publish()
    closing = story.close("lot-1", [story.bid("lot-1", keys) for _ in range(3)])
    first = story.parties[0]
    release = story.release_entry(closing, "price", first)
    assert matters(story, release, first)
    story.say(release)
    assert not matters(story, release, first)
    draw = story.id_of(story.say(DrawRequested(story.draw_key(), "experts", "ab" * 32, 9, "cd" * 32)))
    share = DrawShare(ORIGIN, draw, 1, "00", UNSIGNED).signed_by(first.signing)
    assert matters(story, share, first)


@pytest.mark.parametrize("leaf", [b"", b"{}", b'{"type":"group-accepted/v9"}', b"\xff"])
def test_what_is_no_entry_is_refused(leaf: bytes) -> None:
    with pytest.raises(NotAllowedError):
        admit(Story().view, leaf, "00" * 32)


def test_a_keyholder_of_one_group_does_not_speak_in_another() -> None:
    story = Story()
    story.found()
    stranger = Story(seed=9).parties[0]
    run = story.open_run()
    entry = story.dealing(run, story.parties[0]).signed_by(stranger.signing)
    with pytest.raises(NotAllowedError):
        matters(story, entry, stranger)

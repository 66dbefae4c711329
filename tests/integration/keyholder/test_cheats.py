"""Ceremonies with a member that cheats: the test plays it. The honest keyholder names it, or does nothing wrong."""

import time
from collections.abc import Callable
from dataclasses import replace

from crypto import dkg
from crypto.curve import Scalar
from keyholder.identity import Identity
from ledger import entries
from ledger.entries.signed import UNSIGNED
from ledger.view import KeyRun, LedgerView
from tests.integration.keyholder.fake_platform import ORIGIN
from tests.integration.keyholder.world import World

Make = Callable[[int], World]
CHEAT = Identity("keyholder.example/cheat", b"y" * 32)


def started(make_world: Make) -> tuple[World, str]:
    """A complete group of the keyholder (1) and the cheat (2)."""
    world = make_world(1)
    keyholder = world.keyholders[0]
    keyholder.start()
    group = world.propose(2, [keyholder.identity, CHEAT])
    keyholder.opened().memory.approve(group, "", 0)
    world.platform.add(entries.GroupAccepted(ORIGIN, group, 2, UNSIGNED).signed_by(CHEAT.signing))
    world.until(lambda view: view.groups.get(group).is_complete)
    return world, group


def opened_run(world: World, group: str) -> str:
    (run,) = world.platform.add(entries.KeyRunOpened(group, world.random.randbytes(32).hex()))
    world.until(lambda view: 1 in view.keys.get(run).dealt)
    return run


def dealt(world: World, run: str, message: dkg.Round1Message) -> None:
    entry = entries.KeyDealt(ORIGIN, run, 2, message.encode().hex(), UNSIGNED)
    world.platform.add(entry.signed_by(CHEAT.signing))


def honest(view: LedgerView, run: str) -> dkg.Round1Message:
    session = view.keys.get(run).session
    return dkg.round1(session, 2, CHEAT.static, CHEAT.dealing(bytes.fromhex(run)))


def ended(world: World, run: str) -> KeyRun:
    return world.until(lambda view: view.keys.get(run).failed).keys.get(run)


def test_wrong_share_is_complained_about_and_the_dealer_is_named(make_world: Make) -> None:
    world, group = started(make_world)
    run = opened_run(world, group)
    message = honest(world.view(), run)
    spoiled = bytes([message.ciphertexts[0][0] ^ 1]) + message.ciphertexts[0][1:]
    dealt(world, run, replace(message, ciphertexts=(spoiled, message.ciphertexts[1])))
    failed = ended(world, run)
    assert failed.culprits == (2,)
    assert "no right share" in failed.failed


def test_right_shares_are_certified(make_world: Make) -> None:
    world, group = started(make_world)
    run = opened_run(world, group)
    dealt(world, run, honest(world.view(), run))
    world.until(lambda view: 1 in view.keys.get(run).certified)
    assert not world.view().keys.get(run).is_complete


def test_message_in_its_own_name_that_it_did_not_deal_is_not_certified(make_world: Make) -> None:
    """Its key signs elsewhere too: another machine dealt other bytes in this run."""
    world = make_world(1)
    identity = world.keyholders[0].identity
    group = world.propose(1)
    world.platform.add(entries.GroupAccepted(ORIGIN, group, 1, UNSIGNED).signed_by(identity.signing))
    (run,) = world.platform.add(entries.KeyRunOpened(group, "ab" * 32))
    session = world.view().keys.get(run).session
    other = dkg.round1(session, 1, identity.static, world.random.randbytes)
    entry = entries.KeyDealt(ORIGIN, run, 1, other.encode().hex(), UNSIGNED)
    world.platform.add(entry.signed_by(identity.signing))
    world.keyholders[0].start()
    world.eventually(lambda: world.refused("dealt"))
    time.sleep(0.2)
    assert not world.view().keys.get(run).certified


def test_another_transcript_than_the_one_that_was_certified_is_refused(make_world: Make) -> None:
    world, group = started(make_world)
    run = opened_run(world, group)
    assert world.keyholders[0].opened().memory.certify(run, b"another transcript")
    dealt(world, run, honest(world.view(), run))
    world.eventually(lambda: world.refused("certified"))
    assert not world.view().keys.get(run).certified


def test_group_that_nobody_accepted_here_gets_nothing(make_world: Make) -> None:
    """The platform, or the supervisor, proposes; without the person's word the keyholder does not answer."""
    world = make_world(1)
    world.keyholders[0].start()
    group = world.propose()
    time.sleep(0.5)
    assert not world.view().groups.get(group).accepted


def test_group_with_other_keys_of_ours_is_not_accepted(make_world: Make) -> None:
    world = make_world(1)
    keyholder = world.keyholders[0]
    keyholder.start()
    card, other = keyholder.identity.card(), CHEAT.card()
    from tests.integration.keyholder.fake_platform import SUPERVISOR  # noqa: PLC0415
    from tests.integration.keyholder.world import COMMITTEE_KEY  # noqa: PLC0415

    member = entries.GroupMember(card.name, other.static_key, card.signing_key, card.witness)
    supervisor = SUPERVISOR.verify_key.raw.hex()
    proposal = entries.GroupProposed(
        ORIGIN, "group", 1, (member,), str(COMMITTEE_KEY.recipient), supervisor, UNSIGNED
    ).signed_by(SUPERVISOR)
    (group,) = world.platform.add(proposal)
    keyholder.opened().memory.approve(group, "", 0)
    world.eventually(lambda: world.refused("group"))
    assert not world.view().groups.get(group).accepted


def test_no_more_runs_than_the_pool_limit(make_world: Make) -> None:
    world = make_world(1)
    keyholder = world.keyholders[0]
    keyholder.reconfigure(pool_limit=3)
    keyholder.start()
    group = world.group()
    runs = world.platform.add(
        *(entries.KeyRunOpened(group, world.random.randbytes(32).hex()) for _ in range(5))
    )
    world.until(lambda view: sum(view.keys.get(run).is_complete for run in runs) == 3)
    time.sleep(0.4)
    assert [bool(world.view().keys.get(run).dealt) for run in runs] == [True] * 3 + [False] * 2
    world.platform.add(entries.DrawKeyBound(runs[0]))
    world.until(lambda view: view.keys.get(runs[3]).is_complete)


def test_share_follows_from_the_entries_and_fits_the_public_key(make_world: Make) -> None:
    world = make_world(1)
    keyholder = world.keyholders[0]
    keyholder.start()
    run = world.key(world.group())
    keyholder.stop()
    daemon = keyholder.opened()
    follower = daemon.follower()
    follower.follow()
    share = daemon.ceremony(keyholder.identity, follower).share(follower.view.keys.get(run))
    daemon.close()
    public = world.view().keys.get(run).public
    assert public
    assert share.public == public
    assert isinstance(share.secret, Scalar)
    assert share.secret.raw.hex() not in repr(share)

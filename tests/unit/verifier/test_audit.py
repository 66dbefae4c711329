"""The verifier: green over a whole honest story, and every tampering found and named."""

import hashlib
import json
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli.verify import verify
from crypto import dkg
from crypto.curve import Scalar
from crypto.signatures import SigningKey
from crypto.threshold import make_shares, vrf
from ledger import entries
from ledger.cosignature import Cosigner
from ledger.entries import (
    DrawShare,
    KeyRotated,
    LogOpened,
    SharesReleased,
    SharesShown,
    encode,
)
from ledger.entries.signed import UNSIGNED
from ledger.view import judge, share_context
from tests.published import LOG_KEY, LOG_VKEY, POLICY, POLICY_TEXT, WITNESSES, Files, published
from tests.story import ORIGIN, SUPERVISOR
from tests.unit.verifier.honest import Honest
from tests.unit.verifier.tamperings import STRANGER, TAMPERINGS, find
from verifier.audit import Trust, audit
from verifier.report import Level, Report

TRUST = Trust(POLICY, SUPERVISOR.verify_key)


def check(leaves: Sequence[bytes]) -> Report:
    return audit(Files(published(leaves)), TRUST)


def wrongs(report: Report) -> set[tuple[str, int | None]]:
    return {(finding.check, finding.entry) for finding in report if finding.level is Level.WRONG}


def test_honest_story_is_green_and_says_what_it_proves(honest: Honest) -> None:
    report = check(honest.leaves)
    assert report.is_green, [finding.sentence for finding in report if finding.level is Level.WRONG]
    proved = {finding.check for finding in report if finding.level is Level.PROVED}
    assert proved == {"checkpoint", "quorum", "root", "group", "key", "closing", "release", "opened", "draw"}
    sentences = " ".join(finding.sentence for finding in report)
    assert "3 bids opened again" in sentences
    assert honest.view.draws.get(honest.draw).seed().hex()[:32] in sentences


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_a_platform_could_write_is_found_and_named(honest: Honest, name: str) -> None:
    change, checks = TAMPERINGS[name]
    leaves = list(honest.leaves)
    change(honest, leaves)
    assert leaves != honest.leaves
    found = wrongs(check(leaves))
    assert checks <= {check for check, _ in found}
    assert name == "a header left out" or any(entry is not None for _, entry in found)


def test_wrong_draw_share_and_spoiled_run_name_who_it_was(honest: Honest) -> None:
    leaves = list(honest.leaves)
    at = find(leaves, DrawShare, 1)
    share = entries.decode(leaves[at])
    assert isinstance(share, DrawShare)
    party = honest.parties[1]
    wrong = vrf.make_share(honest.share_of(honest.keys["price"], party), b"other", honest.random)
    leaves[at] = encode(replace(share, share=wrong.encode().hex()).signed_by(party.signing))
    run = entries.KeyRunOpened(honest.group, "ab" * 32)
    leaves.append(encode(run))
    session = dkg.Session.new(
        hashlib.sha256(b"\0" + encode(run)).digest(), 2, honest.view.groups.get(honest.group).static_keys
    )
    for _ in range(2):
        message = dkg.round1(session, 1, honest.parties[0].static, honest.random)
        dealt = entries.KeyDealt(
            ORIGIN, hashlib.sha256(b"\0" + encode(run)).hexdigest(), 1, message.encode().hex(), UNSIGNED
        )
        leaves.append(encode(dealt.signed_by(honest.parties[0].signing)))
    report = check(leaves)
    assert report.is_green, [finding.sentence for finding in report if finding.level is Level.WRONG]
    sentences = " ".join(finding.sentence for finding in report if finding.level is Level.NOTED)
    assert "keyholder 2 signed a wrong share" in sentences
    assert "to blame: keyholder 1" in sentences


def tampered_files(honest: Honest) -> dict[str, tuple[dict[str, bytes], str]]:
    good = published(honest.leaves)
    bundle = next(name for name in good if name.startswith("tile/entries/"))
    tile = next(name for name in good if name.startswith("tile/0/"))
    flipped = bytearray(good[bundle])
    flipped[good[bundle].index(b'"type"') + 1] ^= 1
    note = good["checkpoint"]
    return {
        "an entry with one bit changed": ({**good, bundle: bytes(flipped)}, "root"),
        "an entry cut off": ({**good, bundle: good[bundle][:-1]}, "entries"),
        "a bundle missing": ({k: v for k, v in good.items() if k != bundle}, "entries"),
        "a tile altered": ({**good, tile: bytes(32) + good[tile][32:]}, "tiles"),
        "a tile missing": ({k: v for k, v in good.items() if k != tile}, "tiles"),
        "no checkpoint": ({k: v for k, v in good.items() if k != "checkpoint"}, "checkpoint"),
        "a checkpoint altered": ({**good, "checkpoint": note.replace(b"\n", b"\n\n", 1)}, "checkpoint"),
        "another size": (
            {**good, "checkpoint": note.replace(f"\n{len(honest.leaves)}\n".encode(), b"\n7\n", 1)},
            "checkpoint",
        ),
        "a checkpoint of another key": (published(honest.leaves, key=STRANGER), "checkpoint"),
        "too few witnesses": (published(honest.leaves, cosigners=WITNESSES[:1]), "quorum"),
        "witnesses that nobody knows": (
            published(
                honest.leaves,
                cosigners=[Cosigner(f"x{i}", SigningKey(bytes([i + 1]) * 32)) for i in range(3)],
            ),
            "quorum",
        ),
        "an entry dropped": (
            {**good, bundle: published([*honest.leaves[:-1], honest.leaves[0]])[bundle]},
            "root",
        ),
    }


def test_every_change_of_the_files_is_found(honest: Honest) -> None:
    cases = tampered_files(honest)
    assert len(cases) + len(TAMPERINGS) >= 40
    for name, (files, expected) in cases.items():
        report = audit(Files(files), TRUST)
        assert expected in {check for check, _ in wrongs(report)}, name


def test_changed_entry_is_named_by_its_index(honest: Honest) -> None:
    files = tampered_files(honest)["an entry with one bit changed"][0]
    changed = [entry for check, entry in wrongs(audit(Files(files), TRUST)) if check == "changed"]
    assert len(changed) == 1


def bundle_of(files: dict[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_command_verifies_a_bundle_and_its_status_tells(honest: Honest, tmp_path: Path) -> None:
    policy = tmp_path / "policy"
    policy.write_text(POLICY_TEXT)
    options = ["--policy", str(policy), "--supervisor", SUPERVISOR.verify_key.raw.hex()]
    good = bundle_of(published(honest.leaves), tmp_path / "good.zip")
    done = CliRunner().invoke(verify, [str(good), *options])
    assert done.exit_code == 0, done.output
    assert "verified:" in done.output
    bad = bundle_of(tampered_files(honest)["an entry with one bit changed"][0], tmp_path / "bad.zip")
    done = CliRunner().invoke(verify, [str(bad), *options, "--json", "--keep", str(tmp_path / "kept")])
    assert done.exit_code == 1
    assert json.loads(done.output)["counts"]["wrong"] >= 1
    for wrong in (str(policy), str(tmp_path / "absent.zip"), "ftp://example.org"):
        assert CliRunner().invoke(verify, [wrong, *options]).exit_code == 1


def test_rotated_key_and_unknown_types_are_no_offence(honest: Honest) -> None:
    leaves = [*honest.leaves, encode(KeyRotated.of(ORIGIN, LOG_KEY, STRANGER)), b'{"type":"newer/v1"}']
    assert check(leaves).is_green


def test_keys_of_a_scalar_that_nobody_shares_give_no_opening(honest: Honest) -> None:
    """A platform that made the shares itself, with a secret of its own, is found by their proofs."""
    leaves = list(honest.leaves)
    key = replace(honest.share_of(honest.keys["price"], honest.parties[0]), secret=Scalar.from_int(5))
    context = share_context(ORIGIN, honest.closing, "lot-1", "price")
    bids = judge(honest.view, honest.closing, "price").admitted
    shares = b"".join(make_shares(key, [bid.point], context, honest.random).encode() for bid in bids)
    shown = SharesShown(honest.closing, "price", 1, tuple(bid.index for bid in bids), shares.hex())
    leaves[find(leaves, SharesShown)] = encode(shown)
    assert "share" in {check for check, _ in wrongs(check(leaves))}


def test_release_that_nobody_was_allowed_to_give_is_wrong() -> None:
    story = Honest()
    story.say(LogOpened(ORIGIN, LOG_VKEY.vkey))
    story.found()
    keys = story.publish()
    bids = [story.bid("lot-1", keys) for _ in range(2)]
    closing = story.close("lot-1", bids)
    at = story.say(
        SharesReleased(ORIGIN, closing, "price", 1, "ab" * 32, UNSIGNED).signed_by(story.parties[0].signing)
    )
    assert wrongs(check(story.leaves)) == {("release", at)}

"""What a hostile platform could write, by name, and the checks that find it."""

from collections.abc import Callable
from dataclasses import replace

from crypto.signatures import SigningKey
from ledger import entries
from ledger.entries import (
    DeadlineMoved,
    DrawKeyBound,
    DrawRequested,
    Entry,
    KeyBound,
    LogOpened,
    LotCancelled,
    LotClosed,
    LotPublished,
    PartOpened,
    Revealed,
    Sealed,
    SharesShown,
    encode,
)
from ledger.entries.signed import UNSIGNED
from tests.published import LOG_VKEY
from tests.story import DEADLINE, PLATFORM_AGE, PRICE
from tests.unit.verifier.honest import Honest

Change = Callable[[Honest, list[bytes]], None]


def find(leaves: list[bytes], kind: type[Entry], nth: int = 0) -> int:
    return [i for i, leaf in enumerate(leaves) if type(entries.decode(leaf)) is kind][nth]


def swap(kind: type[Entry], nth: int = 0, **values: object) -> Change:
    """Replace fields of an entry, as a platform could before it published."""

    def change(story: Honest, leaves: list[bytes]) -> None:
        at = find(leaves, kind, nth)
        entry: Entry = replace(entries.decode(leaves[at]), **values)  # type: ignore[type-var]
        leaves[at] = encode(entry)

    return change


def drop(kind: type[Entry], nth: int = 0) -> Change:
    def change(story: Honest, leaves: list[bytes]) -> None:
        leaves[find(leaves, kind, nth)] = encode(Sealed("ee" * 32))

    return change


def add(make: Callable[[Honest], Entry]) -> Change:
    def change(story: Honest, leaves: list[bytes]) -> None:
        leaves.append(encode(make(story)))

    return change


def insert_before(kind: type[Entry], make: Callable[[Honest], Entry]) -> Change:
    """In the place of a cover entry, so that nothing else moves."""

    def change(story: Honest, leaves: list[bytes]) -> None:
        last = max(bid.index for bid in story.bids)
        assert last + 1 < find(leaves, kind)
        leaves[last + 1] = encode(make(story))

    return change


def flip_share(story: Honest, leaves: list[bytes]) -> None:
    at = find(leaves, SharesShown)
    shown = entries.decode(leaves[at])
    assert isinstance(shown, SharesShown)
    other = story.shown(3, story.bids[:3])
    leaves[at] = encode(replace(shown, shares=other.shares[:208] + shown.shares[208:]))


def swap_headers(story: Honest, leaves: list[bytes]) -> None:
    first = replace(story.header(story.bids[0]), bid=story.bids[1].index)
    leaves[find(leaves, PartOpened, 1)] = encode(first)


def list_bids(*which: int) -> Change:
    def change(story: Honest, leaves: list[bytes]) -> None:
        at = find(leaves, LotClosed)
        leaves[at] = encode(LotClosed("lot-1", DEADLINE, tuple(story.bids[i].index for i in which)))

    return change


STRANGER = SigningKey(b"\x99" * 32)

TAMPERINGS: dict[str, tuple[Change, set[str]]] = {
    "a key bound a second time, to another lot": (
        add(lambda s: KeyBound(s.keys["price"], "lot-2", "price")),
        {"entry"},
    ),
    "a part's key bound to draws too": (add(lambda s: DrawKeyBound(s.keys["price"])), {"entry"}),
    "a key that was never made": (add(lambda s: KeyBound("ab" * 32, "lot-2", "price")), {"entry"}),
    "a second closing": (add(lambda s: LotClosed("lot-1", DEADLINE, ())), {"entry"}),
    "a closing of an unknown lot": (add(lambda s: LotClosed("lot-7", DEADLINE, ())), {"entry"}),
    "a bid left out of the closing": (list_bids(0, 1), {"closing"}),
    "a withdrawn bid in the closing": (list_bids(0, 1, 2, 3), {"closing"}),
    "an unknown entry in the closing": (
        lambda s, leaves: leaves.__setitem__(
            find(leaves, LotClosed),
            encode(LotClosed("lot-1", DEADLINE, (*(bid.index for bid in s.bids[:3]), 0))),
        ),
        {"closing"},
    ),
    "a bid listed twice": (list_bids(0, 1, 2, 2), {"closing"}),
    "a closing at another deadline": (swap(LotClosed, deadline=DEADLINE - 60), {"closing"}),
    "a deadline moved back": (
        insert_before(LotClosed, lambda s: DeadlineMoved("lot-1", DEADLINE - 3600, "hurry")),
        {"entry"},
    ),
    "a postponement that the closing ignored": (
        insert_before(LotClosed, lambda s: DeadlineMoved("lot-1", DEADLINE + 3600, "more time")),
        {"closing", "release"},
    ),
    "a cancellation that the keyholders ignored": (
        insert_before(LotClosed, lambda s: LotCancelled("lot-1", "no money")),
        {"release"},
    ),
    "a lot published twice": (
        add(
            lambda s: LotPublished("lot-1", "t", s.group, DEADLINE, 3, str(PLATFORM_AGE.recipient), (PRICE,))
        ),
        {"entry"},
    ),
    "a lot of a group that nobody proposed": (
        add(
            lambda s: LotPublished(
                "lot-8", "t", "ab" * 32, DEADLINE, 3, str(PLATFORM_AGE.recipient), (PRICE,)
            )
        ),
        {"entry"},
    ),
    "a reveal of another body": (
        lambda s, leaves: leaves.append(encode(Revealed.of(s.bids[0].index, s.bids[0].salt, b"other"))),
        {"entry"},
    ),
    "a reveal with another salt": (
        lambda s, leaves: leaves.append(
            encode(Revealed.of(s.bids[0].index, bytes(32), encode(s.bids[0].fact)))
        ),
        {"entry"},
    ),
    "a reveal of what is not sealed": (add(lambda s: Revealed.of(0, bytes(32), b"x")), {"entry"}),
    "a bid in a stranger's name": (
        lambda s, leaves: _forge_bid(s, leaves),
        {"entry"},
    ),
    "a group in the supervisor's name": (
        add(lambda s: replace(s.proposal(), name="mine", signature=UNSIGNED)),
        {"entry"},
    ),
    "a group by another supervisor": (
        add(lambda s: replace(s.proposal(), supervisor=STRANGER.verify_key.raw.hex()).signed_by(STRANGER)),
        {"entry"},
    ),
    "a share that is another's": (flip_share, {"share"}),
    "a share altered": (
        lambda s, leaves: leaves.__setitem__(
            find(leaves, SharesShown),
            encode(
                replace(
                    s.shown(1, s.bids[:3]),
                    shares=s.shown(1, s.bids[:3]).shares[:-2] + "00",
                )
            ),
        ),
        {"share"},
    ),
    "a share too few": (
        lambda s, leaves: leaves.__setitem__(
            find(leaves, SharesShown),
            encode(replace(s.shown(1, s.bids[:3]), shares=s.shown(1, s.bids[:2]).shares)),
        ),
        {"share"},
    ),
    "shares of fewer keyholders than needed": (drop(SharesShown, 1), {"opened"}),
    "a header of another bid": (swap_headers, {"opened"}),
    "a header altered": (
        lambda s, leaves: leaves.__setitem__(
            find(leaves, PartOpened),
            encode(replace(s.header(s.bids[0]), header=s.header(s.bids[0]).header[:-4] + "000a")),
        ),
        {"opened"},
    ),
    "a header left out": (drop(PartOpened), {"shown"}),
    "a header of a committee's part": (add(lambda s: s.header(s.bids[0], "technical")), {"entry", "shown"}),
    "a header of a withdrawn bid": (add(lambda s: s.header(s.bids[3])), {"entry", "shown"}),
    "shares of a withdrawn bid": (
        add(lambda s: replace(s.shown(1, s.bids[:1]), bids=(s.bids[3].index,))),
        {"shown"},
    ),
    "shares of a committee's part shown": (add(lambda s: s.shown(1, s.bids[:1], "technical")), {"shown"}),
    "a draw by the key of a part": (
        add(lambda s: DrawRequested(s.keys["price"], "experts", "ab" * 32, 20, "cd" * 32)),
        {"entry", "draw"},
    ),
    "a first entry of another log": (
        lambda s, leaves: leaves.__setitem__(0, encode(LogOpened("other.example", LOG_VKEY.vkey))),
        {"opened"},
    ),
}


def _forge_bid(story: Honest, leaves: list[bytes]) -> None:
    fact = replace(story.bids[0].fact, sequence=2).signed_by(STRANGER)
    salt = bytes(32)
    leaves.append(encode(Sealed.of(encode(fact), salt)))
    leaves.append(encode(Revealed.of(len(leaves) - 1, salt, encode(fact))))

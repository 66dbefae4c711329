"""When an entry was seen to stand, and when it was seen not to."""

import pytest

from keyholder.heads import Heads, SeenHead


def test_times_are_those_of_the_heads_around_the_entry() -> None:
    heads = Heads()
    for size, now in ((5, 100), (5, 110), (8, 120), (8, 180), (20, 200)):
        heads.see(size, now)
    assert [heads.absent_at(place) for place in (4, 5, 7, 8, 19, 20)] == [None, 110, 110, 180, 180, 200]
    assert [heads.present_at(place) for place in (0, 4, 5, 7, 8, 19, 20)] == [
        100,
        100,
        120,
        120,
        200,
        200,
        None,
    ]


def test_they_come_back_in_any_order() -> None:
    heads = Heads([SeenHead(8, 3, 4), SeenHead(2, 1, 2)])
    assert heads.absent_at(5) == 2
    assert heads.newest == SeenHead(8, 3, 4)


def test_a_clock_that_goes_back_does_not_move_a_time_back() -> None:
    heads = Heads()
    heads.see(5, 100)
    heads.see(5, 90)
    assert heads.absent_at(5) == 100


def test_a_smaller_head_is_a_mistake() -> None:
    heads = Heads([SeenHead(8, 3, 4)])
    with pytest.raises(ValueError, match="larger"):
        heads.see(7, 5)


def test_nothing_is_known_before_anything_was_seen() -> None:
    assert Heads().absent_at(0) is None
    assert Heads().present_at(0) is None
    assert Heads().newest is None

"""Words on paper and back; what is mistyped is found, and never repeated."""

import random

import pytest

from keyholder import backup, sheet
from keyholder.errors import BackupError

SEED = bytes(range(100, 132))


@pytest.mark.parametrize("language", [backup.ENGLISH, backup.CHINESE])
def test_words_come_back_as_the_seed(language: str) -> None:
    words = backup.to_words(SEED, language)
    assert len(words) == 24
    assert backup.parse(" ".join(words)) == SEED
    assert backup.parse("\n".join(f"{number:2}. {word}" for number, word in enumerate(words, 1))) == SEED
    assert backup.parse("  ".join(words).upper()) == SEED


def test_words_are_those_of_bip_39() -> None:
    """The vectors of trezor/python-mnemonic for 32 bytes of 0x00 and of 0x7f."""
    assert backup.parse("abandon " * 23 + "art") == bytes(32)
    assert backup.to_words(b"\x7f" * 32) == [
        "legal",
        "winner",
        "thank",
        "year",
        "wave",
        "sausage",
        "worth",
        "useful",
    ] * 2 + [
        *("legal", "winner", "thank", "year", "wave", "sausage", "worth"),
        "title",
    ]


def test_chinese_words_may_stand_without_spaces_and_digits_do_too() -> None:
    assert backup.parse("".join(backup.to_words(SEED, backup.CHINESE))) == SEED
    assert backup.parse(backup.to_hex(SEED)) == SEED
    assert backup.parse(f" {SEED.hex()[:32]} {SEED.hex()[32:]}\n") == SEED


def test_two_words_that_changed_places_are_found_by_the_checksum() -> None:
    words = backup.to_words(SEED)
    words[3], words[9] = words[9], words[3]
    with pytest.raises(BackupError, match="checksum"):
        backup.parse(" ".join(words))


def test_a_word_that_is_on_no_list_is_named_by_its_number_alone() -> None:
    words = backup.to_words(SEED)
    words[6] = "secretly-typed"
    with pytest.raises(BackupError) as caught:
        backup.parse(" ".join(words))
    assert "7" in str(caught.value)
    assert not any(word in str(caught.value) for word in words)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "text", ["", "abandon", "abandon " * 12, SEED.hex()[:-1], SEED.hex() + "0", "x" * 10_000]
)
def test_what_is_no_backup_is_refused(text: str) -> None:
    with pytest.raises(BackupError):
        backup.parse(text)


def test_mixed_lists_are_refused() -> None:
    words = backup.to_words(SEED)[:12] + backup.to_words(SEED, backup.CHINESE)[12:]
    with pytest.raises(BackupError):
        backup.parse(" ".join(words))


def test_sheet_has_the_words_twice_and_loads_nothing() -> None:
    page = sheet.make("kh<1>", SEED, "ab" * 32, "2026-11-22").decode()
    for language in (backup.ENGLISH, backup.CHINESE):
        assert all(f"<li>{word}</li>" in page for word in backup.to_words(SEED, language))
    assert "kh&lt;1&gt;" in page
    assert "<svg" in page
    assert not any(word in page for word in ("http:", "https:", "src=", "<script", "url("))


def test_qr_code_shows_the_digits() -> None:
    assert backup.qr_for_terminal(SEED).count("\n") > 15
    chance = random.Random(1)
    assert backup.qr_svg(chance.randbytes(32)) != backup.qr_svg(SEED)


def test_code_on_the_sheet_grows_and_shrinks_with_its_place_and_is_never_cut_off() -> None:
    svg = backup.qr_svg(bytes(range(32))).partition(">")[0]
    assert "viewBox" in svg
    assert "width=" not in svg

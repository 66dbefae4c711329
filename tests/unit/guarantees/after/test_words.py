"""Every outcome of a check has its word for the ledger and its sentence in both languages."""

import re

import pytest

from guarantees.check_code import code_of, lookup_of, parse_code
from guarantees.checking.words import OUTCOMES, SENTENCES, Found, said
from guarantees.errors import FormatError
from tests.guarantee_example import signed


@pytest.mark.parametrize("found", list(Found))
def test_every_word_has_a_sentence_of_its_own(found: Found) -> None:
    sentence = SENTENCES[found]
    assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", found)
    assert len(found) <= 40
    assert sentence.zh.endswith("。")
    assert sentence.en.endswith(".")
    assert not re.search("[,;:]", sentence.zh)
    assert said(found) == sentence


def test_sentences_differ_and_words_of_others_have_none() -> None:
    assert len({one.zh for one in SENTENCES.values()}) == len(Found)
    assert len({one.en for one in SENTENCES.values()}) == len(Found)
    assert said("missing") is None
    assert set(Found) > OUTCOMES


def test_a_check_code_follows_from_number_and_salt_and_is_read_as_people_type_it() -> None:
    code = code_of(signed())
    assert re.fullmatch("[A-Z2-7]{4}(-[A-Z2-7]{4}){3}", code)
    assert parse_code(f" {code.lower().replace('-', ' ')} ") == code
    assert code == "2ZYM-YABX-MUPD-3774"
    assert code_of(signed(number="BH-2026-0002")) != code
    assert code_of(signed(salt=b"\x12" * 32)) != code
    assert (
        lookup_of("BH-2026-0001", code).hex()
        == "6d7ca2861825b27d6b48bfb383cca0d7034a1d3e49d396c31ec9a151db327a10"
    )
    for wrong in ("", code[:-1], code + "A", code.replace(code[0], "1", 1)):
        with pytest.raises(FormatError):
            parse_code(wrong)

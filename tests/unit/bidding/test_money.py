"""Amounts, and their capital numerals against the examples that the rules on filling in bills print."""

import pytest

from statutes.errors import AmountError
from statutes.money import MAX_FEN, capital, format_yuan, parse_yuan, said_amount


@pytest.mark.parametrize(
    ("yuan", "words"),
    [
        # 正确填写票据和结算凭证的基本规定, rule 4, its own examples; of two allowed forms, the first
        ("1409.50", "人民币壹仟肆佰零玖元伍角"),
        ("6007.14", "人民币陆仟零柒元壹角肆分"),
        ("1680.32", "人民币壹仟陆佰捌拾元零叁角贰分"),
        ("107000.53", "人民币壹拾万柒仟元零伍角叁分"),
        ("16409.02", "人民币壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "人民币叁佰贰拾伍元零肆分"),
        # our own
        ("0", "人民币零元整"),
        ("0.05", "人民币伍分"),
        ("0.50", "人民币伍角"),
        ("0.15", "人民币壹角伍分"),
        ("1", "人民币壹元整"),
        ("10", "人民币壹拾元整"),
        ("10.05", "人民币壹拾元零伍分"),
        ("200000", "人民币贰拾万元整"),
        ("10001", "人民币壹万零壹元整"),
        ("1000000", "人民币壹佰万元整"),
        ("100000000", "人民币壹亿元整"),
        ("100000001", "人民币壹亿零壹元整"),
        ("100010000", "人民币壹亿零壹万元整"),
        ("1002003004.56", "人民币壹拾亿零贰佰万叁仟零肆元伍角陆分"),
        ("1000000000000", "人民币壹万亿元整"),
        ("1000100000000", "人民币壹万零壹亿元整"),
        ("1000000010000", "人民币壹万亿零壹万元整"),
        ("1200000000000", "人民币壹万贰仟亿元整"),
        (
            "9999999999999999.99",
            "人民币" + "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
        ),
    ],
)
def test_capital_numerals(yuan: str, words: str) -> None:
    assert capital(parse_yuan(yuan)) == words


@pytest.mark.parametrize(
    ("text", "fen"),
    [("0", 0), ("0.5", 50), ("1234.50", 123450), ("1,234.5", 123450), ("1,234,567", 123456700)],
)
def test_amounts_are_read_as_written(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "+1",
        "01",
        "1.",
        ".5",
        "1.234",
        "1,23",
        "12,34.5",
        "1e3",
        "１",
        "1 000",
        "¥1",
        "1\n",
        "1" * 17,
    ],
)
def test_anything_else_is_no_amount(text: str) -> None:
    with pytest.raises(AmountError):
        parse_yuan(text)


@pytest.mark.parametrize("fen", [-1, MAX_FEN + 1])
def test_amounts_have_bounds(fen: int) -> None:
    for use in (capital, format_yuan):
        with pytest.raises(AmountError):
            use(fen)


def test_amounts_in_sentences() -> None:
    assert format_yuan(123456780) == "1,234,567.80"
    assert said_amount(5).en == "CNY 0.05"
    assert said_amount(5).zh == "人民币0.05元"

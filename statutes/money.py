"""Amounts of money: whole fen in an int, never a float. 100 fen are one yuan.

Written as yuan with at most two decimals: 1234.5, 1,234.50 or 1234. Nothing is rounded when it is read: a third decimal
is an error. Capital numerals (人民币大写) follow the rules on filling in bills and settlement vouchers that are
appended to the 支付结算办法 of the People's Bank of China: 整 after 元 but not after 角 or 分, one 零 for a row of
zeros. Where these rules leave a choice, the form that they print first.
"""

import re

from statutes.errors import AmountError
from statutes.said import Said

FEN_A_YUAN = 100
MAX_FEN = 10**18 - 1
"""Below 10^16 yuan: what the numerals up to 万亿 can say."""

_YUAN = re.compile(r"(0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.([0-9]{1,2}))?", re.ASCII)
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")
_GROUPS = ("", "万", "亿", "万亿")


def parse_yuan(text: str) -> int:
    """Fen from yuan as written. AmountError for anything but the forms above."""
    match = _YUAN.fullmatch(text)
    if not match:
        raise AmountError(f"{text!r} is not an amount in yuan with at most two decimals")
    whole, decimals = match[1].replace(",", ""), (match[2] or "").ljust(2, "0")
    return require_fen(int(whole) * FEN_A_YUAN + int(decimals))


def require_fen(fen: int) -> int:
    """`fen` itself. AmountError if it is negative or beyond what can be said."""
    if not 0 <= fen <= MAX_FEN:
        raise AmountError(f"an amount is 0 to {MAX_FEN} fen")
    return fen


def format_yuan(fen: int) -> str:
    """1234567.80 as 1,234,567.80."""
    yuan, rest = divmod(require_fen(fen), FEN_A_YUAN)
    return f"{yuan:,}.{rest:02}"


def said_amount(fen: int) -> Said:
    return Said(f"人民币{format_yuan(fen)}元", f"CNY {format_yuan(fen)}")


def capital(fen: int) -> str:
    """The amount in capital numerals, with 人民币 before it: 140950 as 人民币壹仟肆佰零玖元伍角."""
    yuan, rest = divmod(require_fen(fen), FEN_A_YUAN)
    jiao, single = divmod(rest, 10)
    words = f"{_whole(yuan)}元" if yuan else ""
    if not rest:
        return f"人民币{words or '零元'}整"
    # 零 stands in for places between 元 and 分 that are empty, and for an empty place of 元 before 角.
    if words and (not jiao or yuan % 10 == 0):
        words += "零"
    words += f"{_DIGITS[jiao]}角" if jiao else ""
    return f"人民币{words}{_DIGITS[single]}分" if single else f"人民币{words}"


def _whole(yuan: int) -> str:
    """Whole yuan, more than 0, in groups of four digits."""
    groups: list[int] = []
    while yuan:
        yuan, group = divmod(yuan, 10_000)
        groups.append(group)
    words, gap = "", False
    for place in reversed(range(len(groups))):
        group = groups[place]
        if not group:
            gap = bool(words)
            continue
        if words and (gap or group < 1_000):
            words += "零"
        words += _group(group) + _group_name(place, groups)
        gap = False
    return words


def _group_name(place: int, groups: list[int]) -> str:
    """万亿 says 亿 only if no group of 亿 follows that does."""
    if place == len(_GROUPS) - 1 and groups[place - 1]:
        return "万"
    return _GROUPS[place]


def _group(group: int) -> str:
    """1 to 9999, without a leading 零."""
    words, gap = "", False
    for digit, place in zip(f"{group:04}", _PLACES, strict=True):
        if digit == "0":
            gap = bool(words)
            continue
        words += ("零" if gap else "") + _DIGITS[int(digit)] + place
        gap = False
    return words

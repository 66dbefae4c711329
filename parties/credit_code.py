"""Unified social credit codes (统一社会信用代码, GB 32100-2015), by python-stdnum."""

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from parties.errors import CreditCodeError


def parse(text: str) -> str:
    """The code in its one form, 18 characters in capitals.

    Taken is what a person types: small letters, spaces around or between. Raises CreditCodeError otherwise. A right
    check digit says that the code could exist, not that it does: whoever verifies the organisation looks it up.
    """
    if len(text) > 64 or not text.isascii():
        raise CreditCodeError("a unified social credit code has 18 characters")
    try:
        return str(uscc.validate(text))
    except ValidationError as error:
        raise CreditCodeError(
            "not a unified social credit code: 18 characters, of which the last one is a check digit"
        ) from error

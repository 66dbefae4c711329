"""Text in records that prints as what it is: one line, without controls and without what turns or hides it. Pure."""

import msgspec

_INVISIBLE = "\\x00-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff"
"""Controls, and what turns or hides text on a screen."""


def line(most: int, description: str, *, or_none: bool = False) -> msgspec.Meta:
    """One line of 1 to `most` characters, or also of none, without white space at its ends."""
    text = f"[^\\s{_INVISIBLE}]([^{_INVISIBLE}]*[^\\s{_INVISIBLE}])?"
    pattern = f"^({text})?$(?!\n)" if or_none else f"^{text}$(?!\n)"
    return msgspec.Meta(
        pattern=pattern, min_length=0 if or_none else 1, max_length=most, description=description
    )

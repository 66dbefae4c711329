"""The tree of specialties: each code begins with its parent's, so that a need for a branch is a need for its leaves.

A code is 1 to 16 capital letters and digits. The parent of a code is the longest other code that it begins with; a code
without one is a root. So the codes alone are the tree, and nothing can contradict them.
"""

import re
from collections.abc import Collection, Mapping

_CODE = re.compile(r"[A-Z0-9]{1,16}", re.ASCII)


def is_code(text: str) -> bool:
    """Whether `text` could be the code of a specialty."""
    return _CODE.fullmatch(text) is not None


def parents(codes: Collection[str]) -> Mapping[str, str]:
    """The parent of each code, "" for a root."""
    known = frozenset(codes)
    return {code: _parent(code, known) for code in codes}


def _parent(code: str, known: frozenset[str]) -> str:
    shorter = (code[:length] for length in range(len(code) - 1, 0, -1))
    return next((prefix for prefix in shorter if prefix in known), "")

"""What a page tells its program: a block of JSON, which no browser runs."""

import json
from typing import Any

from markupsafe import Markup

_ESCAPED = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def data_block(values: dict[str, Any]) -> Markup:
    """For the template. What ends a script in HTML is escaped, whatever stands in the values."""
    text = json.dumps(values, ensure_ascii=False).translate(_ESCAPED)
    return Markup(f'<script type="application/json" id="page-data">{text}</script>')  # noqa: S704 # nosec B704

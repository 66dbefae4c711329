"""The sentences of the pages and their Chinese: what is missing, and what nobody uses any more.

python -m scripts.catalogue                 prints both; status 1 if there is any
python -m scripts.catalogue --write NAME    appends what is missing to app/web/pages/catalogue/NAME.po, to be filled in
"""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.extract import extract_from_dir

from app.web.pages.language import catalogue

_APP = Path(__file__).resolve().parent.parent / "app"
PAGES = _APP / "web" / "pages"
DESK_PAGES = _APP / "desk_pages"
_KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
Key = tuple[str | None, str]


@cache
def used() -> dict[Key, tuple[str, str | None]]:
    """(context, English) to where it is first used and, if there is one, the plural."""
    found: dict[Key, tuple[str, str | None]] = {}
    for folder in (PAGES, DESK_PAGES):
        for file, line, message, _, context in extract_from_dir(
            folder,
            [("**.html", "jinja2.ext.babel_extract"), ("**.py", "python")],
            {"**.html": {"trimmed": "false", "silent": "false"}},
            keywords=_KEYWORDS,
        ):
            single, plural = (message, None) if isinstance(message, str) else (message[0], message[1])
            found.setdefault((context, single), (f"{file}:{line}", plural))
    return found


def missing() -> dict[Key, tuple[str, str | None]]:
    translated = {key for key, forms in catalogue().items() if all(forms)}
    return {key: place for key, place in used().items() if key not in translated}


def unused() -> list[Key]:
    return sorted((key for key in catalogue() if key not in used()), key=lambda key: key[1])


def po_lines(found: dict[Key, tuple[str, str | None]]) -> Iterator[str]:
    """As a .po file has them, without a translation."""
    for (context, single), (place, plural) in found.items():
        yield f"\n#: {place.partition(':')[0]}"
        if context is not None:
            yield f"msgctxt {_quoted(context)}"
        yield f"msgid {_quoted(single)}"
        if plural is None:
            yield 'msgstr ""'
        else:
            yield f"msgid_plural {_quoted(plural)}"
            yield 'msgstr[0] ""'


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


HEADER = (
    'msgid ""\nmsgstr ""\n"Language: zh\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Plural-Forms: nplurals=1; plural=0;\\n"\n'
)


def main() -> int:
    parser = ArgumentParser(description="What of the pages' sentences is not translated, or not used.")
    parser.add_argument("--write", metavar="NAME", help="append what is missing to catalogue/NAME.po")
    write = parser.parse_args().write
    lacking = missing()
    lines = "\n".join(po_lines(lacking))
    if write and lacking:
        path = PAGES / "catalogue" / f"{write}.po"
        before = path.read_text("utf-8") if path.exists() else HEADER
        path.write_text(before + lines + "\n", "utf-8")
    elif lacking:
        sys.stdout.write(lines + "\n")
    for _, single in unused():
        sys.stdout.write(f"not used: {single}\n")
    return 1 if lacking or unused() else 0


if __name__ == "__main__":
    sys.exit(main())

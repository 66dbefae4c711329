"""The reader's language, and the catalogue that is read at start: catalogue/*.po, of which no compiled form is kept.

Message ids are the English sentences themselves; the files have the Chinese ones. The language is what ?lang= says,
else what an earlier ?lang= said (a cookie that holds two letters and nothing of a person), else Chinese.

    _("Log in")                          translated now
    N_("Log in")                         marked for the catalogue, and translated where it is shown
    ngettext("%(num)s lot", "%(num)s lots", n)
"""

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from babel.messages.pofile import read_po
from flask import Flask, Response, current_app, g, request

from statutes.said import Said

LANGUAGES = ("zh", "en")
COOKIE = "sunseal-language"
_A_YEAR = 366 * 24 * 3600
_FOLDER = Path(__file__).parent / "catalogue"


class UntranslatedError(LookupError):
    """A sentence that the catalogue does not have: raised in tests, shown in English otherwise."""


@cache
def catalogue() -> dict[tuple[str | None, str], tuple[str, ...]]:
    """(context, English) to the Chinese forms: one, for Chinese has no plural.

    ValueError for two translations of one sentence.
    """
    found: dict[tuple[str | None, str], tuple[str, ...]] = {}
    for path in sorted(_FOLDER.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="zh", abort_invalid=True):
                if not message.id:
                    continue
                single = message.id if isinstance(message.id, str) else message.id[0]
                said = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
                if found.setdefault((message.context, single), said) != said:
                    raise ValueError(
                        f"{path.name} translates {single!r} in another way than a file before it"
                    )
    return found


def install(app: Flask) -> None:
    """Gives templates the functions of gettext, and keeps the choice of ?lang=."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined] # of the extension
        _gettext, _ngettext, newstyle=True, pgettext=_pgettext, npgettext=_npgettext
    )
    app.jinja_env.globals.update(language=language, said=said, colon=colon, other_language=other_language)


def language() -> str:
    """zh or en."""
    if "page_language" not in g:
        asked = request.args.get("lang") or request.cookies.get(COOKIE)
        g.page_language = asked if asked in LANGUAGES else LANGUAGES[0]
    return str(g.page_language)


def other_language() -> str:
    """The query of this page's address in the other language."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return urlencode([*kept, ("lang", "en" if language() == "zh" else "zh")])


def keep_choice(response: Response) -> Response:
    """Remembers ?lang= for the next pages."""
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        response.set_cookie(
            COOKIE, asked, max_age=_A_YEAR, secure=request.is_secure, httponly=True, samesite="Lax"
        )
    return response


def colon() -> str:
    """What stands between a name and what is said of it."""
    return "：" if language() == "zh" else ": "


def said(both: Said) -> str:
    """A domain's sentence, in the reader's language."""
    return both.zh if language() == "zh" else both.en


def N_(sentence: str) -> str:  # noqa: N802 - gettext's own name
    """Marks a sentence for the catalogue; it is translated where it is shown."""
    return sentence


def _(sentence: str, /, **values: Any) -> str:
    """The sentence in the reader's language, with %(name)s filled in."""
    found = _gettext(sentence)
    return found % values if values else found


def ngettext(one: str, many: str, number: int, /, **values: Any) -> str:
    """The form for this number, with %(num)s and what else is named filled in."""
    return _ngettext(one, many, number) % {"num": number, **values}


def pgettext(context: str, sentence: str, /, **values: Any) -> str:
    """A word whose translation depends on where it stands."""
    found = _pgettext(context, sentence)
    return found % values if values else found


def _gettext(sentence: str) -> str:
    return _found(None, sentence, sentence)


def _ngettext(one: str, many: str, number: int) -> str:
    return _found(None, one, one if number == 1 else many)


def _pgettext(context: str, sentence: str) -> str:
    return _found(context, sentence, sentence)


def _npgettext(context: str, one: str, many: str, number: int) -> str:
    return _found(context, one, one if number == 1 else many)


def _found(context: str | None, key: str, english: str) -> str:
    if language() == "en" or not key:
        return english
    forms = catalogue().get((context, key))
    if forms and forms[0]:
        return forms[0]
    if current_app.testing:
        raise UntranslatedError(key)
    return english

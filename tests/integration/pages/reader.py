"""A person with a browser, without its eyes: follows links, fills in forms as they are on the page."""

from html.parser import HTMLParser
from typing import Any

from werkzeug.test import TestResponse

from parties.roles import SECOND_FACTOR_ROLES, Role
from tests.integration.app.world import PASSWORD, URL, Person, World

HTML = {"Accept": "text/html,application/xhtml+xml", "Sec-Fetch-Site": "same-origin"}


class Forms(HTMLParser):
    """The forms of a page: their addresses, and the values of their fields as they stand."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, Any]]] = []
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self.forms.append((given.get("action") or "", {}))
        elif not self.forms or (not name and tag != "option"):
            return
        elif tag == "input":
            kind = given.get("type") or "text"
            if kind in ("checkbox", "radio"):
                if "checked" in given:
                    self.forms[-1][1].setdefault(name, []).append(given.get("value") or "on")
            elif kind not in ("file", "submit"):
                self.forms[-1][1][name] = given.get("value") or ""
        elif tag == "textarea":
            self._area = name
            self.forms[-1][1][name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select is not None:
            fields = self.forms[-1][1]
            if "selected" in given or self._select not in fields:
                fields[self._select] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            fields = self.forms[-1][1]
            fields[self._area] = fields[self._area].removeprefix("\r").removeprefix("\n")
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.forms[-1][1][self._area] += data


class Reader:
    """One browser, in one language."""

    def __init__(self, world: World, language: str = "en") -> None:
        self.world = world
        self.client = world.app.test_client()
        self.language = language
        self.client.set_cookie("sunseal-language", language, domain="tenders.example")
        self.page: TestResponse | None = None
        self.path = "/"

    def get(self, path: str, **options: Any) -> TestResponse:
        """The page, after redirects."""
        self.page = self.client.get(path, base_url=URL, headers=HTML, follow_redirects=True, **options)
        self.path = self.page.request.path
        return self.page

    def post(self, path: str, data: Any = None, **options: Any) -> TestResponse:
        self.page = self.client.post(
            path, base_url=URL, headers=HTML, data=data or {}, follow_redirects=True, **options
        )
        self.path = self.page.request.path
        return self.page

    @property
    def text(self) -> str:
        assert self.page is not None
        return self.page.get_data(as_text=True)

    def forms(self) -> list[tuple[str, dict[str, Any]]]:
        parser = Forms()
        parser.feed(self.text)
        return parser.forms

    def send(self, has: str = "", /, at: str | None = None, **values: Any) -> TestResponse:
        """Sends the form of this page that has a field of that name, or the address `at`, with these values changed."""
        for action, fields in self.forms():
            if at is not None and not action.endswith(at):
                continue
            if has and has not in fields:
                continue
            if at is None and not has and "csrf_token" in fields and len(fields) == 1:
                continue
            return self.post(action or self.path, {**fields, **values})
        raise AssertionError(f"no form with {has!r} at {at!r} on {self.path}")

    def log_in(self, person: Person) -> "Reader":
        self.get("/login")
        self.send("email", email=person.email, password=PASSWORD)
        if self.path == "/login/second":
            self.send("which", code=person.code())
        assert self.path == "/desk", self.text
        return self


def acting_as(world: World, role: Role, language: str = "en") -> Reader:
    """Somebody logged in by the pages, who acts in this role."""
    person = world.person(authenticator=role in SECOND_FACTOR_ROLES)
    world.organisation(person, [role])
    return Reader(world, language).log_in(person)

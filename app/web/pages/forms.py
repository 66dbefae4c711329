"""Forms: they check what is entered, keep it, and say beside each field what is wrong with it.

The anti-forgery token is none of their business: templates put `csrf_field()` into every form of a page with a session,
and app.gate checks it before the page runs.
"""

from datetime import datetime
from typing import Any, ClassVar

from flask import Flask, request
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import Field, Form, StringField, ValidationError
from wtforms.validators import StopValidation
from wtforms.widgets import DateTimeLocalInput, TextInput

from app.web.pages.language import _, language
from statutes.counting import CHINA, local
from statutes.errors import AmountError
from statutes.money import format_yuan, parse_yuan


class PageForm(Form):  # type: ignore[misc] # the library is not typed
    """A form in the reader's language. `entered()` is the one of this request."""

    class Meta:
        def get_translations(self, form: Form) -> Any:
            self.locales = ["zh"] if language() == "zh" else ["en"]
            return super().get_translations(form)  # type: ignore[misc] # of wtforms' DefaultMeta

    @classmethod
    def entered(cls, **values: Any) -> Any:
        """With what was sent, if something was. Lines end as they ended before a browser sent them."""
        if request.method != "POST":
            return cls(None, **values)
        sent = [(name, value.replace("\r\n", "\n")) for name, value in request.form.items(multi=True)]
        return cls(MultiDict(sent), **values)

    def sent_well(self) -> bool:
        """Whether this is a POST whose fields are all right."""
        return request.method == "POST" and bool(self.validate())

    def refuse(self, field: str, sentence: str) -> None:
        """One more thing that is wrong, which only the service could tell."""
        found = self[field]
        found.errors = [*found.errors, sentence]


class YuanField(StringField):  # type: ignore[misc] # the library is not typed
    """An amount in yuan, as whole fen; None if nothing was entered."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else format_yuan(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip().replace("，", ",") if valuelist else ""
        self.data: Any = None
        if text:
            try:
                self.data = parse_yuan(text)
            except AmountError as error:
                raise ValueError(_("Write an amount in yuan, such as 1,234,567.80.")) from error


class MomentField(Field):  # type: ignore[misc] # the library is not typed
    """A date and a time of Beijing; None if nothing was entered."""

    widget = DateTimeLocalInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return local(self.data).strftime("%Y-%m-%dT%H:%M") if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data: datetime | None = None
        if text:
            try:
                found = datetime.fromisoformat(text)
            except ValueError as error:
                raise ValueError(_("Write a date and a time, such as 2026-03-25 09:30.")) from error
            self.data = found.replace(tzinfo=CHINA) if found.tzinfo is None else found


class Filled:
    """Something must be entered, and more than spaces."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, form: Form, field: Field) -> None:  # noqa: ARG002 - the library's signature
        if field.process_errors:  # something was entered, and the field says what is wrong with it
            raise StopValidation
        if field.data is None or not str(field.data).strip():
            field.errors = []
            raise ValidationError(_("This has to be filled in."))


class Longest:
    """At most so many characters."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.field_flags = {"maxlength": most}

    def __call__(self, form: Form, field: Field) -> None:  # noqa: ARG002 - the library's signature
        if len(field.data or "") > self.most:
            raise ValidationError(_("At most %(most)s characters, please.", most=self.most))


def install(app: Flask) -> None:
    app.jinja_env.globals.update(csrf_field=csrf_field)


def csrf_field() -> Markup:
    """The hidden field that every form of a page with a session has."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())

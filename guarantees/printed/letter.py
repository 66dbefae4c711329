"""The letter's pages: first in the language that counts, then in the other, each with a QR code to the public check."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from guarantees.check_code import code_of
from guarantees.printed.words import GROUNDS, VALUES, WORDS
from guarantees.signed import SignedGuarantee
from guarantees.undertaking import Undertaking
from paper.pages import NORMAL, SMALL, Language, Pages, instant, local, print_pages
from paper.qr import draw_qr
from statutes.money import capital, format_yuan

QR_SIZE = 34.0
"""Millimetres: a module of version 6 is then 0.7 mm, which any telephone reads."""


def letter_pdf(guarantee: SignedGuarantee, check_url: str) -> bytes:
    """The pages, not signed yet. `check_url` is where the public checks this very guarantee."""
    first: Language = "en" if guarantee.undertaking.languages[0] == "en" else "zh"

    def write(pages: Pages) -> None:
        letter = _Letter(pages, guarantee, check_url, first)
        pages.name_document(
            f"{letter.word('title')} {guarantee.undertaking.number}", instant(guarantee.undertaking.issued)
        )
        letter.write(first)
        letter.write("en" if first == "zh" else "zh")

    return print_pages(first, write)


@dataclass(frozen=True, slots=True)
class _Letter:
    pages: Pages
    guarantee: SignedGuarantee
    check_url: str
    counts: Language

    def word(self, name: str, **filled: str) -> str:
        text = self.pages.of(WORDS[name])
        return text.format(**filled) if filled else text

    def value(self, kind: str, code: str) -> str:
        """The word for a code; one that has no word prints as it is."""
        found = VALUES[kind].get(code)
        return code if found is None else self.pages.of(found)

    def write(self, language: Language) -> None:
        pages, made = self.pages, self.guarantee.undertaking
        pages.add_page()  # the page before gets its foot here, in its own language
        pages.language = language
        pages.title_line(self.word("title"))
        pages.size(NORMAL)
        pages.ln(2)
        pages.line(self.word("number", number=made.number))
        pages.line(self.word("to", beneficiary=made.beneficiary.name, code=made.beneficiary.credit_code))
        pages.ln(1)
        for text in (self._whereas(made), self._promise(made)):
            pages.line(text, spacing=1.75)
            pages.ln(1)
        pages.heading(self.word("terms"))
        pages.pairs(self._terms(made))
        if made.text is not None:  # outside of the table, whose rows do not break
            pages.heading(self.word("text"))
            pages.line(made.text)
        pages.heading(self.word("proof"))
        self._proof(made)

    def _whereas(self, made: Undertaking) -> str:
        return self.word(
            "whereas",
            applicant=made.applicant.name,
            applicant_code=made.applicant.credit_code,
            issuer=made.issuer.name,
            issuer_code=made.issuer.credit_code,
            tender=made.tender,
            tender_title=made.tender_title,
            lot=made.lot,
            lot_title=made.lot_title,
        )

    def _promise(self, made: Undertaking) -> str:
        name = "promise_first_demand" if made.demand.on_first_demand else "promise"
        return self.word(name, amount=self._amount(made), capital=self._capital(made))

    def _amount(self, made: Undertaking) -> str:
        return f"{made.currency} {format_yuan(made.amount)}"

    def _capital(self, made: Undertaking) -> str:
        return capital(made.amount) if made.currency == "CNY" else self._amount(made)

    def _terms(self, made: Undertaking) -> list[tuple[str, str]]:
        demand, comma = made.demand, "；" if self.pages.language == "zh" else "; "
        grounds = (self.pages.of(GROUNDS[one]) if one in GROUNDS else one for one in demand.grounds)
        manner = ("partial" if demand.partial else "whole", "multiple" if demand.multiple else "single")
        form = self.value("form", made.presentation.form)
        rows = [
            ("amount", self.word("sum", amount=self._amount(made), capital=self._capital(made))),
            ("issued", local(made.issued)),
            ("expiry", local(made.expiry)),
            ("event", made.expiry_event or self.word("none")),
            ("grounds", comma.join(grounds)),
            ("documents", self.word("statement")),
            *(("more", one) for one in demand.documents),
            ("manner", comma.join(map(self.word, manner))),
            ("presentation", f"{form}{comma}{made.presentation.place}"),
            ("revocable", self.word("irrevocable" if demand.irrevocable else "may_be_revoked")),
            ("transfer", self.word("transferable" if made.transferable else "not_transferable")),
            ("charges", self.value("charges", made.charges)),
            ("rules", self.value("rules", made.rules)),
            ("law", self.value("law", made.law)),
            ("languages", comma.join(self.value("language", one) for one in made.languages)),
        ]
        return [(self.word(name), text) for name, text in rows]

    def _proof(self, made: Undertaking) -> None:
        pages, at = self.pages, made.on_chain
        if pages.get_y() + QR_SIZE + 8 > pages.page_break_trigger:
            pages.add_page()
        top = pages.get_y()
        draw_qr(pages, self.check_url, pages.w - pages.r_margin - QR_SIZE, top, QR_SIZE)
        right = pages.r_margin
        pages.set_right_margin(right + QR_SIZE + 4)
        pages.size(SMALL)
        chain = self.word("chain_value", chain=str(at.chain_id), registry=at.registry)
        for name, text in (
            ("code", code_of(self.guarantee)),
            ("document", made.document.hex()),
            ("key", self.guarantee.key_id),
            ("chain", chain),
            ("id", self.guarantee.id.hex()),
        ):
            pages.line(self.word("fact", what=self.word(name), text=text))
        place = urlsplit(self.check_url)
        pages.line(self.word("hint", place=f"{place.scheme}://{place.netloc}{place.path}"))
        pages.line(self.word("prevails", language=self.value("language", self.counts)))
        pages.set_right_margin(right)
        pages.set_y(max(pages.get_y(), top + QR_SIZE))

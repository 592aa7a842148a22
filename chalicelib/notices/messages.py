"""The mail that a customer gets at a moment of their return, in their language.

>>> from chalicelib.notices.facts import MerchantContact
>>> house = MerchantContact("GTS", "returns@example.com", "+86 755 5550 0101")
>>> mail = render("arrived", "fr", NoticeFacts("RMA-23A-BCD-X4Z", "SO-1001", "refund", house, "Europe/Paris"))
>>> mail.language, mail.dir, mail.missing
('fr', 'ltr', ())
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from chalicelib.notices.facts import Moment, NoticeFacts
from chalicelib.notices.language import template_of
from chalicelib.notices.layout import html_of_letter, text_of_letter
from chalicelib.notices.letter import Writer
from chalicelib.notices.told_facts import Teller
from chalicelib.notices.wording import Words, direction_of


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail ready to send. ``missing`` names the texts that stand in English for want of the language's own."""

    subject: str
    text: str
    html: str
    language: str
    dir: Literal["ltr", "rtl"]
    missing: tuple[str, ...] = ()


def render(moment: Moment, language: str, facts: NoticeFacts) -> Rendered:
    """The mail for this moment. ``language`` is any BCP 47 tag (``template_of`` also looks at the country); one that
    has no words of its own is answered in English.

    Raises ``AmountTooFine`` for a refund that its currency cannot be paid in.
    """
    template = template_of(language)
    told = cache(lambda said_in: Teller(facts, said_in).values())
    letter = Writer(moment, facts, Words(template, told)).letter()
    return Rendered(
        subject=" ".join(letter.title.plain.splitlines()),
        text=text_of_letter(letter),
        html=html_of_letter(letter),
        language=template,
        dir=direction_of(template),
        missing=letter.missing,
    )

"""The mail as it is laid out: well formed, safe whatever anybody is called, readable by day and by night."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.notices.facts import MOMENTS
from chalicelib.notices.layout import DARK, LIGHT
from chalicelib.notices.messages import render
from chalicelib.notices.safe_text import CLOSE, LONGEST, OPEN, name_of, one_line
from infra.notices_page import every_notice, variants
from tests.notices.samples import LANGUAGES, whole

NASTY = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{rma}", "$dir ${lang} %s {0}", "&lt;b&gt;",
    "Zoë\r\nBcc: all@example.com", "\u202eeltsohG", "a\u2066b\u2069c", "Ann\u200b\ufeff Lee", "\u0000\u0007Bell",
    "👩‍👩‍👧‍👦 Family", "é" * 300, "e\u0301" * 200, "👩🏽‍🔧" * 60, "🇫🇷" * 90, "\ud800 lone", "A" * 5000, "مريم <b>",
    "O’Brien & Søns", "\u2028line\u2029two", "ZALGO" + "\u0335\u0336" * 90,
]  # fmt: skip


def parsed(html: str) -> Element:
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


def seen(html: str) -> str:
    return "".join(parsed(html).itertext())


@pytest.mark.parametrize("language", LANGUAGES)
class TestEveryMail:
    def test_is_well_formed(self, language):
        for (spoken, _), mail in every_notice().items():
            if spoken == language:
                parsed(mail.html)

    def test_says_its_language_and_direction(self, language):
        root = parsed(render("held", language, whole(language)).html)
        assert (root.get("lang"), root.get("dir")) == (language, "rtl" if language == "ar" else "ltr")

    def test_fetches_nothing_runs_nothing_and_links_to_the_page_alone(self, language):
        for moment in MOMENTS:
            for facts in variants(moment, whole(language)).values():
                html = render(moment, language, facts).html
                assert html.count(f'<a class="link" href="{facts.link}"') == 1
                html = re.sub(rf'<a class="link" href="{facts.link}"', "", html)
                assert not re.search(
                    r"https?:|//|url\(|@import|<(a|img|script|link|iframe|form|svg|video)\b|\son\w+=", html[15:]
                )

    def test_has_its_preheader_first_and_its_title_twice(self, language):
        mail = render("pickup_booked", language, whole(language))
        body = parsed(mail.html).find("body")
        assert "display:none" in body[0].get("style")
        assert "".join(parsed(mail.html).find("head/title").itertext()) == mail.subject.replace(OPEN, "").replace(
            CLOSE, ""
        )

    def test_is_small_enough_not_to_be_clipped(self, language):
        sizes = [len(mail.html.encode()) for (spoken, _), mail in every_notice().items() if spoken == language]
        assert max(sizes) < 20_000


class TestWhateverAnybodyIsCalled:
    @pytest.mark.parametrize("moment", ["accepted", "collected"])
    @pytest.mark.parametrize("nasty", NASTY)
    def test_nothing_of_theirs_becomes_markup_or_a_header(self, nasty, moment):
        facts = replace(whole("ar"), customer_name=nasty, order_number=nasty, tracking_number=nasty, carrier=nasty)
        mail = render(moment, "ar", facts)
        elements = {element.tag for element in parsed(mail.html).iter()}
        assert elements <= {"html", "head", "meta", "title", "style", "body", "div", "table", "tbody", "tr", "td", "h1",
                            "p", "bdi", "br", "h2", "ul", "ol", "li", "a"}  # fmt: skip
        assert not set(mail.subject) & set("\r\n\u2028\u2029\u0000")
        assert not re.search("[\u202a-\u202e\u2066\u2067\u200b\ufeff]", mail.text + mail.html)

    @pytest.mark.parametrize("nasty", NASTY)
    def test_every_isolate_is_closed(self, nasty):
        text = render("held", "ar", replace(whole("ar"), customer_name=nasty, order_number=nasty)).text
        for line in text.splitlines():
            assert line.count(OPEN) == line.count(CLOSE)

    @given(st.text(max_size=200))
    def test_a_clean_line_is_one_line_within_its_length(self, text):
        line = one_line(text)
        assert line is None or (len(line) <= LONGEST and line == line.strip() and not set(line) & set("\r\n\t\u2028"))

    @given(st.text(max_size=200))
    def test_a_line_once_clean_stays_as_it_is(self, text):
        line = one_line(text)
        assert line is None or one_line(line) == line

    def test_a_character_made_of_several_is_not_cut(self):
        assert one_line("👩‍👩‍👧‍👦" * 20) == "👩‍👩‍👧‍👦" * 11
        assert one_line("e\u0301" * 200) == "e\u0301" * (LONGEST // 2)

    @pytest.mark.parametrize(
        "kept", ["👩🏽‍🔧 Ana", "می‌خواهم", "O’Brien", "Nguyễn Thị Ánh", "𠮷野 家", "ศรี", "-", "李 小龍"]
    )
    def test_what_belongs_to_a_name_stays(self, kept):
        assert one_line(kept) == kept

    @pytest.mark.parametrize("link", ["Win https://evil.example", "www.evil.example", "a@evil.example"])
    def test_a_name_that_works_as_a_link_is_no_name(self, link):
        assert name_of(link) is None
        assert "evil" not in render("arrived", "en", replace(whole(), customer_name=link)).text

    @pytest.mark.parametrize("nothing", ["", "  ", "\u200b\u200d", "\r\n", "\u3164", "\u0301"])
    def test_a_name_of_nothing_is_greeted_as_none(self, nothing):
        assert render("arrived", "en", replace(whole(), customer_name=nothing)).text.count("\n\nHello,\n\n") == 1


class TestDirections:
    def test_numbers_and_sums_are_isolated_in_arabic(self):
        mail = render("decision", "ar", replace(whole("ar"), outcome="refund"))
        for code in ("RMA-7KD-2QX-M4P", "SO-1001", "794987654321", "1,234.50\u00a0AED", "+86 755 5550 0101"):
            assert f"{OPEN}{code}{CLOSE}" in mail.text
            assert re.search(rf'<bdi dir="ltr"[^>]*>{re.escape(code)}</bdi>', mail.html)

    def test_an_arabic_name_is_isolated_in_english(self):
        mail = render("arrived", "en", replace(whole(), customer_name="ليلى حداد"))
        assert f"Hello {OPEN}ليلى حداد{CLOSE}," in mail.text
        assert "<bdi>ليلى حداد</bdi>" in mail.html

    def test_a_latin_name_needs_no_isolate_in_english(self):
        assert OPEN not in render("arrived", "en", whole()).text

    def test_the_ask_has_its_edge_where_the_language_begins(self):
        edges = [render("held", one, replace(whole(one), task="check_address")).html for one in ("ar", "fr")]
        assert [("border-right:4px" in html, "border-left:4px" in html) for html in edges] == [
            (True, False),
            (False, True),
        ]


class TestContrast:
    @pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
    @pytest.mark.parametrize("ink", ["ink", "quiet"])
    @pytest.mark.parametrize("ground", ["card", "asked"])
    def test_every_ink_reads_on_every_ground(self, colours, ink, ground):
        assert contrast(colours[ink], colours[ground]) >= 4.5

    @pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
    def test_the_edge_of_what_is_asked_is_seen(self, colours):
        assert contrast(colours["edge"], colours["asked"]) >= 3

    def test_every_inked_part_has_a_class_for_the_dark(self):
        html = render("held", "en", replace(whole(), task="check_address")).html
        inked = re.findall(r'<(\w+)([^>]*)style="[^"]*(?<!-)color:#', html)
        assert all("ink" in attributes or "quiet" in attributes for _, attributes in inked)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, 1.4.3."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

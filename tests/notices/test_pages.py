"""The page as it is written: well-formed, light, without a script, and silent about what a stranger must not know."""

import re
from dataclasses import replace

import html5lib
import pytest

from chalicelib.notices.facts import CUSTOMER_TASKS, MerchantContact
from chalicelib.notices.language import languages
from chalicelib.notices.page_facts import CreditShown, Upload
from chalicelib.notices.pages.asked import refusal_page, upload_page, withdrawal_page
from chalicelib.notices.pages.blocks import Shown, drawing
from chalicelib.notices.pages.document import NOBODY, Place, stylesheet
from chalicelib.notices.pages.page import render_page
from chalicelib.notices.pages.words import Speaker, page_languages
from chalicelib.notices.wording import direction_of
from chalicelib.pickups.hand_over import hand_over
from tests.notices.page_samples import DECLARED, NOTICE, NOW, OPEN_SETTLEMENT, QUOTE, STEPS, opened, page

LARGEST = 60 * 1024
HERE = Place("TOKEN", "TOKEN/")
BESIDE = Place("../TOKEN", "")
PLAIN = Shown()
UPLOAD = Upload("photo_packing", "https://bucket.example/", (("key", "k"), ("policy", 'p">')), 9_000_000, "image/png")
MOST_IN_ONE_LANGUAGE = 30_000


def written(facts, language="en", shown=PLAIN):
    return render_page(facts, language, HERE, shown).html


def parsed(html):
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


def attributes(html, name):
    return [each.get(name) for each in parsed(html).iter() if each.get(name) is not None]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("step", STEPS)
def test_every_step_is_written_whole_in_every_language(step, language):
    told = render_page(page(step), language, HERE, PLAIN)

    assert told.missing == ()
    assert not re.search(r"\{[a-z]", re.sub(r"<style>.*</style>", "", told.html))
    assert len(told.html.encode()) <= LARGEST


@pytest.mark.parametrize("language", page_languages())
def test_a_page_is_strict_html_in_its_language_and_direction(language):
    root = parsed(written(opened(), language, Shown(order="SO-1001")))

    assert (root.get("lang"), root.get("dir")) == (language, direction_of(language))
    assert len(root.findall(".//h1")) == len(root.findall(".//main")) == 1
    assert [each.tag for each in root.iter() if each.tag == "script"] == []


@pytest.mark.parametrize("language", page_languages())
@pytest.mark.parametrize(
    "html",
    [
        lambda language: withdrawal_page(page(), language, BESIDE),
        lambda language: upload_page(page(), UPLOAD, language, BESIDE),
        lambda language: refusal_page(Speaker(NOBODY, language), "gone", None),
    ],
    ids=["withdrawal", "upload", "refusal"],
)
def test_every_page_of_one_step_is_strict_html(html, language):
    root = parsed(html(language))

    assert len(root.findall(".//h1")) == 1
    assert root.get("lang") == language


def test_a_full_page_stays_light():
    full = written(opened(), "ar", Shown(order="x" * 64))

    assert len(full.encode()) <= MOST_IN_ONE_LANGUAGE


def test_nothing_is_fetched():
    html = written(opened(), "fr", Shown(order="SO-1001"))

    assert attributes(html, "src") == []
    assert "url(" not in stylesheet()
    assert "@import" not in stylesheet()
    assert all(each.startswith(("?", "#", "TOKEN", "mailto:", "tel:")) for each in attributes(html, "href"))
    assert {each.split("/")[0] for each in attributes(html, "action")} == {"TOKEN"}
    assert attributes(html, "style") == []
    assert not re.search(r" on[a-z]+=", html)


def test_amounts_papers_and_the_order_are_not_there_before_they_are_opened():
    html = written(page("quote"))

    assert not re.search(r"EUR|85\.00|SO-1001", html)
    assert 'name="name"' not in html
    assert 'action="TOKEN/open"' in html
    assert "quote-approve" not in html


def test_what_is_opened_is_shown_and_carries_the_order_along():
    html = written(opened(), "en", Shown(order="SO-1001"))

    assert "1,325.50" in html
    assert html.count('name="order" value="SO-1001"') == 3  # one paper that is ready, yes and no
    assert 'action="TOKEN/open"' not in html


def test_after_too_many_mistakes_nothing_is_asked_any_more():
    html = written(page("quote", closed_to_orders=True))

    assert "wrong too often" in html
    assert 'action="TOKEN/open"' not in html


def test_a_wrong_order_is_told_at_its_field():
    root = parsed(written(page("quote"), "en", Shown(wrong="wrong")))
    field = next(each for each in root.iter("input") if each.get("name") == "order")

    assert field.get("aria-invalid") == "true"
    assert next(each for each in root.iter() if each.get("id") == field.get("aria-describedby")).text


SCRIPT = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


def test_no_name_becomes_markup():
    house = MerchantContact(SCRIPT, f"a@example.com{SCRIPT}", SCRIPT)
    notice = replace(NOTICE, merchant=house, rma=SCRIPT, carrier=SCRIPT, tracking_number=SCRIPT, order_number=SCRIPT)
    facts = replace(opened(notice=notice), quote=replace(QUOTE, quote_id=SCRIPT))
    html = written(facts, "ar", Shown(order=SCRIPT))
    root = parsed(html)

    assert [each.tag for each in root.iter() if each.tag in ("script", "img")] == []
    assert [name for each in root.iter() for name in each.attrib if name.startswith("on")] == []


def test_fields_of_an_upload_are_escaped():
    inputs = parsed(upload_page(page(), UPLOAD, "en", BESIDE)).iter("input")
    fields = {each.get("name"): each.get("value") for each in inputs}

    assert fields == {"key": "k", "policy": 'p">', "file": None}


@pytest.mark.parametrize("task", CUSTOMER_TASKS)
def test_a_hold_says_what_is_asked_whatever_is_asked(task):
    html = written(page("held", notice=replace(NOTICE, reason="customs_documents_missing", task=task)))

    assert "waiting at customs" in html


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (page(withdrawal=DECLARED), "We received your withdrawal on"),
        (page(withdrawal=None), None),
        (page(quote=replace(QUOTE, state="approved", answered_at=NOW)), "You approved this quote"),
        (page(quote=replace(QUOTE, state="refused", answered_at=NOW)), "You declined this quote"),
        (page(quote=replace(QUOTE, state="lapsed")), "This quote has run out"),
        (page(settlement=replace(OPEN_SETTLEMENT, state="paid", paid_at=NOW)), "Carried out on"),
        (page(settlement=replace(OPEN_SETTLEMENT, kind="a_kind_of_tomorrow", state="problem")), "did not take it"),
        (page(packed_at=NOW), "Noted on Sunday, 22 November 2026"),
    ],
)
def test_each_state_is_told(facts, said):
    html = written(facts)

    assert said in html if said else "Right of withdrawal" not in html


def test_every_field_has_a_label_and_every_part_a_heading():
    root = parsed(written(page("evidence")))
    labels = {each.get("for") for each in root.iter("label")}
    fields = [each for each in root.iter("input") if each.get("type") != "hidden"]
    ids = [each.get("id") for each in root.iter() if each.get("id")]

    assert fields
    assert {each.get("id") for each in fields} <= labels
    assert all(each.get("aria-labelledby") in ids for each in root.iter("section"))
    assert len(ids) == len(set(ids))


def test_each_packing_step_has_a_picture_of_its_own():
    drawn = [drawing(step.key.removeprefix("pickup.")) for step in hand_over("ems")]

    assert len(set(drawn)) == len(drawn)


COLOURS = re.compile(r"--([a-z-]+):#([0-9a-f]{6})")


def palettes():
    light, dark = re.findall(r":root\{[^}]*\}", stylesheet())[:2]
    return {"light": dict(COLOURS.findall(light)), "dark": dict(COLOURS.findall(dark))}


def luminance(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("way", ["light", "dark"])
@pytest.mark.parametrize("ground", ["ground", "card"])
@pytest.mark.parametrize("ink", ["ink", "quiet", "gold"])
def test_every_ink_is_read_on_every_ground(way, ground, ink):
    tones = palettes()[way]
    lighter, darker = sorted((luminance(tones[ink]), luminance(tones[ground])), reverse=True)

    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


@pytest.mark.parametrize("way", ["light", "dark"])
def test_the_words_on_a_button_are_read(way):
    tones = palettes()[way]
    lighter, darker = sorted((luminance(tones["on-deep"]), luminance(tones["deep"])), reverse=True)

    assert (lighter + 0.05) / (darker + 0.05) >= 7


def test_the_code_of_a_credit_is_written_behind_the_order_number_and_said_to_open_with_it_before():
    closed = page("closed", settlement=None, quote=None, papers=(), credits=(CreditShown(NOW),))
    assert "opens with your order number" in written(closed)
    assert 'name="order"' in written(closed)
    there = replace(closed, opened=True, credits=(CreditShown(NOW, "GT-7KD2-QXM4", OPEN_SETTLEMENT.total),))
    assert "GT-7KD2-QXM4" in written(there)

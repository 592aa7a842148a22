"""Every script on paper: shown whole, in its own forms, and none of it harmful."""

import unicodedata

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.customs.papers.document import Column, Panel, Panels, Paragraph, Table
from chalicelib.customs.papers.pdf import render
from chalicelib.customs.papers.press.characters import harmless, is_space
from chalicelib.customs.papers.press.setting import Setter, Style
from chalicelib.customs.papers.press.typefaces import visible
from tests.customs.papers.pdf_samples import SCRIPTS, paper

STYLE = Style(9)
FROM_THE_RIGHT = ("arabic", "hebrew")
HOSTILE = {
    "override": ("invoice \u202e4321 RUE", "invoice 4321 RUE"),
    "isolate": ("a\u2066b\u2069c", "abc"),
    "zero width": ("750\u200b/\ufeff1000\u2060", "750/1000"),
    "soft hyphen": ("gold\u00adsmith", "goldsmith"),
    "tag": ("gold\U000e0041\U000e007f", "gold"),
    "filler": ("gold\u3164\u115f", "gold"),
    "null": ("go\x00ld", "go[U+0000]ld"),
    "escape": ("\x1b[31mgold", "[U+001B][31mgold"),
    "surrogate": ("gold \ud83d", "gold [U+D83D]"),
    "noncharacter": ("gold \ufdd0", "gold [U+FDD0]"),
    "markup": ("<script>gold</script> %PDF (1) Tj", "<script>gold</script> %PDF (1) Tj"),
    "line ends": ("a\r\nb\u2028c\x0bd", "a b c d"),
}
# Wide enough for any character, small enough to wrap.
ANY_TEXT = st.text(st.characters(), max_size=60)
ANY_SCRIPT = st.lists(st.sampled_from([*"".join(SCRIPTS.values()), " ", "\n", "\u202e", "\u0301", "-"]), max_size=80)


def read(*blocks, **changes) -> str:
    opened = pypdfium2.PdfDocument(render(paper(*blocks, **changes)))
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in opened).split())


def glyphs(text: str, language: str = "en", width: float = 400) -> list[tuple[str, int]]:
    lines = Setter(language).lines(text, STYLE, width)
    return [(run.typeface.name, glyph.number) for line in lines for run in line.runs for glyph in run.glyphs]


@pytest.mark.parametrize("script", [name for name in SCRIPTS if name not in (*FROM_THE_RIGHT, "unknown")])
def test_text_of_a_script_can_be_read_back(script):
    # Readers of PDF guess spaces from distances; the letters are ours.
    assert SCRIPTS[script].replace(" ", "") in read(Paragraph(SCRIPTS[script])).replace(" ", "")


@pytest.mark.parametrize("script", FROM_THE_RIGHT)
def test_every_word_of_a_script_written_from_the_right_can_be_read_back(script):
    found = read(Paragraph(SCRIPTS[script]))

    letters = [word for word in SCRIPTS[script].split() if word.isalpha() and unicodedata.bidirectional(word[0]) != "L"]
    assert [word for word in letters if word not in found] == []


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_glyph_of_a_script_is_missing(script):
    assert [glyph for glyph in glyphs(SCRIPTS[script]) if glyph[1] == 0] == []


@pytest.mark.parametrize("weight", ["bold", "title"])
@pytest.mark.parametrize("script", SCRIPTS)
def test_headings_have_every_script_too(script, weight):
    lines = Setter("en").lines(SCRIPTS[script], Style(14, weight), 400)

    assert all(glyph.number for line in lines for run in line.runs for glyph in run.glyphs)


def test_han_characters_take_the_forms_of_the_language():
    forms = {language: tuple(glyphs("直骨角令", language)) for language in ("zh-Hans", "zh-Hant", "zh-HK", "ja", "ko")}

    assert len({forms[language] for language in ("zh-Hans", "zh-Hant", "ja")}) == 3
    assert forms["zh-Hant"] != forms["zh-Hans"] != forms["zh-HK"]


def test_kana_anywhere_in_a_panel_makes_all_of_it_japanese():
    shown = Setter("en").lines("東京都港区 直", STYLE, 400, "ja")

    assert shown[0].runs[-1].glyphs[-1].number == glyphs("レンタル 直")[-1][1]
    assert read(Panels((Panel("荷受人", ("直", "レンタル")),)))


def test_arabic_letters_are_joined_and_run_from_the_right():
    (line,) = Setter("ar").lines("عقد ذهب", STYLE, 400)
    alone = [glyphs(letter)[0] for letter in "عقد"]

    assert line.to_left
    assert line.runs[0].glyphs[-1].text == "ذ"
    assert not set(alone) <= set(glyphs("عقد"))


def test_latin_figures_keep_their_order_inside_arabic():
    (line,) = Setter("ar").lines("بوليصة EA123456789CN وزن 11.80", STYLE, 400)

    assert ["".join(glyph.text for glyph in run.glyphs).strip() for run in line.runs if not run.to_left] == [
        "11.80",
        "EA123456789CN",
    ]


def test_brackets_in_arabic_open_to_the_right_side():
    (line,) = Setter("ar").lines("عيار (750)", STYLE, 400)

    shown = "".join(glyph.text for run in line.runs for glyph in run.glyphs)
    assert shown.startswith("(750)")


def test_lines_of_a_right_to_left_paragraph_end_at_the_right_edge():
    page = pypdfium2.PdfDocument(render(paper(Paragraph("عقد ذهب"), barcode=None, qr=None)))[0]
    text = page.get_textpage()
    at, _ = text.search("عقد").get_next()

    assert text.get_charbox(at)[2] > 500


def test_a_paper_in_arabic_is_laid_out_from_the_right_and_its_figures_end_at_the_right():
    columns = (Column("البضاعة", 4), Column("القيمة", 1, "right"))
    table = Table(columns, (("ذهب", "1,240.00"), ("ذهب", "40.00")))
    text = pypdfium2.PdfDocument(render(paper(table, language="ar", title="ورقة")))[0].get_textpage()

    boxes = {words: text.get_charbox(sum(text.search(words).get_next()) - 1) for words in ("1,240.00", "40.00", "ذهب")}
    assert boxes["ذهب"][0] > 300 > boxes["1,240.00"][2]
    assert abs(boxes["1,240.00"][2] - boxes["40.00"][2]) < 1


@pytest.mark.parametrize("name", HOSTILE)
def test_harmful_characters_do_nothing(name):
    written, expected = HOSTILE[name]

    assert expected in read(Paragraph(written))


def test_an_override_turns_nothing_round():
    assert glyphs("EUR \u202e1234") == glyphs("EUR 1234")


def test_a_character_nobody_has_is_shown_by_its_number():
    assert "Seal [U+13000] and [U+E123] and [U+0007]" in read(Paragraph(SCRIPTS["unknown"]))


def test_a_tower_of_marks_goes_on_upon_circles_of_its_own():
    assert visible(harmless("e" + "\u0301" * 9), "regular").count("\u25cc") == 2


def test_an_x_between_figures_stays_a_letter():
    assert glyphs("0x1F")[1] == glyphs("ax")[1]


def test_figures_are_of_one_width():
    run = Setter("en").lines("1234567890", STYLE, 400)[0].runs[0]

    assert len({glyph.advance for glyph in run.glyphs}) == 1


@pytest.mark.parametrize(
    ("text", "width"), [("金链。返送品、確認「済」", 30), ("「金」「链」", 30), ("ราคา 18 กะรัต น้ำหนัก", 30)]
)
def test_no_line_begins_with_a_mark_that_may_not(text, width):
    lines = Setter("zh").lines(text, STYLE, width)

    firsts = [line.runs[0].text[0] for line in lines if line.runs]
    assert len(firsts) > 1
    assert not set(firsts) & set("。、」้ำั")


@settings(max_examples=300, deadline=None)
@given(st.one_of(ANY_TEXT, ANY_SCRIPT.map("".join)), st.sampled_from([8.0, 40.0, 200.0]))
def test_setting_loses_no_character_and_needs_no_missing_glyph(text, width):
    shown = visible(harmless(text), "regular")
    lines = Setter("en").lines(text, STYLE, width)

    set_in = sorted(character for line in lines for run in line.runs for character in run.text)
    assert _inked("".join(set_in)) == _inked("".join(sorted(shown)))
    assert all(glyph.number for line in lines for run in line.runs for glyph in run.glyphs)


def _inked(text: str) -> str:
    """Spaces and line ends go where a line ends."""
    return "".join(character for character in text if character != "\n" and not is_space(character))


@settings(max_examples=200, deadline=None)
@given(ANY_SCRIPT.map("".join))
def test_no_line_is_wider_than_its_measure(text):
    for line in Setter("en").lines(text, STYLE, 60):
        assert line.width <= 60.5 or len(line.runs) <= 1


@settings(max_examples=40, deadline=None)
@given(ANY_TEXT, ANY_TEXT)
def test_any_text_anywhere_makes_a_paper(one, two):
    blocks = (Paragraph(one), Panels((Panel(two, (one, two)),)), Table((Column(one), Column(two)), ((two, one),)))

    made = render(paper(*blocks, title=one, subtitle=two, barcode=one, qr=two, footer=two, language=one))

    assert len(pypdfium2.PdfDocument(made)) >= 1

"""The bidirectional algorithm against another implementation of it."""

import pytest
from bidi import get_display
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.customs.papers.press.bidi import base_level, levels, visual_order
from tests.examples import some

PIECES = st.sampled_from(
    ["gold", "EA", "עגיל", "עקד", "עברית", "ذهب", "عقد", "١٨", "12", "3.5", "1,000", " ", "-", "+"]
)
MARKS = st.sampled_from(["(", ")", "[", "]", ".", ":", "/", "%", "€", "·", "  ", "\u05b4", "\u064b"])
MIXED = st.lists(st.one_of(PIECES, MARKS), max_size=14).map("".join)


def shown(text: str, base: int) -> str:
    """What stands on paper from the left, as the reference tells it: brackets not yet turned."""
    found = levels(text, base)
    for at in range(len(text) - 1, -1, -1):
        if not text[at].isspace():
            break
        found[at] = base
    order = visual_order(found)
    return "".join(text[at] for at in order)


@settings(max_examples=some(1500), deadline=None)
@given(MIXED, st.sampled_from([0, 1]))
def test_the_reading_order_is_that_of_the_reference(text, base):
    assert shown(text, base) == get_display(text, base_dir="LR"[base])


@pytest.mark.parametrize(("text", "level"), [("12 عقد", 1), ("(عقد) gold", 1), ("gold عقد", 0), ("12 / 3", 0), ("", 0)])
def test_the_first_letter_decides_where_a_paragraph_begins(text, level):
    assert base_level(text) == level

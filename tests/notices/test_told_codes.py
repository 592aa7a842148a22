"""Every reason of a decision has words for the customer, in each of their languages."""

from __future__ import annotations

import pytest

from chalicelib.notices.language import languages
from chalicelib.notices.told_codes import reason_in
from chalicelib.rulebook import dictionary

CODES = sorted(dictionary("returns", "reasons")["text"])


@pytest.mark.parametrize("language", languages())
def test_every_reason_is_said_in_the_customers_own_language(language) -> None:
    said = {code: reason_in(language, code) for code in CODES}
    assert all(said.values())
    if not language.startswith("en"):
        assert [code for code in CODES if said[code] == reason_in("en", code)] == []


def test_what_only_a_person_can_weigh_promises_an_answer_and_no_more() -> None:
    assert reason_in("en", "value_above_review_limit") == reason_in("en", "a_code_of_tomorrow")
    assert "answer" in reason_in("en", "mixed_currencies")


def test_every_text_a_code_is_told_as_is_there() -> None:
    for code, key in dictionary("notices", "told")["told_as"].items():
        assert reason_in("fr", code), (code, key)

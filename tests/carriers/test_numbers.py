"""FedEx numbers: the published valid and invalid ones, and how people write them."""

from __future__ import annotations

import pytest

from chalicelib.carriers.numbers import express_check_digit, judge_fedex, normalise

# FedEx Developer Portal, mock tracking numbers.
MOCK_NUMBERS = (
    "449044304137821", "149331877648230", "020207021381215", "403934084723025", "920241085725456",
    "568838414941", "039813852990618", "231300687629630", "797806677146", "377101283611590",
    "852426136339213", "797615467620", "957794015041323", "076288115212522", "581190049992",
    "122816215025810", "843119172384577", "070358180009382", "713062653486",
)  # fmt: skip


@pytest.mark.parametrize("number", [*MOCK_NUMBERS, "986578788855", "799531274483", "568283610012734"])
def test_numbers_that_fedex_publishes_are_valid(number: str) -> None:
    assert judge_fedex(number) == "valid"


@pytest.mark.parametrize("number", ["996578788855", "568283610012732"])
def test_numbers_with_a_wrong_check_digit_are_told(number: str) -> None:
    assert judge_fedex(number) == "wrong_check_digit"


@pytest.mark.parametrize("number", ["", "1", "12345678901", "EA123456785CN", "９８６５７８７８８８５５", "1" * 13])
def test_what_is_no_format_of_fedex_is_unknown_and_not_wrong(number: str) -> None:
    assert judge_fedex(number) == "unknown_format"


@pytest.mark.parametrize(
    "written",
    ["986578788855", " 9865 7878 8855 ", "9865-7878-8855", "9865\u00a07878\u00a08855", "９８６５７８７８８８５５"],
)
def test_a_number_is_normalised_from_how_people_write_it(written: str) -> None:
    assert normalise(written) == "986578788855"


def test_letters_become_capitals() -> None:
    assert normalise("jd014600006281230704") == "JD014600006281230704"


@pytest.mark.parametrize(
    "written", ["", "zz", "123", "<script>alert(1)</script>", "9865#7878", "1" * 41, "АВС12345", "\x00" * 12]
)
def test_what_could_not_be_a_key_is_no_number(written: str) -> None:
    assert normalise(written) is None


def test_a_ground_number_inside_96_is_judged_by_its_own_fifteen_digits() -> None:
    inner = "568283610012734"
    assert judge_fedex("9611019" + inner) == "valid"
    assert judge_fedex("9611019" + inner[:-1] + "5") == "wrong_check_digit"


def test_a_scanned_barcode_holds_its_number_at_the_end() -> None:
    assert judge_fedex("1001921334250001000300779017972697"[:22] + "986578788855") == "valid"


def test_only_one_check_digit_fits() -> None:
    fits = [digit for digit in "0123456789" if judge_fedex("79464479013" + digit) == "valid"]
    assert fits == [express_check_digit("79464479013")]

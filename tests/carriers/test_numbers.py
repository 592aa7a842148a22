"""Numbers of all carriers: the published valid and invalid ones, and how people write them."""

from __future__ import annotations

import pytest

from chalicelib.carriers.fedex import FEDEX
from chalicelib.carriers.numbers import (
    could_be,
    express_check_digit,
    judge_dhl,
    judge_ems,
    judge_fedex,
    normalise,
    s10_service,
    waybill_in,
)
from chalicelib.carriers.registry import carrier

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


# DHL's own test waybills (MyDHL API 3.1.1) and the published examples of jkeen/tracking_number_data.
DHL_WAYBILLS = (
    "9356579890", "4818240420", "5584773180", "5786694550", "2449648740", "5980622760", "5980622970", "5980623180",
    "5980770460", "6781059250", "9077880070", "5786694760", "7957673080", "5786696720", "8066924740", "3318810025",
    "8487135506", "73891051146", "1099255990", "3821724944",
)  # fmt: skip
DHL_PIECES = ("JD014600006281230704", "JJD0099999999", "JJD014600006281230704", "JVGL0999999990")
S10_NUMBERS = ("RB123456785GB", "EA123456785CN", "EG688165502JP", "RB123456785US", "RB123456785CF", "EX123456785CN")


@pytest.mark.parametrize("number", [*DHL_WAYBILLS, *DHL_PIECES])
def test_numbers_that_dhl_publishes_are_valid(number: str) -> None:
    assert judge_dhl(number) == "valid"


@pytest.mark.parametrize("number", ["3318810010", "3318810034", "3318810011", "73891051145"])
def test_a_wrong_check_digit_of_dhl_is_a_doubt_and_no_refusal(number: str) -> None:
    assert judge_dhl(number) == "unproven"
    assert "dhl" in could_be(number)


@pytest.mark.parametrize("number", ["", "331881002", "123456789012", "XJD0099999998", "JD01460000628123070", "J1"])
def test_what_is_no_format_of_dhl_is_unknown(number: str) -> None:
    assert judge_dhl(number) == "unknown_format"


@pytest.mark.parametrize("number", S10_NUMBERS)
def test_item_numbers_of_the_posts_are_valid(number: str) -> None:
    assert judge_ems(number) == "valid"
    assert could_be(number) == ("ems",)


def test_an_item_number_with_a_wrong_check_digit_is_refused() -> None:
    assert judge_ems("RB123456786US") == "wrong_check_digit"
    assert could_be("RB123456786US") == ()


@pytest.mark.parametrize("number", ["RB123456785XX", "EA123456785ZZ", "E1123456785CN", "EA12345678CN", "ea123456785cn"])
def test_an_item_number_of_no_country_is_no_item_number(number: str) -> None:
    assert judge_ems(number) == "unknown_format"


def test_an_item_number_is_found_in_how_people_write_it() -> None:
    assert normalise(" r b 1 2 3 4 5 6 7 8 5 g b ") == "RB123456785GB"


def test_exactly_one_check_digit_fits_an_item_number() -> None:
    fits = [digit for digit in "0123456789" if judge_ems(f"EA47312482{digit}CN") == "valid"]
    assert fits == ["9"]


@pytest.mark.parametrize(
    ("letters", "service"),
    [("EA", "ems"), ("EW", "ems"), ("EX", "ems_bilateral"), ("EZ", "ems_bilateral"), ("CP", "parcel"),
     ("RR", "registered"), ("VV", "insured_letter"), ("LZ", "express_letter"), ("HM", "ecommerce_parcel"),
     ("UA", "other_letter"), ("AV", None)],
)  # fmt: skip
def test_the_first_letter_of_an_item_number_names_the_service(letters: str, service: str | None) -> None:
    assert s10_service(f"{letters}123456785CN") == service


def test_a_domestic_waybill_of_china_post_is_13_digits_without_a_check_digit() -> None:
    assert judge_ems("1234567890123") == "valid"
    assert judge_ems("123456789012") == "unknown_format"


@pytest.mark.parametrize(
    ("barcode", "number"),
    [
        ("1001921334250001000300779017972697", "779017972697"),
        ("1001901781990001000300617767839437", "617767839437"),
        ("9622001900000000000000776632517510", "776632517510"),
        ("9632001560123456789900794808390594", "794808390594"),
        ("9611020987654312345672", "987654312345672"),
        ("0" * 16 + "986578788855" + "0000", "986578788855"),
        ("(J)JD01 4600 0062 8123 0704", "JJD014600006281230704"),
        ("EA 123 456 785 CN", "EA123456785CN"),
        ("986578788855", "986578788855"),
    ],
)
def test_a_scanned_barcode_gives_the_number_inside_it(barcode: str, number: str) -> None:
    assert waybill_in(barcode) == number


@pytest.mark.parametrize(
    "barcode",
    [
        "1001901781990001000300617767839438"[:33],
        "0" * 16 + "996578788855" + "0000",
        "996578788855",
        "",
        "HELLO",
        "1" * 60,
    ],
)
def test_a_barcode_that_holds_no_number_of_ours_gives_none(barcode: str) -> None:
    assert waybill_in(barcode) is None


@pytest.mark.parametrize(
    "number",
    ["61299998820821171811", "9261292700768711948021", "000123450000000027", "9622001560001234567100794808390594"],
)
def test_ground_forms_that_are_published_are_valid(number: str) -> None:
    assert judge_fedex(number) == "valid"


@pytest.mark.parametrize("number", ["9261292700768711948020", "000000000000000001", "0" * 16 + "996578788855" + "0000"])
def test_ground_forms_with_a_wrong_check_digit_are_told(number: str) -> None:
    assert judge_fedex(number) == "wrong_check_digit"


def test_the_carrier_of_a_leg_is_never_overruled_by_its_digits() -> None:
    """A guess is a tuple of possibilities: the registered carriers judge their own numbers, each by its own rule."""
    assert could_be("3318810025") == ("dhl",)
    assert FEDEX.judge_number("3318810025") == "unknown_format"
    assert carrier("fedex").judge_number is judge_fedex

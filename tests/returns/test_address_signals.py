"""Which addresses speak for calling the customer back, and which do not."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.returns.address_signals import signals_of
from chalicelib.returns.case import Address

TODAY = date(2026, 11, 22)


def said(*lines: str, city: str = "Lyon") -> tuple[str, ...]:
    return signals_of(Address(lines, city, None, "69002", "FR"), TODAY)


@pytest.mark.parametrize(
    ("line", "signal"),
    [
        ("Hôtel Aurore, 7 quai des Ours", "hotel"), ("HOTEL-AURORE", "hotel"), ("上海某某酒店1208房", "hotel"),
        ("ホテル サンプル 12階", "hotel"), ("샘플 호텔", "hotel"), ("c/o Sample Freight Forwarding Ltd", "forwarder"),
        ("Muster Spedition GmbH", "forwarder"), ("某某转运仓 A-12", "forwarder"), ("Packstation 123", "parcel_locker"),
        ("Paczkomat WAW01A", "parcel_locker"), ("小区丰巢快递柜", "parcel_locker"), ("P.O. Box 12", "post_office_box"),
        ("Postfach 4711", "post_office_box"), ("Vacant lot behind no. 4", "vacant_place"),
    ],
)  # fmt: skip
def test_a_place_where_nobody_answers_for_a_parcel_is_told_by_its_code(line, signal):
    assert said(line) == (signal,)


@pytest.mark.parametrize(
    "line",
    [
        "12 place de l'Hôtel de Ville", "3 rue de l'Hôtel-Dieu", "Hotelstraße 5", "7 Boxwood Road", "Forwardham Lane 2",
        "12 rue des Lilas", "中山路12号", "Lockersleben 4",
    ],
)  # fmt: skip
def test_a_street_that_only_sounds_like_one_is_no_signal(line):
    assert said(line) == ()


def test_a_hotel_beside_a_town_hall_is_one():
    assert said("Hôtel Aurore, place de l'Hôtel de Ville") == ("hotel",)


def test_a_word_is_not_read_across_two_lines():
    assert said("12 Post Office", "Box Hill 3") == ()


def test_each_signal_is_told_once():
    assert said("Hotel Aurore", "Hotel Aurore, room 5, P.O. Box 3") == ("hotel", "post_office_box")

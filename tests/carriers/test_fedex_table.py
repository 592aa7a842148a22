"""The tables of FedEx's codes, purposes and time zones: every row sourced, every word one of ours."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from chalicelib.carriers.fedex.meanings import delay_of, known_codes, meaning_of
from chalicelib.carriers.local_times import zone_of
from chalicelib.purposes import Purpose
from chalicelib.rulebook import dictionary
from chalicelib.shipments.events import CONDITIONS, CUSTOMS_REASONS, MILESTONES, Party

TABLE = dictionary("carriers", "fedex_events")
PARTIES = (*get_args(Party), None)
# FedEx Developer Portal: Tracking Status Codes, and the status codes of webhook tracking events.
TRACKING_CODES = (
    "AA", "AC", "AD", "AF", "AO", "AP", "AR", "AX", "CA", "CC", "CD", "CH", "CP", "DD", "DE", "DL", "DP", "DR",
    "DS", "DY", "EA", "ED", "EO", "EP", "FD", "HL", "HP", "IT", "IX", "LO", "LP", "OC", "OD", "OF", "OW", "OX",
    "PD", "PF", "PL", "PM", "PU", "PX", "RC", "RD", "RG", "RM", "RP", "RR", "RS", "SE", "SF", "SP", "TR",
)  # fmt: skip
WEBHOOK_CODES = ("AE", "AS", "DO", "HA", "IN", "IP", "LC", "MD", "PR", "RA", "RT", "US")  # fmt: skip


def rows():
    for group in ("codes", "exceptions", "delays"):
        yield from ((f"{group}.{name}", row) for name, row in TABLE[group].items())
    yield from ((f"wording[{at}]", row) for at, row in enumerate(TABLE["wording"]))


@pytest.mark.parametrize(("name", "row"), list(rows()), ids=lambda value: value if isinstance(value, str) else "")
def test_every_row_is_in_our_words_and_says_where_it_is_from(name, row) -> None:
    assert row["status"] in ("official", "secondary", "assumed")
    assert TABLE["source"][row["source"]]["read_on"] == date(2026, 11, 22)
    assert row.get("milestone") in (*MILESTONES, "", None)
    assert row.get("condition") in (*CONDITIONS, "", None)
    assert row.get("responsible") in PARTIES
    assert row.get("action_by") in PARTIES
    reason = row.get("reason") or ""
    assert not reason.startswith("customs_") or reason in CUSTOMS_REASONS
    assert set(row) <= {
        "wording", "milestone", "condition", "reason", "responsible", "action_by", "source", "status", "on", "says",
    }  # fmt: skip


def test_every_published_code_has_a_row() -> None:
    assert set(TRACKING_CODES) | set(WEBHOOK_CODES) <= known_codes()


def test_what_is_assumed_is_never_called_official() -> None:
    assert all(row["status"] == "assumed" for _, row in rows() if row["source"] == "house")


def test_a_row_with_a_trouble_says_who_must_act() -> None:
    for name, row in rows():
        if row.get("condition") in ("delayed", "held", "action_required", "failed"):
            assert row.get("action_by"), name


def test_exception_codes_are_stored_without_leading_zeros_and_only_for_known_codes() -> None:
    for code, row in TABLE["exceptions"].items():
        assert code == code.lstrip("0")
        assert set(row.get("on", ())) <= known_codes()
    for row in TABLE["wording"]:
        assert set(row["on"]) <= known_codes()
        assert all(words == words.lower() for words in row["says"])


def test_an_exception_never_turns_a_known_code_into_an_unknown_one() -> None:
    for code in known_codes():
        for exception in (*TABLE["exceptions"], "999", "XX"):
            assert meaning_of(code, exception, "", "").milestone != "unrecognised"


def test_a_delay_of_an_unknown_kind_is_a_general_one() -> None:
    assert delay_of("VOLCANO") == delay_of("GENERAL")


def test_every_purpose_has_a_row_with_its_confidence() -> None:
    table = dictionary("carriers", "fedex_purposes")
    assert set(table["purposes"]) == set(get_args(Purpose))
    for row in (*table["purposes"].values(), table["limits"], table["vague_descriptions"]):
        assert row["confidence"] in ("high", "medium", "low")
        assert row["source"] in table["source"]


def test_china_keeps_one_time_and_a_state_decides_where_a_country_has_several() -> None:
    assert zone_of("CN", "XJ") == ("Asia/Shanghai", "place")
    assert zone_of("US", "HI") == ("Pacific/Honolulu", "place")
    assert zone_of("US", None) == ("America/New_York", "assumed")
    assert zone_of("FR", None) == ("Europe/Paris", "place")


def test_what_only_recorded_answers_show_is_not_called_a_published_list() -> None:
    assert {TABLE["exceptions"][code]["status"] for code in ("8", "A25", "A47", "A52")} == {"secondary"}
    assert {TABLE["exceptions"][code]["status"] for code in ("3", "7", "83", "99")} == {"official"}


def test_an_exception_code_that_its_publisher_leaves_unexplained_is_marked_as_our_reading() -> None:
    assert (TABLE["exceptions"]["15"]["status"], TABLE["exceptions"]["15"]["source"]) == ("assumed", "house")

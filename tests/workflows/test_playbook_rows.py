"""Beside an exception stands its playbook: in the language asked for, with the papers the case has and what storage
costs; nothing of it is stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.adapters.case_items import exception_item, exception_of_item
from chalicelib.alerts.exceptions import OpenException
from chalicelib.alerts.playbooks import open_exception, playbook_of
from chalicelib.workflows.playbook_rows import Reading, playbook_row
from chalicelib.workflows.raise_alert import take_alert
from chalicelib.workflows.read_case import exception_row, read_case
from tests.fakes.presses import FakePress
from tests.workflows.desk import HOUR, MONDAY, Desk
from tests.workflows.test_make_papers import PapersDesk
from tests.workflows.test_raise_alert import HOLD, a_desk

NOW = MONDAY + 50 * HOUR
WANTED = {**HOLD, "action": "open", "reason": "customs_documents_missing"}
BEGAN = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


def held(desk: Desk, **changed: Any) -> dict[str, Any]:
    """The hold as the case shows it."""
    take_alert(desk.ports, {**WANTED, **changed}, NOW)
    shown: dict[str, Any] = read_case(desk.ports, "case0001", now=NOW)["exceptions"][0]
    return shown


def a_hold(carrier: str = "dhl", **changed: Any) -> OpenException:
    """A hold by customs that began on the first of December and was noticed a day later."""
    made = open_exception(
        "case", "c-1", kind="customs_hold", episode="e", reason=None, since=BEGAN, now=BEGAN + timedelta(days=1),
        case_id="c-1", leg_n=1, carrier=carrier, number="1234567890",
    )  # fmt: skip
    return replace(made, **changed)


def storage(exception: OpenException, days: int, **lies_in: str) -> dict[str, Any]:
    where = {1: lies_in["country"]} if lies_in else {}
    row = playbook_row(exception, Reading(now=BEGAN + timedelta(days=days), lies_in=where))
    assert row is not None
    found: dict[str, Any] = row["storage"]
    return found


def papers(rows: list[dict[str, Any]]) -> dict[str, tuple[str, str | None]]:
    return {row["code"]: (row["status"], row["href"]) for row in rows}


def test_the_case_says_what_to_do_and_of_whom_to_ask_it() -> None:
    shown = held(a_desk())
    first = shown["playbook"]["steps"][0]
    assert (first["whom"], first["name"]) == ("brokerage", "the carrier's brokerage desk")
    assert [step["text"] for step in shown["playbook"]["steps"]] == shown["to_do"]
    assert shown["playbook"]["vintage"] == "alerts/playbooks/customs@2026-11-22"


def test_in_chinese_everything_a_person_reads_is_chinese() -> None:
    desk = a_desk()
    held(desk)
    case = read_case(desk.ports, "case0001", language="zh", now=NOW)
    shown = case["exceptions"][0]
    assert shown["meaning"].startswith("海关要求补充单证")
    assert case["next"] == shown["to_do"] == [step["text"] for step in shown["playbook"]["steps"]]
    assert case["in_short"]["why"] == shown["meaning"]
    assert shown["playbook"]["customer"].endswith("我们才会向您索取。")


def test_a_paper_that_is_made_is_linked_and_one_that_a_person_must_get_is_named() -> None:
    desk = PapersDesk()
    desk.make(FakePress())
    take_alert(desk.world.ports, {**WANTED, "subject": desk.case_id}, NOW)
    (hold,) = desk.file.exceptions
    row = playbook_row(hold, Reading(file=desk.file))
    assert row is not None
    found = papers(row["papers"])
    assert found["return_invoice"] == ("ready", f"/v1/returns/{desk.case_id}/papers/return_invoice?leg=1")
    assert found["sale_invoice"] == ("to_get", None)
    assert found["repair_statement"] == ("not_made", None)


def test_a_paper_that_is_not_made_yet_is_pending() -> None:
    found = papers(held(a_desk())["playbook"]["papers"])
    assert found["return_invoice"] == ("pending", None)


def test_without_the_case_at_hand_nothing_is_said_of_its_papers() -> None:
    row = playbook_row(a_hold(), Reading())
    assert row is not None
    assert papers(row["papers"])["return_invoice"] == ("not_looked_at", None)


def test_storage_counts_from_the_hold_and_not_from_when_it_was_noticed() -> None:
    kept = storage(a_hold(), 4, country="US")
    assert (kept["charged_from"], kept["so_far"]) == ("2026-12-04", {"amount": "62.00", "currency": "USD"})
    assert (kept["country"], kept["abandoned_on"]) == ("US", "2027-06-01")


def test_storage_stops_when_the_hold_is_over() -> None:
    over = a_hold(resolved_at=BEGAN + timedelta(days=3), status="resolved")
    assert storage(over, 300, country="US")["so_far"] == {"amount": "31.00", "currency": "USD"}


def test_an_exception_written_before_the_beginning_was_kept_counts_from_its_opening() -> None:
    assert storage(a_hold(since=None), 4, country="US")["charged_from"] == "2026-12-05"


def test_where_the_parcel_lies_unknown_the_law_is_unknown_too() -> None:
    kept = storage(a_hold(), 4)
    assert (kept["country"], kept["abandoned_on"]) == (None, None)
    assert kept["why_not"] == ["country_unknown"]


@pytest.mark.parametrize("carrier", ["fedex", "ems"])
def test_a_carrier_whose_charge_nobody_knows_has_null_and_a_reason(carrier: str) -> None:
    kept = storage(a_hold(carrier), 30, country="CN")
    assert (kept["per_day"], kept["so_far"]) == (None, None)
    assert kept["why_not"] == ["no_charge_known"]


def test_nobody_pays_storage_for_a_parcel_that_nobody_keeps() -> None:
    late = a_hold(kind="silence")
    assert playbook_row(late, Reading(now=BEGAN)) is not None
    assert storage(late, 30, country="US") is None


def test_the_stored_exception_holds_none_of_the_words() -> None:
    hold = a_hold()
    item = exception_item(hold)
    assert "meaning" not in item
    assert "to_do" not in item
    assert exception_of_item(item) == hold


def test_an_exception_stored_with_its_words_keeps_them_in_english() -> None:
    old = exception_item(a_hold()) | {"meaning": "As it was written", "to_do": ["Do that"]}
    del old["since"]
    row = exception_row(exception_of_item(old))
    assert (row["meaning"], row["to_do"]) == ("As it was written", ["Do that"])
    assert row["playbook"] is not None


def test_an_exception_older_than_the_first_playbooks_has_none_and_is_still_shown() -> None:
    old = a_hold(opened_at=datetime(2020, 1, 1, tzinfo=UTC))
    row = exception_row(old, Reading("zh", NOW))
    assert row["playbook"] is None
    assert row["meaning"] == old.meaning


def test_the_words_are_those_of_the_day_it_was_opened() -> None:
    assert playbook_of(a_hold()).vintage == "alerts/playbooks/customs@2026-11-22"

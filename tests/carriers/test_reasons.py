"""Every trouble that a carrier's table can tell is announced with words of its own; the watch keeps time for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, get_args

import pytest

from chalicelib.alerts.playbooks import every_playbook, playbook
from chalicelib.rulebook import dictionary
from chalicelib.shipments.events import CUSTOMS_REASONS, Event, Milestone
from chalicelib.shipments.fold import State, fold
from chalicelib.shipments.leg import Track
from chalicelib.shipments.owed import alert_kind
from chalicelib.shipments.watch import next_due, watch
from tests.carriers.ems_pieces import HOME, OUT
from tests.shipments.journeys import START, scan, track

DAY = date(2026, 11, 22)
TABLES = ("fedex_events", "dhl_events", "ems_events", "upu_events")
TROUBLES = ("held", "action_required", "failed")


def rows(node: Any) -> Iterator[dict[str, Any]]:
    """Every row of a table that tells a trouble."""
    if isinstance(node, dict):
        if node.get("condition") in TROUBLES:
            yield node
        for value in node.values():
            yield from rows(value)
    elif isinstance(node, list):
        for value in node:
            yield from rows(value)


ROWS = [(table, row) for table in TABLES for row in rows(dictionary("carriers", table))]


def told(row: dict[str, Any], after: Milestone, country: str) -> Event:
    milestone = row.get("milestone") or None
    return scan(
        "trouble", 30, milestone, row["condition"], row.get("reason"),
        country=country, responsible=row.get("responsible"), action_by=row.get("action_by"), text=after,
    )  # fmt: skip


def states() -> Iterator[tuple[str, dict[str, Any], State]]:
    for table, row in ROWS:
        for leg in (HOME, OUT):
            for country in ("FR", "CN"):
                for after in ("announced", "in_transit", "import_cleared"):
                    before = scan("before", 1, after, "ok", country=country)
                    yield table, row, fold([before, told(row, after, country)], leg)


def kinds() -> set[tuple[str, str]]:
    found = set()
    for _, _, state in states():
        trouble = state.trouble
        kind = alert_kind(trouble) if trouble else None
        if kind is not None and trouble is not None and trouble.reason:
            found.add((kind, trouble.reason))
    return found


def test_every_trouble_has_words_of_its_own() -> None:
    assert len(kinds()) > 30
    assert kinds() - {(row.kind, row.reason) for row in every_playbook(DAY)} == set()


@pytest.mark.parametrize(
    "reason", [one for one in CUSTOMS_REASONS if one not in ("customs_submitted", "customs_released")]
)
def test_each_reason_of_customs_has_its_own_words(reason: str) -> None:
    assert playbook("customs_hold", reason, DAY) != playbook("customs_hold", None, DAY)


def test_every_trouble_of_every_table_says_who_must_act() -> None:
    for table, row, state in states():
        if state.condition in TROUBLES:
            assert state.action_by, (table, row)
            assert state.action_by != "consignee", (table, row)


def test_the_watch_keeps_time_for_every_hold_and_looks_again_at_every_trouble() -> None:
    later = START + timedelta(days=12)
    for table, row, state in states():
        kept: Track = track(state=state)
        if state.condition == "held":
            assert "hold_too_old" in {concern.kind for concern in watch(kept, later)}, (table, row)
        if not state.at_rest:
            due = next_due(kept, later)
            assert isinstance(due, datetime), (table, row)
            assert later < due <= later + timedelta(days=1)


def test_customs_at_the_origin_is_export_and_at_the_destination_import() -> None:
    customs = [
        (table, row) for table, row in ROWS
        if row.get("milestone") == "import_customs" and row["condition"] == "held"
    ]  # fmt: skip
    assert len(customs) > 30
    for table, row in customs:
        for leg, origin, destination in ((HOME, "FR", "CN"), (OUT, "CN", "FR")):
            for country, side in ((origin, "export"), (destination, "import")):
                state = fold([told(row, "in_transit", country)], leg)
                assert (state.milestone, state.episodes[0].ground) == (f"{side}_customs", side), (table, row)


def test_every_milestone_of_the_tables_is_one_of_ours() -> None:
    assert {row.get("milestone") or "in_transit" for _, row in ROWS} <= set(get_args(Milestone))

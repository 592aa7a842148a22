"""The page of what is noticed names every kind there is, and no other."""

import re
from typing import get_args

from chalicelib.rulebook import ROOT
from chalicelib.shipments import owed
from chalicelib.shipments.events import CONDITIONS
from chalicelib.shipments.fold import Episode
from chalicelib.shipments.thresholds import thresholds
from chalicelib.shipments.transitions import Ground
from chalicelib.watch_rows import WATCHED_KINDS
from tests.shipments.journeys import START

PAGE = (ROOT.parent / "docs" / "WATCH.md").read_text(encoding="utf-8")
# Told where one thing happens: see the tests of tracking_step, of the sweep and of the rule files.
SINGLE = {
    "weight_changed", "event_out_of_bounds", "history_full", "new_code", "delivery_withdrawn", "unknown_number",
    "carrier_silent", "carrier_unreadable", "rule_expires", "rules_to_read_again", "record_unreadable", "effects_stuck",
}  # fmt: skip


def kinds_of_troubles():
    for condition in CONDITIONS:
        for ground in get_args(Ground):
            for milestone in (None, "delivery_attempted"):
                trouble = Episode(
                    "e", condition, ground, milestone, START, None, None, None, None, None, ("e",), START
                )  # fmt: skip
                yield owed.alert_kind(trouble)


def named(part):
    return set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE))


def test_the_page_names_every_rule_of_the_clock():
    assert named(PAGE.split("## Told by the clock")[1].split("## Told by news")[0]) == set(WATCHED_KINDS)


def test_the_page_names_every_kind_that_news_or_the_house_tells_and_no_other():
    by_news = {kind for kind in kinds_of_troubles() if kind} | set(owed.OUTCOMES.values())
    signs = {sign.kind for sign in thresholds(START.date()).sign}
    assert named(PAGE.split("## Told by news")[1]) == by_news | signs | SINGLE


def test_the_grounds_and_reasons_that_the_page_speaks_of_have_rows():
    rows = {row.reason for row in thresholds(START.date()).rule if row.kind == "hold_too_old"}
    assert rows >= {"customs_documents_missing", "customs_duty_due", "customs_inspection", "customs_prohibited", None}

"""Every kind and reason that the code can raise has a playbook of its own, and every playbook can be raised."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache
from typing import Any, get_args

import pytest

from chalicelib.alerts.playbooks import ANY, LANGUAGES, every_playbook, kinds_by_part, playbook
from chalicelib.customs.claim_clock import Rung
from chalicelib.insurance.claims import REASONS
from chalicelib.rulebook import dictionary, in_force
from chalicelib.shipments.owed import OUTCOMES
from tests.alerts.raised_kinds import raised
from tests.architecture.tree import product
from tests.carriers.test_reasons import DAY, TABLES, kinds

ROWS = every_playbook(DAY)
NOT_YET_RAISED: set[str] = set()
OWN_WORDS = {(row.kind, row.reason) for row in ROWS}


@cache
def reasons_of_the_tables() -> set[str]:
    """Every reason that a carrier's table can give."""

    def within(node: Any) -> set[str]:
        if isinstance(node, dict):
            own = {node["reason"]} if isinstance(node.get("reason"), str) else set()
            return own.union(*map(within, node.values()))
        return set().union(*map(within, node)) if isinstance(node, list) else set()

    return set().union(*(within(dictionary("carriers", table)) for table in TABLES))


def reasons_of_the_claims() -> set[tuple[str, str]]:
    """What the reminders of claims give as their reason: each is listed, and given somewhere beside the list."""
    walked = Counter(
        node.value
        for module in ("chalicelib.insurance.claims", "chalicelib.workflows.keep_claims")
        for node in ast.walk(product()[module])
        if isinstance(node, ast.Constant) and node.value in REASONS
    )
    assert {reason for reason, times in walked.items() if times > 1} == set(REASONS)
    return {("claim_due", reason) for reason in REASONS}


def incidents() -> set[tuple[str, str]]:
    groups = in_force("alerts/incidents", DAY).rules["group"]
    return {(f"{row['by']}_incident", row["kind"]) for row in groups}


@cache
def raised_with_a_reason() -> set[tuple[str, str]]:
    outcomes = {("failed", milestone) for milestone, kind in OUTCOMES.items() if kind == "failed"}
    duties = {("duty_claim_due", rung) for rung in (*get_args(Rung), "stuck")}
    weights = {("weight_changed", "weight_dropped"), ("weight_changed", "weight_risen")}
    lasting = {("hold_too_old", reason) for kind, reason in kinds() if kind in ("hold", "customs_hold")}
    asked = {("unanswered", reason) for kind, reason in kinds() if kind == "action_required"}
    return kinds() | outcomes | duties | weights | lasting | asked | incidents() | reasons_of_the_claims()


def test_the_walk_through_the_source_finds_what_is_known_to_be_raised() -> None:
    assert {"customs_hold", "silence", "papers_waiting", "claim_due", "pickup_cancel_refused", "new_code"} <= raised()


@pytest.mark.parametrize("kind", sorted(raised()))
def test_every_kind_that_is_raised_has_its_own_row_and_never_the_one_for_any(kind: str) -> None:
    assert kind in {row.kind for row in ROWS}


@pytest.mark.parametrize(("kind", "reason"), sorted(raised_with_a_reason()))
def test_every_reason_that_is_raised_has_words_of_its_own(kind: str, reason: str) -> None:
    row = playbook(kind, reason, DAY)
    assert (row.kind, row.reason) == (kind, reason)
    for language in LANGUAGES:
        assert row.said(language).meaning != playbook(kind, "never_heard_of", DAY).said(language).meaning


def test_no_row_is_for_a_kind_that_nothing_raises() -> None:
    assert {row.kind for row in ROWS} - raised() == {ANY} | NOT_YET_RAISED
    assert not NOT_YET_RAISED & raised()


@pytest.mark.parametrize(("kind", "reason"), sorted((kind, reason) for kind, reason in OWN_WORDS if reason))
def test_no_row_is_for_a_reason_that_nothing_gives(kind: str, reason: str) -> None:
    assert (kind, reason) in raised_with_a_reason() or reason in reasons_of_the_tables()


def test_no_two_rows_are_for_the_same_and_no_kind_is_in_two_rooms() -> None:
    parts = kinds_by_part(DAY)
    rows = [row for part in parts for row in in_force(f"alerts/playbooks/{part}", DAY).rules["playbook"]]
    named = [kind for kinds in parts.values() for kind in kinds]
    assert len({(row["kind"], row.get("reason")) for row in rows}) == len(rows) == len(ROWS) - 1
    assert len(set(named)) == len(named)


def test_each_room_of_trouble_holds_the_rows_of_its_own_kinds_and_no_others() -> None:
    for part, named in kinds_by_part(DAY).items():
        rows = in_force(f"alerts/playbooks/{part}", DAY).rules["playbook"]
        assert {row["kind"] for row in rows} == set(named), part


def test_a_kind_that_nobody_knows_gets_the_row_that_says_so() -> None:
    assert playbook("never_heard_of", "because", DAY).kind == ANY


def test_a_reason_that_nobody_knows_gets_the_words_of_its_kind() -> None:
    assert playbook("customs_hold", "never_heard_of", DAY) == playbook("customs_hold", None, DAY)
    assert playbook("hold_too_old", "never_heard_of", DAY) == playbook("hold_too_old", None, DAY)


def test_a_hold_that_lasts_says_first_that_it_lasts_and_then_what_it_was_held_for() -> None:
    row, known = playbook("hold_too_old", "customs_duty_due", DAY), playbook("customs_hold", "customs_duty_due", DAY)
    assert row.severity == "critical"
    assert row.to_do == (*playbook("hold_too_old", None, DAY).to_do, *known.to_do)
    assert row.meaning.endswith(known.meaning)
    assert (row.english.customer, row.storage) == (known.english.customer, True)

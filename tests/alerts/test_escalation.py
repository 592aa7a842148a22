"""How grave an exception is: by what is at risk when it opens, by time past its deadline."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib.alerts import changes
from chalicelib.alerts.escalation import risen, rules, timed
from chalicelib.alerts.exceptions import SEVERITIES
from chalicelib.alerts.playbooks import kinds_by_part
from chalicelib.money import MINOR_UNITS, Money
from chalicelib.rulebook import load
from tests.fakes.pieces import NOW, an_exception

ON = date(2026, 11, 22)
HOUR = timedelta(hours=1)
ROWS = load("alerts/escalation", ON).rules


def money(amount, currency="EUR"):
    return Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("severity", "worth", "opens"),
    [
        ("medium", money("1799.99"), "medium"),
        ("medium", money("1800"), "high"),
        ("medium", money("250000"), "high"),
        ("high", money("9999.99"), "high"),
        ("high", money("10000"), "critical"),
        ("high", money("299999", "JPY"), "high"),
        ("high", None, "critical"),
        ("medium", None, "high"),
        ("low", None, "low"),
        ("low", money("250000"), "low"),
        ("critical", money("1"), "critical"),
        ("high", money("1", "PLN"), "critical"),
    ],
)
def test_a_dear_parcel_is_one_step_graver_and_an_unknown_worth_counts_as_dear(severity, worth, opens):
    assert "PLN" in MINOR_UNITS
    assert changes.opened(an_exception(severity=severity, money_at_risk=worth), NOW).severity == opens


def test_what_is_about_no_parcel_has_no_worth_and_none_is_guessed():
    carrier = an_exception(subject_kind="carrier", subject="fedex", case_id=None, money_at_risk=None)
    assert changes.opened(carrier, NOW).severity == "high"


@pytest.mark.parametrize(
    ("kind", "severity", "hours", "grows"),
    [
        ("papers_stuck", "medium", -1, "medium"),
        ("papers_stuck", "medium", 0, "high"),
        ("papers_stuck", "high", 0, "high"),
        ("papers_stuck", "high", 24, "critical"),
        ("papers_stuck", "low", 1000, "high"),
        ("decision_wanted", "medium", 23, "medium"),
        ("decision_wanted", "medium", 24, "high"),
        ("decision_wanted", "medium", 120, "high"),
        ("decision_wanted", "high", 120, "critical"),
        ("customs_hold", "high", 1000, "high"),
        ("rules_to_read_again", "low", 1000, "low"),
    ],
)
def test_time_past_its_deadline_raises_it_a_step_as_its_row_says(kind, severity, hours, grows):
    one = an_exception(kind=kind, severity=severity)
    assert risen(one, one.deadline + hours * HOUR) == grows


def test_an_ordinary_hold_has_nothing_to_wait_for_and_no_place_in_the_index():
    assert changes.opened(an_exception(), NOW).due_at is None


def test_what_is_critical_has_nothing_graver_to_become():
    assert timed(an_exception(kind="papers_stuck", severity="critical"), NOW).due_at is None


def test_it_is_due_when_it_next_grows_graver():
    one = an_exception(kind="papers_stuck", severity="medium")
    assert timed(one, NOW).due_at == one.deadline
    assert timed(replace(one, severity="high"), NOW).due_at == one.deadline + 24 * HOUR


def test_a_trouble_without_a_deadline_does_not_rise():
    assert timed(an_exception(kind="papers_stuck", deadline=None), NOW).due_at is None


@pytest.mark.parametrize(
    ("kind", "reason", "severity", "may"),
    [
        ("silence", None, "medium", True), ("partially_delivered", None, "high", True),
        ("action_required", "damaged", "high", True), ("action_required", "customs_duty_due", "critical", False),
        ("customs_hold", None, "critical", False), ("new_code", None, "medium", False),
        ("hold_too_old", None, "critical", True), ("hold_too_old", "customs_inspection", "high", False),
        ("waiting_at_counter", None, "critical", True),
    ],
)  # fmt: skip
def test_a_claim_is_thought_of_where_somebody_may_have_to_pay(kind, reason, severity, may):
    assert rules(ON).may_end_in_a_claim(kind, reason, severity) is may


def test_worths_are_of_currencies_that_the_house_trades_in_and_grow_with_the_step():
    rows = [row["amounts"] for row in ROWS["worth"]]
    assert all(set(amounts) <= MINOR_UNITS.keys() for amounts in rows)
    assert all(rows[0][name] < rows[1][name] for name in rows[0])


NAMED = {row["kind"] for row in (*ROWS["overdue"], *load("alerts/incidents", ON).rules["group"])}
NAMED |= {kind for table in ("steady", "claim", "notice") for row in ROWS[table] for kind in row["kinds"]}


@pytest.mark.parametrize("kind", sorted(NAMED - {"*"}))
def test_a_kind_that_a_rule_names_has_a_playbook(kind):
    assert kind in {one for kinds in kinds_by_part(ON).values() for one in kinds}


def test_steps_of_one_kind_grow_graver_with_time():
    for kind, steps in rules(ON).steps.items():
        ranks = [SEVERITIES.index(step.severity) for step in steps]
        assert ranks == sorted(set(ranks), reverse=True), kind

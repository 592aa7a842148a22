"""Who has a customer on the telephone sees in one look who must act, by when, what is missing and what it costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.customs.asked_facts import asked
from chalicelib.rulebook import ROOT, dictionary, read_toml
from chalicelib.shipments.leg import ExportLink
from chalicelib.workflows.case_in_short import in_short
from chalicelib.workflows.new_case import told
from chalicelib.workflows.prove_export import prove_export
from chalicelib.workflows.read_case import read_case
from tests.customs.test_explain import facts_a_relief_may_lack
from tests.workflows.desk import MONDAY, REQUEST, Desk

UNLINKED = replace(REQUEST, original_export=replace(REQUEST.original_export, reference=None, mode=None))


def short(desk: Desk) -> dict[str, Any]:
    found: dict[str, Any] = read_case(desk.ports, "case0001")["in_short"]
    return found


def opened(request: Any = REQUEST) -> Desk:
    desk = Desk()
    desk.open(request)
    desk.alerts()
    return desk


def test_a_case_that_waits_says_who_must_act_by_when_and_for_what():
    said = short(opened(UNLINKED))
    assert (said["who_acts"], said["act_by"]) == ("merchant", "2026-11-24T09:00:00Z")
    assert said["why"]
    wanted = {row["field"]: row["waits"] for row in said["missing"]}
    assert wanted["original_export.mode"] == ["return_invoice", "CN-2026-16"]
    assert wanted["original_export.reference"] == ["return_invoice", "CN-2026-16"]


def test_a_fact_that_no_field_takes_says_how_customs_see_it():
    said = {row["fact"]: row for row in short(opened())["missing"]}
    assert said["same_state"]["field"] is None
    assert "signed on the relief_declaration" in said["same_state"]["shown"]


def test_what_is_given_is_asked_for_no_more():
    desk = opened(UNLINKED)
    prove_export(desk.ports, "case0001", ExportLink(reference="5300", mode="9610"), holder="desk", now=MONDAY)
    said = short(desk)
    assert (said["who_acts"], said["act_by"]) == (None, None)
    assert {row["fact"] for row in said["missing"]} == {"same_state", "export_rebate"}


def test_both_figures_of_customs_stand_there_with_the_last_day():
    said = short(opened())
    assert said["payable_if_proven"] == {"amount": "0.00", "currency": "CNY"}
    assert Decimal(said["payable"]["amount"]) > 0
    assert (said["relief"], said["claim_by"]) == ("CN-2026-16", "2027-05-03")


def test_of_an_incomplete_estimate_no_figure_is_made_up():
    watch = replace(REQUEST.items[0], article="watch")
    said = short(opened(replace(UNLINKED, items=(watch,))))
    assert (said["payable"], said["payable_if_proven"], said["relief"]) == (None, None, None)


def test_the_open_exception_that_must_be_done_soonest_counts():
    desk = opened(UNLINKED)
    (held,) = desk.file.exceptions
    later = replace(held, severity="critical", deadline=held.deadline + timedelta(days=3))
    file = replace(desk.file, exceptions=(later, held))
    assert in_short(file, told(file.plan.answer, file.plan.request), ())["act_by"] == "2026-11-24T09:00:00Z"


def facts_a_paper_may_lack() -> set[str]:
    tables = (ROOT / "customs" / "rules" / "declaration").glob("*.toml")
    return {name for file in tables for row in read_toml(file)["row"] for name in row["needs"]}


@pytest.mark.parametrize("fact", sorted(facts_a_relief_may_lack() | facts_a_paper_may_lack()))
def test_every_fact_that_may_lack_has_words_somebody_who_can_say_it_and_a_place(fact: str):
    wish = asked(fact)
    assert wish.what != fact
    assert wish.by in ("merchant", "customer", "workshop", "broker")
    assert (wish.field is None) != (wish.shown is None)


def test_every_field_that_is_asked_for_is_one_that_a_request_takes():
    from chalicelib.api.bodies import ExportBody, ItemBody
    from chalicelib.api.way_out_bodies import OutFactsBody

    fields = {row["field"] for row in dictionary("customs", "asked_facts").values() if "field" in row}
    known = {f"original_export.{name}" for name in ExportBody.model_fields}
    known |= {f"facts.{name}" for name in OutFactsBody.model_fields}
    assert fields <= known | {f"items.{name}" for name in ItemBody.model_fields}

"""Why a piece goes out, and who pays at its customer's border: rows decide, and what no row knows is refused."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

import pytest

from chalicelib.api import way_out_bodies
from chalicelib.purposes import PURPOSES
from chalicelib.returns.case import KINDS, PurposeUnknown
from chalicelib.returns.way_out import DATASET, OutCause, OutFacts, Payer, WayOut, border_of, purpose_out
from chalicelib.rulebook import RuleNotInForce, in_force

ON = date(2026, 11, 23)


def purpose(cause: Any, kind: Any, reason: Any = "change_of_mind", settled: Any = None) -> str:
    return purpose_out(cause, kind=kind, reason=reason, settled=settled, on=ON).purpose


@pytest.mark.parametrize(
    ("cause", "kind", "reason", "settled", "expected"),
    [
        ("repaired", "repair", "repair", None, "repaired_back"),
        ("repaired", "refund", "quality", None, "repaired_back"),
        ("unrepaired", "warranty", "quality", None, "unaltered_back"),
        ("refused", "refund", "change_of_mind", "refusal", "unaltered_back"),
        ("refused", "exchange", "size", "refusal", "unaltered_back"),
        ("replacement", "exchange", "size", "exchange", "exchange_replacement"),
        ("replacement", "refund", "size", "exchange", "exchange_replacement"),
        ("replacement", "refund", "quality", "replacement", "warranty_replacement"),
        ("replacement", "refund", "quality", "exchange", "exchange_replacement"),
        ("replacement", "refund", "change_of_mind", "replacement", "exchange_replacement"),
        ("replacement", "warranty", "quality", "replacement", "warranty_replacement"),
        ("replacement", "recall", "recall", "advance_replacement", "warranty_replacement"),
        ("loan", "loan", "loan", None, "loan_or_sample"),
    ],
)
def test_what_goes_out_crosses_the_border_for_its_own_purpose(cause, kind, reason, settled, expected):
    assert purpose(cause, kind, reason, settled) == expected


@pytest.mark.parametrize(
    ("cause", "kind"), [("refused", "refused"), ("refused", "loan"), ("loan", "refund"), ("replacement", "refused")]
)
def test_what_has_no_purpose_is_refused_one_and_none_is_guessed(cause, kind):
    with pytest.raises(PurposeUnknown, match=f"{cause} in a return of kind {kind}"):
        purpose(cause, kind)


def test_every_cause_has_a_purpose_in_some_return_and_every_purpose_a_payer():
    reached = {}
    for cause in get_args(OutCause):
        for kind in KINDS:
            try:
                reached[purpose(cause, kind)] = cause
            except PurposeUnknown:
                continue
    assert reached.keys() <= set(PURPOSES)
    assert {border_of(one, None, ON).pays for one in reached} == {"merchant"}  # type: ignore[arg-type]
    assert set(reached.values()) == {"repaired", "refused", "replacement", "loan"} | (
        set(reached.values()) & {"unrepaired"}
    )


def test_the_customer_imports_whoever_pays():
    for agreed in (None, *get_args(Payer)):
        border = border_of("repaired_back", agreed, ON)
        assert border.importer == "customer"
        assert (border.pays, border.terms) == (agreed or "merchant", "DAP" if agreed == "customer" else "DDP")
        assert border.rule.startswith(f"{DATASET}@2026-01-01#PAYS-")


def test_the_words_of_a_request_are_those_of_the_rules():
    assert get_args(way_out_bodies.CauseWord) == get_args(OutCause)
    assert get_args(way_out_bodies.PayerWord) == get_args(Payer)
    assert set(way_out_bodies.OutFactsBody.model_fields) == set(OutFacts.__dataclass_fields__)


def test_before_the_first_rules_nothing_is_decided():
    with pytest.raises(RuleNotInForce):
        in_force(DATASET, date(2025, 12, 31))


@pytest.mark.parametrize(
    ("state", "open_"),
    [("wanted", True), ("planned", True), ("sent", True), ("delivered", False), ("back", False), ("called_off", False)],
)
def test_a_way_out_is_open_until_it_has_ended_somehow(state, open_):
    from datetime import UTC, datetime

    way = WayOut("c", 2, "refused", (), "anna", datetime(2026, 11, 23, tzinfo=UTC), settlement_n=1, state=state)
    assert (way.is_under_way, way.part_id, way.asked_for) == (open_, "2", ("refused", 1, None))

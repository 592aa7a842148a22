"""Singapore: three months with a permit taken before export, who collects the tax, and tax back on faulty goods."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from chalicelib.customs.refunds import PaidEntry, refund_ways
from tests.customs.asking import answer, relief

WORK = {"charge": "300 SGD", "parts": "150 SGD", "replaced": False}
PAID = PaidEntry("SG", date(2026, 3, 1), left_on=date(2026, 4, 1), export_reference="E1", reason="quality")


def into_singapore(value: str = "2000 SGD", **given: Any) -> dict[str, Any]:
    lines = [{"value": value, "value_basis": "cif"}]
    return answer(destination="SG", lines=lines, **{"purpose": "exchange_replacement", **given})


@pytest.mark.parametrize(
    ("exported", "last"),
    [
        (date(2026, 8, 22), date(2026, 11, 22)),
        (date(2025, 11, 30), date(2026, 2, 28)),
        (date(2027, 11, 30), date(2028, 2, 29)),
    ],
)
@pytest.mark.parametrize(("purpose", "code"), [("repaired_back", "SG-TCI-REPAIR"), ("loan_or_sample", "SG-TCI")])
def test_what_went_out_for_a_time_is_back_within_three_months(
    purpose: str, code: str, exported: date, last: date
) -> None:
    past = {"exported_on": exported, "permit": "TCI1", "importer_is_exporter": True, "same_state": True}
    for day, status in ((-1, True), (0, True), (1, False)):
        on = date.fromordinal(last.toordinal() + day)
        row = relief(into_singapore(purpose=purpose, entry_on=on, history=past, repair=WORK), code)
        assert (row["status"] == "proven") is status
        assert row["claim_by"] == (last.isoformat() if status or code == "SG-TCI" else None)


@pytest.mark.parametrize(("approved", "status"), [(True, "proven"), (False, "not_eligible"), (None, "unproven")])
def test_a_repair_may_have_been_given_longer(approved: bool | None, status: str) -> None:
    past = {"exported_on": date(2026, 1, 1), "permit": "TCI1", "importer_is_exporter": True}
    work = WORK | {"back_in_time": approved}
    assert (
        relief(into_singapore(purpose="repaired_back", history=past, repair=work), "SG-TCI-REPAIR")["status"] == status
    )


@pytest.mark.parametrize(("value", "by"), [("400 SGD", "seller"), ("400.01 SGD", "customs")])
def test_up_to_400_dollars_the_seller_collects_from_a_consumer(value: str, by: str) -> None:
    assert into_singapore(value, consignee="consumer")["taxes"][0]["collected_by"] == by


def test_freight_does_not_make_a_low_value_sale_a_big_one() -> None:
    lines = [{"value": "390 SGD"}]
    given = answer(
        destination="SG", purpose="exchange_replacement", consignee="consumer", freight="30 SGD", lines=lines
    )
    # 420 x 9 %
    assert (given["taxes"][0]["collected_by"], given["total"]) == ("seller", "37.80")


def test_the_scheme_for_goods_in_for_a_time_is_not_offered_to_goods_coming_back() -> None:
    codes = [row["code"] for row in into_singapore(purpose="loan_or_sample", history={"permit": "T"})["relief"]]
    back = {"permit": "T", "exported_on": date(2026, 11, 1)}
    assert "SG-TIS" in codes
    assert "SG-TIS" not in [row["code"] for row in into_singapore(purpose="loan_or_sample", history=back)["relief"]]


@pytest.mark.parametrize(
    ("reason", "status"), [("quality", "open"), ("change_of_mind", "not_eligible"), (None, "unproven")]
)
def test_tax_comes_back_on_faulty_goods_and_nobody_states_until_when(reason: str | None, status: str) -> None:
    found = refund_ways(replace(PAID, reason=reason), date(2026, 11, 22))[0]
    assert (found.status, found.covers, found.claim_by) == (status, ("tax",), None)


def test_in_hong_kong_nothing_was_paid_and_nothing_comes_back() -> None:
    assert refund_ways(replace(PAID, country="HK"), date(2026, 11, 22)) == ()


def test_the_declaration_charge_of_hong_kong_is_said_and_not_counted() -> None:
    given = answer(destination="HK", purpose="refund_return", lines=[{"value": "50000 HKD"}])
    fee = given["fees"][0]
    assert (fee["code"], fee["amount"], fee["in_total"], given["total"]) == ("declaration_charge", None, False, "0.00")

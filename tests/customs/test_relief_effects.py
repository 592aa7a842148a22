"""What a relief row frees is what its row says: the fees, one tax by its code, or all of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chalicelib.customs.assessment import Effect, assess
from chalicelib.customs.entry import prepare
from chalicelib.customs.program import program_of
from chalicelib.customs.valuation import converter
from chalicelib.rulebook import ROOT, read_toml
from tests.customs.asking import answer, relief, request

NOW = date(2026, 11, 22)
RELIEFS = sorted((ROOT / "customs" / "rules").glob("*/relief/*.toml"))
PARTS = {"duties", "taxes", "fees", "mfn"}


def charged(effect: Effect) -> dict[str, str]:
    """What a formal American entry of 1,200 dollars, repaired for 180, owes under this effect."""
    asked = request(
        destination="US", purpose="repaired_back", entry="formal", lines=[{"value": "1200 USD"}],
        repair={"charge": "180 USD", "parts": "0 USD"},
    )  # fmt: skip
    program = program_of("US", NOW)
    assert program is not None
    charges = assess(prepare(asked, program, converter("USD", NOW, None)), effect).charges
    return {each.code: str(each.amount) for each in charges.counted}


def test_a_base_of_its_own_waives_no_fee_by_itself() -> None:
    base = ("charge", "parts")
    assert charged(Effect(duty_base=base)).get("mpf_formal") == "34.58"
    assert "mpf_formal" not in charged(Effect(frozenset({"fees"}), duty_base=base))


@pytest.mark.parametrize("entry", ["formal", "informal"])
def test_an_american_repair_pays_no_processing_fee_because_its_row_says_so(entry: str) -> None:
    given = answer(
        destination="US", purpose="repaired_back", entry=entry, lines=[{"value": "1200 USD"}],
        repair={"under_warranty": False, "replaced": False, "charge": "180 USD"},
    )  # fmt: skip
    assert relief(given, "US-9802.00.50")["due"] == "45.90"


def tokens() -> list[Any]:
    return [
        pytest.param(file.parts[-3], row["frees"], id=f"{row['code']}-{file.stem}")
        for file in RELIEFS
        for row in read_toml(file)["row"]
        if "frees" in row
    ]


@pytest.mark.parametrize(("territory", "frees"), tokens())
def test_a_row_frees_only_parts_and_taxes_that_its_country_has(territory: str, frees: list[str]) -> None:
    programs = (ROOT / "customs" / "rules" / territory / "program").glob("*.toml")
    taxes = {tax["code"] for file in programs for tax in read_toml(file).get("tax", [])}
    assert set(frees) <= PARTS | taxes


def mended(purpose: str, region: str, consignee: str, **repair: Any) -> dict[str, Any]:
    return answer(
        destination="CA", dispatched_from="JP", purpose=purpose, region=region, consignee=consignee,
        lines=[{"value": "1000 CAD"}], history={"export_reference": "X1"},
        repair={"under_warranty": True, "charge": "0 CAD", **repair},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("region", "due"),
    # duty 6.5 % of 1,000; British Columbia adds 7 % of 1,065, Quebec 9.975 %, Ontario nothing beside the HST
    [("BC", "139.55"), ("Québec", "171.23"), ("ON", "65.00"), ("AB", "65.00")],
)
def test_a_private_persons_provincial_tax_stays_due_on_a_repair_under_warranty(region: str, due: str) -> None:
    given = mended("repaired_back", region, "consumer", replaced=False)
    row = relief(given, "CA-WARRANTY-GST")
    assert (row["status"], row["due"]) == ("proven", due)


def test_a_private_persons_provincial_tax_stays_due_on_a_replacement() -> None:
    assert relief(mended("warranty_replacement", "BC", "consumer"), "CA-WARRANTY-REPLACEMENT")["due"] == "139.55"


def test_a_business_is_freed_of_all_that_it_pays_at_the_border() -> None:
    assert relief(mended("repaired_back", "BC", "merchant", replaced=False), "CA-WARRANTY-GST")["due"] == "65.00"

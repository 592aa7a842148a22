from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from chalicelib.errors import SettingsInvalid
from chalicelib.merchant import MerchantFileInvalid, limit_in, load_merchant, read_merchant
from chalicelib.money import Money
from tests.returns.requests_of import SAMPLE_FILE, merchant

SAMPLE = SAMPLE_FILE.read_text(encoding="utf-8")


def faults_of(text: str) -> set[tuple[str, str]]:
    with pytest.raises(MerchantFileInvalid) as refused:
        read_merchant(text)
    return {(fault.field, fault.code) for fault in refused.value.faults}


def test_the_sample_merchant_is_whole():
    shenzhen = merchant().facility_called("SZX-1")
    assert (shenzhen.country, shenzhen.city, shenzhen.time_zone) == ("CN", "Shenzhen", "Asia/Shanghai")
    assert merchant().contract_with("fedex").services == ("INTERNATIONAL_PRIORITY",)
    assert [contract.carrier for contract in merchant().carrier] == ["fedex", "dhl", "ems"]
    assert merchant().facility_called("MOON-1") is None
    assert merchant().contract_with("pigeon") is None


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2023, 12, 31), None),
        (date(2024, 1, 1), "2024-01"),
        (date(2025, 12, 31), "2024-01"),
        (date(2026, 1, 1), "2026-01"),
    ],
)
def test_the_policy_of_a_day_is_the_last_one_begun(day, version):
    found = merchant().policy_on(day)
    assert (found.version if found else None) == version


def test_every_fault_of_the_file_is_told_at_once():
    broken = (
        SAMPLE.replace('id = "SZX-1"', 'id = ""', 1)
        .replace('time_zone = "Europe/Paris"', 'time_zone = "Europe/Atlantis"', 1)
        .replace("window_days = 14", "window_days = -1", 1)
        .replace('amount = "5000.00", currency = "EUR"', 'amount = "5000.00", currency = "XXX"', 1)
    )
    where = {field for field, _ in faults_of(broken)}
    assert {"facility.0.id", "facility.1.time_zone", "policy.0.window_days"} <= where
    assert any(field.startswith("policy.0.review_above.0") for field in where)


@pytest.mark.parametrize(
    ("find", "put"),
    [
        ("paid_repairs = true", "payed_repairs = true"),
        ("[thresholds]", "[tresholds]"),
        ('insurer = "Sample', 'insured_by = "Sample'),
        ('postal_code = "75002"', 'post_code = "75002"'),
        ('code = "DEST_INSURED_EXCHANGE"', 'codes = "DEST_INSURED_EXCHANGE"'),
    ],
)
def test_a_misspelt_key_is_refused_and_never_ignored(find, put):
    assert faults_of(SAMPLE.replace(find, put, 1))


@pytest.mark.parametrize(
    ("find", "put", "code"),
    [
        ('id = "PAR-1"', 'id = "SZX-1"', "repeated"),
        ('version = "2026-01"', 'version = "2024-01"', "repeated"),
        ("effective = 2026-01-01\nwindow", "effective = 2024-01-01\nwindow", "repeated"),
        ("ends = 2028-12-31", "ends = 2025-12-31", "ends_before_start"),
        ('per_parcel = [{ amount = "50000.00"', 'per_parcel = [{ amount = "0.00"', "not_positive"),
    ],
)
def test_entries_that_contradict_each_other_are_refused(find, put, code):
    assert code in {found for _, found in faults_of(SAMPLE.replace(find, put, 1))}


def test_an_agreement_that_ends_before_it_begins_is_refused():
    extra = '\n[[carrier]]\ncarrier = "pigeon"\nservices = ["LOFT"]\n[[carrier.agreements]]\nagreement_ref = "P-1"\n'
    extra += 'lifts = ["X"]\nvalid_from = 2026-02-01\nvalid_to = 2026-01-31\n'
    assert faults_of(SAMPLE + extra) == {("carrier.pigeon", "ends_before_start")}


def test_what_was_asked_about_destinations_is_a_proof_with_its_date():
    proof = next(one for one in merchant().contract_with("dhl").all_proofs if one.country == "CN")
    assert (proof.code, proof.checked_on) == ("DEST_RULE_CHECKED", date(2026, 10, 6))


@pytest.mark.parametrize("broken", [', checked_by = ""', ', checked_by = "desk", country = "France"', ""])
def test_a_proof_without_who_or_of_no_country_is_refused(broken):
    proof = f'{{ code = "DEST_ACCEPTS", checked_on = 2026-10-07{broken} }}'
    text = SAMPLE.replace("proofs = [", f"proofs = [ {proof},", 1)
    assert any(field.startswith("carrier.2.proofs.0") for field, _ in faults_of(text))


def test_a_recall_that_names_nothing_is_refused():
    extra = '\n[[recall]]\nid = "R"\nannounced = 2026-01-01\nhazard = "nickel"\n'
    assert faults_of(SAMPLE + extra) == {("recall.R", "names_nothing")}


@pytest.mark.parametrize("text", ["", "schema = ", "\x00", "schema = 2"])
def test_no_text_at_all_or_no_toml_is_a_typed_refusal(text):
    assert faults_of(text)


def test_a_file_that_is_not_there_is_a_typed_refusal(tmp_path: Path):
    with pytest.raises(SettingsInvalid) as refused:
        load_merchant(tmp_path / "nowhere.toml")
    assert refused.value.code == "settings_invalid"


def test_amounts_are_read_exactly_and_never_through_a_float():
    limit = limit_in(merchant().insurer[0].per_parcel, "EUR")
    assert limit == Decimal("50000.00")
    assert limit_in((Money(Decimal("0.10"), "EUR"),), "USD") is None


def test_no_facility_shows_on_a_label_what_is_in_the_box():
    words = ("gold", "jewel", "diamond", "silver", "platinum")
    shown = [f"{place.company} {place.contact}".lower() for place in merchant().facility]
    assert not [line for line in shown if any(word in line for word in words)]


@pytest.mark.parametrize(
    ("find", "put", "code"),
    [
        ('interest = "seller_in_transit"', 'excluded_countries = ["FR"]', "contradicts"),
        ('interest = "seller_in_transit"', 'goods = ["COIN"]', "contradicts"),
        ("per_weekend = [", "# per_weekend = [", "says_nothing"),
        ('minimum = [{ amount = "1.50"', 'minimum = [{ amount = "-1.50"', "negative"),
        ('deductible = [{ amount = "250.00"', 'deductible = [{ amount = "-250.00"', "negative"),
        ('amount = "250.00", currency = "EUR"', 'amount = "250.00", currency = "USD"', "currency_twice"),
    ],
)  # fmt: skip
def test_an_insurer_s_terms_that_contradict_each_other_are_refused(find, put, code):
    assert faults_of(SAMPLE.replace(find, put, 1)) == {("insurer.SAMPLE-JB-2026", code)}


def test_every_fault_of_a_policy_is_told_at_once():
    text = SAMPLE.replace("ends = 2028-12-31", "ends = 2025-12-31").replace("per_weekend = [", "# per_weekend = [", 1)
    assert {code for _, code in faults_of(text)} == {"ends_before_start", "says_nothing"}


@pytest.mark.parametrize(
    ("find", "put"),
    [
        ('signature = "direct"', 'signature = "maybe"'),
        ('valuation = "invoice"', 'valuation = "guess"'),
        ('"REINFORCED_TAPE"', '"STRING"'),
        ('per_mille = "3.5"', 'per_mille = "1000.01"'),
        ('weekend_counts = "address_day"', 'weekend_counts = "never"'),
        ('interest = "seller_in_transit"', 'deductible_share = "1.01"'),
    ],
)
def test_a_term_that_means_nothing_is_refused(find, put):
    assert faults_of(SAMPLE.replace(find, put, 1))


def test_a_policy_of_the_old_shape_is_read_and_its_new_terms_stay_unknown():
    kept = ("holder", "interest", "consignees", "packing", "signature", "acceptance_scan", "drop_points")
    kept += ("void_if_described", "valuation", "weekend_counts", "over_limit", "premium")
    text = "\n".join(line for line in SAMPLE.splitlines() if not line.startswith(tuple(f"{name} =" for name in kept)))
    policy = read_merchant(text).insurer[0]
    assert [getattr(policy, name) for name in kept if name != "consignees"] == [None] * (len(kept) - 1)
    assert policy.counts_the_day

"""Which row of the thresholds is for a parcel, and what may stand in the file."""

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.errors import RuleFileInvalid, RuleNotInForce
from chalicelib.merchant import MerchantFileInvalid, read_merchant
from chalicelib.rulebook import ROOT
from chalicelib.shipments.thresholds import thresholds
from chalicelib.shipments.watch import watch
from chalicelib.watch_rows import WATCHED_KINDS, Parcel, Span, WatchRow, contradictions
from tests.shipments.journeys import JOURNEY, START, track
from tests.shipments.test_watch import at, hours

DAY = date(2026, 11, 22)
FILE = (ROOT / "merchant.toml").read_text(encoding="utf-8")
PARCEL = Parcel("express", "fedex", "INTERNATIONAL_PRIORITY", "FR", "CN", "home", valuable=True)
SOON = Span(1, "calendar", "low")


def row(**named):
    return WatchRow(**({"kind": "silence", "warn": SOON} | named))


@pytest.mark.parametrize("carrier", ["fedex", "dhl", "ems", "somebody"])
@pytest.mark.parametrize("kind", WATCHED_KINDS)
def test_every_rule_has_a_row_for_every_parcel(kind, carrier):
    rules = thresholds(DAY)
    grounds = {
        "waiting_at_counter": ("known", "unknown"), "possible_loss": ("estimate", "norm", "silence", "posting"),
        "hold_too_old": (None, "export", "import"),
    }.get(kind, (None,))  # fmt: skip
    for ground in grounds:
        for valuable in (True, False):
            parcel = Parcel(rules.class_of(carrier), carrier, None, "FR", "CN", "home", valuable)
            found = rules.threshold(kind, parcel, None, ground)
            assert found.warn or found.critical


def test_every_hold_is_told_of_in_the_end_although_the_customer_must_act():
    for one in thresholds(DAY).rule:
        if one.kind in ("hold_too_old", "unanswered"):
            assert one.critical is not None
            assert one.critical.clock == "calendar"


def test_a_rule_without_a_row_is_a_broken_rule_file_not_a_rule_that_never_warns():
    with pytest.raises(RuleFileInvalid):
        thresholds(DAY).threshold("meteorite", PARCEL)


def test_there_are_no_thresholds_before_the_first_vintage():
    with pytest.raises(RuleNotInForce):
        thresholds(date(2026, 11, 21))


@pytest.mark.parametrize(
    "named",
    [
        {"carrier_class": "express"}, {"carrier": "fedex"}, {"service": "INTERNATIONAL_PRIORITY"}, {"origin": "FR"},
        {"destination": "CN"}, {"direction": "home"}, {"valuable": True},
    ],
)  # fmt: skip
def test_a_row_that_names_something_of_a_parcel_holds_for_it_and_for_no_other(named):
    rules = thresholds(DAY, (row(**named),))
    (name, _), = named.items()  # fmt: skip
    other = {"carrier_class": "postal", "valuable": False, "direction": "out"}.get(name, "XX")
    house = thresholds(DAY)
    assert rules.threshold("silence", PARCEL).warn == SOON
    stranger = PARCEL._replace(**{name: other})
    assert rules.threshold("silence", stranger) == house.threshold("silence", stranger)


def test_the_row_that_names_most_holds_and_one_for_a_carrier_beats_one_for_its_class():
    own = (
        row(carrier="fedex", warn=Span(2, "calendar", "low")),
        row(carrier="fedex", destination="CN", warn=Span(3, "calendar", "low")),
        row(carrier_class="express", warn=Span(4, "calendar", "low")),
    )
    rules = thresholds(DAY, own)
    assert rules.threshold("silence", PARCEL).warn.hours == 3
    assert rules.threshold("silence", PARCEL._replace(destination="US")).warn.hours == 2
    assert rules.threshold("silence", PARCEL._replace(carrier="dhl")).warn.hours == 4


def test_a_reason_is_named_before_anything_else():
    own = (
        WatchRow(kind="hold_too_old", carrier="fedex", destination="CN", critical=SOON),
        WatchRow(kind="hold_too_old", reason="customs_duty_due", critical=Span(9, "calendar", "low")),
    )
    rules = thresholds(DAY, own)
    assert rules.threshold("hold_too_old", PARCEL, "customs_duty_due", "import").critical.hours == 9
    assert rules.threshold("hold_too_old", PARCEL, "customs_inspection", "import").critical.hours == 1


def test_two_rows_that_name_as_much_of_one_parcel_are_refused_and_two_of_different_parcels_are_not():
    meet = (row(carrier="fedex", destination="CN"), row(carrier="fedex", origin="FR"))
    assert [code for _, code, _ in contradictions(meet)] == ["ambiguous"]
    assert [code for _, code, _ in contradictions((row(), row()))] == ["ambiguous"]
    assert not list(contradictions((row(carrier="fedex"), row(carrier="dhl"), row(kind="unanswered"))))


def test_the_rows_of_the_house_do_not_contradict_each_other():
    assert not list(contradictions(thresholds(DAY).rule))


def test_the_merchants_own_rows_hold_for_a_parcel_and_the_house_forgets_them():
    quiet = at(JOURNEY[1])
    own = thresholds(DAY, (row(kind="silence", critical=Span(2, "calendar", "critical"), warn=None),))
    assert [(one.kind, one.severity) for one in watch(quiet, hours(7), own)] == [("silence", "critical")]
    assert watch(quiet, hours(7)) == ()


def merchant(rows):
    return read_merchant(f"{FILE}\n{rows}")


def test_a_merchant_writes_rows_of_his_own():
    told = merchant(
        """
        [[watch]]
        kind = "silence"
        carrier = "dhl"
        destination = "CN"
        warn = { hours = 12, clock = "working", severity = "high" }
        critical = { hours = 30, clock = "working", severity = "critical" }
        """
    )
    assert [(one.kind, one.carrier, one.warn.hours) for one in told.watch] == [("silence", "dhl", 12)]
    assert read_merchant(FILE).watch == ()


WARN = 'warn = { hours = 1, clock = "working", severity = "low" }'
SILENCE = '[[watch]]\nkind = "silence"\n'


@pytest.mark.parametrize(
    ("rows", "where", "code"),
    [
        (f'[[watch]]\nkind = "silense"\n{WARN}', "watch.0.kind", "literal_error"),
        (SILENCE, "watch.0", "says_nothing"),
        (SILENCE + WARN.replace("1", "-1"), "watch.0.warn.hours", "greater_than_equal"),
        (SILENCE + WARN.replace("working", "lunar"), "watch.0.warn.clock", "literal_error"),
        (f'{SILENCE}country = "CN"', "watch.0.country", "unexpected_keyword_argument"),
        (f'{SILENCE}origin = "France"\n{WARN}', "watch.0.origin", "string_pattern_mismatch"),
        (f'{SILENCE}carrier = "fedx"\n{WARN}', "watch.0.carrier", "no_contract"),
        (f"{SILENCE}{WARN}\n{WARN.replace('warn', 'critical').replace('1', '0')}", "watch.0", "critical_before_warn"),
        (2 * f"{SILENCE}{WARN}\n", "watch.1", "ambiguous"),
    ],
)
def test_what_is_wrong_with_a_merchants_row_is_said_by_its_place(rows, where, code):
    with pytest.raises(MerchantFileInvalid) as refused:
        merchant(rows)
    assert (where, code) in {(fault.field, fault.code) for fault in refused.value.faults}


def test_a_row_for_a_service_reads_the_service_of_the_track():
    fast = thresholds(DAY, (row(service="INTERNATIONAL_PRIORITY", critical=SOON, warn=None),))
    events = (JOURNEY[1],)
    slow = track(state=at(*events).state, events=events, created_at=START)
    assert watch(slow, hours(7), fast) == ()
    assert watch(replace(slow, service="INTERNATIONAL_PRIORITY"), hours(7), fast)

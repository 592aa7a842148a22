"""Every scenario with every carrier, read by the product as it comes over the wire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.carriers.registry import carrier, read_tracking
from chalicelib.shipments.events import LegFacts
from chalicelib.shipments.fold import State, fold
from infra.local.carrier_faults import AnswerDropped, Faults, faults_from
from infra.local.carrier_simulator import CarrierSimulator
from infra.local.dhl_simulator import DhlSimulator
from infra.local.ems_simulator import EmsSimulator
from infra.local.fedex_simulator import FedExSimulator
from infra.local.scenarios import BY_DIGITS, MEANINGS, lane_between, scenario, scenario_of

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
START = NOW - timedelta(days=3)
KEY = "MDEyMzQ1Njc4OWFiY2RlZg=="
KEYS = {
    "user": "u", "password": "p", "api_key": "k", "sender_no": "1", "authorization": "a", "sign_key": KEY,
    "client_id": "c", "client_secret": "s",
}  # fmt: skip
ENDS = {
    "fedex": ({"city": "PARIS", "country": "FR"}, {"city": "SHENZHEN", "country": "CN"}),
    "dhl": ({"city": "PARIS", "country": "FR"}, {"city": "SHENZHEN", "country": "CN"}),
    "ems": ({"city": "SHANGHAI", "country": "CN"}, {"city": "PARIS", "country": "FR"}),
}
# milestone, condition and reason where the product must end; None: any.
ENDINGS = {
    "quiet": ("delivered", "ok", None),
    "documents": ("delivered", "ok", None),
    "duty": ("delivered", "ok", None),
    "duplicate": ("import_customs", "ok", None),
    "silence": ("in_transit", "ok", None),
}


def simulator(name: str) -> CarrierSimulator:
    made = {"fedex": FedExSimulator, "dhl": DhlSimulator, "ems": EmsSimulator}[name]
    return made(KEY, clock=lambda: NOW)


def sold(name: str, told: str) -> tuple[CarrierSimulator, str]:
    """A parcel whose number stands for the scenario."""
    one = simulator(name)
    one.sell_next(told)
    origin, destination = ENDS[name]
    return one, one.sell_by_hand("R-1", origin, destination, courier=False)


def asked(one: CarrierSimulator, number: str, which: int = 0) -> Any:
    """What the product reads when it asks."""
    polling = carrier(one.name).polling[which]
    access, token = polling.access, None
    if access.token_request is not None:
        wish = access.token_request(KEYS)
        token = access.read_token(one.handle(wish.method, wish.path, wish.headers, wish.body)[2], NOW).value
    (request,) = polling.requests([number])
    dressed = access.dress(request, KEYS, token, NOW)
    headers, path = dict(dressed.headers), dressed.path or "/"
    return read_tracking(polling.source, one.handle(dressed.method, path, headers, dressed.body)[2], NOW)


def state_of(one: CarrierSimulator, number: str, which: int = 0) -> State:
    origin, destination = ENDS[one.name]
    trackings = asked(one, number, which).trackings
    newest = max(trackings, key=lambda tracking: max(event.at for event in tracking.events))
    return fold(newest.events, LegFacts("home", origin["country"], destination["country"]))


CARRIERS = pytest.mark.parametrize("name", ENDS)


@CARRIERS
@pytest.mark.parametrize("told", MEANINGS)
def test_the_number_chooses_the_scenario_and_it_always_ends_the_same(name: str, told: str) -> None:
    one, number = sold(name, told)
    assert carrier(name).judge_number(number) == "valid"
    assert scenario_of(number) == told
    steps = one.play(number, NOW, start=START)
    again, same = sold(name, told)
    assert again.play(same, NOW, start=START) == steps
    assert one.play(number, NOW, start=START) == []
    reading = asked(one, number)
    assert [problem.code for problem in reading.problems] == []
    known = {event.code for tracking in reading.trackings for event in tracking.events}
    assert {one.spoken(step.word, step.stop.city, step.stop.country, step.at).code for step in steps} <= known
    assert "unrecognised" not in {event.milestone for tracking in reading.trackings for event in tracking.events}


@CARRIERS
@pytest.mark.parametrize("told", ENDINGS)
def test_it_ends_where_its_name_says(name: str, told: str) -> None:
    one, number = sold(name, told)
    one.play(number, NOW, start=START)
    state = state_of(one, number)
    milestone, condition, reason = ENDINGS[told]
    if not (name == "ems" and told == "duplicate"):  # China Post tells both parcels of a number in one list
        assert (state.milestone, state.condition) == (milestone, condition)
    assert reason in (None, state.reason)


@CARRIERS
@pytest.mark.parametrize(
    ("told", "conditions"), [("documents", {"held"}), ("duty", {"held"}), ("seized", {"held", "failed"}),
                             ("damaged", {"action_required", "failed", "delayed"}),
                             ("lost", {"action_required", "failed", "delayed"})],
)  # fmt: skip
def test_a_trouble_is_read_as_one(name: str, told: str, conditions: set[str]) -> None:
    one, number = sold(name, told)
    one.play(number, START + timedelta(hours=22, minutes=15), start=START, name=told)
    if told in ("documents", "duty"):
        one.memory.shipments[number].scans = [
            scan for scan in one.memory.shipments[number].scans if scan.code != one.words["released"].code
        ]
    assert state_of(one, number).condition in conditions


@CARRIERS
def test_what_was_delivered_and_taken_back_is_no_longer_delivered(name: str) -> None:
    one, number = sold(name, "withdrawn")
    one.play(number, START + timedelta(hours=23, minutes=45), start=START)
    assert state_of(one, number).milestone == "delivered"
    one.play(number, NOW, start=START)
    assert state_of(one, number).milestone != "delivered"


@pytest.mark.parametrize(("name", "which"), [("fedex", 0), ("dhl", 0), ("dhl", 1)])
def test_two_parcels_of_one_number_are_told_apart(name: str, which: int) -> None:
    one, number = sold(name, "duplicate")
    one.play(number, NOW, start=START)
    trackings = asked(one, number, which).trackings
    assert [tracking.number for tracking in trackings] == [number, number]
    assert sorted("OK" in codes or "DL" in codes for codes in ({e.code for e in t.events} for t in trackings)) == [
        False, True,
    ]  # fmt: skip


@CARRIERS
def test_a_trip_can_be_stretched_over_days(name: str) -> None:
    origin, destination = ENDS[name]
    fast, slow = (scenario("1", "quiet", START, lane_between(origin, destination, slow=times)) for times in (1, 5))
    assert [step.word for step in fast] == [step.word for step in slow]
    assert slow[-1].at - START > 4 * (fast[-1].at - START)


def test_every_scenario_has_digits_and_a_meaning_and_an_unknown_one_is_refused() -> None:
    assert set(BY_DIGITS.values()) == set(MEANINGS)
    with pytest.raises(ValueError, match="there is no scenario stolen"):
        scenario("1", "stolen", START, lane_between(*ENDS["dhl"]))
    with pytest.raises(ValueError, match="no carrier here has a place in AQ"):
        lane_between({"city": "X", "country": "AQ"}, {"city": "PARIS", "country": "FR"})


# ---- what goes wrong


@CARRIERS
@pytest.mark.parametrize("told", [{"shuffled": True}, {"doubled": True}, {"shuffled": True, "doubled": True}])
def test_scans_told_twice_and_in_no_order_come_to_the_same_state(name: str, told: dict[str, bool]) -> None:
    one, number = sold(name, "quiet")
    one.play(number, NOW, start=START)
    calm = asked(one, number).trackings
    one.faults = faults_from(told, one.faults)
    wild = asked(one, number).trackings
    assert {event.id for event in wild[0].events} == {event.id for event in calm[0].events}
    origin, destination = ENDS[name]
    facts = LegFacts("home", origin["country"], destination["country"])
    assert fold(wild[0].events, facts) == fold(calm[0].events, facts)


@CARRIERS
@pytest.mark.parametrize(("fault", "status"), [("too_many", 429), ("down", 503)])
def test_it_asks_to_wait_for_so_many_calls_and_then_answers_again(name: str, fault: str, status: int) -> None:
    one = simulator(name)
    one.faults = Faults(**{fault: 2, "retry_after_s": 7})
    answers = [one.handle("POST", "/", {}, b"") for _ in range(3)]
    assert [answer[0] for answer in answers[:2]] == [status, status]
    assert answers[0][1]["retry-after"] == "7"
    assert answers[2][0] != status
    access = carrier(name).polling[0].access
    assert access.read_error(*answers[0], NOW).code == "carrier_unavailable"


@CARRIERS
def test_a_dropped_answer_says_whether_it_had_acted(name: str) -> None:
    one = simulator(name)
    one.faults = Faults(dropped_before=1, dropped_after=1)
    seen = []
    for _ in range(2):
        with pytest.raises(AnswerDropped) as dropped:
            one.handle("POST", "/", {}, b"")
        seen.append(dropped.value.acted)
    assert seen == [False, True]
    assert one.handle("POST", "/", {}, b"")


@pytest.mark.parametrize("said", [{"typo": 1}, {"too_many": -1}, {"too_many": "3"}, {"doubled": 1}, {"delay_s": True}])
def test_a_fault_that_does_not_exist_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"there is no fault|is a number|is true or false"):
        faults_from(said, Faults())


def test_the_quota_of_the_day_is_told_apart_from_a_burst() -> None:
    one = simulator("fedex")
    one.faults = Faults(too_many=2, retry_after_s=None)
    burst = one.handle("POST", "/track/v1/trackingnumbers", {}, b"{}")
    one.faults = faults_from({"daily": True}, one.faults)
    daily = one.handle("POST", "/track/v1/trackingnumbers", {}, b"{}")
    assert b"quota" in daily[2]
    assert b"quota" not in burst[2]
    assert "retry-after" not in burst[1]

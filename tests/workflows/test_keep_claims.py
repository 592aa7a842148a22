"""Claims under a case: watched once something is wrong, reminded of in time, filed, answered, paid and ended once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from chalicelib.alerts.changes import resolved
from chalicelib.errors import InvalidRequestError, NotFoundError, ReturnsError
from chalicelib.insurance.claims import row_for
from chalicelib.money import Money
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.case_log import broken_at
from chalicelib.workflows.keep_claims import look
from chalicelib.workflows.keep_exceptions import amendment_of
from chalicelib.workflows.read_claims import list_claims, read_claims
from chalicelib.workflows.sweep_due_work import sweep
from tests.fakes.pieces import a_scan
from tests.faults.gate import ALL_KINDS, CARRIER_KINDS, Crash, Fault, Gate, spread
from tests.workflows.claim_house import DAY, TAKEN, ClaimHouse, eur

KINDS = [kind for kind in ALL_KINDS if kind not in CARRIER_KINDS]
LAST = date(2026, 12, 24)


@pytest.fixture
def house() -> ClaimHouse:
    """A parcel that DHL took on the 24th of November in Paris; on the 27th it is thought lost."""
    made = ClaimHouse()
    made.taken()
    made.world.now = TAKEN + 3 * DAY
    made.trouble()
    return made


# A parcel that is fine


def test_a_parcel_that_is_fine_has_no_claim_and_no_watch():
    fine = ClaimHouse()
    fine.taken()
    look(fine.ports, {"case_id": "case0001", "leg": 1}, fine.now)
    assert (fine.file.claims, fine.file.watches) == ((), ())


def test_a_trouble_that_may_end_in_a_claim_begins_one_against_each_who_may_answer(house):
    assert [(one.claim_id, one.state, one.kind) for one in house.file.claims] == [
        ("1-carrier", "watched", "loss"), ("1-insurer", "watched", "loss"),
    ]  # fmt: skip
    assert house.claim().deadline.last_day == LAST
    assert house.claim("insurer").deadline.clock == "policy:SAMPLE-JB-2026"
    assert house.claim("insurer").deadline.last_day == date(2026, 12, 5)


def test_a_second_word_of_the_same_trouble_begins_nothing_again(house):
    before = len(house.file.log)
    house.look()
    house.look()
    assert len(house.file.log) == before


def test_a_leg_there_is_not_ends_in_the_dead_letters(house):
    with pytest.raises(NotFoundError):
        look(house.ports, {"case_id": "case0001", "leg": 7}, house.now)


# Reminders


def test_dhl_is_reminded_of_on_its_days_16_23_and_25_in_one_episode_that_grows_graver(house):
    house.act("withdraw", "insurer", why="no_claim")
    graver: dict[str, str] = {}
    for day in ("2026-12-09", "2026-12-10", "2026-12-16", "2026-12-17", "2026-12-18", "2026-12-19", "2026-12-20"):
        house.until(day)
        told = [row for row in house.told() if row[0] == f"carrier-{LAST}"]
        graver[day] = told[0][1] if told else "-"
    assert list(graver.values()) == ["-", "medium", "medium", "high", "high", "critical", "critical"]
    assert len([row for row in house.told() if row[0] == f"carrier-{LAST}"]) == 1


def test_the_reminder_s_own_deadline_is_the_last_day_of_the_claim(house):
    house.until("2026-12-11")
    (reminder,) = [one for one in house.reminders if one.episode == f"claim-1-carrier-{LAST}"]
    assert reminder.deadline == house.claim().deadline.ends_at
    assert reminder.money_at_risk == house.leg.customs_value


def test_a_protective_claim_is_asked_for_while_a_trace_could_still_be_answered(house):
    house.until("2026-12-16")
    assert not any("protective" in name for name, _, _ in house.told() if name.startswith("carrier"))
    house.until("2026-12-18")
    assert (f"carrier-{LAST}-protective", "high", "open") in house.told()


def test_of_a_parcel_that_is_known_to_be_lost_no_protective_claim_is_asked_for(house):
    house.scanned(a_scan(99, milestone="lost", at=TAKEN + 4 * DAY, source="dhl"))
    house.until("2026-12-20")
    assert not any("protective" in name for name, _, _ in house.told())


def test_a_claim_nobody_files_lapses_loudly_and_what_came_before_is_taken_back(house):
    house.until("2026-12-26")
    assert house.claim().state == "lapsed"
    assert [row for row in house.told() if row[2] == "open" and row[0].startswith("carrier")] == [
        (f"carrier-{LAST}-lapsed", "critical", "open")
    ]


def test_a_lapsed_claim_names_another_clock_that_still_runs():
    late = ClaimHouse("fedex")
    late.taken()
    late.scanned(a_scan(99, milestone="delivered", at=TAKEN + 4 * DAY, source="fedex"))
    late.world.now = TAKEN + 5 * DAY
    late.trouble("action_required", reason="damaged")
    late.until("2026-12-14")
    note = next(one for one in late.reminders if one.reason == "lapsed" and "carrier" in one.episode).history[0].note
    assert "CL-FDX-DAMAGE still runs until 2026-12-19: file at once" in note


def test_a_filing_ends_every_reminder_of_its_claim_and_leaves_the_other_party_s(house):
    house.until("2026-12-01")
    assert [row for row in house.told() if row[2] == "open"] == [
        ("insurer-2026-12-05", "high", "open"), ("insurer-2026-12-05-protective", "high", "open"),
    ]  # fmt: skip
    house.filed("insurer")
    house.until("2026-12-16")
    assert not [row for row in house.told() if row[0].startswith("insurer") and row[2] == "open"]
    assert [row for row in house.told() if row[0].startswith("carrier") and row[2] == "open"]


def test_what_was_resolved_by_a_person_is_told_again_only_when_it_is_graver(house):
    house.until("2026-12-11")
    case = house.file.case
    (reminder,) = [one for one in house.reminders if one.episode == f"claim-1-carrier-{LAST}"]

    def by_hand(read: Any) -> Any:
        done = resolved(
            reminder, house.now, "anna@desk", "not now", version=reminder.version + 1, sequence=read.log_n + 1
        )
        return amendment_of(read, done, by="anna@desk")

    amend(house.ports, case.case_id, house.now, by_hand)
    house.until("2026-12-15")
    assert [row[2] for row in house.told() if row[0] == f"carrier-{LAST}"] == ["resolved"]
    house.until("2026-12-18")
    again = [row for row in house.told() if row[0].startswith(f"carrier-{LAST}.") and row[2] == "open"]
    assert [row[1] for row in again] == ["high"]


def by_hand(house: ClaimHouse, kind: str) -> None:
    """A person has done with the exception of this kind."""
    (found,) = [one for one in house.file.exceptions if one.kind == kind]

    def change(read: Any) -> Any:
        done = resolved(found, house.now, "anna@desk", "traced", version=found.version + 1, sequence=read.log_n + 1)
        return amendment_of(read, done, by="anna@desk")

    amend(house.ports, "case0001", house.now, change)


def test_a_trouble_that_a_person_has_done_with_keeps_its_clock_while_the_parcel_is_not_seen_again(house):
    by_hand(house, "possible_loss")
    house.until("2026-12-18")
    assert house.claim().state == "watched"
    assert (f"carrier-{LAST}", "high", "open") in house.told()


def test_a_trouble_that_a_person_has_done_with_is_over_once_the_parcel_is_seen_again(house):
    by_hand(house, "possible_loss")
    house.scanned(a_scan(3, at=TAKEN + 5 * DAY, source="dhl"))
    house.until("2026-12-02")
    assert {(one.state, one.why) for one in house.file.claims} == {("closed", "all_well")}


def test_a_parcel_that_customs_keep_for_days_has_the_carrier_s_clock_watched_and_not_the_insurer_s():
    kept = ClaimHouse()
    kept.taken()
    kept.world.now = TAKEN + 4 * DAY
    kept.trouble("hold_too_old", reason="customs_documents_missing", severity="critical")
    kept.until("2026-12-18")
    assert (kept.claim().kind, kept.claim().deadline.last_day) == ("delay", LAST)
    assert [row[:2] for row in kept.told()] == [(f"carrier-{LAST}", "high")]


def test_a_parcel_lost_out_of_a_long_hold_is_news_to_the_insurer_only_then():
    kept = ClaimHouse()
    kept.taken()
    kept.world.now = TAKEN + 4 * DAY
    kept.trouble("hold_too_old", reason="customs_documents_missing", severity="critical")
    kept.until("2026-12-12")
    kept.trouble("failed", "t2", reason="lost")
    kept.trouble("hold_too_old", action="close")
    kept.look()
    assert kept.claim("insurer").deadline.last_day == date(2026, 12, 19)


def test_a_second_trouble_gives_the_insurer_s_clock_no_new_beginning(house):
    house.until("2026-12-01")
    house.trouble("failed", "t2", reason="lost")
    house.trouble(action="close")
    house.look()
    assert house.claim("insurer").deadline.last_day == date(2026, 12, 5)


def test_a_corrected_start_moves_the_reminder_and_takes_the_old_one_back(house):
    house.until("2026-12-11")
    house.scanned(a_scan(1, milestone="picked_up", at=TAKEN - 4 * DAY, source="dhl"))
    house.until("2026-12-12")
    assert house.claim().deadline.last_day == date(2026, 12, 20)
    assert (f"carrier-{LAST}", "medium", "resolved") in house.told()
    assert ("carrier-2026-12-20", "medium", "open") in house.told()


def test_a_lapsed_claim_whose_start_is_corrected_runs_again(house):
    house.until("2026-12-26")
    house.filed("insurer")
    (track,) = house.ports.tracks.file("dhl", house.leg.number).tracks
    house.ports.tracks.save(replace(track, events=(), version=track.version + 1))
    house.taken(TAKEN + 6 * DAY)
    house.look()
    claim = house.claim()
    assert (claim.state, claim.deadline.last_day) == ("watched", date(2026, 12, 30))


def test_an_answer_that_is_late_is_asked_for(house):
    house.filed()
    days = row_for("answer", house.now.date(), "carrier", "dhl")["days"]
    house.until(str(house.now.date() + timedelta(days=days - 1)))
    assert not [row for row in house.told() if "unanswered" in row[0]]
    house.until(str(house.now.date() + timedelta(days=2)))
    assert [row[1:] for row in house.told() if "unanswered" in row[0]] == [("medium", "open")]
    house.act("acknowledge", on=house.now.date())
    house.until(str(house.now.date() + timedelta(days=1)))
    assert [row[1:] for row in house.told() if "unanswered" in row[0]] == [("medium", "resolved")]


def test_evidence_wanted_by_a_day_is_reminded_of_before_that_day(house):
    house.filed()
    house.act("want_evidence", on=house.now.date(), wanted=("trace",), until=date(2026, 12, 20))
    house.until("2026-12-18")
    assert [row for row in house.told() if "answer" in row[0]] == [("carrier-answer-2026-12-20", "high", "open")]


# Rest


def test_delivered_and_well_the_watch_rests_and_costs_nothing_more(house):
    house.scanned(a_scan(99, milestone="delivered", at=TAKEN + 4 * DAY, source="dhl"))
    house.trouble(action="close")
    house.until("2026-11-30")
    assert {(one.state, one.why) for one in house.file.claims} == {("closed", "all_well")}
    assert house.file.watches[0].due_at is None
    assert [due for due in house.ports.due.due(house.now + 99 * DAY, 50) if due.kind == "claim"] == []


def test_a_new_trouble_wakes_it_again(house):
    house.trouble(action="close")
    house.until("2026-11-30")
    house.trouble("weight_changed", "t2", reason="weight_dropped")
    assert {(one.state, one.kind) for one in house.file.claims} == {("watched", "shortage")}
    assert house.claim("insurer").deadline.last_day == date(2026, 12, 7), "known to us only now"


def test_what_a_person_says_is_no_claim_rests(house):
    for party in ("carrier", "insurer"):
        house.act("withdraw", party, why="no_claim")
    house.until("2026-12-26")
    assert {row[2] for row in house.told()} <= {"resolved"}
    assert house.file.watches[0].due_at is None


# People


def test_a_person_prepares_what_nobody_watched():
    fine = ClaimHouse()
    fine.taken()
    assert fine.act("prepare", kind="damage", amount=eur("300.00"), discovered_on=MONDAY_BEFORE) is True
    assert fine.act("prepare", kind="damage", amount=eur("300.00"), discovered_on=MONDAY_BEFORE) is False
    assert (fine.claim().state, fine.claim().claimed) == ("prepared", eur("300.00"))
    assert [one.party for one in fine.file.claims] == ["carrier"]
    assert fine.file.watches[0].due_at is not None


MONDAY_BEFORE = date(2026, 11, 22)


def test_a_claim_is_not_made_against_an_insurer_who_covers_nothing():
    bare = ClaimHouse()
    plan = bare.file.plan
    uninsured = replace(plan, answer={**plan.answer, "cover": {**plan.answer["cover"], "policy_no": None}})
    amend(bare.ports, "case0001", bare.now, lambda case: Amendment(case, "cover_ended", plan=uninsured))
    with pytest.raises(InvalidRequestError) as refused:
        bare.act("prepare", "insurer")
    assert refused.value.faults[0].code == "not_insured"


def test_nothing_but_preparing_begins_a_claim():
    fine = ClaimHouse()
    with pytest.raises(NotFoundError):
        fine.filed()


def test_freight_that_is_told_raises_what_may_be_asked(house):
    with pytest.raises(InvalidRequestError):
        house.act("prepare", amount=eur("1200.00"))
    house.act("prepare", amount=eur("1200.00"), freight=eur("42.00"))
    assert house.row()["at_most"]["amount"] == {"amount": "1222.00", "currency": "EUR"}


def test_every_change_is_in_the_case_log_by_its_holder_without_amounts_or_numbers(house):
    house.act("prepare", amount=eur("987.65"))
    house.filed(reference="CLM-77")
    house.act("pay", on=house.now.date(), reference="PAY-88", amount=eur("555.00"))
    told = [(line.by, line.what) for line in house.file.log if line.by == "boss@desk"]
    assert told == [("boss@desk", "claim_prepared"), ("boss@desk", "claim_filed"), ("boss@desk", "claim_paid")]
    text = str([dict(line.facts) for line in house.file.log])
    assert not any(secret in text for secret in ("987", "CLM-77", "PAY-88", "555"))
    assert broken_at(house.file.log) is None


def test_what_both_parties_pay_beyond_the_loss_is_told_once_and_shown(house):
    for party, amount in (("carrier", "700.00"), ("insurer", "700.00")):
        house.filed(party)
        house.act("pay", party, on=house.now.date(), reference=f"P-{party}", amount=eur(amount))
    house.until("2026-12-02")
    assert [row for row in house.told() if row[0] == "overpaid"] == [("overpaid", "high", "open")]
    (leg,) = read_claims(house.ports, "case0001", house.now)["legs"]
    assert (leg["double_recovery"], leg["received"]) == ("more_than_lost", [{"amount": "1400.00", "currency": "EUR"}])


def test_a_limit_of_liability_is_shown_as_what_to_expect_and_bounds_nothing(house):
    row = house.row()
    assert row["expected"]["amount"]["currency"] == "EUR"
    assert house.act("prepare", amount=eur("1180.00")) is False
    assert house.claim().claimed == eur("1180.00")


def test_open_claims_are_listed_by_their_last_day(house):
    page = list_claims(house.ports, state="watched", cursor=None, limit=10)
    assert [row["claim_id"] for row in page["items"]] == ["1-insurer", "1-carrier"]
    assert list_claims(house.ports, state="filed", cursor=None, limit=10)["items"] == []


def test_amounts_of_two_currencies_are_kept_apart(house):
    house.filed()
    house.act("pay", on=house.now.date(), reference="A", amount=eur("5.00"), final=False)
    house.act("pay", on=house.now.date(), reference="B", amount=Money(eur("7.00").amount, "USD"))
    assert [one["currency"] for one in house.row()["received"]] == ["EUR", "USD"]


def test_a_watch_that_cannot_be_looked_at_is_tried_on_and_told_at_the_fifth_time(house):
    house.world.now += 40 * DAY
    for _ in range(7):
        house.world.now += timedelta(hours=9)
        with suppress(Exception):
            sweep(house.ports, house.now)
        house.world.queues.waiting = type(house.world.queues.waiting)(
            one for one in house.world.queues.waiting if one.queue == "alerts"
        )
    house.world.pump()
    assert [row[0].partition("-")[0] for row in house.told() if row[0].startswith("stuck")] == ["stuck"]


# Crash at every call


STORIES: dict[str, Any] = {
    "begun": lambda house: house.trouble("silence", "t2"),
    "reminded": lambda house: house.until("2026-12-10", DAY / 4),
    "filed": lambda house: house.world.ask(lambda: filed_once(house)),
    "paid": lambda house: house.world.ask(lambda: paid_once(house)),
    "packed": lambda house: house.world.ask(lambda: house.act("prepare")),
}


BY_PERSON = ("filed", "paid", "packed")


def filed_once(house: ClaimHouse) -> None:
    house.act("file", on=date(2026, 11, 27), protective=True)


def paid_once(house: ClaimHouse) -> None:
    house.act("file", on=date(2026, 11, 27), protective=True)
    house.act("pay", on=date(2026, 11, 27), reference="P-1", amount=eur("100.00"), final=False)


def ended(story: str, fault: Fault | None) -> tuple[ClaimHouse, list[str]]:
    """The story with one call gone wrong, and the schedule run until it is quiet."""
    house = ClaimHouse()
    house.taken()
    house.world.now = TAKEN + 3 * DAY
    if story != "begun":
        house.trouble()
    if story == "reminded":
        house.until("2026-12-09")
    gate: Gate = house.world.gate
    gate.calls, gate.fault = [], fault
    with suppress(Crash, ReturnsError):
        STORIES[story](house)
    calls = list(gate.calls)
    gate.fault = None
    if story in BY_PERSON:
        STORIES[story](house)
    house.until("2026-12-12" if story == "reminded" else "2026-11-30", DAY / 4)
    return house, calls


@cache
def undisturbed(story: str) -> tuple[Any, tuple[str, ...]]:
    house, calls = ended(story, None)
    return picture(house), tuple(calls)


def picture(house: ClaimHouse) -> Any:
    claims = [
        (one.claim_id, one.state, one.kind, one.deadline and one.deadline.last_day, len(one.payments), one.received)
        for one in house.file.claims
    ]
    deeds = [line.what for line in house.file.log if line.by == "boss@desk"]
    told = sorted(row for row in house.told())
    packs = [(one.claim_id, one.missing) for one in house.file.packs]
    return claims, told, deeds, packs, house.file.watches[0].due_at is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("story", STORIES)
def test_whatever_call_fails_no_reminder_is_lost_or_shown_twice_and_no_payment_counted_twice(story, kind):
    """Every kind of fault at every kind of call, and one in turn at every second call; ``FAULTS=all`` makes it all."""
    expected, calls = undisturbed(story)
    for fault in spread(calls, every=2):
        if fault.kind == kind:
            house, _ = ended(story, fault)
            assert picture(house) == expected, f"{kind} at {fault.at} {calls[fault.at]}"

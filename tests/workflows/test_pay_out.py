"""A refund is paid once, or stays visibly unknown with a person: whatever fails, whenever."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.errors import ConflictError, InvalidRequestError, ReturnsError
from chalicelib.returns.disputes import Dispute
from chalicelib.workflows.keep_settlement import FoundOut
from chalicelib.workflows.pay_out import IN_HAND, take_payment
from chalicelib.workflows.payment_ports import PaymentOutcomeUnknown, Refunded
from tests.faults.gate import ALL_KINDS, CARRIER_KINDS, Crash, Fault, spread, told_apart
from tests.workflows.settling import DAY, HOUR, MONDAY, SettlingHouse, eur, paid, request_paid

KINDS = [kind for kind in ALL_KINDS if kind not in CARRIER_KINDS]
PAY = {"kind": "pay", "case_id": "case0001", "leg": "-", "part_id": "1"}


@pytest.fixture
def house() -> SettlingHouse:
    """A refund that two have approved, and its message."""
    made = SettlingHouse().back()
    made.approved()
    return made


def hang_up(house: SettlingHouse, *, after: bool) -> None:
    """The provider's next answer is lost, before or after it paid."""
    real = house.world.payments.refund

    def refund(order):
        house.world.payments.refund = real
        if after:
            real(order)
        raise PaymentOutcomeUnknown("no answer")

    house.world.payments.refund = refund


def test_the_same_message_twice_pays_once(house):
    house.work()
    for _ in range(3):
        take_payment(house.ports, PAY, house.now)
    assert len(house.world.payments.asked) == 1
    assert len(house.postings) == 1


def test_an_answer_that_is_lost_after_it_paid_is_found_by_our_reference(house):
    hang_up(house, after=True)
    house.work()
    assert (house.settlements[0].state, len(house.world.payments.paid)) == ("done", 1)


def test_what_the_provider_does_not_know_stays_unknown_with_a_person_and_is_never_paid_again_by_itself(house):
    hang_up(house, after=False)
    house.work()
    assert house.settlements[0].state == "unknown"
    assert house.open_kinds() == ["refund_unknown"]
    for hours in (1, 7, 31, 60):
        house.sweep(MONDAY + hours * HOUR)
    assert house.settlements[0].state == "unknown"
    assert house.world.payments.paid == {}
    with pytest.raises(ConflictError):
        house.withdraw()


def test_money_that_turns_up_later_is_found_and_the_person_freed(house):
    hang_up(house, after=False)
    house.work()
    house.world.payments.paid["late"] = None
    order = house.settlements[0].reference
    house.world.payments.paid[order] = None
    house.sweep(MONDAY + 2 * HOUR)
    assert (house.settlements[0].state, house.open_kinds()) == ("done", [])


def test_a_person_who_finds_that_it_was_paid_ends_it(house):
    hang_up(house, after=False)
    house.work()
    house.reconcile(FoundOut("paid", "re_by_hand"))
    house.reconcile(FoundOut("paid", "re_by_hand"))
    house.work()
    assert (house.settlements[0].provider_reference, len(house.postings), house.stage) == ("re_by_hand", 1, "closed")
    assert house.open_kinds() == []


def test_a_person_who_finds_that_it_was_not_has_it_looked_up_once_more_and_paid_under_the_same_reference(house):
    hang_up(house, after=False)
    house.work()
    before = house.settlements[0].reference
    house.reconcile(FoundOut("not_paid"))
    house.work()
    assert (house.settlements[0].state, house.settlements[0].reference) == ("done", before)
    assert len(house.world.payments.paid) == 1


def test_a_person_who_errs_pays_nothing_twice(house):
    hang_up(house, after=False)
    house.work()
    house.world.payments.paid[house.settlements[0].reference] = None  # it came after all
    house.reconcile(FoundOut("not_paid"))
    house.work()
    assert house.settlements[0].state == "done"
    assert house.world.payments.asked == []


def test_a_refusal_is_told_with_the_providers_reason_and_makes_way_for_another(house):
    house.world.payments.refused.add(f"{house.file.case.rma}-S1")
    house.work()
    assert (house.settlements[0].state, house.settlements[0].problem) == (
        "refused_by_provider", "charge_already_refunded",
    )  # fmt: skip
    assert house.open_kinds() == ["refund_refused"]
    assert house.postings == ()
    assert house.propose()["settlement_id"] == "2"


def test_a_provider_that_is_away_is_tried_on_and_a_person_told_the_fifth_time(house):
    house.world.payments.down = True
    house.work()
    for tries in range(1, 6):
        house.sweep(house.now + timedelta(hours=9 * tries))
    assert house.settlements[0].state == "approved"
    assert "refund_stuck" in house.open_kinds()
    house.world.payments.down = False
    house.sweep(house.now + 10 * HOUR)
    assert (house.settlements[0].state, len(house.world.payments.paid)) == ("done", 1)
    assert "refund_stuck" not in house.open_kinds()


def test_one_that_was_never_asked_for_may_still_be_withdrawn(house):
    house.world.payments.down = True
    house.work()
    house.withdraw()
    house.world.payments.down = False
    house.work()
    house.sweep(MONDAY + DAY)
    assert (house.settlements[0].state, house.world.payments.paid) == ("withdrawn", {})


def test_a_dispute_that_comes_between_approval_and_payment_stops_it(house):
    house.put(Dispute("case0001", "D-1", "visa", "13.7", "open", None, MONDAY, "fin"))
    house.work()
    assert (house.settlements[0].state, house.world.payments.asked) == ("approved", [])
    assert house.open_kinds() == ["refund_stuck"]


def test_a_payment_on_its_way_is_asked_for_until_it_is_there(house):
    said = [Refunded("pending", "re_9"), Refunded("done", "re_9")]
    house.world.payments.refund = lambda order: said.pop(0)
    house.world.payments.find = lambda order: said[0]
    house.work()
    assert (house.settlements[0].state, house.settlements[0].problem) == ("paying", "pending")
    house.sweep(MONDAY + 7 * HOUR)
    assert house.settlements[0].state == "done"


def test_a_worker_that_died_after_its_call_is_followed_by_one_that_asks(house):
    real = house.world.payments.refund

    def dies(order):
        real(order)
        raise Crash

    house.world.payments.refund = dies
    with pytest.raises(Crash):
        house.work("payments")
    house.world.payments.refund = real
    take_payment(house.ports, PAY, house.now + timedelta(seconds=30))
    assert house.settlements[0].state == "paying"  # its worker may still be at it
    take_payment(house.ports, PAY, house.now + IN_HAND)
    assert (house.settlements[0].state, len(house.world.payments.asked)) == ("done", 1)


def test_a_payment_nobody_knows_is_paid_by_people_and_closed_by_their_word():
    house = SettlingHouse(request_paid(paid(provider=None))).back()
    house.approved()
    house.work()
    assert (house.settlements[0].pays, house.settlements[0].state) == ("person", "approved")
    with pytest.raises(InvalidRequestError):
        house.reconcile(FoundOut("paid"))
    house.reconcile(FoundOut("paid", "bank transfer 7"))
    house.work()
    assert (house.settlements[0].state, house.stage) == ("done", "closed")


def test_work_that_no_story_knows_is_refused():
    with pytest.raises(InvalidRequestError):
        take_payment(SettlingHouse().ports, {"kind": "dance"}, MONDAY)


def test_a_proposal_that_waits_a_day_is_told_and_closed_with_the_approval():
    house = SettlingHouse().back()
    house.propose()
    house.sweep(MONDAY + 23 * HOUR)
    assert house.open_kinds() == []
    house.sweep(MONDAY + 25 * HOUR)
    assert house.open_kinds() == ["refund_waits_approval"]
    house.approve("max", "manager")
    house.approve("lea", "lead")
    house.work()
    assert (house.settlements[0].state, house.open_kinds()) == ("done", [])


# Every call of the story goes wrong in every way


def tell(house: SettlingHouse) -> None:
    """Approve by two who ask again when they are not answered, and workers that come again."""
    for by, role in (("max", "manager"), ("lea", "lead")):
        for _ in range(3):
            with suppress(Crash):
                try:
                    house.approve(by, role)
                except ConflictError:
                    break
                except ReturnsError:
                    continue
                break
    for hours in range(0, 40, 3):
        house.now = MONDAY + hours * HOUR
        with suppress(Crash, ReturnsError):
            house.work()
        with suppress(Crash, ReturnsError):
            house.sweep(house.now)
    house.work()


def calls_of_the_story() -> list[str]:
    house = proposed()
    house.world.gate.calls.clear()
    tell(house)
    assert house.settlements[0].state == "done"
    return list(house.world.gate.calls)


def proposed() -> SettlingHouse:
    house = SettlingHouse().back()
    house.propose()
    return house


CALLS = calls_of_the_story()
FAULTS = {fault for fault in spread(CALLS, every=5) if fault.kind in KINDS}
FAULTS |= {
    Fault(kind, at) for at, name in enumerate(CALLS) for kind in told_apart(name) if name.startswith("payments.")
}


@pytest.mark.parametrize(
    "fault",
    sorted(FAULTS, key=lambda one: (one.at, one.kind)),
    ids=lambda fault: f"{fault.kind}-{fault.at}-{CALLS[fault.at]}",
)
def test_whatever_call_goes_wrong_the_refund_is_paid_at_most_once_and_never_in_silence(fault):
    house = proposed()
    house.world.gate.calls.clear()
    house.world.gate.fault = fault
    tell(house)
    house.world.gate.fault = None
    tell(house)
    (one,) = house.settlements
    assert len(house.world.payments.paid) <= 1
    assert len(house.postings) == (one.state == "done")
    if one.state == "done":
        assert len(house.world.payments.paid) == 1
        assert house.stage == "closed"
    else:
        assert one.state == "unknown"
        assert "refund_unknown" in house.open_kinds()


def test_the_money_that_is_told_sums_to_zero_after_all_of_it(house):
    from chalicelib.workflows.read_settlements import read_settlements

    house.work()
    told = read_settlements(house.ports, "case0001")
    held = {row["account"]: row["amount"]["amount"] for row in told["balances"]}
    assert held == {"customer": "0.00", "merchant": "0.00"}
    assert eur("1195.00").as_json() == told["postings"][0]["amount"]
    assert replace(house.settlements[0]).gave == eur("1195.00")

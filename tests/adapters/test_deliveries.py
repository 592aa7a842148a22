"""Deliveries and receivers in the table: pages of the log, the dead list, due times, races."""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.adapters.deliveries import delivery_item
from chalicelib.alerts.bodies import delivery_of
from chalicelib.alerts.deliveries import Delivery, Try, after_try, patience, replayed, verdict_on
from chalicelib.alerts.receiver_health import ReceiverHealth, failed, told_of
from chalicelib.errors import InvalidRequestError, StoredItemUnreadable
from chalicelib.merchant import load_merchant
from chalicelib.workflows.delivery_ports import DeliveryQuery
from tests.alerts.told import an_alert
from tests.metering.sizes import item_size

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
RULES = patience(NOON.date())
MINUTE = timedelta(minutes=1)
EVERYTHING = DeliveryQuery("crm")
MERCHANT = load_merchant(Path("chalicelib/merchant.toml"))


def a_delivery(n: int = 1, **changed) -> Delivery:
    plain = Delivery(
        "crm", f"msg_{n}", "webhook", "exception.opened", f"case/c{n}", n, occurred_at=NOON,
        created_at=NOON + n * MINUTE, body='{"a":"扣关"}',
    )  # fmt: skip
    return replace(plain, **changed)


def kept(ports, *deliveries):
    for one in deliveries:
        assert ports.deliveries.put_new(one)


def dead(ports, n, **changed):
    delivery = a_delivery(n, **changed)
    kept(ports, delivery)
    given = after_try(delivery, verdict_on(410, {}, 7, NOON, 60), NOON, RULES)
    assert ports.deliveries.save(given)
    return given


def every_page(ports, query, limit):
    found, cursor = [], None
    for _ in range(100):
        page = ports.deliveries.listed(query, cursor, limit)
        found += page.deliveries
        cursor = page.cursor
        if cursor is None:
            return [one.message_id for one in found]
    raise AssertionError("the pages do not end")


def test_a_delivery_is_read_as_it_was_kept_and_kept_once(ports):
    rich = a_delivery(
        tries=(Try(NOON, "timeout", 10_000), Try(NOON + MINUTE, "receiver_gone", None)), due_at=NOON + MINUTE,
        attempts=2, replayed_at=NOON, replayed_by="boss@desk",
    )  # fmt: skip
    kept(ports, rich)

    assert ports.deliveries.read("case/c1", "crm", "msg_1") == rich
    assert ports.deliveries.read("case/c1", "crm", "msg_2") is None
    assert not ports.deliveries.put_new(replace(rich, body="other"))
    assert ports.deliveries.read("case/c1", "crm", "msg_1").body == '{"a":"扣关"}'


@pytest.mark.parametrize("subject", ["number/fedex/794", "case/c1#DELIVERY#crm", "rule/a|b", "case/" + "x" * 400, "é"])
def test_no_subject_can_forge_another_key(ports, subject):
    kept(ports, a_delivery(subject=subject))

    assert ports.deliveries.read(subject, "crm", "msg_1").subject == subject
    assert ports.deliveries.of_subject("case/c1", None, 10).deliveries == ()


def test_who_saves_over_a_version_that_moved_writes_nothing(ports):
    kept(ports, a_delivery())
    sent = after_try(a_delivery(), verdict_on(200, {}, 7, NOON, 60), NOON, RULES)
    assert ports.deliveries.save(sent)

    assert not ports.deliveries.save(after_try(a_delivery(), verdict_on(500, {}, 7, NOON, 60), NOON, RULES))
    assert ports.deliveries.read("case/c1", "crm", "msg_1") == sent


def test_it_is_due_only_while_a_retry_is_waited_for(ports):
    kept(ports, a_delivery())
    assert list(ports.due.due(NOON + 9000 * MINUTE, 10)) == []
    again = after_try(a_delivery(), verdict_on(500, {}, 7, NOON, 60), NOON, RULES)
    ports.deliveries.save(again)
    (due,) = ports.due.due(NOON + 9000 * MINUTE, 10)
    assert (due.kind, ports.deliveries.of_due(due)) == ("delivery", again)

    assert ports.due.claim(due, NOON + 9000 * MINUTE)
    assert ports.deliveries.of_due(due) is None
    sent = after_try(again, verdict_on(200, {}, 7, NOON, 60), NOON, RULES)
    assert ports.deliveries.save(sent), "a claim of the sweep does not stand in the worker's way"
    assert list(ports.due.due(NOON + 90_000 * MINUTE, 10)) == []
    assert ports.deliveries.read("case/c1", "crm", "msg_1") == sent


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_the_log_of_a_receiver_is_newest_first_with_the_dead_among_the_others(ports, limit):
    kept(ports, *(a_delivery(n) for n in range(1, 8)), a_delivery(20, receiver="erp"))
    dead(ports, 8)
    dead(ports, 9, receiver="erp")

    assert every_page(ports, EVERYTHING, limit) == [f"msg_{n}" for n in range(8, 0, -1)]


def test_many_made_in_the_same_second_are_each_given_once(ports):
    kept(ports, *(a_delivery(n, created_at=NOON) for n in range(1, 24)))

    found = every_page(ports, EVERYTHING, 5)
    assert sorted(found) == sorted(f"msg_{n}" for n in range(1, 24))


def test_the_dead_of_all_receivers_are_found_together(ports):
    dead(ports, 1)
    dead(ports, 2, receiver="erp")
    kept(ports, a_delivery(3))

    assert every_page(ports, DeliveryQuery(state="dead"), 10) == ["msg_2", "msg_1"]
    assert every_page(ports, DeliveryQuery("crm", "dead"), 10) == ["msg_1"]
    assert every_page(ports, DeliveryQuery("crm", "waiting"), 10) == ["msg_3"]


def test_a_span_of_time_is_kept_to_on_both_sides(ports):
    kept(ports, *(a_delivery(n) for n in range(1, 10)))
    span = DeliveryQuery("crm", since=NOON + 3 * MINUTE, until=NOON + 6 * MINUTE)

    assert every_page(ports, span, 2) == ["msg_6", "msg_5", "msg_4", "msg_3"]


def test_one_that_is_replayed_while_the_pages_are_read_is_not_given_twice(ports):
    given = [dead(ports, n) for n in range(1, 13)]
    seen, cursor = [], None
    while True:
        page = ports.deliveries.listed(EVERYTHING, cursor, 5)
        for one in page.deliveries:
            seen.append(one.message_id)
            ports.deliveries.save(replayed(one, "boss", NOON, NOON))
        cursor = page.cursor
        if cursor is None:
            break

    assert sorted(seen) == sorted(one.message_id for one in given)


def test_a_cursor_of_another_list_is_refused_and_one_of_another_query_does_no_harm(ports):
    kept(ports, *(a_delivery(n) for n in range(1, 6)))
    cursor = ports.deliveries.listed(EVERYTHING, None, 2).cursor

    ports.deliveries.listed(DeliveryQuery("crm", until=NOON), cursor, 2)
    with pytest.raises(InvalidRequestError):
        ports.deliveries.listed(EVERYTHING, "nonsense", 2)


def test_what_was_told_of_a_subject_is_read_in_pages(ports):
    kept(ports, *(a_delivery(n, subject="case/c1") for n in range(1, 6)), a_delivery(6))
    first = ports.deliveries.of_subject("case/c1", None, 3)
    rest = ports.deliveries.of_subject("case/c1", first.cursor, 3)

    assert [one.message_id for one in (*first.deliveries, *rest.deliveries)] == [f"msg_{n}" for n in range(1, 6)]
    assert rest.cursor is None


@pytest.mark.parametrize("place", ["LOG#1", "~", "DELIVERY#" + "a" * 1020])
def test_a_place_that_is_none_of_its_deliveries_is_refused(ports, place):
    with pytest.raises(InvalidRequestError):
        ports.deliveries.of_subject("case/c1", place, 3)


def test_how_a_receiver_is_is_kept_by_who_was_first(ports):
    fresh = ports.deliveries.health("crm")
    assert fresh == ReceiverHealth("crm")
    resting = failed(fresh, verdict_on(503, {}, 7, NOON, 60), NOON, RULES)
    assert ports.deliveries.save_health(resting)
    assert not ports.deliveries.save_health(failed(fresh, verdict_on(500, {}, 7, NOON, 60), NOON, RULES))
    told = told_of(resting, "failing-x")
    assert ports.deliveries.save_health(told)

    assert ports.deliveries.health("crm") == told
    assert ports.deliveries.healths() == (told,)


def test_what_has_arrived_is_forgotten_in_the_end_and_what_is_dead_never(ports, table):
    kept(ports, a_delivery())
    sent = after_try(a_delivery(), verdict_on(200, {}, 7, NOON, 60), NOON, RULES)
    ports.deliveries.save(sent)
    dead(ports, 2)
    ends = [item.get("expires_at") for n in (1, 2) for item in table.partition(f"SENT#case%2Fc{n}")]
    assert ends == [int((NOON + timedelta(days=400)).timestamp()), None]

    ports.deliveries.save(replayed(sent, "boss", NOON, NOON))
    assert "expires_at" not in table.get("SENT#case%2Fc1", "DELIVERY#crm#msg_1")


@pytest.mark.parametrize("receiver", MERCHANT.receiver, ids=lambda receiver: receiver.channel)
def test_a_usual_delivery_fits_one_kilobyte_whole(receiver):
    """So that its put and its update cost one unit each."""
    alert = an_alert(
        meaning="Customs want papers before it goes on. Until they have them nothing moves, and storage is charged.",
        to_do=("Ask the carrier's brokerage desk which paper is wanted", "Send the invoice of the original sale"),
    )
    sent = after_try(delivery_of(alert, receiver, NOON), verdict_on(200, {}, 250, NOON, 60), NOON, RULES)

    assert item_size(delivery_item(sent) | {"wrote": "m" * 12}) <= 1024


def test_an_item_that_another_program_wrote_is_unreadable_and_said_to_be(ports, table):
    kept(ports, a_delivery())
    item = table.get("SENT#case%2Fc1", "DELIVERY#crm#msg_1")
    for n, spoiled in enumerate((b"", b"x", zlib.compress(b"{"), zlib.compress(b"{}"))):
        table.put_new(item | {"PK": f"SENT#n{n}", "told": spoiled})
        with pytest.raises(StoredItemUnreadable):
            ports.deliveries.read(f"n{n}", "crm", "msg_1")

"""A delivery is tried until it has arrived or is given up; an absent receiver costs nobody else their turn."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from chalicelib.errors import MailRefused, NotFoundError, UnavailableError
from chalicelib.workflows.ports import Due
from chalicelib.workflows.retry_deliveries import look_at
from chalicelib.workflows.send_deliveries import message_of, take_delivery
from tests.fakes.memory_ports import SECRETS, MemorySecrets
from tests.workflows.carrying import NOON, RECEIVERS, WHSEC, House, a_delivery, answers, gives_none

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LETTER = json.dumps({"subject": "Held in Guangzhou", "text": "Customs want papers."})


def test_a_delivery_goes_out_signed_once_and_is_recorded_with_what_it_took():
    house, delivery = House({"shop-system": answers(200, took_s=0.25)}), a_delivery()
    house.tell(delivery)

    assert house.work() == ["shop-system/sent"]
    ((url, headers, body),) = house.world.outbound.calls
    assert url == RECEIVERS["shop-system"]["url"]
    assert body == delivery.body.encode()
    assert set(headers) == {
        "content-type", "user-agent", "webhook-id", "webhook-timestamp", "webhook-signature",
    }  # fmt: skip
    sent = house.one(delivery)
    assert (sent.state, sent.due_at) == ("sent", None)
    assert [(one.outcome, one.took_ms) for one in sent.tries] == [("200", 250)]


def test_an_ordinary_delivery_costs_one_put_and_one_update_and_moves_nothing_in_the_due_index():
    house = House()
    house.tell(a_delivery())
    house.work()

    assert house.table.writes == 2
    assert list(house.ports.due.due(NOON + 100 * DAY, 10)) == []


def test_the_message_again_changes_nothing():
    house, delivery = House(), a_delivery()
    house.tell(delivery)
    house.work()
    house.tell(delivery)

    assert house.work() == []
    assert house.heard == {"shop-system": ["msg_1"]}


def test_a_message_of_an_earlier_try_comes_too_late():
    house, delivery = House({"shop-system": answers(500)}), a_delivery()
    house.tell(delivery)
    house.work()
    house.tell(delivery)
    house.work()

    assert len(house.calls) == 1


def test_a_message_that_names_no_delivery_is_not_dropped():
    with pytest.raises(NotFoundError):
        take_delivery(House().ports, message_of(a_delivery()), NOON)


def test_one_that_fails_is_tried_twelve_times_under_one_id_and_then_stands_in_the_dead_list():
    house, delivery = House({"shop-system": answers(500)}), a_delivery()
    house.tell(delivery)
    house.work()
    house.wait(4 * DAY)

    dead = house.one(delivery)
    assert (dead.state, len(dead.tries), dead.due_at) == ("dead", 12, None)
    assert [name for _, name, _ in house.calls] == ["shop-system"] * 12
    assert {message_id for _, _, message_id in house.calls} == {"msg_1"}
    assert timedelta(hours=66) <= house.calls[-1][0] - NOON <= timedelta(hours=75)
    assert ("open", "delivery_dead", "shop-system") in house.told()


def test_every_attempt_is_signed_with_the_time_of_its_own():
    house = House({"shop-system": answers(500)})
    house.tell(a_delivery())
    house.work()
    house.wait(HOUR)

    stamps = [headers["webhook-timestamp"] for _, headers, _ in house.world.outbound.calls]
    assert len(stamps) == len(set(stamps)) > 2


@pytest.mark.parametrize(
    "behaviour",
    [answers(500), answers(302), answers(404), answers(429), gives_none("timeout", 10), gives_none("no_connection"),
     gives_none("tls_failed"), gives_none("not_resolved"), gives_none("hung_up"), gives_none("address_refused")],
)  # fmt: skip
def test_whatever_goes_wrong_it_arrives_when_the_receiver_is_well_again(behaviour):
    house, delivery = House({"shop-system": behaviour}), a_delivery()
    house.tell(delivery)
    house.work()
    house.wait(2 * HOUR)
    house.behaves.clear()
    house.wait(6 * HOUR)

    assert house.one(delivery).state == "sent"
    assert house.heard == {"shop-system": ["msg_1"]}
    assert house.state("shop-system") == "well"


def test_it_is_not_called_before_the_time_it_asked_for():
    house = House({"shop-system": answers(429, **{"retry-after": "7200"})})
    house.tell(a_delivery(), a_delivery("msg_2"))
    house.work()
    house.wait(114 * MINUTE)
    assert len(house.calls) == 1

    house.behaves.clear()
    house.wait(20 * MINUTE)
    assert sorted(house.heard["shop-system"]) == ["msg_1", "msg_2"]


def test_a_receiver_that_is_gone_is_sent_nothing_more_and_its_deliveries_are_kept_as_dead():
    house = House({"shop-system": answers(410)})
    first, second, late = a_delivery(), a_delivery("msg_2"), a_delivery("msg_3")
    house.tell(first, second)
    assert house.work() == ["shop-system/dead", "shop-system/dead"]
    house.tell(late)
    house.work()

    assert [house.one(one).tries[-1].outcome for one in (first, second, late)] == [
        "410", "receiver_gone", "receiver_gone",
    ]  # fmt: skip
    assert len(house.calls) == 1
    assert house.state("shop-system") == "gone"
    assert house.told() == [("open", "receiver_gone", "shop-system")]


def test_a_delivery_that_waits_for_its_retry_goes_dead_when_its_receiver_is_gone():
    house = House({"shop-system": answers(500)})
    waiting = a_delivery()
    house.tell(waiting)
    house.work()
    house.behaves["shop-system"] = answers(410)
    house.wait(20 * MINUTE)
    house.tell(a_delivery("msg_2"))
    house.work()

    assert house.one(waiting).state == "dead"
    assert house.state("shop-system") == "gone"


def test_a_thousand_deliveries_to_a_dead_receiver_do_not_delay_anothers():
    house = House({"crm": gives_none("timeout", 13)})
    dead = [a_delivery(f"msg_{n}", "crm") for n in range(1000)]
    house.tell(*dead[:500], a_delivery("good_1", "erp"), *dead[500:], a_delivery("good_2", "erp"))

    house.work()

    assert house.heard["erp"] == ["good_1", "good_2"]
    assert house.now - NOON == timedelta(seconds=13)
    assert [name for _, name, _ in house.calls].count("crm") == 1
    assert all(house.one(one).state == "waiting" for one in dead)
    assert sum(len(house.one(one).tries) for one in dead) == 1


def test_while_it_rests_one_message_tries_it_and_all_arrive_when_it_is_back():
    house = House({"crm": gives_none("timeout", 13)})
    waiting = [a_delivery(f"msg_{n}", "crm") for n in range(100)]
    house.tell(*waiting)
    house.work()
    house.wait(6 * HOUR)
    called = len(house.calls)
    assert called <= 12
    house.behaves.clear()
    house.wait(2 * HOUR)

    assert sorted(house.heard["crm"]) == sorted(one.message_id for one in waiting)
    assert len(house.calls) == called + 100
    assert house.told() == [("close", "receiver_failing", "crm"), ("open", "receiver_failing", "crm")]


def test_what_never_got_its_turn_is_given_up_after_four_days_and_told_once_a_day_not_each_time():
    house = House({"crm": gives_none("timeout", 13)})
    waiting = [a_delivery(f"msg_{n}", "crm") for n in range(40)]
    house.tell(*waiting)
    house.work()
    house.wait(5 * DAY)

    assert {house.one(one).state for one in waiting} == {"dead"}
    assert {house.one(one).tries[-1].outcome for one in waiting} <= {"receiver_away", "timeout"}
    episodes = {one["episode"] for one in house.queues.sent["alerts"] if one["kind"] == "delivery_dead"}
    assert 1 <= len(episodes) <= 3


def test_a_message_that_a_receiver_refuses_does_not_make_the_others_wait():
    house, picky = House(), {"msg_bad"}
    house.behaves["crm"] = lambda one, sent: answers(400 if sent["webhook-id"] in picky else 200)(one, sent)
    house.tell(a_delivery("msg_bad", "crm"), *(a_delivery(f"msg_{n}", "crm") for n in range(20)))

    house.work()

    assert len(house.heard["crm"]) == 20
    assert house.state("crm") == "well"


@pytest.mark.parametrize(
    ("entry", "outcome"),
    [(None, "not_configured"), ({}, "not_configured"), ({"url": 5}, "not_configured"), ("text", "not_configured"),
     ({"url": "https://x.example/"}, "secret_unreadable"), ({"url": "https://x.example/", "secrets": "text"},
     "secret_unreadable"), ({"url": "https://x.example/", "secrets": ["short"]}, "secret_unreadable")],
)  # fmt: skip
def test_a_receiver_that_is_set_up_wrongly_is_told_at_once_and_never_called(entry, outcome):
    house, delivery = House(), a_delivery()
    house.ports = replace(house.ports, secrets=MemorySecrets(SECRETS | {"receivers": {"shop-system": entry}}))
    house.tell(delivery)
    house.work()

    assert house.one(delivery).tries[-1].outcome == outcome
    assert house.calls == []
    assert house.told() == [("open", "receiver_unusable", "shop-system")]


def test_an_unreadable_secret_store_is_no_failure_of_the_receivers():
    house, delivery = House(), a_delivery()
    house.secrets.down = True
    house.tell(delivery)
    assert house.work() == ["shop-system/put_off"]
    assert (house.one(delivery).tries, house.state("shop-system")) == ((), "well")
    house.secrets.down = False
    house.wait(30 * MINUTE)

    assert house.one(delivery).state == "sent"


def test_a_secret_store_that_stays_unreadable_is_told_once_and_closed_when_it_can_be_read_again():
    house, deliveries = House(), [a_delivery(f"msg_{n}") for n in range(3)]
    house.secrets.down = True
    house.tell(*deliveries)
    house.work()
    assert house.told() == []
    house.wait(30 * HOUR, HOUR)
    assert house.told() == [("open", "receiver_unusable", "shop-system")]

    house.secrets.down = False
    house.wait(HOUR)
    assert sorted(house.heard["shop-system"]) == ["msg_0", "msg_1", "msg_2"]
    assert len({one["episode"] for one in house.queues.sent["alerts"]}) == 1
    assert house.queues.sent["alerts"][-1]["action"] == "close"


def test_what_no_secret_could_be_read_for_is_dead_after_four_days():
    house, delivery = House(), a_delivery()
    house.secrets.down = True
    house.tell(delivery)
    house.work()
    house.wait(5 * DAY, HOUR)
    assert house.one(delivery).state == "dead"
    assert ("open", "delivery_dead", "shop-system") in house.told()


def test_an_alert_about_a_receiver_says_whom_it_must_not_be_told_to():
    house = House({"shop-system": answers(410)})
    house.tell(a_delivery())
    house.work()

    (alert,) = house.queues.sent["alerts"]
    assert (alert["about_receiver"], alert["subject_kind"], alert["subject"]) == (
        "shop-system", "receiver", "shop-system",
    )  # fmt: skip


def test_no_address_and_no_secret_leaves_by_an_alert():
    house = House({"shop-system": answers(500)})
    house.tell(a_delivery())
    house.work()
    house.wait(4 * DAY)

    said = json.dumps(house.queues.sent)
    assert "https://" not in said
    assert WHSEC not in said


def test_a_chat_is_posted_as_it_is_and_not_signed():
    house = House()
    house.tell(a_delivery(receiver="returns-chat", channel="chat", body=json.dumps({"id": "m", "text": "Held"})))
    house.work()

    ((_, headers, body),) = house.world.outbound.calls
    assert set(headers) == {"content-type", "user-agent"}
    assert json.loads(body)["text"] == "Held"


def test_a_mail_goes_to_the_addresses_of_the_merchants_file():
    house = House()
    house.tell(a_delivery(receiver="europe-mail", channel="mail", body=LETTER))
    house.work()

    (letter,) = house.world.mail.sent
    assert (letter.to, letter.also_to, letter.subject) == ("retours@example.com", (), "Held in Guangzhou")
    assert (letter.message_id, letter.sent_at, letter.sender_name) == ("msg_1", NOON, "Goldthread Sample Jewellers")


def test_a_mail_that_is_refused_for_good_is_dead_at_once_and_one_that_may_pass_is_tried_again():
    house = House()
    house.world.mail.fails += [MailRefused("no such address"), UnavailableError("throttled")]
    refused = a_delivery("msg_1", "europe-mail", channel="mail", body=LETTER)
    passing = a_delivery("msg_2", "europe-mail", channel="mail", body=LETTER)
    house.tell(refused, passing)
    house.work()
    house.wait(20 * MINUTE)

    assert (house.one(refused).state, house.one(refused).tries[-1].outcome) == ("dead", "refused")
    assert house.one(passing).state == "sent"
    assert ("open", "delivery_dead", "europe-mail") in house.told()


def test_a_mail_to_a_receiver_that_left_the_file_waits_for_the_file():
    house, delivery = House(), a_delivery(receiver="nobody", channel="mail", body=LETTER)
    house.tell(delivery)
    house.work()

    assert house.one(delivery).tries[-1].outcome == "not_configured"
    assert house.told() == [("open", "receiver_unusable", "nobody")]


def test_the_topic_is_told():
    house = House()
    house.tell(a_delivery(receiver="on-call", channel="topic", body=LETTER))
    house.work()

    assert house.world.topic.said == [("Held in Guangzhou", "Customs want papers.")]


def test_two_sweeps_queue_a_retry_once_and_one_that_has_arrived_not_at_all():
    house, delivery = House({"shop-system": answers(500)}), a_delivery()
    house.tell(delivery)
    house.work()
    (due,) = house.ports.due.due(NOON + HOUR, 10)
    outbox: dict[str, list] = {"deliveries": []}

    assert look_at(house.ports, due, NOON + HOUR, outbox)
    assert not look_at(house.ports, due, NOON + HOUR, outbox)
    assert [one["turn"] for one in outbox["deliveries"]] == [2]
    house.ports.deliveries.save(replace(house.one(delivery), state="sent", due_at=None, version=3))
    assert not look_at(house.ports, Due("delivery", due.pk, due.sk, due.due_at), NOON + DAY, outbox)


def test_a_retry_whose_message_is_lost_is_due_again_by_itself():
    house, delivery = House({"shop-system": answers(500)}), a_delivery()
    house.tell(delivery)
    house.work()
    house.behaves.clear()
    house.now += 10 * MINUTE
    (due,) = house.ports.due.due(house.now, 10)
    assert look_at(house.ports, due, house.now, {"deliveries": []})
    house.wait(25 * MINUTE)

    assert house.one(delivery).state == "sent"


def test_of_many_workers_at_once_one_tries_a_rested_receiver_and_no_other():
    house = House({"crm": gives_none("timeout")})
    waiting = [a_delivery(f"msg_{n}", "crm") for n in range(9)]
    house.tell(*waiting)
    take_delivery(house.ports, message_of(waiting[0]), NOON)
    later, together = NOON + 10 * MINUTE, Barrier(8)

    def worker(delivery):
        together.wait()
        return take_delivery(house.ports, message_of(delivery), later)

    with ThreadPoolExecutor(8) as pool:
        ended = Counter(next(iter(one)) for one in pool.map(worker, waiting[1:]))

    assert len(house.calls) == 2
    assert ended == {"crm/again": 1, "crm/put_off": 7}


def test_two_workers_that_meet_one_wrong_setting_at_once_tell_of_it_under_one_name():
    house, first, second = House(), a_delivery("msg_1"), a_delivery("msg_2")
    house.tell(first, second)

    class NobodyIsSetUp:
        """Nobody's address is known; while the first worker asks for one, the second does its whole work."""

        asked = 0

        def receivers(self):
            self.asked += 1
            if self.asked == 1:
                take_delivery(house.ports, message_of(second), NOON + timedelta(seconds=3))
            return {}

    house.ports = replace(house.ports, secrets=NobodyIsSetUp())
    take_delivery(house.ports, message_of(first), NOON)

    episodes = {one["episode"] for one in house.queues.sent["alerts"]}
    assert episodes == set(house.ports.deliveries.health("shop-system").told)

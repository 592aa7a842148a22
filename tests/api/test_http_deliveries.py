"""Deliveries and receivers over HTTP, with the real stories over memory."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.alerts.deliveries import DELIVERY_STATES, Delivery, after_try, patience, verdict_on
from chalicelib.alerts.receiver_health import gone
from chalicelib.api import deliveries as routes
from chalicelib.api import examples
from chalicelib.workflows.send_deliveries import take_delivery
from tests.api.contract import assert_as_documented
from tests.api.fakes import NOW, Shop, bearer, posted

MINUTE = timedelta(minutes=1)
RULES = patience(NOW.date())


def a_delivery(n: int = 1, **changed: Any) -> Delivery:
    plain = Delivery(
        "shop-system", f"msg_{n}", "webhook", "exception.opened", "case/c1", n, occurred_at=NOW,
        created_at=NOW + n * MINUTE, body='{"a":1}',
    )  # fmt: skip
    return replace(plain, **changed)


class Desk(Shop):
    """A shop whose receivers were sent something."""

    def ask(self, method: str, path: str, template: str, body: Any = None, token: str = "boss") -> Any:
        headers = posted(token) if body is not None else bearer(token)
        raw = b"" if body is None else json.dumps(body).encode()
        told = self.http.request(method, path, headers=headers, body=raw)
        assert_as_documented(method, template, told.status_code, told.json_body)
        return told

    def listed(self, query: str) -> Any:
        return self.ask("GET", f"/v1/deliveries{query}", "/v1/deliveries")

    def replay(self, body: Any) -> Any:
        return self.ask("POST", "/v1/replays", "/v1/replays", body)

    def receivers(self) -> dict[str, Any]:
        told = self.ask("GET", "/v1/receivers", "/v1/receivers").json_body
        return {row["receiver"]: row for row in told["items"]}

    def keep(self, *given: Delivery, status: int | None = None) -> None:
        for one in given:
            self.ports.deliveries.put_new(one)
            if status is not None:
                after = after_try(one, verdict_on(status, {}, 42, NOW, 60), NOW, RULES)
                self.ports.deliveries.save(after)

    def queued(self) -> list[str]:
        return [one["message_id"] for one in self.world.queues.sent.get("deliveries", [])]

    def is_gone(self, name: str) -> None:
        self.ports.deliveries.save_health(gone(self.ports.deliveries.health(name), NOW))


def ids(told: Any) -> list[str]:
    return [row["message_id"] for row in told.json_body["items"]]


def test_the_routes_know_every_state_and_no_other():
    assert routes.STATES == DELIVERY_STATES


def test_the_log_of_a_receiver_shows_every_try_with_its_latency_and_no_address():
    desk = Desk()
    desk.keep(a_delivery(1), status=503)
    desk.keep(a_delivery(2), status=204)
    told = desk.listed("?receiver=shop-system")

    assert ids(told) == ["msg_2", "msg_1"]
    assert [(one["outcome"], one["took_ms"]) for one in told.json_body["items"][1]["tries"]] == [("503", 42)]
    assert b"https://" not in told.body
    assert b"whsec_" not in told.body


def test_pages_states_and_spans_narrow_the_log():
    desk = Desk()
    desk.keep(*(a_delivery(n) for n in range(1, 4)), status=204)
    desk.keep(a_delivery(4), status=410)
    first = desk.listed("?receiver=shop-system&limit=3")
    rest = desk.listed(f"?receiver=shop-system&limit=3&cursor={first.json_body['cursor']}")

    assert (ids(first), ids(rest)) == (["msg_4", "msg_3", "msg_2"], ["msg_1"])
    assert ids(desk.listed("?receiver=shop-system&state=sent&since=2026-11-22T10:02:00Z")) == ["msg_3", "msg_2"]
    assert ids(desk.listed("?receiver=shop-system&until=2026-11-22T10:01:59Z")) == ["msg_1"]
    assert ids(desk.listed("?state=dead")) == ["msg_4"]


def test_the_log_is_asked_for_by_receiver_or_for_the_dead():
    told = Desk().listed("")

    assert told.status_code == 422
    assert [(one["field"], one["source"]) for one in told.json_body["errors"]] == [("receiver", "query")]


def test_a_day_that_there_is_not_is_refused_by_its_name():
    told = Desk().listed("?receiver=shop-system&since=2026-02-30T00:00:00Z")

    assert told.status_code == 422
    assert [one["field"] for one in told.json_body["errors"]] == ["since"]


def test_one_delivery_is_read_by_its_id_and_another_id_names_nothing():
    desk, delivery = Desk(), a_delivery()
    desk.keep(delivery, status=500)
    path = "/v1/deliveries/{delivery_id}"
    told = desk.ask("GET", f"/v1/deliveries/{delivery.delivery_id}", path)

    assert told.json_body["due_at"] is not None
    for wrong in (a_delivery(9).delivery_id, "Y2FzZQ", "x" * 600):
        assert desk.ask("GET", f"/v1/deliveries/{wrong}", path).status_code == 404


def test_a_replay_keeps_the_message_id_and_says_who_asked():
    desk, delivery = Desk(), a_delivery()
    desk.keep(delivery, status=410)
    path = f"/v1/deliveries/{delivery.delivery_id}/replay"
    told = desk.ask("POST", path, "/v1/deliveries/{delivery_id}/replay")

    assert told.status_code == 202
    assert (told.json_body["state"], told.json_body["tries"], told.json_body["replayed_by"]) == (
        "waiting",
        [],
        "boss@desk",
    )
    assert desk.queued() == ["msg_1"]
    assert ids(desk.listed("?state=dead")) == []


def test_a_replay_asked_for_again_before_it_was_tried_changes_nothing_and_is_queued_again():
    desk, delivery = Desk(), a_delivery()
    desk.keep(delivery, status=410)
    path, template = f"/v1/deliveries/{delivery.delivery_id}/replay", "/v1/deliveries/{delivery_id}/replay"
    first, second = desk.ask("POST", path, template), desk.ask("POST", path, template)

    assert first.json_body == second.json_body
    assert desk.queued() == ["msg_1", "msg_1"]


def test_to_a_receiver_that_is_gone_nothing_is_replayed_and_the_way_out_is_said():
    desk, delivery = Desk(), a_delivery()
    desk.keep(delivery, status=410)
    desk.is_gone("shop-system")
    one = desk.ask("POST", f"/v1/deliveries/{delivery.delivery_id}/replay", "/v1/deliveries/{delivery_id}/replay")
    many = desk.replay({"receiver": "shop-system", "since": "2026-11-22T00:00:00Z"})
    trial = desk.ask("POST", "/v1/receivers/shop-system/test", "/v1/receivers/{receiver}/test")

    assert {(told.status_code, told.json_body["code"]) for told in (one, many, trial)} == {(409, "receiver_gone")}
    assert "enable" in many.json_body["detail"]
    assert desk.queued() == []


def test_what_a_receiver_missed_is_replayed_by_time_a_hundred_at_a_call():
    desk = Desk()
    desk.keep(*(a_delivery(n) for n in range(1, 151)), status=410)
    desk.keep(a_delivery(151), a_delivery(152, receiver="crm"))
    body = {"receiver": "shop-system", "since": "2026-11-22T10:01:00Z", "until": None, "state": "dead"}
    first = desk.replay(body).json_body
    second = desk.replay(body | {"cursor": first["cursor"]}).json_body

    assert (first["replayed"], second["replayed"], second["cursor"]) == (100, 50, None)
    assert sorted(desk.queued()) == sorted(f"msg_{n}" for n in range(1, 151))


def test_a_case_is_replayed_whole_but_for_what_waits_anyway():
    desk = Desk()
    case_id = desk.post("/v1/returns", examples.OpenReturnBody).json_body["case_id"]
    subject = f"case/{case_id}"
    desk.keep(*(a_delivery(n, subject=subject) for n in range(1, 121)), status=204)
    desk.keep(a_delivery(500, subject=subject), a_delivery(501))
    first = desk.replay({"case_id": case_id}).json_body
    second = desk.replay({"case_id": case_id, "cursor": first["cursor"]}).json_body

    assert first["replayed"] + second["replayed"] == 120
    assert first["left_alone"] + second["left_alone"] == 1
    assert second["cursor"] is None


@pytest.mark.parametrize(
    ("body", "status", "fields"),
    [
        ({}, 422, {"receiver"}),
        ({"case_id": "c1", "receiver": "crm", "since": "2026-11-22T00:00:00Z"}, 422, {"receiver"}),
        ({"receiver": "shop-system"}, 422, {"since"}),
        ({"case_id": "c1", "since": "2026-11-22T00:00:00Z"}, 422, {"since"}),
        ({"receiver": "shop-system", "since": "2026-11-22T00:00:00Z", "until": "2026-11-21T00:00:00Z"}, 422, {"until"}),
        ({"receiver": "SHOP", "since": "yesterday"}, 422, {"receiver", "since"}),
        ({"receiver": "shop-system", "since": "2026-11-22T00:00:00Z", "state": "waiting"}, 422, {"state"}),
        ({"receiver": "shop-system", "since": "2026-11-22T00:00:00Z", "cursor": "nonsense"}, 422, {"cursor"}),
        ({"case_id": "nobody"}, 404, set()),
        ({"receiver": "nobody", "since": "2026-11-22T00:00:00Z"}, 404, set()),
    ],
)  # fmt: skip
def test_a_wish_that_cannot_be_carried_out_is_refused_by_its_field(body, status, fields):
    desk = Desk()
    told = desk.replay(body)

    assert told.status_code == status
    assert {one["field"] for one in told.json_body["errors"]} >= fields
    assert desk.queued() == []


@pytest.mark.parametrize(
    ("receiver", "channel"),
    [("shop-system", "webhook"), ("returns-chat", "chat"), ("europe-mail", "mail"), ("on-call", "topic"),
     ("fallback", "topic")],
)  # fmt: skip
def test_a_test_event_goes_the_way_of_its_receiver_and_says_what_came_of_it(receiver, channel):
    desk = Desk()
    desk.world.secrets.values["receivers"] = {
        name: {"url": f"https://{name}.example/", "secrets": ["whsec_" + "Y2NjY2NjY2NjY2NjY2NjY2NjY2NjY2Nj"]}
        for name in ("shop-system", "returns-chat")
    }
    told = desk.ask("POST", f"/v1/receivers/{receiver}/test", "/v1/receivers/{receiver}/test")
    assert (told.status_code, told.json_body["channel"], told.json_body["event"]) == (202, channel, "test")
    desk.world.queues.deliver("deliveries", lambda message: take_delivery(desk.ports, message, NOW))
    read = desk.ask("GET", f"/v1/deliveries/{told.json_body['delivery_id']}", "/v1/deliveries/{delivery_id}")

    assert read.json_body["state"] == "sent"
    assert desk.receivers().get(receiver, {"last_success_at": "2026-11-22T10:00:00Z"})["last_success_at"] is not None


def test_how_receivers_are_is_shown_and_a_gone_one_is_enabled_by_a_person():
    desk = Desk()
    desk.keep(a_delivery(), status=204)
    desk.is_gone("shop-system")
    desk.is_gone("long-forgotten")
    rows = desk.receivers()

    assert {name: (row["state"], row["channel"]) for name, row in rows.items()} == {
        "shop-system": ("gone", "webhook"), "returns-chat": ("well", "chat"), "europe-mail": ("well", "mail"),
        "on-call": ("well", "topic"), "long-forgotten": ("gone", None),
    }  # fmt: skip
    enabled = desk.ask("POST", "/v1/receivers/shop-system/enable", "/v1/receivers/{receiver}/enable")
    assert (enabled.status_code, enabled.json_body["state"]) == (200, "well")
    (closing,) = desk.world.queues.sent["alerts"]
    assert (closing["action"], closing["kind"], closing["subject"]) == ("close", "receiver_gone", "shop-system")
    again = desk.ask("POST", "/v1/receivers/shop-system/enable", "/v1/receivers/{receiver}/enable")
    assert again.json_body == enabled.json_body
    assert len(desk.world.queues.sent["alerts"]) == 1


@pytest.mark.parametrize("action", ["test", "enable"])
def test_a_receiver_that_nobody_named_is_not_found(action):
    told = Desk().ask("POST", f"/v1/receivers/nobody/{action}", f"/v1/receivers/{{receiver}}/{action}")

    assert told.status_code == 404


@pytest.mark.parametrize(
    ("path", "template", "body"),
    [
        ("/v1/receivers/shop-system/test", "/v1/receivers/{receiver}/test", None),
        ("/v1/receivers/shop-system/enable", "/v1/receivers/{receiver}/enable", None),
        ("/v1/deliveries/Y2Fz/replay", "/v1/deliveries/{delivery_id}/replay", None),
        ("/v1/replays", "/v1/replays", {"case_id": "c1"}),
    ],
)
def test_whoever_may_only_read_changes_nothing(path, template, body):
    desk = Desk()

    assert desk.ask("POST", path, template, body, token="writer").status_code == 403
    assert desk.world.queues.sent == {}

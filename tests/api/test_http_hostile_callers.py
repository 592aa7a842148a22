"""The routes of carriers and couriers with the real stories behind them, asked everything a caller should not ask.

No answer is a 5xx, none is undocumented, each refusal names what is wrong, and neither an answer nor a log line repeats
what was sent.
"""

import copy
import logging
import random
import re
from itertools import product

import pytest

from chalicelib.api import examples
from tests.api.contract import assert_as_documented
from tests.api.test_http_pickups import ONE, PICKUPS, Counter
from tests.carriers.test_fedex_mutants import mutant, paths

PLANTED = "PLANTED-Jeanne-Example"
ODD = (
    None, True, False, 0, -1, 1.5, 10**30, "", " ", "zz", PLANTED, "\x00", "\u202e", "2026-02-30", "9999-12-31",
    "1970-01-01", "24:00", "00:00", "23:59", "10:00:00", "٢٠٢٦-١١-٢٤", "2099-12-31", [], {}, [None], [[]],
    {"a": PLANTED}, "'; DROP", "x" * 5000,
)  # fmt: skip
ROUTES = {
    "routes": ("POST", "/v1/routes", "/v1/routes", examples.RoutesBody),
    "book": ("POST", PICKUPS, "/v1/returns/{case_id}/pickups", examples.BookPickupBody),
    "change": ("PATCH", f"{PICKUPS}/1-1", ONE, examples.ChangePickupBody),
    "cancel": ("POST", "/v1/returns/case0001/cancel", "/v1/returns/{case_id}/cancel", examples.CancelReturnBody),
}  # fmt: skip


def held(method, documented, told, sent=None):
    """The answer, documented and no fault of ours; a refusal says what is wrong and repeats nothing."""
    assert told.status_code < 500, (sent, told.body)
    assert_as_documented(method, documented, told.status_code, told.json_body)
    if told.status_code >= 400:
        assert told.headers["Content-Type"] == "application/problem+json"
        assert told.json_body["errors"], sent
        assert PLANTED.encode() not in told.body
    if told.status_code == 422:
        assert all(fault["code"] and fault["detail"] for fault in told.json_body["errors"]), sent
    return told


@pytest.mark.parametrize("name", ROUTES)
def test_every_node_of_a_body_spoiled_is_answered_or_refused_by_field(name, caplog):
    caplog.set_level(logging.DEBUG)
    method, path, documented, whole = ROUTES[name]
    counter, tried, refused = Counter(), 0, 0
    bodies = [(at, mutant(whole, at, odd)) for at in paths(whole) for odd in ODD]
    bodies += [((key,), {**whole, key: odd}) for key in ("owner", "stage", "", "__class__") for odd in (1, PLANTED)]
    for at, body in bodies:
        tried += 1
        told = held(method, documented, counter.send(method, path, body), (at, body))
        refused += told.status_code >= 400
        if told.status_code == 422:
            named = {str(fault["field"] or "").split(".")[0] for fault in told.json_body["errors"]}
            assert named, (at, body)
    assert refused > tried / 2
    assert PLANTED not in caplog.text


@pytest.mark.parametrize("name", ROUTES)
def test_every_fault_of_a_body_is_named_at_once(name):
    method, path, _, whole = ROUTES[name]
    told = Counter().send(method, path, {**{key: [] for key in whole}, "extra": 1})
    assert told.status_code == 422
    assert {str(fault["field"]).split(".")[0] for fault in told.json_body["errors"]} == {*whole, "extra"}


QUERIES = {
    "/v1/pickup-windows": {
        "carrier": ("fedex", "dhl", "ems", "pigeon", "FEDEX", "", PLANTED),
        "country": ("FR", "CN", "US", "GB", "ZZ", "fr", "XX"),
        "service": (None, "FEDEX_INTERNATIONAL_PRIORITY", "P", "x y", "Z" * 65),
        "region": (None, "CA", "Corse", "é", "-"),
        "postal_code": (None, "75002", "0", " ", "x" * 17),
        "from": (None, "2026-11-24", "2026-02-30", "2099-12-31", "2026-11-01"),
        "days": (None, "1", "31", "32", "0", "-1", "1e1"), "city": (None, "Paris", PLANTED, "%00", "x" * 101),
    },
    "/v1/carriers": {"origin": (None, "FR", "ZZ", "fr", "", "F%00"), "destination": (None, "CN", "CNN", PLANTED)},
}  # fmt: skip


@pytest.mark.parametrize("path", QUERIES)
def test_any_query_is_answered_or_refused_by_parameter(path, caplog):
    caplog.set_level(logging.DEBUG)
    counter, chance, statuses = Counter(booked=False), random.Random(20261122), set()
    choices = [list(product([name], values)) for name, values in QUERIES[path].items()]
    for _ in range(400):
        picked = [chance.choice(one) for one in choices]
        if chance.random() < 0.5:  # most of them sound, so that some get past the door
            picked = [chance.choice(one[:3]) for one in choices]
        text = "&".join(f"{name}={value}".replace(" ", "%20") for name, value in picked if value is not None)
        told = held("GET", path, counter.get(f"{path}?{text}"), text)
        statuses.add(told.status_code)
        if told.status_code == 422:
            known = {name for name, _ in picked}
            assert {fault["field"] for fault in told.json_body["errors"]} <= known, text
    assert statuses == {200, 422}
    assert PLANTED not in caplog.text


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize(
    "pickup", ["0-1", "1-0", "01-1", "1-1000", "1", "1-", "-1", "1-1-1", "1-١", "%31-1%00", "..", "1-1%2F",
               "PICKUP%231", "x" * 300],
)  # fmt: skip
def test_an_id_that_is_none_names_no_pickup(method, pickup):
    counter = Counter()
    told = counter.send(method, f"{PICKUPS}/{pickup}", examples.ChangePickupBody if method == "PATCH" else None)
    held(method, ONE, told)
    assert told.status_code == 404
    assert counter.desk.couriers == (1, 0, 0)


WRITES = [("POST", PICKUPS, examples.BookPickupBody), ("PATCH", f"{PICKUPS}/1-1", examples.ChangePickupBody),
          ("DELETE", f"{PICKUPS}/1-1", None),
          ("POST", "/v1/returns/case0001/cancel", examples.CancelReturnBody)]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
@pytest.mark.parametrize("token", ["reader", "clerk", "late", "nobody"])
def test_a_token_that_may_only_read_moves_no_courier(method, path, body, token):
    counter = Counter()
    version = counter.desk.file.case.log_n
    told = counter.send(method, path, body, token_id=token)
    assert told.status_code == (401 if token in ("late", "nobody") else 403)
    assert counter.desk.file.case.log_n == version


def test_a_key_used_for_one_case_or_route_answers_for_no_other():
    """The digest that a key is bound to names the route and the case, not the words alone."""
    counter = Counter(pickup=None)
    body, key = {"on": "2026-11-25", "from": "10:00", "until": "16:00"}, {"Idempotency-Key": "k-1"}
    first = counter.send("POST", PICKUPS, body, **key)
    assert first.status_code == 202
    assert counter.send("POST", PICKUPS, {**body, "until": "17:00"}, **key).status_code == 409
    assert counter.send("POST", "/v1/returns/case0002/pickups", body, **key).status_code == 404
    told = counter.send("POST", "/v1/returns", examples.OpenReturnBody, **key)
    assert (told.status_code, told.json_body["code"]) == (409, "idempotency_key_reused")
    assert counter.send("POST", PICKUPS, body, **key).json_body == first.json_body
    counter.desk.world.pump()
    assert counter.send("POST", PICKUPS, body, **key).json_body == first.json_body
    assert counter.desk.couriers[0] <= 1


def test_the_same_key_of_another_holder_is_another_key():
    counter = Counter(pickup=None)
    body, key = {"on": "2026-11-25", "from": "10:00", "until": "16:00"}, {"Idempotency-Key": "k-1"}
    assert counter.send("POST", PICKUPS, body, token_id="boss", **key).status_code == 202
    assert counter.send("POST", PICKUPS, body, token_id="writer", **key).json_body["code"] == "pickup_already_ordered"


def test_no_answer_about_a_courier_and_no_log_line_names_the_customer(caplog):
    caplog.set_level(logging.DEBUG)
    counter = Counter()
    told = [counter.send(method, path, copy.deepcopy(body)) for method, path, body in WRITES]
    told += [
        counter.get("/v1/returns/case0001"),
        counter.get("/v1/pickup-windows?carrier=dhl&country=FR&postal_code=75002"),
    ]
    counter.desk.world.pump()
    words = caplog.text + " ".join(one.body.decode() for one in told)
    person = counter.desk.ports.cases.person("case0001")
    for personal in (person.name, person.email, person.phone, *person.address.lines):
        assert not re.search(re.escape(personal), words)

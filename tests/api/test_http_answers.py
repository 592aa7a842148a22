"""What leaves: documented shapes, decimal text, problems without insides, headers on everything."""

import json
import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

import chalicelib.errors
from chalicelib.api import examples
from chalicelib.api.answer import answer, plain
from chalicelib.api.openapi import OPERATIONS
from chalicelib.api.problems import FAMILIES, TYPE_PREFIX, Unexpected, family_of, problem
from chalicelib.errors import (
    AmbiguousNumber,
    CarrierUnavailable,
    FieldFault,
    IdempotencyMismatch,
    NotFoundError,
    ReturnRefused,
    ReturnsError,
    RuleFileInvalid,
    RuleNotInForce,
    SignatureMismatch,
    UnavailableError,
)
from chalicelib.money import Money
from tests.api.contract import assert_as_documented
from tests.api.fakes import World, bearer, posted
from tests.api.test_http_admission import called

SECRET = "4111 1111 1111 1111, 1 rue du Secret"


def every_error(kind=ReturnsError):
    for child in kind.__subclasses__():
        yield child
        yield from every_error(child)


ERRORS = sorted({error for error in every_error() if error.__module__ == chalicelib.errors.__name__}, key=str)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.operation_id)
def test_every_answer_is_as_documented_and_never_cached(operation):
    told = called(World().client(), operation, posted())

    assert told.status_code in operation.answers
    assert_as_documented(operation.method, operation.path, told.status_code, told.json_body)
    assert told.headers["Cache-Control"] == "no-store"
    assert told.headers["X-Content-Type-Options"] == "nosniff"
    assert told.headers["Strict-Transport-Security"]
    assert len(told.headers["X-Request-Id"]) == 32


STATUS_BY_ERROR = {
    "UnreadableBody": 400,
    "UntrustedSenderError": 401,
    "SignatureMismatch": 401,
    "TokenNotAccepted": 401,
    "NotPermitted": 403,
    "NotFoundError": 404,
    "AmbiguousNumber": 409,
    "PaperPending": 409,
    "PaperWaiting": 409,
    "ConflictError": 409,
    "IdempotencyMismatch": 409,
    "StageNotAllowed": 409,
    "StaleVersion": 409,
    "BodyTooLarge": 413,
    "InvalidRequestError": 422,
    "ReturnRefused": 422,
    "RuleNotInForce": 422,
    "RuleError": 500,
    "RuleFileInvalid": 500,
    "SettingsInvalid": 500,
    "StoredItemUnreadable": 500,
    "CarrierError": 502,
    "CarrierRefused": 502,
    "CarrierUnreadable": 502,
    "CarrierUnavailable": 503,
    "UnavailableError": 503,
    "CarrierOutcomeUnknown": 504,
    "MailRefused": 500,
    "OutboundFailed": 500,
}


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_of_ours_has_its_status(kind):
    family = FAMILIES[next(parent for parent in kind.__mro__ if parent in FAMILIES)]

    assert family.status == STATUS_BY_ERROR[kind.__name__]


@pytest.mark.parametrize(
    ("story", "operation_id", "error", "status", "code"),
    [
        ("read_case", "read_return", NotFoundError("no case has this id"), 404, "not_found"),
        ("open_return", "open_return", IdempotencyMismatch("another body"), 409, "idempotency_key_reused"),
        ("open_return", "open_return", UnavailableError("table is away"), 503, "unavailable"),
        ("estimate", "estimate", RuleNotInForce("customs/us/mfn", "2001-01-01"), 422, "rule_not_in_force"),
        ("routes", "find_routes", CarrierUnavailable("paused", 90), 503, "carrier_unavailable"),
        ("read_shipment", "read_shipment", NotFoundError("no shipment"), 404, "not_found"),
        ("act_on_exception", "act_on_exception", NotFoundError("no exception"), 404, "not_found"),
        ("accept_webhook", "accept_webhook", NotFoundError("no such carrier"), 404, "not_found"),
        ("accept_webhook", "accept_webhook", UnavailableError("secrets are away"), 503, "unavailable"),
        ("accept_webhook", "accept_webhook", SignatureMismatch("tampered"), 401, "untrusted_sender"),
    ],
)
def test_what_a_story_raises_is_told_as_its_problem(story, operation_id, error, status, code):
    operation = next(o for o in OPERATIONS if o.operation_id == operation_id)

    told = called(World(raises={story: error}).client(), operation, posted())

    assert (told.status_code, told.json_body["code"]) == (status, code)
    assert told.headers["Content-Type"] == "application/problem+json"
    assert told.json_body["type"] == TYPE_PREFIX + code
    assert told.json_body["status"] == status
    assert told.json_body["request_id"] == told.headers["X-Request-Id"]
    assert_as_documented(operation.method, operation.path, status, told.json_body)


def test_a_refused_return_tells_every_reason():
    faults = [
        FieldFault("items.0", "engraved", "An engraved piece does not come back."),
        FieldFault("order.delivered_on", "window_closed", "The window ended on 2026-11-26."),
    ]
    world = World(raises={"open_return": ReturnRefused("the return is refused", faults)})

    told = world.client().post("/v1/returns", headers=posted(), body=json.dumps(examples.OpenReturnBody).encode())

    assert told.status_code == 422
    assert [(fault["field"], fault["code"]) for fault in told.json_body["errors"]] == [
        ("items.0", "engraved"),
        ("order.delivered_on", "window_closed"),
    ]


def test_a_recycled_number_lists_its_ship_dates():
    world = World(raises={"read_shipment": AmbiguousNumber("794", ["2025-01-02", "2026-11-24"])})

    told = world.client().get("/v1/shipments/fedex/794987654321", headers=bearer())

    assert told.status_code == 409
    assert told.json_body["ship_dates"] == ["2025-01-02", "2026-11-24"]
    assert_as_documented("GET", "/v1/shipments/{carrier}/{tracking_number}", 409, told.json_body)


def test_a_forged_webhook_hears_no_reason():
    world = World(raises={"accept_webhook": SignatureMismatch("the second secret did not match either")})

    told = world.client().post("/v1/webhooks/fedex", headers={"Content-Type": "application/json"}, body=b"{}")

    assert told.status_code == 401
    assert told.json_body["detail"] == ""
    assert told.json_body["errors"] == []
    assert b"secret" not in told.body
    assert b"signature" not in told.body


def test_a_webhook_story_gets_the_exact_bytes_and_every_header():
    world = World()
    body = b'{ "b" : 1,\n"a":"\xc3\xa9\\ud800" }\r\n\x00'
    headers = {
        "Content-Type": "application/json;charset=ISO-8859-1",
        "fdx-signature": "abc",
        "X-Request-Id": "carrier-1",
    }

    told = world.client().post("/v1/webhooks/fedex?any=thing", headers=headers, body=body)

    _, (_, carrier, raw, seen), named = world.asked[0]
    assert told.status_code == 202
    assert (carrier, raw) == ("fedex", body)
    assert seen["fdx-signature"] == "abc"
    assert named["request_id"] == "carrier-1"


def test_a_webhook_may_be_larger_than_a_request_but_not_without_end():
    headers = {"Content-Type": "application/json"}
    client = World().client()

    assert client.post("/v1/webhooks/fedex", headers=headers, body=b"x" * 1_000_000).status_code == 202
    world = World()
    assert world.client().post("/v1/webhooks/fedex", headers=headers, body=b"x" * 10_000_000).status_code == 413
    assert world.asked == []


@pytest.mark.parametrize("carrier", ["..", "%2e%2e", "FEDEX", "a" * 33, "fed%00ex", "fedex%23x"])
def test_a_carrier_outside_the_grammar_is_unknown(carrier):
    world = World()

    told = world.client().post(f"/v1/webhooks/{carrier}", headers={"Content-Type": "application/json"}, body=b"{}")

    assert told.status_code == 404
    assert world.asked == []


@pytest.mark.parametrize(
    "defect", [KeyError(SECRET), ValueError(SECRET), RecursionError(SECRET), AttributeError(SECRET)]
)
@pytest.mark.parametrize("operation", [o for o in OPERATIONS if o.scope], ids=lambda o: o.operation_id)
def test_a_defect_of_ours_leaks_nothing_and_is_found_in_the_log(operation, defect, caplog):
    story = {
        "read_return": "read_case", "list_returns": "list_cases", "cancel_return": "cancel_case",
        "read_ways_out": "ways_out", "plan_way_out": "ask_way_out", "call_off_way_out": "end_way_out",
        "find_routes": "routes", "list_carriers": "carriers", "read_paper": "paper_link",
    }  # fmt: skip
    world = World(raises={story.get(operation.operation_id, operation.operation_id): defect})

    with caplog.at_level(logging.INFO):
        told = called(world.client(), operation, posted())

    assert told.status_code == 500
    assert told.json_body["code"] == "internal_error"
    assert SECRET.encode() not in told.body
    assert b"Traceback" not in told.body
    assert SECRET not in caplog.text
    failed = next(record for record in caplog.records if record.levelno == logging.ERROR)
    assert failed.request_id == told.headers["X-Request-Id"]
    assert failed.defect == type(defect).__name__


@dataclass(frozen=True)
class Strange:
    x: int = 1


@pytest.mark.parametrize("value", [1.5, Strange(), {"a": [1.0]}, b"bytes", {1, 2}, object()])
def test_what_has_no_place_in_an_answer_is_refused(value):
    with pytest.raises(TypeError):
        answer(value)


def test_an_answer_with_a_float_in_it_becomes_a_problem_and_not_a_crash():
    told = (
        World(answers={"estimate": {"total": 306.0}})
        .client()
        .post("/v1/estimates", headers=posted(), body=json.dumps(examples.EstimateBody).encode())
    )

    assert told.status_code == 500
    assert told.json_body["code"] == "internal_error"


def test_every_kind_of_value_becomes_json_text():
    east = timezone(timedelta(hours=8))
    given = {
        "amount": Decimal("1E+3"),
        "money": Money(Decimal(306), "USD"),
        "on": date(2026, 11, 22),
        "at": datetime(2026, 11, 22, 18, 0, tzinfo=east),
        "list": (1, True, None, "深圳"),
    }

    assert plain(given) == {
        "amount": "1000",
        "money": {"amount": "306.00", "currency": "USD"},
        "on": "2026-11-22",
        "at": "2026-11-22T10:00:00Z",
        "list": [1, True, None, "深圳"],
    }
    assert json.loads(answer("\ud800深圳").body) == "\ud800深圳"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_method_that_is_not_answered_is_a_problem_too(method):
    told = World().client().request(method, "/v1/returns", headers=posted())

    assert told.status_code == 405
    assert told.headers["Content-Type"] == "application/problem+json"
    assert set(told.headers["Allow"].split(", ")) == {"GET", "POST"}


@pytest.mark.parametrize("kind", [RuleFileInvalid, ReturnsError])
def test_from_500_up_the_words_are_not_the_errors_own(kind):
    told = json.loads(problem(kind(SECRET), "request-1").body)

    assert told["status"] == 500
    assert told["code"] == Unexpected.code
    assert SECRET not in json.dumps(told)


def test_what_is_ours_to_mend_is_in_the_log_and_not_in_the_answer(caplog):
    world = World(raises={"estimate": RuleFileInvalid("customs/cn/mfn: rate is missing")})

    told = world.client().post("/v1/estimates", headers=posted(), body=json.dumps(examples.EstimateBody).encode())

    assert (told.status_code, told.json_body["code"]) == (500, "internal_error")
    assert b"customs/cn" not in told.body
    assert [record.reason for record in caplog.records if record.levelno == logging.ERROR] == ["rule_file_invalid"]


def test_a_caller_is_told_when_to_come_back():
    assert problem(CarrierUnavailable("busy", 90), "request-1").headers["Retry-After"] == "90"
    assert problem(UnavailableError("away"), "request-1").headers["Retry-After"] == "5"
    assert family_of(UnavailableError("away")).retryable


def test_snoozing_until_the_past_is_refused():
    world = World()
    body = json.dumps({"until": "2026-11-22T09:59:59Z"}).encode()

    told = world.client().post("/v1/exceptions/Y2FzZQ/snooze", headers=posted(), body=body)

    assert (told.status_code, told.json_body["errors"][0]["field"]) == (422, "until")
    assert world.asked == []


def test_an_unknown_action_is_not_a_route():
    told = World().client().post("/v1/exceptions/Y2FzZQ/delete", headers=posted(), body=b"{}")

    assert told.status_code == 404


def test_the_story_gets_what_the_person_decided():
    world = World()
    body = json.dumps(examples.ExceptionActionBody).encode()

    world.client().post("/v1/exceptions/Y2FzZQ/resolve", headers=posted("clerk"), body=body)

    _, (_, exception_id, verdict, _), _ = world.asked[0]
    assert exception_id == "Y2FzZQ"
    assert (verdict.action, verdict.holder, verdict.outcome) == ("resolve", "clerk@desk", "booked")
    assert verdict.tracking_number == "794987654321"


def test_a_tracking_number_is_read_in_capitals():
    world = World()
    world.client().get("/v1/shipments/ems/ea123456785cn?ship_date=2026-11-24", headers=bearer())

    assert world.asked[0][1][1:] == ("ems", "EA123456785CN", "2026-11-24")

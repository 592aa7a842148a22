"""What a body may say, and that everything wrong with it is told at once, by field."""

import json
from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from chalicelib.api import examples
from chalicelib.api.bodies import EstimateBody, OpenReturnBody
from chalicelib.api.json_bodies import API_LIMIT, MAX_DEPTH, read_json
from chalicelib.api.validation import validated
from chalicelib.errors import BodyTooLarge, InvalidRequestError, UnreadableBody
from chalicelib.money import Money
from tests.api.fakes import World, posted

DEEP = b"[" * 10_000 + b"]" * 10_000
UGLY = {
    "empty": (b"", 400, "empty_body"),
    "only blanks": (b" \n\t ", 400, "empty_body"),
    "truncated": (b'{"kind": "refund", "reason": ', 400, "not_json"),
    "two documents": (b"{}{}", 400, "not_json"),
    "two lines": (b"{}\n{}", 400, "not_json"),
    "not json": (b"kind=refund", 400, "not_json"),
    "html": (b"<html>502</html>", 400, "not_json"),
    "NaN": (b'{"kind": NaN}', 400, "not_a_number"),
    "Infinity": (b'{"kind": -Infinity}', 400, "not_a_number"),
    "duplicate keys": (b'{"kind": "refund", "kind": "loan"}', 400, "duplicate_key"),
    "duplicate keys below": (b'{"order": {"number": "1", "number": "2"}}', 400, "duplicate_key"),
    "depth 10,000": (DEEP, 400, "too_deep"),
    "depth 100,000": (b'{"a":' * 50_000, 400, None),
    "5,000 digits": (b'{"kind": ' + b"9" * 5000 + b"}", 400, "number_too_long"),
    "a long exponent": (b'{"kind": 1e99999999999999999999}', 400, "number_too_long"),
    "a huge exponent": (b'{"kind": 1e400}', 400, "number_too_long"),
    "lone surrogate": (b'{"kind": "\\ud800"}', 400, "lone_surrogate"),
    "lone surrogate in a key": (b'{"\\udfff": 1}', 400, "lone_surrogate"),
    "byte order mark": (b"\xef\xbb\xbf{}", 400, "byte_order_mark"),
    "UTF-16": ('{"kind": "refund"}'.encode("utf-16"), 400, "not_utf8"),
    "Latin-1": (b'{"kind": "\xe9"}', 400, "not_utf8"),
    "10 MB": (b'{"kind": "' + b"x" * 10_000_000 + b'"}', 413, "body_too_large"),
    "null": (b"null", 422, "wrong_type"),
    "a list": (b"[]", 422, "wrong_type"),
    "a text": (b'"x"', 422, "wrong_type"),
    "nothing in it": (b"{}", 422, "required"),
    "wrong types": (b'{"kind": 1, "items": {}, "customer": [], "order": true}', 422, None),
}
ROUTES = ["/v1/returns", "/v1/estimates", "/v1/routes", "/v1/exceptions/Y2FzZQ/resolve"]


# An exception may be acted on without a word here; its story asks for what it needs.
UGLY_CALLS = [(path, name) for path in ROUTES for name in UGLY if (path, name) != (ROUTES[-1], "nothing in it")]


@pytest.mark.parametrize(("path", "name"), UGLY_CALLS)
def test_an_ugly_body_is_a_typed_problem_and_reaches_no_story(path, name):
    body, status, code = UGLY[name]
    world = World()

    refused = world.client().post(path, headers=posted(), body=body)

    assert refused.status_code == status
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert code is None or code in {fault["code"] for fault in refused.json_body["errors"]}
    assert len(refused.body) < 20_000
    assert world.asked == []


def test_a_body_of_exactly_the_limit_is_read():
    body = b'{"a":"' + b"x" * (API_LIMIT - 8) + b'"}'

    assert len(read_json(body)["a"]) == API_LIMIT - 8
    with pytest.raises(BodyTooLarge):
        read_json(body + b" ")


def test_depth_is_counted_to_the_level():
    assert read_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    with pytest.raises(UnreadableBody):
        read_json(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))


def changed(**values):
    """The example with values put in by dotted path."""
    body = deepcopy(examples.OpenReturnBody)
    for path, value in values.items():
        *steps, last = path.split("__")
        node = body
        for step in steps:
            node = node[int(step) if step.isdigit() else step]
        if value is KeyError:
            del node[last]
        else:
            node[last] = value
    return body


def faults_of(body):
    with pytest.raises(InvalidRequestError) as refused:
        validated(OpenReturnBody, read_json(json.dumps(body).encode()))
    return {(fault.field, fault.code) for fault in refused.value.faults}


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("kind", "steal", "not_one_of"),
        ("reason", None, "not_one_of"),
        ("stage", "approved", "unknown_field"),
        ("items__0__owner", "me", "unknown_field"),
        ("items", [], "too_few"),
        ("items", [examples.OpenReturnBody["items"][0]] * 51, "too_many"),
        ("items__0__fineness", 1001, "less_than_equal"),
        ("items__0__fineness", "750", "wrong_type"),
        ("items__0__fineness", 750.5, "wrong_type"),
        ("items__0__fineness", True, "wrong_type"),
        ("items__0__fineness", 0, "not_of_this_metal"),
        ("items__0__quantity", 0, "greater_than_equal"),
        ("items__0__gross_weight_g", "1.234,56", "malformed"),
        ("items__0__gross_weight_g", "5,30", "malformed"),
        ("items__0__gross_weight_g", "5.30 g", "malformed"),
        ("items__0__gross_weight_g", "٥", "malformed"),
        ("items__0__gross_weight_g", "-1", "malformed"),
        ("items__0__gross_weight_g", "1e3", "malformed"),
        ("items__0__gross_weight_g", "NaN", "malformed"),
        ("items__0__gross_weight_g", True, "malformed"),
        ("items__0__gross_weight_g", 0, "greater_than"),
        ("items__0__gross_weight_g", 0.00001, "malformed"),
        ("items__0__net_weight_g", "5.31", "heavier_than_gross"),
        ("items__0__price__amount", 1e30, "malformed"),
        ("items__0__price__amount", "9" * 13, "malformed"),
        ("items__0__price__currency", "XAU", "malformed"),
        ("items__0__price__currency", "eur", "malformed"),
        ("items__0__origin", "China", "too_long"),
        ("items__0__hs_code", "71131", "malformed"),
        ("items__0__engraved", "yes", "wrong_type"),
        ("items__0__description", "\u0000", "malformed"),
        ("items__0__description", "a\r\nlog line", "malformed"),
        ("items__0__description", "   ", "too_short"),
        ("items__0__description", "x" * 301, "too_long"),
        ("items__0__serial", "a#b", "malformed"),
        ("order__number", "SO#1", "malformed"),
        ("order__sold_on", "2026-02-30", "malformed"),
        ("order__sold_on", "2026-9-1", "malformed"),
        ("order__sold_on", "1999-12-31", "malformed"),
        ("order__sold_on", 20260901, "malformed"),
        ("order__delivered_on", "2026-10-31", "before_sale"),
        ("order__delivered_at", "2026-11-12T10:00:00", "malformed"),
        ("order__delivered_at", "1700000000", "malformed"),
        ("order__delivered_at", "2026-11-12T25:00:00Z", "malformed"),
        ("customer__email", "nobody", "malformed"),
        ("customer__phone", "call me", "malformed"),
        ("customer__language", "French", "malformed"),
        ("customer__address__country", "fr", "malformed"),
        ("customer__address__lines", [], "too_few"),
        ("customer__address__lines", "1 rue", "wrong_type"),
        ("pickup__from", "25:00", "malformed"),
        ("pickup__until", "09:00", "window_ends_before_it_starts"),
        ("evidence_offered", ["Photo!"], "malformed"),
        ("return_to", "../etc", "malformed"),
    ],
)
def test_a_value_outside_its_shape_is_refused_by_field(path, value, code):
    found = faults_of(changed(**{path: value}))

    assert any(field.startswith(path.replace("__", ".")) and told == code for field, told in found), found


@pytest.mark.parametrize("path", ["kind", "customer__email", "items__0__metal", "pickup__from", "order__sold_on"])
def test_what_is_left_out_is_asked_for_by_field(path):
    assert (path.replace("__", "."), "required") in faults_of(changed(**{path: KeyError}))


def test_every_fault_is_told_at_once():
    body = changed(kind="steal", items__0__fineness=0, customer__address__country="fr", pickup__until="09:00")

    assert {field for field, _ in faults_of(body)} == {
        "kind", "items.0.fineness", "customer.address.country", "pickup.until",
    }  # fmt: skip


def test_a_refusal_never_repeats_what_was_sent():
    told = (
        World()
        .client()
        .post(
            "/v1/returns",
            headers=posted(),
            body=json.dumps(
                changed(customer__email="secret-address", customer__phone="secret-phone", kind="secret")
            ).encode(),
        )
    )

    assert told.status_code == 422
    assert b"secret" not in told.body


def test_ten_thousand_unknown_fields_are_refused_in_a_short_answer():
    body = json.dumps({f"field{n}": n for n in range(10_000)}).encode()

    told = World().client().post("/v1/returns", headers=posted(), body=body)

    assert told.status_code == 422
    assert len(told.json_body["errors"]) == 100
    assert len(told.body) < 20_000


def test_a_number_keeps_the_digits_it_was_sent_with():
    body = changed(items__0__gross_weight_g=5.30, items__0__net_weight_g="5.20")
    sent = json.dumps(body).replace('"gross_weight_g": 5.3,', '"gross_weight_g": 5.30,').encode()

    item = validated(OpenReturnBody, read_json(sent)).as_request().items[0]

    assert (str(item.gross_weight_g), str(item.net_weight_g)) == ("5.30", "5.20")


def test_the_request_and_the_person_are_told_apart():
    body = validated(OpenReturnBody, examples.OpenReturnBody)
    request, person = body.as_request(), body.as_person()

    assert request.items[0].price == Money(Decimal("1180.00"), "EUR")
    assert request.order.sold_on == date(2026, 11, 1)
    assert request.pickup.ready_from == "10:00"
    assert request.original_export.mode == "9610"
    assert person.address.lines == ("1 rue de l'Exemple",)
    for personal in (person.name, person.email, person.phone, *person.address.lines):
        assert personal not in repr(request)


def test_an_instant_is_read_into_utc():
    body = validated(OpenReturnBody, changed(order__delivered_at="2026-11-12T10:00:00+08:00"))

    assert body.as_request().order.delivered_at == datetime(2026, 11, 12, 2, tzinfo=UTC)


def test_a_base_metal_body_has_no_fineness():
    body = changed(items__0__metal="base", items__0__fineness=0, items__0__construction="plated")

    assert validated(OpenReturnBody, body).as_request().items[0].fineness == 0


def test_unknown_facts_of_an_estimate_stay_unknown():
    bare = {
        key: examples.EstimateBody[key] for key in ("destination", "dispatched_from", "entry_on", "purpose", "lines")
    }

    request = validated(EstimateBody, bare).as_request()

    assert (request.history, request.repair, request.freight, request.entry) == (None, None, None, None)


def test_an_estimate_after_a_repair_carries_its_costs():
    repair = {"under_warranty": True, "charge": {"amount": 40, "currency": "CNY"}, "authorisation": "OP123"}

    request = validated(EstimateBody, {**examples.EstimateBody, "repair": repair}).as_request()

    assert request.repair.charge == Money(Decimal(40), "CNY")
    assert request.repair.parts is None
    assert request.history.duty_paid_on_import is True


@pytest.mark.parametrize(("amount", "currency"), [("0.49", "KRW"), ("1.001", "JPY"), (100.5, "JPY")])
def test_half_a_yen_is_refused_by_field_and_never_counted_as_nothing(amount, currency):
    body = deepcopy(examples.EstimateBody)
    body["lines"][0]["value"] = {"amount": amount, "currency": currency}

    refused = World().client().post("/v1/estimates", headers=posted(), body=json.dumps(body).encode())

    told = [(one["field"], one["code"]) for one in refused.json_body["errors"]]
    assert (refused.status_code, told) == (422, [("lines.0.value.currency", "finer_than_its_coins")])


def test_whole_yen_are_taken_however_they_are_written():
    body = deepcopy(examples.EstimateBody)
    body["lines"][0]["value"] = {"amount": "1200.0000", "currency": "JPY"}

    assert validated(EstimateBody, body).lines[0].value.as_money() == Money(Decimal(1200), "JPY")


def refusal(model, changed):
    with pytest.raises(InvalidRequestError) as refused:
        validated(model, changed)
    return [(fault.field, fault.code, fault.detail) for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"purpose": "gift"}, ("purpose", "not_one_of", "one of refund_return, exchange_return, ")),
        ({"channel": "sea"}, ("channel", "not_one_of", "one of express, post")),
        ({"lines": []}, ("lines", "too_few", "at least 1 item")),
        ({"mrn": "x"}, ("mrn", "unknown_field", "this request has no such field")),
        ({"freight": {"amount": "1.00", "currency": "XAU"}}, ("freight.currency", "malformed", "one of AED, AUD, ")),
        ({"history": {"exported_on": "2026-11-23"}}, ("history.exported_on", "after_entry", "an earlier crossing")),
        ({"history": {"imported_on": "2027-01-01"}}, ("history.imported_on", "after_entry", "an earlier crossing")),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_refusal_names_the_field_and_what_to_send_in_plain_words(change, told):
    ((field, code, detail),) = refusal(EstimateBody, {**examples.EstimateBody, **change})
    assert (field, code) == told[:2]
    assert detail.startswith(told[2])


def test_an_earlier_crossing_on_the_day_of_entry_itself_is_taken():
    known = {**examples.EstimateBody["history"], "exported_on": examples.EstimateBody["entry_on"]}
    assert validated(EstimateBody, {**examples.EstimateBody, "history": known})


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"exported_on": "2026-11-13"}, ("original_export.exported_on", "after_delivery")),
        ({"imported_on": "2026-11-04"}, ("original_export.imported_on", "after_export")),
    ],
)
def test_an_export_that_cannot_have_been_is_refused_by_its_field(changed, told):
    export = {**examples.OpenReturnBody["original_export"], **changed}
    ((field, code, _),) = refusal(OpenReturnBody, {**examples.OpenReturnBody, "original_export": export})
    assert (field, code) == told


def a_cif_entry(freight: str, currency: str = "USD") -> dict:
    body = deepcopy(examples.EstimateBody)
    body["freight"] = {"amount": freight, "currency": currency}
    body["lines"][0] |= {"value": {"amount": "1200", "currency": "USD"}, "value_basis": "cif"}
    return body


@pytest.mark.parametrize("freight", ["1200", "2000"])
def test_a_cif_value_below_its_own_freight_is_refused_and_never_below_a_limit(freight):
    refused = World().client().post("/v1/estimates", headers=posted(), body=json.dumps(a_cif_entry(freight)).encode())

    told = [(one["field"], one["code"]) for one in refused.json_body["errors"]]
    assert (refused.status_code, told) == (422, [("lines", "less_than_its_carriage")])


@pytest.mark.parametrize(("freight", "currency"), [("1199.99", "USD"), ("0", "USD"), ("2000", "JPY")])
def test_a_cif_value_above_its_freight_or_in_another_currency_is_taken(freight, currency):
    assert validated(EstimateBody, a_cif_entry(freight, currency)).freight.currency == currency

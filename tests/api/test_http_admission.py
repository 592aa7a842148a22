"""Who and what is let in: tokens, paths, queries, headers, kinds and sizes of bodies."""

import json

import pytest

from chalicelib.api import examples
from chalicelib.api.openapi import OPERATIONS
from chalicelib.errors import StaleVersion
from tests.api.fakes import NOW, World, bearer, posted

RETURN = json.dumps(examples.OpenReturnBody).encode()
GUARDED = [operation for operation in OPERATIONS if operation.scope]
# The customer's page is open to whoever has the link: its token is the whole of what lets anybody in.
OPEN_TO_ALL = {
    "accept_webhook", "health", "openapi", "show_customer_page", "act_on_customer_page", "confirm_customer_upload",
}  # fmt: skip


def path_of(operation):
    named = {"case_id": "c-01", "carrier": "fedex", "tracking_number": "794987654321", "pickup_id": "1-1"}
    named |= {"country": "US", "name": "return_invoice", "entry_id": "c0b770eaf4409590", "moment": "held"}
    named |= {"claim_id": "1-carrier", "inspection_id": "1"}
    named |= {"settlement_id": "1"}
    named |= {"quote_id": "1-1"}
    named |= {"delivery_id": "Y2FzZS9jLTAxfHNob3Atc3lzdGVtfG1zZ18x", "receiver": "shop-system"}
    named |= {one.name: one.example for one in operation.parameters if one.where == "path" and one.example}
    action = next((one.example for one in operation.parameters if one.name == "action"), "")
    named |= {"recall_id": "RC-2026-1", "export_id": "x-01", "exception_id": "Y2FzZQ", "action": action}
    return operation.path.format(**named)


def called(client, operation, headers):
    body = json.dumps(getattr(examples, operation.body)).encode() if operation.body else b""
    query = {
        "list_returns": "?stage=review",
        "list_duties": "?state=open",
        "list_claims": "?state=watched",
        "list_shipments": "?condition=held",
        "confirm_customer_upload": "?evidence_id=e0001",
        "pickup_windows": "?carrier=fedex&country=FR",
    }.get(operation.operation_id, "")
    if operation.form:
        headers = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
    return client.request(operation.method, path_of(operation) + query, headers=headers, body=body)


@pytest.mark.parametrize("operation", GUARDED, ids=lambda operation: operation.operation_id)
@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer gt_boss",
        "Basic Z3Q6Z3Q=",
        "Bearer gt_boss_" + "x" * 43,
        "Bearer gt_nobody_" + "s" * 43,
        "Bearer gt_late_" + "s" * 43,
        "Bearer gt_boss_" + "s" * 43 + "\n",
        "Bearer gt_../CASE#1_" + "s" * 43,
        "Bearer gt_boss_" + "é" * 43,
        "Bearer gt_boss_" + "s" * 9000,
    ],
)
def test_without_a_token_in_force_nothing_is_told_and_nothing_done(operation, authorization):
    world = World()
    headers = {"Content-Type": "application/json"}
    if authorization is not None:
        headers["Authorization"] = authorization

    refused = called(world.client(), operation, headers)

    assert refused.status_code == 401
    assert refused.json_body["code"] == "token_not_accepted"
    assert refused.headers["WWW-Authenticate"].startswith("Bearer ")
    assert world.asked == []


def test_every_refused_token_hears_the_same_words():
    client = World().client()
    texts = set()
    for authorization in (None, "Bearer gt_nobody_" + "s" * 43, "Bearer gt_late_" + "s" * 43):
        headers = {"X-Request-Id": "the-same-request"}
        headers |= {"Authorization": authorization} if authorization else {}
        texts.add(client.get("/v1/returns/c-01", headers=headers).body)

    assert len(texts) == 1


@pytest.mark.parametrize("operation", GUARDED, ids=lambda operation: operation.operation_id)
def test_a_token_without_the_scope_is_told_which_one_is_missing(operation):
    world = World()
    lacking = {"returns:read": "clerk", "returns:write": "reader", "exceptions:write": "writer", "admin": "writer"}.get(
        operation.scope, "writer"
    )

    refused = called(world.client(), operation, posted(lacking))

    assert refused.status_code == 403
    assert f'scope="{operation.scope}"' in refused.headers["WWW-Authenticate"]
    assert world.asked == []


@pytest.mark.parametrize("operation", GUARDED, ids=lambda operation: operation.operation_id)
def test_admin_holds_every_scope(operation):
    assert called(World().client(), operation, posted("boss")).status_code in operation.answers


def test_the_routes_open_to_all_are_exactly_these():
    assert {operation.operation_id for operation in OPERATIONS if not operation.scope} == OPEN_TO_ALL


@pytest.mark.parametrize("path", ["/v1/health", "/openapi.json"])
def test_health_and_the_document_touch_nothing(path):
    world = World()

    assert world.client().get(path).status_code == 200
    assert world.asked == []
    assert world.tokens.asked == []


@pytest.mark.parametrize(
    "case_id",
    [
        "c%23LOG",
        "..",
        "%2e%2e",
        "%00",
        "c%00",
        "c%2F1",
        "x" * 65,
        "x" * 10_240,
        "%C3%28",
        "%E4%B8%AD",
        "c%0A",
        "-c",
        "%25",
    ],
)
def test_an_id_outside_its_grammar_names_nothing(case_id):
    world = World()

    refused = world.client().get(f"/v1/returns/{case_id}", headers=bearer())

    assert (refused.status_code, refused.json_body["code"]) == (404, "not_found")
    assert len(refused.body) < 600
    assert world.asked == []


def test_a_percent_encoded_id_is_read_once():
    world = World()
    world.client().get("/v1/returns/c%2D01", headers=bearer())

    assert world.asked[0][1][1] == "c-01"


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("stage=review&stage=booked", "stage", "repeated_parameter"),
        ("stage=nowhere", "stage", "invalid_parameter"),
        ("stage=review&limit=0", "limit", "invalid_parameter"),
        ("stage=review&limit=101", "limit", "invalid_parameter"),
        ("stage=review&limit=1e1", "limit", "invalid_parameter"),
        ("stage=review&limit=%D9%A1", "limit", "invalid_parameter"),
        ("stage=review&cursor=" + "a" * 8193, "cursor", "invalid_parameter"),
        ("stage=review&cursor=", "cursor", "invalid_parameter"),
        ("stage=review&owner=me", "owner", "unknown_parameter"),
        ("order=%00", "order", "invalid_parameter"),
        ("order=" + "9" * 65, "order", "invalid_parameter"),
        ("", "order", "exactly_one"),
        ("order=1&serial=2", "serial", "exactly_one"),
    ],
)
def test_a_query_that_cannot_be_read_is_refused_by_name(query, field, code):
    world = World()

    refused = world.client().get(f"/v1/returns?{query}", headers=bearer())

    assert refused.status_code == 422
    assert {"source": "query", "field": field, "code": code}.items() <= next(
        fault.items() for fault in refused.json_body["errors"] if fault["field"] == field
    )
    assert world.asked == []


def test_all_faults_of_a_query_are_told_at_once():
    refused = World().client().get("/v1/shipments?limit=x&odd=1", headers=bearer())

    assert {fault["field"] for fault in refused.json_body["errors"]} == {"limit", "odd", "condition"}


def test_a_long_unknown_name_is_not_repeated_at_length():
    refused = World().client().get("/v1/exceptions?" + "q%0A" * 2000 + "=1", headers=bearer())

    assert refused.status_code == 422
    assert len(refused.body) < 900
    assert "\\n" not in refused.body.decode()


@pytest.mark.parametrize("limit", ["1", "9", "10", "99", "100"])
def test_a_page_may_have_up_to_a_hundred_rows(limit):
    world = World()
    world.client().get(f"/v1/exceptions?limit={limit}", headers=bearer())

    assert world.asked[0][2]["limit"] == int(limit)


def test_a_cursor_is_passed_on_untouched():
    world = World()
    world.client().get("/v1/shipments?condition=held&cursor=aGVs_bG8-%3D", headers=bearer())

    assert world.asked[0][2]["cursor"] == "aGVs_bG8-="


@pytest.mark.parametrize("key", ["", "a b", "x" * 129, "né", "k\u0000"])
def test_an_idempotency_key_outside_its_grammar_is_refused(key):
    world = World()

    refused = world.client().post("/v1/returns", headers=posted(**{"Idempotency-Key": key}), body=RETURN)

    assert refused.status_code == 422
    assert refused.json_body["errors"][0]["field"] == "Idempotency-Key"
    assert world.asked == []


def test_the_story_gets_the_key_the_holder_and_the_digest_of_the_document():
    world = World()
    spaced = json.dumps(dict(reversed(examples.OpenReturnBody.items())), indent=3).encode()
    for body in (RETURN, spaced):
        world.client().post("/v1/returns", headers=posted("writer", **{"Idempotency-Key": "k-1"}), body=body)

    first, second = (named for _, _, named in world.asked)
    assert first == second
    assert first["holder"] == "writer@desk"
    assert first["idempotency_key"] == "k-1"
    assert first["now"] == NOW
    assert first["dry_run"] is False


def test_another_body_has_another_digest():
    world = World()
    for sku in ("R-1", "R-2"):
        item = {**examples.OpenReturnBody["items"][0], "sku": sku}
        body = json.dumps({**examples.OpenReturnBody, "items": [item]}).encode()
        world.client().post("/v1/returns", headers=posted(), body=body)

    assert world.asked[0][2]["body_digest"] != world.asked[1][2]["body_digest"]


def test_a_dry_run_answers_200():
    world = World()
    tried = world.client().post("/v1/returns?validate=true", headers=posted(), body=RETURN)

    assert tried.status_code == 200
    assert world.asked[0][2]["dry_run"] is True


@pytest.mark.parametrize(
    "operation",
    [o for o in OPERATIONS if o.method == "POST" and (o.body or o.raw_body)],
    ids=lambda o: o.operation_id,
)
@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/xml", "application/octet-stream", "application/jsonp", "multipart/form-data"],
)
def test_another_kind_of_body_is_refused_as_a_problem(operation, kind):
    world = World()

    refused = called(world.client(), operation, {**bearer(), "Content-Type": kind})

    assert refused.status_code == 415
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert world.asked == []


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"']
)
def test_json_is_taken_however_its_charset_is_written(kind):
    taken = World().client().post("/v1/returns", headers={**bearer(), "Content-Type": kind}, body=RETURN)

    assert taken.status_code == 201


def test_json_in_another_charset_is_refused():
    headers = {**bearer(), "Content-Type": "application/json; charset=utf-16"}

    assert World().client().post("/v1/returns", headers=headers, body=RETURN).status_code == 415


@pytest.mark.parametrize(
    "given",
    ["a" * 8, "3f0c1b9e-6a57-4a52-9a0f-6cf2f4f0a1de", "Root=1-67891233-abcdef012345".replace("=", ":")],
)
def test_a_safe_request_id_is_kept(given):
    told = World().client().get("/v1/health", headers={"X-Request-Id": given})

    assert told.headers["X-Request-Id"] == given


@pytest.mark.parametrize(
    "given",
    ["", "short", "a" * 129, "a b c d e f", "x\r\nSet-Cookie: a=b", "<script>alert(1)", "\u202eabcdefgh"],
)
def test_an_unsafe_request_id_is_replaced(given):
    told = World().client().get("/v1/returns/c-01", headers={"X-Request-Id": given})

    assert told.headers["X-Request-Id"] != given
    assert told.headers["X-Request-Id"] == told.json_body["request_id"]


def test_a_race_lost_is_worth_another_try():
    world = World(raises={"act_on_exception": StaleVersion("somebody else wrote first")})
    body = json.dumps(examples.ExceptionActionBody).encode()

    told = world.client().post("/v1/exceptions/Y2FzZQ/resolve", headers=posted(), body=body)

    assert told.status_code == 409
    assert told.json_body["errors"][0]["retryable"] is True


def test_a_form_is_taken_from_a_carrier_and_from_nobody_else():
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    world = World()

    taken = world.client().post("/v1/webhooks/ems", headers=form, body="logitcsInterface=%7C%244%7Cabc")
    refused = world.client().post("/v1/returns", headers={**bearer(), **form}, body="a=b")

    assert (taken.status_code, refused.status_code) == (202, 415)
    assert world.asked[0][0] == "accept_webhook"

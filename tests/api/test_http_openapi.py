"""The document is the routes, no more and no less, and every piece of it holds."""

import json
import subprocess
import sys

import pytest
from jsonschema import Draft202012Validator

from chalicelib.api import examples
from chalicelib.api.auth import SCOPES
from chalicelib.api.openapi import OPERATIONS, document
from chalicelib.api.operation import model_named
from tests.api.fakes import World

WITH_BODY = [operation for operation in OPERATIONS if operation.body]


def nodes(node):
    yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(child)


def test_the_served_document_is_the_generated_one():
    served = World().client().get("/openapi.json").json_body

    assert served.pop("servers") == [{"url": "/"}]
    assert served == json.loads(json.dumps(document()))


@pytest.mark.parametrize(
    ("asked_at", "server"),
    [
        ("/openapi.json", "/"),
        ("/api/openapi.json", "/api"),
        ("/a/b/openapi.json", "/a/b"),
        ("//evil.example/openapi.json", "/"),
        ("", "/"),
    ],
)
def test_the_document_names_the_server_it_was_fetched_from(asked_at, server):
    app = World().app()
    event = {
        "requestContext": {"httpMethod": "GET", "resourcePath": "/openapi.json", "path": asked_at},
        "headers": {},
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "body": None,
    }

    assert json.loads(app(event, None)["body"])["servers"] == [{"url": server}]


def test_deployed_routes_are_the_documented_routes():
    deployed = {(path, method) for path, methods in World().app().routes.items() for method in methods}
    documented = {(path, method.upper()) for path, methods in document()["paths"].items() for method in methods}

    assert deployed == documented


def test_every_reference_leads_somewhere():
    text = [node["$ref"] for node in nodes(document()) if isinstance(node, dict) and "$ref" in node]

    for reference in text:
        target = document()
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]
    assert text


def test_every_schema_is_a_json_schema():
    for schema in document()["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("operation", WITH_BODY, ids=lambda operation: operation.operation_id)
def test_the_example_of_a_body_holds_against_schema_and_model(operation):
    example = getattr(examples, operation.body)
    schema = {"$ref": f"#/components/schemas/{operation.body}", "components": document()["components"]}

    Draft202012Validator(schema).validate(example)
    model_named("bodies", operation.body).model_validate(example)
    shown = document()["paths"][operation.path][operation.method.lower()]["requestBody"]["content"]["application/json"][
        "example"
    ]
    assert shown == example


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.operation_id)
def test_the_example_of_a_parameter_is_within_its_grammar(operation):
    for parameter in operation.parameters:
        assert not parameter.example or parameter.takes(parameter.example)


def test_no_request_takes_an_unknown_field_and_no_answer_has_one():
    schemas = document()["components"]["schemas"]

    assert all(schema["additionalProperties"] is False for schema in schemas.values())


def test_no_list_in_a_request_is_without_end():
    for operation in WITH_BODY:
        schema = model_named("bodies", operation.body).model_json_schema()
        for node in nodes(schema):
            if isinstance(node, dict) and node.get("type") == "array":
                assert node["maxItems"] <= 500


def test_no_text_in_a_request_is_without_end():
    for operation in WITH_BODY:
        schema = model_named("bodies", operation.body).model_json_schema()
        for node in nodes(schema):
            if isinstance(node, dict) and node.get("type") == "string" and "enum" not in node:
                assert {"maxLength", "format", "pattern", "const"} & node.keys(), node


def test_every_scope_that_a_route_asks_for_is_one_that_a_token_can_hold():
    assert {operation.scope for operation in OPERATIONS if operation.scope} <= SCOPES.keys()


def test_every_path_segment_is_a_literal_or_one_whole_name():
    for operation in OPERATIONS:
        for segment in operation.path.split("/"):
            assert segment.startswith("{") == segment.endswith("}")
            assert segment.count("{") <= 1


def test_registering_the_routes_loads_no_model():
    """A queue worker imports the same app and must not pay for the API's models."""
    code = (
        "import sys\n"
        "from chalicelib.api import carriers, estimates, exceptions, health, openapi\n"
        "from chalicelib.api import pickups, returns, shipments, webhooks\n"
        "print([name for name in ('pydantic', 'chalicelib.api.bodies', 'chalicelib.api.answers', 'zoneinfo', 'boto3')"
        " if name in sys.modules])"
    )

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "[]"

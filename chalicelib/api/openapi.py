"""The contract as a document: OpenAPI 3.1, generated from the operations and the models, never written by
hand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib.api import (
    carriers,
    claims,
    custody,
    customer_page,
    decisions,
    deliveries,
    disputes,
    duties,
    estimates,
    evidence,
    exceptions,
    health,
    links,
    notices,
    papers,
    persons,
    pickups,
    recalls,
    repairs,
    returns,
    settlements,
    shipments,
    tariffs,
    ways_out,
    webhooks,
)
from chalicelib.api.answer import CONTENT_TYPE, CONTENT_TYPE_HTML, CONTENT_TYPE_PROBLEM, REQUEST_ID, answer
from chalicelib.api.auth import SCOPES
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.forms import CONTENT_TYPE_FORM
from chalicelib.api.operation import Operation, Parameter, model_named

DOCUMENT = Operation("openapi", "GET", "/openapi.json", "This document.", answers={200: "Document"})
OPERATIONS: tuple[Operation, ...] = (
    *returns.OPERATIONS,
    *decisions.OPERATIONS,
    *papers.OPERATIONS,
    *pickups.OPERATIONS,
    *estimates.OPERATIONS,
    *tariffs.OPERATIONS,
    *carriers.OPERATIONS,
    *duties.OPERATIONS,
    *claims.OPERATIONS,
    *custody.OPERATIONS,
    *settlements.OPERATIONS,
    *disputes.OPERATIONS,
    *repairs.OPERATIONS,
    *recalls.OPERATIONS,
    *persons.OPERATIONS,
    *evidence.OPERATIONS,
    *notices.OPERATIONS,
    *links.OPERATIONS,
    *customer_page.OPERATIONS,
    *shipments.OPERATIONS,
    *exceptions.OPERATIONS,
    *deliveries.OPERATIONS,
    *ways_out.OPERATIONS,
    *webhooks.OPERATIONS,
    *health.OPERATIONS,
    DOCUMENT,
)
_PREFIX = re.compile(r"((?:/[A-Za-z0-9_-]+)*)/openapi\.json")
_REF = "#/components/schemas/"
_ABOUT = (
    "Cross-border return logistics for gold, silver and platinum jewellery. Amounts, weights and rates are "
    "decimal text; times are RFC 3339 in UTC; unknown is null, never zero. Errors are problems (RFC 9457)."
)


def blueprint(desk: Desk) -> Blueprint:
    """The route of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, DOCUMENT, openapi)
    return routes


def openapi(_desk: Desk, call: Call) -> Response:
    """The document; its server is wherever it was fetched from, behind whatever prefix a stage puts there."""
    mounted = _PREFIX.fullmatch(call.asked_at)
    return answer({**document(), "servers": [{"url": (mounted and mounted[1]) or "/"}]})


@cache
def document() -> dict[str, Any]:
    """The whole OpenAPI document."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Goldthread",
            "version": "1",
            "summary": "Brings gold home.",
            "description": _ABOUT,
        },
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": _scopes_text()}},
            "headers": {REQUEST_ID: {"description": "Names this request in our log.", "schema": {"type": "string"}}},
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.operation_id,
        "summary": operation.summary,
        "parameters": [_parameter(parameter) for parameter in operation.parameters if parameter.where != "form"],
        "responses": _responses(operation),
        "security": [{"token": [operation.scope]}] if operation.scope else [],
    }
    if operation.body or operation.raw_body:
        described["requestBody"] = {
            "required": bool(operation.body),
            "content": {CONTENT_TYPE: _request(operation)},
        }
    if operation.form:
        described["requestBody"] = {"required": False, "content": {CONTENT_TYPE_FORM: {"schema": _form(operation)}}}
    return described


def _form(operation: Operation) -> dict[str, Any]:
    """A field that was left empty is sent too, and taken as if it were not there."""
    fields = operation.taken_from("form")
    return {
        "type": "object",
        "properties": {
            name: {"type": "string", "pattern": f"^(?:{field.pattern})?$", "maxLength": field.max_length}
            for name, field in fields.items()
        },
        "required": [name for name, field in fields.items() if field.required],
        "additionalProperties": False,
    }


def _request(operation: Operation) -> dict[str, Any]:
    """A signed message is whatever its carrier sends: any JSON."""
    if operation.body is None:
        return {"schema": {}}
    return {"schema": {"$ref": _REF + operation.body}, "example": model_named("examples", operation.body)}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    else:
        schema |= {"pattern": f"^(?:{parameter.pattern})$", "maxLength": parameter.max_length}
    if parameter.format:
        schema["format"] = parameter.format
    described: dict[str, Any] = {
        "name": parameter.name,
        "in": parameter.where,
        "description": parameter.about,
        "required": parameter.required or parameter.where == "path",
        "schema": schema,
    }
    return described | ({"example": parameter.example} if parameter.example else {})


def _responses(operation: Operation) -> dict[str, Any]:
    if operation.page:
        return {str(status): _shown(status) for status in (*operation.answers, *operation.refusals())}
    good = {str(status): _good(status, model) for status, model in operation.answers.items()}
    return good | {str(status): _refusal(status) for status in operation.refusals()}


def _shown(status: int) -> dict[str, Any]:
    """A page for a person; where one is sent on, there is none."""
    described = _response(status, CONTENT_TYPE_HTML, {"type": "string"})
    if status == HTTPStatus.SEE_OTHER:
        described["headers"]["Location"] = {"description": "Where to go on.", "schema": {"type": "string"}}
    return described


def _good(status: int, model: str) -> dict[str, Any]:
    schema = {"type": "object"} if model == "Document" else {"$ref": _REF + model}
    described = _response(status, CONTENT_TYPE, schema)
    if status == HTTPStatus.SEE_OTHER:
        told = {"description": "The link; whoever has it may read.", "schema": {"type": "string", "format": "uri"}}
        described["headers"]["Location"] = told
    return described


def _refusal(status: int) -> dict[str, Any]:
    return _response(status, CONTENT_TYPE_PROBLEM, {"$ref": _REF + "ProblemTold"})


def _response(status: int, kind: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "description": HTTPStatus(status).phrase,
        "headers": {REQUEST_ID: {"$ref": f"#/components/headers/{REQUEST_ID}"}},
        "content": {kind: {"schema": schema}},
    }


def _schemas() -> dict[str, Any]:
    from pydantic.json_schema import models_json_schema

    bodies = {operation.body for operation in OPERATIONS if operation.body}
    answers = {model for operation in OPERATIONS for model in operation.answers.values() if not operation.page}
    answers -= {"Document"}
    models = [model_named("bodies", name) for name in sorted(bodies)]
    models += [model_named("answers", name) for name in sorted(answers | {"ProblemTold"})]
    _, found = models_json_schema([(model, "validation") for model in models], ref_template=_REF + "{model}")
    return dict(sorted(found["$defs"].items()))


def _scopes_text() -> str:
    return "A token gt_<id>_<secret>. Scopes: " + "; ".join(f"{scope}: {what}" for scope, what in SCOPES.items())

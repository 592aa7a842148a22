"""Holding an answer against the contract; flows that go over HTTP may use it too."""

from typing import Any

from chalicelib.api.openapi import OPERATIONS
from chalicelib.api.operation import model_named


def assert_as_documented(method: str, path: str, status: int, body: Any) -> None:
    """Fail when this answer of this route has a field, a type or a status that the document does not name."""
    operation = next(o for o in OPERATIONS if (o.method, o.path) == (method, path))
    assert status in {*operation.answers, *operation.refusals()}, f"{method} {path} does not document {status}"
    model = operation.answers.get(status, "ProblemTold")
    if model != "Document" and not operation.page:
        model_named("answers", model).model_validate(body)

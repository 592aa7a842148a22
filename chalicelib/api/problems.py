"""Errors as the caller sees them: problem bodies (RFC 9457, "Problem Details for HTTP APIs") from one table.

Each family of ``chalicelib.errors`` has one status; the most specific family wins. A problem says what the
caller can act on and nothing about our insides: from 500 up the detail is a fixed sentence, and whoever
failed to prove who it is hears no reason.

>>> family_of(StaleVersion("x")).status, family_of(NotFoundError("x")).status
(409, 404)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalice.app import Response

from chalicelib.api.answer import CONTENT_TYPE_PROBLEM, REQUEST_ID, answer, request_id_of
from chalicelib.errors import (
    AmbiguousNumber,
    BodyTooLarge,
    CarrierError,
    CarrierOutcomeUnknown,
    CarrierUnavailable,
    ConflictError,
    FieldFault,
    InvalidRequestError,
    NotFoundError,
    NotPermitted,
    PaperPending,
    PaperWaiting,
    ReturnRefused,
    ReturnsError,
    RuleError,
    RuleNotInForce,
    SignatureMismatch,
    StaleVersion,
    TokenNotAccepted,
    UnavailableError,
    UnreadableBody,
    UntrustedSenderError,
)

TYPE_PREFIX = "urn:goldthread:problem:"
RETRY_AFTER_S = 5


class UnsupportedMediaType(InvalidRequestError):
    """The body is declared as something this route does not take."""

    code = "unsupported_media_type"


class MethodNotAllowed(InvalidRequestError):
    """This path does not answer that method."""

    code = "method_not_allowed"


class Unexpected(ReturnsError):
    """A defect of ours. What it was is in the log under the request id, never in the answer."""

    code = "internal_error"


@dataclass(frozen=True, slots=True)
class Family:
    """How one family of errors is answered. ``detail`` replaces the error's own words where those are not the
    caller's to read.
    """

    status: int
    title: str
    retryable: bool = False
    detail: str | None = None


_OURS = "Something went wrong on our side; the request id finds it in our log."
FAMILIES: Mapping[type[ReturnsError], Family] = {
    UnreadableBody: Family(400, "The body cannot be read"),
    UntrustedSenderError: Family(401, "The sender is not known", detail=""),
    TokenNotAccepted: Family(
        401, "A valid token is needed", detail="Send Authorization: Bearer with a token in force."
    ),
    SignatureMismatch: Family(401, "The sender is not known", detail=""),
    NotPermitted: Family(403, "The token does not allow this"),
    NotFoundError: Family(404, "Nothing is known under this name"),
    MethodNotAllowed: Family(405, "This path does not answer this method"),
    ConflictError: Family(409, "The request contradicts what is already so"),
    PaperPending: Family(409, "The paper is not made yet", retryable=True),
    PaperWaiting: Family(409, "The paper lacks a fact"),
    StaleVersion: Family(409, "Somebody else changed this first", retryable=True),
    BodyTooLarge: Family(413, "The body is too large"),
    UnsupportedMediaType: Family(415, "This kind of body is not taken here"),
    InvalidRequestError: Family(422, "The request cannot be carried out as written"),
    ReturnRefused: Family(422, "The return is refused"),
    RuleNotInForce: Family(422, "No rule is in force for this date"),
    RuleError: Family(500, "The rules cannot answer", detail=_OURS),
    ReturnsError: Family(500, "Internal error", detail=_OURS),
    CarrierError: Family(502, "The carrier did not answer as it should", detail="The carrier's answer cannot be used."),
    CarrierUnavailable: Family(503, "The carrier cannot be reached now", True, "Nothing was done; try again later."),
    CarrierOutcomeUnknown: Family(
        504,
        "The carrier did not answer",
        detail="It is not known whether this was carried out; do not repeat it.",
    ),
    UnavailableError: Family(503, "Not available now", True, "Nothing was accepted; try again later."),
}


def family_of(error: ReturnsError) -> Family:
    """The row of the table for this error: its own class or the nearest one above it."""
    return next(FAMILIES[kind] for kind in type(error).__mro__ if kind in FAMILIES)


def problem(error: ReturnsError, request_id: str) -> Response:
    """The answer to a request that ended in ``error``."""
    family = family_of(error)
    detail = str(error) if family.detail is None else family.detail
    body = {
        "type": TYPE_PREFIX + _code_of(error, family),
        "title": family.title,
        "status": family.status,
        "code": _code_of(error, family),
        "detail": detail,
        "request_id": request_id,
        "errors": [_entry(fault) for fault in _faults_of(error, family, detail)],
    }
    if isinstance(error, AmbiguousNumber):
        body["ship_dates"] = list(error.ship_dates)
    headers = {"Content-Type": CONTENT_TYPE_PROBLEM, REQUEST_ID: request_id, **_headers_of(error, family)}
    return answer(body, family.status, headers)


def framework_answers_as_problems(request: Any, get_response: Callable[[Any], Response]) -> Response:
    """HTTP middleware: the few answers Chalice gives before or around a route (405, its own 500) become
    problems.
    """
    response = get_response(request)
    if not isinstance(response.body, dict) or response.body.keys() != {"Code", "Message"}:
        return response
    error = MethodNotAllowed("use a method listed in Allow") if response.status_code == 405 else Unexpected("framework")
    told = problem(error, request_id_of(request))
    allowed = response.headers.get("Allow")
    if allowed:
        told.headers["Allow"] = allowed
    return told


def _code_of(error: ReturnsError, family: Family) -> str:
    """A stable code; a forged call and our own defects all look alike from outside."""
    if family.status == 401 and not family.detail:
        return UntrustedSenderError.code
    return error.code if family.status != 500 else Unexpected.code


def _faults_of(error: ReturnsError, family: Family, detail: str) -> Sequence[FieldFault]:
    if isinstance(error, InvalidRequestError | PaperWaiting) and error.faults:
        return error.faults
    if isinstance(error, ConflictError):
        listed: Sequence[FieldFault] = getattr(error, "faults", ())
        if listed:
            return listed
    if isinstance(error, AmbiguousNumber):
        return [FieldFault("ship_date", error.code, detail, source="query")]
    if not detail:
        return []
    return [FieldFault("", _code_of(error, family), detail, source="request", retryable=family.retryable)]


def _entry(fault: FieldFault) -> dict[str, Any]:
    return {
        "source": fault.source,
        "code": fault.code,
        "field": fault.field or None,
        "retryable": fault.retryable,
        "detail": fault.detail,
    }


def _headers_of(error: ReturnsError, family: Family) -> dict[str, str]:
    """RFC 6750 tells a token's holder what is missing; RFC 9110 tells a waiting caller for how long."""
    if isinstance(error, TokenNotAccepted):
        return {"WWW-Authenticate": 'Bearer realm="goldthread", error="invalid_token"'}
    if family.status == 401:
        return {"WWW-Authenticate": 'Signature realm="goldthread"'}
    if isinstance(error, NotPermitted):
        missing = f'error="insufficient_scope", scope="{error.scope}"'
        return {"WWW-Authenticate": f'Bearer realm="goldthread", {missing}'}
    if family.status == 503 or isinstance(error, PaperPending):
        return {"Retry-After": str(getattr(error, "retry_after", None) or RETRY_AFTER_S)}
    return {}

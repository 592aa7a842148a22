"""The way in: every route is served through ``serve``, which admits a request, runs its handler and answers.

Admission is in the order of what is cheapest to refuse: the token, the path, the query, the body's kind and
size, its JSON, its model. All faults of one step are told at once. Nothing is read from the table but the
token, and nothing is written, before a request is admitted.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal
from urllib.parse import unquote

from chalice.app import Blueprint, Response

from chalicelib.api.answer import REQUEST_ID, request_id_of
from chalicelib.api.auth import holder_of
from chalicelib.api.desk import Desk
from chalicelib.api.forms import read_form
from chalicelib.api.json_bodies import read_json, refuse_oversize
from chalicelib.api.operation import Operation, Parameter, model_named
from chalicelib.api.problems import Unexpected, UnsupportedMediaType, problem
from chalicelib.errors import FieldFault, InvalidRequestError, NotFoundError, ReturnsError, UnreadableBody

Handler = Callable[[Desk, "Call"], Response]
# How a request that ended in an error is answered: with the error, the request's id and its headers.
Refuse = Callable[[ReturnsError, str, Mapping[str, str]], Response]
log = logging.getLogger("goldthread.api")
_JSON = re.compile(r'application/json *(; *charset="?utf-?8"? *)?\Z', re.IGNORECASE)
_FORM = re.compile(r'application/x-www-form-urlencoded *(; *charset="?utf-?8"? *)?\Z', re.IGNORECASE)
# What carriers send: JSON, and China Post's form around an encrypted one.
_CARRIERS_OWN = re.compile(r"application/(json|x-www-form-urlencoded) *(;.*)?\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Call:
    """One admitted request.

    ``holder`` and ``role`` are the token's, ``asked_at`` is the path as the gateway saw it; ``document`` is the strict
    JSON of the body and ``body`` its validated model, where the operation has one; ``form`` are the fields of a form.
    """

    request_id: str
    now: datetime
    holder: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    asked_at: str
    raw: bytes = b""
    role: str = ""
    document: Any = None
    body: Any = None
    form: Mapping[str, str] = field(default_factory=dict)
    scopes: tuple[str, ...] = ()

    def may(self, scope: str) -> bool:
        """Whether the token holds this scope besides the one the route asks for."""
        return scope in self.scopes or "admin" in self.scopes


def _as_problem(error: ReturnsError, request_id: str, _headers: Mapping[str, str]) -> Response:
    return problem(error, request_id)


def serve(
    blueprint: Blueprint, desk: Desk, operation: Operation, handler: Handler, refuse: Refuse = _as_problem
) -> None:
    """Register ``handler`` for ``operation``. Every content type is let through to here, so that a wrong one
    is refused with a problem (or as ``refuse`` says it) and not in the framework's own words.
    """

    def view(**_path: str) -> Response:
        return respond(desk, operation, handler, blueprint.current_request, refuse)

    route = blueprint.route(
        operation.path, methods=[operation.method], content_types=["*/*"], name=operation.operation_id
    )
    route(view)


def respond(desk: Desk, operation: Operation, handler: Handler, request: Any, refuse: Refuse = _as_problem) -> Response:
    """Admit, handle, answer; whatever goes wrong becomes a problem here and nowhere else."""
    request_id = request_id_of(request)
    known: dict[str, str] = {"request_id": request_id}
    try:
        call = admit(desk, operation, request, request_id)
        known |= {name: call.path[name] for name in ("case_id",) if name in call.path}
        response = handler(desk, call)
    except ReturnsError as refusal:
        response = refuse(refusal, request_id, request.headers)
        _note_refusal(operation, request_id, refusal, response.status_code)
    except Exception as defect:  # noqa: BLE001  the outermost layer: no trace and no framework answer may leave
        _note_defect(operation, request_id, defect)
        response = refuse(Unexpected("see the log"), request_id, request.headers)
    response.headers[REQUEST_ID] = request_id
    log.info("%s %s", operation.operation_id, response.status_code, extra=known)
    return response


def admit(desk: Desk, operation: Operation, request: Any, request_id: str) -> Call:
    """The request as its handler may use it; raises the error that names everything wrong with it."""
    now = desk.now()
    holder = role = ""
    scopes: tuple[str, ...] = ()
    if operation.scope:
        shown = request.headers.get("authorization")
        token = holder_of(shown, operation.scope, desk.ports().tokens, now)
        holder, role, scopes = token.holder, token.role, tuple(token.scopes)
    call = Call(
        request_id,
        now,
        holder,
        _path_of(operation, request.uri_params or {}),
        _query_of(operation, request.query_params),
        _every_header(request) if operation.raw_body else _headers_of(operation, request.headers),
        str(request.context.get("path") or ""),
        role=role,
        scopes=scopes,
    )
    has_body = operation.body or operation.raw_body or operation.form
    return _with_body(operation, call, request) if has_body else call


def _path_of(operation: Operation, given: Mapping[str, str]) -> dict[str, str]:
    """Path values, percent-decoded once. One outside its grammar names nothing we have: 404, whatever it
    hides.
    """
    found: dict[str, str] = {}
    for name, parameter in operation.taken_from("path").items():
        text = _decoded(given.get(name, ""))
        if not parameter.takes(text):
            raise NotFoundError(f"no such {name}")
        found[name] = text
    return found


def _decoded(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise NotFoundError("no such path") from None


def _query_of(operation: Operation, given: Any) -> dict[str, str]:
    """Query values, each known, given once and within its grammar; all faults at once. A sender that signs
    its body may add to its own address what it likes: it is not read.
    """
    if operation.raw_body:
        return {}
    return _named_values(operation, "query", {name: given.getlist(name) for name in given or {}})


def _named_values(
    operation: Operation, where: Literal["query", "form"], given: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    known = operation.taken_from(where)
    found: dict[str, str] = {}
    faults: list[FieldFault] = []
    for name, texts in given.items():
        fault = _value_fault(name, texts, known.get(name), where)
        if fault:
            faults.append(fault)
        else:
            found[name] = texts[0]
    faults += [_missing(name, where) for name, each in known.items() if each.required and name not in given]
    if faults:
        raise InvalidRequestError(f"the {where} cannot be read", faults)
    return found


def _missing(name: str, where: str) -> FieldFault:
    return FieldFault(name, "required", "this parameter is needed", source=where)


def _value_fault(name: str, texts: Sequence[str], parameter: Parameter | None, where: str) -> FieldFault | None:
    if parameter is None:
        return FieldFault(shown(name), "unknown_parameter", "this route has no such parameter", source=where)
    if len(texts) != 1:
        return FieldFault(name, "repeated_parameter", "give this parameter once", source=where)
    if not parameter.takes(texts[0]):
        return FieldFault(name, "invalid_parameter", _expected(parameter), source=where)
    return None


def _every_header(request: Any) -> dict[str, str]:
    """All headers, because a sender signs in one of them. One that came several times has all its values: the gateway
    gives the last alone, and a verifier must not take that for the only one.
    """
    several: dict[str, list[str]] = {}
    for name, texts in (request.to_original_event().get("multiValueHeaders") or {}).items():
        several.setdefault(name.lower(), []).extend(texts)
    return {**request.headers, **{name: ", ".join(texts) for name, texts in several.items()}}


def _headers_of(operation: Operation, given: Mapping[str, str]) -> dict[str, str]:
    """The headers that the operation names, each within its grammar."""
    found: dict[str, str] = {}
    for name, parameter in operation.taken_from("header").items():
        text = given.get(name)
        if text is not None and not parameter.takes(text):
            fault = FieldFault(name, "invalid_header", _expected(parameter), source="header")
            raise InvalidRequestError("a header cannot be read", [fault])
        if text is not None:
            found[name] = text
    return found


def _expected(parameter: Parameter) -> str:
    if parameter.choices:
        return f"one of {', '.join(parameter.choices)}"
    like = f", such as {parameter.example}" if parameter.example else ""
    return f"at most {parameter.max_length} characters that match {parameter.pattern}{like}"


def _with_body(operation: Operation, call: Call, request: Any) -> Call:
    _refuse_other_kinds(operation, request.headers.get("content-type"))
    raw = _raw_of(request)
    refuse_oversize(raw, operation.body_limit)
    if operation.form:
        return replace(call, form=_named_values(operation, "form", read_form(raw)))
    if operation.raw_body or operation.body is None:
        return replace(call, raw=raw)
    document = read_json(raw, operation.body_limit)
    from chalicelib.api.validation import validated  # pydantic: only where a body is read

    body = validated(model_named("bodies", operation.body), document)
    return replace(call, raw=raw, document=document, body=body)


def _refuse_other_kinds(operation: Operation, content_type: str | None) -> None:
    grammar = _CARRIERS_OWN if operation.raw_body else _FORM if operation.form else _JSON
    if content_type and not grammar.match(content_type.strip()):
        detail = f"send application/{'x-www-form-urlencoded' if operation.form else 'json'} in UTF-8"
        fault = FieldFault("Content-Type", UnsupportedMediaType.code, detail, source="header")
        raise UnsupportedMediaType(detail, [fault])


def _raw_of(request: Any) -> bytes:
    try:
        return bytes(request.raw_body)
    except UnicodeEncodeError:
        code, detail = "not_utf8", "the body is not UTF-8"
    except ValueError:  # the gateway says base64 of what is none
        code, detail = "not_base64", "the body is not the base64 it is said to be"
    raise UnreadableBody(detail, [FieldFault("", code, detail)])


def shown(name: str) -> str:
    """A name the caller chose, safe to repeat in an answer: printable and short."""
    printable = "".join(letter if letter.isprintable() else "?" for letter in name[:80])
    return printable + "..." if len(name) > 80 else printable


def _note_refusal(operation: Operation, request_id: str, refusal: ReturnsError, status: int) -> None:
    """From 500 up it is ours to mend: its code and its own words, which hold no personal value, are for us."""
    if status >= 500:
        facts = {"request_id": request_id, "reason": refusal.code, "detail": str(refusal)[:300]}
        log.error("%s failed: %s", operation.operation_id, refusal.code, extra=facts)


def _note_defect(operation: Operation, request_id: str, defect: Exception) -> None:
    """What failed and where, without the message: an exception's text may hold what a customer wrote."""
    where: list[str] = []
    trace = defect.__traceback__
    while trace is not None:
        where.append(f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}")
        trace = trace.tb_next
    facts = {"request_id": request_id, "defect": type(defect).__name__, "where": " > ".join(where[-6:])}
    log.error("%s failed: %s", operation.operation_id, type(defect).__name__, extra=facts)

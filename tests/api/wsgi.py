"""The API as a WSGI application, by way of Chalice's local gateway, so that tools which speak WSGI can call it."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from chalice import Chalice
from chalice.config import Config
from chalice.local import LocalGateway, LocalGatewayException

Start = Callable[[str, list[tuple[str, str]]], Any]


class Bridge:
    """One gateway; the path is passed on as it was sent, still percent-encoded."""

    def __init__(self, app: Chalice) -> None:
        self._gateway = LocalGateway(app, Config())

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else b""
        path = environ.get("REQUEST_URI") or environ["PATH_INFO"]
        try:
            told = self._gateway.handle_request(environ["REQUEST_METHOD"], path, _headers(environ), body)
        except LocalGatewayException as refusal:
            told = {
                "statusCode": refusal.CODE,
                "headers": {"Content-Type": "application/json"},
                "body": (refusal.body or b"").decode(),
            }
        status = told["statusCode"]
        start(f"{status} {HTTPStatus(status).phrase}", [(k, str(v)) for k, v in told["headers"].items()])
        return [(told["body"] or "").encode()]


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    found = {key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key[:5] == "HTTP_"}
    if environ.get("CONTENT_TYPE"):
        found["content-type"] = environ["CONTENT_TYPE"]
    return found

"""The API as a WSGI application, by way of Chalice's local gateway, for tools that speak WSGI."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from chalice import Chalice
from chalice.config import Config
from chalice.local import LocalGateway, LocalGatewayException

Start = Callable[[str, list[tuple[str, str]]], Any]


class Bridge:
    """One gateway in front of one app."""

    def __init__(self, app: Chalice) -> None:
        self._gateway = LocalGateway(app, Config())

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else b""
        path = quote(environ["PATH_INFO"].encode("latin-1"))  # WSGI decodes it; the gateway passes it on undecoded
        if environ.get("QUERY_STRING"):
            path += "?" + environ["QUERY_STRING"]
        try:
            told = self._gateway.handle_request(environ["REQUEST_METHOD"], path, _headers(environ), body)
        except LocalGatewayException as refusal:
            told = {
                "statusCode": refusal.CODE,
                "headers": {"Content-Type": "application/json"},
                "body": (refusal.body or b"").decode(),
            }
        status = told["statusCode"]
        headers = [(name, str(value)) for name, value in told["headers"].items()]
        start(f"{status} {HTTPStatus(status).phrase}", headers)
        return [(told["body"] or "").encode()]


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    named = {key[5:]: value for key, value in environ.items() if key.startswith("HTTP_")}
    found = {name.replace("_", "-").lower(): value for name, value in named.items()}
    if environ.get("CONTENT_TYPE"):
        found["content-type"] = environ["CONTENT_TYPE"]
    return found

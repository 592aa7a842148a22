"""A customer at their page over HTTP: a return with its link, in a shop over memory."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from chalicelib.api import examples
from tests.api.fakes import Shop

FORM = "application/x-www-form-urlencoded"


class Visitor:
    """Somebody with a link."""

    def __init__(self, **changed: Any) -> None:
        self.shop = Shop()
        body = {**examples.OpenReturnBody, **changed}
        self.case_id: str = self.shop.post("/v1/returns", body).json_body["case_id"]
        self.url: str = self.renewed()

    @property
    def token(self) -> str:
        """The secret of the link."""
        return self.url.rpartition("/")[2]

    @property
    def order(self) -> str:
        """What opens papers and amounts."""
        return str(self.file.case.order_number)

    @property
    def file(self) -> Any:
        """The case with all under it."""
        return self.shop.ports.cases.file(self.case_id)

    def renewed(self) -> str:
        """A new link."""
        made = self.shop.post(f"/v1/returns/{self.case_id}/link", {})
        self.url = made.json_body["url"]
        return self.url

    def look(self, query: str = "", token: str | None = None, **headers: str) -> Any:
        """The page."""
        return self.shop.http.get(f"/v1/c/{token or self.token}{query}", headers=headers)

    def act(self, action: str, token: str | None = None, **form: str) -> Any:
        """What a form of the page sends."""
        return self.send(action, urlencode(form).encode(), token)

    def send(self, action: str, body: bytes, token: str | None = None, kind: str = FORM) -> Any:
        """Any body at all."""
        path = f"/v1/c/{token or self.token}/{action}"
        return self.shop.http.post(path, headers={"Content-Type": kind}, body=body)

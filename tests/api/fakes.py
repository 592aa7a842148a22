"""A desk for tests: tokens that are known, stories that remember who asked what, and no world behind them."""

import json
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

from chalice import Chalice
from chalice.test import Client

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
    examples,
    exceptions,
    health,
    links,
    notices,
    openapi,
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
from chalicelib.api.desk import Desk, Stories, workflows
from chalicelib.api.problems import framework_answers_as_problems
from chalicelib.shipments.fold import fold
from tests.api import samples
from tests.fakes.memory_ports import memory_ports
from tests.fakes.pieces import a_hold, a_scan, a_track, an_exception

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SECRET = "s" * 43
SCOPES_BY_TOKEN_ID = {
    "reader": ("returns:read",),
    "writer": ("returns:read", "returns:write"),
    "clerk": ("exceptions:write",),
    "boss": ("admin",),
    "late": ("admin",),
}


def bearer(token_id: str = "boss", secret: str = SECRET) -> dict[str, str]:
    return {"Authorization": f"Bearer gt_{token_id}_{secret}"}


def posted(token_id: str = "boss", **more: str) -> dict[str, str]:
    return {**bearer(token_id), "Content-Type": "application/json", **more}


class KnownTokens:
    """Tokens by id; ``late`` expired a second ago."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def read(self, token_id: str) -> Any:
        self.asked.append(token_id)
        if token_id not in SCOPES_BY_TOKEN_ID:
            return None
        text = f"gt_{token_id}_{SECRET}"
        return SimpleNamespace(
            token_id=token_id,
            token_hash=sha256(text.encode()).hexdigest(),
            holder=f"{token_id}@desk",
            role="support",
            scopes=SCOPES_BY_TOKEN_ID[token_id],
            expires_at=NOW if token_id == "late" else NOW + timedelta(days=1),
        )


@dataclass(frozen=True)
class Opened:
    status: int
    body: dict[str, Any]


@dataclass
class World:
    """What the stories were asked, and what they answer: ``raises`` by name of the story."""

    raises: dict[str, Exception] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = field(default_factory=list)
    tokens: KnownTokens = field(default_factory=KnownTokens)

    def told(self, name: str) -> Any:
        def story(*args: Any, **named: Any) -> Any:
            self.asked.append((name, args, named))
            if name in self.raises:
                raise self.raises[name]
            given = deepcopy(self.answers.get(name, samples.ANSWERS[name]))
            if name == "open_return":
                return Opened(200 if named["dry_run"] else 201, given)
            return given

        return story

    def desk(self) -> Desk:
        # The ports hold nothing but tokens: a route that reached for anything else would fail.
        ports = SimpleNamespace(tokens=self.tokens)
        stories = Stories(**{name: self.told(name) for name in Stories.__slots__})
        return Desk(ports=lambda: ports, now=lambda: NOW, stories=lambda: stories)

    def app(self, desk: Desk | None = None) -> Chalice:
        app = Chalice("goldthread-under-test", configure_logs=False)
        app.register_middleware(framework_answers_as_problems, "http")
        rooms = (
            returns, papers, pickups, estimates, tariffs, duties, carriers, shipments, exceptions, webhooks, health,
            openapi, notices, links, customer_page,
            deliveries,
            claims,
            custody,
            settlements,
            ways_out,
            decisions,
            evidence,
            persons,
            disputes,
            recalls,
            repairs,
        )  # fmt: skip
        served = desk or self.desk()
        for module in rooms:
            app.register_blueprint(module.blueprint(served))
        return app

    def client(self) -> Any:
        return Client(self.app()).http


class Shop:
    """The real stories over memory."""

    def __init__(self) -> None:
        self.world = memory_ports()
        self.ports = replace(self.world.ports, tokens=KnownTokens())
        self.app = World().app(Desk(lambda: self.ports, lambda: NOW, workflows))
        self.http = Client(self.app).http

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.http.post(path, headers=posted(**headers), body=json.dumps(body).encode())

    def get(self, path: str) -> Any:
        return self.http.get(path, headers=bearer())


def a_shop() -> Shop:
    """A shop where something has happened: a case with a held parcel, and an exception."""
    shop = Shop()
    shop.post("/v1/returns", examples.OpenReturnBody)
    blank = a_track()
    events = (a_scan(), a_hold(1))
    shop.ports.tracks.save(replace(blank, events=events, state=fold(events, blank.facts)))
    shop.ports.exceptions.open_alone(an_exception(subject_kind="carrier", subject="fedex", case_id=None, leg_n=None))
    return shop

"""The simulated carriers as a program: port, secrets, push address and memory come from the environment."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.local.carrier_server import server_of
from infra.local.carrier_simulator import CarrierSimulator
from infra.local.dhl_simulator import DhlSimulator
from infra.local.ems_simulator import EmsSimulator
from infra.local.fedex_simulator import FedExSimulator
from infra.local.front_door import FrontDoor
from infra.local.outbox import Mail, Outbox, mails_of


def simulators(values: dict[str, Any], folder: Path) -> tuple[CarrierSimulator, ...]:
    """All three, each taking only the credentials that the product was given, each with its file in the folder."""
    carriers, hooks = values["carriers"], values["webhooks"]
    clients = (carriers["fedex"][name] for name in ("track", "ship"))
    user, key = carriers["dhl"]["mydhl"], carriers["dhl"]["unified"]["api_key"]
    contract = carriers["ems"]["open_api"]
    return (
        FedExSimulator(
            hooks["fedex"][0],
            credentials={one["client_id"]: one["client_secret"] for one in clients},
            account=carriers["fedex"]["account_number"],
            clock=_now,
            file=folder / "fedex.json",
        ),
        DhlSimulator(
            hooks["dhl"][0],
            credentials={user["user"]: user["password"], "unified": key},
            account=carriers["dhl"]["account_number"],
            clock=_now,
            file=folder / "dhl.json",
        ),
        EmsSimulator(
            hooks["ems"][0],
            credentials={contract["sender_no"]: contract["authorization"]},
            clock=_now,
            file=folder / "ems.json",
        ),
    )


def _now() -> datetime:
    return datetime.now(UTC)


def main() -> None:
    """Serve until stopped."""
    values = json.loads(Path(os.environ["CARRIERS_SECRETS"]).read_text())
    served = simulators(values, Path(os.environ["CARRIERS_MEMORY"]))
    webhooks = {one.name: f"{os.environ['CARRIERS_WEBHOOKS']}/{one.name}" for one in served}
    outbox = Outbox(values["receivers"], lambda: mails_at(os.environ["CARRIERS_MAILS"]))
    port, front_door = int(os.environ["CARRIERS_PORT"]), FrontDoor(os.environ["CARRIERS_API"])
    server_of(served, port, webhooks, outbox=outbox, front_door=front_door).serve_forever()


def mails_at(url: str) -> list[Mail]:
    """The mails that the embedded AWS keeps; none while it does not answer."""
    from urllib.request import ProxyHandler, build_opener

    try:
        with build_opener(ProxyHandler({})).open(url, timeout=5) as answer:
            return mails_of(json.load(answer))
    except (OSError, ValueError):
        return []


if __name__ == "__main__":
    main()

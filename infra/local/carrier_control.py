"""The simulated FedEx as the story sees it: a program to start, and a desk from which parcels are moved."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.local.child import LOOPBACK, Child, port_is_free
from infra.local.door import Door
from infra.local.stack import ROOT

START_S = 15.0
STOP_S = 5.0
PROGRAM = "infra.local.run_fedex"


class SimulatedCarrier:
    """FedEx on loopback."""

    def __init__(self, port: int, log: Path) -> None:
        self.url = f"http://{LOOPBACK}:{port}"
        self.log = log
        self._port = port
        self._door = Door(port)
        self._child: Child | None = None

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._child is not None and self._child.alive

    def start(self, webhook_url: str, values: Mapping[str, Any]) -> None:
        """Start it: where it pushes, what it knows of the account. Raises LocalRunError when it cannot."""
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "FEDEX_PORT": str(self._port),
            "FEDEX_WEBHOOK_URL": webhook_url,
            "FEDEX_SECRETS": json.dumps(values),
        }
        python = ROOT / ".venv" / "bin" / "python"
        self._child = Child("the simulated FedEx", python, [PROGRAM], self.log, environment)
        self._child.start()
        self._child.wait_ready(lambda: not port_is_free(self._port), START_S)

    def stop(self) -> None:
        """Stop it; its parcels are forgotten."""
        if self._child:
            self._child.stop(STOP_S)

"""The embedded AWS: MiniStack in its own environment, bound to loopback, its state in a folder.

Used by `make run` and, on a random port with a folder of its own, by tests that need real concurrency:

    with Ministack(free_port(), tmp_path) as aws:
        aws.client("dynamodb").list_tables()
"""

from __future__ import annotations

import os
import shutil
import time
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Thread
from typing import Any, Self

import boto3
from botocore.config import Config

from infra.local.child import LOOPBACK, Child, LocalRunError, require_free

REGION = "us-east-1"
ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-local" / "bin" / "python"
PORT_VARIABLE = "GOLDTHREAD_PORT"
START_S = 30.0
# Saving follows what is stored: 40,000 tracks took 3.6 s here.
STOP_S = 60.0


class Ministack:
    """One embedded AWS. `keep=False` forgets everything when it stops, which is what most tests want."""

    def __init__(
        self,
        port: int,
        state_dir: Path,
        *,
        keep: bool = True,
        python: Path = PYTHON,
        patience_s: float = START_S,
    ) -> None:
        self.port = port
        self.endpoint = f"http://{LOOPBACK}:{port}"
        self._state_dir = state_dir
        self._python = python
        self._patience_s = patience_s
        self._child = Child(
            "the embedded AWS", python, ["ministack"], state_dir / "ministack.log", self._environment(keep)
        )

    @property
    def installed(self) -> bool:
        """Whether its environment is there."""
        return self._python.exists()

    @property
    def log(self) -> Path:
        """Where it writes what it does."""
        return self._child.log

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._child.alive

    def start(self) -> None:
        """Start it and wait until it answers. Raises LocalRunError, with what to do, when it cannot."""
        if not self.installed:
            raise LocalRunError(f"{self._python} is missing; `make .venv-local/made` installs it")
        require_free(self.port, "embedded AWS", PORT_VARIABLE)
        self._forget_unpacked()
        (self._state_dir / "tmp").mkdir(parents=True)
        self._child.start()
        self._child.wait_ready(self._healthy, self._patience_s)

    def stop(self) -> bool:
        """Ask it to save its state and stop; whether it did so in time."""
        return self._child.stop(STOP_S)

    def client(self, service: str) -> Any:
        """Give a boto3 client of one service."""
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106 - the embedded AWS takes any
            config=Config(retries={"max_attempts": 1}, read_timeout=150, proxies={}),
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _forget_unpacked(self) -> None:
        """Functions are unpacked here at each cold start, by the ten thousand files; what an earlier run left is of no
        use and goes while this one starts. What is not gone when it ends goes with the next."""
        left = self._state_dir / "tmp"
        if left.exists():
            left.rename(self._state_dir / f"gone-{os.getpid()}-{time.time_ns()}")
        for gone in self._state_dir.glob("gone-*"):
            Thread(target=shutil.rmtree, args=(gone,), kwargs={"ignore_errors": True}, daemon=True).start()

    def _healthy(self) -> bool:
        try:
            connection = HTTPConnection(LOOPBACK, self.port, timeout=2)
            connection.request("GET", "/_ministack/health")
            return connection.getresponse().status == HTTPStatus.OK
        except (HTTPException, OSError):
            return False

    def _environment(self, keep: bool) -> dict[str, str]:
        """Nothing of the caller's own environment but the path: the functions inherit what is given here."""
        folder = self._state_dir.resolve()
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(folder / "tmp"),
            "TMPDIR": str(folder / "tmp"),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "BIND_HOST": LOOPBACK,
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "PERSIST_STATE": str(int(keep)),
            "STATE_DIR": str(folder / "state"),
            "S3_PERSIST": str(int(keep)),
            "S3_DATA_DIR": str(folder / "objects"),
        }

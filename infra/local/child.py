"""Programs that a run starts: each in its own process group, its output in a file, stopped in order."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

LOOPBACK = "127.0.0.1"
GUARD = Path(__file__).with_name("guarded.py")
STEP_S = 0.05


class LocalRunError(Exception):
    """The local run cannot go on; the message says what to do about it."""


class PortTakenError(LocalRunError):
    """Another program listens on a port that the run needs."""

    def __init__(self, port: int, purpose: str, variable: str) -> None:
        super().__init__(
            f"port {port} ({purpose}) is taken by another program. "
            f"Stop that program or choose another port: {variable}={port + 1000} make run"
        )


def port_is_free(port: int) -> bool:
    """Whether a program could listen on this loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def require_free(port: int, purpose: str, variable: str) -> None:
    """Refuse a taken port by name, before anything is started."""
    if not port_is_free(port):
        raise PortTakenError(port, purpose, variable)


def free_port() -> int:
    """Give a loopback port that nobody listens on."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until(true: Callable[[], bool], seconds: float) -> bool:
    """Ask again and again until the answer is yes or the time is over."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(STEP_S)
    return True


class Child:
    """One Python module run as a program of its own.

    It leads its own process group, so that Ctrl-C at the terminal reaches only the run, which then stops its
    children in order; and it ends by itself when the run dies.
    """

    def __init__(self, name: str, python: Path, module: Sequence[str], log: Path, env: Mapping[str, str]) -> None:
        self.name = name
        self.log = log
        # -P: this folder must not shadow modules of the program.
        self._command = [str(python), "-P", str(GUARD), str(log.with_suffix(".lock")), *module]
        self._env = dict(env)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; its output goes to the log file, in place of that of the last time."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as out:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=self._env,
                start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def wait_ready(self, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until it answers; say where its log is when it ends or stays silent instead."""
        if wait_until(lambda: not self.alive or ready(), seconds) and self.alive:
            return
        what = "does not answer" if self.alive else "ended while starting"
        self.stop(1)
        raise LocalRunError(f"{self.name} {what}; its log is {self.log}:\n{self.last_lines()}")

    def last_lines(self, count: int = 8) -> str:
        """Give the end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])

    def stop(self, seconds: float) -> bool:
        """Ask it to stop, and end its whole group if it does not; whether it ended by itself in time."""
        if self._process is None:
            return True
        if self.alive:
            os.kill(self._process.pid, signal.SIGTERM)
        in_time = wait_until(lambda: not self.alive, seconds)
        self._end_group()
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        self._process = None
        return in_time

    def _end_group(self) -> None:
        """Whatever is left of the group, such as a function that was still running."""
        assert self._process is not None  # noqa: S101 - only called between start and stop
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

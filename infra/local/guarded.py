"""Start a module as a program that ends when its parent does, however the parent ends.

The embedded AWS writes its state only when it is asked to stop. A parent that is killed cannot ask, so the
child asks itself: its standard input is a pipe that the parent holds open; its end means the parent is gone.
Saving takes a moment, so the next one waits for the lock of their common state before it reads that state.

Runs in whatever environment it is started with, so it imports nothing but the standard library.
"""

import fcntl
import os
import runpy
import signal
import sys
import threading


def _stop_when_the_parent_is_gone() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _wait_for_the_one_before(lock: str) -> None:
    """Hold the lock as long as this program lives; programs that it starts do not inherit it."""
    fcntl.flock(os.open(lock, os.O_CREAT | os.O_RDWR, 0o600), fcntl.LOCK_EX)


def main() -> None:
    """Run a module with its arguments: `guarded.py LOCK MODULE ARGUMENT...`."""
    lock, module, *arguments = sys.argv[1:]
    threading.Thread(target=_stop_when_the_parent_is_gone, daemon=True).start()
    _wait_for_the_one_before(lock)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

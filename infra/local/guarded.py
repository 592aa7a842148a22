"""Start a module as a program that ends when its parent does, however the parent ends.

The embedded AWS writes its state only when it is asked to stop. A parent that is killed cannot ask, so the
child asks itself: its standard input is a pipe that the parent holds open; its end means the parent is gone.

Runs in whatever environment it is started with, so it imports nothing but the standard library.
"""

import os
import runpy
import signal
import sys
import threading


def _stop_when_the_parent_is_gone() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Run the module named by the first argument; the rest are its own arguments."""
    module, *arguments = sys.argv[1:]
    threading.Thread(target=_stop_when_the_parent_is_gone, daemon=True).start()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

"""The simulated FedEx as a program: port, push address, key and memory come from the environment."""

from __future__ import annotations

import os
from pathlib import Path

from infra.local.fedex_simulator import serve


def main() -> None:
    """Serve until stopped."""
    serve(
        int(os.environ["FEDEX_PORT"]),
        os.environ["FEDEX_WEBHOOK_URL"],
        os.environ["FEDEX_WEBHOOK_KEY"],
        file=Path(os.environ["FEDEX_MEMORY"]),
    )


if __name__ == "__main__":
    main()

"""The simulated FedEx as a program: its port, push address and keys come from the environment."""

from __future__ import annotations

import json
import os

from infra.local.fedex_simulator import serve


def main() -> None:
    """Serve until stopped."""
    secrets = json.loads(os.environ["FEDEX_SECRETS"])
    serve(int(os.environ["FEDEX_PORT"]), os.environ["FEDEX_WEBHOOK_URL"], secrets["webhooks"]["fedex"][0])


if __name__ == "__main__":
    main()

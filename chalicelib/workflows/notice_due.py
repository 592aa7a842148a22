"""Having somebody look at what the customer of a case is owed: sent by every story that may have changed it."""

from __future__ import annotations

from chalicelib.workflows.ports import Ports


def look_for_notices(ports: Ports, case_id: str) -> None:
    """Queue a look. It says only which case, so one too many costs a read, and one lost is made good by the next."""
    ports.queues.send("notices", [{"kind": "notices", "case_id": case_id}])

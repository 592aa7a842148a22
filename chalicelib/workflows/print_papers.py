"""The papers queue: the papers of a leg, the pack of a claim, or everything about a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.workflows.claim_ports import PACK_TO_MAKE
from chalicelib.workflows.export_person import EXPORT_TO_MAKE, take_export
from chalicelib.workflows.make_papers import Press, take_papers
from chalicelib.workflows.pack_claim import take_pack
from chalicelib.workflows.ports import Ports


def take_paper_work(ports: Ports, press: Press, message: Mapping[str, Any], now: datetime) -> set[str]:
    """Hand a message to its story; the leg it was about, as ``case/leg``. One that no story knows is refused."""
    if message.get("kind") == PACK_TO_MAKE:
        return take_pack(ports, press, message, now)
    if message.get("kind") == EXPORT_TO_MAKE:
        return take_export(ports, message, now)
    return take_papers(ports, press, message, now)

"""Every call of taking evidence in, broken in every way that can be told apart: kept once, or told as what it is."""

from __future__ import annotations

import pytest

from chalicelib.returns.evidence import CUSTOMER, Evidence, EvidenceWish
from chalicelib.workflows.case_log import broken_at
from chalicelib.workflows.open_return import open_return
from chalicelib.workflows.take_evidence import confirm, offer
from tests.faults.gate import Fault, Gate, spread
from tests.faults.stories import CLAIRE, REQUEST
from tests.faults.world import MONDAY, World
from tests.returns.uploads import a_photo

PHOTO = a_photo()


def told(fault: Fault | None = None) -> World:
    """The desk opens a return; then, with the fault, the customer gives a photo."""
    world = World(Gate())
    open_return(
        world.ports, REQUEST, CLAIRE, holder="desk", idempotency_key=None, body_digest="d", dry_run=False, now=MONDAY
    )
    world.queues.waiting.clear()
    world.gate.calls.clear()
    world.gate.fault = fault
    wish = EvidenceWish("photo_item")
    place = world.ask(
        lambda: offer(
            world.ports, world.case_id, wish, by=CUSTOMER, way="post", redirect_to="https://x/", now=world.now
        )
    )
    evidence_id = place["evidence"]["evidence_id"]
    world.evidence.upload(world.case_id, evidence_id, PHOTO)
    world.ask(lambda: confirm(world.ports, world.case_id, evidence_id, by=CUSTOMER, now=world.now))
    world.pump()
    return world


CALLS = told().gate.calls


@pytest.mark.parametrize("fault", spread(CALLS, 1), ids=lambda fault: f"{fault.kind}@{fault.at}-{CALLS[fault.at]}")
def test_a_photo_is_kept_once_whatever_goes_wrong_on_the_way(fault):
    world = told(fault)
    file = world.ports.cases.file(world.case_id)
    kept = [one for one in file.parts.of(Evidence) if one.state == "kept"]
    originals = [key for key in world.evidence.objects if key.startswith("evidence/")]
    assert (len(kept), len(originals)) == (1, 1)
    assert sum(key.startswith("shown/") for key in world.evidence.objects) == 2
    assert [entry.what for entry in file.log].count("evidence_kept") == 1
    assert broken_at(file.log) is None
    assert kept[0].due_at is None

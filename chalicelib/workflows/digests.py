"""What has waited for a receiver is told together: found by the sweep, made by the deliveries worker.

What a part of a digest holds is settled before it is sent, under a name made of receiver, time and part. So a digest
that is made twice, by two workers or after a crash, is the same delivery; what comes after its making is in the next
part, and nothing is let go that was in none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.alerts.bodies import digest_of
from chalicelib.alerts.gathered import digest_id, summary
from chalicelib.alerts.routing import last_resort, receiver_called, routing_rules
from chalicelib.clock import instant, stamp
from chalicelib.workflows.digest_ports import Slot, SlotFile
from chalicelib.workflows.due_again import LAST_TRY, Outbox, wait_after
from chalicelib.workflows.ports import Due, Ports
from chalicelib.workflows.tell import send_on


def digest_due(ports: Ports, due: Due, now: datetime, outbox: Outbox) -> bool:
    """Claim the digest and put its message into the outbox; False when somebody else did, or nothing waits. One that
    could not be made five times is told of, and tried on."""
    slot = ports.digests.of_due(due)
    if slot is None:
        return False
    attempts = slot.attempts + 1
    if not ports.due.claim(due, now + wait_after(slot.attempts)):
        return False
    if attempts == LAST_TRY:
        outbox["alerts"].append(_alert_of_stuck(slot))
    outbox["deliveries"].append({"kind": "digest", "receiver": slot.receiver, "at": stamp(slot.at)})
    return True


def send_digest(ports: Ports, message: Mapping[str, Any], now: datetime) -> set[str]:
    """Make the digest of ``message["receiver"]`` at ``message["at"]`` and hand it to its worker. For a receiver that
    the merchant's file no longer names it goes to the topic."""
    slot = ports.digests.begin(message["receiver"], instant(message["at"]))
    if slot is None:
        return set()
    file = ports.digests.file(slot.receiver, slot.at)
    parts = _settled(ports, slot, file)
    receivers = ports.merchant().receiver
    receiver = receiver_called(slot.receiver, receivers) or last_resort(receivers)
    made = []
    for n in range(slot.done, len(parts)):
        told = summary([one for one in file.gathered if one.name in parts[n]], routing_rules()["digest"]["spelled_out"])
        made.append(digest_of(digest_id(slot.receiver, slot.at, n), told, receiver, slot.at, now))
        ports.deliveries.put_new(made[-1])
    send_on(ports, made)
    ports.digests.close(slot, len(parts))
    return set()


def _settled(ports: Ports, slot: Slot, file: SlotFile) -> list[frozenset[str]]:
    """What every part holds, until each change that waits is in one."""
    parts = list(file.parts)
    left = [one.name for one in file.gathered if not any(one.name in part for part in parts)]
    while left:
        settled = ports.digests.plan(slot.receiver, slot.at, len(parts), left[: routing_rules()["digest"]["most"]])
        parts.append(settled)
        left = [name for name in left if name not in settled]
    return parts


def _alert_of_stuck(slot: Slot) -> dict[str, Any]:
    return {
        "action": "open",
        "subject_kind": "rule",
        "subject": f"digest/{slot.receiver}",
        "kind": "digest_stuck",
        "episode": f"digest_stuck-{stamp(slot.at)}",
        "since": stamp(slot.at),
    }

"""Every step of a case, for the merchant's tools that want each one.

What was done stands in the case log; a look tells the steps of late, each under the name of its entry. So one
look too many repeats nothing, and one that is lost is made good by the next. Nothing is read where nobody asked.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.alerts.routing import case_steps
from chalicelib.workflows.ports import Ports
from chalicelib.workflows.tell import tell_case

# As long as the message that asks for a look can wait, in its queue and among the dead letters after it.
TOLD_FOR = timedelta(days=18)


def look_for_tools(ports: Ports, case_id: str) -> None:
    """Queue a look where a tool asked for the steps of cases."""
    if any("case" in receiver.events for receiver in ports.merchant().receiver):
        ports.queues.send("alerts", [{"action": "tell_case", "case_id": case_id}])


def tell_steps(ports: Ports, case_id: str, now: datetime) -> None:
    """Tell the steps of late; quiet for a case that is not there."""
    file = ports.cases.file(case_id)
    told = case_steps()
    for entry in file.log if file is not None else ():
        if entry.what in told and now - entry.at <= TOLD_FOR:
            tell_case(ports, case_id, entry.what, entry.n, entry.at, entry.facts, now)

"""The customer's link: made when it is first needed, renewed and taken back by the desk.

Its address is told to whoever makes it and never again by a route; notices carry it because they may unseal it. The
case log says that a link was made or ended, and by whom, never what it is.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from chalicelib.clock import stamp
from chalicelib.returns.case import Case
from chalicelib.rulebook import dictionary
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.erase_person import AlreadyErased, erasure_of
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.link_ports import KeptLink
from chalicelib.workflows.ports import CaseFile, Ports

US = "goldthread"
PAGE = "/v1/c/"


def make_link(ports: Ports, case_id: str, *, holder: str, now: datetime) -> dict[str, Any]:
    """A new link for the customer, told this once; the one before it stops working. Raises ``NotFoundError``, and
    ``AlreadyErased`` where the customer was forgotten: nobody is left to give it to."""
    erasure = erasure_of(file_of(ports, case_id))
    if erasure is not None and erasure.state == "done":
        raise AlreadyErased("the customer's values are erased: no link is made for nobody")
    until = now + lifetime()
    token = ports.links.make(case_id, holder, now, until)
    amend(ports, case_id, now, lambda case: Amendment(case, "link_made", {"until": stamp(until)}, by=holder))
    return {"case_id": case_id, "url": address(ports, token), "expires_at": stamp(until)}


def end_link(ports: Ports, case_id: str, *, holder: str, now: datetime) -> dict[str, Any]:
    """Take the link back; again is quiet. The next notice makes a new one. Raises ``NotFoundError``."""
    file = file_of(ports, case_id)
    had_one = link_in_short(file) is not None
    ports.links.revoke(case_id)

    def ended(case: Case) -> Amendment | None:
        return Amendment(case, "link_ended", by=holder) if had_one else None

    amend(ports, case_id, now, ended)
    return {"case_id": case_id, "ended": True}


def link_of(ports: Ports, case_id: str, now: datetime) -> str:
    """The address that a notice carries: that of the link in force, or of a new one where there is none. Only who may
    unseal it can ask."""
    token = ports.links.make(case_id, US, now, now + lifetime(), only_if_none=True)
    return address(ports, token)


def address(ports: Ports, token: str) -> str:
    """Where the page behind a token is."""
    return f"{ports.public_url}{PAGE}{token}"


def link_in_short(file: CaseFile) -> dict[str, Any] | None:
    """Of the link in force, what the desk may know; None: there is none."""
    kept = next(iter(file.parts.of(KeptLink)), None)
    if kept is None or kept.ended:
        return None
    return {"made_at": stamp(kept.made_at), "made_by": kept.made_by, "expires_at": stamp(kept.good_until)}


def lifetime() -> timedelta:
    """How long a link works."""
    return timedelta(days=dictionary("returns", "customer_link")["link"]["days"])


def most_wrong_orders() -> int:
    """How often a wrong order number may be named behind one link."""
    return int(dictionary("returns", "customer_link")["link"]["wrong_orders"])

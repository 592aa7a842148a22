"""The ways out of a case as the desk sees them: what goes and why, what was decided of it, how far it is, what is
open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.clock import stamp
from chalicelib.customs.explain import explained
from chalicelib.errors import NotFoundError
from chalicelib.insurance.kept import told as told_cover
from chalicelib.returns.case import Item
from chalicelib.returns.way_out import OutFacts, OutState, WayOut
from chalicelib.shipments.leg import Leg
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.made_papers import LegPapers
from chalicelib.workflows.plan_out import OutWish
from chalicelib.workflows.plan_papers import instructions
from chalicelib.workflows.ports import Booking, CaseFile, Ports
from chalicelib.workflows.send_out import call_off_way_out, plan_way_out
from chalicelib.workflows.serve_papers import paper_rows

NEXT_BY_STATE: dict[OutState, str] = {
    "sent": "Nothing is asked of anybody: the parcel is followed to the customer's door",
    "delivered": "Nothing is asked of anybody: the customer has it",
    "back": "It came back: take it in, and decide again what becomes of it",
    "lost": "It will not arrive: see the claims of this leg, and settle again or send another",
    "called_off": "Nothing goes: destroy the label",
}
BOUGHT = "Print label and papers, pack and seal the parcel, and hand it over at the carrier's counter"


def ways_out(ports: Ports, case_id: str) -> dict[str, Any]:
    """Every way out of a case, in the order they were asked for. Raises ``NotFoundError``."""
    file = file_of(ports, case_id)
    return {"case_id": case_id, "items": [way_row(file, way) for way in file.parts.of(WayOut)]}


def one_way_out(ports: Ports, case_id: str, leg_n: int) -> dict[str, Any]:
    """One way out by the number of its leg. Raises ``NotFoundError``."""
    file = ports.cases.file(case_id)
    way = next((one for one in file.parts.of(WayOut) if one.leg_n == leg_n), None) if file else None
    if file is None or way is None:
        raise NotFoundError("this case has no way out with this leg")
    return way_row(file, way)


def ask_way_out(ports: Ports, case_id: str, wish: OutWish, *, now: datetime) -> dict[str, Any]:
    """Plan a way out as a person asks, or anew; as it stands then. Raises as ``plan_way_out``."""
    return one_way_out(ports, case_id, plan_way_out(ports, case_id, wish, now))


def end_way_out(ports: Ports, case_id: str, leg_n: int, *, why: str, holder: str, now: datetime) -> dict[str, Any]:
    """Call a way out off; as it stands then. Raises as ``call_off_way_out``."""
    call_off_way_out(ports, case_id, leg_n, why=why, holder=holder, now=now)
    return one_way_out(ports, case_id, leg_n)


def ways_out_in_short(file: CaseFile) -> list[dict[str, Any]]:
    """The ways out as the case names them."""
    return [_in_short(file, way) for way in file.parts.of(WayOut)]


def way_row(file: CaseFile, way: WayOut) -> dict[str, Any]:
    """One way out with all that was decided of it; null where nothing could be reckoned yet."""
    answer = way.answer or {}
    estimate, cover, route = answer.get("estimate"), answer.get("cover"), answer.get("route")
    return {
        **_in_short(file, way),
        "asked_by": way.asked_by,
        "asked_at": stamp(way.asked_at),
        "changed_at": stamp(way.changed_at or way.asked_at),
        "why": way.why,
        "items": [piece(item) for item in way.items],
        "facts": _facts(way.facts),
        "border": answer.get("border"),
        "estimate": {**estimate, "explain": explained(estimate)} if estimate else None,
        "route": route,
        "routes": answer.get("routes", []),
        "cover": told_cover(cover) if cover else None,
        "papers": [row for row in paper_rows(file) if row["leg"] == way.leg_n],
        "without_proof": "proof" in answer,
        "hand_over": instructions(route["carrier"]) if route else [],
    }


def next_of(file: CaseFile, way: WayOut) -> list[str]:
    """What is to be done about it, and by whom."""
    if way.state == "wanted":
        return list((way.answer or {}).get("next", []))
    if way.state != "planned":
        return [NEXT_BY_STATE[way.state]]
    waybill = _waybill(file, way.leg_n)
    if waybill is None or waybill.status != "done":
        return list((way.answer or {}).get("next", []))
    made = file.papers_of(way.leg_n)
    return [BOUGHT] if _is_made(made) else [f"{BOUGHT}; the papers are being made"]


def piece(item: Item) -> dict[str, Any]:
    """A piece as it goes."""
    return {
        "sku": item.sku,
        "serial": item.serial,
        "description": item.description,
        "article": item.article,
        "metal": item.metal,
        "fineness": item.fineness,
        "construction": item.construction,
        "stones": item.stones,
        "origin": item.origin,
        "quantity": item.quantity,
        "gross_weight_g": str(item.gross_weight_g),
        "net_weight_g": str(item.net_weight_g),
        "price": item.price.as_json(),
    }


def _in_short(file: CaseFile, way: WayOut) -> dict[str, Any]:
    leg = _leg(file, way.leg_n)
    return {
        "leg": way.leg_n,
        "cause": way.cause,
        "state": way.state,
        "purpose": leg.purpose if leg else None,
        "settlement_id": str(way.settlement_n) if way.settlement_n is not None else None,
        "repair": way.repair_n,
        "advance": way.advance,
        "carrier": leg.carrier if leg else None,
        "service": leg.service if leg else None,
        "lane": {"from": leg.lane.origin, "to": leg.lane.destination} if leg else None,
        "tracking_number": leg.number if leg else None,
        "next": next_of(file, way),
    }


def _facts(facts: OutFacts) -> dict[str, Any]:
    """What a person said, as they said it."""
    return {
        "export_reference": facts.export_reference,
        "exported_on": facts.exported_on.isoformat() if facts.exported_on else None,
        "export_mode": facts.export_mode,
        "imported_on": facts.imported_on.isoformat() if facts.imported_on else None,
        "duty_paid_on_import": facts.duty_paid_on_import,
        "drawback_claimed": facts.drawback_claimed,
        "vat_refunded": facts.vat_refunded,
        "authorisation": facts.authorisation,
        "back_in_time": facts.back_in_time,
        "guarantee_proven": facts.guarantee_proven,
        "freight": facts.freight.as_json() if facts.freight else None,
        "insurance": facts.insurance.as_json() if facts.insurance else None,
        "pays": facts.pays,
        "carrier": facts.carrier,
        "service": facts.service,
        "seals": list(facts.seals),
        "called_back": facts.called_back,
    }


def _leg(file: CaseFile, n: int) -> Leg | None:
    return next((leg for leg in file.legs if leg.n == n), None)


def _waybill(file: CaseFile, n: int) -> Booking | None:
    return next((one for one in file.bookings if (one.kind, one.leg_n) == ("waybill", n)), None)


def _is_made(papers: LegPapers | None) -> bool:
    return papers is not None and all(one.status == "ready" for one in papers.papers)

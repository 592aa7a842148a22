"""The facts of one leg's papers, gathered from the case, the customer and the merchant file. Nothing is guessed: what
nobody has said stays None, and the papers say what they lack.

Home, the customer ships and the facility receives and imports; out, the other way round, and the customer imports.
Each leg claims what was estimated for it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from chalicelib.carriers.capabilities import service_of
from chalicelib.clock import zone
from chalicelib.customs.facts import EstimateRequest
from chalicelib.customs.papers.facts import ClaimedRelief, ExportProof, PaperFacts, Party, Piece
from chalicelib.customs.papers.wording import page_of
from chalicelib.errors import RuleNotInForce
from chalicelib.insurance.kept import declaration_told
from chalicelib.merchant import Facility, Merchant
from chalicelib.places import zone_of_place
from chalicelib.returns.case import Item, Person, ReturnRequest
from chalicelib.returns.way_out import WayOut
from chalicelib.shipments.leg import ExportLink, Leg
from chalicelib.workflows.carrier_orders import facility_of
from chalicelib.workflows.customs_lines import channel_of, estimate_request, line_of, tariff_codes
from chalicelib.workflows.leg_plan import is_called_off, plan_of, terms_for, way_out_of
from chalicelib.workflows.out_customs import out_estimate, work_of
from chalicelib.workflows.ports import CaseFile

BOUGHT = "waybill_bought"


def gather(file: CaseFile, leg: Leg, person: Person, merchant: Merchant, on: date) -> PaperFacts:
    """Everything the papers of this leg are made from, dated ``on``. Raises ``InvalidRequestError`` when the merchant
    file no longer has the facility."""
    facility = facility_of(merchant, leg.return_to)
    customer, ours = _of_person(person), party_of(facility)
    home = leg.direction == "home"
    plan, way = plan_of(file, leg), way_out_of(file, leg.n)
    request, planned = plan.request, plan.answer
    asked = _asked(file, leg, way, on)
    return PaperFacts(
        case_id=leg.case_id,
        rma=file.case.rma,
        leg=leg.n,
        direction=leg.direction,
        purpose=leg.purpose,  # type: ignore[arg-type]
        reason=file.case.reason,
        lane=leg.lane,
        made_on=on,
        carrier=leg.carrier,
        service=leg.service,
        channel=channel_of(leg.carrier, on),
        waybill=leg.number,
        shipper=customer if home else ours,
        consignee=ours if home else customer,
        importer=ours if home else customer if way is not None else None,
        incoterm=terms_for(replace(plan, request=replace(request, kind=file.case.kind)), leg),
        pieces=_pieces(request, planned["estimate"]["lines"], leg, on),
        gross_weight_g=leg.gross_weight_g,
        freight=asked.freight if asked else None,
        insurance=asked.insurance if asked else None,
        export=_export(leg.original_export),
        order_number=request.order.number,
        sold_on=request.order.sold_on,
        language=file.case.language,
        page=page_of(leg.lane.origin),
        **_claimed(asked, planned["estimate"]),
        seals=way.facts.seals if way else (),
        work=work_of(file, way) if way is not None else None,
        cover=declaration_told(planned["cover"], leg.number, void=is_called_off(file, leg.n)) or {},
        without_proof=planned.get("proof") == "waived",
        service_title=_title_of(leg, on),
    )


def digest_of(facts: PaperFacts) -> str:
    """The digest of what the papers say, whatever day it is: the same facts on another day make nothing again."""
    undated = asdict(replace(facts, made_on=date.min))
    return sha256(json.dumps(undated, sort_keys=True, default=str, ensure_ascii=False).encode()).hexdigest()


def issued_on(file: CaseFile, leg: Leg, now: datetime) -> date:
    """The day the papers carry, by the calendar where the parcel starts: the day its waybill was recorded, so that a
    repeat makes the same bytes; today for what changed since then."""
    at = now
    if not any(papers.leg_n == leg.n for papers in file.papers):
        told = (entry.at for entry in file.log if (entry.what, entry.facts.get("leg")) == (BOUGHT, str(leg.n)))
        at = next(told, now)
    region = file.plan.request.customer_region if leg.direction == "home" else None
    try:
        return at.astimezone(zone(zone_of_place(leg.lane.origin, region))).date()
    except RuleNotInForce:
        return at.date()


def _of_person(person: Person) -> Party:
    address = person.address
    return Party(
        company=None,
        name=person.name,
        lines=address.lines,
        city=address.city,
        region=address.region,
        postal_code=address.postal_code,
        country=address.country,
        phone=person.phone,
        email=person.email,
    )


def party_of(facility: Facility) -> Party:
    """A place of ours as papers name it."""
    return Party(
        company=facility.company,
        name=facility.contact,
        lines=facility.lines,
        city=facility.city,
        region=facility.region,
        postal_code=facility.postal_code,
        country=facility.country,
        phone=facility.phone,
        email=facility.email,
        registrations=tuple((one.kind, one.number, one.issued_by) for one in facility.registrations),
    )


def _pieces(request: ReturnRequest, estimated: list[dict[str, Any]], leg: Leg, on: date) -> tuple[Piece, ...]:
    codes = tariff_codes(request.items, estimated, leg, on)
    return tuple(_piece(item, code) for item, code in zip(request.items, codes, strict=True))


def _piece(item: Item, hs_code: str | None) -> Piece:
    return Piece(
        line=line_of(item),
        sku=item.sku,
        hs_code=hs_code,
        gross_weight_g=item.gross_weight_g * item.quantity,
        serial=item.serial,
        sold_as=item.description,
    )


def _export(link: ExportLink) -> ExportProof:
    """The original export as it was told; nobody has said when its invoice was written."""
    return ExportProof(
        invoice_number=link.invoice_number,
        invoice_date=None,
        carrier=link.carrier,
        waybill=link.tracking_number,
        exported_on=link.exported_on,
        reference=link.reference,
        mode=link.mode,
    )


def _asked(file: CaseFile, leg: Leg, way: WayOut | None, on: date) -> EstimateRequest | None:
    """What customs are asked for this leg; None for a leg out of which nothing was decided."""
    if leg.direction == "home":
        return estimate_request(file.plan.request, leg.lane, on, carrier=leg.carrier)
    if way is None:
        return None
    return out_estimate(file, way, purpose=leg.purpose, lane=leg.lane, carrier=leg.carrier, on=on)


def _claimed(asked: EstimateRequest | None, estimated: dict[str, Any]) -> dict[str, Any]:
    """Earlier crossings, a repair and the reliefs of the estimate of this leg."""
    if asked is None:
        return {}
    return {
        "history": asked.history,
        "repair": asked.repair,
        "relief": tuple(_relief(row) for row in estimated["relief"]),
    }


def _relief(row: dict[str, Any]) -> ClaimedRelief:
    until = row["claim_by"]
    return ClaimedRelief(
        code=row["code"],
        status=row["status"],
        form=row["form"] or "",
        claimant=row["claimant"] or "",
        claim_by=date.fromisoformat(until) if until else None,
        missing=tuple(row["missing"]),
    )


def _title_of(leg: Leg, on: date) -> str | None:
    """What the carrier calls the service of this leg."""
    row = service_of(leg.carrier, leg.service, on) if leg.service else None
    return row.title if row else None

"""A cover as it is kept with its case: figures and codes; and as it is told: with every word and source again.

Each kilobyte of a case is paid for twice when it is written. Sentences, sources and limits of rows are held by the
rules already, so the case keeps the ids of the rows and the vintage they are in, which is never changed in meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from chalicelib.drawing_rights import DATASET as DRAWING_RIGHTS
from chalicelib.insurance.cover import Cover, policy_clock
from chalicelib.insurance.declaration import Declaration
from chalicelib.insurance.owed import NOT_KNOWN
from chalicelib.insurance.parcel import CoverCondition, Gap
from chalicelib.insurance.rows import source_of
from chalicelib.insurance.words import condition_json, gap_json
from chalicelib.money import Money, money_from_json
from chalicelib.rulebook import Vintage, load, weakest

CLOCKS = "insurance/claim_clocks"
OF_THE_POLICY = "policy:"
# What a declaration shares with the cover it is of, and takes from it again when it is told.
SHARED = ("policy_no", "insured_value", "deductible", "premium")


def kept(cover: Cover, declaration: Declaration | None) -> dict[str, Any]:
    """The cover and its insurance declaration as the case keeps them."""
    full = cover.as_json()
    own = [clock for clock in cover.claim_clocks if clock.id.startswith(OF_THE_POLICY)]
    said = _said(
        {
            **{name: full[name] for name in _PLAIN},
            "uncovered": full["uncovered"] if cover.uncovered.amount else None,
            "gaps": [_bare(gap) for gap in full["gaps"]],
            "rejected": [_bare(gap) for gap in full["rejected"]],
            "conditions": _listed(one.code for one in cover.conditions),
            "met": _listed(one.code for one in cover.conditions if one.state == "met"),
            "clocks": _listed(clock.id for clock in cover.claim_clocks if clock not in own),
            "clocks_of": cover.clocks_of.isoformat() if cover.clocks_of else None,
            "notice_days": own[0].limit_days if own else None,
            "owed_by": cover.owed.rule,
            "owed": [_said({name: one[name] for name in ("id", "sdr", "money", "rate")}) for one in _floors(full)],
            "cap": _bare_cap(cover),
            "declaration": _declared(declaration),
        }
    )
    # Who insures it is asked of every cover, insured or not.
    return {"insured_by": cover.insured_by, "policy_no": cover.policy_no, **said}


def told(kept_cover: Mapping[str, Any]) -> dict[str, Any]:
    """The ``cover`` of the API from what a case keeps."""
    plain = {name: kept_cover.get(name) for name in _PLAIN}
    nothing = Money(Decimal(0), kept_cover["insured_value"]["currency"]).as_json()
    uncovered = kept_cover.get("uncovered", nothing)
    floors = [_floor(one, _vintage(kept_cover["owed_by"])) for one in kept_cover.get("owed", ())]
    return {
        **plain,
        "uncovered": uncovered,
        "insurable": plain["insured_by"] is not None and uncovered == nothing,
        "complete": not kept_cover.get("gaps"),
        "not_checked": kept_cover.get("not_checked", []),
        "gaps": [_gap(one) for one in kept_cover.get("gaps", ())],
        "rejected": [_gap(one) for one in kept_cover.get("rejected", ())],
        "conditions": _conditions(kept_cover),
        "claim_clocks": _clocks(kept_cover),
        "liability_floor": floors[0] if floors else None,
        "carrier_owes": _owes(kept_cover.get("owed_by"), floors),
        "carrier_cap": _cap(kept_cover["cap"]) if kept_cover.get("cap") else None,
        "declaration": _declaration(kept_cover),
    }


_PLAIN = (
    "insured_by", "policy_no", "insured_value", "carrier_declared_value", "limit", "deductible", "premium", "who_pays",
    "not_checked", "confidence",
)  # fmt: skip


def _said(shape: dict[str, Any]) -> dict[str, Any]:
    """Without what is not there: a name that is missing is null, and an empty list."""
    return {name: value for name, value in shape.items() if value is not None and value != []}


def _listed(codes: Iterable[str]) -> str | None:
    return " ".join(codes) or None


def _bare_cap(cover: Cover) -> dict[str, Any] | None:
    """Under a policy nothing is declared, and the carrier's cap says nothing of this parcel."""
    if cover.carrier_cap is None or cover.policy_no is not None:
        return None
    cap = cover.carrier_cap.as_json()
    return _said({name: cap[name] for name in ("rule", "limit")})


def _floors(full: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for one in full["carrier_owes"]["floors"]:
        rate = one["rate"] and {name: one["rate"][name] for name in ("per_sdr", "as_of", "old", "confidence")}
        found.append({**one, "rate": rate})
    return found


def _bare(gap: Mapping[str, Any]) -> dict[str, Any]:
    return _said({name: value for name, value in gap.items() if name != "text"})


def _declared(declaration: Declaration | None) -> dict[str, Any] | None:
    if declaration is None:
        return None
    full = declaration.as_json()
    left_out = {"insurer", "conditions", "declared_to_carrier", *SHARED}
    left_out |= {name for name, usual in _USUAL.items() if full[name] == usual}
    if full["customs_value"] == full["insured_value"]:
        left_out.add("customs_value")
    return _said({name: value for name, value in full.items() if name not in left_out})


def _vintage(cited: str) -> Vintage:
    """The vintage of a row cited as ``insurance/liability@2024-12-28#LA-...``."""
    dataset, _, day = cited.partition("#")[0].partition("@")
    return load(dataset, date.fromisoformat(day))


def _row(vintage: Vintage, table: str, row_id: str) -> Mapping[str, Any]:
    row: Mapping[str, Any] = next(one for one in vintage.rules[table] if one["id"] == row_id)
    return row


def _gap(shape: Mapping[str, Any]) -> dict[str, Any]:
    amounts = {name: _money(shape.get(name)) for name in ("uncovered", "limit", "amount")}
    return gap_json(Gap(shape["code"], shape.get("policy_no"), **amounts))


def _conditions(kept_cover: Mapping[str, Any]) -> list[dict[str, str]]:
    met = kept_cover.get("met", "").split()
    codes = kept_cover.get("conditions", "").split()
    return [condition_json(CoverCondition(code, "met" if code in met else "to_keep")) for code in codes]


def _clocks(kept_cover: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The policy's own clock first, then those of the carrier and of the law."""
    own = kept_cover.get("notice_days")
    found = [policy_clock(kept_cover["policy_no"], own).as_json()] if own is not None else []
    if kept_cover.get("clocks"):
        vintage = load(CLOCKS, date.fromisoformat(kept_cover["clocks_of"]))
        rows = (_row(vintage, "clock", clock_id) for clock_id in kept_cover["clocks"].split())
        found += [_clock(row, vintage) for row in rows]
    return found


def _clock(row: Mapping[str, Any], vintage: Vintage) -> dict[str, Any]:
    plain = ("limit_days", "limit_months", "file_by_day")
    return {
        "id": row["id"],
        "claims": list(row["claims"]),
        "starts": row["starts"],
        **{name: row.get(name) for name in plain},
        "source": source_of(vintage, row),
        "confidence": row["confidence"],
    }


def _floor(shape: Mapping[str, Any], vintage: Vintage) -> dict[str, Any]:
    row = _row(vintage, "floor", shape["id"])
    return {
        "id": row["id"],
        "regime": row["regime"],
        "sdr_per_kg": row.get("per_kg") if row.get("money") == "SDR" else None,
        "sdr": shape.get("sdr"),
        "money": shape.get("money"),
        "rate": _rate(shape["rate"]) if shape.get("rate") else None,
        "source": source_of(vintage, row),
        "confidence": row["confidence"],
    }


def _rate(shape: Mapping[str, Any]) -> dict[str, Any]:
    vintage = load(DRAWING_RIGHTS, date.fromisoformat(shape["as_of"]))
    return {**shape, "source": source_of(vintage, vintage.rules["rate"][0])}


def _owes(cited: str | None, floors: list[dict[str, Any]]) -> dict[str, Any]:
    why, sure = NOT_KNOWN.why, [NOT_KNOWN.confidence]
    if cited is not None:
        row = _row(_vintage(cited), "applies", cited.partition("#")[2])
        why, sure = row["why"], [row["confidence"], *(one["confidence"] for one in floors)]
    known = [one["money"] for one in floors if one["money"]]
    least = known[0] if known and len(known) == len(floors) else None
    return {
        "certain": len(floors) == 1,
        "least": least,
        "floors": floors,
        "why": why,
        "rule": cited,
        "confidence": weakest(sure),
    }


def _cap(shape: Mapping[str, Any]) -> dict[str, Any]:
    vintage, cited = _vintage(shape["rule"]), shape["rule"]
    row = _row(vintage, "cap", cited.partition("#")[2])
    ask = {"amount": f"{row['ask_above']}.00", "currency": row["currency"]} if "ask_above" in row else None
    return {
        "limit": shape.get("limit"),
        "ask_above": ask,
        "void": row.get("void", False),
        "per": row["per"],
        "note": row["note"],
        "rule": cited,
        "source": source_of(vintage, row),
        "confidence": row["confidence"],
    }


def _declaration(kept_cover: Mapping[str, Any]) -> dict[str, Any] | None:
    kept_declaration = kept_cover.get("declaration")
    if kept_declaration is None:
        return None
    return {
        **dict.fromkeys(_NULLABLE),
        **_USUAL,
        "customs_value": kept_cover["insured_value"],
        **kept_declaration,
        **{name: kept_cover.get(name) for name in SHARED},
        "insurer": kept_cover["insured_by"],
        "declared_to_carrier": kept_cover["carrier_declared_value"],
        "conditions": _conditions(kept_cover),
    }


_USUAL: Mapping[str, Any] = {
    "status": "quoted", "package_seq": 1, "valuation_reasons": [], "exclusions": [], "seals": [],
}  # fmt: skip
_NULLABLE = (
    "holder", "interest", "service", "waybill", "valuation_basis", "metal_value", "stones_and_work",
    "premium_per_mille", "cover_start", "cover_end", "weekend_exposure", "accumulation_key",
)  # fmt: skip


def _money(shape: dict[str, str] | None) -> Money | None:
    return money_from_json(shape) if shape else None


def declaration_told(
    kept_cover: Mapping[str, Any], waybill: str | None, *, void: bool = False
) -> dict[str, Any] | None:
    """The insurance declaration of a kept cover as papers print it: bound once there is a waybill, void when nothing
    travels under it any more. None when nobody insures the parcel."""
    found = _declaration(kept_cover)
    if found is None:
        return None
    status = "void" if void else "bound" if waybill and found["status"] == "quoted" else found["status"]
    beside = {"limit": kept_cover.get("limit"), "uncovered": kept_cover.get("uncovered")}
    return {**found, **beside, "status": status, "waybill": waybill or found["waybill"]}

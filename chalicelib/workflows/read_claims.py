"""Claims as the desk sees them: the clocks, what proves them, who may claim, what may be asked, what came; and where
the pack of one can be read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from chalicelib.clock import known_stamp, stamp
from chalicelib.errors import NotFoundError, PaperPending
from chalicelib.insurance.claim_deeds import Deed
from chalicelib.insurance.claim_evidence import Evidence
from chalicelib.insurance.claim_states import UNFILED, Claim, Deadline, Party, overpaid, paid_together
from chalicelib.insurance.claims import bound_of
from chalicelib.insurance.claims_clock import Run
from chalicelib.money import Money, text_of
from chalicelib.workflows.claim_case import ClaimCase, against, case_of
from chalicelib.workflows.claim_ports import Pack
from chalicelib.workflows.claim_sight import Sight, see, sight_of
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.keep_claims import act_on_claim, want_pack
from chalicelib.workflows.ports import CaseFile, Ports
from chalicelib.workflows.serve_papers import LINK_LIVES, PaperLink

ZIP = "application/zip"
PACK = "claim_pack"


def read_claims(ports: Ports, case_id: str, now: datetime) -> dict[str, Any]:
    """Every claim of a case with all it rests on, and whether more came than was lost; raises ``NotFoundError``."""
    file = file_of(ports, case_id)
    legs = {claim.leg_n for claim in file.claims}
    sights = [see(ports, file, leg, now) for leg in file.legs if leg.n in legs]
    rows = [_row(ports, sight, claim, now) for sight in sights for claim in sight.claims]
    return {"case_id": case_id, "items": rows, "legs": [_leg(sight) for sight in sights]}


def prepare_claim(
    ports: Ports, case_id: str, leg_n: int, party: Party, deed: Deed, *, holder: str, now: datetime
) -> tuple[bool, dict[str, Any]]:
    """Begin a claim, or prepare one that was watched; whether it is new, and how it stands."""
    is_new = act_on_claim(ports, case_id, leg_n, party, deed, holder=holder, now=now)
    return is_new, _told(ports, case_id, leg_n, party, now)


def act_on(ports: Ports, case_id: str, claim_id: str, deed: Deed, *, holder: str, now: datetime) -> dict[str, Any]:
    """Note what was done to a claim; how it stands then."""
    leg_n, party = parts_of(claim_id)
    act_on_claim(ports, case_id, leg_n, party, deed, holder=holder, now=now)
    return _told(ports, case_id, leg_n, party, now)


def order_pack(ports: Ports, case_id: str, claim_id: str, *, holder: str, now: datetime) -> dict[str, Any]:
    """Have the pack of a claim made, or made anew."""
    leg_n, party = parts_of(claim_id)
    claim = want_pack(ports, case_id, leg_n, party, holder=holder, now=now)
    return {"case_id": case_id, "claim_id": claim.claim_id, "wanted_at": known_stamp(claim.pack_wanted_at)}


def pack_link(ports: Ports, case_id: str, claim_id: str, now: datetime) -> PaperLink:
    """The link to the pack of a claim, good for five minutes. Raises ``PaperPending`` while it is being made and
    ``NotFoundError`` where nobody asked for one."""
    leg_n, party = parts_of(claim_id)
    sight = sight_of(ports, case_id, leg_n, now)
    claim = next((one for one in sight.claims if one.party == party), None)
    if claim is None or claim.pack_wanted_at is None:
        raise NotFoundError("no pack of this claim was asked for: POST to this address and it is made")
    pack = pack_of(sight.file, claim)
    if pack is None or pack.wanted_at < claim.pack_wanted_at:
        raise PaperPending(PACK)
    filename = f"claim-{sight.file.case.rma}-{claim.claim_id}.zip"
    seconds = int(LINK_LIVES.total_seconds())
    url = ports.evidence.paper_link(pack.key, media_type=ZIP, filename=filename, seconds=seconds)
    return PaperLink(url, PACK, leg_n, ZIP, filename, now + LINK_LIVES)


def list_claims(ports: Ports, *, state: str, cursor: str | None, limit: int) -> dict[str, Any]:
    """A page of the claims in one state, those not handed in by their last day."""
    page = ports.claims.listed(state, cursor, limit)
    return {"items": [brief(claim) for claim in page.claims], "cursor": page.cursor}


def claims_in_short(file: CaseFile) -> list[dict[str, Any]]:
    """The claims of a case in a few words, from what its one query read."""
    return [
        {
            "claim_id": claim.claim_id,
            "kind": claim.kind,
            "state": claim.state,
            "last_day": _day(claim.deadline.last_day) if claim.deadline and claim.state in UNFILED else None,
        }
        for claim in file.claims
    ]


def parts_of(claim_id: str) -> tuple[int, Party]:
    """Read a claim id; raises ``NotFoundError`` for text that is none.

    >>> parts_of("1-insurer")
    (1, 'insurer')
    """
    leg, _, party = claim_id.partition("-")
    if not leg.isdecimal() or party not in ("carrier", "insurer"):
        raise NotFoundError("no claim has this id")
    return int(leg), party  # type: ignore[return-value]


def pack_of(file: CaseFile, claim: Claim) -> Pack | None:
    """The pack of a claim as it was last made."""
    return next((one for one in file.packs if one.claim_id == claim.claim_id), None)


def brief(claim: Claim) -> dict[str, Any]:
    """A claim as it was last written."""
    filed = claim.filed
    return {
        "claim_id": claim.claim_id,
        "case_id": claim.case_id,
        "leg": claim.leg_n,
        "party": claim.party,
        "kind": claim.kind,
        "state": claim.state,
        "why": claim.why,
        "deadline": _deadline(claim.deadline),
        "claimed": _money(claim.claimed),
        "filed": None
        if filed is None
        else {"on": _day(filed.on), "by": filed.by, "protective": filed.protective, "reference": filed.reference},
        "until": _day(claim.until),
        "offer": _money(claim.offer),
        "received": [
            {"amount": text_of(amount, currency), "currency": currency}
            for currency, amount in sorted(claim.received.items())
        ],
        "opened_at": stamp(claim.opened_at),
        "changed_at": stamp(claim.changed_at),
    }


def _told(ports: Ports, case_id: str, leg_n: int, party: Party, now: datetime) -> dict[str, Any]:
    sight = sight_of(ports, case_id, leg_n, now)
    claim = next(one for one in sight.claims if one.party == party)
    return _row(ports, sight, claim, now)


def _row(ports: Ports, sight: Sight, claim: Claim, now: datetime) -> dict[str, Any]:
    rests = case_of(ports, sight, claim, now.date())
    clocks = sight.standing(claim)
    row = brief(claim)
    if claim.state in UNFILED:
        row["deadline"] = _deadline(clocks.deadline)
    return {
        **row,
        "against": against(sight, claim),
        "policy_no": sight.policy.policy_no if sight.policy and claim.party == "insurer" else None,
        "discovered_on": _day(claim.discovered_on),
        "not_before": _day(clocks.not_before),
        "clocks": [_clock(run) for run in (*clocks.runs, *clocks.suits, *clocks.rights)],
        "waiting": [{"id": one.id, "starts": one.starts, "source": one.source} for one in clocks.waiting],
        "unknown": clocks.unknown,
        "freight": _money(claim.freight),
        **_sums(rests),
        "right": {
            "holder": rests.right.holder,
            "by_assignment": rests.right.by_assignment,
            "why": rests.right.why,
            "source": rests.right.source,
            "confidence": rests.right.confidence,
        },
        "checklist": [_item(one) for one in rests.checklist],
        "wanted": list(claim.wanted),
        "payments": [
            {"reference": one.reference, "on": _day(one.on), "amount": one.amount.as_json()} for one in claim.payments
        ],
        "pack": _pack(sight.file, claim),
        "history": [
            {"at": stamp(line.at), "by": line.by, "what": line.what, "state": line.state, "facts": dict(line.facts)}
            for line in claim.history
        ],
    }


def _sums(rests: ClaimCase) -> dict[str, Any]:
    bound, expected = rests.bound, rests.expected
    return {
        "at_most": {
            "amount": _money(bound.amount),
            "rule": bound.rule,
            "source": bound.source,
            "confidence": bound.confidence,
            "reasons": list(bound.reasons),
        },
        "expected": {"amount": _money(expected.amount), "why": expected.why, "rule": expected.rule},
    }


def _leg(sight: Sight) -> dict[str, Any]:
    """What came for a leg from all parties, against what was lost."""
    freight = next((one.freight for one in sight.claims if one.freight), None)
    loss, reasons = bound_of(sight.worth, freight)
    came = paid_together(sight.claims)
    return {
        "leg": sight.leg.n,
        "loss": _money(loss),
        "reasons": list(reasons),
        "received": [{"amount": text_of(came[name], name), "currency": name} for name in sorted(came)],
        "double_recovery": overpaid(sight.claims, loss),
        "next_look_at": known_stamp(sight.watch.due_at) if sight.watch else None,
        "troubles": [one.exception_id for one in sight.troubles],
    }


def _clock(run: Run) -> dict[str, Any]:
    clock, began = run.clock, run.began
    return {
        "id": clock.id,
        "act": clock.act,
        "starts": clock.starts,
        "began_at": stamp(began.at),
        "began_on": _day(run.started_on),
        "began_by": began.why,
        "time_zone": run.zone_name,
        "not_before": _day(run.not_before) if clock.earliest_days else None,
        "last_day": _day(run.last_day) if clock.ends else None,
        "ends_at": stamp(run.ends_at) if clock.ends else None,
        "file_by": _day(run.file_by) if clock.file_by_day is not None else None,
        "assumed": run.assumed,
        "source": clock.source,
        "confidence": clock.confidence,
    }


def _deadline(deadline: Deadline | None) -> dict[str, Any] | None:
    if deadline is None:
        return None
    return {
        "last_day": _day(deadline.last_day),
        "ends_at": stamp(deadline.ends_at),
        "file_by": _day(deadline.file_by),
        "clock": deadline.clock,
        "starts": deadline.starts,
        "began_at": stamp(deadline.began_at),
        "time_zone": deadline.zone_name,
        "assumed": deadline.assumed,
    }


def _item(one: Evidence) -> Mapping[str, Any]:
    have = one.have
    return {
        "id": one.id,
        "text": one.text,
        "status": one.status,
        "whom": one.whom,
        "signed": one.signed,
        "photo": one.photo,
        "have": None if have is None else {"name": have.name, "sha256": have.sha256, "at": known_stamp(have.at)},
        "source": one.source,
        "confidence": one.confidence,
    }


def _pack(file: CaseFile, claim: Claim) -> dict[str, Any] | None:
    if claim.pack_wanted_at is None:
        return None
    pack = pack_of(file, claim)
    ready = pack is not None and pack.wanted_at >= claim.pack_wanted_at
    return {
        "status": "ready" if ready else "pending",
        "wanted_at": stamp(claim.pack_wanted_at),
        "made_at": known_stamp(pack.made_at) if pack else None,
        "sha256": pack.sha256 if pack else None,
        "size": pack.size if pack else None,
        "missing": list(pack.missing) if pack else [],
        "href": f"/v1/returns/{claim.case_id}/claims/{claim.claim_id}/pack" if ready else None,
    }


def _money(money: Money | None) -> dict[str, str] | None:
    return None if money is None else money.as_json()


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()

"""The link to the original export: a return waits for it at ``evidence_needed`` and goes on when it is given.

Customs let a piece come home free of duty because it once left; a declaration that cannot say when and under which
number is not made. What is given fills in or corrects what was said; once a waybill was bought on a fact, that fact
stands, for the carrier has declared it. The estimate, the papers and what is still asked for are worked out anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.alerts.changes import resolved
from chalicelib.customs.asked_facts import asked
from chalicelib.customs.estimate import without_a_border
from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError
from chalicelib.places import Lane
from chalicelib.returns.case import Case, Plan
from chalicelib.returns.stages import OVER, advance, is_past
from chalicelib.shipments.leg import ExportLink
from chalicelib.workflows.amend import Amendment, amend
from chalicelib.workflows.booking_steps import again
from chalicelib.workflows.customs_lines import estimate_request
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.keep_exceptions import send_word
from chalicelib.workflows.notice_due import look_for_notices
from chalicelib.workflows.plan_papers import papers_of
from chalicelib.workflows.ports import Booking, CaseFile, Ports
from chalicelib.workflows.read_case import read_case
from chalicelib.workflows.read_rates import reckon
from chalicelib.workflows.tell_steps import look_for_tools
from chalicelib.workflows.verdicts import DECISION_WANTED, WAIVED, made_without

GIVEN = "export_proof_given"
NOT_YET_APPROVED = frozenset({"review", "evidence_needed"})


@dataclass(frozen=True, slots=True)
class _Proven:
    """The change, and what is queued once it is written."""

    amendment: Amendment
    steps: tuple[Mapping[str, Any], ...] = ()


def prove_export(ports: Ports, case_id: str, given: ExportLink, *, holder: str, now: datetime) -> dict[str, Any]:
    """Take what is now known of the original export; the whole case as it stands then.

    The same again changes nothing. Raises ``NotFoundError``, ``InvalidRequestError`` for nothing or an impossible day,
    and ``ConflictError`` when the case is over or a bought waybill stands on what would be changed.
    """
    _refuse_nothing(given, now)
    done: list[_Proven] = []

    def decide(case: Case) -> Amendment | None:
        file = file_of(ports, case_id)
        done[:] = [found] if (found := _proven(ports, replace(file, case=case), given, holder, now)) else []
        return done[0].amendment if done else None

    amend(ports, case_id, now, decide)
    for found in done:
        if found.steps:
            ports.queues.send("steps", found.steps)
        send_word(ports, *found.amendment.exceptions)
    look_for_notices(ports, case_id)
    look_for_tools(ports, case_id)
    return read_case(ports, case_id)


def merged(known: ExportLink, given: ExportLink) -> ExportLink:
    """What is known with what is given; what is given counts.

    >>> merged(ExportLink(mode="9610"), ExportLink(reference="531620260156789012")).mode
    '9610'
    """
    told = {one.name: getattr(given, one.name) for one in fields(ExportLink)}
    return replace(known, **{name: value for name, value in told.items() if value is not None})


def still_wanted(answer: Mapping[str, Any], papers: tuple[dict[str, Any], ...]) -> tuple[str, ...]:
    """What the case still waits for before it may go on: evidence of the return's ground, facts of its papers."""
    decision = answer["decision"]
    evidence = decision["evidence_wanted"] if decision["outcome"] == "evidence_needed" else ()
    wanted = [f"give {name}" for name in evidence]
    return (*wanted, *(asked(fact).wish(paper["name"]) for paper in papers for fact in paper["missing"]))


def _proven(ports: Ports, file: CaseFile, given: ExportLink, holder: str, now: datetime) -> _Proven | None:
    case, request = file.case, file.plan.request
    if case.stage in OVER:
        raise ConflictError(f"the return is {case.stage}: nothing is declared for it any more")
    after = merged(request.original_export, given)
    if after == request.original_export:
        return None
    _refuse_order_of_days(after, request.order.delivered_on)
    _refuse_declared(file, request.original_export, after)
    plan, wanted = _planned(ports, file, after, now)
    change = Amendment(
        case, GIVEN, {"fields": ", ".join(_changed(request.original_export, after))}, by=holder, plan=plan,
        legs=tuple(replace(leg, original_export=after) for leg in file.legs if leg.direction == "home"),
    )  # fmt: skip
    if case.stage == "evidence_needed" and not wanted and file.bookings:
        return _goes_on(file, change, holder, now)
    return _papers_anew(file, change, now)


def _planned(ports: Ports, file: CaseFile, export: ExportLink, now: datetime) -> tuple[Plan, tuple[str, ...]]:
    """The plan with estimate, papers and next steps worked out anew; route, cover and courier stay as decided."""
    facility = ports.merchant().facility_called(file.case.return_to)
    if facility is None:
        raise ConflictError("the facility of this return is no longer in the merchant file")
    request = replace(file.plan.request, original_export=export)
    lane = Lane(request.customer_country, facility.country)
    entry = estimate_request(request, lane, now.date(), region=facility.region, carrier=_brought_by(file))
    book = ports.rates.book(now.date())
    estimated = reckon(book, entry) if lane.crosses_customs else without_a_border(entry)
    papers = papers_of(request, lane, now)
    proof = _waiver(file, papers)
    if proof:
        papers = tuple(made_without(row) for row in papers)
    wanted = still_wanted(file.plan.answer, papers)
    decide = tuple(text for text in file.plan.answer["next"] if not text.startswith("give "))
    before = {name: value for name, value in file.plan.answer.items() if name != "proof"}
    answer = {
        **before,
        **proof,
        "estimate": estimated.as_json(),
        "papers": list(papers),
        "next": [*decide, *wanted],
    }
    return replace(file.plan, request=request, answer=answer), wanted


def _brought_by(file: CaseFile) -> str:
    """Who carries it home; where nobody may yet, the best of those that were asked, as when the return was opened."""
    homeward = (leg.carrier for leg in file.legs if leg.direction == "home")
    return str(next(homeward, file.plan.answer["routes"][0]["carrier"]))


def _waiver(file: CaseFile, papers: tuple[dict[str, Any], ...]) -> dict[str, str]:
    """What a person decided, that it comes home without relief, falls with the last fact that was lacking; not once a
    waybill was bought on it."""
    if file.plan.answer.get("proof") != WAIVED:
        return {}
    lacks = any(paper["missing"] for paper in papers)
    return {"proof": WAIVED} if lacks or _is_bought(file) else {}


def _goes_on(file: CaseFile, change: Amendment, holder: str, now: datetime) -> _Proven:
    """Nothing is wanting any more: the bookings become due, and what stood on the work list for it is settled."""
    due = tuple(replace(one, due_at=max(now, one.not_before or now)) for one in file.bookings)
    settled = tuple(
        resolved(one, now, holder, "the proof was given", version=one.version + 1, sequence=change.case.log_n + 1)
        for one in file.exceptions
        if one.kind == DECISION_WANTED and one.status != "resolved"
    )
    approved = replace(change.case, stage=advance(change.case.stage, "approved"))
    told = replace(change, case=approved, bookings=due, exceptions=settled, over=file.bookings)
    return _Proven(told, tuple(one.step for one in due if one.kind == "waybill"))


def _papers_anew(file: CaseFile, change: Amendment, now: datetime) -> _Proven:
    """The papers of a bought waybill say what was not known before: its step has them made again, and being due it is
    not lost. A waybill that a worker is about to buy is asked for anew under its next reference: what that worker read
    before is not declared, for its claim fails."""
    bought = [one for one in file.bookings if (one.kind, one.status) == ("waybill", "done")]
    waits = file.case.stage in NOT_YET_APPROVED
    planned = [] if waits else [one for one in file.bookings if (one.kind, one.status) == ("waybill", "planned")]
    home = {leg.n for leg in file.legs if leg.direction == "home"}
    anew = tuple(_asked_anew(one, now) for one in planned if one.leg_n in home)
    due = tuple(replace(one, due_at=_moved(one.due_at, now)) for one in bought)
    steps = (*(one.step for one in anew), *({**one.step, "papers": True} for one in due))
    return _Proven(replace(change, bookings=(*due, *anew), over=file.bookings), steps)


def _asked_anew(planned: Booking, now: datetime) -> Booking:
    return replace(planned, reference=again(planned.reference), due_at=max(now, planned.not_before or now))


def _moved(due_at: datetime | None, now: datetime) -> datetime:
    """Another due time than before, so that who makes papers of what was known before does not put it to rest."""
    return now if due_at != now else now + timedelta(seconds=1)


def _refuse_nothing(given: ExportLink, now: datetime) -> None:
    faults = []
    if given == ExportLink():
        faults.append(FieldFault("", "required", "give at least one field of the original export"))
    # It may already be tomorrow where the export was made.
    if given.exported_on and given.exported_on > now.date() + timedelta(days=1):
        faults.append(FieldFault("exported_on", "in_the_future", "give the day on which the goods left"))
    if faults:
        raise InvalidRequestError("this proves no export", faults)


def _refuse_order_of_days(after: ExportLink, delivered_on: date | None) -> None:
    """By what is known and given together: one of both may have been told long ago."""
    if after.exported_on and delivered_on and after.exported_on > delivered_on:
        detail = f"the goods left before they were delivered, on {delivered_on}"
        raise InvalidRequestError("this proves no export", [FieldFault("exported_on", "after_delivery", detail)])
    if after.imported_on and after.exported_on and after.imported_on > after.exported_on:
        detail = f"the goods were imported before they were exported, on {after.exported_on}; or correct exported_on"
        raise InvalidRequestError("this proves no export", [FieldFault("imported_on", "after_export", detail)])


def _refuse_declared(file: CaseFile, known: ExportLink, after: ExportLink) -> None:
    """A carrier has declared what a bought waybill says: such a fact is added to, not changed."""
    said = [name for name in _changed(known, after) if getattr(known, name) is not None]
    if said and (_is_bought(file) or is_past(file.case.stage, "booked")):
        raise ConflictError(f"a waybill was bought on this: {', '.join(said)}; have the carrier correct it")


def _is_bought(file: CaseFile) -> bool:
    return any(one.kind == "waybill" and one.status in ("claimed", "unknown", "done") for one in file.bookings)


def _changed(before: ExportLink, after: ExportLink) -> list[str]:
    return [one.name for one in fields(ExportLink) if getattr(before, one.name) != getattr(after, one.name)]

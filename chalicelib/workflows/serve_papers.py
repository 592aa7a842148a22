"""The papers of a case as the desk sees them, and the short-lived link by which one of them is read.

Our own papers and the carrier's are served alike. What is not made yet is pending, what lacks a fact waits and says
for what; the bytes go from the bucket to whoever has the link and never through the API.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.clock import known_stamp, stamp
from chalicelib.customs.asked_facts import OF_A_WAY_OUT, asked
from chalicelib.errors import NotFoundError, PaperPending, PaperWaiting
from chalicelib.returns.way_out import WayOut
from chalicelib.workflows.bookings import LABEL_AWAITED
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.leg_plan import WAY_OUT_WANTED, way_out_of
from chalicelib.workflows.made_papers import MadePaper
from chalicelib.workflows.ports import Booking, CaseFile, Ports
from chalicelib.workflows.verdicts import DECISION_WANTED

LINK_LIVES = timedelta(minutes=5)
PDF = "application/pdf"
LABEL = "label"
# A carrier keeps its own name for a format; the file is named for what it holds.
ENDINGS = {PDF: "pdf", "image/png": "png", "image/jpeg": "jpg", "text/html": "html"}
STATUS_BY_LABEL = {"kept": "ready", "lost": "lost", "with_carrier": "with_carrier", LABEL_AWAITED: "pending"}
PRINT_IT_THERE = "label_lost"
# No waybill is bought at these stages, and no paper made: asking again changes nothing.
WAITS_FOR_A_PERSON = frozenset({"review", "evidence_needed"})


@dataclass(frozen=True, slots=True)
class PaperLink:
    """Where one paper can be read until ``expires_at``."""

    url: str
    name: str
    leg: int
    media_type: str
    filename: str
    expires_at: datetime

    def as_json(self) -> dict[str, Any]:
        """The answer's body; the address itself stands in its head alone."""
        return {
            "name": self.name,
            "leg": self.leg,
            "media_type": self.media_type,
            "filename": self.filename,
            "expires_at": stamp(self.expires_at),
        }


def paper_link(ports: Ports, case_id: str, name: str, leg: int | None, now: datetime) -> PaperLink:
    """The link to a paper of this leg, or of the latest leg that has one of this name. Raises ``NotFoundError``,
    ``PaperPending`` while it is being made, and ``PaperWaiting`` with what it lacks."""
    file = file_of(ports, case_id)
    known = {1, *_planned(file), *(papers.leg_n for papers in file.papers)}
    legs = (leg,) if leg is not None else tuple(sorted(known, reverse=True))
    for n in legs:
        found = _own(ports, file, n, name, now) or _carriers_own(ports, file, n, name, now)
        if found is not None:
            return found
        _refuse_planned(file, n, name)
    raise NotFoundError("this case has no paper of this name")


def paper_rows(file: CaseFile) -> list[dict[str, Any]]:
    """Every paper of the case: as it was made, else as it was planned for its leg."""
    made = [_made_row(file, papers.leg_n, paper) for papers in file.papers for paper in papers.papers]
    planned = [
        _planned_row(file, n, row)
        for n, rows in _planned(file).items()
        for row in rows
        if row["name"] == LABEL or file.papers_of(n) is None
    ]
    return planned + made


def _planned(file: CaseFile) -> dict[int, list[dict[str, Any]]]:
    """What was planned for each leg. A way out that was called off has no papers any more."""
    out = {
        way.leg_n: list(way.answer["papers"])
        for way in file.parts.of(WayOut)
        if way.answer is not None and way.state != "called_off"
    }
    return {1: list(file.plan.answer["papers"]), **out}


def _facts(file: CaseFile, n: int, missing: Iterable[str]) -> list[str]:
    """The facts that a paper lacks; of a way out they are of the customer's side."""
    out = way_out_of(file, n) is not None
    return [OF_A_WAY_OUT + fact if out else fact for fact in missing]


def _own(ports: Ports, file: CaseFile, n: int, name: str, now: datetime) -> PaperLink | None:
    papers = file.papers_of(n)
    paper = papers.called(name) if papers else None
    if paper is None:
        return None
    if paper.key is None:
        raise PaperWaiting(name, _asked_for(_facts(file, n, paper.missing)))
    return _linked(ports, file, n, paper.key, name, PDF, now)


def _carriers_own(ports: Ports, file: CaseFile, n: int, name: str, now: datetime) -> PaperLink | None:
    """A paper the carrier gave with the waybill, by its kind or by its own name."""
    waybill = _waybill(file, n)
    papers = waybill.papers if waybill else ()
    paper = next((one for one in papers if name in (one.kind, one.name)), None)
    if paper is None:
        return None
    if paper.status == "with_carrier" and paper.url is not None and paper.url.startswith("https://"):
        return _link(file, n, paper.url, name, paper.media_type, now)
    if paper.status != "kept":
        raise PaperWaiting(name, exception=PRINT_IT_THERE)
    key = ports.evidence.label_key(file.case.case_id, paper.name)
    return _linked(ports, file, n, key, name, paper.media_type, now)


def _linked(ports: Ports, file: CaseFile, n: int, key: str, name: str, media_type: str, now: datetime) -> PaperLink:
    """A paper of the evidence bucket."""
    link = _link(file, n, "", name, media_type, now)
    seconds = int(LINK_LIVES.total_seconds())
    url = ports.evidence.paper_link(key, media_type=media_type, filename=link.filename, seconds=seconds)
    return replace(link, url=url)


def _link(file: CaseFile, n: int, url: str, name: str, media_type: str, now: datetime) -> PaperLink:
    filename = f"{name}-{file.case.rma}-{n}.{ENDINGS.get(media_type, 'bin')}"
    return PaperLink(url, name, n, media_type, filename, now + LINK_LIVES)


def _refuse_planned(file: CaseFile, n: int, name: str) -> None:
    """A paper that is planned and not there: it waits for a fact, or it is still being made."""
    planned = next((row for row in paper_rows(file) if (row["name"], row["leg"]) == (name, n)), None)
    if planned is None or file.case.stage == "cancelled":
        return
    if planned["status"] == "lost":
        raise PaperWaiting(name, exception=PRINT_IT_THERE)
    if planned["missing"]:
        raise PaperWaiting(name, _asked_for(planned["missing"]))
    if file.case.stage in WAITS_FOR_A_PERSON:
        raise PaperWaiting(name, exception=DECISION_WANTED)
    way = way_out_of(file, n)
    if way is not None and way.state == "wanted":
        raise PaperWaiting(name, exception=WAY_OUT_WANTED)
    raise PaperPending(name)


def _asked_for(missing: Iterable[str]) -> tuple[str, ...]:
    """The facts by the fields that take them."""
    return tuple(asked(fact).name for fact in missing)


def _waybill(file: CaseFile, n: int) -> Booking | None:
    return next((one for one in file.bookings if (one.kind, one.leg_n) == ("waybill", n)), None)


def _made_row(file: CaseFile, n: int, paper: MadePaper) -> dict[str, Any]:
    said = {row["name"]: row["statements"] for row in _planned(file).get(n, ())}
    return {
        "name": paper.name,
        "leg": n,
        "status": paper.status,
        "missing": _facts(file, n, paper.missing),
        "statements": said.get(paper.name, []),
        "sha256": paper.sha256,
        "made_at": known_stamp(paper.made_at),
        "href": _href(file, paper.name, n) if paper.key else None,
    }


def _planned_row(file: CaseFile, n: int, row: dict[str, Any]) -> dict[str, Any]:
    """A paper of a leg as it was planned; of the label, what became of it with the waybill."""
    waybill = _waybill(file, n)
    label = waybill.result.get("label", "") if waybill and row["name"] == LABEL else ""
    status = STATUS_BY_LABEL.get(label, row["status"])
    href = _href(file, row["name"], n) if status in ("ready", "with_carrier") else None
    missing = _facts(file, n, row["missing"])
    return {**row, "leg": n, "status": status, "missing": missing, "sha256": None, "made_at": None, "href": href}


def _href(file: CaseFile, name: str, n: int) -> str:
    return f"/v1/returns/{file.case.case_id}/papers/{name}?leg={n}"

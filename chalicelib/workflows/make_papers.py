"""The papers of one leg: case, customer and merchant file -> facts -> papers -> PDF -> evidence bucket -> one item.

Told when the waybill is recorded, when something that the papers say has changed, and again by the sweep until they
are written. The same facts make nothing again: their digest stands in the item. The bytes are kept under their own
digest, so a repeat between any two calls finds what it would have made; last the waybill's due time goes, which is
what has a lost message sent again. A paper that lacks a fact waits with what it lacks, and a person is asked for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Literal, Protocol

from chalicelib.customs.papers.document import Document
from chalicelib.customs.papers.facts import PaperFacts
from chalicelib.errors import InvalidRequestError, NotFoundError, ReturnsError, StaleVersion, UnavailableError
from chalicelib.shipments.leg import Leg
from chalicelib.workflows.alert_words import alert_of_papers, closing_of
from chalicelib.workflows.bookings import LABEL_AWAITED
from chalicelib.workflows.gather_papers import digest_of, gather, issued_on
from chalicelib.workflows.leg_plan import is_called_off, plan_of
from chalicelib.workflows.made_papers import PAPERS_TO_MAKE, LegPapers, MadePaper, stem_of
from chalicelib.workflows.ports import CaseFile, Ports

PAPERS_WAIT = "papers_waiting"
# What stood against all papers of a leg and is no missing fact: the customer's values are gone for good.
ERASED = "customer_erased"


class Drafted(Protocol):
    """One paper as it was drafted: its words, or what it lacks."""

    @property
    def name(self) -> str:
        """Its name in the API, such as ``return_invoice``."""

    @property
    def status(self) -> Literal["ready", "waiting"]:
        """Whether it can be printed."""

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts it lacks."""

    @property
    def document(self) -> Document | None:
        """What is printed; None while it waits."""


@dataclass(frozen=True, slots=True)
class Press:
    """How papers are drafted and printed. Handed in, because only the papers worker may load what draws a PDF."""

    papers_for: Callable[[PaperFacts, date], tuple[Drafted, ...]]
    render: Callable[[Document], bytes]


def take_papers(ports: Ports, press: Press, message: Mapping[str, Any], now: datetime) -> set[str]:
    """Make the papers of the leg that ``{kind: "papers", case_id, leg}`` names, unless they are made; the leg, as
    ``case/leg``. A cancelled case gets none: its parcel does not move."""
    if message.get("kind") != PAPERS_TO_MAKE:
        raise InvalidRequestError(f"the papers worker knows no message of kind {message.get('kind')!r}")
    case_id, n = message["case_id"], int(message["leg"])
    file = ports.cases.file(case_id)
    leg = next((leg for leg in file.legs if leg.n == n), None) if file else None
    if file is None or leg is None:
        raise NotFoundError("no case has this leg")
    if not is_called_off(file, leg.n):
        _make(ports, press, file, leg, now)
    _at_rest(ports, file, leg)
    return {f"{case_id}/{n}"}


def _make(ports: Ports, press: Press, file: CaseFile, leg: Leg, now: datetime) -> None:
    before = file.papers_of(leg.n)
    after = _made(ports, press, file, leg, before, now)
    if after is None or (before is not None and _says(after) == _says(before)):
        return
    # The alert goes out first: twice it is one exception, lost it would leave a paper waiting for nobody.
    if told := _told(file, leg, after, now):
        ports.queues.send("alerts", told)
    if not ports.cases.save_papers(replace(after, version=before.version + 1 if before else 1)):
        raise StaleVersion("somebody else has made the papers of this leg")


def _made(
    ports: Ports, press: Press, file: CaseFile, leg: Leg, before: LegPapers | None, now: datetime
) -> LegPapers | None:
    """The papers as they shall be kept; None when they are already."""
    person = ports.cases.person(leg.case_id)
    if person is None:
        return None if before else _none_of(file, leg, ERASED)
    on = issued_on(file, leg, now)
    try:
        facts = gather(file, leg, person, ports.merchant(), on)
        digest = digest_of(facts)
        if before is not None and before.facts_digest == digest:
            return None
        drafted = press.papers_for(facts, on)
    except (UnavailableError, StaleVersion):
        raise
    except ReturnsError as fault:
        return _none_of(file, leg, fault.code)
    papers, faults = [], 0
    for draft in drafted:
        paper, is_faulty = _printed(ports, press, leg, draft, before, now)
        papers.append(paper)
        faults += is_faulty
    return LegPapers(leg.case_id, leg.n, "" if faults else digest, tuple(papers))


def _printed(
    ports: Ports, press: Press, leg: Leg, draft: Drafted, before: LegPapers | None, now: datetime
) -> tuple[MadePaper, bool]:
    """One paper, printed and kept, and whether something else than a missing fact stood against it."""
    if draft.status != "ready" or draft.document is None:
        return MadePaper(draft.name, "waiting", draft.missing), False
    try:
        content = press.render(draft.document)
    except ReturnsError as fault:
        return MadePaper(draft.name, "waiting", (fault.code,)), True
    digest = sha256(content).hexdigest()
    known = before.called(draft.name) if before else None
    if known is not None and known.sha256 == digest:
        return known, False
    key = ports.evidence.keep_paper(leg.case_id, stem_of(leg.n, draft.name, digest), content)
    made = MadePaper(
        draft.name,
        "ready",
        sha256=digest,
        size=len(content),
        made_at=now,
        language=draft.document.language,
        key=key,
    )
    return made, False


def _none_of(file: CaseFile, leg: Leg, code: str) -> LegPapers:
    """Every paper that was planned waits for the same thing; tried again with each message."""
    papers = plan_of(file, leg).answer["papers"]
    planned = [row["name"] for row in papers if row["name"] != "label"] or ["packing_sheet"]
    return LegPapers(leg.case_id, leg.n, "", tuple(MadePaper(name, "waiting", (code,)) for name in planned))


def _says(papers: LegPapers) -> tuple[str, tuple[MadePaper, ...]]:
    return papers.facts_digest, papers.papers


def _told(file: CaseFile, leg: Leg, after: LegPapers, now: datetime) -> list[dict[str, Any]]:
    """What a person is told: of papers that wait, and that those which did wait no more."""
    waiting = [paper for paper in after.papers if paper.status == "waiting"]
    ended = [one.episode for one in file.exceptions if one.kind == PAPERS_WAIT and one.status == "resolved"]
    opened = [alert_of_papers(after, waiting, now, ended)] if waiting else []
    episodes = {one["episode"] for one in opened}
    settled = [
        closing_of(one, "the papers lack this no more", now)
        for one in file.exceptions
        if (one.kind, one.leg_n) == (PAPERS_WAIT, leg.n) and one.status != "resolved" and one.episode not in episodes
    ]
    return [*opened, *settled]


def _at_rest(ports: Ports, file: CaseFile, leg: Leg) -> None:
    """Nothing is owed any more. While the label is awaited the due time is the label's, and goes with it."""
    for one in file.bookings:
        done = (one.kind, one.leg_n, one.status) == ("waybill", leg.n, "done")
        if done and one.due_at is not None and one.result.get("label") != LABEL_AWAITED:
            ports.cases.put_to_rest(one)

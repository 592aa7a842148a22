"""Playbooks: what an exception means, what to do and whom to ask, which papers, by when, what the customer is told and
when they are offered something - as dated data, in English and in Chinese.

A row is found by kind and reason, then by kind alone, whose words may go on with those of another kind for the same
reason (a hold that lasts: what it was held for); a kind without a row gets the one that says so, never silence.
The rows lie by room of trouble, and only the room that is asked for is read. An exception keeps none of these words:
they are looked up as of the day on which it was opened.

>>> from datetime import date
>>> row = playbook("customs_hold", "customs_documents_missing", date(2026, 11, 22))
>>> row.action_by, row.steps[0].whom, row.title, row.said("zh").title
('merchant', 'brokerage', 'Customs want papers', '海关要求补充单证')
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Literal, get_args

from chalicelib.alerts.exceptions import ExceptionNote, OpenException, Severity
from chalicelib.money import Money
from chalicelib.rulebook import Confidence, in_force, load, weakest

DATASET = "alerts/playbooks"
ANY = "*"
Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
MadeBy = Literal["us", "carrier", "claims", "person"]
Offered = Literal["nothing", "reship", "refund", "either"]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: of whom it is asked (a code, and its name) and the whole sentence."""

    whom: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class NamedPaper:
    """A paper that is wanted: who makes it, and the names it may have among the papers of a case; none for one that a
    person must get."""

    code: str
    made_by: MadeBy
    names: tuple[str, ...]
    title: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What the customer may be offered: ``after_days`` from the beginning of the trouble, None where no day can be
    named beforehand; ``when`` is the whole condition."""

    what: Offered
    after_days: int | None
    when: str
    source: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Said:
    """The words of one row in one language."""

    title: str
    meaning: str
    steps: tuple[Step, ...]
    papers: tuple[NamedPaper, ...]
    customer: str
    offer: Offer


@dataclass(frozen=True, slots=True)
class Playbook:
    """One row: the words a person needs at three in the morning. ``reason`` is None where the row holds for any reason,
    ``storage`` says whether the carrier may charge for keeping it, ``vintage`` names the rule file. ``follows`` are the
    kinds whose words for a reason its own go on with."""

    kind: str
    reason: str | None
    severity: Severity
    action_by: str
    deadline_hours: int
    storage: bool
    english: Said
    chinese: Said
    source: str
    confidence: Confidence
    vintage: str
    follows: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The trouble in a few words of English."""
        return self.english.title

    @property
    def meaning(self) -> str:
        """What it means, in English."""
        return self.english.meaning

    @property
    def steps(self) -> tuple[Step, ...]:
        """What to do and whom to ask, in order, in English."""
        return self.english.steps

    @property
    def to_do(self) -> tuple[str, ...]:
        """The steps as sentences alone."""
        return tuple(step.text for step in self.steps)

    def said(self, language: Language) -> Said:
        """Its words in this language."""
        return self.chinese if language == "zh" else self.english


def playbook(kind: str, reason: str | None, on: date) -> Playbook:
    """The row for this kind and reason on this day; raises ``RuleNotInForce`` before the first vintage."""
    shared = in_force(DATASET, on).effective
    found = _row(shared, kind, reason, on) or _whatever_the_reason(shared, kind, reason, on)
    return found or _rows(shared, DATASET, shared)[(ANY, None)]


def playbook_of(exception: OpenException) -> Playbook:
    """The row that held when this exception was opened."""
    return playbook(exception.kind, exception.reason, exception.opened_at.date())


def every_playbook(on: date) -> tuple[Playbook, ...]:
    """Every row in force on this day, by room of trouble in the order of their files; the row for any other kind is
    the last."""
    shared = in_force(DATASET, on).effective
    parts = (*dict.fromkeys(_part_of(shared).values()), DATASET)
    return tuple(row for part in parts for row in _rows(shared, part, in_force(part, on).effective).values())


def kinds_by_part(on: date) -> Mapping[str, tuple[str, ...]]:
    """Which kinds of exception each room of trouble has rows for."""
    found: dict[str, tuple[str, ...]] = in_force(DATASET, on).rules["parts"]
    return {part: tuple(kinds) for part, kinds in found.items()}


def open_exception(
    subject_kind: str,
    subject: str,
    *,
    kind: str,
    episode: str,
    reason: str | None,
    since: datetime,
    now: datetime,
    severity: Severity | None = None,
    case_id: str | None = None,
    leg_n: int | None = None,
    carrier: str | None = None,
    number: str | None = None,
    money_at_risk: Money | None = None,
    detail: str | None = None,
) -> OpenException:
    """An exception as it is first written; its deadline counts from when the trouble began, not from when we looked."""
    row = playbook(kind, reason, now.date())
    return OpenException(
        subject_kind=subject_kind,  # type: ignore[arg-type]
        subject=subject,
        episode=episode,
        kind=kind,
        severity=severity or row.severity,
        status="open",
        reason=reason,
        meaning=row.meaning,
        to_do=row.to_do,
        action_by=row.action_by,
        deadline=since + timedelta(hours=row.deadline_hours),
        opened_at=now,
        case_id=case_id,
        leg_n=leg_n,
        carrier=carrier,
        number=number,
        money_at_risk=money_at_risk,
        history=(ExceptionNote(now, "goldthread", "opened", detail),),
        since=since,
    )


def _row(shared: date, kind: str, reason: str | None, on: date) -> Playbook | None:
    part = _part_of(shared).get(kind)
    return _rows(shared, part, in_force(part, on).effective).get((kind, reason)) if part else None


def _whatever_the_reason(shared: date, kind: str, reason: str | None, on: date) -> Playbook | None:
    """The row of a kind, gone on with by what is known of this reason elsewhere."""
    row = _row(shared, kind, None, on)
    if row is None or reason is None:
        return row
    known = next(filter(None, (_row(shared, other, reason, on) for other in row.follows)), None)
    return _gone_on(row, known) if known else row


def _gone_on(row: Playbook, known: Playbook) -> Playbook:
    return replace(
        row,
        reason=known.reason,
        storage=row.storage or known.storage,
        english=_joined(row.english, known.english, " "),
        chinese=_joined(row.chinese, known.chinese, ""),
        source=f"{row.source}; {known.source}",
        confidence=weakest([row.confidence, known.confidence]),
    )


def _joined(first: Said, then: Said, space: str) -> Said:
    colon = ": " if space else "："
    return Said(
        title=f"{first.title}{colon}{then.title}",
        meaning=f"{first.meaning}{space}{then.meaning}",
        steps=(*first.steps, *then.steps),
        papers=tuple(dict.fromkeys((*first.papers, *then.papers))),
        customer=then.customer,
        offer=then.offer,
    )


@cache
def _part_of(shared: date) -> Mapping[str, str]:
    """The dataset that holds the rows of each kind."""
    parts = load(DATASET, shared).rules["parts"]
    return {kind: f"{DATASET}/{part}" for part, kinds in parts.items() for kind in kinds}


@cache
def _rows(shared: date, dataset: str, effective: date) -> Mapping[tuple[str, str | None], Playbook]:
    vintage, words = load(dataset, effective), load(DATASET, shared).rules
    rows = vintage.rules["playbook"]
    return {(row["kind"], row.get("reason")): _read(row, words, vintage.name) for row in rows}


def _read(row: Mapping[str, Any], words: Mapping[str, Any], vintage: str) -> Playbook:
    return Playbook(
        kind=row["kind"],
        reason=row.get("reason"),
        severity=row["severity"],
        action_by=row["action_by"],
        deadline_hours=row["deadline_hours"],
        storage=row.get("storage", False),
        english=_said(row, words, "en"),
        chinese=_said(row, words, "zh"),
        source=row["source"],
        confidence=row["confidence"],
        vintage=vintage,
        follows=tuple(row.get("follows", ())),
    )


def _said(row: Mapping[str, Any], words: Mapping[str, Any], language: Language) -> Said:
    end = "_zh" if language == "zh" else ""
    whom = {one["code"]: one[language] for one in words["whom"]}
    offer = _coded(words["offer"], row["offer"])
    return Said(
        title=row[f"title{end}"],
        meaning=row[f"meaning{end}"],
        steps=tuple(Step(one["whom"], whom[one["whom"]], one[language]) for one in row["steps"]),
        papers=tuple(_paper(_coded(words["paper"], code), language) for code in row["papers"]),
        customer=_coded(words["customer"], row["customer"])[language],
        offer=Offer(offer["what"], offer.get("after_days"), offer[language], offer["source"], offer["confidence"]),
    )


def _paper(row: Mapping[str, Any], language: Language) -> NamedPaper:
    return NamedPaper(row["code"], row["made_by"], tuple(row.get("names", ())), row[language])


def _coded(rows: Iterable[Mapping[str, Any]], code: str) -> Mapping[str, Any]:
    return next(row for row in rows if row["code"] == code)

"""What stands in a notice, in order, before it is laid out: a title, what happened, the one thing asked, what follows.

Which words go with which facts is decided here; the words are in the templates, the codes in ``notices/rules/told``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chalicelib.notices.facts import Direction, Moment, NoticeFacts, RecalledPiece
from chalicelib.notices.told_facts import TIMES, Teller
from chalicelib.notices.wording import Phrase, Words
from chalicelib.rulebook import dictionary

# Tasks that leave the customer nothing to do: said plainly, not asked.
_EASY = frozenset({"nothing", "await_courier_day"})
# Of these nothing is asked where no task is named, so nothing needs to be said about it.
_SAYS_NOTHING_OF_NOTHING = frozenset({"decision", "cancelled", "held", "lost", "seized", "recall", "repair_done"})
# Moments that ask for one thing by what they are.
_ASKS: dict[str, str] = {
    "evidence_wanted": "send_photos", "quote": "answer_quote", "quote_reminder": "answer_quote",
    "out_back": "check_address", "unclaimed": "claim_piece",
}  # fmt: skip
_REPAIR_ENDS = ("unrepaired", "partner")


@dataclass(frozen=True, slots=True)
class Listing:
    """A heading with its entries; ``ordered`` where they are steps."""

    heading: Phrase
    entries: tuple[Phrase, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """The one thing that is asked of the customer."""

    heading: Phrase
    what: Phrase


@dataclass(frozen=True, slots=True)
class Link:
    """The way to the customer's own page; ``url`` is ours alone."""

    label: Phrase
    url: str


Block = Phrase | Listing | Ask | Link


@dataclass(frozen=True, slots=True)
class Letter:
    """One notice. ``rows`` are the numbers it is about, ``notes`` what stands small at the end."""

    language: str
    title: Phrase
    preheader: Phrase
    greeting: Phrase
    blocks: tuple[Block, ...]
    closing: tuple[Phrase, ...]
    rows: tuple[Phrase, ...]
    notes: tuple[Phrase, ...]
    sample: Phrase | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Writer:
    """Puts one notice together."""

    moment: Moment
    facts: NoticeFacts
    words: Words

    def letter(self) -> Letter:
        """The whole notice."""
        title, preheader = self._sure(f"{self._part}.title"), self._preheader()
        greeting, blocks = self._sure("words.greeting"), tuple(self._blocks())
        closing = _known(self.words.say(f"words.{key}") for key in ("questions", "closing", "signature"))
        rows = tuple(self._rows())
        sample = self._sure("words.sample") if self.facts.sample else None
        notes = tuple(self._notes())
        missing = tuple(dict.fromkeys(self.words.missing))
        return Letter(self.words.language, title, preheader, greeting, blocks, closing, rows, notes, sample, missing)

    @property
    def _part(self) -> str:
        """The table of the templates that tells of this moment as these facts have it."""
        facts = self.facts
        if self.moment == "accepted":
            return f"accepted.{facts.kind}"
        if self.moment == "pickup_booked":
            if facts.direction == "out":
                return "pickup_booked.out"
            by_customer = facts.task == "take_to_counter" and facts.pickup is None
            return f"pickup_booked.{'counter' if by_customer else 'courier'}"
        if self.moment == "held":
            return f"held.{held_as(facts.reason, facts.task, facts.direction)}"
        if self.moment == "released":
            return "found" if facts.reason == "found" else "released_out" if facts.direction == "out" else "released"
        if self.moment == "lost":
            return f"lost.{'destroyed' if facts.reason == 'destroyed' else 'lost'}"
        if self.moment == "unclaimed":
            return f"unclaimed.{'partner' if facts.reason == 'partner' else 'ours'}"
        if self.moment == "repair_done":
            return f"repair_done.{facts.reason if facts.reason in _REPAIR_ENDS else 'done'}"
        if self.moment == "decision":
            return f"decision.{facts.outcome or 'reached'}"
        return self.moment

    @property
    def _task(self) -> str:
        return _ASKS.get(self.moment, "nothing") if self.facts.task == "nothing" else self.facts.task

    def _preheader(self) -> Phrase:
        if self.moment == "held":
            return self._sure(f"held.preheader_{'nothing' if self._task in _EASY else 'task'}")
        own = f"{self._part}.preheader"
        return self._sure(own if self.words.has(own) else f"{self.moment}.preheader")

    def _blocks(self) -> Iterator[Block]:
        yield self._sure(f"{self._part}.lead")
        yield from self._why()
        yield from self._declared()
        yield from self._recalled()
        yield from self._listing("reasons", self._reasons())
        yield from self._listing("past", self._past())
        if self._task not in _EASY:
            yield Ask(self._sure("words.ask"), self._sure(f"task.{self._task}"))
            yield from self._link()
        yield from self._listing("wanted", self._wanted())
        yield from self._listing("packing", self._packing(), ordered=True)
        yield from self._more()
        if self._task == "nothing":
            yield from self._maybe(f"{self._part}.later")
        if self._task == "await_courier_day" or (
            self._task == "nothing" and self.moment not in _SAYS_NOTHING_OF_NOTHING
        ):
            yield self._sure(f"task.{self._task}")
        if self._task in _EASY:
            yield from self._link()

    def _more(self) -> Iterator[Phrase]:
        if self.moment == "lost":
            yield self._sure(f"lost.{self.facts.direction}")
        else:
            yield from self._maybe(f"{'quote' if self.moment == 'quote_reminder' else self._part}.more")

    def _link(self) -> Iterator[Link]:
        if self.facts.link is not None:
            label = "link_quote" if self._task == "answer_quote" else "link"
            yield Link(self._sure(f"words.{label}"), self.facts.link)

    def _declared(self) -> Iterator[Phrase]:
        """Of a withdrawal: what was declared, what follows from it, until when the money is back."""
        if self.moment == "withdrawal_receipt":
            yield self._sure("withdrawal_receipt.statement")
            yield self._sure(f"withdrawal_receipt.{'effect' if self.facts.in_time else 'doubt'}")
            if self.facts.in_time:
                yield from self._maybe("withdrawal_receipt.money")

    def _recalled(self) -> Iterator[Block]:
        """Of a recall: which product, what is wrong with it, and what the customer may choose."""
        if self.moment == "recall":
            for one in self.facts.recalled:
                yield from self._listing("recalled", self._product(one))
            yield from self._maybe("recall.hazard")
            yield from self._listing("remedies", (self._sure(f"remedy.{one}") for one in self.facts.remedies))

    def _product(self, one: RecalledPiece) -> Iterator[Phrase]:
        """What the law wants named of a recalled product, as far as it is known."""
        told = Teller(self.facts, self.words.language).piece_of(one)
        for name, piece in told.items():
            if piece is not None:
                label = self._sure(f"piece.{name}")
                yield self._row("row", label=label, value=Phrase((piece,), label.language))

    def _why(self) -> Iterator[Phrase]:
        if self.moment == "cancelled" and self.facts.reason:
            yield from self._maybe(f"cancelled.{self.facts.reason}")
        if self.moment == "held" and self._task in _EASY:
            out = self._part == "held.charges" and self.facts.direction == "out"
            yield self._sure(f"{self._part}.ours{'_out' if out else ''}")

    def _reasons(self) -> Iterator[Phrase]:
        if self.moment == "decision":
            for code in dict.fromkeys(self.facts.outcome_reasons):
                yield from self._maybe(f"reason.{code}")
                yield from self._maybe(f"taken.{code}")

    def _wanted(self) -> Iterator[Phrase]:
        if self._task == "send_photos":
            keys = (f"wanted.{code}" for code in self.facts.wanted)
            yield from (self._sure(key) for key in dict.fromkeys(self._or_other(key) for key in keys))

    def _or_other(self, key: str) -> str:
        return key if self.words.has(key) else "wanted.other"

    def _packing(self) -> Iterator[Phrase]:
        for key in dict.fromkeys(self.facts.packing):
            yield from self._maybe(f"packing.{key.removeprefix('pickup.')}")

    def _past(self) -> Iterator[Phrase]:
        if self.moment == "summary":
            for one in sorted(self.facts.past, key=lambda happened: happened.at):
                what = self._sure(f"past.{one.moment}")
                day = Teller(self.facts, what.language).day_of(one.at)
                yield self._row("past_row", day=Phrase((day,), what.language), what=what)

    def _rows(self) -> Iterator[Phrase]:
        for name in ("return_number", "order_number", "carrier", "tracking_number"):
            fact = "rma" if name == "return_number" else name
            piece = self.words.values(self.words.language)[fact]
            if piece is not None:
                label = self._sure(f"words.{name}")
                yield self._row("row", label=label, value=Phrase((piece,), label.language))

    def _notes(self) -> Iterator[Phrase]:
        """Whose clock it is, once, where a time was told and not named with it."""
        if self.words.used & TIMES and self.facts.zone_is_sure:
            yield self._sure("words.zone_note")

    def _listing(self, name: str, entries: Iterable[Phrase], *, ordered: bool = False) -> Iterator[Listing]:
        if held := tuple(entries):
            yield Listing(self._sure(f"words.{name}"), held, ordered)

    def _row(self, key: str, **parts: Phrase) -> Phrase:
        return self._filled(f"words.{key}", self.words.say(f"words.{key}", **parts))

    def _maybe(self, key: str) -> Iterator[Phrase]:
        if self.words.has(key) and (phrase := self.words.say(key)):
            yield phrase

    def _sure(self, key: str) -> Phrase:
        return self._filled(key, self.words.say(key))

    def _filled(self, key: str, phrase: Phrase | None) -> Phrase:
        if phrase is None:
            raise TextNeedsFacts(key)
        return phrase


class TextNeedsFacts(LookupError):
    """A text that every notice of its kind needs has no way to be said without facts that may be unknown."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key} needs a way to be said without facts that may be unknown")


def held_as(reason: str | None, task: str, direction: Direction = "home") -> str:
    """How a hold is spoken of: by its reason, else by what the customer must do about it. A courier who could not
    collect on the way out did not come to the customer: to them it takes longer.

    >>> held_as("customs_value_doubted", "nothing"), held_as(None, "check_address"), held_as("on_hold", "nothing")
    ('documents', 'address', 'unknown')
    """
    told = dictionary("notices", "told")
    known: str | None = told["held"].get(reason) or told["held_by_task"].get(task)
    return "delay" if known == "pickup" and direction == "out" else known or "unknown"


def _known(phrases: Iterable[Phrase | None]) -> tuple[Phrase, ...]:
    return tuple(phrase for phrase in phrases if phrase is not None)

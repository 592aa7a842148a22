"""Ways to help somebody whose piece wants a repair, side by side: what each costs whom, how long it takes, what may go
wrong. An option with an unknown part has no total; it is never put before one that is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from chalicelib.money import Money, total
from chalicelib.places import Lane
from chalicelib.returns.repair import QuoteLine
from chalicelib.rulebook import Confidence, weakest

OptionCode = Literal["repair_here", "repair_at_home", "refund_without_return", "exchange"]
Payer = Literal["customer", "merchant"]


@dataclass(frozen=True, slots=True)
class OptionCost:
    """One line of what an option costs, and whose it is; None: not known, with why in ``note``. ``if_proven`` is what
    it would be with the relief that is still to be proven; None: the same."""

    code: str
    amount: Money | None
    paid_by: Payer
    rule: str | None = None
    source: str | None = None
    note: str | None = None
    confidence: Confidence = "high"
    if_proven: Money | None = None

    def as_json(self) -> dict[str, Any]:
        """The row as answers show it."""
        return {
            "code": self.code,
            "amount": self.amount.as_json() if self.amount else None,
            "if_proven": self.if_proven.as_json() if self.if_proven else None,
            "paid_by": self.paid_by,
            "rule": self.rule,
            "source": self.source,
            "note": self.note,
            "confidence": self.confidence,
        }


@dataclass(frozen=True, slots=True)
class OptionLeg:
    """One road of an option. Days are business days under way, customs not counted; ``duty`` None: not known."""

    lane: Lane
    purpose: str
    carrier: str | None
    service: str | None
    days: tuple[int, int] | None
    duty: Money | None
    duty_if_proven: Money | None
    relief_missing: tuple[str, ...]
    insured_by: str | None
    uncovered: Money | None
    reasons: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The leg as answers show it."""
        return {
            "lane": {"from": self.lane.origin, "to": self.lane.destination},
            "purpose": self.purpose,
            "carrier": self.carrier,
            "service": self.service,
            "days_min": self.days[0] if self.days else None,
            "days_max": self.days[1] if self.days else None,
            "crosses_customs": self.lane.crosses_customs,
            "duty": self.duty.as_json() if self.duty else None,
            "duty_if_proven": self.duty_if_proven.as_json() if self.duty_if_proven else None,
            "relief_missing": list(self.relief_missing),
            "insured_by": self.insured_by,
            "uncovered": self.uncovered.as_json() if self.uncovered else None,
            "reasons": list(self.reasons),
        }


@dataclass(frozen=True, slots=True)
class Option:
    """One way to help. ``bench`` are business days of work (0, 0 where none is done); ``why_not`` what stands against
    it; ``risks`` what may go wrong beside the roads themselves."""

    code: OptionCode
    place: str | None
    costs: tuple[OptionCost, ...]
    legs: tuple[OptionLeg, ...]
    bench: tuple[int, int] | None
    keeps: Payer
    currency: str
    why_not: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    metal_worth: Money | None = None

    @property
    def unknown(self) -> tuple[str, ...]:
        """What of its costs nobody knows."""
        return tuple(one.code for one in self.costs if one.amount is None)

    def paid_by(self, *payers: Payer) -> Money | None:
        """What these pay; None while a cost of theirs is not known."""
        theirs = [one.amount for one in self.costs if one.paid_by in payers]
        known = [one for one in theirs if one is not None]
        return total(known, self.currency) if len(known) == len(theirs) else None

    @property
    def total(self) -> Money | None:
        """What it costs everybody together; None while anything is not known."""
        return self.paid_by("customer", "merchant")

    @property
    def total_if_proven(self) -> Money | None:
        """The same with every relief that is still to be proven."""
        whole = self.total
        if whole is None:
            return None
        saved = [one.amount - one.if_proven for one in self.costs if one.amount and one.if_proven]
        return whole - total(saved, self.currency)

    @property
    def days(self) -> tuple[int, int] | None:
        """Business days in all, customs not counted; None where a part is not known."""
        parts = [self.bench, *(leg.days for leg in self.legs)]
        known = [one for one in parts if one is not None]
        return (sum(one[0] for one in known), sum(one[1] for one in known)) if len(known) == len(parts) else None

    @property
    def crossings(self) -> int:
        """How often it crosses a customs border."""
        return sum(leg.lane.crosses_customs for leg in self.legs)

    def as_json(self) -> dict[str, Any]:
        """The option as answers show it."""
        days = self.days
        sums = (self.total, self.total_if_proven, self.paid_by("customer"), self.paid_by("merchant"))
        names = ("total", "total_if_proven", "customer_pays", "merchant_pays")
        return {
            "code": self.code,
            "place": self.place,
            "possible": not self.why_not,
            "why_not": list(self.why_not),
            "costs": [one.as_json() for one in self.costs],
            **{name: one.as_json() if one else None for name, one in zip(names, sums, strict=True)},
            "days_min": days[0] if days else None,
            "days_max": days[1] if days else None,
            "legs": [leg.as_json() for leg in self.legs],
            "risk": self._risk(),
            "keeps": self.keeps,
            "metal_worth": self.metal_worth.as_json() if self.metal_worth else None,
            "unknown": list(self.unknown),
            "confidence": weakest(one.confidence for one in self.costs),
        }

    def _risk(self) -> dict[str, Any]:
        """The most that nobody insures on any one road: they are not under way together."""
        open_worths = [leg.uncovered for leg in self.legs]
        known = [one for one in open_worths if one is not None]
        most = max(known, key=lambda one: one.amount, default=Money(Decimal(0), self.currency))
        uncovered = most if len(known) == len(open_worths) else None
        reasons = dict.fromkeys((*self.risks, *(reason for leg in self.legs for reason in leg.reasons)))
        return {
            "crossings": self.crossings,
            "uncovered": uncovered.as_json() if uncovered else None,
            "reasons": list(reasons),
        }


def costs_of(lines: Iterable[QuoteLine], payer: Payer) -> tuple[OptionCost, ...]:
    """The lines of a quote as costs. What a warranty or the merchant pays stands there as nothing to the customer."""
    return tuple(
        OptionCost(one.code, one.amount, payer, one.rule, one.source, one.note, one.confidence) for one in lines
    )


def ranked(options: Sequence[Option]) -> list[dict[str, Any]]:
    """The order in which the house would try them, each with why: possible before not, known before unknown, then what
    costs least in all, what takes least time, what crosses fewest borders."""

    def key(at: int) -> tuple[Any, ...]:
        one = options[at]
        days = one.days[1] if one.days else 10_000
        return bool(one.why_not), one.total is None, one.total.amount if one.total else 0, days, one.crossings, at

    best_first = sorted(range(len(options)), key=key)
    return [{"option": at, "code": options[at].code, "why": _why(options[at])} for at in best_first]


def _why(one: Option) -> list[str]:
    whole = one.total
    told = [f"not possible: {', '.join(one.why_not)}"] if one.why_not else []
    told.append(f"costs {whole.amount} {whole.currency} in all" if whole else f"not known: {', '.join(one.unknown)}")
    told.append(f"{one.days[0]} to {one.days[1]} business days, customs not counted" if one.days else "days not known")
    told.append(f"crosses {one.crossings} customs borders" if one.crossings else "crosses no customs border")
    return told

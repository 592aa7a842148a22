"""What a person does about a claim: file it, note the money, note a refusal, give it up. One table says from where.

Doing the same twice is quiet; doing it with other particulars is refused unless it says that it corrects. What was
before stays in the history of the entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, get_args

from chalicelib.customs.claims import Judgement
from chalicelib.customs.ledger import ClaimState, DutyEntry, Filing, Receipt, noted
from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError
from chalicelib.money import Money

Action = Literal["file", "receive", "refuse", "give-up"]
ACTIONS: tuple[Action, ...] = get_args(Action)
FROM: Mapping[Action, frozenset[ClaimState]] = {
    "file": frozenset({"open", "lapsed", "not_reclaimable", "refused", "given_up"}),
    "receive": frozenset({"filed", "received", "refused"}),
    "refuse": frozenset({"filed"}),
    "give-up": frozenset({"open", "lapsed", "not_reclaimable", "filed"}),
}
# Filing what had ended, and correcting what was noted, are the exception and say why.
TO_FILE_AGAIN = frozenset({"lapsed", "refused", "given_up"})
WHY: Mapping[str, tuple[str, ...]] = {
    "file": ("term_extended", "accepted_late", "counted_wrong", "objection", "other_way", "taken_up_again"),
    "refuse": (
        "too_late", "not_entitled", "evidence_missing", "not_same_state", "export_not_proven", "below_minimum", "other",
    ),
    "give-up": (
        "not_worth_it", "no_evidence", "claimant_unwilling", "customer_claims", "goods_stay", "return_cancelled",
        "recorded_by_mistake", "other",
    ),
    "correct": ("typed_wrong", "invoice_corrected", "amended_by_customs", "other"),
}  # fmt: skip
MOST_RECEIPTS = 50


class ClaimNotAllowed(ConflictError):
    """The claim is not where this can be done; nothing was changed."""

    code = "claim_not_allowed"


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be noted. ``on`` is the day it happened; ``final`` says of money that no more is to come."""

    action: Action
    on: date | None = None
    reference: str | None = None
    way: str | None = None
    amount: Money | None = None
    final: bool = True
    why: str | None = None
    corrects: bool = False


def acted(entry: DutyEntry, act: Act, judged: Judgement, latest: date, now: datetime, by: str) -> DutyEntry | None:
    """The entry after it; None when exactly this is noted already.

    ``latest`` is today where it is already tomorrow. Raises ``InvalidRequestError`` with every fault, and
    ``ClaimNotAllowed`` when the claim is not there.
    """
    faults = _faults(entry, act, judged, latest)
    if faults:
        raise InvalidRequestError("the claim cannot be noted so", faults)
    if _is_noted(entry, act):
        return None
    return _NOTE[act.action](entry, act, judged, now, by)


def _is_noted(entry: DutyEntry, act: Act) -> bool:
    match act.action:
        case "file":
            filing = entry.filing
            if entry.state != "filed" or filing is None or act.way not in (None, filing.way):
                return False
            return filing == replace(_filing(act), way=filing.way)
        case "receive":
            is_final = entry.state == "received"
            return _receipt(act) in entry.receipts and is_final == act.final and entry.state in ("filed", "received")
        case "refuse":
            return entry.state == "refused" and entry.why == act.why
        case _:
            return entry.state == "given_up" and entry.why == act.why


def _file(entry: DutyEntry, act: Act, judged: Judgement, now: datetime, by: str) -> DutyEntry:
    corrects = act.corrects and entry.state == "filed"
    if not corrects:
        _stand_there(entry, act)
    filing = replace(_filing(act), way=_way_filed(entry, act, judged))
    way = judged.way_of(filing.way)
    after = replace(
        entry, state="filed", changed_at=now, filing=filing, why=None, due_at=None, claim_by=None,
        at_most=way.at_most if way else entry.at_most if corrects else None,
    )  # fmt: skip
    return noted(after, now, by, "filed", _told(act) | _some(way=filing.way), _was_filed(entry) if entry.filing else {})


def _receive(entry: DutyEntry, act: Act, _judged: Judgement, now: datetime, by: str) -> DutyEntry:
    _stand_there(entry, act)
    receipt = _receipt(act)
    before = next((one for one in entry.receipts if one.reference == receipt.reference), None)
    if before is not None and before != receipt and not act.corrects:
        raise ClaimNotAllowed("money under this reference is noted otherwise; send corrects true and why to change it")
    others = tuple(one for one in entry.receipts if one is not before)
    after = replace(
        entry, state="received" if act.final else "filed", changed_at=now, why=None, receipts=(*others, receipt)
    )
    was = {} if before is None else _some(on=before.on, amount=before.amount.amount)
    return noted(after, now, by, "received", _told(act) | {"final": str(act.final).lower()}, was)


def _refuse(entry: DutyEntry, act: Act, _judged: Judgement, now: datetime, by: str) -> DutyEntry:
    _stand_there(entry, act)
    return noted(replace(entry, state="refused", changed_at=now, why=act.why), now, by, "refused", _told(act))


def _give_up(entry: DutyEntry, act: Act, _judged: Judgement, now: datetime, by: str) -> DutyEntry:
    _stand_there(entry, act)
    after = replace(entry, state="given_up", changed_at=now, why=act.why, due_at=None, claim_by=None)
    return noted(after, now, by, "given_up", _told(act))


_NOTE: Mapping[Action, Callable[[DutyEntry, Act, Judgement, datetime, str], DutyEntry]] = {
    "file": _file, "receive": _receive, "refuse": _refuse, "give-up": _give_up,
}  # fmt: skip


def _stand_there(entry: DutyEntry, act: Act) -> None:
    if entry.state not in FROM[act.action]:
        where = " or ".join(sorted(state.replace("_", " ") for state in FROM[act.action]))
        raise ClaimNotAllowed(f"the claim is {entry.state.replace('_', ' ')}: {act.action} needs one that is {where}")


def _faults(entry: DutyEntry, act: Act, judged: Judgement, latest: date) -> list[FieldFault]:
    faults = [FieldFault(name, "required", detail) for name, detail in _lacking(act)]
    faults += [FieldFault(name, "not_allowed", f"does not belong to {act.action}") for name in _idle(act)]
    if act.on is not None and not entry.facts.paid_on <= act.on <= latest:
        faults.append(FieldFault("on", "out_of_range", "a day that has come, not before the entry was paid"))
    faults += _why_faults(entry, act)
    if act.action == "file":
        faults += _way_faults(act, judged)
    return faults + (_money_faults(entry, act, judged) if act.action == "receive" and act.amount else [])


def _lacking(act: Act) -> list[tuple[str, str]]:
    wanted = {"file": ("on",), "receive": ("on", "reference", "amount"), "refuse": ("on", "why"), "give-up": ("why",)}
    told = {
        "on": "the day it happened",
        "reference": "the number of the decision or payment",
        "amount": "what came back",
        "why": f"one of {', '.join(WHY.get(act.action, ()))}",
    }
    return [(name, told[name]) for name in wanted[act.action] if getattr(act, name) is None]


def _idle(act: Act) -> list[str]:
    allowed = {
        "file": ("on", "reference", "way", "why"), "receive": ("on", "reference", "amount", "why"),
        "refuse": ("on", "reference", "why"), "give-up": ("why",),
    }[act.action]  # fmt: skip
    given = [name for name in ("on", "reference", "way", "amount", "why") if getattr(act, name) is not None]
    idle = [name for name in given if name not in allowed]
    idle += ["corrects"] if act.corrects and act.action not in ("file", "receive") else []
    return idle + (["final"] if not act.final and act.action != "receive" else [])


def _why_faults(entry: DutyEntry, act: Act) -> list[FieldFault]:
    """The reasons that go with this act now; required where it undoes or corrects what was noted before."""
    if act.action in ("refuse", "give-up"):
        choices: Sequence[str] = WHY[act.action]
    elif act.corrects:
        choices = WHY["correct"]
    else:
        choices = WHY["file"] if act.action == "file" else ()
    must = act.corrects or (act.action == "file" and _is_late_or_again(entry, act))
    if act.why is None:
        return [FieldFault("why", "required", f"one of {', '.join(choices)}")] if must else []
    return [] if act.why in choices else [FieldFault("why", "not_one_of", f"one of {', '.join(choices) or 'none'}")]


def _is_late_or_again(entry: DutyEntry, act: Act) -> bool:
    """Whether it was handed in after it had ended; one that was in time and is noted late is not."""
    if entry.state == "lapsed" and entry.claim_by is not None and act.on is not None:
        return act.on > entry.claim_by
    return entry.state in TO_FILE_AGAIN


def _way_faults(act: Act, judged: Judgement) -> list[FieldFault]:
    codes = [one.way.code for one in judged.ways]
    open_ways = [one.way.code for one in judged.ways if one.is_possible]
    if act.way is not None and act.way not in codes:
        return [FieldFault("way", "not_one_of", f"one of {', '.join(codes) or 'none: leave it out'}")]
    if act.way is None and len(open_ways) > 1 and not act.corrects:
        return [FieldFault("way", "required", f"say under which: {', '.join(open_ways)}")]
    return []


def _money_faults(entry: DutyEntry, act: Act, judged: Judgement) -> list[FieldFault]:
    amount, facts = act.amount or Money(Decimal(0), "EUR"), entry.facts
    if amount.amount <= 0:
        return [FieldFault("amount", "not_positive", "what came back, more than nothing")]
    if facts.currency is not None and amount.currency != facts.currency:
        return [FieldFault("amount", "other_currency", f"customs charged in {facts.currency} and pay back in it")]
    others = [one.amount for one in entry.receipts if one.reference != act.reference]
    if any(one.currency != amount.currency for one in others):
        return [FieldFault("amount", "other_currency", "what came before was in another currency")]
    if len(others) >= MOST_RECEIPTS:
        return [FieldFault("reference", "too_many", f"an entry takes {MOST_RECEIPTS} receipts")]
    paid = [getattr(facts, name) for name in _claimed(entry, judged)]
    whole = sum((one.amount for one in paid if one and one.currency == amount.currency), Decimal(0))
    if None not in paid and sum((one.amount for one in others), amount.amount) > whole:
        return [FieldFault("amount", "more_than_paid", "more came back than was paid; interest is not duty")]
    return []


def _claimed(entry: DutyEntry, judged: Judgement) -> Sequence[str]:
    """What the claim that was filed asks back; all that was charged where that is not known. So a fee nobody told of
    does not hide that more came than can."""
    way = judged.way_of(entry.filing.way if entry.filing else None)
    return way.way.covers if way else ("duty", "tax", "fees")


def _way_filed(entry: DutyEntry, act: Act, judged: Judgement) -> str | None:
    if act.way is not None:
        return act.way
    if act.corrects and entry.filing is not None:
        return entry.filing.way
    open_ways = [one.way.code for one in judged.ways if one.is_possible]
    return open_ways[0] if open_ways else None


def _filing(act: Act) -> Filing:
    return Filing(act.on or date.min, act.reference, act.way)


def _receipt(act: Act) -> Receipt:
    return Receipt(act.reference or "", act.on or date.min, act.amount or Money(Decimal(0), "EUR"))


def _was_filed(entry: DutyEntry) -> dict[str, str]:
    filing = entry.filing or Filing(date.min)
    return _some(on=filing.on, reference=filing.reference, way=filing.way)


def _told(act: Act) -> dict[str, str]:
    money = f"{act.amount.as_json()['amount']} {act.amount.currency}" if act.amount else None
    return _some(on=act.on, reference=act.reference, amount=money, why=act.why)


def _some(**facts: object) -> dict[str, str]:
    return {name: str(value) for name, value in facts.items() if value is not None}

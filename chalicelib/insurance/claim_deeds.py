"""What somebody may do to a claim, and what it becomes by it.

The same thing told twice is one line; what was told with other particulars is refused unless it is told as a
correction. Every fault is named at once.

>>> may("lapsed", "file"), may("closed", "pay")
(True, False)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from chalicelib.errors import FieldFault, InvalidRequestError
from chalicelib.insurance.claim_states import (
    MOST_PAYMENTS,
    Action,
    Claim,
    ClaimDiffers,
    ClaimKind,
    ClaimNotAllowed,
    Filed,
    Payment,
    State,
    noted,
)
from chalicelib.money import Money

AFTER: Mapping[Action, State] = {
    "prepare": "prepared", "file": "filed", "acknowledge": "acknowledged", "want_evidence": "evidence_wanted",
    "offer": "offered", "accept": "accepted", "refuse": "refused", "pay": "paid", "withdraw": "withdrawn",
    "close": "closed",
}  # fmt: skip
_FROM: Mapping[Action, str] = {
    "prepare": "watched prepared withdrawn lapsed closed",
    "file": "watched prepared lapsed filed acknowledged evidence_wanted refused",
    "acknowledge": "filed evidence_wanted",
    "want_evidence": "filed acknowledged evidence_wanted offered refused",
    "offer": "filed acknowledged evidence_wanted offered refused",
    "accept": "offered",
    "refuse": "filed acknowledged evidence_wanted offered accepted",
    "pay": "filed acknowledged evidence_wanted offered accepted refused paid",
    "withdraw": "watched prepared filed acknowledged evidence_wanted offered refused lapsed",
    "close": "accepted refused paid lapsed withdrawn",
}
WHY: Mapping[Action, tuple[str, ...]] = {
    "refuse": ("too_late", "not_covered", "packing", "no_proof", "no_loss", "not_entitled", "other"),
    "withdraw": ("no_claim", "found", "not_worth_it", "other_party_pays", "opened_by_mistake", "other"),
    "close": ("settled", "written_off", "other"),
    "file": ("protective_made_full", "typed_wrong", "filed_in_time", "appeal", "other"),
    "pay": ("typed_wrong", "other"),
}
_TAKES: Mapping[Action, tuple[str, ...]] = {
    "prepare": ("amount", "freight", "kind", "discovered_on"),
    "file": ("on", "reference", "amount", "protective", "why", "corrects"),
    "acknowledge": ("on", "reference"),
    "want_evidence": ("on", "wanted", "until"),
    "offer": ("on", "amount", "until", "reference"),
    "accept": ("on",),
    "refuse": ("on", "why", "reference"),
    "pay": ("on", "reference", "amount", "final", "why", "corrects"),
    "withdraw": ("on", "why"),
    "close": ("on", "why"),
}
_NEEDS: Mapping[Action, tuple[str, ...]] = {
    "file": ("on", "protective"), "want_evidence": ("on", "wanted"), "offer": ("on", "amount"), "accept": ("on",),
    "acknowledge": ("on",), "refuse": ("on", "why"), "pay": ("on", "reference", "amount"), "withdraw": ("why",),
}  # fmt: skip
_ASKED = {
    "on": "the day it happened", "protective": "true where nobody knows yet what became of the parcel",
    "wanted": "what is wanted, as the checklist names it", "amount": "how much", "why": "one word of those listed",
    "reference": "the number of the payment",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did to a claim. What does not belong to the action is refused, and so is what it lacks."""

    action: Action
    on: date | None = None
    reference: str | None = None
    amount: Money | None = None
    freight: Money | None = None
    kind: ClaimKind | None = None
    discovered_on: date | None = None
    protective: bool | None = None
    until: date | None = None
    wanted: tuple[str, ...] = ()
    final: bool = True
    why: str | None = None
    corrects: bool = False


def may(state: State, action: Action) -> bool:
    """Whether a claim in this state takes this action."""
    return state in _FROM[action].split()


def done(claim: Claim, deed: Deed, bound: Money | None, latest: date, now: datetime, by: str) -> Claim | None:
    """The claim after this; None when it is so already. ``bound`` is the most that may be asked (None: not known),
    ``latest`` the last day that has come anywhere. Raises ``InvalidRequestError`` with every fault,
    ``ClaimNotAllowed``, ``ClaimDiffers``, ``ClaimHistoryFull``."""
    told = _told(deed)
    if _is_so(claim, deed, told):
        return None
    faults = faults_of(claim, deed, told, bound, latest)
    if faults:
        raise InvalidRequestError(f"{deed.action} cannot be noted as written", faults)
    if not may(claim.state, deed.action):
        raise ClaimNotAllowed(f"a claim that is {claim.state} cannot be told to {deed.action}")
    _refuse_other_particulars(claim, deed)
    return noted(_after(claim, deed, bound, now, by), now, by, deed.action, told)


def _after(claim: Claim, deed: Deed, bound: Money | None, now: datetime, by: str) -> Claim:
    state = AFTER[deed.action]
    if deed.action == "pay" and (not deed.final or deed.corrects):
        state = claim.state
    if deed.action == "file" and deed.corrects:
        state = claim.state
    after = replace(claim, state=state, why=deed.why, until=None, changed_at=now)
    match deed.action:
        case "prepare":
            return replace(
                after, claimed=deed.amount or claim.claimed or _usual(claim, deed, bound),
                freight=deed.freight or claim.freight,
                kind=deed.kind or claim.kind, discovered_on=deed.discovered_on or claim.discovered_on,
                pack_wanted_at=now,
            )  # fmt: skip
        case "file":
            filed = Filed(deed.on or latest_day(now), by, bool(deed.protective), deed.reference)
            return replace(after, filed=filed, claimed=deed.amount or claim.claimed)
        case "acknowledge" if deed.reference is not None and claim.filed is not None:
            return replace(after, filed=replace(claim.filed, reference=deed.reference))
        case "want_evidence":
            return replace(after, wanted=deed.wanted, until=deed.until)
        case "offer":
            return replace(after, offer=deed.amount, until=deed.until)
        case "pay":
            kept = [one for one in claim.payments if one.reference != deed.reference]
            paid = Payment(deed.reference or "", deed.on or latest_day(now), deed.amount or Money(Decimal(0), "EUR"))
            return replace(after, payments=(*kept, paid), until=claim.until if state == claim.state else None)
    return after


def _usual(claim: Claim, deed: Deed, bound: Money | None) -> Money | None:
    """What is claimed where nobody says: all that was lost of a loss; of anything else only a person knows."""
    return bound if (deed.kind or claim.kind) == "loss" else None


def latest_day(now: datetime) -> date:
    """The day of this instant in UTC."""
    return now.date()


def _is_so(claim: Claim, deed: Deed, told: Mapping[str, str]) -> bool:
    """Whether this was told already: the same payment; the same line just now; and since the claim was last opened a
    line that could only be noted once, such as a filing that comes again after its answer."""
    if deed.action == "pay":
        return any(
            (one.reference, one.on, one.amount) == (deed.reference, deed.on, deed.amount) for one in claim.payments
        )
    if deed.action == "prepare":
        last = next((line for line in reversed(claim.history) if line.what == "prepare"), None)
        return claim.state == "prepared" and last is not None and dict(last.facts) == dict(told)
    since = max((at for at, line in enumerate(claim.history) if line.what in ("prepare", "watched")), default=-1)
    lines = claim.history[since + 1 :]
    same = [at for at, line in enumerate(lines) if line.what == deed.action and dict(line.facts) == dict(told)]
    once = deed.action == "file" or not may(claim.state, deed.action)
    return bool(same) and (once or same[-1] == len(lines) - 1)


def _told(deed: Deed) -> dict[str, str]:
    """What was told, as text; what was left out is not there."""
    money = {name: value for name in ("amount", "freight") if (value := getattr(deed, name)) is not None}
    texts: dict[str, object] = {
        "on": deed.on, "reference": deed.reference, "kind": deed.kind, "discovered_on": deed.discovered_on,
        "until": deed.until, "why": deed.why, "wanted": ", ".join(deed.wanted) or None,
        "protective": None if deed.protective is None else str(deed.protective).lower(),
        "final": None if deed.final else "false", "corrects": "true" if deed.corrects else None,
        **{name: f"{one.as_json()['amount']} {one.currency}" for name, one in money.items()},
    }  # fmt: skip
    return {name: str(value) for name, value in texts.items() if value is not None}


def _refuse_other_particulars(claim: Claim, deed: Deed) -> None:
    """Raise where this was told before with other particulars and is not told as a correction."""
    if deed.action == "pay" and any(one.reference == deed.reference for one in claim.payments) and not deed.corrects:
        raise ClaimDiffers("a payment with this reference is noted with another day or amount; send corrects true")
    filed, again = claim.filed, claim.state in ("filed", "acknowledged", "evidence_wanted")
    if deed.action != "file" or filed is None or not again or deed.corrects:
        return
    if not (filed.protective and deed.protective is False):
        raise ClaimDiffers("this claim is filed with other particulars; send corrects true and why to change it")


def faults_of(claim: Claim, deed: Deed, told: Mapping[str, str], bound: Money | None, latest: date) -> list[FieldFault]:
    """Everything about this deed that cannot be."""
    return [*_shape_faults(deed, told), *_day_faults(claim, deed, latest), *_money_faults(claim, deed, bound)]


def _shape_faults(deed: Deed, told: Mapping[str, str]) -> list[FieldFault]:
    given = set(told)
    faults = [
        FieldFault(name, "not_allowed", f"does not belong to {deed.action}")
        for name in sorted(given - set(_TAKES[deed.action]))
    ]
    lacking = [name for name in _NEEDS.get(deed.action, ()) if name not in given]
    faults += [FieldFault(name, "required", _ASKED[name]) for name in lacking]
    choices = WHY.get(deed.action, ())
    if deed.why is not None and choices and deed.why not in choices:
        faults.append(FieldFault("why", "not_one_of", f"one of {', '.join(choices)}"))
    if deed.corrects and deed.why is None:
        faults.append(FieldFault("why", "required", "a correction says why"))
    return faults


def _day_faults(claim: Claim, deed: Deed, latest: date) -> list[FieldFault]:
    days = (("on", deed.on), ("discovered_on", deed.discovered_on))
    faults = [FieldFault(name, "in_the_future", "a day that has come") for name, day in days if day and day > latest]
    filed = claim.filed
    if deed.on and filed and deed.action not in ("file", "withdraw", "close") and deed.on < filed.on:
        faults.append(FieldFault("on", "before_filing", f"the claim was filed on {filed.on.isoformat()}"))
    if deed.until and deed.on and deed.until < deed.on:
        faults.append(FieldFault("until", "out_of_range", "not before the day it was asked"))
    return faults


def _money_faults(claim: Claim, deed: Deed, bound: Money | None) -> list[FieldFault]:
    given = [(name, one) for name in ("amount", "freight") if (one := getattr(deed, name)) is not None]
    faults = [FieldFault(name, "not_positive", "more than nothing") for name, one in given if one.amount <= 0]
    if deed.action in ("prepare", "file") and deed.amount is not None:
        faults += _bound_faults(deed.amount, bound)
    others = [one for one in claim.payments if one.reference != deed.reference]
    if deed.action == "pay" and len(others) >= MOST_PAYMENTS:
        faults.append(FieldFault("reference", "too_many", f"a claim takes {MOST_PAYMENTS} payments"))
    return faults


def _bound_faults(asked: Money, bound: Money | None) -> list[FieldFault]:
    if bound is None:
        return []
    if asked.currency != bound.currency:
        return [FieldFault("amount", "other_currency", f"the goods were paid in {bound.currency}: claim in it")]
    if asked <= bound:
        return []
    most = bound.as_json()["amount"]
    return [FieldFault("amount", "more_than_lost", f"at most {most} {bound.currency}: worth and freight")]

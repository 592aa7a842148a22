"""What somebody asks of a repair: to order one, or to take a step of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.errors import FieldFault, InvalidRequestError
from chalicelib.money import Money
from chalicelib.returns.repair import CustomsChoice, Operation
from chalicelib.returns.repair_orders import Step

NOTHING_SAID = CustomsChoice()


@dataclass(frozen=True, slots=True)
class RepairWish:
    """A repair to be ordered. ``place`` None: the place the return comes home to; ``under_warranty`` None: what the
    kind of the return says."""

    operations: tuple[Operation, ...]
    place: str | None = None
    under_warranty: bool | None = None
    customs: CustomsChoice = NOTHING_SAID


@dataclass(frozen=True, slots=True)
class RepairDeed:
    """One step, with what it needs: ``gross_g``, ``scale_id``, ``stones``, ``evidence_ids`` ... of a take-in;
    ``gross_g`` of a test; ``added_g`` and ``removed_g`` of metal; ``progress`` of progress; ``why`` of an end."""

    step: Step
    operations: tuple[Operation, ...] = ()
    customs: CustomsChoice = NOTHING_SAID
    gross_g: Decimal | None = None
    scale_id: str | None = None
    stones: int | None = None
    marks: str | None = None
    condition: tuple[str, ...] = ()
    evidence_ids: tuple[str, ...] = ()
    replacement_value: Money | None = None
    progress: str | None = None
    added_g: Decimal | None = None
    removed_g: Decimal | None = None
    ready_on: date | None = None
    why: str | None = None


# What a step cannot be taken without, and how it is asked for.
NEEDS: dict[Step, tuple[tuple[str, str], ...]] = {
    "change": (("operations", "say what is to be done instead"),),
    "declare": (("customs", "say what customs are to be told"),),
    "take_in": (
        ("gross_g", "weigh it before work"),
        ("scale_id", "name the scale"),
        ("evidence_ids", "name the photos of the piece"),
    ),
    "progress": (("progress", "say how far it is"),),
    "test": (("gross_g", "weigh it after work"), ("scale_id", "name the scale")),
    "accept_weight": (("why", "say what you found"),),
    "unrepaired": (("why", "say why it is not repaired"),),
    "unclaimed": (("why", "say how it came to be unclaimed"),),
    "withdraw": (("why", "say why it is called off"),),
}


def refuse_incomplete(deed: RepairDeed) -> None:
    """Everything that this step lacks, at once: raises ``InvalidRequestError``."""
    nothing = (None, (), NOTHING_SAID)
    faults = [
        FieldFault(name, "required", detail)
        for name, detail in NEEDS.get(deed.step, ())
        if getattr(deed, name) in nothing
    ]
    if deed.step == "metal" and deed.added_g is None and deed.removed_g is None:
        faults.append(FieldFault("added_g", "required", "say how many grams were added or removed"))
    if faults:
        raise InvalidRequestError(f"{deed.step} cannot be noted as written", faults)

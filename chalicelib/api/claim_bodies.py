"""Bodies of claims against carriers and insurers: one that is prepared, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from chalicelib.api.shapes import Day, Flag, MoneyBody, Reference, Shape, Word, code, money_of

if TYPE_CHECKING:
    from chalicelib.insurance.claim_deeds import Deed
    from chalicelib.insurance.claim_states import Action

# The words of the insurance room, written here once more: registering a route loads no rule (a test holds them equal).
PartyWord = Literal["carrier", "insurer"]
KindWord = Literal["loss", "damage", "shortage", "delay"]


class PrepareClaimBody(Shape):
    """A claim to be prepared: against whom, for what, how much (of a loss all that was lost, if left out); ``freight``
    is what the carriage cost and raises what may be asked; ``discovered_on`` the day it was noticed, where that was
    before the system knew."""

    leg: Annotated[int, Field(strict=True, ge=1, le=99)]
    party: PartyWord
    kind: KindWord | None = None
    amount: MoneyBody | None = None
    freight: MoneyBody | None = None
    discovered_on: Day | None = None

    def as_deed(self) -> Deed:
        """The same as the insurance room knows it."""
        from chalicelib.insurance.claim_deeds import Deed  # the rules of claims: only for these routes

        return Deed(
            "prepare",
            kind=self.kind,
            amount=money_of(self.amount),
            freight=money_of(self.freight),
            discovered_on=self.discovered_on,
        )


class ClaimActionBody(Shape):
    """What became of a claim: ``on``, ``reference``, ``amount`` and ``protective`` of a filing; ``on`` and
    ``reference`` of an acknowledgement; ``on``, ``wanted`` and ``until`` of evidence asked for; ``on``, ``amount`` and
    ``until`` of an offer; ``on``, ``reference`` and ``amount`` of money that came, ``final`` false while more comes;
    ``on`` and ``why`` of a refusal; ``why`` it was withdrawn. ``corrects`` changes a filing or a payment noted."""

    on: Day | None = None
    reference: Reference | None = None
    amount: MoneyBody | None = None
    protective: Flag | None = None
    until: Day | None = None
    wanted: Annotated[tuple[Word, ...], Field(max_length=30)] = ()
    final: Flag = True
    why: Annotated[str, code("[a-z][a-z_]*", 40)] | None = None
    corrects: Flag = False

    def as_deed(self, action: Action) -> Deed:
        """The same as the insurance room knows it."""
        from chalicelib.insurance.claim_deeds import Deed  # the rules of claims: only for these routes

        values = self.model_dump(exclude={"amount"})
        return Deed(action, amount=money_of(self.amount), **values)

"""The ground all answer models stand on: an allow-list with no field beside it, decimal text, unknown as
null.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Decimals = Annotated[str, StringConstraints(pattern=r"^-?[0-9]+(\.[0-9]+)?$")]
Stamp = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$")]
DayText = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
ClockText = Annotated[str, StringConstraints(pattern=r"^\d{2}:\d{2}$")]
Direction = Literal["home", "out"]


class Told(BaseModel):
    """Root of the answer models."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


class MoneyTold(Told):
    """An amount and its currency."""

    amount: Decimals
    currency: str


class LaneTold(Told):
    """From country to country."""

    origin: Annotated[str, Field(alias="from")]
    destination: Annotated[str, Field(alias="to")]

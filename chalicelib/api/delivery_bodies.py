"""Bodies about deliveries: what is to be sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from chalicelib.api.shapes import Instant, Shape, code

if TYPE_CHECKING:
    from chalicelib.workflows.replay_deliveries import ReplayWish

CaseId = Annotated[str, code("[A-Za-z0-9][A-Za-z0-9_-]*")]
ReceiverName = Annotated[str, code("[a-z0-9][a-z0-9-]{0,39}", 40)]
CursorText = Annotated[str, code("[A-Za-z0-9_.=~-]+", 8192)]


class ReplayBody(Shape):
    """Send again what was told of one case (``case_id``), or to one receiver what was made ``since`` then, ``until``
    then. ``state``: only what is dead, or only what was sent; null: both. ``cursor``: as the call before answered."""

    case_id: CaseId | None = None
    receiver: ReceiverName | None = None
    since: Instant | None = None
    until: Instant | None = None
    state: Literal["dead", "sent"] | None = None
    cursor: CursorText | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.case_id is None) == (self.receiver is None):
            raise PydanticCustomError("exactly_one", "name a case or a receiver", {"field": "receiver"})
        if self.receiver is not None and self.since is None:
            raise PydanticCustomError("since_required", "say from when on", {"field": "since"})
        if self.case_id is not None and (self.since or self.until):
            raise PydanticCustomError("span_not_allowed", "a case is sent again whole", {"field": "since"})
        if self.since and self.until and self.until < self.since:
            raise PydanticCustomError("ends_before_start", "not before since", {"field": "until"})
        return self

    def as_wish(self) -> ReplayWish:
        """The same as the story knows it."""
        from chalicelib.workflows.replay_deliveries import ReplayWish  # only for this route

        return ReplayWish(self.case_id, self.receiver, self.since, self.until, self.state)

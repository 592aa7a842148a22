"""A ring comes back that is not the ring that left: the same weight to the hundredth, and another ring.

Told through the HTTP API alone: it is held, its evidence frozen, the clocks of insurer and carrier run, and nothing of
it can be settled.
"""

from __future__ import annotations

from infra.local.ending import Ending
from infra.local.story import OK, Body
from infra.local.telling import by_when

CONFLICT = 409


class SwapStory(Ending):
    """The story of a swapped ring; ``tell`` runs it and gives the id of its case."""

    def tell(self, last_case: str | None) -> str:
        """Run every step; raises StoryFailedError with the reason."""
        del last_case
        self._timeline.title(f"Another ring comes back: {self._tale.title} with {self._carrier.name}")
        self._timeline.header()
        self._come_home()
        film = self._evidence()
        self._take_in(film)
        self._found_out(film)
        self._nothing_is_settled()
        self._chain()
        return self._case_id

    def _found_out(self, film: str) -> None:
        """The scale is content; the number inside the band and the stone are not."""
        found = self._inspect(film, serial="GT-999999", stones=0)
        self._require(found["outcome"] == "held", f"a swapped ring was not held: {found['outcome']}")
        (piece,) = found["pieces"]
        weighed = f"weighed {piece['weighing']['gross_g']} g, as expected; {piece['verdict']}: "
        self._row(self._now(), weighed + ", ".join(piece["reasons"]), self._tale.dock, "held", mark="held")
        concern = self._until("the swap is an exception", lambda: self._concern("swapped_piece"))
        for language in ("en", "zh"):
            path = f"/v1/exceptions/{concern['exception_id']}?language={language}"
            told = self._expect(OK, self._door.call("GET", path), "reading the playbook")
            self._row("", by_when(told) if language == "en" else "", mark="warn")
            for line in (told["meaning"], *(f"- {step}" for step in told["to_do"])):
                self._timeline.say(f"                      {line}")
        rows = self._expect(OK, self._door.call("GET", f"/v1/returns/{self._case_id}/evidence"), "evidence")["items"]
        self._require(all(row["frozen"] for row in rows if row["state"] == "kept"), "the evidence is not frozen")
        self._row("", f"{len(rows)} pieces of evidence frozen", mark="warn")
        claims = self._until("the claims are watched", self._claims)
        for claim in claims:
            last = claim["deadline"]["last_day"] if claim["deadline"] else "no day known"
            self._row("", f"claim {claim['claim_id']}, {claim['state']}: last day {last}", mark="warn")

    def _claims(self) -> list[Body] | None:
        told = self._expect(OK, self._door.call("GET", f"/v1/returns/{self._case_id}/claims"), "reading the claims")
        rows: list[Body] = told["items"]
        return rows or None

    def _nothing_is_settled(self) -> None:
        path = f"/v1/returns/{self._case_id}/settlement"
        refused = self._door.call("POST", path, {"kind": "refund", "reason": "change_of_mind"})
        self._require(refused.status == CONFLICT, f"a refund for a swapped ring was answered with {refused.status}")
        self._row("", f"a refund is refused: {refused.body['detail'][:60]}", mark="good")

"""A ring comes in to be made two sizes larger, and goes home again: quoted, approved by its owner on their own page,
mended, weighed against what the work adds, sent out, delivered.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from infra.local.ending import SCALE, Ending, a_photo
from infra.local.scenarios import Lane, scenario
from infra.local.story import CREATED, OK, Body

RESIZE = {"code": "resize", "line": 1, "facts": {"sizes": "2", "width_mm": "3.0", "thickness_mm": "1.8"}}
SEE_THE_PAGE, UNPROCESSABLE = 303, 422
BEFORE_G, AFTER_G, ADDED_G = "5.28", "5.71", "0.43"


class RepairStory(Ending):
    """The story of a ring that is mended; ``tell`` runs it and gives the id of its case."""

    def tell(self, last_case: str | None) -> str:
        """Run every step; raises StoryFailedError with the reason."""
        del last_case
        self._timeline.title(f"A ring is made larger and goes home again: with {self._carrier.name}")
        self._timeline.header()
        self._come_home()
        film = self._evidence()
        self._take_in(film)
        self._inspected(film)
        self._order()
        self._quote()
        self._work()
        self._send_out()
        self._chain()
        return self._case_id

    def _asked(self, whole: Mapping[str, Any]) -> dict[str, Any]:
        return {**whole, "kind": "repair", "reason": "repair"}

    def _repair(self, step: str, body: Mapping[str, Any]) -> Body:
        answer = self._door.call("POST", f"/v1/returns/{self._case_id}/{step}", dict(body))
        self._require(answer.status in (OK, CREATED), f"{step}: {answer.status} {answer.text[:400]}")
        told: Body = answer.body
        return told

    def _order(self) -> None:
        self._repair("repair", {"operations": [RESIZE]})
        photos = [self._upload("photo_item", "image/jpeg", a_photo(n)) for n in range(1, 5)]
        took = {"gross_g": BEFORE_G, "scale_id": SCALE["scale_id"], "stones": 1, "evidence_ids": photos}
        self._repair("repair/take_in", took)
        said = f"taken in for work: {BEFORE_G} g, one stone, {len(photos)} photos"
        self._row(self._now(), said, self._tale.dock, "two sizes larger")

    def _quote(self) -> None:
        """Every line with where it comes from; the owner says yes on their own page."""
        quote = self._offered()
        for line in quote["lines"]:
            amount = line["amount"]
            self._row(
                "", f"{line['code']}: {amount['amount']} {amount['currency']}", "", line["note"] or "", mark="plain"
            )
        page = self._page()
        form = {"quote_id": quote["quote_id"], "order": self._order_number()}
        yes = self._carrier.send_form(f"{page}/quote-approve", urlencode(form))
        self._require(yes.status in (OK, SEE_THE_PAGE), f"the owner's yes: {yes.status} {yes.text[:300]}")
        self._row(self._now(), "the owner approves the quote on their page", self._tale.city, "work may begin")
        price = quote["payable_to_us"]
        transfer = {"why": "repair_price", "from": "customer", "to": "merchant", "reference": f"TR-{self._case_id[:8]}"}
        if Decimal(price["amount"]) > 0:
            self._repair("money", {**transfer, "amount": price})
            self._row(self._now(), f"the owner pays {price['amount']} {price['currency']}", "", "noted by the desk")

    def _offered(self) -> Body:
        """The quote; what no rule knows of it on this lane a person gives."""
        answer = self._door.call("POST", f"/v1/returns/{self._case_id}/repair-quote", {})
        given = {}
        if answer.status == UNPROCESSABLE:
            faults = answer.body["errors"]
            asked = "\n".join(f"- {fault['detail']}" for fault in faults)
            self._row("", "the quote is not offered while a line of it is not known", "", asked, mark="warn")
            given = {one["field"].removeprefix("given."): {"amount": "48.00", "currency": "EUR"} for one in faults}
        quote: Body = self._repair("repair-quote", {"given": given})["quote"]
        return quote

    def _work(self) -> None:
        self._repair("repair/start", {})
        self._repair("repair/progress", {"progress": "metalwork_done"})
        self._repair("repair/metal", {"added_g": ADDED_G, "removed_g": "0"})
        self._repair("repair/test", {"gross_g": AFTER_G, "scale_id": SCALE["scale_id"]})
        self._repair("repair/done", {})
        self._row(
            self._now(), f"{ADDED_G} g of gold added; weighs {AFTER_G} g, as the work explains", self._tale.dock, "done"
        )

    def _send_out(self) -> None:
        """The second leg through the very same stories: decided, booked, papers, tracked to the door."""
        way = self._until("the way out is planned", self._way)
        if way["next"]:
            self._row("", "the way out waits for", "", "\n".join(f"- {one}" for one in way["next"]), mark="warn")
        if way["state"] != "planned":
            facts = {"export_reference": "26FR00000000000001", "vat_refunded": False, "pays": "merchant"}
            said = {"cause": "repaired", "repair": 1, "facts": facts}
            self._repair("ways-out", said)
        leg = self._until("the second waybill is bought", self._second_leg)
        self._carrier.turn_to(leg["carrier"])
        self._row(
            self._now(),
            f"second waybill: {self._carrier.name} {leg['tracking_number']}",
            f"{self._tale.dock} → {self._tale.city}",
            leg["purpose"],
        )
        self._number = leg["tracking_number"]
        there = self._tale.lane
        back = Lane(there.destination, there.enters_by, there.leaves_by, there.origin)
        self._steps = {step.word: step for step in scenario("", "quiet", datetime.now(self._tale.zone), back)}
        for word in ("picked_up", "departed", "landed", "released", "on_the_van", "delivered"):
            self._push(word)
        self._settle_papers()
        self._closed()

    def _settle_papers(self) -> None:
        """A paper that the way home lacked to its end is a person's to settle; until then the case stays open."""
        waits = self._concern("papers_waiting")
        if waits is not None and waits["status"] != "resolved":
            self._row("", f"still open: {waits['meaning']}", mark="warn")
            self._resolve(waits, {"note": "The customs broker had the fact; the entry was made with it."})

    def _way(self) -> Body | None:
        told = self._expect(OK, self._door.call("GET", f"/v1/returns/{self._case_id}/ways-out"), "reading the way out")
        return told["items"][0] if told["items"] else None

    def _second_leg(self) -> Body | None:
        case = self._expect(OK, self._door.call("GET", f"/v1/returns/{self._case_id}"), "reading the case")
        legs = [leg for leg in case["legs"] if leg["direction"] == "out" and leg["tracking_number"]]
        return legs[0] if legs else None

    def _order_number(self) -> str:
        case = self._expect(OK, self._door.call("GET", f"/v1/returns/{self._case_id}"), "reading the case")
        return str(case["order"]["number"])

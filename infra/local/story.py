"""One ring from Paris to Shenzhen, told through the HTTP API alone.

The carrier is moved from its control desk, and hours pass by sweeping with a time that lies ahead: the sweep
takes its `now` from the event that starts it. Each step waits for what must follow from it and fails with the
reason when that does not come.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from infra.local import ring
from infra.local.carrier_control import SimulatedCarrier
from infra.local.child import LocalRunError
from infra.local.door import Answer, Door
from infra.local.ring import CHINA, PARIS, Scan
from infra.local.timeline import Timeline

PATIENCE_S = 20.0
STEP_S = 0.15
POLL_AFTER = timedelta(hours=7)
CREATED, OK, UNAUTHORIZED = 201, 200, 401

Found = TypeVar("Found")
Body = Mapping[str, Any]


class StoryFailedError(LocalRunError):
    """A step of the story did not happen."""


class Story:
    """The story, step by step; `tell` runs it and gives the id of its case."""

    def __init__(
        self,
        door: Door,
        carrier: SimulatedCarrier,
        sweep: Callable[[datetime], None],
        timeline: Timeline,
        now: datetime,
    ) -> None:
        self._door = door
        self._carrier = carrier
        self._sweep = sweep
        self._timeline = timeline
        self._opened = now
        self._pickup = ring.pickup_day(now)
        self._case_id = ""
        self._number = ""

    def tell(self, last_case: str | None) -> str:
        """Run every step; raises StoryFailedError with the reason. Gives the id of the case."""
        self._timeline.title("One 18K gold ring goes home: Paris to Shenzhen")
        self._timeline.header()
        if last_case:
            self._last_time(last_case)
        self._open()
        self._book()
        self._fly()
        self._held()
        self._forgery()
        self._release()
        self._arrive()
        self._twice()
        self._look_back()
        return self._case_id

    def _last_time(self, case_id: str) -> None:
        """State survives a restart: the case of the run before is still there, at its last stage."""
        case = self._expect(OK, self._door.call("GET", f"/v1/returns/{case_id}"), "the case of the last run")
        self._row(_now(), f"last run's case {case['rma']} is kept: stage {case['stage']}", mark="plain")

    def _open(self) -> None:
        request, key = ring.return_request(self._opened), secrets.token_hex(16)
        opened = self._post_return(request, key)
        again = self._post_return(request, key)
        self._require(again["case_id"] == opened["case_id"], "the same Idempotency-Key opened a second case")
        self._case_id = opened["case_id"]
        self._row(
            _now(),
            f"return opened: {opened['rma']}, 18K ring, 1180.00 EUR",
            "Paris → Shenzhen",
            f"stage {opened['stage']}",
        )
        self._row("", "asked again with its key: same answer, no second case", mark="plain")
        for what, told in _decided(opened):
            self._row("", what, "", told, mark="plain")

    def _post_return(self, request: Body, key: str) -> Body:
        answer = self._door.call("POST", "/v1/returns", request, headers={"Idempotency-Key": key})
        return self._expect(CREATED, answer, "opening the return")

    def _book(self) -> None:
        """The waybill is bought and the pickup booked, each exactly once."""
        case = self._until("waybill and pickup are booked", lambda: self._case_at("booked"))
        leg = case["legs"][0]
        self._number = leg["tracking_number"]
        pickup = next(row for row in leg["bookings"] if row["kind"] == "pickup")
        self._row(_now(), f"waybill bought: FedEx {self._number}", "", "print the label")
        confirmation = pickup["result"].get("confirmation", "?")
        self._row(
            _now(),
            f"pickup booked: confirmation {confirmation}",
            "Paris",
            f"hand over {self._pickup:%a %d %b} 10:00-16:00",
        )
        counted = self._carrier.booked(self._number)
        self._require(
            counted == (1, 1), f"FedEx counts {counted} waybills and pickups for this leg instead of one each"
        )

    def _fly(self) -> None:
        """Three scans come by signed webhook; the case follows."""
        self._row("", "(this courier comes at once; scans lie ahead of the clock)", mark="plain")
        for scan in (ring.PICKED_UP, ring.DEPARTED, ring.LANDED):
            self._push(scan)
        self._until("the case is in transit", lambda: self._case_at("in_transit"))
        self._row("", "the case follows: stage in_transit", mark="plain")

    def _held(self) -> None:
        """The carrier holds the parcel and does not say so: only asking it finds out."""
        self._carrier.scan(self._number, ring.HELD, self._opened, push=False)
        ahead = ring.HELD.when(self._opened) + POLL_AFTER
        self._sweep(ahead)
        self._row(_stamp(ahead), "seven quiet hours later the sweep asks FedEx", mark="plain")
        found = self._until("the hold is found by polling", lambda: self._seen(ring.HELD))
        self._require(found["source"] == "fedex", f"the hold came by {found['source']}, not by asking FedEx")
        self._scan_row(ring.HELD, "held", "found by polling")
        concern = self._until("an exception is open", self._open_exception)
        to_do = "\n".join((_by_when(concern), *(f"- {step}" for step in concern["to_do"])))
        self._row("", f"exception, {concern['severity']}: {concern['meaning']}", "", to_do, mark="warn")
        self._require(self._is_listed("held"), "GET /v1/shipments?condition=held does not list the parcel")
        self._row("", "listed by GET /v1/exceptions and GET /v1/shipments?condition=held", mark="plain")

    def _forgery(self) -> None:
        """Somebody claims that the parcel was delivered."""
        before = self._shipment()
        status = self._carrier.push_forged(self._number, ring.DELIVERED, self._opened)
        self._require(status == UNAUTHORIZED, f"a forged webhook was answered with {status} instead of {UNAUTHORIZED}")
        self._require(self._shipment() == before, "a forged webhook changed the shipment")
        self._row("", "forged webhook 'delivered': 401, nothing changed", mark="warn")

    def _release(self) -> None:
        """Customs release the parcel and the facts close the exception."""
        self._push(ring.RELEASED)
        closed = self._until("the exception is resolved by the facts", self._resolved_exception)
        self._row("", f"exception resolved by the facts ({closed['resolved_by']})", mark="plain")
        self._require(not self._is_listed("held"), "the released parcel is still listed as held")

    def _arrive(self) -> None:
        for scan in (ring.ON_THE_VAN, ring.DELIVERED):
            self._push(scan)
        case = self._until("the case has arrived", lambda: self._case_at("arrived"))
        self._row("", "the case follows: stage arrived", "", "; ".join(case["next"]), mark="plain")

    def _twice(self) -> None:
        """The carrier sends its last webhook again, byte for byte."""
        before = self._shipment()
        status = self._carrier.push_again()
        self._require(status in (200, 202), f"a repeated webhook was answered with {status}")
        time.sleep(1)
        self._require(self._shipment() == before, "a repeated webhook changed the shipment")
        self._row("", f"the same webhook again: {status}, nothing changed", mark="plain")

    def _look_back(self) -> None:
        """The whole way in one call."""
        shipment = self._shipment()
        self._timeline.title(f"GET /v1/shipments/fedex/{self._number}")
        told = ("milestone", "condition", "case_id", "direction")
        self._timeline.say("  " + "   ".join(f"{name} {shipment[name]}" for name in told))
        for event in shipment["events"]:
            self._timeline.say(f"  {_event_line(event)}")

    # --- what a step does and waits for --------------------------------------------------------------------

    def _push(self, scan: Scan) -> None:
        self._carrier.scan(self._number, scan, self._opened, push=True)
        self._until(f"the scan {scan.code} is known", lambda: self._seen(scan))
        self._scan_row(scan, "good", "signed webhook")

    def _seen(self, scan: Scan) -> Body | None:
        answer = self._door.call("GET", f"/v1/shipments/fedex/{self._number}")
        events = answer.body["events"] if answer.status == OK else []
        return next((event for event in events if event["code"] == scan.code), None)

    def _shipment(self) -> Body:
        answer = self._door.call("GET", f"/v1/shipments/fedex/{self._number}")
        return self._expect(OK, answer, "reading the shipment")

    def _case_at(self, stage: str) -> Body | None:
        answer = self._door.call("GET", f"/v1/returns/{self._case_id}")
        case = self._expect(OK, answer, "reading the case")
        return case if case["stage"] == stage else None

    def _open_exception(self) -> Body | None:
        page = self._expect(OK, self._door.call("GET", "/v1/exceptions"), "listing exceptions")
        return next((row for row in page["items"] if row["case_id"] == self._case_id), None)

    def _resolved_exception(self) -> Body | None:
        rows = self._exceptions()
        return rows[-1] if rows and all(row["status"] == "resolved" for row in rows) else None

    def _exceptions(self) -> list[Body]:
        answer = self._door.call("GET", f"/v1/returns/{self._case_id}")
        rows: list[Body] = self._expect(OK, answer, "reading the case")["exceptions"]
        return rows

    def _is_listed(self, condition: str) -> bool:
        page = self._expect(OK, self._door.call("GET", f"/v1/shipments?condition={condition}"), "listing shipments")
        return any(row["tracking_number"] == self._number for row in page["items"])

    def _until(self, what: str, found: Callable[[], Found | None]) -> Found:
        """Ask until it is so; raises StoryFailedError after 20 seconds."""
        end = time.monotonic() + PATIENCE_S
        while (answer := found()) is None:
            if time.monotonic() > end:
                raise StoryFailedError(f"waited {PATIENCE_S:.0f} s and still not: {what}{self._last_known()}")
            time.sleep(STEP_S)
        return answer

    def _last_known(self) -> str:
        if not self._case_id:
            return ""
        case = self._door.call("GET", f"/v1/returns/{self._case_id}").body or {}
        bookings = [f"{row['kind']} {row['status']}" for leg in case.get("legs", ()) for row in leg["bookings"]]
        return f" (the case {self._case_id} is at stage {case.get('stage')}; bookings: {', '.join(bookings)})"

    def _expect(self, status: int, answer: Answer, what: str) -> Body:
        self._require(answer.status == status, f"{what}: {answer.status} instead of {status}: {answer.text[:600]}")
        body: Body = answer.body
        return body

    def _require(self, true: bool, otherwise: str) -> None:
        if not true:
            raise StoryFailedError(otherwise)

    def _row(self, when: str, what: str, where: str = "", to_do: str = "", *, mark: str = "good") -> None:
        self._timeline.row(when, what, where, to_do, mark=mark)

    def _scan_row(self, scan: Scan, mark: str, how: str) -> None:
        where = f"{scan.city.title()}, {scan.country}"
        self._row(_stamp(scan.when(self._opened)), f"{scan.code}  {scan.text} ({how})", where, mark=mark)


def _decided(opened: Body) -> list[tuple[str, str]]:
    """What the system decided when the return was opened: one line each, and what it asks for."""
    return [
        _decision(opened["decision"]),
        _estimate(opened["estimate"]),
        (f"route: {opened['route']['carrier']} {opened['route']['service']}", ""),
        _cover(opened["cover"]),
        (f"papers: {', '.join(paper['name'] + ' ' + paper['status'] for paper in opened['papers'])}", ""),
    ]


def _decision(decision: Body) -> tuple[str, str]:
    ends = decision["window_ends_at"]
    window = f", the window ends {_stamp(datetime.fromisoformat(ends))}" if ends else ""
    return f"decision: {decision['outcome']} by policy {decision['policy_version']}{window}", ""


def _estimate(estimate: Body) -> tuple[str, str]:
    if not estimate["complete"]:
        return f"estimate: not complete ({', '.join(estimate['reasons'])})", "find what is missing"
    money, relief = estimate["currency"], [row for row in estimate["relief"] if row["status"] == "unproven"]
    told = f"estimate: {estimate['total']} {money}, {estimate['total_if_proven']} if relief is proven"
    missing = sorted({name for row in relief for name in row["missing"]})
    return told, f"prove {', '.join(missing)}" if missing else ""


def _cover(cover: Body) -> tuple[str, str]:
    value = cover["insured_value"]
    return f"cover: {cover['insured_by']}, {value['amount']} {value['currency']}", ""


def _event_line(event: Body) -> str:
    place = event["place"]
    where = f"{(place['city'] or '?').title()}, {place['country']}"
    what = event["milestone"] or "-"
    return f"{event['at_local']:<26} {event['code']:<4}{what:<18}{where:<32}{event['source']}"


def _by_when(concern: Body) -> str:
    deadline = concern["deadline"]
    when = f" by {_stamp(datetime.fromisoformat(deadline))} in Paris" if deadline else ""
    return f"{concern['action_by']} must act{when}:"


def _now() -> str:
    return _stamp(datetime.now(PARIS))


def _stamp(at: datetime) -> str:
    local = at if at.tzinfo in (PARIS, CHINA) else at.astimezone(PARIS)
    return f"{local:%a %d %b %H:%M}"

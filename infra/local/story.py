"""One ring on its way home, told through the HTTP API alone.

The carrier is moved from its control desk, and hours pass by sweeping with a time that lies ahead: the sweep
takes its `now` from the event that starts it. Each step waits for what must follow from it and fails with the
reason when that does not come.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from infra.local.carrier_control import SimulatedCarriers
from infra.local.child import LocalRunError
from infra.local.door import Answer, Door
from infra.local.ledger_beat import tell_ledger
from infra.local.ring import TEXTS, Tale
from infra.local.scenarios import Step
from infra.local.telling import by_when, decided, event_line, in_short, judged, stamp
from infra.local.timeline import Timeline

# A function of the embedded AWS that starts unpacks its whole zip first; several start at once.
PATIENCE_S = 180.0
STEP_S = 0.15
A_MINUTE = timedelta(minutes=1)
CREATED, OK, SEE_OTHER, UNAUTHORIZED = 201, 200, 303, 401
# What asking each carrier is called in the history of a shipment.
ASKED_AS = {"fedex": {"fedex"}, "dhl": {"mydhl", "dhl_unified"}, "ems": {"ems"}}
PUSHED_BY = {"fedex": "signed webhook", "dhl": "webhook, our token", "ems": "encrypted webhook"}

Found = TypeVar("Found")
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Backstage:
    """What a story may ask for that no caller of the API can: other people's tokens, by holder and role, and what the
    check of a case's log and evidence finds wrong."""

    door_of: Callable[[str, str], Door]
    chain_of: Callable[[str], Sequence[object]]


class StoryFailedError(LocalRunError):
    """A step of the story did not happen."""


class Story:
    """The story, step by step; `tell` runs it and gives the id of its case."""

    def __init__(
        self,
        door: Door,
        carrier: SimulatedCarriers,
        sweep: Callable[[datetime], None],
        timeline: Timeline,
        tale: Tale,
        now: datetime,
        folder: Path,
        backstage: Backstage | None = None,
    ) -> None:
        self._door = door
        self._carrier = carrier
        self._sweep = sweep
        self._timeline = timeline
        self._tale = tale
        self._opened = now
        self._folder = folder
        self._backstage = backstage
        self._steps = tale.steps(now)
        self._pickup = tale.pickup_day(now)
        self._codes: dict[str, str] = {}
        self._case_id = ""
        self._number = ""
        self._hold_id = ""

    def tell(self, last_case: str | None) -> str:
        """Run every step; raises StoryFailedError with the reason. Gives the id of the case."""
        self._timeline.title(f"One 18K gold ring goes home: {self._tale.title} with {self._carrier.name}")
        self._timeline.header()
        if last_case:
            self._last_time(last_case)
        if self._tale.carrier == "ems":
            self._ask_routes()
        if self._tale.carrier == "dhl":
            self._shake_hands()
        proof = self._open()
        self._prove(proof)
        if self._tale.carrier == "ems":
            self._order_by_hand()
        self._book()
        self._fly()
        self._held()
        self._forgery()
        self._release()
        self._arrive()
        self._twice()
        today = self._opened.astimezone(self._tale.zone).date()
        tell_ledger(self._door, self._expect, self._row, self._case_id, self._tale, today)
        self._look_back()
        return self._case_id

    def _last_time(self, case_id: str) -> None:
        """State survives a restart: the case of the run before is still there, at its last stage."""
        case = self._expect(OK, self._door.call("GET", f"/v1/returns/{case_id}"), "the case of the last run")
        self._row(self._now(), f"last run's case {case['rma']} is kept: stage {case['stage']}", mark="plain")

    def _ask_routes(self) -> None:
        """Post takes gold only where it is insured: the plain service refuses it, the insured one takes it."""
        answer = self._door.call("POST", "/v1/routes", self._tale.routes_question(self._opened))
        routes = self._expect(OK, answer, "asking for routes")["routes"]
        for route in routes:
            said, reasons = judged(route)
            self._row("", said, self._tale.way, reasons, mark="warn" if route["outcome"] == "refused" else "good")
        found = {route["service"]: route["outcome"] for route in routes}
        self._require(found.get("CN_EMS_UNINSURED") == "refused", f"gold is not refused uninsured: {found}")
        self._require(found.get("CN_EMS_INSURED") in ("allowed", "conditional"), f"the insured way is closed: {found}")

    def _shake_hands(self) -> None:
        """DHL asks whether its pushes are wanted before it sends any; the worker that holds its key says yes."""
        made = self._carrier.subscribe()
        self._until("DHL has our yes", lambda: self._carrier.subscription(made) == "confirmed" or None)
        status = self._carrier.ready(made)
        self._require(status in (200, 202), f"subscription.ready was answered with {status}")
        self._row(self._now(), "DHL asked whether its pushes are wanted: yes", "", "pushes begin", mark="plain")

    def _open(self) -> Body:
        """Open the return before the export is proven; what would prove it, where anything is wanted."""
        whole, key = self._asked(self._tale.request(self._opened)), secrets.token_hex(16)
        request = self._tale.without_proof(whole)
        opened = self._post_return(request, key)
        again = self._post_return(request, key)
        self._require(again["case_id"] == opened["case_id"], "the same Idempotency-Key opened a second case")
        self._case_id = opened["case_id"]
        self._folder /= opened["rma"]
        self._row(
            self._now(),
            f"return opened: {opened['rma']}, 18K ring, 1180.00 EUR",
            self._tale.way,
            f"stage {opened['stage']}",
        )
        self._row("", "asked again with its key: same answer, no second case", mark="plain")
        for what, told in decided(opened):
            self._row("", what, "", told, mark="plain")
        if whole["kind"] == "repair":
            self._require(opened["stage"] == "approved", f"to be mended it stands at {opened['stage']}")
            said = "it comes for a time, to be mended: nothing of its export is to be proven first"
            self._row("", said, mark="plain")
            return {}
        self._require(opened["stage"] == "evidence_needed", f"without its proof it stands at {opened['stage']}")
        asked = "\n".join(f"- {text}" for text in opened["next"])
        self._row("", "no declaration without its export: the case waits", "", asked, mark="warn")
        export = whole["original_export"]
        return {name: export[name] for name in ("reference", "mode") if export[name]}

    def _asked(self, whole: Body) -> dict[str, Any]:
        """What is asked for: the request of the tale, but for a story that asks for something else."""
        return dict(whole)

    def _prove(self, proof: Body) -> None:
        """The declaration of the original export is looked up and given: the case goes on by itself."""
        path = f"/v1/returns/{self._case_id}/original-export"
        case = self._expect(OK, self._door.call("PATCH", path, proof), "proving the export")
        self._require(case["stage"] == "approved", f"with its proof it stands at {case['stage']}")
        self._row(self._now(), f"export proven: {', '.join(proof.values())}", "", f"stage {case['stage']}")
        self._row("", *in_short(case), mark="plain")

    def _post_return(self, request: Body, key: str) -> Body:
        answer = self._door.call("POST", "/v1/returns", request, headers={"Idempotency-Key": key})
        return self._expect(CREATED, answer, "opening the return")

    def _order_by_hand(self) -> None:
        """The worker may not order this mail by a call: a person does, and tells the numbers."""
        lane, said = self._tale.lane, {"outcome": "booked", "note": "Ordered at China Post, insured, with the courier."}
        first = self._until("the waybill is asked of a person", lambda: self._concern("waybill_by_person"))
        self._row("", f"waits for a person: {first['meaning']}", "", _to_do(first), mark="warn")
        number = self._carrier.order_by_hand(self._case_id, lane.origin, lane.destination)
        self._resolve(first, {**said, "tracking_number": number})
        self._row(self._now(), f"ordered at the counter: {number}, insured", self._tale.city, mark="plain")
        second = self._until("the courier is asked of a person", lambda: self._concern("pickup_by_person"))
        self._row("", f"waits for a person: {second['meaning']}", "", _to_do(second), mark="warn")
        self._resolve(second, {**said, "confirmation": number})
        self._row(self._now(), "telephoned: the courier of 11183 comes", self._tale.city, mark="plain")
        label = self._until("the label is asked for", lambda: self._concern("label_lost"))
        self._resolve(label, {"note": "Printed at the counter."})

    def _resolve(self, concern: Body, said: Body) -> None:
        path = f"/v1/exceptions/{concern['exception_id']}/resolve"
        self._expect(OK, self._door.call("POST", path, said), "resolving an exception")

    def _book(self) -> None:
        """The waybill is bought and the pickup booked, each exactly once."""
        case = self._until("waybill and pickup are booked", lambda: self._case_at("booked"))
        leg = case["legs"][0]
        self._number = leg["tracking_number"]
        self._row(self._now(), f"waybill bought: {self._carrier.name} {self._number}", "", "print the label")
        found = next((row["result"].get("confirmation") for row in leg["bookings"] if row["kind"] == "pickup"), None)
        said = f"pickup booked: confirmation {found}" if found else "pickup ordered with the waybill"
        self._row(self._now(), said, self._tale.city, f"hand over {self._pickup:%a %d %b} 10:00-16:00")
        counted, name = self._carrier.booked(self._number), self._carrier.name
        self._require(counted == (1, 1), f"{name} counts {counted} waybills and pickups for this leg, not one each")
        self._papers()

    def _papers(self) -> None:
        """Our papers, made by their worker once the waybill has its number, each read by its link of five minutes."""
        made = self._until("our papers are made", self._papers_made)
        self._row("", "papers, each read by its link of five minutes and kept here:", mark="plain")
        for row in made:
            if row["status"] == "ready" and row["href"]:
                whose = f"ours, sha256 {row['sha256'][:16]}" if row["sha256"] else f"{self._carrier.name}'s"
                self._timeline.say(f"                    {self._read_paper(row):<60} {whose}")
            elif row["missing"]:
                self._row("", f"paper {row['name']} waits", "", f"give {', '.join(row['missing'])}", mark="warn")

    def _papers_made(self) -> list[Body] | None:
        case = self._expect(OK, self._door.call("GET", f"/v1/returns/{self._case_id}"), "reading the case")
        rows: list[Body] = case["papers"]
        return rows if any(row["sha256"] for row in rows) else None

    def _read_paper(self, row: Body) -> str:
        """Where it is kept on this machine, after reading it by its link as a browser would."""
        href = row["href"]
        answer = self._door.call("GET", href)
        self._require(answer.status == SEE_OTHER, f"{href} was answered with {answer.status}: {answer.text[:300]}")
        read = self._door.follow(answer.headers["location"])
        is_pdf = read.status == OK and read.text.startswith("%PDF-")
        self._require(is_pdf, f"the link to {href} gave no PDF but {read.status}: {read.text[:300]}")
        file = self._folder / f"{row['name']}.pdf"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(read.content)
        return os.path.relpath(file)

    def _fly(self) -> None:
        """Three scans are pushed; the case follows."""
        self._row("", "(this courier comes at once; scans lie ahead of the clock)", mark="plain")
        for word in ("picked_up", "departed", "landed"):
            self._push(word)
        self._until("the case is in transit", lambda: self._case_at("in_transit"))
        self._row("", "the case follows: stage in_transit", mark="plain")

    def _held(self) -> None:
        """The carrier holds the parcel and does not say so: only asking it finds out."""
        held, name = self._steps["documents"], self._carrier.name
        self._codes["documents"] = self._carrier.scan(self._number, held, push=False)
        due = datetime.fromisoformat(self._shipment()["next_poll_at"])
        ahead = max(due, held.at) + A_MINUTE
        self._sweep(ahead)
        quiet = round((ahead - held.at) / timedelta(hours=1))
        waited = f"{quiet} quiet hours later" if quiet > 1 else "nothing is pushed;"
        self._row(stamp(ahead), f"{waited} the sweep has {name} asked", mark="plain")
        found = self._until("the hold is found by polling", lambda: self._seen("documents"))
        asked = found["source"] in ASKED_AS[self._tale.carrier]
        self._require(asked, f"the hold came by {found['source']}, not by asking {name}")
        self._scan_row("documents", "held", "found by polling")
        concern = self._until("an exception is open", self._open_exception)
        self._hold_id = concern["exception_id"]
        self._row("", f"exception, {concern['severity']}: {concern['meaning']}", "", _to_do(concern), mark="warn")
        self._require(self._is_listed("held"), "GET /v1/shipments?condition=held does not list the parcel")
        self._row("", "listed by GET /v1/exceptions and GET /v1/shipments?condition=held", mark="plain")

    def _forgery(self) -> None:
        """Somebody claims that the parcel was delivered."""
        before = self._shipment()
        status = self._carrier.push_forged(self._number, self._steps["delivered"])
        self._require(status == UNAUTHORIZED, f"a forged webhook was answered with {status} instead of {UNAUTHORIZED}")
        self._require(self._shipment() == before, "a forged webhook changed the shipment")
        self._row("", "forged webhook 'delivered': 401, nothing changed", mark="warn")

    def _release(self) -> None:
        """Customs release the parcel and the facts close the exception."""
        self._push("released")
        closed = self._until("the exception is resolved by the facts", self._resolved_exception)
        self._row("", f"exception resolved by the facts ({closed['resolved_by']})", mark="plain")
        self._require(not self._is_listed("held"), "the released parcel is still listed as held")

    def _arrive(self) -> None:
        for word in ("on_the_van", "delivered"):
            self._push(word)
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
        self._timeline.title(f"GET {self._path}")
        told = ("milestone", "condition", "case_id", "direction")
        self._timeline.say("  " + "   ".join(f"{name} {shipment[name]}" for name in told))
        for event in shipment["events"]:
            self._timeline.say(f"  {event_line(event)}")

    # --- what a step does and waits for --------------------------------------------------------------------

    def _push(self, word: str) -> None:
        self._codes[word] = self._carrier.scan(self._number, self._steps[word], push=True)
        self._until(f"the scan {self._codes[word]} is known", lambda: self._seen(word))
        self._scan_row(word, "good", PUSHED_BY[self._carrier.carrier])

    def _wait(self) -> None:
        time.sleep(STEP_S)

    def _seen(self, word: str) -> Body | None:
        answer = self._door.call("GET", self._path)
        events = answer.body["events"] if answer.status == OK else []
        return next((event for event in events if event["code"] == self._codes[word]), None)

    @property
    def _path(self) -> str:
        return f"/v1/shipments/{self._carrier.carrier}/{self._number}"

    def _shipment(self) -> Body:
        return self._expect(OK, self._door.call("GET", self._path), "reading the shipment")

    def _case_at(self, stage: str) -> Body | None:
        answer = self._door.call("GET", f"/v1/returns/{self._case_id}")
        case = self._expect(OK, answer, "reading the case")
        return case if case["stage"] == stage else None

    def _open_exception(self) -> Body | None:
        page = self._expect(OK, self._door.call("GET", self._worklist), "listing exceptions")
        return next((row for row in page["items"] if row["case_id"] == self._case_id), None)

    def _concern(self, kind: str) -> Body | None:
        page = self._expect(OK, self._door.call("GET", self._worklist), "listing exceptions")
        return next((row for row in page["items"] if (row["case_id"], row["kind"]) == (self._case_id, kind)), None)

    @property
    def _worklist(self) -> str:
        return f"/v1/exceptions?case={self._case_id}"

    def _resolved_exception(self) -> Body | None:
        found = (row for row in self._exceptions() if row["exception_id"] == self._hold_id)
        return next((row for row in found if row["status"] == "resolved"), None)

    def _exceptions(self) -> list[Body]:
        answer = self._door.call("GET", f"/v1/returns/{self._case_id}")
        rows: list[Body] = self._expect(OK, answer, "reading the case")["exceptions"]
        return rows

    def _is_listed(self, condition: str) -> bool:
        page = self._expect(OK, self._door.call("GET", f"/v1/shipments?condition={condition}"), "listing shipments")
        return any(row["tracking_number"] == self._number for row in page["items"])

    def _until(self, what: str, found: Callable[[], Found | None]) -> Found:
        """Ask until it is so; raises StoryFailedError when patience ends."""
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

    def _scan_row(self, word: str, mark: str, how: str) -> None:
        step: Step = self._steps[word]
        where = f"{step.stop.city.title()}, {step.stop.country}"
        self._row(stamp(step.at), f"{self._codes[word]}  {TEXTS[word]} ({how})", where, mark=mark)

    def _now(self) -> str:
        return stamp(datetime.now(self._tale.zone))


def _to_do(concern: Body) -> str:
    return "\n".join((by_when(concern), *(f"- {step}" for step in concern["to_do"])))

"""How the ring's story ends: taken in, weighed, looked at by two, refunded by two more, paid once; and what the
customer sees of it on their own page. Told through the HTTP API alone, like the way home.
"""

from __future__ import annotations

import hashlib
import io
import os
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from infra.local.door import Door
from infra.local.story import CREATED, OK, SEE_OTHER, Backstage, Body, Story, StoryFailedError

ACCEPTED = 202
SCALE = {"scale_id": "SCALE-SZX-2", "tolerance_g": "0.005"}
# The packed parcel as our dock weighed it: the ring, its boxes, their padding.
PARCEL_G, PACKING_G = "405.3", "400.0"
READINGS = ("5.28", "5.28", "5.28")


class Ending(Story):
    """The parts of a case's end, for the stories that are told to it."""

    @property
    def _behind(self) -> Backstage:
        if self._backstage is None:
            raise StoryFailedError("this story needs other people, and is told without any")
        return self._backstage

    @cached_property
    def _second(self) -> Door:
        return self._behind.door_of("second pair of eyes", "lead")

    @cached_property
    def _manager(self) -> Door:
        return self._behind.door_of("manager", "manager")

    @cached_property
    def _finance(self) -> Door:
        return self._behind.door_of("finance", "finance")

    # --- the way home, without what befalls the first ring -------------------------------------------------

    def _come_home(self) -> None:
        """Opened, proven, booked, flown, delivered."""
        if proof := self._open():
            self._prove(proof)
        if self._tale.carrier == "ems":
            self._order_by_hand()
        self._book()
        for word in ("picked_up", "departed", "landed", "released", "on_the_van", "delivered"):
            self._push(word)
        self._until("the case has arrived", lambda: self._case_at("arrived"))

    # --- evidence ------------------------------------------------------------------------------------------

    def _upload(self, kind: str, media_type: str, content: bytes) -> str:
        """Announce a file, put it where it may go and nowhere else, have it looked at; its id once it is kept."""
        path = f"/v1/returns/{self._case_id}/evidence"
        sha256 = hashlib.sha256(content).hexdigest()
        asked = {"kind": kind, "media_type": media_type, "size": len(content), "sha256": sha256, "leg": 1}
        offered = self._expect(CREATED, self._door.call("POST", path, asked), f"announcing {kind}")
        upload, evidence = offered["upload"], offered["evidence"]["evidence_id"]
        put = Door.put(upload["url"], content, upload["headers"])
        self._require(put.status == OK, f"uploading {kind}: {put.status} {put.text[:300]}")
        answer = self._door.call("POST", f"{path}/{evidence}/confirm", {})
        self._expect(ACCEPTED, answer, f"confirming {kind}")
        row = self._until(f"{kind} is looked at", lambda: self._looked_at(path, evidence))
        self._require(row["state"] == "kept", f"{kind} was not kept: {row['problem']}")
        return str(evidence)

    def _looked_at(self, path: str, evidence: str) -> Body | None:
        listed = self._expect(OK, self._door.call("GET", path), "listing evidence")
        row = next(one for one in listed["items"] if one["evidence_id"] == evidence)
        return row if row["state"] in ("kept", "refused") else None

    def _evidence(self) -> str:
        """A photo taken where a thief would like to know, and the film of the opening."""
        photo = self._upload("photo_item", "image/jpeg", a_photo())
        link = self._door.call("GET", f"/v1/returns/{self._case_id}/evidence/{photo}")
        self._require(link.status == SEE_OTHER, f"the photo has no link: {link.status}")
        copy = self._door.follow(link.headers["location"]).content
        self._require(b"GPS" not in copy and b"Exif" not in copy, "the copy of the photo still says where it was taken")
        self._row(self._now(), "photo kept as it came; its copy has no place data", "", f"{len(copy)} bytes shown")
        film = self._upload("video_opening", "video/mp4", a_film())
        self._row(self._now(), "film of the opening kept, for our own eyes", mark="plain")
        return film

    # --- the dock ------------------------------------------------------------------------------------------

    def _take_in(self, film: str, **changed: Any) -> Body:
        """The parcel at our door, before anybody looks at what is in it."""
        said = {
            "leg": 1, "weight_g": PARCEL_G, "scale_id": "SCALE-DOCK-1", "scale_tolerance_g": "1",
            "seal_state": "none_used", "packing_g": PACKING_G, "contents": "as_listed", "remarks_on_receipt": False,
            "opened_by": ["make run", "second pair of eyes"], "opening_video": film,
        }  # fmt: skip
        path = f"/v1/returns/{self._case_id}/receipt"
        received = self._expect(CREATED, self._door.call("POST", path, said | changed), "taking the parcel in")
        again = self._door.call("POST", path, said | changed)
        self._require(again.status == OK, f"the same receipt again: {again.status} {again.text[:300]}")
        self._row(
            self._now(), f"taken in: parcel {said['weight_g']} g, opened by two on film", self._tale.dock, "look at it"
        )
        return received

    def _inspect(self, film: str, **changed: Any) -> Body:
        """Three readings, the stone counted, serial and mark read, XRF in three places."""
        calibrated_on = str(self._today() - timedelta(days=30))
        piece = {
            "line": 1, "came": 1, "stones": 1, "serial": self._serial(), "hallmark": "750", "condition": "as_sold",
            "grade": "A", "fineness": {"readings_ppt": ["750", "751", "749"]},
            "weighing": {"readings_g": list(READINGS), "calibrated_on": calibrated_on, **SCALE},
        }  # fmt: skip
        said = {"leg": 1, "opening_video": film, "pieces": [piece | changed]}
        path = f"/v1/returns/{self._case_id}/inspection"
        return self._expect(CREATED, self._door.call("POST", path, said), "inspecting")

    def _inspected(self, film: str) -> None:
        """The ring weighs 0.02 g less than it was sold with: within what its scale and its wear explain."""
        found = self._inspect(film)
        signed = self._second.call(
            "POST", f"/v1/returns/{self._case_id}/inspection/{found['inspection']}/countersign", {"agrees": True}
        )
        told = self._expect(OK, signed, "countersigning")
        self._require(told["outcome"] == "accepted", f"the ring was not accepted: {told}")
        said = "weighed 5.28 g of 5.30 g sold: within its tolerance"
        self._row(self._now(), said, self._tale.dock, "accepted by two")

    # --- money ---------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """The refund line by line, approved by two who did not propose it, paid once."""
        path = f"/v1/returns/{self._case_id}/settlement"
        wish = {"kind": "refund", "reason": "change_of_mind"}
        shown = self._expect(OK, self._door.call("POST", f"{path}?validate=true", wish), "looking at the refund first")
        for line in shown["lines"]:
            amount = line["amount"]
            self._row("", f"{line['code']}: {amount['amount']} {amount['currency']}", "", line["rule"], mark="plain")
        proposed = self._expect(CREATED, self._door.call("POST", path, wish), "proposing the refund")
        approve = f"{path}/{proposed['settlement_id']}/approve"
        own = self._door.call("POST", approve)
        self._require(own.status in (403, 409), f"who proposed it approved it: {own.status}")
        for approver in (self._manager, self._finance):
            self._expect(OK, approver.call("POST", approve), "approving the refund")
        paid = self._until("the refund is paid", self._paid)
        again = self._finance.call("POST", approve)
        self._require(again.status in (OK, 409), f"approving once more: {again.status}")
        total = paid["total"]
        self._row(self._now(), f"refund {total['amount']} {total['currency']} paid once, approved by two others")
        self._paid_once(paid)

    def _paid(self) -> Body | None:
        told = self._expect(OK, self._door.call("GET", f"/v1/returns/{self._case_id}/settlements"), "reading it")
        return next((one for one in told["items"] if one["state"] == "done"), None)

    def _paid_once(self, paid: Body) -> None:
        """The provider wrote down one refund under our reference, and the case's money sums to nothing."""
        written = list(self._carrier.payments.glob("*.json"))
        ours = [file for file in written if paid["reference"] in file.read_text()]
        self._require(len(ours) == 1, f"the provider paid {len(ours)} times under {paid['reference']}")

    def _closed(self) -> None:
        case = self._until("the case is closed", lambda: self._case_at("closed"))
        self._row(self._now(), f"the case {case['rma']} is closed by itself: nothing is left to do", mark="good")

    # --- the customer's page -------------------------------------------------------------------------------

    def _page(self, language: str = "fr") -> str:
        """What the customer sees behind the link, with no token of ours and no script."""
        made = self._expect(CREATED, self._door.call("POST", f"/v1/returns/{self._case_id}/link"), "making the link")
        page = self._carrier.visit(f"{made['url']}?language={language}")
        self._require(page.status == OK, f"the customer's page: {page.status} {page.text[:300]}")
        wrong = self._carrier.visit(made["url"][:-4] + "AAAA")
        self._require(wrong.status == 404, f"a made-up link was answered with {wrong.status}")
        file = self._folder / f"customer-page-{language}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(page.content)
        self._row(self._now(), f"the customer's page: {os.path.relpath(file)}", "", f"{len(page.content)} bytes")
        self._timeline.say(f"                    look at it: {made['url']}")
        return str(made["url"])

    # --- proof ---------------------------------------------------------------------------------------------

    def _chain(self) -> None:
        """Log and evidence of the case verify to the last byte."""
        wrong = self._behind.chain_of(self._case_id)
        self._require(not wrong, f"the chain of the case is broken: {wrong}")
        self._row(self._now(), "log and evidence verify, every entry and every file", mark="good")

    def _serial(self) -> str:
        case = self._expect(OK, self._door.call("GET", f"/v1/returns/{self._case_id}"), "reading the case")
        return str(case["items"][0]["serial"])

    def _today(self) -> date:
        return self._opened.astimezone(self._tale.zone).date()


class HomeStory(Ending):
    """The ring goes home, and its story goes on to the last cent."""

    def tell(self, last_case: str | None) -> str:
        """Run every step; raises StoryFailedError with the reason. Gives the id of the case."""
        case_id = super().tell(last_case)
        self._timeline.title("The ring is here: taken in, weighed, refunded")
        film = self._evidence()
        self._take_in(film)
        self._inspected(film)
        self._settle()
        self._closed()
        self._page()
        self._chain()
        return case_id


def a_photo(n: int = 0) -> bytes:
    """A photo as a phone takes it, with the place where it was taken; each ``n`` is another one."""
    from PIL import Image
    from PIL.ExifTags import GPS, IFD

    picture = Image.new("RGB", (640, 480), (212, 175, 55 + 30 * n))
    exif = Image.Exif()
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitudeRef] = "N"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (48.0, 52.0, 7.5)
    written = io.BytesIO()
    picture.save(written, "JPEG", exif=exif)
    return written.getvalue()


def a_film() -> bytes:
    """The smallest film there is: its kind, its index, its pictures."""
    return (
        _box(b"ftyp", b"isom\0\0\2\0isomiso2mp41")
        + _box(b"moov", _box(b"mvhd", bytes(100)))
        + _box(b"mdat", bytes(4096))
    )


def _box(kind: bytes, body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + kind + body

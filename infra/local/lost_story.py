"""The second ring does not come home: silence, a hold for papers, its release, and then it is lost.

Told through the HTTP API and the outbox alone: what was noticed, what it means and what to do in English and Chinese,
what the customer was written, who was told and whether the signature of what they got is right, and in the end the pack
with which the carrier is held to account, on disk.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from infra.local.scenarios import Step, scenario
from infra.local.story import OK, SEE_OTHER, Body, Story
from infra.local.telling import by_when, stamp

# Silence is counted in working days: a ring sent off before a weekend is silent for longer before anybody is told.
LOOKS_AHEAD_H = (30, 54, 78, 102, 126, 150)
CREATED, ACCEPTED = 201, 202


class LostStory(Story):
    """The story of a ring that is lost; ``tell`` runs it and gives the id of its case."""

    def tell(self, last_case: str | None) -> str:
        """Run every step; raises StoryFailedError with the reason."""
        del last_case
        lost = {step.word: step for step in scenario("", "lost", self._opened, self._tale.lane)}
        self._steps = {**lost, **self._steps}
        self._timeline.title(f"A second ring is lost: {self._tale.title} with {self._carrier.name}")
        self._timeline.header()
        self._prove(self._open())
        if self._tale.carrier == "ems":
            self._order_by_hand()
        self._book()
        self._push("picked_up")
        self._push("departed")
        self._silent()
        self._held_again()
        self._papers_sent()
        self._lost(lost["lost"])
        self._claim()
        self._who_was_told()
        return self._case_id

    def _silent(self) -> None:
        """Nobody scans it any more: the sweep notices when it has been silent for too long."""
        last = self._steps["departed"].at
        for hours in LOOKS_AHEAD_H:
            ahead = last + timedelta(hours=hours)
            self._sweep(ahead)
            found = self._soon("silence")
            if found:
                self._row(stamp(ahead), f"silent for {hours} hours: {found['severity']}", mark="held")
                self._playbook(found)
                said = {"note": "Trace opened at the carrier's desk."}
                path = f"/v1/exceptions/{found['exception_id']}/acknowledge"
                self._expect(OK, self._door.call("POST", path, said), "acknowledging")
                return
        self._require(False, "nobody noticed that the parcel is silent")

    def _soon(self, kind: str) -> Body | None:
        """An exception of this kind, if its worker opens it within a few seconds."""
        for _ in range(20):
            found = self._concern(kind)
            if found:
                return found
            self._wait()
        return None

    def _held_again(self) -> None:
        self._push("documents")
        found = self._until("the hold is an exception", lambda: self._concern("customs_hold"))
        self._hold_id = found["exception_id"]
        self._row("", f"held for documents: {found['severity']}", mark="held")
        self._playbook(found)
        self._letter("held")

    def _papers_sent(self) -> None:
        said = {"note": "Invoice, waybill and statement sent to the brokerage desk."}
        path = f"/v1/exceptions/{self._hold_id}/acknowledge"
        self._expect(OK, self._door.call("POST", path, said), "noting that papers were sent")
        self._row(self._now(), "papers sent to the carrier's brokerage desk", mark="plain")
        self._release()
        self._letter("released")

    def _lost(self, step: Step) -> None:
        self._steps = {**self._steps, "lost": later(step, self._steps["released"].at + timedelta(minutes=30))}
        self._push("lost")
        found = self._until("the loss is an exception", self._loss)
        self._row("", f"{found['reason'] or 'lost'}: {found['severity']}".replace("_", " "), mark="held")
        self._playbook(found)

    def _loss(self) -> Body | None:
        """FedEx and DHL say that they cannot find it, China Post that it is lost."""
        return self._concern("failed") or self._concern("action_required")

    def _claim(self) -> None:
        """Who pays, by when: the clocks that run, the claim prepared, its pack read by its link."""
        path = f"/v1/returns/{self._case_id}/claims"
        claims = self._until("the claim is watched", lambda: self._claims(path))
        for claim in claims:
            last = claim["deadline"]
            until = f"by {last['file_by']}, at the latest {last['last_day']} ({last['clock']})" if last else "no clock"
            self._row("", f"claim {claim['claim_id']}, {claim['state']}: {until}", mark="warn")
        first = next(claim for claim in claims if claim["party"] == "carrier")
        asked = {"leg": first["leg"], "party": "carrier", "kind": "loss"}
        answer = self._door.call("POST", path, asked)
        self._require(answer.status in (OK, CREATED), f"preparing the claim: {answer.status} {answer.text[:400]}")
        self._row(self._now(), "claim prepared for what was lost", "", "its pack is made", mark="plain")
        pack = self._until("the pack is made", lambda: self._pack(f"{path}/{first['claim_id']}/pack"))
        self._show_pack(pack)

    def _claims(self, path: str) -> list[Body] | None:
        rows: list[Body] = self._expect(OK, self._door.call("GET", path), "reading the claims")["items"]
        return rows or None

    def _pack(self, path: str) -> bytes | None:
        answer = self._door.call("GET", path)
        return self._door.follow(answer.headers["location"]).content if answer.status == SEE_OTHER else None

    def _show_pack(self, pack: bytes) -> None:
        file = self._folder / "claim-pack.zip"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(pack)
        self._row("", f"claim pack: {os.path.relpath(file)}", "", f"sha256 {sha256(pack).hexdigest()[:16]}")
        with zipfile.ZipFile(io.BytesIO(pack)) as opened:
            self._require(opened.testzip() is None, "the pack is damaged")
            for name in sorted(opened.namelist()):
                digest = sha256(opened.read(name)).hexdigest()[:16]
                self._timeline.say(f"                    {name:<60} sha256 {digest}")

    def _who_was_told(self) -> None:
        """What left the house about this case: mails to the customer, and signed posts to the merchant's own tools."""
        self._until("the merchant's tools were told of the loss", lambda: self._posts("loss") or None)
        posts = self._posts("")
        wrong = [post for post in posts if post["proof"] == "WRONG"]
        self._require(not wrong, f"{len(wrong)} posts carry a wrong signature")
        named = [post["message_id"] for post in posts if post["message_id"]]
        self._require(len(set(named)) == len(named), f"something was told twice: {_repeated(posts)}")
        for post in posts:
            self._row("", f"told {post['receiver']}: {_what(post)}", "", f"signature {post['proof']}", mark="plain")
        self._timeline.say(f"  look at every mail and post: {self._carrier.url}/outbox")

    def _posts(self, holding: str) -> list[Body]:
        told = self._carrier.outbox()["posts"]
        return [post for post in told if self._case_id in post["body"] and holding in post["body"]]

    def _letter(self, moment: str) -> None:
        """The mail that the customer got at this moment, by its first lines."""
        path = f"/v1/returns/{self._case_id}/notices"
        sent = self._until(f"the customer is told: {moment}", lambda: self._sent(path, moment))
        mail = self._until("the mail is in the outbox", self._newest_mail)
        self._row(self._now(), f"mail to the customer, {sent['language']}: {mail['subject']}", mark="good")
        lines = [line for line in mail["text"].splitlines() if line.strip()][1:4]
        for line in lines:
            self._timeline.say(f"                    {line}")

    def _sent(self, path: str, moment: str) -> Body | None:
        rows = self._expect(OK, self._door.call("GET", path), "reading the notices")["items"]
        return next((row for row in rows if row["moment"] == moment and row["status"] == "sent"), None)

    def _newest_mail(self) -> Body | None:
        mails = [mail for mail in self._carrier.outbox()["mails"] if self._tale.customer["email"] in mail["to"]]
        return mails[-1] if mails else None

    def _playbook(self, concern: Body) -> None:
        """What it means and what to do, in English and in Chinese."""
        path = f"/v1/exceptions/{concern['exception_id']}"
        for language in ("en", "zh"):
            told = self._expect(OK, self._door.call("GET", f"{path}?language={language}"), "reading the playbook")
            self._row("", "" if language == "zh" else by_when(told), mark="warn")
            for line in (told["meaning"], *(f"- {step}" for step in told["to_do"])):
                self._timeline.say(f"                      {line}")


def _repeated(posts: list[Body]) -> list[tuple[str, str, str]]:
    told = [(post["receiver"], post["message_id"], _what(post)) for post in posts if post["message_id"]]
    return sorted({one for one in told if sum(one[1] == other[1] for other in told) > 1})


def _what(post: Mapping[str, Any]) -> str:
    """What a post says, in a few words: the type of a webhook, the text of a chat."""
    said = json.loads(post["body"])
    return str(said.get("type") or said.get("text", ""))[:70]


def later(step: Step, at: datetime) -> Step:
    """The same thing at another hour."""
    return Step(step.word, step.stop, at, step.earlier)

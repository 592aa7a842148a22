"""The page of one return: the next step first, then the way of the parcel, then what can be done, read or sent.

What is asked stands at the top and once; a section that has nothing to say is not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape
from urllib.parse import quote

from chalicelib.notices.letter import held_as
from chalicelib.notices.page_facts import PageFacts, Station
from chalicelib.notices.pages import amounts, asked
from chalicelib.notices.pages.blocks import Shown, button, drawing, form, hero, hidden, section
from chalicelib.notices.pages.document import Place, document, languages_of
from chalicelib.notices.pages.words import Speaker
from chalicelib.notices.safe_text import one_line

# Where the step at the top leads to on the page.
LEADS_TO = {
    "evidence": "photos", "quote": "open", "courier": "open", "hand_in": "open",
    "settling": "open", "courier_wanted": "contact", "out_back": "contact",
}  # fmt: skip
# What a hold asks of the customer is done there; a task that is not here is done elsewhere.
HELD_LEADS_TO = {
    "send_papers": "photos", "send_identity_number": "contact", "check_address": "contact",
    "name_pickup_day": "contact",
}  # fmt: skip
# Steps that are told in the words of their notices.
GONE = {"lost": "lost.lost", "destroyed": "lost.destroyed", "seized": "seized", "out_back": "out_back"}
WORDED_BY = {"photos": "page.photos.title", "open": "page.open.title", "contact": "page.top.contact"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page ready to be sent. ``missing`` names the texts that stand in English for want of the language's own."""

    html: str
    language: str
    missing: tuple[str, ...]


def render_page(facts: PageFacts, language: str, place: Place, shown: Shown) -> Rendered:
    """The page in this language (the name of a template)."""
    say = Speaker(facts.notice, language)
    body = "".join(_Page(facts, say, place, shown).parts())
    title = f"{say.plain('page.top.title')} {escape(facts.notice.rma)}"
    return Rendered(document(say, title, body, languages_of(say, place)), language, say.missing)


@dataclass(frozen=True, slots=True)
class _Page:
    """Writes the parts of a page in their order."""

    facts: PageFacts
    say: Speaker
    place: Place
    shown: Shown

    def parts(self) -> Iterator[str]:
        """Every part that has something to say."""
        yield self._hero()
        if self.facts.opened:
            yield self._papers()
        yield amounts.quote(self.facts, self.say, self.place, self.shown.order)
        yield amounts.settlement(self.facts, self.say)
        yield self._way()
        photos = asked.photos(self.facts, self.say, self.place)
        if self.facts.step == "evidence":
            yield photos
        yield amounts.lock(self.facts, self.say, self.place, self.shown)
        yield self._packing()
        if self.facts.step != "evidence":
            yield photos
        yield asked.withdrawal(self.facts, self.say, self.place)
        yield self._contact()

    def _hero(self) -> str:
        say, facts = self.say, self.facts
        title, lead = self._step()
        until = self._until(facts.until) if facts.until else ""
        leads = HELD_LEADS_TO.get(facts.notice.task) if facts.step == "held" else LEADS_TO.get(facts.step)
        is_there = leads != "open" or (facts.has_something_to_open and not facts.opened)
        go = f'<a class="go" href="#{leads}">{say.say(WORDED_BY[leads])}</a>' if leads and is_there else ""
        by = f'<p><span class="by">{until}</span></p>' if until else ""
        number = f'<p class="number">{say.say("page.top.kicker")}</p>'
        return self._said() + hero(say.say("page.top.next"), title, f'<p class="lead">{lead}</p>{by}{go}{number}')

    def _until(self, at: datetime) -> str:
        """By when: what we do is promised, what the customer does is asked."""
        if self.facts.step == "settling":
            return self.say.say("page.settle.until", until=self.say.until(at))
        return self.say.say("page.top.by", deadline=self.say.until(at))

    def _said(self) -> str:
        say, shown = self.say, self.shown
        if self.facts.opened:
            return f'<p class="said" role="status">{say.say("page.open.opened")}</p>'
        if shown.wrong:
            return f'<p class="wrong" role="alert">{say.say(f"page.open.{shown.wrong}")}</p>'
        return f'<p class="said" role="status">{say.say(f"page.said.{shown.said}")}</p>' if shown.said else ""

    def _step(self) -> tuple[str, str]:
        """Title and text; a hold is told in the words of its notice."""
        say, notice = self.say, self.facts.notice
        if self.facts.step in GONE:
            return self._gone(GONE[self.facts.step])
        if self.facts.step != "held":
            return say.say(f"page.step.{self.facts.step}.title"), say.say(f"page.step.{self.facts.step}.text")
        part = f"held.{held_as(notice.reason, notice.task)}"
        if not say.has(f"page.task.{notice.task}"):
            what = say.joined(say.say(f"{part}.ours"), say.say("page.step.held.text"))
        else:
            what = say.say(f"page.task.{notice.task}")
        return say.say(f"{part}.title"), say.joined(say.say(f"{part}.lead"), what)

    def _gone(self, part: str) -> tuple[str, str]:
        """A parcel that does not arrive, in the words of its notice; of one that is here again, what is asked."""
        say = self.say
        if self.facts.step == "out_back":
            return say.say(f"{part}.title"), say.joined(say.say("page.task.check_address"), say.say(f"{part}.more"))
        more = "seized.more" if part == "seized" else f"lost.{self.facts.notice.direction}"
        return say.say(f"{part}.title"), say.joined(say.say(f"{part}.lead"), say.say(more))

    def _way(self) -> str:
        facts, say = self.facts, self.say
        stations = "".join(self._station(one) for one in facts.stations)
        carrier = say.maybe("page.top.carrier") if facts.notice.tracking_number else None
        zone = f'<p class="quiet">{say.say("words.zone_note")}</p>' if facts.scans and facts.notice.zone_is_sure else ""
        scans = "".join(self._row(f"page.scan.{one.code}", say.html(say.when(one.at))) for one in facts.scans)
        told = f'<ul class="rows">{scans}</ul>{zone}' if scans else ""
        more = f'<details class="more"><summary>{say.say("page.top.scans")}</summary>{told}</details>' if told else ""
        number = f'<p class="quiet number">{carrier}</p>' if carrier else ""
        way = f'<ol class="way">{stations}</ol>'
        return section("way", say.say("page.top.way"), way + self._progress() + number + more)

    def _row(self, key: str, beside: str) -> str:
        return f"<li>{self.say.say(key)}<span>{beside}</span></li>"

    def _station(self, one: Station) -> str:
        say, is_here = self.say, one.state == "here"
        beside = say.say("page.top.next") if is_here else say.day(one.at) if one.at else ""
        at = f'<span class="at">{beside}</span>' if beside else ""
        state = "" if is_here else f'<span class="sr"> ({say.say(f"page.top.{one.state}")})</span>'
        current = ' aria-current="step"' if is_here else ""
        return f'<li class="{one.state}"{current}><b>{say.say(f"page.way.{one.code}")}{state}</b>{at}</li>'

    def _progress(self) -> str:
        say = self.say
        rows = "".join(self._row(f"page.work.{one.code}", say.day(one.at)) for one in self.facts.progress)
        return f'<h3>{say.say("page.top.progress")}</h3><ul class="rows">{rows}</ul>' if rows else ""

    def _papers(self) -> str:
        facts, say = self.facts, self.say
        if not facts.papers:
            return ""
        rows = "".join(self._paper(n) for n in range(len(facts.papers)))
        body = f'<p>{say.say("page.papers.text")}</p><div class="stack">{rows}</div>'
        return section("papers", say.say("page.papers.title"), body)

    def _paper(self, n: int) -> str:
        paper, say = self.facts.papers[n], self.say
        name = say.phrase(f"page.papers.{paper.name}")
        if not paper.ready:
            return f'<p class="quiet">{say.say("page.papers.pending", paper=name)}</p>'
        fields = hidden(order=self.shown.order or "", name=paper.name, leg=str(paper.leg))
        words = say.say("page.papers.do", paper=name)
        return form(self.place.act("papers"), fields + button(words, plain=True), new_tab=True)

    def _packing(self) -> str:
        facts, say = self.facts, self.say
        if not facts.packing:
            return ""
        keys = [key.removeprefix("pickup.") for key in facts.packing]
        told = (key for key in keys if say.has(f"packing.{key}"))
        steps = "".join(f"<li>{drawing(key)}<div>{say.say(f'packing.{key}')}</div></li>" for key in told)
        noted = asked.packed(facts, say, self.place)
        return section("packing", say.say("page.pack.title"), f'<ol class="steps">{steps}</ol>{noted}')

    def _contact(self) -> str:
        say, house = self.say, self.facts.notice.merchant
        mail, phone = one_line(house.email), one_line(house.phone)
        links = [f'<li><a href="mailto:{quote(mail, safe="@")}">{say.html(say.code(mail))}</a></li>' if mail else ""]
        dialled = "".join(sign for sign in phone or "" if sign in "+0123456789")
        links.append(f'<li><a href="tel:{dialled}">{say.html(say.code(phone or ""))}</a></li>' if dialled else "")
        body = f'<p>{say.say("page.top.contact_text")}</p><ul class="rows">{"".join(links)}</ul>'
        return section("contact", say.say("page.top.contact"), body)

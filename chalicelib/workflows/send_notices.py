"""The notices queue: the customer of a case is told what they are owed a word about, in their language.

A message says only which case to look at. What is owed follows from the case file and from what was told already, so a
message that is lost, doubled or late does no harm. Each mail is claimed in the register of its case, sent, and ended
there; it has the same name however often it is sent. A worker that dies between the two leaves a claim that the next
look finds run out, and sends the mail again: at least once, and a second time only when it died after sending. A mail
that never goes is no end: a person is asked to telephone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.clock import stamp
from chalicelib.errors import MailRefused, StaleVersion, UnavailableError
from chalicelib.notices.facts import NoticeFacts
from chalicelib.notices.language import template_of
from chalicelib.notices.messages import render
from chalicelib.notices.moments import Owed, owed
from chalicelib.notices.register import Entry, Register, Status, message_id
from chalicelib.returns.case import Person
from chalicelib.workflows.delivery_ports import Letter
from chalicelib.workflows.find_case import file_of
from chalicelib.workflows.gather_ending import language_declared, with_recall
from chalicelib.workflows.gather_notice import Look, Told, facts_of, look_at
from chalicelib.workflows.keep_link import link_of
from chalicelib.workflows.ports import Ports

TRIES = 6
KIND = "notice_failed"
NO_ADDRESS, ADDRESS_INVALID = "no_address", "address_invalid"
_ADDRESS = re.compile(r"[^@\s\x00-\x1f<>,;\"]{1,64}@[^@\s\x00-\x1f<>,;\"]{1,190}\Z")


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A notice that is ours to send."""

    case_id: str
    entry: Entry
    register: Register


def take_notice(ports: Ports, message: Mapping[str, Any], now: datetime) -> set[str]:
    """Send what is owed for the case ``message["case_id"]``; the case, as ``case/-``. A notice that another worker has
    in hand is left to it. Raises ``NotFoundError`` without the case and ``UnavailableError`` when a mail may not have
    gone: the message comes again, and the mail goes under the same name."""
    case_id = message["case_id"]
    for _ in range(TRIES):
        file = file_of(ports, case_id)
        look = look_at(ports, file)
        due = owed(look.history, file.notices, now)
        if not due:
            return {f"{case_id}/-"}
        _tell(ports, look, due[0], now)
    raise StaleVersion("the notices are being written by others; try again")


def _tell(ports: Ports, look: Look, one: Owed, now: datetime) -> None:
    """Send one notice, or note why there is none. Who loses the race for it looks again."""
    case_id, register = look.file.case.case_id, look.file.notices
    person = ports.cases.person(case_id)
    entry = Entry(one.key, "claimed", now, one.covers)
    if person is None:
        ports.notices.keep(case_id, register.with_entry(replace(entry, status="erased")))
        return
    fault = _fault_of(person.email)
    if fault is not None:
        _alert(ports, look, one, fault, now)
        ports.notices.keep(case_id, register.with_entry(replace(entry, status="failed", why=fault)))
        return
    letter = _letter(ports, look, one, person, now)
    claimed = register.with_entry(replace(entry, language=letter.language))
    if ports.notices.keep(case_id, claimed):
        _send(ports, look, one, letter, _Claimed(case_id, replace(entry, language=letter.language), claimed), now)


def _send(ports: Ports, look: Look, one: Owed, letter: Letter, claimed: _Claimed, now: datetime) -> None:
    try:
        ports.mail.send(letter)
    except MailRefused as refused:
        _alert(ports, look, one, refused.code, now)
        _end(ports, claimed, "failed", refused.code, now)
    else:
        _end(ports, claimed, "sent", None, now)


def _end(ports: Ports, claimed: _Claimed, status: Status, why: str | None, now: datetime) -> None:
    """Note how it ended, whatever else was written meanwhile: the customer may have asked for no more notices."""
    ended, register = replace(claimed.entry, status=status, why=why, at=now), claimed.register
    for _ in range(TRIES):
        if ports.notices.keep(claimed.case_id, register.with_entry(ended)):
            return
        file = file_of(ports, claimed.case_id)
        register = file.notices
    raise StaleVersion("the notices are being written by others; try again")


def _fault_of(address: str) -> str | None:
    """Why no mail can be sent there; None: it may be tried."""
    if not address.strip():
        return NO_ADDRESS
    return None if _ADDRESS.match(address.strip()) else ADDRESS_INVALID


def _letter(ports: Ports, look: Look, one: Owed, person: Person, now: datetime) -> Letter:
    declared = language_declared(look.file, one.moment, one.episode)
    template = template_of(declared or person.language, person.address.country)
    facts = facts_told(ports, look, one, person, now)
    facts = replace(facts, link=_link(ports, look.file.case.case_id, now))
    if one.moment == "recall":
        facts = with_recall(facts, ports, look.file, one.episode, template)
    told = render(one.moment, template, facts)
    merchant = ports.merchant()
    facility = merchant.facility_called(look.file.case.return_to)
    return Letter(
        message_id=message_id(look.file.case.case_id, one.key),
        to=person.email.strip(),
        subject=told.subject,
        text=told.text,
        html=told.html,
        language=told.language,
        sender_name=facts.merchant.name,
        reply_to=facility.email if facility else None,
    )


def _link(ports: Ports, case_id: str, now: datetime) -> str | None:
    """The address of the customer's page; None where there is none to be had now: the mail goes without it."""
    if not ports.public_url:
        return None
    try:
        return link_of(ports, case_id, now)
    except (UnavailableError, StaleVersion):
        return None


def facts_told(ports: Ports, look: Look, one: Owed, person: Person | None, now: datetime) -> NoticeFacts:
    """What this notice is written from."""
    facts = facts_of(look, Told(one.moment, one.episode, one.at), ports.merchant(), person, now)
    return replace(facts, past=one.past)


def _alert(ports: Ports, look: Look, one: Owed, why: str, now: datetime) -> None:
    """Ask a person to telephone the customer; of several notices that failed while nobody has, once. It goes out before
    the failure is noted: an alert twice is one exception."""
    open_ones = (exception for exception in look.file.exceptions if exception.status != "resolved")
    known = next((exception.episode for exception in open_ones if exception.kind == KIND), None)
    told = {
        "action": "open" if known is None else "update",
        "subject_kind": "case",
        "subject": look.file.case.case_id,
        "kind": KIND,
        "episode": known or f"notice-{one.key}",
        "reason": why,
        "since": stamp(now),
        "detail": f"the notice {one.moment} did not reach the customer: {why}",
    }
    ports.queues.send("alerts", [told])

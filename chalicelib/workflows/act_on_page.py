"""What a customer does on their page: answers a quote, withdraws, sends a file, notes how the box was packed.

Each act is another story, told with the customer as who did it. An act that was done before is quiet: the page then
shows how things stand. Papers and quotes want the order number with them, as the page that showed them did; how often
it may be wrong is counted at the link.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, cast
from urllib.parse import urlsplit

from chalicelib.errors import ConflictError, FieldFault, InvalidRequestError, NotFoundError
from chalicelib.notices.page_facts import Upload
from chalicelib.returns.evidence import CUSTOMER, EvidenceKind, EvidenceWish
from chalicelib.returns.evidence_rules import evidence_rules
from chalicelib.rulebook import dictionary
from chalicelib.workflows.declare_withdrawal import declare
from chalicelib.workflows.hand_over import note_packing
from chalicelib.workflows.keep_quote import answer_quote
from chalicelib.workflows.ports import Ports
from chalicelib.workflows.serve_papers import PDF, paper_link
from chalicelib.workflows.show_page import Page, show_page
from chalicelib.workflows.take_evidence import ID_HERE, confirm, offer

Form = Mapping[str, str]
# Where the bucket sends the browser on to when a file is uploaded.
CONFIRMS = "evidence-confirm"


@dataclass(frozen=True, slots=True)
class Acted:
    """What came of an act. Exactly one of: ``said``, the code of what was done (the page is shown again); ``opened``;
    ``confirms``, a withdrawal first; ``upload``, a form to be shown; ``url``, where a paper can be read; ``wrong``, the
    code of what is wrong with the order number. ``goes_to``: where else than to us its forms lead."""

    page: Page
    said: str | None = None
    wrong: str | None = None
    opened: bool = False
    confirms: bool = False
    upload: Upload | None = None
    url: str | None = None
    goes_to: tuple[str, ...] = ()


Act = Callable[[Ports, Page, Form, datetime], Acted]


def act_on_page(ports: Ports, token: str, action: str, form: Form, now: datetime) -> Acted:
    """Carry out an act. Raises ``NotFoundError`` for a link that opens nothing or a piece of another case, and
    ``InvalidRequestError`` for an act that lacks something; what can no longer be done is said on the page."""
    page = show_page(ports, token, now, order=form.get("order"))
    if action in _WANTS_ORDER and not page.facts.opened:
        return _not_opened(ports, token, page, form)
    if action == "evidence":
        return _offer(ports, token, page, form, now)
    try:
        return _ACTS[action](ports, page, form, now)
    except ConflictError:
        return Acted(page, said="changed")


def _not_opened(ports: Ports, token: str, page: Page, form: Form) -> Acted:
    if page.facts.closed_to_orders:
        return Acted(page, wrong="closed")
    if form.get("order"):
        ports.links.count_wrong_order(token)
    return Acted(page, wrong="wrong")


def _open(ports: Ports, page: Page, _form: Form, _now: datetime) -> Acted:
    return Acted(page, opened=True, goes_to=_origins(ports, page))


def _origins(ports: Ports, page: Page) -> tuple[str, ...]:
    """Where the papers of this page lie: a form that opens one is sent on to there."""
    if not any(paper.ready for paper in page.facts.papers):
        return ()
    key = ports.evidence.label_key(page.case_id, "-")
    url = ports.evidence.paper_link(key, media_type=PDF, filename="-", seconds=1)
    return (origin_of(url),)


def origin_of(url: str) -> str:
    """The part of an address that a browser's policy names.

    >>> origin_of("https://bucket.s3.eu-central-1.amazonaws.com/papers/x.pdf?X-Amz-Signature=1")
    'https://bucket.s3.eu-central-1.amazonaws.com'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _paper(ports: Ports, page: Page, form: Form, now: datetime) -> Acted:
    name, leg = _needed(form, "name"), form.get("leg")
    if name not in dictionary("notices", "page")["papers"]["printed"]:
        raise NotFoundError("no such paper")
    return Acted(page, url=paper_link(ports, page.case_id, name, int(leg) if leg else None, now).url)


def _approve(ports: Ports, page: Page, form: Form, now: datetime) -> Acted:
    answer_quote(ports, page.case_id, _needed(form, "quote_id"), approve=True, by=CUSTOMER, now=now)
    return Acted(page, said="quote_approved")


def _refuse(ports: Ports, page: Page, form: Form, now: datetime) -> Acted:
    answer_quote(ports, page.case_id, _needed(form, "quote_id"), approve=False, by=CUSTOMER, now=now)
    return Acted(page, said="quote_refused")


def _withdraw(ports: Ports, page: Page, form: Form, now: datetime) -> Acted:
    """The first step asks to confirm, the second declares; where it was declared before, the page shows its receipt."""
    if page.facts.withdrawal is None:
        return Acted(page, said="changed")
    if page.facts.withdrawal.declared_at is None and form.get("confirmed") != "yes":
        return Acted(page, confirms=True)
    declare(ports, page.case_id, language=form.get("language") or page.language, by=CUSTOMER, now=now)
    return Acted(page, said="withdrawn")


def _offer(ports: Ports, token: str, page: Page, form: Form, now: datetime) -> Acted:
    """A form for one file of a kind that is wanted. From the bucket the browser comes back by itself and confirms."""
    kind = _needed(form, "kind")
    if kind not in page.facts.wanted:
        return Acted(page, said="changed")
    language = f"&language={form['language']}" if "language" in form else ""
    back = f"{ports.public_url}/v1/c/{token}/{CONFIRMS}?evidence_id={ID_HERE}{language}"
    wish = EvidenceWish(cast("EvidenceKind", kind))
    try:
        told = offer(ports, page.case_id, wish, by=CUSTOMER, way="post", redirect_to=back, now=now)
    except ConflictError:
        return Acted(page, said="changed")
    if told["upload"] is None:
        return Acted(page, said="evidence_received")
    upload = _upload_of(wish.kind, told["upload"], evidence_rules(now.date()).largest_of(wish.kind))
    return Acted(page, upload=upload, goes_to=(origin_of(upload.url),))


def _upload_of(kind: str, told: Mapping[str, Any], largest: int) -> Upload:
    fields = tuple((name, str(text)) for name, text in told["fields"].items())
    return Upload(kind, told["url"], fields, largest, ",".join(told["accept"]))


def _confirm(ports: Ports, page: Page, form: Form, now: datetime) -> Acted:
    confirm(ports, page.case_id, _needed(form, "evidence_id"), by=CUSTOMER, now=now)
    return Acted(page, said="evidence_received")


def _packed(ports: Ports, page: Page, form: Form, now: datetime) -> Acted:
    """What was noted once is not noted again: a second press changes nothing."""
    if page.facts.packed_at is not None or not page.facts.packing:
        return Acted(page, said="changed")
    grams = Decimal(form["weight"].replace(",", ".")) if "weight" in form else None
    note_packing(ports, page.case_id, by=CUSTOMER, now=now, seal=form.get("seal"), grams=grams)
    return Acted(page, said="packing_saved")


def _needed(form: Form, name: str) -> str:
    if name not in form:
        fault = FieldFault(name, "required", "this field is needed", source="form")
        raise InvalidRequestError("the form lacks a field", [fault])
    return form[name]


_ACTS: Mapping[str, Act] = {
    "open": _open,
    "papers": _paper,
    "quote-approve": _approve,
    "quote-refuse": _refuse,
    "withdraw": _withdraw,
    CONFIRMS: _confirm,
    "packing": _packed,
}
_WANTS_ORDER = frozenset({"open", "papers", "quote-approve", "quote-refuse"})

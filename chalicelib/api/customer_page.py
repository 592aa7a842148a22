"""The customer's page, behind the link that whoever has it may open: looked at, and acted on by forms.

There is no cookie and no script: the token in the path is the whole of what lets anybody in, so a stranger's site has
nothing to ride on. It is never logged, no other site is told it, and a link that opens nothing answers one and the same
page whatever the reason. An act is answered by the page again (303), so that going back or pressing twice repeats
nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from chalice.app import Blueprint, Response

from chalicelib.api.answer import CONTENT_TYPE_HTML, EVERY_ANSWER, REQUEST_ID
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.forms import FORM_LIMIT
from chalicelib.api.operation import Operation, Parameter
from chalicelib.api.problems import family_of
from chalicelib.errors import ReturnsError

if TYPE_CHECKING:
    from chalicelib.notices.pages.document import Place
    from chalicelib.workflows.act_on_page import Acted
    from chalicelib.workflows.show_page import Page

log = logging.getLogger("goldthread.api")
TOKEN = Parameter(
    "link_token", "path", "The secret of the link.", pattern=r"[A-Za-z0-9_-]{48}", max_length=48, example="A" * 48
)
LANGUAGE_TAG = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}"
LANGUAGE = Parameter(
    "language", "query", "In which language; the customer's own if left out.", pattern=LANGUAGE_TAG, max_length=35,
    example="ar",
)  # fmt: skip
SAID = ("withdrawn", "quote_approved", "quote_refused", "evidence_received", "packing_saved", "changed")
WRONG = ("wrong", "closed")
ACTIONS = (
    "open", "papers", "quote-approve", "quote-refuse", "withdraw", "evidence", "evidence-confirm", "packing",
)  # fmt: skip
ANYTHING = r"[^\x00-\x1f]*"


def _field(name: str, about: str, pattern: str, most: int) -> Parameter:
    return Parameter(name, "form", about, pattern=pattern, max_length=most)


FIELDS = (
    _field("language", "The language of the page.", LANGUAGE_TAG, 35),
    _field("order", "The order number; opens papers and amounts.", r"[^\x00-\x1f]{1,64}", 64),
    _field("quote_id", "Which quote is answered.", r"[1-9][0-9]{0,2}-[1-9][0-9]{0,3}", 8),
    _field("name", "Which paper.", r"[a-z][a-z0-9_]*", 64),
    _field("leg", "Of which leg.", r"[1-9][0-9]?", 2),
    _field("kind", "Of what a photo is.", r"[a-z][a-z_]*", 32),
    _field("evidence_id", "Which upload is confirmed.", r"[A-Za-z0-9_-]+", 64),
    _field("seal", "The number of the seal.", r"[A-Za-z0-9][A-Za-z0-9 ._/-]*", 40),
    _field("weight", "Grams of the closed inner box.", r"[0-9]{1,6}([.,][0-9]{1,2})?", 9),
    _field("confirmed", "yes: the withdrawal is confirmed.", r"yes", 3),
)
SHOW = Operation(
    "show_customer_page", "GET", "/v1/c/{link_token}",
    "The customer's page: where the parcel is, what comes next and by when. HTML for a person; it tells no worth.",
    answers={200: "Page"}, page=True,
    parameters=(
        TOKEN,
        LANGUAGE,
        Parameter("said", "query", "What was just done.", choices=SAID),
    ),
)  # fmt: skip
ACT = Operation(
    "act_on_customer_page", "POST", "/v1/c/{link_token}/{action}",
    "What the customer does on their page, as a form sends it; answered by the page.",
    answers={200: "Page", 303: "Page"}, page=True, body_limit=FORM_LIMIT, problems=(409,),
    parameters=(TOKEN, Parameter("action", "path", "What is done.", choices=ACTIONS, example="open"), *FIELDS),
)  # fmt: skip
UPLOADED = Operation(
    "confirm_customer_upload", "GET", "/v1/c/{link_token}/{action}",
    "Where the bucket sends the browser on to after an upload: confirms it, again is quiet.",
    answers={303: "Page"}, page=True, problems=(409,),
    parameters=(
        TOKEN,
        Parameter("action", "path", "What is done.", choices=("evidence-confirm",), example="evidence-confirm"),
        Parameter("evidence_id", "query", "Which upload.", pattern=r"[A-Za-z0-9_-]+", max_length=64, required=True),
        LANGUAGE,
        *(
            Parameter(name, "query", "What the bucket adds; not read.", pattern=ANYTHING, max_length=1024)
            for name in ("bucket", "key", "etag")
        ),
    ),
)  # fmt: skip
OPERATIONS = (SHOW, ACT, UPLOADED)


def blueprint(desk: Desk) -> Blueprint:
    """The routes of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, SHOW, show_page, refused)
    serve(routes, desk, ACT, act_on_page, refused)
    serve(routes, desk, UPLOADED, confirm_upload, refused)
    return routes


def show_page(desk: Desk, call: Call) -> Response:
    """The page as it stands."""
    token = call.path["link_token"]
    page = desk.stories().show_page(desk.ports(), token, call.now)
    return _page(page, call.query.get("language"), _home(token), said=call.query.get("said"))


def act_on_page(desk: Desk, call: Call) -> Response:
    """Carry out what a form asks for; the page again, the next step, or the address of a paper."""
    token, action = call.path["link_token"], call.path["action"]
    acted = desk.stories().act_on_page(desk.ports(), token, action, call.form, call.now)
    log.info("customer acted", extra={"request_id": call.request_id, "case_id": acted.page.case_id, "act": action})
    return _answered(acted, call.form.get("language"), token, call.form.get("order"))


def confirm_upload(desk: Desk, call: Call) -> Response:
    """The browser comes back from the bucket."""
    token, language = call.path["link_token"], call.query.get("language")
    form = {"evidence_id": call.query["evidence_id"]}
    acted = desk.stories().act_on_page(desk.ports(), token, call.path["action"], form, call.now)
    return _answered(acted, language, token, None)


def refused(error: ReturnsError, request_id: str, headers: Mapping[str, str]) -> Response:
    """What went wrong, as a person reads it: in the browser's own language, without a reason that would tell a stranger
    anything."""
    from chalicelib.notices.pages.asked import refusal_page
    from chalicelib.notices.pages.document import NOBODY
    from chalicelib.notices.pages.words import Speaker, page_language

    status = family_of(error).status
    key = "gone" if status == 404 else "later" if status >= 500 else "wrong"
    wished = (headers.get("accept-language") or "en").split(",")[0].split(";")[0].strip()
    html = refusal_page(Speaker(NOBODY, page_language(wished)), key, None)
    response = _html(html, status, ())
    response.headers[REQUEST_ID] = request_id
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _answered(acted: Acted, language: str | None, token: str, order: str | None) -> Response:
    from chalicelib.notices.pages.asked import upload_page, withdrawal_page

    facts, place = acted.page.facts, _after_an_act(token)
    said_in = _template(acted.page, language)
    if acted.url is not None:
        return _sent_on(acted.url)
    if acted.confirms:
        return _html(withdrawal_page(facts, said_in, place), 200, ())
    if acted.upload is not None:
        return _html(upload_page(facts, acted.upload, said_in, place), 200, acted.goes_to)
    if acted.opened:
        return _page(acted.page, language, place, order=order, goes_to=acted.goes_to)
    if acted.wrong is not None:
        return _page(acted.page, language, place, wrong=acted.wrong, status=422)
    known = {"language": language, "said": acted.said}
    return _sent_on(f"../{token}?{urlencode({name: text for name, text in known.items() if text})}")


def _page(
    page: Page,
    language: str | None,
    place: Place,
    *,
    said: str | None = None,
    wrong: str | None = None,
    order: str | None = None,
    status: int = 200,
    goes_to: Iterable[str] = (),
) -> Response:
    from chalicelib.notices.pages.blocks import Shown
    from chalicelib.notices.pages.page import render_page

    told = render_page(page.facts, _template(page, language), place, Shown(said, wrong, order))
    if told.missing:
        log.warning("page in part in English", extra={"language": told.language, "missing": list(told.missing)[:5]})
    return _html(told.html, status, goes_to)


def _template(page: Page, language: str | None) -> str:
    from chalicelib.notices.pages.words import page_language

    return page_language(language or page.language, page.country)


def _home(token: str) -> Place:
    """The page itself: its acts lie one level below it."""
    from chalicelib.notices.pages.document import Place

    return Place(token, f"{token}/")


def _after_an_act(token: str) -> Place:
    """A page that answers an act: the other acts lie beside it."""
    from chalicelib.notices.pages.document import Place

    return Place(f"../{token}", "")


def _html(html: str, status: int, goes_to: Iterable[str]) -> Response:
    return Response(html, {**EVERY_ANSWER, **_policy(goes_to), "Content-Type": CONTENT_TYPE_HTML}, status)


def _policy(goes_to: Iterable[str]) -> dict[str, str]:
    """Nothing is fetched and nothing runs; forms lead to us, and to where files lie when the page has such a form."""
    from chalicelib.notices.pages.document import style_digest

    leads = " ".join(("'self'", *goes_to))
    policy = (
        f"default-src 'none'; style-src '{style_digest()}'; form-action {leads}; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
    }


def _sent_on(url: str) -> Response:
    return Response("", {**EVERY_ANSWER, "Content-Type": CONTENT_TYPE_HTML, "Location": url}, 303)

"""The customer's page over HTTP, and what happens to who should not be there."""

from __future__ import annotations

import logging
import re

import pytest

from chalicelib.adapters.links import token_of
from chalicelib.api.customer_page import ACTIONS, FIELDS, SAID
from chalicelib.api.forms import FORM_LIMIT
from chalicelib.notices.pages.words import page_texts_of
from chalicelib.returns.withdrawal import Withdrawal
from tests.api.customer_house import Visitor
from tests.api.fakes import World

UNKNOWN = token_of(b"u" * 32)


@pytest.fixture(scope="module")
def visitor():
    """Somebody who only looks."""
    return Visitor()


def shown(response):
    return response.body.decode()


def test_the_page_is_answered_in_the_customers_own_language(visitor):
    page = visitor.look()

    assert page.status_code == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert '<html lang="fr" dir="ltr">' in shown(page)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [("ar", "ar"), ("zh-TW", "zh-Hant"), ("zh", "zh-Hans"), ("de-AT", "de"), ("pt-BR", "en"), ("en-GB", "en")],
)
def test_another_language_may_be_asked_for_and_one_without_words_is_english(visitor, asked, answered):
    assert f'<html lang="{answered}"' in shown(visitor.look(f"?language={asked}"))


def test_the_headers_leave_no_door_open(visitor):
    told = visitor.look().headers
    policy = dict(one.strip().split(" ", 1) for one in told["Content-Security-Policy"].split(";"))

    assert policy == {
        "default-src": "'none'", "style-src": policy["style-src"], "form-action": "'self'", "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }  # fmt: skip
    assert policy["style-src"].startswith("'sha256-")
    expected = {
        "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY", "X-Robots-Tag": "noindex, nofollow",
    }  # fmt: skip
    assert expected.items() <= told.items()
    assert "Set-Cookie" not in told


def test_the_token_stands_nowhere_but_in_relative_addresses(visitor):
    html = shown(visitor.look())

    assert re.sub(rf'(href|action)="{visitor.token}', "", html).count(visitor.token) == 0


def test_neither_the_token_nor_an_order_number_is_ever_logged(visitor, caplog):
    with caplog.at_level(logging.DEBUG):
        visitor.look()
        visitor.act("open", order=visitor.order)
        visitor.act("open", order="SO-WRONG")
        visitor.look(token=UNKNOWN)
        visitor.act("open", UNKNOWN, order="SO-WRONG")
    told = " ".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)

    assert caplog.records
    assert [one for one in (visitor.token, UNKNOWN, "SO-WRONG", visitor.order) if one in told] == []


def test_the_right_order_number_opens_papers_and_the_wrong_one_is_told_so(visitor):
    wrong = visitor.act("open", order="SO-0", language="fr")
    right = visitor.act("open", order=visitor.order, language="fr")

    assert (wrong.status_code, right.status_code) == (422, 200)
    assert page_texts_of("fr")["page.open.wrong"][0][:20] in shown(wrong)
    assert 'aria-invalid="true"' in shown(wrong)
    assert page_texts_of("fr")["page.papers.title"][0] in shown(right)


def test_what_opens_nothing_is_one_and_the_same_page_whatever_the_reason():
    visitor = Visitor()
    replaced = visitor.token
    visitor.renewed()
    revoked = visitor.token
    assert visitor.shop.http.delete(f"/v1/returns/{visitor.case_id}/link", headers=_boss()).status_code == 200
    answers = {
        (answer.status_code, shown(answer))
        for token in (replaced, revoked, UNKNOWN, "A" * 48, "short", "%00" * 48, "x" * 5000)
        for answer in (visitor.look(token=token),)
    }

    assert [status for status, _ in answers] == [404]
    assert "This link opens nothing" in next(iter(answers))[1]


def _boss():
    from tests.api.fakes import bearer

    return bearer()


def test_the_page_of_a_dead_link_speaks_the_language_of_the_browser(visitor):
    told = visitor.look(token=UNKNOWN, **{"Accept-Language": "zh-CN,zh;q=0.9"})

    assert '<html lang="zh-Hans"' in shown(told)


@pytest.mark.parametrize("header", ["", "*", "x" * 9000, "<script>", "de;q=nonsense"])
def test_an_odd_language_of_a_browser_harms_nothing(visitor, header):
    told = visitor.look(token=UNKNOWN, **{"Accept-Language": header})

    assert told.status_code == 404
    assert "<script" not in shown(told)


class Counted:
    """Counts what a table is asked."""

    def __init__(self, table):
        self.table, self.calls = table, []

    def __getattr__(self, name):
        def call(*args, **named):
            self.calls.append(name)
            return getattr(self.table, name)(*args, **named)

        return call


def counting(visitor):
    table = Counted(visitor.shop.world.table)
    visitor.shop.ports.links._table = table
    return table


def test_a_thousand_wrong_tokens_write_nothing_and_hardly_read():
    visitor = Visitor()
    table = counting(visitor)
    wrong = [token_of(n.to_bytes(32)) for n in range(100)]
    forged = [one[:-1] + ("A" if one[-1] != "A" else "B") for one in wrong] * 9
    statuses = {visitor.look(token=token).status_code for token in (*wrong, *forged)}

    assert statuses == {404}
    assert table.calls == ["get"] * 100


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_acts_behind_a_dead_link(visitor, action):
    told = visitor.act(action, UNKNOWN, order=visitor.order, quote_id="1-1", confirmed="yes")

    assert told.status_code == 404


@pytest.mark.parametrize("action", ["erase", "OPEN", "open%2F..", "../returns", "evidence-confirm%00", "x" * 3000])
def test_an_act_that_there_is_not_is_not_found(visitor, action):
    told = visitor.send(action, b"")

    assert told.status_code in (403, 404)
    assert visitor.token not in shown(told)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "HEAD"])
@pytest.mark.parametrize("path", ["", "/open", "/withdraw"])
def test_another_method_is_refused_and_does_nothing(method, path):
    visitor = Visitor()
    version = visitor.file.case.version
    told = visitor.shop.http.request(method, f"/v1/c/{visitor.token}{path}", headers={}, body=b"")

    assert told.status_code == 405
    assert visitor.file.case.version == version


@pytest.mark.parametrize("action", [one for one in ACTIONS if one != "evidence-confirm"])
def test_looking_never_acts(visitor, action):
    """A mail program that opens every link opens nothing more than a page."""
    told = visitor.shop.http.get(f"/v1/c/{visitor.token}/{action}?evidence_id=x")

    assert told.status_code == 404


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"order=" + b"x" * FORM_LIMIT, None, 413),
        (b"&".join(b"a%d=1" % n for n in range(40)), None, 400),
        (b"order=%FF%FE", None, 400),
        ("order=é".encode(), None, 400),
        (b"order=1&order=2", None, 422),
        (b"unknown=1", None, 422),
        (b"order=%00", None, 422),
        (b"order=" + b"9" * 65, None, 422),
        (b'{"order": "x"}', "application/json", 415),
        (b"--x\r\n", "multipart/form-data; boundary=x", 415),
        (b"order=x", "text/plain", 415),
    ],
)
def test_a_form_that_is_none_is_refused_as_a_page(visitor, body, kind, status):
    told = visitor.send("open", body, **({"kind": kind} if kind else {}))

    assert told.status_code == status
    assert told.headers["Content-Type"].startswith("text/html")
    assert len(told.body) < 16_000


@pytest.mark.parametrize("field", [one.name for one in FIELDS])
@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "' OR 1=1 --", "../../LOG", "x" * 400, "\u202etxt"])
def test_no_field_takes_markup_or_gives_it_back(visitor, field, text):
    told = visitor.act("open", **{"order": "SO-0", field: text})

    assert told.status_code == 422
    assert "<script" not in shown(told)
    assert "OR 1=1" not in shown(told)


@pytest.mark.parametrize(
    "query", ["?said=<script>", "?said=nonsense", "?x=1", "?language=%3Cscript%3E", "?said=changed&said=changed"]
)
def test_a_query_that_cannot_be_is_refused(visitor, query):
    told = visitor.look(query)

    assert told.status_code == 422
    assert "<script" not in shown(told)


@pytest.mark.parametrize("said", SAID)
def test_what_was_done_is_said_once_more_on_the_page(visitor, said):
    assert page_texts_of("en")[f"page.said.{said}"][0] in shown(visitor.look(f"?said={said}&language=en"))


def test_a_withdrawal_takes_two_presses_and_a_third_changes_nothing():
    visitor = Visitor()
    first = visitor.act("withdraw", language="de")
    second = visitor.act("withdraw", confirmed="yes", language="de")
    version = visitor.file.case.version
    third = visitor.act("withdraw", confirmed="yes", language="de")

    assert (first.status_code, second.status_code, third.status_code) == (200, 303, 303)
    assert "Widerruf bestätigen" in shown(first)
    assert second.headers["Location"] == f"../{visitor.token}?language=de&said=withdrawn"
    assert len(visitor.file.parts.of(Withdrawal)) == 1
    assert visitor.file.case.version == version
    assert page_texts_of("de")["page.withdraw.receipt"][0].split("{")[0] in shown(visitor.look("?language=de"))


def test_an_upload_comes_back_from_the_bucket_by_the_browser_itself():
    visitor = Visitor()
    kind = re.search(r'name="kind" value="(\w+)"', shown(visitor.look()))[1]
    form = visitor.act("evidence", kind=kind, language="fr")
    leads = re.search(r"form-action ([^;]+)", form.headers["Content-Security-Policy"])[1]
    evidence_id = re.search(r"evidence_id=(\w+)", shown(form))[1]
    back = visitor.shop.http.get(
        f"/v1/c/{visitor.token}/evidence-confirm?evidence_id={evidence_id}&language=fr&bucket=b&key=uploads%2Fx&etag=%22e%22"
    )

    assert leads == "'self' https://evidence.example"
    assert (back.status_code, back.headers["Location"]) == (
        303, f"../{visitor.token}?language=fr&said=evidence_received",
    )  # fmt: skip


def test_what_another_return_was_offered_cannot_be_confirmed():
    visitor = Visitor()
    told = visitor.shop.http.get(f"/v1/c/{visitor.token}/evidence-confirm?evidence_id=e0001")

    assert told.status_code == 404


def test_our_own_failure_is_a_page_without_a_word_about_our_insides():
    world = World(raises={"show_page": RuntimeError("secret of the house")})
    told = world.client().get(f"/v1/c/{UNKNOWN}")

    assert told.status_code == 500
    assert "secret" not in shown(told)
    assert "try again" in shown(told)


def test_making_a_link_needs_a_token_that_may_write(visitor):
    from tests.api.fakes import bearer

    told = visitor.shop.http.post(f"/v1/returns/{visitor.case_id}/link", headers=bearer("reader"))

    assert told.status_code == 403


def test_the_case_says_that_there_is_a_link_and_never_what_it_is(visitor):
    told = visitor.shop.get(f"/v1/returns/{visitor.case_id}")

    assert told.json_body["link"]["made_by"] == "boss@desk"
    assert visitor.token not in told.body.decode()

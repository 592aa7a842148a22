"""Papers as they are kept: the bytes once under their digest, the item over the version before, a link for a while."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from chalicelib.adapters import keys
from chalicelib.adapters.paper_items import papers_of_item, papers_update
from chalicelib.errors import NotFoundError, StoredItemUnreadable
from chalicelib.workflows.made_papers import LegPapers, MadePaper, stem_of
from tests.fakes.pieces import CASE_ID, NOW, a_booking, a_leg, an_opening
from tests.metering.sizes import item_size

READY = MadePaper(
    "return_invoice", "ready", (), "ab" * 32, 48_211, NOW, "zh-Hans",
    keys.paper_key(CASE_ID, stem_of(1, "return_invoice", "ab" * 32)),
)  # fmt: skip
WAITING = MadePaper("cn23", "waiting", ("export_reference", 'a "quoted", odd|one'))
PAPERS = LegPapers(CASE_ID, 1, "cd" * 32, (READY, WAITING))
PDF = b"%PDF-1.7 the same bytes"


def test_the_papers_of_a_leg_are_read_with_their_case(ports):
    ports.cases.open(an_opening())
    assert ports.cases.save_papers(PAPERS)
    file = ports.cases.file(CASE_ID)
    assert file.papers == (PAPERS,)
    assert (file.papers_of(1), file.papers_of(2)) == (PAPERS, None)


def test_of_two_that_make_papers_at_once_one_is_told_to_read_again(ports):
    ports.cases.open(an_opening())
    assert ports.cases.save_papers(PAPERS)
    assert not ports.cases.save_papers(replace(PAPERS, facts_digest="other"))
    second = replace(PAPERS, facts_digest="other", papers=(READY,), version=2)
    assert ports.cases.save_papers(second)
    assert not ports.cases.save_papers(second)
    assert ports.cases.file(CASE_ID).papers == (second,)


def test_a_leg_with_every_paper_it_may_need_is_written_for_one_unit():
    names = ("return_invoice", "packing_sheet", "customs_declaration", "insurance_declaration", "repair_statement")
    papers = tuple(replace(READY, name=name) for name in names)
    write = papers_update(replace(PAPERS, papers=papers), "m" * 12)
    assert item_size({"PK": f"CASE#{'c' * 32}", "SK": write.sk, **write.set}) <= 1024


@pytest.mark.parametrize("line", ["{", "[]", '["a","ready",[],"ab"]', "3"])
def test_papers_that_cannot_be_read_are_said_to_be_so(line):
    with pytest.raises(StoredItemUnreadable):
        papers_of_item({"PK": "CASE#c1", "SK": "PAPERS#1", "facts": "", "papers": [line], "version": 1})


def test_a_booking_is_put_to_rest_unless_it_was_moved_meanwhile(ports):
    due = a_booking(status="done", due_at=NOW + timedelta(minutes=10), attempts=2)
    ports.cases.open(an_opening(bookings=(due,)))
    ports.cases.put_to_rest(replace(due, due_at=NOW))
    assert ports.cases.file(CASE_ID).bookings == (due,)
    ports.cases.put_to_rest(due)
    assert ports.cases.file(CASE_ID).bookings == (replace(due, due_at=None, attempts=0),)
    assert list(ports.due.due(NOW + timedelta(days=1), 10)) == []
    ports.cases.put_to_rest(due)


@pytest.mark.parametrize("status", ["done", "cancelled"])
def test_a_leg_has_the_number_and_ship_date_of_the_waybill_bought_for_it(ports, status):
    bought = a_booking(status=status, result={"number": "794612345678", "ship_date": "2026-11-24"})
    ports.cases.open(an_opening(bookings=(bought,)))
    (leg,) = ports.cases.file(CASE_ID).legs
    assert (leg.number, leg.ship_date.isoformat()) == ("794612345678", "2026-11-24")


@pytest.mark.parametrize(
    "other",
    [
        {"status": "claimed", "result": {"number": "1"}}, {"status": "done", "leg_n": 2, "result": {"number": "1"}},
        {"status": "done", "kind": "pickup", "result": {"number": "1"}}, {"status": "done", "result": {}},
    ],
)  # fmt: skip
def test_a_leg_has_no_number_before_its_own_waybill_is_bought(ports, other):
    ports.cases.open(an_opening(bookings=(a_booking(**other),)))
    assert ports.cases.file(CASE_ID).legs[0].number is None


def test_a_leg_that_says_its_number_itself_keeps_it(ports):
    bought = a_booking(status="done", result={"number": "1"})
    ports.cases.open(an_opening(bookings=(bought,), legs=(a_leg(number="2"),)))
    assert ports.cases.file(CASE_ID).legs[0].number == "2"


def test_the_same_paper_twice_is_one_object(store):
    key = store.ports.evidence.keep_paper("c1", "1-packing_sheet-ab", PDF)
    assert key == "papers/c1/1-packing_sheet-ab.pdf"
    assert store.ports.evidence.keep_paper("c1", "1-packing_sheet-ab", PDF) == key
    if store.stage is not None:
        found = store.stage.make_client("s3").list_object_versions(Bucket=store.stage.bucket, Prefix=key)
        assert len(found["Versions"]) == 1


def link_to(store, key: str, media_type: str = "application/pdf", filename: str = "packing.pdf") -> str:
    return store.ports.evidence.paper_link(key, media_type=media_type, filename=filename, seconds=300)


@pytest.fixture
def kept(store):
    if store.stage is None:
        pytest.skip("links are AWS's own")
    return store.ports.evidence.keep_paper("c1", "1-packing_sheet-cd", PDF)


def test_whoever_has_the_link_reads_the_pdf_in_the_browser(store, kept):
    answer = requests.get(link_to(store, kept), timeout=10)
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'inline; filename="packing.pdf"'


def test_a_link_lives_for_as_long_as_was_said_and_is_signed_with_sigv4(store, kept):
    asked = parse_qs(urlsplit(link_to(store, kept)).query)
    assert asked["X-Amz-Expires"] == ["300"]
    assert asked["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert asked["response-cache-control"] == ["private, no-store"]


def test_what_could_run_in_a_browser_is_offered_as_a_file(store, kept):
    asked = parse_qs(urlsplit(link_to(store, kept, "text/html", "label.html")).query)
    assert asked["response-content-type"] == ["application/octet-stream"]
    assert asked["response-content-disposition"] == ['attachment; filename="label.html"']


def test_a_file_name_cannot_break_out_of_its_header(store, kept):
    asked = parse_qs(urlsplit(link_to(store, kept, filename='a"\r\nX: é.pdf')).query)
    assert asked["response-content-disposition"] == ['inline; filename="a___X___.pdf"']


@pytest.mark.parametrize("key", ["raw/" + "ab" * 32, "", "/papers/x", "other/papers/x"])
def test_no_link_leads_to_what_carriers_sent(store, kept, key):
    with pytest.raises(NotFoundError):
        link_to(store, key)

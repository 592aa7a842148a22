"""Claims in the table: one transaction with their case, one due time for a leg, lists by state, packs beside them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.errors import StaleVersion
from chalicelib.insurance.claim_deeds import Deed, done
from chalicelib.insurance.claim_states import Claim, Deadline, Watch
from chalicelib.money import Money
from chalicelib.workflows.claim_ports import Pack
from chalicelib.workflows.ports import Due
from tests.fakes.pieces import CASE_ID, NOW, PRICE, a_case, a_log_line, an_opening

HOUR = timedelta(hours=1)
DEADLINE = Deadline(
    date(2026, 12, 24), datetime(2026, 12, 24, 23, tzinfo=UTC), date(2026, 12, 19), "CL-DHL", "accepted", NOW, False,
    "Europe/Paris",
)  # fmt: skip


def a_claim(party: str = "carrier", **changed) -> Claim:
    said = {"state": "watched", "opened_at": NOW, "changed_at": NOW, "deadline": DEADLINE} | changed
    return Claim(CASE_ID, 1, party, "loss", **said)


def a_watch(due_at: datetime | None = NOW + HOUR) -> Watch:
    return Watch(CASE_ID, 1, NOW, NOW, due_at)


def kept(ports, version: int, *claims: Claim, watch: Watch | None = None) -> None:
    ports.claims.keep(a_case(version=version, log_n=version), a_log_line(version), claims, watch or a_watch())


@pytest.fixture
def case(ports):
    ports.cases.open(an_opening())
    kept(ports, 2, a_claim(), a_claim("insurer"))
    return ports


def due_of(ports, now):
    return [one for one in ports.due.due(now, 50) if one.kind == "claim"]


def test_claims_and_their_watch_are_read_with_the_case_as_they_were_kept(case):
    rich = done(
        a_claim(), Deed("file", on=NOW.date(), protective=True, amount=PRICE, reference="C-1"), PRICE, NOW.date(), NOW,
        "boss",
    )  # fmt: skip
    paid = done(
        rich, Deed("pay", on=NOW.date(), reference="P", amount=Money(PRICE.amount, "USD")), PRICE, NOW.date(), NOW,
        "boss",
    )  # fmt: skip
    kept(case, 3, paid, watch=a_watch(None))
    file = case.cases.file(CASE_ID)
    assert file.claims == (paid, a_claim("insurer"))
    assert file.watches == (a_watch(None),)


def test_who_writes_over_a_case_that_moved_writes_nothing(case):
    with pytest.raises(StaleVersion):
        kept(case, 2, a_claim(state="closed"))
    assert {one.state for one in case.cases.file(CASE_ID).claims} == {"watched"}


def test_a_leg_is_due_once_for_all_its_claims(case):
    assert due_of(case, NOW) == []
    (due,) = due_of(case, NOW + HOUR)
    assert case.claims.of_due(due) == a_watch()
    assert case.due.claim(due, NOW + 2 * HOUR)
    claimed = case.cases.file(CASE_ID).watches[0]
    assert (claimed.attempts, case.claims.of_due(due)) == (1, None)
    assert case.claims.rest(claimed, NOW + 9 * HOUR)
    assert case.cases.file(CASE_ID).watches == (a_watch(NOW + 9 * HOUR),)


def test_a_watch_that_was_moved_meanwhile_is_not_put_to_rest(case):
    (read,) = case.cases.file(CASE_ID).watches
    kept(case, 3, a_claim(state="closed"), watch=a_watch(NOW))
    assert not case.claims.rest(read, None)
    assert due_of(case, NOW)


def test_a_watch_that_rests_is_due_no_more(case):
    assert case.claims.rest(case.cases.file(CASE_ID).watches[0], None)
    assert due_of(case, NOW + 999 * HOUR) == []
    assert case.claims.of_due(Due("claim", "CASE#nobody", "CLAIM#1", "2026-11-22T10:00:00Z")) is None


def test_a_watch_there_is_not_is_not_made_by_putting_it_to_rest(ports):
    ports.cases.open(an_opening())
    assert not ports.claims.rest(a_watch(None), NOW)
    assert ports.cases.file(CASE_ID).watches == ()


def test_claims_are_listed_by_state_and_those_not_filed_by_their_last_day(case):
    sooner = replace(DEADLINE, ends_at=DEADLINE.ends_at - 99 * HOUR)
    kept(case, 3, a_claim("insurer", deadline=sooner))
    page = case.claims.listed("watched", None, 10)
    assert [one.party for one in page.claims] == ["insurer", "carrier"]
    kept(case, 4, a_claim(state="filed"))
    assert [one.party for one in case.claims.listed("watched", None, 10).claims] == ["insurer"]
    assert [one.party for one in case.claims.listed("filed", None, 10).claims] == ["carrier"]


def a_pack(version: int = 1) -> Pack:
    return Pack(CASE_ID, 1, "carrier", "claims/c/1.zip", "ab" * 32, 9, NOW, NOW, ("trace",), version)


def test_a_pack_is_written_over_the_version_before_and_no_other(case):
    assert case.claims.save_pack(a_pack())
    assert not case.claims.save_pack(replace(a_pack(), key="claims/c/2.zip"))
    assert case.claims.save_pack(replace(a_pack(2), key="claims/c/3.zip"))
    assert case.cases.file(CASE_ID).packs == (replace(a_pack(2), key="claims/c/3.zip"),)


def test_packs_are_kept_once_and_labels_and_papers_are_read(ports):
    key = ports.evidence.keep_claim_pack("c1", "1-carrier-ab", b"PK")
    assert key == "claims/c1/1-carrier-ab.zip"
    assert ports.evidence.keep_claim_pack("c1", "1-carrier-ab", b"PK") == key
    paper = ports.evidence.keep_paper("c1", "1-x-ab", b"%PDF")
    assert ports.evidence.kept(paper) == b"%PDF"
    assert "1-carrier-ab.zip" in ports.evidence.paper_link(
        key, media_type="application/zip", filename="a.zip", seconds=9
    )

"""`make chain` over a table and a bucket: what is whole, what is not, and where."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.adapters.cases import TableCases
from chalicelib.returns.evidence import CUSTOMER, EvidenceWish
from chalicelib.workflows.look_at_evidence import take_evidence_work
from chalicelib.workflows.take_evidence import confirm, offer
from infra.chain import asked, check
from tests.adapters.conftest import Store, aws_store
from tests.fakes.pieces import CASE_ID, NOW, an_opening
from tests.returns.uploads import a_photo


@pytest.fixture
def shop(moto_stage) -> Any:
    """A case with one photo, over moto."""
    for store in aws_store(moto_stage):
        store.ports.cases.open(logged())
        offer(store.ports, CASE_ID, EvidenceWish("photo_item"), by=CUSTOMER, way="post", now=NOW)
        s3 = moto_stage.make_client("s3")
        s3.put_object(Bucket=moto_stage.bucket, Key=f"uploads/{CASE_ID}/e0001", Body=a_photo())
        confirm(store.ports, CASE_ID, "e0001", by=CUSTOMER, now=NOW)
        take_evidence_work(store.ports, {"kind": "evidence", "case_id": CASE_ID, "part_id": "e0001"}, NOW)
        yield store
        empty(store)


def logged() -> Any:
    """An opening whose log follows from nothing before it."""
    from chalicelib.workflows.case_log import noted

    opening = an_opening()
    case, entry = noted(replace(opening.case, version=0, log_n=0, log_hash=""), NOW, "desk", "opened", {})
    return replace(opening, case=case, log=entry)


def empty(store: Store) -> None:
    assert store.stage is not None
    s3 = store.stage.make_client("s3")
    for prefix in ("evidence/", "shown/", "uploads/"):
        for row in s3.list_objects_v2(Bucket=store.stage.bucket, Prefix=prefix).get("Contents", ()):
            s3.delete_object(Bucket=store.stage.bucket, Key=row["Key"])


def checked(store: Store, **environment: str) -> tuple[bool, list[str]]:
    assert store.stage is not None
    assert isinstance(store.ports.cases, TableCases)
    told: list[str] = []
    s3 = store.stage.make_client("s3")
    wanted = asked(store.ports.cases, environment)
    return check(store.ports.cases, s3, store.stage.bucket, wanted, told.append), told


def original(store: Store) -> str:
    assert store.stage is not None
    rows = store.stage.make_client("s3").list_objects_v2(Bucket=store.stage.bucket, Prefix=f"evidence/{CASE_ID}/")
    return str(rows["Contents"][0]["Key"])


@pytest.mark.parametrize("environment", [{"CASE": CASE_ID}, {"ALL": "1"}])
def test_a_case_that_nobody_touched_is_whole(shop, environment):
    whole, told = checked(shop, **environment)
    assert whole
    assert told == [f"{CASE_ID}: 4 entries, 1 pieces of evidence, 3 objects", "1 whole, 0 not"]


def test_an_original_that_was_changed_is_named(shop):
    key, s3 = original(shop), shop.stage.make_client("s3")
    s3.put_object(Bucket=shop.stage.bucket, Key=key, Body=a_photo(quality=20))
    whole, told = checked(shop, CASE=CASE_ID)
    assert not whole
    assert f"{CASE_ID}: object_changed: {key}" in told


def test_an_original_that_is_gone_and_one_beside_it_are_named(shop):
    key, s3 = original(shop), shop.stage.make_client("s3")
    s3.delete_object(Bucket=shop.stage.bucket, Key=key)
    s3.put_object(Bucket=shop.stage.bucket, Key=f"shown/{CASE_ID}/other.jpg", Body=b"x")
    _, told = checked(shop, CASE=CASE_ID)
    assert f"{CASE_ID}: object_missing: {key}" in told
    assert f"{CASE_ID}: object_extra: shown/{CASE_ID}/other.jpg" in told


def test_a_case_that_is_not_there_is_not_whole(shop):
    whole, told = checked(shop, CASE="nobody")
    assert (whole, told[0]) == (False, "nobody: case_gone: no case has this id")


def test_nothing_asked_is_said_so(shop):
    with pytest.raises(ValueError, match="CASE="):
        asked(shop.ports.cases, {})

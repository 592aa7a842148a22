"""Evidence over HTTP: announced, uploaded elsewhere, confirmed, listed, seen by a link."""

from __future__ import annotations

import json
import logging
from hashlib import sha256
from typing import Any

import pytest

from chalicelib.api import examples
from chalicelib.api.evidence import VIEW
from chalicelib.returns.evidence_rules import DATASET
from chalicelib.workflows.look_at_evidence import take_evidence_work
from tests.api.contract import assert_as_documented
from tests.api.fakes import NOW, Shop, World, bearer, posted
from tests.returns.uploads import a_paper, a_photo

ROOT = "/v1/returns/{case_id}/evidence"
PHOTO = a_photo()


class EvidenceShop(Shop):
    """A return that was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.case_id = self.post("/v1/returns", examples.OpenReturnBody).json_body["case_id"]
        self.root = f"/v1/returns/{self.case_id}/evidence"

    def announce(self, content: bytes = PHOTO, **wish: Any) -> Any:
        body = {
            "kind": "photo_item", "media_type": "image/jpeg", "size": len(content),
            "sha256": sha256(content).hexdigest(),
        }  # fmt: skip
        answer = self.post(self.root, {**body, **wish})
        assert_as_documented("POST", ROOT, answer.status_code, answer.json_body)
        return answer

    def uploaded(self, content: bytes = PHOTO, **wish: Any) -> str:
        """Announced, uploaded, confirmed and looked at; the id of the piece."""
        evidence_id = self.announce(content, **wish).json_body["evidence"]["evidence_id"]
        self.world.evidence.upload(self.case_id, evidence_id, content)
        self.confirm(evidence_id)
        self.world.queues.deliver("evidence", lambda message: take_evidence_work(self.ports, message, NOW))
        return str(evidence_id)

    def confirm(self, evidence_id: str) -> Any:
        answer = self.http.post(f"{self.root}/{evidence_id}/confirm", headers=posted(), body=b"")
        path = ROOT + "/{evidence_id}/confirm"
        assert_as_documented("POST", path, answer.status_code, json.loads(answer.body))
        return answer

    def listing(self) -> Any:
        answer = self.get(self.root)
        assert_as_documented("GET", ROOT, answer.status_code, answer.json_body)
        return answer.json_body

    def read(self, evidence_id: str, query: str = "") -> Any:
        answer = self.get(f"{self.root}/{evidence_id}{query}")
        assert_as_documented("GET", ROOT + "/{evidence_id}", answer.status_code, json.loads(answer.body))
        return answer


def test_a_file_that_is_announced_gets_its_place_and_the_same_file_the_same_place():
    shop = EvidenceShop()
    first, again = shop.announce(), shop.announce()
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json_body == again.json_body
    upload = first.json_body["upload"]
    assert (upload["method"], upload["headers"]["Content-Type"]) == ("PUT", "image/jpeg")


def test_what_was_uploaded_is_kept_listed_and_seen_as_its_copy():
    shop = EvidenceShop()
    evidence_id = shop.uploaded()
    (row,) = shop.listing()["items"]
    assert (row["state"], row["views"], row["offered_by"]) == ("kept", ["copy", "thumbnail"], "boss@desk")
    assert row["found"]["sha256"] == sha256(PHOTO).hexdigest()
    for query, what in (("", "copy"), ("?view=copy", "copy"), ("?view=thumbnail", "thumbnail")):
        answer = shop.read(evidence_id, query)
        assert answer.status_code == 303
        assert f"/shown/{shop.case_id}/{evidence_id}-{what}-" in answer.headers["Location"]
        assert answer.headers["Location"].endswith("&for=300")
    assert shop.read(evidence_id, "?view=file").status_code == 404


def test_a_paper_is_given_as_a_file():
    shop = EvidenceShop()
    evidence_id = shop.uploaded(a_paper(), kind="invoice", media_type="application/pdf")
    answer = shop.read(evidence_id)
    assert (answer.status_code, answer.json_body["view"]) == (303, "file")
    assert answer.json_body["filename"].endswith(f"-{evidence_id}.pdf")
    assert shop.read(evidence_id, "?view=copy").status_code == 404


def test_confirming_is_answered_at_once_and_done_by_a_worker():
    shop = EvidenceShop()
    shop.announce()
    answer = shop.confirm("e0001")
    assert (answer.status_code, answer.json_body["state"]) == (202, "uploaded")
    assert shop.world.queues.sent["evidence"] == [{"kind": "evidence", "case_id": shop.case_id, "part_id": "e0001"}]


def test_what_is_not_kept_cannot_be_seen():
    shop = EvidenceShop()
    shop.announce()
    assert shop.read("e0001").status_code == 409


@pytest.mark.parametrize("evidence_id", ["e0002", "e1", "..", "e0001x", "E0001", "e0001%00"])
def test_a_piece_that_is_not_there_is_not_there(evidence_id):
    shop = EvidenceShop()
    shop.announce()
    assert shop.get(f"{shop.root}/{evidence_id}").status_code == 404
    assert shop.http.post(f"{shop.root}/{evidence_id}/confirm", headers=posted(), body=b"").status_code == 404


def test_everything_wrong_with_a_wish_is_told_at_once_by_field():
    answer = EvidenceShop().announce(media_type="text/html", line=44, leg=9)
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json_body["errors"]} == {"media_type", "line", "leg"}


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"kind": "selfie"}, "kind"), ({"size": 1.5}, "size"), ({"size": -1}, "size"), ({"sha256": "zz"}, "sha256"),
        ({"media_type": "IMAGE"}, "media_type"), ({"filename": "../../x.jpg"}, "filename"),
        ({"state": "kept"}, "state"),
        ({"offered_by": "customer"}, "offered_by"),
    ],
)  # fmt: skip
def test_a_body_outside_its_model_is_refused_by_field(wish, field):
    answer = EvidenceShop().announce(**wish)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json_body["errors"]] == [field]


def test_what_is_wanted_says_of_whom_by_when_and_why():
    wanted = {row["id"]: row for row in EvidenceShop().listing()["wanted"]}
    row = wanted["closed_parcel"]
    assert (row["giver"], row["missing"], row["decides"]) == ("customer", 1, False)
    assert row["by"] == {"moment": "hand_over", "on": examples.OpenReturnBody["pickup"]["on"]}
    assert row["rule"] == f"{DATASET}@2026-11-22#closed_parcel"
    assert row["why"]


def test_the_whole_case_tells_of_its_evidence_in_short():
    shop = EvidenceShop()
    shop.uploaded(kind="photo_packing")
    case = shop.get(f"/v1/returns/{shop.case_id}").json_body
    assert_as_documented("GET", "/v1/returns/{case_id}", 200, case)
    assert (case["evidence"]["kept"], case["evidence"]["refused"]) == (1, 0)
    assert "parcel_before_hand_over" not in {one["id"] for one in case["evidence"]["wanted"]}


@pytest.mark.parametrize(
    ("method", "path", "token", "status"),
    [
        ("post", "", "reader", 403), ("post", "/e0001/confirm", "reader", 403), ("get", "", "clerk", 403),
        ("get", "/e0001", "clerk", 403), ("get", "", "late", 401),
    ],
)  # fmt: skip
def test_evidence_is_for_who_holds_the_scope(method, path, token, status):
    shop = EvidenceShop()
    how = {"headers": posted(token), "body": b"{}"} if method == "post" else {"headers": bearer(token)}
    assert getattr(shop.http, method)(shop.root + path, **how).status_code == status


def test_that_evidence_was_given_is_logged_without_its_link(caplog):
    shop = EvidenceShop()
    evidence_id = shop.uploaded()
    with caplog.at_level(logging.INFO, "goldthread.api"):
        shop.read(evidence_id)
    (given,) = [one for one in caplog.records if one.getMessage() == "evidence given"]
    assert given.__dict__["evidence"] == evidence_id
    assert "https://" not in repr(given.__dict__)


def test_the_views_are_those_of_the_stories():
    from typing import get_args

    from chalicelib.workflows.evidence_rows import View

    assert VIEW.choices == get_args(View)


def test_the_routes_answer_as_documented_without_a_world():
    http = World().client()
    for path in (ROOT, ROOT + "/{evidence_id}"):
        asked = path.replace("{case_id}", "c-01").replace("{evidence_id}", "e0001")
        answer = http.get(asked, headers=bearer())
        assert_as_documented("GET", path, answer.status_code, json.loads(answer.body))

"""Uploads straight to the bucket: a PUT and a form that take only what they were offered for, and what is served."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from chalicelib.errors import NotFoundError
from chalicelib.workflows.ports import Upload

PHOTO = b"\xff\xd8\xff the same bytes"
HERE = Upload("c1", "e0001")
ONWARD = "https://returns.example.com/v1/c/token/evidence-confirm?evidence_id=e0001"


def digest_of(content: bytes) -> str:
    return sha256(content).hexdigest()


@pytest.fixture
def bucket(store):
    """The evidence port where there is a bucket to upload to."""
    if store.stage is None:
        pytest.skip("uploads are AWS's own")
    return store.ports.evidence


def offered(bucket, place: Upload, content: bytes = PHOTO):
    return bucket.offer_put(place, media_type="image/jpeg", size=len(content), sha256=digest_of(content), seconds=900)


def form_for(bucket, place: Upload, sizes: tuple[int, int] = (10, 100)):
    return bucket.offer_form(
        place, media_type="application/octet-stream", sizes=sizes, redirect_to=ONWARD, seconds=3600
    )


def posted(form, content: bytes, **changed: str):
    fields = {**form["fields"], **changed}
    file = {"file": ("../../etc/passwd.jpg", content, "image/jpeg")}
    return requests.post(form["url"], data=fields, files=file, allow_redirects=False, timeout=10)


def test_what_was_announced_is_taken_by_the_put(bucket):
    put = offered(bucket, HERE)
    answer = requests.put(put["url"], data=PHOTO, headers=put["headers"], timeout=10)
    assert answer.status_code == 200
    assert (bucket.upload_size(HERE), bucket.uploaded(HERE, 100)) == (len(PHOTO), PHOTO)


def test_the_put_is_signed_for_one_type_one_size_and_one_digest(bucket):
    put = offered(bucket, HERE)
    asked = parse_qs(urlsplit(put["url"]).query)
    assert asked["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert asked["X-Amz-Expires"] == ["900"]
    signed = set(asked["X-Amz-SignedHeaders"][0].split(";"))
    assert {"content-type", "content-length", "x-amz-checksum-sha256", "host"} <= signed
    assert {name.lower() for name in put["headers"]} <= signed


def test_a_form_takes_a_file_under_its_own_key_and_sends_the_browser_on(bucket):
    place = replace(HERE, evidence_id="e0002")
    answer = posted(form_for(bucket, place), PHOTO)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(ONWARD)
    assert bucket.uploaded(place, 100) == PHOTO


def test_a_form_binds_key_type_size_and_where_it_leads(bucket):
    import base64
    import json

    form = form_for(bucket, HERE, (10, 25_000_000))
    conditions = json.loads(base64.b64decode(form["fields"]["policy"]))["conditions"]
    assert ["content-length-range", 10, 25_000_000] in conditions
    for name, value in (
        ("key", "uploads/c1/e0001"), ("Content-Type", "application/octet-stream"), ("success_action_redirect", ONWARD),
    ):  # fmt: skip
        assert {name: value} in conditions
        assert form["fields"][name] == value


def test_of_a_large_upload_no_more_is_read_than_asked_for(bucket):
    place = replace(HERE, evidence_id="e0003")
    posted(form_for(bucket, place), b"x" * 90)
    assert bucket.upload_size(place) == 90
    assert bucket.uploaded(place, 20) == b"x" * 21


def test_nothing_uploaded_is_nothing_there(store):
    place = replace(HERE, evidence_id="e0404")
    assert store.ports.evidence.upload_size(place) is None
    with pytest.raises(NotFoundError):
        store.ports.evidence.uploaded(place, 10)


def test_the_same_original_and_the_same_copy_are_kept_once_under_their_digest(store):
    evidence, digest = store.ports.evidence, digest_of(PHOTO)
    original = [evidence.keep_evidence(HERE, digest, PHOTO) for _ in range(2)]
    shown = [evidence.keep_shown(HERE, "copy", digest, PHOTO) for _ in range(2)]
    assert original == [f"evidence/c1/e0001-{digest}"] * 2
    assert shown == [f"shown/c1/e0001-copy-{digest}.jpg"] * 2
    if store.stage is not None:
        s3 = store.stage.make_client("s3")
        for key in (original[0], shown[0]):
            assert len(s3.list_object_versions(Bucket=store.stage.bucket, Prefix=key)["Versions"]) == 1


@pytest.mark.parametrize(
    ("key", "media_type"),
    [
        ("evidence/c1/e0001-ab", "image/jpeg"), ("evidence/c1/e0001-ab", "image/png"),
        ("uploads/c1/e0001", "video/mp4"), ("raw/ab", "application/pdf"),
        ("evidence/c1/e0001-ab", "text/html"), ("exports/x", "application/pdf"),
    ],
)  # fmt: skip
def test_the_original_of_a_photo_and_what_is_no_evidence_are_served_to_nobody(store, key, media_type):
    with pytest.raises(NotFoundError):
        store.ports.evidence.evidence_link(key, media_type=media_type, filename="x", seconds=60)


@pytest.mark.parametrize(
    ("key", "media_type", "shown_as", "disposition"),
    [
        ("shown/c1/e0001-copy-ab.jpg", "image/jpeg", "image/jpeg", 'inline; filename="a_b.jpg"'),
        ("shown/c1/e0001-copy-ab.jpg", "text/html", "image/jpeg", 'inline; filename="a_b.jpg"'),
        ("evidence/c1/e0001-ab", "application/pdf", "application/pdf", 'attachment; filename="a_b.jpg"'),
        ("evidence/c1/e0001-ab", "video/mp4", "video/mp4", 'attachment; filename="a_b.jpg"'),
    ],
)
def test_a_copy_opens_in_the_browser_and_everything_else_is_a_file(bucket, key, media_type, shown_as, disposition):
    link = bucket.evidence_link(key, media_type=media_type, filename='a"b.jpg', seconds=300)
    asked = parse_qs(urlsplit(link).query)
    assert (asked["response-content-type"], asked["response-content-disposition"]) == ([shown_as], [disposition])
    assert (asked["X-Amz-Expires"], asked["response-cache-control"]) == (["300"], ["private, no-store"])


@pytest.mark.embedded
class TestTheEmbeddedAws:
    """What moto lets pass."""

    @pytest.fixture
    def evidence(self, embedded_stage):
        from tests.adapters.conftest import aws_store

        (store,) = aws_store(embedded_stage)
        return store.ports.evidence

    def test_a_form_takes_no_file_outside_its_sizes(self, evidence):
        place = replace(HERE, evidence_id="e0100")
        assert posted(form_for(evidence, place, (10, 20)), b"x" * 50).status_code == 400
        assert evidence.upload_size(place) is None

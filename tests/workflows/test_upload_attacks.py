"""F82: what a hostile caller may upload is refused or made harmless, and served to nobody as it came."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from chalicelib.errors import ConflictError, InvalidRequestError, NotFoundError
from chalicelib.returns.evidence import CUSTOMER, EvidenceWish
from chalicelib.workflows.read_evidence import evidence_link
from chalicelib.workflows.sweep_due_work import sweep
from tests.returns import uploads
from tests.returns.uploads import a_paper, a_photo, a_photo_from_a_phone, a_video, has_place
from tests.workflows.desk import MONDAY
from tests.workflows.evidence_house import CASE, PHOTO, EvidenceDesk

REFUSED = {
    "a page": (b"<html><script>alert(1)</script>", "photo_item", "markup"),
    "a drawing with a script": (b"<svg onload='alert(1)'/>" + b" " * 300, "photo_item", "markup"),
    "a picture that is a script": (uploads.jpeg_that_is_script(), "photo_item", "hidden_content"),
    "a picture with a page behind it": (PHOTO + b"<html>", "photo_item", "hidden_content"),
    "a paper for a photo": (a_paper(), "photo_item", "type_not_taken"),
    "a film for a photo": (a_video(), "photo_item", "type_not_taken"),
    "a photo for a film": (PHOTO, "video_packing", "type_not_taken"),
    "a program for a paper": (b"\x7fELF" + b"\0" * 900, "invoice", "type_not_taken"),
    "a paper with a script": (a_paper(b"<< /JS (app.alert(1)) >>"), "invoice", "active_content"),
    "a photo as an iphone stores it": (uploads.box(b"ftyp", b"heic\0\0\0\0mif1"), "photo_item", "heic"),
    "a bomb": (uploads.a_bomb(), "photo_item", "too_many_pixels"),
    "half a photo": (PHOTO[:-50], "photo_item", "truncated"),
    "noise that begins as a photo": (PHOTO[:-600] + b"\0" * 500 + PHOTO[-100:], "photo_item", None),
    "next to nothing": (b"\xff\xd8\xff", "photo_item", "truncated"),
    "an empty file": (b"", "photo_item", "type_not_taken"),
    "a film without end": (a_video()[:-1], "video_packing", "truncated"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_attack_by_a_form_is_refused_with_its_reason_and_nothing_of_it_is_kept(name):
    content, kind, problem = REFUSED[name]
    desk = EvidenceDesk()
    piece = desk.given(content, kind)
    if problem is None:  # a decoder mends it: then it is only pixels
        assert piece.state in ("kept", "refused")
        return
    assert (piece.state, piece.problem, piece.key) == ("refused", problem, None)
    assert desk.objects == {}
    (told,) = desk.told("evidence_refused")
    assert told["problem"] == problem
    with pytest.raises(ConflictError):
        evidence_link(desk.ports, CASE, piece.evidence_id, None, by="desk", now=MONDAY)


def test_fifty_megabytes_are_refused_before_they_are_read():
    desk = EvidenceDesk()
    desk.form()
    desk.put(b"\0" * 50_000_000)
    calls = desk.world.gate.calls
    calls.clear()
    desk.confirmed(by=CUSTOMER)
    assert desk.piece().problem == "too_large"
    assert "evidence.uploaded" not in calls


def test_fifty_megabytes_cannot_even_be_announced():
    with pytest.raises(InvalidRequestError):
        EvidenceDesk().announce(size=50_000_000)


@pytest.mark.parametrize(
    ("uploaded", "problem"),
    [(a_photo("PNG"), "other_size"), (bytes(len(PHOTO)), "other_digest"), (PHOTO + b"\0", "other_size")],
)
def test_another_file_than_was_announced_is_refused(uploaded, problem):
    desk = EvidenceDesk()
    desk.announce(PHOTO)
    desk.put(uploaded)
    desk.confirmed()
    assert (desk.piece().state, desk.piece().problem) == ("refused", problem)


def test_a_file_that_is_announced_as_another_type_is_refused():
    desk = EvidenceDesk()
    png = a_photo("PNG")
    desk.announce(png, media_type="image/jpeg")
    desk.put(png)
    desk.confirmed()
    assert desk.piece().problem == "other_type"


def test_a_photo_s_place_stays_in_an_original_that_nobody_is_served():
    desk = EvidenceDesk()
    photo = a_photo_from_a_phone()
    piece = desk.given(photo)
    shown = [content for key, content in desk.objects.items() if key.startswith("shown/")]
    assert len(shown) == 2
    assert [has_place(content) for content in shown] == [False, False]
    assert desk.objects[piece.key] == photo
    with pytest.raises(NotFoundError):
        evidence_link(desk.ports, CASE, "e0001", "file", by="desk", now=MONDAY)
    with pytest.raises(NotFoundError):
        desk.ports.evidence.evidence_link(piece.key, media_type="image/jpeg", filename="x.jpg", seconds=60)


def test_a_name_of_a_file_is_asked_for_nowhere_so_no_path_can_be_in_one():
    assert {"name", "filename", "path", "key"}.isdisjoint(EvidenceWish.__slots__)
    desk = EvidenceDesk()
    assert desk.given().key.startswith(f"evidence/{CASE}/e0001-")


def test_what_is_uploaded_again_after_it_was_kept_changes_nothing():
    desk = EvidenceDesk()
    piece = desk.given()
    desk.put(a_photo(size=(50, 50)))
    desk.confirmed(by=CUSTOMER)
    sweep(desk.ports, MONDAY + timedelta(days=1))
    desk.work(MONDAY + timedelta(days=1))
    assert desk.piece() == piece
    assert len(desk.objects) == 3


def test_a_place_used_again_after_it_ran_out_gives_nothing_more_than_one_piece():
    desk = EvidenceDesk()
    desk.announce()
    sweep(desk.ports, MONDAY + timedelta(hours=1))
    desk.work(MONDAY + timedelta(hours=1))
    desk.put(a_photo(size=(50, 50)))
    desk.confirmed(now=MONDAY + timedelta(hours=1))
    assert desk.piece().problem in ("other_size", "other_digest")


@pytest.mark.parametrize("view", [None, "copy", "thumbnail"])
def test_a_customer_sees_what_the_customer_gave_and_nothing_of_the_desk_s(view):
    desk = EvidenceDesk()
    desk.given()
    desk.announce(a_photo(quality=60))
    desk.put(a_photo(quality=60), "e0002")
    desk.confirmed("e0002")
    assert evidence_link(desk.ports, CASE, "e0001", view, by=CUSTOMER, now=MONDAY).media_type == "image/jpeg"
    with pytest.raises(NotFoundError):
        evidence_link(desk.ports, CASE, "e0002", view, by=CUSTOMER, now=MONDAY)


@pytest.mark.parametrize(("content", "kind"), [(a_video(), "video_packing"), (a_paper(), "invoice")])
def test_a_film_and_a_paper_are_given_to_the_desk_alone(content, kind):
    desk = EvidenceDesk()
    desk.given(content, kind)
    assert evidence_link(desk.ports, CASE, "e0001", None, by="desk", now=MONDAY).view == "file"
    with pytest.raises(NotFoundError):
        evidence_link(desk.ports, CASE, "e0001", None, by=CUSTOMER, now=MONDAY)


def test_a_shown_copy_opens_as_a_picture_of_the_same_ring():
    desk = EvidenceDesk()
    piece = desk.given(a_photo_from_a_phone(1))
    copy = Image.open(BytesIO(desk.objects[piece.copy_key]))
    assert copy.size == (320, 200)
    assert copy.getpixel((260, 40))[0] > 180

"""Evidence from the offer to what is kept: who and when, once each, whatever comes twice, late or never."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from chalicelib.errors import ConflictError, InvalidRequestError, NotFoundError
from chalicelib.returns.evidence import CUSTOMER, UNTOLD, EvidenceWish
from chalicelib.workflows.amend import Amendment, amend, amend_file
from chalicelib.workflows.case_log import broken_at
from chalicelib.workflows.freeze_evidence import frozen
from chalicelib.workflows.look_at_evidence import take_evidence_work
from chalicelib.workflows.sweep_due_work import sweep
from chalicelib.workflows.take_evidence import TooMuchEvidence, confirm, offer
from tests.returns.uploads import a_paper, a_photo, a_video
from tests.workflows.desk import MONDAY
from tests.workflows.evidence_house import CASE, FAULTY, MINUTE, PAGE, PHOTO, EvidenceDesk

DIGEST = sha256(PHOTO).hexdigest()


def test_a_photo_is_announced_uploaded_confirmed_and_kept():
    desk = EvidenceDesk()
    told = desk.announce()
    desk.put(PHOTO)
    desk.confirmed()
    piece = desk.piece()
    assert told["upload"]["method"] == "PUT"
    assert (piece.state, piece.found_sha256, piece.found_type, piece.found_size) == (
        "kept", DIGEST, "image/jpeg", len(PHOTO),
    )  # fmt: skip
    assert desk.objects[f"evidence/{CASE}/e0001-{DIGEST}"] == PHOTO
    assert {key.split("-")[1] for key in desk.objects if key.startswith("shown/")} == {"copy", "thumbnail"}


def test_the_log_says_who_gave_what_and_when_with_every_digest():
    desk = EvidenceDesk()
    desk.announce(by="agent")
    desk.put(PHOTO)
    desk.confirmed(by="colleague", now=MONDAY + MINUTE)
    entries = [(one.what, one.by, one.at) for one in desk.file.log if one.what.startswith("evidence")]
    assert entries == [
        ("evidence_offered", "agent", MONDAY),
        ("evidence_confirmed", "colleague", MONDAY + MINUTE),
        ("evidence_kept", "goldthread", MONDAY + MINUTE),
    ]
    (kept,) = desk.told("evidence_kept")
    piece = desk.piece()
    assert kept["sha256"] == DIGEST
    assert (kept["copy_sha256"], kept["thumbnail_sha256"]) == (piece.copy_sha256, piece.thumb_sha256)
    assert broken_at(desk.file.log) is None


def test_what_is_shown_lies_under_its_own_digest():
    desk = EvidenceDesk()
    piece = desk.given()
    for key, digest in ((piece.copy_key, piece.copy_sha256), (piece.thumb_key, piece.thumb_sha256)):
        assert sha256(desk.objects[key]).hexdigest() == digest
        assert digest in key


@pytest.mark.parametrize(
    ("content", "kind"), [(a_video(), "video_packing"), (a_paper(), "invoice"), (a_video(b"qt  "), "video_packing")]
)
def test_a_film_and_a_paper_keep_their_bytes_and_get_no_copy(content, kind):
    desk = EvidenceDesk()
    piece = desk.given(content, kind)
    assert (piece.state, piece.copy_key) == ("kept", None)
    assert list(desk.objects.values()) == [content]


def test_a_certificate_may_be_photographed():
    assert EvidenceDesk().given(a_photo("PNG"), "certificate").copy_key is not None


def test_a_form_takes_one_file_and_sends_the_browser_on_to_its_confirmation():
    told = EvidenceDesk().form()
    fields = told["upload"]["fields"]
    assert fields["success_action_redirect"] == PAGE.replace("{evidence_id}", "e0001")
    assert fields["Content-Type"] == UNTOLD
    assert told["upload"]["accept"] == ["image/jpeg", "image/png", "image/webp"]
    assert told["upload"]["expires_at"] == "2026-11-23T10:00:00Z"


def test_the_same_file_announced_twice_is_one_piece():
    desk = EvidenceDesk()
    first, again = desk.announce(), desk.announce()
    assert first["evidence"] == again["evidence"]
    assert (first["is_new"], again["is_new"]) == (True, False)
    desk.put(PHOTO)
    desk.confirmed()
    assert desk.announce()["upload"] is None
    assert len(desk.pieces) == 1


def test_the_same_file_is_announced_anew_when_its_offer_runs_out():
    desk = EvidenceDesk()
    desk.announce()
    assert desk.announce(now=MONDAY + 14 * MINUTE)["evidence"]["evidence_id"] == "e0002"


def test_two_forms_are_two_pieces_for_a_form_announces_nothing():
    desk = EvidenceDesk()
    assert [desk.form()["evidence"]["evidence_id"] for _ in range(2)] == ["e0001", "e0002"]


def test_a_message_that_comes_twice_keeps_one_piece_and_writes_one_entry():
    desk = EvidenceDesk()
    desk.announce()
    desk.put(PHOTO)
    desk.confirmed()
    before = desk.file.case.version
    take_evidence_work(desk.ports, {"kind": "evidence", "case_id": CASE, "part_id": "e0001"}, MONDAY)
    assert desk.file.case.version == before
    assert len(desk.told("evidence_kept")) == 1


def test_confirming_twice_is_quiet_and_has_a_lost_message_sent_again():
    desk = EvidenceDesk()
    desk.announce()
    desk.put(PHOTO)
    confirm(desk.ports, CASE, "e0001", by="desk", now=MONDAY)
    desk.world.queues.waiting.clear()
    confirm(desk.ports, CASE, "e0001", by="desk", now=MONDAY)
    assert len(desk.waiting("evidence")) == 1
    assert len(desk.told("evidence_confirmed")) == 1


def test_confirmed_before_the_upload_it_is_offered_on_and_taken_later():
    desk = EvidenceDesk()
    desk.announce()
    desk.confirmed()
    assert (desk.piece().state, desk.piece().problem) == ("offered", "not_uploaded")
    desk.put(PHOTO)
    desk.confirmed(now=MONDAY + MINUTE)
    assert (desk.piece().state, desk.piece().problem) == ("kept", None)


def test_what_was_uploaded_and_never_confirmed_is_taken_in_when_the_offer_ends():
    desk = EvidenceDesk()
    desk.form()
    desk.put(PHOTO)
    sweep(desk.ports, MONDAY + timedelta(hours=2))
    desk.work(MONDAY + timedelta(hours=2))
    piece = desk.piece()
    assert (piece.state, piece.offered_by, piece.confirmed_by) == ("kept", CUSTOMER, "goldthread")


def test_what_was_never_uploaded_lapses_and_is_at_rest():
    desk = EvidenceDesk()
    desk.announce()
    sweep(desk.ports, MONDAY + timedelta(hours=1))
    desk.work(MONDAY + timedelta(hours=1))
    assert (desk.piece().state, desk.piece().due_at) == ("lapsed", None)
    sweep(desk.ports, MONDAY + timedelta(days=3))
    assert desk.waiting("evidence") == []


def test_a_lapsed_offer_that_is_confirmed_all_the_same_is_looked_at():
    desk = EvidenceDesk()
    desk.announce()
    sweep(desk.ports, MONDAY + timedelta(hours=1))
    desk.work(MONDAY + timedelta(hours=1))
    desk.put(PHOTO)
    desk.confirmed(now=MONDAY + timedelta(hours=2))
    assert desk.piece().state == "kept"


def test_a_lost_confirmation_message_is_made_good_by_the_sweep():
    desk = EvidenceDesk()
    desk.announce()
    desk.put(PHOTO)
    confirm(desk.ports, CASE, "e0001", by="desk", now=MONDAY)
    desk.world.queues.waiting.clear()
    sweep(desk.ports, MONDAY + 11 * MINUTE)
    desk.work(MONDAY + 11 * MINUTE)
    assert (desk.piece().state, desk.piece().due_at) == ("kept", None)


@pytest.mark.parametrize(
    ("wish", "field", "code"),
    [
        ({"media_type": "image/heic"}, "media_type", "type_not_taken"),
        ({"media_type": "video/mp4"}, "media_type", "type_not_taken"),
        ({"media_type": "image/svg+xml"}, "media_type", "type_not_taken"),
        ({"size": 50_000_000}, "size", "size_not_taken"),
        ({"size": 3}, "size", "size_not_taken"),
        ({"size": None}, "size", "size_not_taken"),
        ({"sha256": "AB" * 32}, "sha256", "malformed"),
        ({"sha256": None}, "sha256", "malformed"),
        ({"line": 2}, "line", "unknown"),
        ({"leg": 9}, "leg", "unknown"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_field_and_leaves_nothing(wish, field, code):
    desk = EvidenceDesk()
    with pytest.raises(InvalidRequestError) as refused:
        desk.announce(**wish)
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [(field, code)]
    assert desk.pieces == ()


def test_every_fault_is_told_at_once():
    with pytest.raises(InvalidRequestError) as refused:
        EvidenceDesk().announce(media_type="text/html", sha256="x", line=7)
    assert {fault.field for fault in refused.value.faults} == {"media_type", "sha256", "line"}


def test_a_kind_that_is_none_is_refused():
    with pytest.raises(InvalidRequestError):
        EvidenceDesk().announce(kind="photo_of_the_cat")


@pytest.mark.parametrize("kind", ["spectrum", "scale_certificate", "video_opening"])
def test_what_only_the_desk_can_measure_is_not_taken_from_the_customer(kind):
    with pytest.raises(InvalidRequestError):
        EvidenceDesk().form(kind)


def test_a_customer_gives_nothing_more_once_the_return_is_over():
    desk = EvidenceDesk()
    amend(desk.ports, CASE, MONDAY, lambda case: Amendment(replace(case, stage="closed"), "stage_closed"))
    with pytest.raises(ConflictError):
        desk.form()
    assert desk.announce()["is_new"]


def test_a_return_has_no_more_evidence_of_a_kind_than_it_may():
    desk = EvidenceDesk()
    for n in range(8):
        desk.given(a_photo(quality=50 + n), "photo_seal")
    with pytest.raises(TooMuchEvidence):
        desk.form("photo_seal")


def test_nobody_is_given_places_without_end():
    desk = EvidenceDesk()
    for _ in range(20):
        desk.form("photo_packing")
    with pytest.raises(TooMuchEvidence):
        desk.form("photo_item")


@pytest.mark.parametrize(("case_id", "evidence_id", "by"), [(CASE, "e0009", "desk"), ("other", "e0001", "desk")])
def test_what_is_not_there_is_not_confirmed(case_id, evidence_id, by):
    desk = EvidenceDesk()
    desk.announce()
    with pytest.raises(NotFoundError):
        confirm(desk.ports, case_id, evidence_id, by=by, now=MONDAY)


def test_a_customer_does_not_confirm_what_the_desk_was_offered():
    desk = EvidenceDesk()
    desk.announce(by="desk")
    with pytest.raises(NotFoundError):
        confirm(desk.ports, CASE, "e0001", by=CUSTOMER, now=MONDAY)


def freeze(desk: EvidenceDesk) -> None:
    """As an inspection that holds does it, in its own change."""
    amend_file(desk.ports, CASE, MONDAY, lambda file: Amendment(file.case, "inspected", {}, parts=frozen(file)))


def test_frozen_evidence_stays_frozen_through_everything_that_follows():
    desk = EvidenceDesk()
    desk.given()
    desk.form()
    freeze(desk)
    desk.put(PHOTO, "e0002")
    desk.confirmed("e0002", by=CUSTOMER)
    assert [(one.state, one.frozen) for one in desk.pieces] == [("kept", True), ("kept", True)]
    assert not frozen(desk.file)


def test_a_return_that_waited_for_photos_goes_to_a_person_with_the_last_of_them():
    desk = EvidenceDesk(FAULTY)
    assert desk.file.case.stage == "evidence_needed"
    desk.given(kind="photo_item")
    assert desk.file.case.stage == "evidence_needed"
    desk.given(b"<svg/>", "photo_defect")
    assert desk.file.case.stage == "evidence_needed"
    desk.given(kind="photo_defect")
    assert desk.file.case.stage == "review"


def test_a_wish_without_a_place_is_for_the_whole_return():
    assert EvidenceWish("photo_item").line is None
    assert offer(EvidenceDesk().ports, CASE, EvidenceWish("photo_item"), by=CUSTOMER, way="post", now=MONDAY)

"""What an upload really is, by its bytes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.returns.file_types import JPEG, MP4, PDF, PNG, QUICKTIME, WEBP, looked_at
from tests.returns import uploads
from tests.returns.uploads import a_paper, a_photo, a_photo_from_a_phone, a_video, box, jpeg_with, packed, png_chunk

GOOD = {
    "jpeg": (a_photo(), JPEG),
    "progressive jpeg": (a_photo(progressive=True), JPEG),
    "jpeg of a telephone": (a_photo_from_a_phone(), JPEG),
    "jpeg with a film behind it": (a_photo() + a_video(), JPEG),
    "jpeg with a harmless comment": (jpeg_with(b"made with care */"), JPEG),
    "png": (a_photo("PNG"), PNG),
    "webp": (a_photo("WEBP"), WEBP),
    "lossless webp": (a_photo("WEBP", lossless=True), WEBP),
    "webp with notes": (a_photo("WEBP", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"), WEBP),
    "mp4": (a_video(), MP4),
    "film of an iphone": (a_video(b"qt  "), QUICKTIME),
    "mp4 in pieces": (a_video()[: 12 + 4] + box(b"moov") + box(b"moof") + box(b"mdat"), MP4),
    "pdf": (a_paper(), PDF),
    "pdf with packed objects": (a_paper(packed(b"<< /Type /Page >>")), PDF),
}
BAD = {
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "markup"),
    "svg with a declaration": (b"\xef\xbb\xbf<?xml version='1.0'?><svg/>", "markup"),
    "page": (b"\n  <!DOCTYPE html><script>alert(1)</script>", "markup"),
    "gif": (b"GIF89a" + b"\0" * 300, "type_not_taken"),
    "program": (b"\x7fELF" + b"\0" * 300, "type_not_taken"),
    "archive": (b"PK\x03\x04" + b"\0" * 300, "type_not_taken"),
    "text": (b"just words", "type_not_taken"),
    "nothing": (b"", "type_not_taken"),
    "photo of an iphone in its own format": (box(b"ftyp", b"heic\0\0\0\0mif1"), "heic"),
    "film of an unknown brand": (box(b"ftyp", b"zzzz\0\0\0\0"), "type_not_taken"),
    "jpeg that is a script": (uploads.jpeg_that_is_script(), "hidden_content"),
    "jpeg with a script in its comment": (jpeg_with(b"<script>alert(1)</script>"), "hidden_content"),
    "jpeg with php in its notes": (jpeg_with(b"Exif\0\0<?php system('id');", 0xE1), "hidden_content"),
    "jpeg with a page behind it": (a_photo() + b"<html><body>", "hidden_content"),
    "jpeg with a paper behind it": (a_photo() + a_paper(), "hidden_content"),
    "jpeg that is an archive": (a_photo() + b"PK\x05\x06" + b"\0" * 18, "hidden_content"),
    "png with a script in its text": (
        a_photo("PNG")[:33] + png_chunk(b"tEXt", b"a\0<script>") + a_photo("PNG")[33:], "hidden_content",
    ),
    "png with a page behind it": (a_photo("PNG") + b"<iframe src=x>", "hidden_content"),
    "webp with a page behind it": (a_photo("WEBP") + b"<!doctype html>", "hidden_content"),
    "film with a page in a free box": (a_video(more=box(b"free", b"<script>1</script>")), "hidden_content"),
    "film without an index": (box(b"ftyp", b"isom\0\0\0\0") + box(b"mdat", b"x" * 90), "truncated"),
    "half a jpeg": (a_photo()[:-200], "truncated"),
    "jpeg with nothing in it": (b"\xff\xd8\xff\xd9", "truncated"),
    "half a png": (a_photo("PNG")[:-40], "truncated"),
    "png with a wrong checksum": (a_photo("PNG")[:-3] + b"\0\0\0", "truncated"),
    "half a webp": (a_photo("WEBP")[:-40], "truncated"),
    "half a film": (a_video()[:-40], "truncated"),
    "film with a box that has no end": (a_video() + b"\xff\xff\xff\xffmdat", "truncated"),
    "half a pdf": (a_paper()[:-10], "truncated"),
    "pdf with a script": (a_paper(b"<< /S /JavaScript /JS (app.alert(1)) >>"), "active_content"),
    "pdf that spells it otherwise": (a_paper(b"<< /S /J#61v#61Script >>"), "active_content"),
    "pdf that starts a program": (a_paper(b"<< /S /Launch /F (cmd.exe) >>"), "active_content"),
    "pdf with a file in it": (a_paper(b"<< /Type /EmbeddedFile >>"), "active_content"),
    "pdf with a form that acts": (a_paper(b"<< /XFA 3 0 R >>"), "active_content"),
    "pdf that packed its script away": (a_paper(packed(b"<< /S /JavaScript >>")), "active_content"),
    "pdf with a page behind it": (a_paper() + b"<script>alert(1)</script>", "hidden_content"),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_what_people_send_is_recognised_by_its_bytes(name):
    content, media_type = GOOD[name]
    looked = looked_at(content)
    assert (looked.media_type, looked.problem) == (media_type, None)


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_what_it_seems_is_refused_with_its_reason(name):
    content, problem = BAD[name]
    assert looked_at(content).problem == problem


@pytest.mark.parametrize(("kind", "size"), [("JPEG", (321, 201)), ("PNG", (321, 201)), ("WEBP", (321, 201))])
def test_pixels_are_read_from_the_head_before_anything_is_decoded(kind, size):
    assert looked_at(a_photo(kind, size=size)).pixels == 321 * 201


def test_a_bomb_says_itself_how_large_it_is():
    bomb = uploads.a_bomb()
    assert len(bomb) < 10_000
    assert looked_at(bomb).pixels == 3_600_000_000


def test_a_script_s_name_in_compressed_bytes_makes_no_pdf_active():
    assert looked_at(a_paper(b"<< >>\nstream\n\x00/JS \x01/JavaScript\nendstream")).problem is None


@settings(max_examples=60)
@given(st.sampled_from([content for content, _ in GOOD.values()]), st.integers(0, 10_000), st.binary(max_size=8))
def test_no_file_however_broken_makes_the_look_fail(content, at, noise):
    broken = content[: at % len(content)] + noise + content[at % len(content) + len(noise) :]
    looked_at(broken)
    looked_at(broken[: at % len(content)])

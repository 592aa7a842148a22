"""The copy of a photo: the same picture, upright, with nothing but pixels in it."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from chalicelib.returns.evidence_rules import Shown, evidence_rules
from chalicelib.returns.file_types import looked_at
from chalicelib.returns.photo_copies import Copies, PhotoUnreadable
from chalicelib.returns.photo_copies import copies_of as drawn_from
from tests.returns.uploads import a_bomb, a_photo, a_photo_from_a_phone, a_picture, a_video, has_place

SHOWN = evidence_rules(date(2026, 11, 22)).shown
GOLD, BLUE = (212, 175, 55), (30, 60, 140)


def copies_of(content: bytes, media_type: str, shown: Shown, most_pixels: int = 64_000_000) -> Copies:
    return drawn_from(content, media_type, shown, most_pixels)


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def like(pixel: tuple[int, ...], colour: tuple[int, ...]) -> bool:
    return all(abs(one - other) <= 12 for one, other in zip(pixel, colour, strict=True))


def test_a_photo_that_says_where_it_was_taken_has_a_copy_that_does_not():
    photo = a_photo_from_a_phone()
    drawn = copies_of(photo, "image/jpeg", SHOWN)
    assert has_place(photo)
    assert not has_place(drawn.copy)
    assert not has_place(drawn.thumbnail)
    for content in (drawn.copy, drawn.thumbnail):
        assert dict(opened(content).getexif()) == {}
        assert set(opened(content).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_what_lies_behind_a_photo_does_not_come_along():
    drawn = copies_of(a_photo() + a_video(), "image/jpeg", SHOWN)
    assert b"ftyp" not in drawn.copy
    assert looked_at(drawn.copy).problem is None


@pytest.mark.parametrize(
    ("orientation", "size", "gold_at"),
    [
        (1, (320, 200), (260, 40)), (2, (320, 200), (60, 40)), (3, (320, 200), (60, 160)), (4, (320, 200), (260, 160)),
        (5, (200, 320), (40, 260)), (6, (200, 320), (160, 260)), (7, (200, 320), (160, 60)), (8, (200, 320), (40, 60)),
    ],
)  # fmt: skip
def test_a_photo_is_turned_as_the_camera_was_held(orientation, size, gold_at):
    copy = opened(copies_of(a_photo_from_a_phone(orientation), "image/jpeg", SHOWN).copy)
    assert copy.size == size
    assert like(copy.getpixel(gold_at), GOLD)
    assert like(copy.getpixel((size[0] - gold_at[0], size[1] - gold_at[1])), BLUE)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_large_photo_is_shown_smaller_and_a_small_one_is_not_blown_up(kind):
    media_type = f"image/{kind.lower()}"
    large = copies_of(a_photo(kind, size=(3000, 1500)), media_type, SHOWN)
    assert opened(large.copy).size == (2048, 1024)
    assert opened(large.thumbnail).size == (320, 160)
    small = copies_of(a_photo(kind, size=(100, 50)), media_type, SHOWN)
    assert opened(small.copy).size == opened(small.thumbnail).size == (100, 50)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "RGBA", "CMYK", "I;16"])
def test_a_photo_in_any_colours_is_shown_in_plain_ones(mode):
    drawn = BytesIO()
    picture = Image.new("I;16", (40, 30), 30_000) if mode == "I;16" else a_picture(40, 30).convert(mode)
    kind = "JPEG" if mode == "CMYK" else "PNG"
    picture.save(drawn, kind)
    copy = opened(copies_of(drawn.getvalue(), f"image/{kind.lower()}", SHOWN).copy)
    assert (copy.mode, copy.size) == ("RGB", (40, 30))


def test_what_is_clear_is_shown_on_white():
    drawn = BytesIO()
    Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(drawn, "PNG")
    copy = opened(copies_of(drawn.getvalue(), "image/png", SHOWN).copy)
    assert like(copy.getpixel((20, 15)), (255, 255, 255))


def test_the_same_photo_gives_the_same_bytes():
    first, again = (copies_of(a_photo_from_a_phone(), "image/jpeg", SHOWN) for _ in range(2))
    assert first == again


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (a_photo()[:300], "image/jpeg"), (a_photo("PNG")[:60], "image/png"), (a_photo("WEBP")[:40], "image/webp"),
        (b"", "image/png"), (a_bomb(), "image/png"), (a_photo("PNG"), "image/jpeg"),
    ],
)  # fmt: skip
def test_what_cannot_be_decoded_is_said_to_be_so(content, media_type):
    with pytest.raises(PhotoUnreadable):
        copies_of(content, media_type, SHOWN)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_more_pixels_than_are_decoded_are_not_decoded(kind):
    with pytest.raises(PhotoUnreadable):
        copies_of(a_photo(kind), f"image/{kind.lower()}", SHOWN, most_pixels=320 * 200 - 1)

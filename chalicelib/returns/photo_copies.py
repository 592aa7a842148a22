"""The copy and the thumbnail that are shown instead of a photo: drawn anew from its pixels, so that nothing else of the
file comes along - no place, no camera, no comment, no second file behind the picture.

The one module that loads the library that decodes pictures; the evidence worker alone imports it. Only the three
readers that are needed are ever called, each on a file that was read to its end before (``file_types``).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from chalicelib.returns.evidence_rules import Shown
from chalicelib.returns.file_types import JPEG, PNG, WEBP

_READERS: Mapping[str, Callable[[BytesIO], Any]] = {JPEG: JpegImageFile, PNG: PngImageFile, WEBP: WebPImageFile}
_ORIENTATION = 0x0112
_TURNS: Mapping[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_WHITE = (255, 255, 255)
# What a decoder of pictures says of a file that is not what it began as.
_UNREADABLE = (OSError, SyntaxError, ValueError, TypeError, KeyError, EOFError, IndexError, AttributeError)


class PhotoUnreadable(Exception):
    """The picture cannot be decoded."""


@dataclass(frozen=True, slots=True)
class Copies:
    """What is shown of a photo; both are JPEG."""

    copy: bytes
    thumbnail: bytes


def copies_of(content: bytes, media_type: str, shown: Shown, most_pixels: int) -> Copies:
    """The copy and the thumbnail of a photo, upright, on white, with nothing but pixels in them. The same photo gives
    the same bytes. Raises ``PhotoUnreadable``, also for one that unpacks to more than ``most_pixels``."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged notes on the camera, which are dropped anyway
            picture = _upright(content, media_type, shown.copy_px, most_pixels)
            copy = _fitted(picture, shown.copy_px)
            return Copies(
                _jpeg(copy, shown.copy_quality), _jpeg(_fitted(copy, shown.thumbnail_px), shown.thumbnail_quality)
            )
    except (*_UNREADABLE, Image.DecompressionBombError) as broken:
        raise PhotoUnreadable(type(broken).__name__) from None


def _upright(content: bytes, media_type: str, longest: int, most_pixels: int) -> Image.Image:
    """The first picture of the file, turned as the camera was held, in plain colours."""
    opened = _READERS[media_type](BytesIO(content))
    if opened.width * opened.height > most_pixels:
        raise ValueError("more pixels than are decoded")
    turn = _TURNS.get(_orientation(opened))
    opened.draft("RGB", (longest, longest))  # JPEG: decoded no larger than needed
    plain = _on_white(_reduced(_in_colours(opened), 2 * longest))
    return plain.transpose(turn) if turn is not None else plain


def _orientation(opened: Image.Image) -> int:
    """How the camera was held; upright where its notes cannot be read."""
    try:
        return int(opened.getexif().get(_ORIENTATION, 1))
    except _UNREADABLE:
        return 1


def _in_colours(opened: Image.Image) -> Image.Image:
    """The picture in three colours, or in four where parts of it may be clear; copied only where it must be."""
    if opened.mode.startswith("I"):
        opened = opened.convert("I").point(lambda grey: grey / 256).convert("L")
    may_be_clear = opened.mode in ("RGBA", "LA", "PA") or "transparency" in opened.info
    wanted = "RGBA" if may_be_clear else "RGB"
    return opened if opened.mode == wanted else opened.convert(wanted)


def _reduced(picture: Image.Image, longest: int) -> Image.Image:
    """A picture much larger than this made smaller at once: what follows then needs little room."""
    factor = max(picture.size) // longest
    return picture.reduce(factor) if factor > 1 else picture


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode == "RGB":
        return picture
    return Image.composite(picture.convert("RGB"), Image.new("RGB", picture.size, _WHITE), picture.getchannel("A"))


def _fitted(picture: Image.Image, longest: int) -> Image.Image:
    """No side longer than this, and never made larger."""
    share = longest / max(picture.size)
    if share >= 1:
        return picture
    width, height = picture.size
    return picture.resize((max(1, round(width * share)), max(1, round(height * share))), Image.Resampling.LANCZOS)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    drawn = BytesIO()
    Image.frombytes("RGB", picture.size, picture.tobytes()).save(drawn, "JPEG", quality=quality, optimize=True)
    return drawn.getvalue()

"""What an uploaded file really is, by its bytes alone: neither its name nor what it was announced as is believed.

A file is read from its first byte to its last as its format prescribes: what does not add up is ``truncated``, what
carries a page, a program or another file beside the picture is ``hidden_content``, a paper that can act is
``active_content``. Nothing is decoded here, so nothing can unpack to more than it weighs; how many pixels a picture
claims to have is read from its head.

>>> looked_at(b"  <svg xmlns='http://www.w3.org/2000/svg'>").problem
'markup'
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"
MP4, QUICKTIME, HEIC = "video/mp4", "video/quicktime", "image/heic"

_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_MP4_BRAND = re.compile(rb"iso[m2-9]|mp4[1-9]|avc1|M4V.|MSNV|3g[2p].|dash|f4v ")
_MARKUP = re.compile(rb"(\xef\xbb\xbf)?\s*<[!?a-zA-Z]")
# What has no business in the margins of a picture or a video. Each is long enough not to come up by chance.
_FOREIGN = re.compile(rb"<script|<svg[\s>]|<html|<iframe|<!doctype|<\?php|javascript:|%PDF-1|#!/bin/", re.IGNORECASE)
_END_OF_ZIP, _REACH_OF_ZIP = b"PK\x05\x06", 65_557
_ENTROPY_ENDS = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_PICTURE_CHUNKS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"fdAT"})
_ACTIVE = re.compile(
    rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToR|GoToE)(?![A-Za-z0-9])"
)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"(?<!end)stream\r?\n(.*?)endstream", re.DOTALL)
# How an object stream begins once it is unpacked: pairs of numbers.
_OBJECTS = re.compile(rb"\s*\d+ \d+\s")
_UNPACKED_OF_ONE, _UNPACKED_OF_ALL = 1_000_000, 32_000_000
_LOOKED_AT_IN_A_BOX = 1_000_000


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file is (None: nothing that is known here) and what is wrong with it; of pictures also how many pixels
    they claim to have and how many scans or frames they are made of."""

    media_type: str | None
    problem: str | None = None
    pixels: int = 0
    scans: int = 1


class _Broken(Exception):
    """The file does not add up."""


def looked_at(content: bytes) -> Looked:
    """What these bytes are, and the first thing that is wrong with them."""
    media_type = _called(content)
    if media_type is None:
        return Looked(None, "markup" if _MARKUP.match(content) else "type_not_taken")
    if media_type == HEIC:
        return Looked(HEIC, "heic")
    try:
        return _READERS[media_type](content)
    except (_Broken, IndexError, ValueError):
        return Looked(media_type, "truncated")


def _called(content: bytes) -> str | None:
    """What its first bytes call it."""
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(_PNG_HEAD):
        return PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    if content.startswith(b"%PDF-"):
        return PDF
    return _video(content) if content[4:8] == b"ftyp" else None


def _video(content: bytes) -> str | None:
    brand = content[8:12]
    if brand in _HEIC_BRANDS:
        return HEIC
    if brand == b"qt  ":
        return QUICKTIME
    return MP4 if _MP4_BRAND.fullmatch(brand) else None


def _jpeg(content: bytes) -> Looked:
    """Segments from the start to the end of the image; what lies in the margins must be harmless."""
    margins: list[bytes] = []
    pixels, scans, at = 0, 0, 2
    while (marker := _marker(content, at)) != 0xD9:
        at, body = _segment(content, at)
        if 0xE0 <= marker <= 0xEF or marker == 0xFE:
            margins.append(body)
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            pixels = max(pixels, _two(body, 1) * _two(body, 3))
        elif marker == 0xDA:
            scans += 1
            at = _end_of_scan(content, at)
    margins.append(content[at + 2 :])
    if not pixels or not scans:
        raise _Broken
    return Looked(JPEG, _hidden(content, margins) or _jpeg_is_script(content, margins), pixels, scans)


def _marker(content: bytes, at: int) -> int:
    if content[at] != 0xFF:
        raise _Broken
    return content[at + 1]


def _segment(content: bytes, at: int) -> tuple[int, bytes]:
    """Where the segment ends, and what is in it; fill bytes and markers without a length are stepped over."""
    marker = content[at + 1]
    if marker == 0xFF:
        return at + 1, b""
    if marker == 0x01 or 0xD0 <= marker <= 0xD8:
        return at + 2, b""
    length = _two(content, at + 2)
    end = at + 2 + length
    if length < 2 or end > len(content):
        raise _Broken
    return end, content[at + 4 : end]


def _end_of_scan(content: bytes, at: int) -> int:
    ends = _ENTROPY_ENDS.search(content, at)
    if ends is None:
        raise _Broken
    return ends.start()


def _jpeg_is_script(content: bytes, margins: list[bytes]) -> str | None:
    """A JPEG that is also JavaScript: its first segment's length reads as the beginning of a comment, and something in
    the margins ends it."""
    return "hidden_content" if content[4:6] == b"/*" and any(b"*/" in margin for margin in margins) else None


def _png(content: bytes) -> Looked:
    """Chunks with their checksums, from IHDR to IEND."""
    at, margins, kinds = len(_PNG_HEAD), [], [b""]
    pixels = frames = 0
    while kinds[-1] != b"IEND":
        length, kind = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        body, end = content[at + 8 : at + 8 + length], at + 12 + length
        if end > len(content) or zlib.crc32(kind + body) != int.from_bytes(content[end - 4 : end]):
            raise _Broken
        if kind == b"IHDR":
            pixels = max(pixels, int.from_bytes(body[:4]) * int.from_bytes(body[4:8]))
        frames += kind == b"fcTL"
        if kind not in _PICTURE_CHUNKS:
            margins.append(body)
        kinds.append(kind)
        at = end
    if kinds[1] != b"IHDR" or b"IDAT" not in kinds or not pixels:
        raise _Broken
    return Looked(PNG, _hidden(content, [*margins, content[at:]]), pixels, max(frames, 1))


def _webp(content: bytes) -> Looked:
    """Chunks within the RIFF; the largest size that any head claims."""
    inside = 8 + int.from_bytes(content[4:8], "little")
    if inside > len(content):
        raise _Broken
    at, pixels, frames, margins = 12, 0, 0, [content[inside:]]
    while at + 8 <= inside:
        kind, length = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        body = content[at + 8 : at + 8 + length]
        if len(body) != length:
            raise _Broken
        pixels = max(pixels, _webp_pixels(kind, body))
        frames += kind == b"ANMF"
        if kind in (b"EXIF", b"XMP ", b"ICCP"):
            margins.append(body)
        at += 8 + length + length % 2
    if not pixels:
        raise _Broken
    return Looked(WEBP, _hidden(content, margins), pixels, max(frames, 1))


def _webp_pixels(kind: bytes, body: bytes) -> int:
    if kind == b"VP8X":
        return (1 + int.from_bytes(body[4:7], "little")) * (1 + int.from_bytes(body[7:10], "little"))
    if kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        return (int.from_bytes(body[6:8], "little") & 0x3FFF) * (int.from_bytes(body[8:10], "little") & 0x3FFF)
    if kind == b"VP8L" and body[:1] == b"\x2f":
        bits = int.from_bytes(body[1:5], "little")
        return (1 + (bits & 0x3FFF)) * (1 + (bits >> 14 & 0x3FFF))
    return 0


def _moving(content: bytes) -> Looked:
    """Boxes one behind the other to the last byte: an index, and pictures."""
    media_type = _called(content)
    margins, kinds = [], set()
    for kind, body in _boxes(content):
        kinds.add(kind)
        if kind not in (b"mdat", b"moov", b"moof", b"ftyp"):
            margins.append(body)
    if b"moov" not in kinds or not kinds & {b"mdat", b"moof"}:
        raise _Broken
    return Looked(media_type, _hidden(content, margins))


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(content):
        length, kind, head = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8], 8
        if length == 1:
            length, head = int.from_bytes(content[at + 8 : at + 16]), 16
        elif length == 0:
            length = len(content) - at
        if length < head or at + length > len(content) or not kind.isascii():
            raise _Broken
        yield kind, content[at + head : at + min(length, head + _LOOKED_AT_IN_A_BOX)]
        at += length


def _pdf(content: bytes) -> Looked:
    """A PDF to its end. Names may be spelled with ``#``, and objects packed away: both are undone before looking.

    A reader of PDF is forgiving, so a hidden action may be missed: a paper is only ever given as a file.
    """
    tail = content.rfind(b"%%EOF")
    if tail < max(len(content) - 2048, 0):
        raise _Broken
    if any(_ACTIVE.search(_plain_names(part)) for part in (_STREAM.sub(b" ", content), *_unpacked(content))):
        return Looked(PDF, "active_content")
    return Looked(PDF, _hidden(content, [content[tail:]]))


def _plain_names(content: bytes) -> bytes:
    """``/J#61vaScript`` as ``/JavaScript``."""
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)


def _unpacked(content: bytes) -> Iterator[bytes]:
    """What object streams hold, up to a bound for each and for all of them together."""
    room = _UNPACKED_OF_ALL
    for stream in _STREAM.finditer(content):
        try:
            found = zlib.decompressobj().decompress(stream[1], min(room, _UNPACKED_OF_ONE))
        except zlib.error:
            continue
        room -= len(found)
        if _OBJECTS.match(found):
            yield found
        if room <= 0:
            return


def _hidden(content: bytes, margins: list[bytes]) -> str | None:
    """Whether the margins of a picture or a video hold what could run, or the file ends as an archive."""
    runs = any(_FOREIGN.search(margin) for margin in margins)
    return "hidden_content" if runs or _ends_as_zip(content) else None


def _ends_as_zip(content: bytes) -> bool:
    return _END_OF_ZIP in content[-_REACH_OF_ZIP:]


def _two(content: bytes, at: int) -> int:
    if at + 2 > len(content):
        raise _Broken
    return int.from_bytes(content[at : at + 2])


_READERS = {JPEG: _jpeg, PNG: _png, WEBP: _webp, MP4: _moving, QUICKTIME: _moving, PDF: _pdf}

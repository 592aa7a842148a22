"""Files as people upload them, good and bad, made here from nothing: no test needs a binary beside it."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

PARIS = "48 deg 51 min"
CAMERA = "Exemple Phone 17"


def a_picture(width: int = 320, height: int = 200) -> Image.Image:
    """A ring of gold on blue, brighter to the right: what is turned or cropped is seen."""
    picture = Image.new("RGB", (width, height), (30, 60, 140))
    gold = Image.new("RGB", (width // 2, height // 2), (212, 175, 55))
    picture.paste(gold, (width // 2, 0))
    return picture


def a_photo(kind: str = "JPEG", *, size: tuple[int, int] = (320, 200), **how: Any) -> bytes:
    """A plain photo in this format."""
    drawn = BytesIO()
    a_picture(*size).save(drawn, kind, **how)
    return drawn.getvalue()


def a_photo_from_a_phone(orientation: int = 6, words: str = CAMERA) -> bytes:
    """A JPEG whose camera notes say where it was taken, with what, and how it was held."""
    notes = Image.Exif()
    notes[0x010F], notes[0x0112] = words, orientation
    notes[0x8825] = {1: "N", 2: (48.0, 51.0, 29.6), 3: "E", 4: (2.0, 17.0, 40.2), 29: "2026:11:20"}
    return a_photo(exif=notes.tobytes(), comment=b"taken at home, 1 rue Exemple")


def has_place(content: bytes) -> bool:
    """Whether anything of a camera's notes is in these bytes."""
    return any(mark in content for mark in (b"Exif", b"GPS", b"rue Exemple", CAMERA.encode(), b"2026:11:20"))


def jpeg_with(segment: bytes, marker: int = 0xFE) -> bytes:
    """A JPEG with one more segment."""
    plain = a_photo()
    return plain[:2] + struct.pack(">BBH", 0xFF, marker, len(segment) + 2) + segment + plain[2:]


def jpeg_that_is_script() -> bytes:
    """A JPEG that a browser would also run as JavaScript: its first segment's length opens a comment."""
    plain = a_photo()
    first = struct.unpack(">H", plain[4:6])[0]
    rest = plain[4 + first :]
    padding = plain[6 : 4 + first] + b"\x00" * (0x2F2A - 2 - (first - 2))
    ends = b"*/=alert(1)/*"
    return plain[:4] + b"/*" + padding + struct.pack(">BBH", 0xFF, 0xFE, len(ends) + 2) + ends + rest


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """One chunk with its checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def a_bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few kilobytes that says it is thousands of millions of pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\x00" * 2_000_000, 9)
    chunks = png_chunk(b"IHDR", head) + png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def box(kind: bytes, body: bytes = b"") -> bytes:
    """One box of an MP4."""
    return struct.pack(">I", 8 + len(body)) + kind + body


def a_video(brand: bytes = b"isom", *, more: bytes = b"") -> bytes:
    """The boxes of a video; nothing in it would play."""
    return box(b"ftyp", brand + b"\0\0\2\0") + box(b"moov", b"m" * 200) + box(b"mdat", b"\x01" * 4000) + more


def a_paper(objects: bytes = b"<< /Type /Catalog >>") -> bytes:
    """A PDF in outline."""
    body = b"%PDF-1.7\n1 0 obj\n" + objects + b"\nendobj\ntrailer << /Root 1 0 R >>\n"
    return body + b"% " + b"x" * 200 + b"\nstartxref\n0\n%%EOF\n"


def packed(objects: bytes) -> bytes:
    """Objects of a PDF, packed away in a stream."""
    return b"<< /Type /ObjStm /Filter /FlateDecode >>\nstream\n" + zlib.compress(b"1 0 " + objects) + b"\nendstream"

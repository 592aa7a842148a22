"""Files that are small to send and would be a gigabyte once unpacked: they cost neither the memory nor the time."""

from __future__ import annotations

import time
import tracemalloc
import zlib
from datetime import date

import pytest

from chalicelib.returns.evidence_rules import evidence_rules
from chalicelib.returns.file_types import looked_at
from chalicelib.returns.photo_copies import PhotoUnreadable, copies_of
from tests.returns.uploads import a_paper, a_photo, png_chunk

GIGABYTE = 1000
MOST_MEMORY = 60_000_000
SHOWN = evidence_rules(date(2026, 11, 22)).shown


def unpacking_to(megabytes: int) -> bytes:
    """Noughts, packed."""
    packer, nought = zlib.compressobj(9), b"\0" * 1_000_000
    return b"".join(packer.compress(nought) for _ in range(megabytes)) + packer.flush()


BOMB = unpacking_to(GIGABYTE)
HEAD = 33  # of a PNG: its signature and the chunk that says its size
PHOTO = a_photo("PNG")
STREAM = b"<< /Type /ObjStm /Filter /FlateDecode /Length %d >>\nstream\n" % len(BOMB) + BOMB + b"\nendstream"
BOMBS = {
    "a paper": a_paper(STREAM),
    "a photo's notes": PHOTO[:HEAD] + png_chunk(b"zTXt", b"k\0\0" + BOMB) + PHOTO[HEAD:],
    "a photo's colours": PHOTO[:HEAD] + png_chunk(b"iCCP", b"k\0\0" + BOMB) + PHOTO[HEAD:],
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_would_be_a_gigabyte_unpacked_is_looked_at_in_a_moment(name):
    began = time.process_time()
    tracemalloc.start()
    try:
        looked = looked_at(BOMBS[name])
        if looked.media_type == "image/png":
            with pytest.raises(PhotoUnreadable):
                copies_of(BOMBS[name], looked.media_type, SHOWN, 40_000_000)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < MOST_MEMORY
    assert time.process_time() - began < 5

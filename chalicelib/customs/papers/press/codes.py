"""Machine-read marks: Code 128 of a waybill, QR of a case, as modules for a sheet to draw."""

from __future__ import annotations

import segno
from barcode.codex import Code128
from barcode.errors import BarcodeError


def code_128(text: str) -> str | None:
    """Give the bars of Code 128 as 1 and 0, without the quiet zones; None for what the code has no bars for.

    >>> code_128("1234")
    '110100111001011001110010001011000100100111101100011101011'
    >>> code_128("金")
    """
    if not text or not (text.isascii() and text.isprintable()):
        return None
    try:
        (bars,) = Code128(text).build()
    except BarcodeError:
        return None
    return str(bars)


def qr(text: str) -> list[list[bool]]:
    """Give the modules of a QR code by rows, without the quiet zone; a quarter of it may be damaged or dirty.

    No rows for more text than any QR code of that kind holds (1,663 bytes).

    >>> len(qr("GT-2026-000123"))
    21
    """
    try:
        made = segno.make_qr(text.encode("utf-8", "replace"), error="q", boost_error=False)
    except segno.DataOverflowError:
        return []
    return [[bool(module) for module in row] for row in made.matrix]

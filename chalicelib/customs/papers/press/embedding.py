"""Fonts inside the PDF: only the glyphs that were drawn, and for each the characters it stands for.

A font is written as a composite one (ISO 32000-1, 9.7) whose codes are ours for TrueType and the font's own glyph
numbers for PostScript outlines. A glyph that stands for two different texts has two codes, where the format of its
outlines allows it; where not, ``Embedded.code`` says so and the text is written beside the glyphs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

import pydyf
import uharfbuzz as hb

from chalicelib.customs.papers.press.setting import Glyph
from chalicelib.customs.papers.press.typefaces import Typeface

# Tables that lay text out; in the PDF every glyph stands where it was put.
_LEFT_OUT = (
    *("GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "STAT", "name", "DSIG", "cmap", "OS/2", "post"),
    *("gasp", "kern", "meta", "HVAR", "MVAR", "hdmx", "VDMX", "LTSH", "prep", "fpgm", "cvt "),
)
_AT_ONCE = 100


@dataclass(slots=True)
class Embedded:
    """One typeface as a document uses it. ``name`` is what the pages call it."""

    name: str
    typeface: Typeface
    _codes: dict[tuple[int, str], int] = field(default_factory=dict)
    _texts: dict[int, str] = field(default_factory=dict)

    def code(self, glyph: Glyph) -> tuple[int, bool]:
        """Give the code of a glyph, and whether that code stands for exactly the glyph's characters."""
        key = (glyph.number, glyph.text)
        if key not in self._codes:
            code = glyph.number if self.typeface.is_cff else len(self._codes) + 1
            self._codes[key] = code
            self._texts.setdefault(code, glyph.text)
        code = self._codes[key]
        return code, bool(glyph.text) and self._texts[code] == glyph.text

    def width(self, glyph: Glyph) -> int:
        """Give the width the PDF knows of a glyph, in thousandths of the type size."""
        return round(int(self.typeface.font.get_glyph_h_advance(glyph.number)) * self.typeface.scale)

    def write(self, pdf: pydyf.PDF) -> bytes:
        """Add the font to the PDF and give the reference to it."""
        glyph_by_code = {code: number for (number, _), code in sorted(self._codes.items(), key=lambda item: item[1])}
        plan = _plan(self.typeface.face, set(glyph_by_code.values()))
        outlines = plan.execute()
        name = f"/{_tag(glyph_by_code)}+{self.typeface.name}"
        program = self._program(pdf, outlines)
        descendant = self._descendant(glyph_by_code, name, _added(pdf, self._descriptor(name, program)))
        if not self.typeface.is_cff:
            by_old = plan.old_to_new_glyph_mapping
            numbers = [
                by_old[glyph_by_code[code]] if code in glyph_by_code else 0 for code in range(len(self._codes) + 1)
            ]
            mapping = b"".join(number.to_bytes(2, "big") for number in numbers)
            descendant["CIDToGIDMap"] = _added(pdf, pydyf.Stream([mapping], compress=True))
        unicode = _added(pdf, pydyf.Stream([_to_unicode(self._texts)], compress=True))
        font = {
            "Type": "/Font",
            "Subtype": "/Type0",
            "BaseFont": name,
            "Encoding": "/Identity-H",
            "DescendantFonts": pydyf.Array([_added(pdf, descendant)]),
            "ToUnicode": unicode,
        }
        return _added(pdf, pydyf.Dictionary(font))

    def _program(self, pdf: pydyf.PDF, outlines: hb.Face) -> tuple[str, bytes]:
        if self.typeface.is_cff:
            extra = {"Subtype": "/CIDFontType0C"}
            return "FontFile3", _added(pdf, pydyf.Stream([outlines.reference_table("CFF ").data], extra, compress=True))
        data = outlines.blob.data
        return "FontFile2", _added(pdf, pydyf.Stream([data], {"Length1": len(data)}, compress=True))

    def _descriptor(self, name: str, program: tuple[str, bytes]) -> pydyf.Dictionary:
        extents = self.typeface.font.get_font_extents("ltr")
        ascent, descent = (round(value * self.typeface.scale) for value in (extents.ascender, extents.descender))
        key, reference = program
        told = {
            "Type": "/FontDescriptor",
            "FontName": name,
            "Flags": 4,
            "FontBBox": pydyf.Array([-1000, descent, 3000, ascent]),
            "ItalicAngle": 0,
            "Ascent": ascent,
            "Descent": descent,
            "CapHeight": ascent,
            "StemV": 80,
            key: reference,
        }
        return pydyf.Dictionary(told)

    def _descendant(self, glyph_by_code: dict[int, int], name: str, descriptor: bytes) -> pydyf.Dictionary:
        widths = pydyf.Array()
        for code, number in glyph_by_code.items():
            widths += [code, pydyf.Array([self.width(Glyph(number, "", 0, 0, 0))])]
        system = {"Registry": pydyf.String("Adobe"), "Ordering": pydyf.String("Identity"), "Supplement": 0}
        told = {
            "Type": "/Font",
            "Subtype": "/CIDFontType0" if self.typeface.is_cff else "/CIDFontType2",
            "BaseFont": name,
            "CIDSystemInfo": pydyf.Dictionary(system),
            "FontDescriptor": descriptor,
            "DW": 0,
            "W": widths,
        }
        return pydyf.Dictionary(told)


def _plan(face: hb.Face, numbers: set[int]) -> hb.SubsetPlan:
    wanted = hb.SubsetInput()
    wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NO_LAYOUT_CLOSURE
    wanted.sets(hb.SubsetInputSets.GLYPH_INDEX).update(numbers)
    wanted.sets(hb.SubsetInputSets.DROP_TABLE_TAG).update(int.from_bytes(tag.encode(), "big") for tag in _LEFT_OUT)
    return hb.SubsetPlan(face, wanted)


def _tag(glyph_by_code: dict[int, int]) -> str:
    """Six capitals that tell this selection of glyphs from any other."""
    digest = sha256(repr(sorted(glyph_by_code.values())).encode()).digest()
    return "".join(chr(ord("A") + byte % 26) for byte in digest[:6])


def _added(pdf: pydyf.PDF, thing: pydyf.Object) -> bytes:
    pdf.add_object(thing)
    return bytes(thing.reference)


def as_utf16(text: str) -> bytes:
    """Text in the PDF's hexadecimal UTF-16, with a mark in place of half a character."""
    return text.encode("utf-16-be", "replace").hex().upper().encode()


def _to_unicode(texts: dict[int, str]) -> bytes:
    rows = [b"<%04X> <%s>" % (code, as_utf16(text)) for code, text in sorted(texts.items()) if text]
    parts = [
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        b"/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange",
    ]
    for at in range(0, len(rows), _AT_ONCE):
        some = rows[at : at + _AT_ONCE]
        parts += [b"%d beginbfchar" % len(some), *some, b"endbfchar"]
    parts.append(b"endcmap CMapName currentdict /CMap defineresource pop end end")
    return b"\n".join(parts)

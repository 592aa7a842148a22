"""What people of the house wrote in their own words, or read inside a band: it may name the customer, so an erasure
empties it.

Codes stay (why a settlement was taken back, how an exception was resolved): they name nobody, and what was decided can
still be read.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from chalicelib.alerts.changes import US
from chalicelib.alerts.exceptions import ExceptionNote, OpenException
from chalicelib.returns.case import Item
from chalicelib.returns.inspection import Inspection, PieceFound
from chalicelib.returns.settlement import Settlement
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.case_parts import Part
from chalicelib.workflows.ports import CaseFile, Ports

NO_INSCRIPTION = "none"
AT_A_TIME = 40
CODE = re.compile(r"[a-z][a-z_]*")


def empty_words(ports: Ports, case_id: str, now: datetime) -> None:
    """Empty all of it, so many at a time as one write takes; again is quiet."""
    left = True

    def decide(file: CaseFile) -> Amendment | None:
        nonlocal left
        parts: list[Part] = [*wordless_settlements(file), *wordless_inspections(file)]
        exceptions = wordless_exceptions(file)
        left = max(len(parts), len(exceptions)) > AT_A_TIME
        if not parts and not exceptions:
            return None
        emptied, quiet = tuple(parts[:AT_A_TIME]), exceptions[:AT_A_TIME]
        return Amendment(file.case, "words_emptied", {}, parts=emptied, exceptions=quiet)

    while left:
        amend_file(ports, case_id, now, decide)


def wordless_settlements(file: CaseFile) -> tuple[Settlement, ...]:
    """Settlements that give a reason in somebody's own words, without it."""
    spoken = (one for one in file.parts.of(Settlement) if one.why and not CODE.fullmatch(one.why))
    return tuple(replace(one, why=None) for one in spoken)


def wordless_inspections(file: CaseFile) -> tuple[Inspection, ...]:
    """Inspections that read an inscription other than the number of the piece's own report, without it."""
    found = []
    for one in file.parts.of(Inspection):
        pieces = tuple(_without_inscription(piece, file.plan.request.items[piece.line - 1]) for piece in one.pieces)
        if pieces != one.pieces:
            found.append(replace(one, pieces=pieces))
    return tuple(found)


def _without_inscription(piece: PieceFound, item: Item) -> PieceFound:
    report = item.sale.report_number if item.sale else None
    says_nobody = piece.inscription in (None, NO_INSCRIPTION, report)
    return piece if says_nobody else replace(piece, inscription=None)


def wordless_exceptions(file: CaseFile) -> tuple[OpenException, ...]:
    """Exceptions of whose history somebody wrote a line, with what it was done as and without their words."""
    found = []
    for one in file.exceptions:
        history = tuple(_without_words(line) for line in one.history)
        if history != one.history:
            found.append(replace(one, history=history, version=one.version + 1))
    return tuple(found)


def _without_words(line: ExceptionNote) -> ExceptionNote:
    """A verdict is a code before a colon; what follows is somebody's own."""
    if line.by == US or line.note is None or CODE.fullmatch(line.note):
        return line
    code, colon, _ = line.note.partition(": ")
    return replace(line, note=f"{code}: " if colon and CODE.fullmatch(code) else None)

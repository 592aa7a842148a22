"""What people of the house wrote in their own words: it may name the customer, so an erasure empties it.

Codes stay (why a settlement was taken back, how an exception was resolved): they name nobody, and what was decided can
still be read.
"""

from __future__ import annotations

import re
from dataclasses import replace

from chalicelib.alerts.changes import US
from chalicelib.alerts.exceptions import ExceptionNote, OpenException
from chalicelib.returns.settlement import Settlement
from chalicelib.workflows.ports import CaseFile

CODE = re.compile(r"[a-z][a-z_]*")


def wordless_settlements(file: CaseFile) -> tuple[Settlement, ...]:
    """Settlements that give a reason in somebody's own words, without it."""
    spoken = (one for one in file.parts.of(Settlement) if one.why and not CODE.fullmatch(one.why))
    return tuple(replace(one, why=None) for one in spoken)


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

"""What a person sees: progress with elapsed time, then one aligned line per thing that happened."""

from __future__ import annotations

import os
import shutil
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

COLOURS = {"good": "32", "bad": "31", "warn": "33", "faint": "2", "bold": "1", "gold": "33;1"}
MARKS = {"good": "●", "warn": "▲", "bad": "✗", "plain": "·", "held": "■"}
TONES = {"good": "good", "warn": "warn", "bad": "bad", "plain": "faint", "held": "bad"}
GAP = "  "
WHEN, WHAT, WHERE = 16, 54, 17
NARROWEST, WIDEST, UNKNOWN_WIDTH = 118, 150, 130


class Timeline:
    """Writes to one stream, in colour when that is a terminal and NO_COLOR is not set."""

    def __init__(self, out: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._out = out
        self._clock = clock
        self._started = clock()
        self._colour = out.isatty() and "NO_COLOR" not in os.environ
        width = shutil.get_terminal_size((UNKNOWN_WIDTH, 24)).columns
        self._width = min(max(width, NARROWEST), WIDEST)

    def say(self, text: str = "") -> None:
        """One line as it is."""
        self._out.write(f"{text}\n")
        self._out.flush()

    def progress(self, text: str) -> None:
        """One line of work done, with the seconds since the start."""
        self.say(f"{self._tone(f'[{self._clock() - self._started:6.1f} s]', 'faint')} {text}")

    @contextmanager
    def working(self, text: str) -> Iterator[list[str]]:
        """Announce slow work before it starts; what is put into the list is told when it is done."""
        self.progress(f"{text} ...")
        before = self._clock()
        results: list[str] = []
        yield results
        told = f": {'; '.join(results)}" if results else ""
        self.progress(f"{text}: done in {self._clock() - before:.1f} s{told}")

    def title(self, text: str) -> None:
        """A heading over what follows."""
        self.say()
        self.say(self._tone(text, "gold"))

    def header(self) -> None:
        """The names of the columns."""
        names = f"{'LOCAL TIME':<{WHEN}}{GAP}  {'WHAT HAPPENED':<{WHAT}}{GAP}{'WHERE':<{WHERE}}{GAP}WHAT TO DO"
        self.say(self._tone(names, "bold"))
        self.say(self._tone("─" * self._width, "faint"))

    def row(self, when: str, what: str, where: str = "", to_do: str = "", *, mark: str = "good") -> None:
        """One thing that happened; long text continues below in its own column."""
        last = self._width - WHEN - WHAT - WHERE - 3 * len(GAP) - 2
        columns = (_wrapped(when, WHEN), _wrapped(what, WHAT), _wrapped(where, WHERE), _wrapped(to_do, last))
        for number in range(max(len(column) for column in columns)):
            self._line(columns, number, mark)

    def _line(self, columns: Sequence[Sequence[str]], number: int, mark: str) -> None:
        when, what, where, to_do = (column[number] if number < len(column) else "" for column in columns)
        sign = self._tone(MARKS[mark] if number == 0 else " ", TONES[mark])
        told = f"{what:<{WHAT}}" if mark == "good" else self._tone(f"{what:<{WHAT}}", TONES[mark])
        line = f"{when:<{WHEN}}{GAP}{sign} {told}{GAP}{where:<{WHERE}}{GAP}{self._tone(to_do, 'bold')}"
        self.say(line.rstrip())

    def _tone(self, text: str, tone: str) -> str:
        return f"\x1b[{COLOURS[tone]}m{text}\x1b[0m" if self._colour and text else text


def _wrapped(text: str, width: int) -> list[str]:
    lines = [textwrap.wrap(part, width, subsequent_indent=_hanging(part)) or [""] for part in text.split("\n")]
    return [line for part in lines for line in part]


def _hanging(part: str) -> str:
    return "  " if part.startswith("- ") else ""

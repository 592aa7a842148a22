"""What a paper takes to print: ``python -m tests.benchmarks.bench_papers``.

Warm: best of many rounds of processor time in this process. First: the time on the clock of a new interpreter from the
first import to the last byte, libraries, typefaces and all, best of a few; what a worker pays once after a cold start.
"""

from __future__ import annotations

import subprocess
import sys
import timeit
from collections.abc import Callable
from time import perf_counter, process_time

from chalicelib.customs.papers.document import Document, Paragraph
from chalicelib.customs.papers.pdf import render
from tests.customs.papers.pdf_samples import SCRIPTS, invoice, paper

STARTS = 5
ROUNDS = 9
WARM_BAR_MS = 150
FIRST_BAR_S = 1.5
FIRST = """
import sys, time
sys.path.insert(0, ".")
from tests.customs.papers import pdf_samples
document = {document}
began = time.perf_counter()
from chalicelib.customs.papers.pdf import render
imported = time.perf_counter()
render(document)
print(imported - began, time.perf_counter() - began)
"""


def every_script() -> Document:
    """One page in thirteen scripts: every typeface is opened and cut."""
    return paper(*(Paragraph(text) for text in SCRIPTS.values()))


SAMPLES: dict[str, tuple[str, Callable[[], Document]]] = {
    "an invoice, one page, A4": ("pdf_samples.invoice()", invoice),
    "every script, one page": (
        "pdf_samples.paper(*(pdf_samples.Paragraph(text) for text in pdf_samples.SCRIPTS.values()))",
        every_script,
    ),
    "an invoice of 200 lines": ("pdf_samples.invoice(200)", lambda: invoice(200)),
}


def warm_ms(document: Document) -> float:
    """Milliseconds of processor time for one more paper."""
    render(document)
    return min(timeit.repeat(lambda: render(document), number=1, repeat=ROUNDS, timer=process_time)) * 1000


def first_s(document: str) -> tuple[float, float]:
    """Seconds for the imports, and for imports and the first paper, in a new interpreter."""
    took = []
    for _ in range(STARTS):
        command = [sys.executable, "-c", FIRST.format(document=document)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        imported, whole = map(float, done.stdout.split())
        took.append((whole, imported))
    whole, imported = min(took)
    return imported, whole


def main() -> None:
    """Print the table."""
    began = perf_counter()
    print(f"{'papers':28}{'pages':>6}{'kB':>8}{'warm, ms':>10}{'imports, s':>12}{'first, s':>10}")
    for name, (written, made) in SAMPLES.items():
        pdf = render(made())
        imported, first = first_s(written)
        pages = pdf.count(b"/Type /Page/")
        print(f"{name:28}{pages:6}{len(pdf) / 1000:8.1f}{warm_ms(made()):10.1f}{imported:12.3f}{first:10.3f}")
    print(f"bars, one page: {WARM_BAR_MS} ms warm, {FIRST_BAR_S} s first; took {perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()

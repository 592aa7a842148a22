"""The invoice of a return knows how long each worker is assumed to run."""

import json
from pathlib import Path

from tests.benchmarks.costs import SECONDS_BY_PART

FUNCTIONS = json.loads(Path(".chalice/config.json").read_text(encoding="utf-8"))["lambda_functions"]


def test_every_worker_of_a_queue_has_its_seconds():
    workers = {name for name in FUNCTIONS if name.startswith("on_")}
    assert workers
    assert workers <= set(SECONDS_BY_PART)

"""``make bench``: what was promised in numbers, as a table: bar, measured, ok. None of it is a timed test.

Ratios are of processor time, best of many rounds in one process; counts are exact. ``make fleet`` runs the fleet whole.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from moto import mock_aws

from chalicelib.api import examples
from chalicelib.api.estimate_bodies import EstimateBody
from chalicelib.carriers.registry import read_tracking
from chalicelib.customs.estimate import estimate
from chalicelib.shipments.events import LegFacts
from chalicelib.shipments.fold import fold
from infra.local.child import free_port
from infra.local.stack import PYTHON, Ministack
from infra.package import BUILD, package
from tests.benchmarks import bench_dhl, bench_ems, bench_estimates, bench_fedex, bench_papers, bench_watch
from tests.benchmarks.bench_fedex import NOW, best, calls
from tests.benchmarks.costs import Row, fixed_per_month, per_thousand_returns
from tests.benchmarks.fleet import Fleet
from tests.embedded.test_sweep_cost import DUE_WORK, FEW, MANY, swept
from tests.fakes.aws_world import QUEUES, AwsStage, client_maker
from tests.flows.bill import TOLD_UNITS, Bill, whole_return
from tests.flows.house import House

STARTS = 9
ZIP_BAR_MB = 110
FLEET = 1000
FRAMEWORKS = """
import chalice
from aws_lambda_powertools import Logger, Metrics
from pydantic import BaseModel
class Ring(BaseModel):
    fineness: int
"""
TIMED = """
import sys, time
sys.path.insert(0, ".")
began = time.process_time()
{program}
print(time.process_time() - began)
"""


@dataclass(frozen=True)
class Line:
    what: str
    bar: str
    measured: str
    ok: bool | None


def at_most(what: str, bar: float, measured: float, unit: str = "") -> Line:
    """A line with an upper bar."""
    return Line(what, f"<= {bar:g}{unit}", f"{measured:.4g}{unit}", measured <= bar)


def reading() -> Iterator[Line]:
    """One answer of each carrier against ``json.loads`` of the same bytes; bars stand for the documented bodies."""
    for name, body in bench_fedex.bodies().items():
        if "1 scan" not in name:
            yield from read_line(f"read FedEx: {name}", "fedex", body, 3)
    for name, source, said in bench_dhl.bodies():
        by_words = "by words" in name
        bar = None if by_words else bench_dhl.BARS[source]
        yield from read_line(f"read DHL: {name}", source, json.dumps(said, separators=(",", ":")).encode(), bar)
    for name, (source, body) in bench_ems.bodies().items():
        yield from read_line(f"read EMS: {name}", source, body, None, bench_ems.floor_of(body))


def read_line(
    name: str, source: str, body: bytes, bar: float | None, load: Callable[[], object] | None = None
) -> Iterator[Line]:
    """How far reading one body is from ``load``, that any reader of it must do, and how many calls it is made of."""
    floor, read = best(load or (lambda: json.loads(body))), lambda: read_tracking(source, body, NOW)
    ratio, counted = best(read) / floor, calls(read)
    told = f"{ratio:.4g} x, {counted} calls"
    yield Line(name, f"<= {bar:g} x" if bar else "", told, ratio <= bar if bar else None)


def judging() -> Iterator[Line]:
    """What a journey means, and what its duty is."""
    body = bench_fedex.bodies()["a plain journey, compact"]
    (tracking,) = read_tracking("fedex", body, NOW).trackings
    facts = LegFacts("home", "FR", "CN")
    folded = best(lambda: fold(tracking.events, facts))
    counted = calls(lambda: fold(tracking.events, facts))
    yield Line(f"fold of {len(tracking.events)} scans", "", f"{folded:.0f} us, {counted} calls", None)
    base = bench_watch.floor()
    slowest, took = max(((name, max(us)) for name, us in bench_watch.measured().items()), key=lambda one: one[1])
    yield at_most(f"watch of one track / json.loads: {slowest}", bench_watch.BAR_RATIO, took / base, " x")
    yield at_most("... in microseconds", bench_watch.BAR_US, took, " us")
    asked = EstimateBody.model_validate(examples.EstimateBody).as_request()
    estimate(asked)
    took, counted = best(lambda: estimate(asked)), calls(lambda: estimate(asked))
    yield Line("duty estimate, US entry, one line", "", f"{took:.0f} us, {counted} calls", None)
    warm, first = bench_estimates.slowest()
    yield at_most(f"five lines, warm, slowest country: {warm[0]}", bench_estimates.WARM_BAR_MS, warm[1], " ms")
    yield at_most(f"... first in a process, slowest: {first[0]}", bench_estimates.FIRST_BAR_MS, first[1], " ms")


def printing() -> Iterator[Line]:
    """One page of a paper: one more in a warm process, and the first in a new one."""
    for name, (written, made) in bench_papers.SAMPLES.items():
        if "one page" in name:
            yield at_most(f"print {name}: warm", bench_papers.WARM_BAR_MS, bench_papers.warm_ms(made()), " ms")
            yield at_most("... the first time", bench_papers.FIRST_BAR_S, bench_papers.first_s(written)[1], " s")


def asking() -> Iterator[Line]:
    """How often carriers are asked, in a tenth of the fleet that ``make fleet`` runs."""
    for pushes, bar in ((False, 2.5), (True, 0.3)):
        told = Fleet(FLEET, pushes=pushes).run()
        webhooks = "with" if pushes else "without"
        yield at_most(f"{FLEET:,} parcels {webhooks} webhooks: polls per new event", bar, told.ratio)
        yield at_most("... times that a carrier's quota was passed", 0, len(told.over))


def packaged() -> Iterator[Line]:
    """The zip that deploys."""
    package("local")
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(BUILD / "local" / "deployment.zip") as archive:
            size = sum(entry.file_size for entry in archive.infolist())
            archive.extractall(folder)
        starts = [(started(folder, "import app"), started(folder, FRAMEWORKS)) for _ in range(STARTS)]
    ours, theirs = min(one for one, _ in starts), min(other for _, other in starts)
    yield at_most("zip, unpacked, beyond boto3", ZIP_BAR_MB, size / 1e6, " MB")
    yield at_most("import of the app / of its frameworks", 1.5, ours / theirs, " x")
    yield Line("import of the app", "", f"{ours * 1000:.0f} ms of processor time", None)


def started(folder: str, program: str) -> float:
    """Seconds of processor time that these imports take in a fresh interpreter with nothing else on its path."""
    command = [sys.executable, "-S", "-I", "-c", TIMED.format(program=program)]
    environment = {"GOLDTHREAD_STAGE": "local", "AWS_DEFAULT_REGION": "eu-west-1", "PATH": os.environ["PATH"]}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout)


def metered() -> tuple[list[Line], Bill]:
    """One whole return on exact meters."""
    with mock_aws():
        house = House(AwsStage(client_maker()))
        bill = whole_return(house)
        house.close()
    told = [batch for batch in bill.batches if batch.clearing is not None]
    plain = [batch for batch in bill.batches if batch.clearing is None]
    events = len(bill.batches)
    writes = sum(batch.state.table_write for batch in bill.batches) / events
    index = sum(batch.state.index_write for batch in bill.batches) / events
    lines = [
        at_most("DynamoDB calls per batch of events", 2, max(batch.dynamodb_calls for batch in plain)),
        at_most("... when somebody was told", 3, max(batch.dynamodb_calls for batch in told)),
        at_most("state write per event: table units", 2.5, writes),
        at_most("state write per event: index units", 0.5, index),
        at_most("clearing: table units", 4, max(batch.clearing.table_write for batch in told if batch.clearing)),
        at_most("clearing: index units", 2, max(batch.clearing.index_write for batch in told if batch.clearing)),
        at_most("whole return: write units", 150, bill.return_write_units),
        at_most("telling people of it: write units", TOLD_UNITS, bill.told_write_units),
        Line("... sweep claims and its polls, apart", "", f"{bill.sweep_write_units:g}", None),
        Line(
            "... shared by all returns: token, request count, digests",
            "",
            f"{bill.shared.table_write + bill.shared.index_write:g}",
            None,
        ),
        at_most("log bytes per event, happy path", 400, max(batch.log_bytes for batch in plain)),
    ]
    return lines, bill


def counted_sweep() -> Iterator[Line]:
    """What a sweep reads, few and many parcels stored; on the embedded AWS."""
    if not PYTHON.exists():
        yield Line("sweep: read units, many stored / few", "<= 1.1 x", "not measured: make .venv-local/made", None)
        return
    with tempfile.TemporaryDirectory() as folder, Ministack(free_port(), Path(folder), keep=False) as aws:
        stage = AwsStage(client_maker(aws.endpoint))
        few, many = swept(stage, FEW), swept(stage, MANY)
    yield at_most(f"sweep of {DUE_WORK} due: reads at {MANY:,} / {FEW:,} stored", 1.1, many.read_units / few.read_units)
    yield Line("... read units, DynamoDB calls", "", f"{many.read_units:g}, {sum(many.calls.values())}", None)


def show(line: Line) -> None:
    """One row of the table."""
    ok = "" if line.ok is None else "ok" if line.ok else "MISSED"
    print(f"{line.what:52}{line.bar:>12}  {line.measured:<34}{ok}")


def invoice(title: str, rows: list[Row]) -> None:
    """Rows and their sum."""
    print(f"\n{title:44}{'counted':>14}{'USD':>10}")
    for row in rows:
        print(f"{row.what:44}{row.amount:14,.0f}{row.usd:10.3f}")
    print(f"{'':44}{'sum':>14}{sum(row.usd for row in rows):10.3f}")


def main() -> None:
    """Print the table and the invoices."""
    print(f"{datetime.now(UTC):%Y-%m-%d}  Python {sys.version.split()[0]}\n")
    print(f"{'what':52}{'bar':>12}  {'measured':<34}")
    lines = [*reading(), *judging(), *printing(), *packaged()]
    more, bill = metered()
    lines += [*more, *counted_sweep(), *asking()]
    for line in lines:
        show(line)
    print(
        "\nread: against json.loads of the same body, and for EMS of the JSON inside it; 20 scans where none are named"
    )
    template = json.loads((BUILD / "local" / "sam.json").read_text(encoding="utf-8"))["Resources"].values()
    alarms = [one["Properties"] for one in template if one["Type"] == "AWS::CloudWatch::Alarm"]
    watched = sum(sum("MetricStat" in row for row in alarm.get("Metrics", ())) or 1 for alarm in alarms)
    invoice("1,000 returns, each as if it came alone", per_thousand_returns(bill))
    invoice("a month without any return", fixed_per_month(watched, len(QUEUES)))


if __name__ == "__main__":
    main()

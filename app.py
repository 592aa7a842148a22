"""The map of every way into Goldthread: routes for people and carriers, queues that link the steps, and four schedules:
the sweep, the rates, the rules and the digest.

No rule lives here and no AWS call is made here. A route is registered from its blueprint; a queue handler opens its
batch and hands each message to the story that knows it; the sweep is told what time it is. What a story needs of the
world is built once per process, at first use.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from chalice.app import Chalice, Rate

from chalicelib.api import (
    carriers,
    claims,
    custody,
    customer_page,
    decisions,
    deliveries,
    disputes,
    duties,
    estimates,
    evidence,
    exceptions,
    health,
    links,
    notices,
    openapi,
    papers,
    persons,
    pickups,
    recalls,
    repairs,
    returns,
    settlements,
    shipments,
    tariffs,
    ways_out,
    webhooks,
)
from chalicelib.api.desk import Desk, workflows
from chalicelib.api.problems import framework_answers_as_problems
from chalicelib.errors import InvalidRequestError

if TYPE_CHECKING:
    from chalicelib.workflows.make_papers import Press
    from chalicelib.workflows.ports import Ports

app = Chalice(app_name="goldthread", configure_logs=False)
logger = Logger(service="goldthread", location=None, sampling_rate=None)
metrics = Metrics(namespace="Goldthread", service=os.environ.get("GOLDTHREAD_STAGE", "local"))
MAX_RECEIVES = 5
SWEEP_AT_ONCE = 400
SWEEP_RESERVE_MS = 30_000
POLL_MS = 60_000
ARN = "arn:aws:sqs:us-east-1:000000000000:"


class World:
    """What this process works with: the ports, built at first use from its own environment, and the only clock of the
    product; everything below is told the time. A test hands in its own world before anything is handled."""

    def __init__(self) -> None:
        self._ports: Ports | None = None
        self._press: Press | None = None
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.wait: Callable[[float], None] = time.sleep

    def ports(self) -> Ports:
        """The world as the stories need it."""
        if self._ports is None:
            from chalicelib.adapters.wiring import build
            from chalicelib.settings import read_settings

            self._ports = build(read_settings(os.environ))
        return self._ports

    def press(self) -> Press:
        """How papers are drafted and printed: for the papers worker alone."""
        if self._press is None:
            from chalicelib.customs.papers.make import papers_for
            from chalicelib.customs.papers.pdf import render
            from chalicelib.workflows.make_papers import Press

            self._press = Press(papers_for, render)
        return self._press

    def check(self) -> None:
        """Read the environment at once, where there is a handler to start: a function that lacks something must fail
        when it starts, in one clear line, and not on its first parcel."""
        if "_HANDLER" in os.environ:
            from chalicelib.settings import read_settings

            read_settings(os.environ)

    def hand_in(self, ports: Ports | None, now: Callable[[], datetime], press: Press | None = None) -> None:
        """Work with these from now on, and wait for nothing; what is not given is made again when next needed."""
        self._ports, self._press, self.now, self.wait = ports, press, now, lambda _seconds: None


world = World()
world.check()
app.register_middleware(framework_answers_as_problems, "http")
for room in (
    returns, papers, pickups, estimates, carriers, shipments, exceptions, tariffs, duties, notices, webhooks, health,
    openapi,
    deliveries,
    claims,
    custody,
    settlements,
    decisions,
    evidence,
    links,
    customer_page,
    persons,
    disputes,
    recalls,
    repairs,
    ways_out,
):  # fmt: skip
    app.register_blueprint(room.blueprint(Desk(world.ports, lambda: world.now(), workflows)))


@app.on_sqs_message(queue_arn=ARN + "tracking-in", batch_size=10, name="on_tracking_received")
def on_tracking_received(event: Any) -> Any:
    """Story A: what a carrier pushed."""
    from chalicelib.workflows.take_tracking import take_body

    return each_message(event, "tracking", take_body)


@app.on_sqs_message(queue_arn=ARN + "polls", batch_size=1, name="on_poll_due")
def on_poll_due(event: Any) -> Any:
    """Story A from the other side: carriers are asked."""
    from chalicelib.workflows.poll_tracking import TimeLeft, poll

    time_left = TimeLeft(lambda: remaining_ms(event, POLL_MS) / 1000, world.wait)
    return each_message(event, "polls", lambda ports, message, now: poll(ports, message, now, time_left))


@app.on_sqs_message(queue_arn=ARN + "steps", batch_size=1, name="on_step_due")
def on_step_due(event: Any) -> Any:
    """Story B goes on: waybill, pickup, the stage of the case, parked events that found their leg."""
    from chalicelib.workflows.take_steps import take_step

    return each_message(event, "steps", take_step)


@app.on_sqs_message(queue_arn=ARN + "papers", batch_size=1, name="on_papers_due")
def on_papers_due(event: Any) -> Any:
    """Story B goes on: the papers of a leg, the pack of a claim. What draws a PDF is loaded here and nowhere else."""
    from chalicelib.workflows.print_papers import take_paper_work

    press = world.press()
    return each_message(event, "papers", lambda ports, message, now: take_paper_work(ports, press, message, now))


@app.on_sqs_message(queue_arn=ARN + "alerts", batch_size=10, name="on_alert_raised")
def on_alert_raised(event: Any) -> Any:
    """Something a person must know opens an exception, or closes one."""
    from chalicelib.workflows.raise_alert import take_alert

    return each_message(event, "alerts", take_alert)


@app.on_sqs_message(queue_arn=ARN + "notices", batch_size=1, name="on_notice_due")
def on_notice_due(event: Any) -> Any:
    """The customer is told, in their language."""
    from chalicelib.workflows.send_notices import take_notice

    return each_message(event, "notices", take_notice)


@app.on_sqs_message(queue_arn=ARN + "deliveries", batch_size=1, name="on_delivery_due")
def on_delivery_due(event: Any) -> Any:
    """The merchant's people and tools are told."""
    from chalicelib.workflows.send_deliveries import take_delivery

    ended: list[str] = []

    def told(ports: Ports, message: Mapping[str, Any], now: datetime) -> Iterable[str]:
        ended.extend(take_delivery(ports, message, now))
        return ended

    answered = each_message(event, "deliveries", told)
    if dead := sum(one.endswith("/dead") for one in ended):
        metrics.add_metric("DeliveriesDead", MetricUnit.Count, dead)
        metrics.flush_metrics()
    return answered


@app.on_sqs_message(queue_arn=ARN + "evidence", batch_size=1, name="on_evidence_due")
def on_evidence_due(event: Any) -> Any:
    """What was uploaded is looked at, kept and copied. What reads pictures is loaded here and nowhere else."""
    from chalicelib.workflows.look_at_evidence import take_evidence_work

    return each_message(event, "evidence", take_evidence_work)


@app.on_sqs_message(queue_arn=ARN + "payments", batch_size=1, name="on_payment_due")
def on_payment_due(event: Any) -> Any:
    """What was approved is paid, once."""
    from chalicelib.workflows.pay_out import take_payment

    return each_message(event, "payments", take_payment)


@app.schedule(Rate(1, unit=Rate.HOURS), name="daily_digest")
def daily_digest(event: Any) -> Any:
    """What is open and what ends soon, to each receiver whose own hour for it has come: so it is asked every hour."""
    from chalicelib.clock import instant
    from chalicelib.workflows.daily_digest import digest

    written = digest(world.ports(), instant(event.to_dict()["time"]))
    logger.info("digest written", extra={"receivers": list(written)})
    return {"receivers": list(written)}


@app.schedule(Rate(5, unit=Rate.MINUTES), name="sweep_due_work")
def sweep_due_work(event: Any) -> Any:
    """Story C: everything due by the schedule's own time, however late this invocation is, as long as time is left."""
    from chalicelib.clock import instant
    from chalicelib.workflows.sweep_due_work import sweep

    at = instant(event.to_dict()["time"])
    told = Counter[str]()
    while True:
        swept = asdict(sweep(world.ports(), at, SWEEP_AT_ONCE))
        told.update(swept)
        if swept["due"] < SWEEP_AT_ONCE or remaining_ms(event, SWEEP_RESERVE_MS) <= SWEEP_RESERVE_MS:
            break
    for name, count in told.items():
        metrics.add_metric(f"Swept{name.capitalize()}", MetricUnit.Count, count)
    metrics.flush_metrics()
    logger.info("swept", extra=dict(told))
    return dict(told)


@app.schedule(Rate(6, unit=Rate.HOURS), name="refresh_rates")
def refresh_rates(event: Any) -> Any:
    """The day's exchange rates and metal prices, from their publishers' own files."""
    from chalicelib.clock import instant
    from chalicelib.workflows.refresh_rates import refresh

    done = refresh(world.ports(), instant(event.to_dict()["time"]))
    metrics.add_metric("RatesKept", MetricUnit.Count, sum(one.kept for one in done))
    metrics.add_metric("RatesFailed", MetricUnit.Count, sum(one.fault is not None for one in done))
    metrics.flush_metrics()
    told: dict[str, str] = {one.publisher: str(one) for one in done}
    logger.info("rates refreshed", extra=told)
    return told


@app.schedule(Rate(1, unit=Rate.DAYS), name="watch_rules")
def watch_rules(event: Any) -> Any:
    """Rules in use that run out, told two weeks before."""
    from chalicelib.clock import instant
    from chalicelib.workflows.watch_rules import watch_rules as watch

    endings = [one.vintage for one in watch(world.ports(), instant(event.to_dict()["time"]))]
    logger.info("rules watched", extra={"ending": endings})
    return {"ending": endings}


def remaining_ms(event: Any, untold: int) -> int:
    """How long this invocation may still run; ``untold`` where nothing but a test runs it."""
    left: int = getattr(event.context, "get_remaining_time_in_millis", lambda: untold)()
    return left


def each_message(event: Any, queue: str, story: Callable[[Ports, Mapping[str, Any], datetime], Iterable[str]]) -> Any:
    """Hand each message to its story and report the failed ones alone: the rest of the batch is done.

    A message that fails is received again; one that cannot be mended, and one that failed to the last, is buried in
    its dead letters with the reason. Each is logged under its request or message id with the legs it touched, never
    with what it holds. Only failures are counted here: what went well AWS counts itself, and a metric is a log line.
    """
    records = event.to_dict()["Records"]
    ended = {record["messageId"]: _told(record, queue, story) for record in records}
    counted = Counter(end for end in ended.values() if end != "Done")
    if counted:
        metrics.add_dimension("queue", queue)
        for end, count in counted.items():
            metrics.add_metric(f"Messages{end}", MetricUnit.Count, count)
        metrics.flush_metrics()
    return {"batchItemFailures": [{"itemIdentifier": one} for one, end in ended.items() if end == "Failed"]}


def _told(record: Mapping[str, Any], queue: str, story: Callable[..., Iterable[str]]) -> str:
    """How it ended with this message: Done, Failed (it comes again) or Buried."""
    known: dict[str, Any] = {"queue": queue, "message_id": record["messageId"]}
    try:
        message = read_message(record["body"])
        known["request_id"] = message.get("request_id")
        legs = sorted(story(world.ports(), message, world.now()))
    except Exception as error:  # noqa: BLE001  the outermost layer: one bad message must not cost its neighbours
        known |= {"reason": getattr(error, "code", None), "defect": type(error).__name__, "where": place_of(error)}
        logger.warning("message failed", extra=known)
        return "Buried" if _is_buried(record, queue, error, known) else "Failed"
    told = ("queue", "request_id" if known["request_id"] else "message_id")
    logger.info("done", extra={name: known[name] for name in told} | {"legs": legs})
    return "Done"


def _is_buried(record: Mapping[str, Any], queue: str, error: Exception, known: Mapping[str, Any]) -> bool:
    """Whether this message now lies in the dead letters with its reason. One that could not be put there comes again,
    and after the last receive the queue itself moves it, without the reason."""
    receives = int(record.get("attributes", {}).get("ApproximateReceiveCount", "1"))
    if receives < MAX_RECEIVES and not isinstance(error, InvalidRequestError | json.JSONDecodeError):
        return False
    try:
        why = {name: known[name] or "" for name in ("reason", "defect", "where")}
        world.ports().queues.bury(queue, record["body"], why | redriven(record))
    except Exception as unburied:  # noqa: BLE001  the outermost layer: the queue's own redrive is the second way
        logger.error("not buried", extra={**known, "defect": type(unburied).__name__})  # noqa: TRY400  no message, see above
        return False
    return True


def redriven(record: Mapping[str, Any]) -> dict[str, str]:
    """How often a person sent this message back from its dead letters, as its next burial shall say too."""
    noted = record.get("messageAttributes", {}).get("redriven", {}).get("stringValue")
    return {"redriven": noted} if noted else {}


def read_message(body: str) -> Mapping[str, Any]:
    """A message of ours, as it was queued."""
    message: Mapping[str, Any] = json.loads(body)
    return message


def place_of(error: Exception) -> str:
    """Where it failed, without the message: an exception's text may hold what a customer wrote."""
    trace, last = error.__traceback__, ""
    while trace is not None:
        last = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return last

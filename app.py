"""The map of every way into Goldthread: routes for people and carriers, queues that link the steps, one schedule.

No rule lives here and no AWS call is made here. A route is registered from its blueprint; a queue handler opens its
batch and hands each message to the story that knows it; the sweep is told what time it is. What a story needs of the
world is built once per process, at first use.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from chalice.app import Chalice, Rate

from chalicelib.api import estimates, exceptions, health, openapi, returns, shipments, webhooks
from chalicelib.api.desk import Desk, workflows
from chalicelib.api.problems import framework_answers_as_problems

if TYPE_CHECKING:
    from chalicelib.workflows.ports import Ports

app = Chalice(app_name="goldthread", configure_logs=False)
logger = Logger(service="goldthread", location=None, sampling_rate=None)
metrics = Metrics(namespace="Goldthread", service=os.environ.get("GOLDTHREAD_STAGE", "local"))
ARN = "arn:aws:sqs:us-east-1:000000000000:"


class World:
    """What this process works with: the ports, built at first use from its own environment, and the only clock of the
    product; everything below is told the time. A test hands in its own world before anything is handled."""

    def __init__(self) -> None:
        self._ports: Ports | None = None
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def ports(self) -> Ports:
        """The world as the stories need it."""
        if self._ports is None:
            from chalicelib.adapters.wiring import build
            from chalicelib.settings import read_settings

            self._ports = build(read_settings(os.environ))
        return self._ports

    def hand_in(self, ports: Ports | None, now: Callable[[], datetime]) -> None:
        """Work with these from now on; without ports they are built again when next needed."""
        self._ports, self.now = ports, now


world = World()
app.register_middleware(framework_answers_as_problems, "http")
for room in (returns, estimates, shipments, exceptions, webhooks, health, openapi):
    app.register_blueprint(room.blueprint(Desk(world.ports, lambda: world.now(), workflows)))


@app.on_sqs_message(queue_arn=ARN + "tracking-in", batch_size=10, name="on_tracking_received")
def on_tracking_received(event: Any) -> Any:
    """Story A: what a carrier pushed."""
    from chalicelib.workflows.take_tracking import take_body

    return each_message(event, "tracking", take_body)


@app.on_sqs_message(queue_arn=ARN + "polls", batch_size=1, name="on_poll_due")
def on_poll_due(event: Any) -> Any:
    """Story A from the other side: carriers are asked."""
    from chalicelib.workflows.poll_tracking import poll

    return each_message(event, "polls", poll)


@app.on_sqs_message(queue_arn=ARN + "steps", batch_size=1, name="on_step_due")
def on_step_due(event: Any) -> Any:
    """Story B goes on: waybill, pickup, the stage of the case, parked events that found their leg."""
    from chalicelib.workflows.take_steps import take_step

    return each_message(event, "steps", take_step)


@app.on_sqs_message(queue_arn=ARN + "alerts", batch_size=10, name="on_alert_raised")
def on_alert_raised(event: Any) -> Any:
    """Something a person must know opens an exception, or closes one."""
    from chalicelib.workflows.raise_alert import take_alert

    return each_message(event, "alerts", take_alert)


@app.schedule(Rate(5, unit=Rate.MINUTES), name="sweep_due_work")
def sweep_due_work(event: Any) -> Any:
    """Story C: everything due by the schedule's own time, however late this invocation is."""
    from chalicelib.clock import instant
    from chalicelib.workflows.sweep_due_work import sweep

    swept = sweep(world.ports(), instant(event.to_dict()["time"]))
    for name in ("due", "claimed", "polls", "steps", "alerts"):
        metrics.add_metric(f"Swept{name.capitalize()}", MetricUnit.Count, getattr(swept, name))
    metrics.flush_metrics()
    logger.info("swept", extra={"due": swept.due, "claimed": swept.claimed, "polls": swept.polls})
    return {"due": swept.due, "claimed": swept.claimed}


def each_message(event: Any, queue: str, story: Callable[[Ports, Mapping[str, Any], datetime], None]) -> Any:
    """Hand each message to its story and report the failed ones alone: the rest of the batch is done.

    A message that fails is received again and after the last try lies in the dead-letter queue; why is logged each
    time under its message id, without what it holds.
    """
    failed = []
    for record in event.to_dict()["Records"]:
        try:
            story(world.ports(), read_message(record["body"]), world.now())
        except Exception as error:  # noqa: BLE001  the outermost layer: one bad message must not cost its neighbours
            failed.append({"itemIdentifier": record["messageId"]})
            reason = {"queue": queue, "message_id": record["messageId"], "reason": getattr(error, "code", None)}
            logger.warning("message failed", extra={**reason, "defect": type(error).__name__, "where": place_of(error)})
    count = len(event.to_dict()["Records"])
    metrics.add_dimension("queue", queue)
    metrics.add_metric("MessagesDone", MetricUnit.Count, count - len(failed))
    metrics.add_metric("MessagesFailed", MetricUnit.Count, len(failed))
    metrics.flush_metrics()
    return {"batchItemFailures": failed}


def read_message(body: str) -> Mapping[str, Any]:
    """A message of ours, as it was queued."""
    import json

    message: Mapping[str, Any] = json.loads(body)
    return message


def place_of(error: Exception) -> str:
    """Where it failed, without the message: an exception's text may hold what a customer wrote."""
    trace, last = error.__traceback__, ""
    while trace is not None:
        last = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return last

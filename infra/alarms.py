"""What wakes somebody, and the one picture of a stage: its alarms and its dashboard."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Template = dict[str, Any]

QUEUE_AGE_LIMIT_S = 900
ERROR_RATE_LIMIT_PERCENT = 5
SWEEP_MISSING_AFTER_S = 900
HALF_A_DAY_S, DAY_S = 43_200, 86_400
RUNBOOK = "docs/runbook"
# What app.py itself counts; a test holds these names and their dimensions against what it prints.
NAMESPACE = "Goldthread"
MESSAGES = ("MessagesFailed", "MessagesBuried")
DELIVERIES_DEAD = "DeliveriesDead"
SWEPT = ("SweptDue", "SweptClaimed", "SweptPolls", "SweptSteps", "SweptAlerts")


@dataclass(frozen=True, slots=True)
class Schedule:
    """A function that a schedule starts: after how many periods without a start somebody is told."""

    name: str
    function: str
    period_s: int
    periods: int
    missing: str


SCHEDULES = (
    Schedule(
        "Sweep",
        "SweepDueWork",
        SWEEP_MISSING_AFTER_S,
        1,
        f"The sweep has not run for {SWEEP_MISSING_AFTER_S // 60} minutes: late parcels go unnoticed",
    ),
    Schedule("Rates", "RefreshRates", HALF_A_DAY_S, 1, "Exchange rates were not refreshed for half a day"),
    Schedule("Rules", "WatchRules", DAY_S, 2, "Nobody has looked for two days whether rules in use run out"),
    Schedule("Digest", "DailyDigest", HALF_A_DAY_S, 1, "Nobody was asked for half a day whose daily digest is due"),
)


def alarms(queue_by_consumer: Mapping[str, str], functions: tuple[str, ...]) -> Template:
    """Give every alarm: age per queue, dead letters, error rate per function, sweep not run, API failing."""
    found: Template = {}
    for queue in queue_by_consumer.values():
        found[f"{queue}AgeAlarm"] = _queue_age(queue)
        found[f"{queue}DeadLettersAlarm"] = _dead_letters(queue)
    for function in functions:
        found[f"{function}ErrorsAlarm"] = _error_rate(function, queue_by_consumer.get(function))
    for schedule in SCHEDULES:
        found[f"{schedule.name}NotRunAlarm"] = _not_run(schedule)
    found["DeliveriesDeadAlarm"] = _deliveries_dead()
    found["ApiFailingAlarm"] = _api_failing()
    return found


def _alarm(description: str, page: str, *, missing: str = "notBreaching", **properties: Any) -> Template:
    """An alarm that tells the topic; its description ends with the page of the runbook that says what to do."""
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": f"{description}; see {RUNBOOK}/{page}.md",
            "AlarmActions": [{"Ref": "AlertTopic"}],
            "OKActions": [{"Ref": "AlertTopic"}],
            "TreatMissingData": missing,
            "EvaluationPeriods": 1,
            **properties,
        },
    }


def _queue_age(queue: str) -> Template:
    return _alarm(
        f"The oldest message in {queue} has waited longer than {QUEUE_AGE_LIMIT_S // 60} minutes",
        "queue-age",
        Namespace="AWS/SQS",
        MetricName="ApproximateAgeOfOldestMessage",
        Dimensions=[_queue_dimension(f"{queue}Queue")],
        Statistic="Maximum",
        Period=300,
        Threshold=QUEUE_AGE_LIMIT_S,
        ComparisonOperator="GreaterThanThreshold",
    )


def _dead_letters(queue: str) -> Template:
    return _alarm(
        f"A message in {queue} failed every time and waits in its dead-letter queue",
        f"dead-letters-{queue.lower()}",
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Dimensions=[_queue_dimension(f"{queue}DeadLetters")],
        Statistic="Maximum",
        Period=300,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
    )


def _error_rate(function: str, queue: str | None) -> Template:
    """A worker answers for each message of a batch, so to Lambda no call of it ever fails: its failed messages count,
    in two periods of three, because one that fails comes again and most are mended by that.
    """
    failed = "errors + FILL(messages, 0)" if queue else "errors"
    metrics = [
        {
            "Id": "rate",
            "Expression": f"100 * ({failed}) / MAX([{failed}, calls])",
            "Label": "failed calls, percent",
        },
        _function_metric("errors", "Errors", function),
        _function_metric("calls", "Invocations", function),
    ]
    patience: Template = {}
    if queue:
        metrics.append(_sum("messages", NAMESPACE, MESSAGES[0], _of_queue(queue)))
        patience = {"EvaluationPeriods": 3, "DatapointsToAlarm": 2}
    return _alarm(
        f"More than {ERROR_RATE_LIMIT_PERCENT} % of the calls of {function} fail",
        "errors",
        Metrics=metrics,
        Threshold=ERROR_RATE_LIMIT_PERCENT,
        ComparisonOperator="GreaterThanThreshold",
        **patience,
    )


def _function_metric(metric_id: str, name: str, function: str) -> Template:
    return _sum(metric_id, "AWS/Lambda", name, [{"Name": "FunctionName", "Value": {"Ref": function}}])


def _sum(metric_id: str, namespace: str, name: str, dimensions: list[Template]) -> Template:
    return {
        "Id": metric_id,
        "ReturnData": False,
        "MetricStat": {
            "Metric": {"Namespace": namespace, "MetricName": name, "Dimensions": dimensions},
            "Period": 300,
            "Stat": "Sum",
        },
    }


def _not_run(schedule: Schedule) -> Template:
    return _alarm(
        schedule.missing,
        f"{schedule.name.lower()}-not-run",
        missing="breaching",
        Namespace="AWS/Lambda",
        MetricName="Invocations",
        Dimensions=[{"Name": "FunctionName", "Value": {"Ref": schedule.function}}],
        Statistic="Sum",
        Period=schedule.period_s,
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
        EvaluationPeriods=schedule.periods,
    )


def _deliveries_dead() -> Template:
    """The topic is told by AWS itself here: it may be the very way that our own word of it does not go."""
    return _alarm(
        "A delivery to a receiver was given up: it waits in the dead list (GET /v1/deliveries?state=dead)",
        "deliveries-dead",
        Namespace=NAMESPACE,
        MetricName=DELIVERIES_DEAD,
        Dimensions=[{"Name": "service", "Value": {"Ref": "Stage"}}],
        Statistic="Sum",
        Period=300,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
    )


def _api_failing() -> Template:
    return _alarm(
        "The HTTP API answers 5xx",
        "api-failing",
        Namespace="AWS/ApiGateway",
        MetricName="5XXError",
        Dimensions=[
            {"Name": "ApiName", "Value": {"Ref": "AWS::StackName"}},
            {"Name": "Stage", "Value": "api"},
        ],
        Statistic="Sum",
        Period=300,
        Threshold=5,
        ComparisonOperator="GreaterThanThreshold",
    )


def _queue_dimension(resource: str) -> Template:
    return {"Name": "QueueName", "Value": {"Fn::GetAtt": [resource, "QueueName"]}}


def _of_queue(queue: str) -> list[Template]:
    """How app.py names what it counts of a queue."""
    return [{"Name": "service", "Value": {"Ref": "Stage"}}, {"Name": "queue", "Value": queue.lower()}]


def dashboard(queues: tuple[str, ...], functions: tuple[str, ...]) -> Template:
    """Give the dashboard: is work waiting, is work failing, what was due, how fast is it, what does the table do."""
    names = [f"{queue}Queue" for queue in queues]
    dead = [f"{queue}DeadLetters" for queue in queues]
    api = ["ApiName", "${AWS::StackName}", "Stage", "api"]
    rows = [
        _graph(
            "Oldest message, seconds",
            [_sqs("ApproximateAgeOfOldestMessage", name) for name in names],
            "Maximum",
        ),
        _graph("Dead letters", [_sqs("ApproximateNumberOfMessagesVisible", name) for name in dead], "Maximum"),
        _graph(
            "Failed and buried messages",
            [_own(metric, "queue", queue.lower()) for queue in queues for metric in MESSAGES],
            "Sum",
        ),
        _graph("Swept", [_own(metric) for metric in SWEPT], "Sum"),
        _graph("Failed calls", [_lambda("Errors", name) for name in functions], "Sum"),
        _graph("Duration p99, ms", [_lambda("Duration", name) for name in functions], "p99"),
        _graph("Calls", [_lambda("Invocations", name) for name in functions], "Sum"),
        _graph("API", [["AWS/ApiGateway", name, *api] for name in ("Count", "4XXError", "5XXError")], "Sum"),
        _graph("API latency p99, ms", [["AWS/ApiGateway", "Latency", *api]], "p99"),
        _graph("Table units", [_table("ConsumedReadCapacityUnits"), _table("ConsumedWriteCapacityUnits")], "Sum"),
    ]
    widgets = [_placed(row, number) for number, row in enumerate(rows)]
    body = json.dumps({"widgets": widgets}, separators=(",", ":"))
    return {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {"DashboardName": {"Ref": "AWS::StackName"}, "DashboardBody": {"Fn::Sub": body}},
    }


def _sqs(metric: str, queue: str) -> list[str]:
    return ["AWS/SQS", metric, "QueueName", f"${{{queue}.QueueName}}"]


def _lambda(metric: str, function: str) -> list[str]:
    return ["AWS/Lambda", metric, "FunctionName", f"${{{function}}}"]


def _own(metric: str, *further: str) -> list[str]:
    return [NAMESPACE, metric, "service", "${Stage}", *further]


def _table(metric: str) -> list[str]:
    return ["AWS/DynamoDB", metric, "TableName", "${Table}"]


def _graph(title: str, metrics: list[list[str]], stat: str) -> Template:
    shown = {
        "title": title,
        "metrics": metrics,
        "stat": stat,
        "period": 300,
        "region": "${AWS::Region}",
        "view": "timeSeries",
    }
    return {"type": "metric", "width": 12, "height": 6, "properties": shown}


def _placed(widget: Template, number: int) -> Template:
    return widget | {"x": 12 * (number % 2), "y": 6 * (number // 2)}

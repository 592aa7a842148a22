"""What is merged into the template that Chalice generates: a pure function of the stage.

Chalice knows routes, handlers, memory and policies. It does not know partial batch answers, dead-letter
queues, alarms or tables, and its merge works per resource. So the tables below say once which function reads
which queue and needs which values, and everything that repeats is made from them.
"""

import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalice.package import YAMLTemplateSerializer

from infra.alarms import alarms, dashboard

Template = dict[str, Any]

STAGES = ("local", "dev", "prod")
LOG_RETENTION_DAYS = 30
DEAD_LETTER_DAYS = 14
SOURCE_QUEUE_DAYS = 4
MAX_RECEIVE_COUNT = 5
VISIBILITY_TIMES_TIMEOUT = 6

# What only the stage `local` sets, by where it stands in the template. The deployer of the embedded AWS
# passes the simulator's real port as the parameter.
LOCAL_VALUES: dict[str, Any] = {
    "Parameters.FedexUrl.Default": "http://127.0.0.1:4580/fedex",
    "Parameters.MydhlUrl.Default": "http://127.0.0.1:4580/mydhlapi",
    "Parameters.DhlUnifiedUrl.Default": "http://127.0.0.1:4580/unified",
    "Parameters.EmsUrl.Default": "http://127.0.0.1:4580/ems",
    "Parameters.EcbUrl.Default": "http://127.0.0.1:4580/rates/ecb",
    "Parameters.HmrcUrl.Default": "http://127.0.0.1:4580/rates/hmrc",
    "Parameters.MetalsUrl.Default": "http://127.0.0.1:4580/rates/metals",
    "Parameters.ReceiverGuard.Default": "private_addresses_allowed",
    "Parameters.StripeUrl.Default": "http://127.0.0.1:4580/stripe",
    "Parameters.PaymentSandbox.Default": "payments-sandbox",
    "Parameters.PublicUrl.Default": "http://127.0.0.1:4610",
}

REFERENCE_BY_ENV: dict[str, Any] = {
    "GOLDTHREAD_TABLE": {"Ref": "Table"},
    "GOLDTHREAD_QUEUE_TRACKING": {"Ref": "TrackingQueue"},
    "GOLDTHREAD_QUEUE_POLLS": {"Ref": "PollsQueue"},
    "GOLDTHREAD_QUEUE_STEPS": {"Ref": "StepsQueue"},
    "GOLDTHREAD_QUEUE_PAPERS": {"Ref": "PapersQueue"},
    "GOLDTHREAD_QUEUE_ALERTS": {"Ref": "AlertsQueue"},
    "GOLDTHREAD_QUEUE_NOTICES": {"Ref": "NoticesQueue"},
    "GOLDTHREAD_QUEUE_DELIVERIES": {"Ref": "DeliveriesQueue"},
    "GOLDTHREAD_DEAD_LETTERS_TRACKING": {"Ref": "TrackingDeadLetters"},
    "GOLDTHREAD_DEAD_LETTERS_POLLS": {"Ref": "PollsDeadLetters"},
    "GOLDTHREAD_DEAD_LETTERS_STEPS": {"Ref": "StepsDeadLetters"},
    "GOLDTHREAD_DEAD_LETTERS_PAPERS": {"Ref": "PapersDeadLetters"},
    "GOLDTHREAD_DEAD_LETTERS_ALERTS": {"Ref": "AlertsDeadLetters"},
    "GOLDTHREAD_DEAD_LETTERS_NOTICES": {"Ref": "NoticesDeadLetters"},
    "GOLDTHREAD_DEAD_LETTERS_DELIVERIES": {"Ref": "DeliveriesDeadLetters"},
    "GOLDTHREAD_QUEUE_EVIDENCE": {"Ref": "EvidenceQueue"},
    "GOLDTHREAD_DEAD_LETTERS_EVIDENCE": {"Ref": "EvidenceDeadLetters"},
    "GOLDTHREAD_QUEUE_PAYMENTS": {"Ref": "PaymentsQueue"},
    "GOLDTHREAD_DEAD_LETTERS_PAYMENTS": {"Ref": "PaymentsDeadLetters"},
    "GOLDTHREAD_EVIDENCE_BUCKET": {"Ref": "EvidenceBucket"},
    "GOLDTHREAD_SECRET_WEBHOOKS": {"Ref": "WebhooksSecret"},
    "GOLDTHREAD_SECRET_CARRIERS": {"Ref": "CarriersSecret"},
    "GOLDTHREAD_SECRET_RECEIVERS": {"Ref": "ReceiversSecret"},
    "GOLDTHREAD_SECRET_PAYMENTS": {"Ref": "PaymentsSecret"},
    "GOLDTHREAD_STRIPE_URL": {"Ref": "StripeUrl"},
    "GOLDTHREAD_PAYMENT_SANDBOX": {"Ref": "PaymentSandbox"},
    "GOLDTHREAD_PUBLIC_URL": {"Ref": "PublicUrl"},
    "GOLDTHREAD_TOPIC": {"Ref": "AlertTopic"},
    "GOLDTHREAD_MAIL_DOMAIN": {"Ref": "MailDomain"},
    "GOLDTHREAD_RECEIVER_GUARD": {"Ref": "ReceiverGuard"},
    "GOLDTHREAD_KMS_KEY": {"Ref": "PersonKey"},
    "GOLDTHREAD_FEDEX_URL": {"Ref": "FedexUrl"},
    "GOLDTHREAD_MYDHL_URL": {"Ref": "MydhlUrl"},
    "GOLDTHREAD_DHL_UNIFIED_URL": {"Ref": "DhlUnifiedUrl"},
    "GOLDTHREAD_EMS_URL": {"Ref": "EmsUrl"},
    "GOLDTHREAD_ECB_URL": {"Ref": "EcbUrl"},
    "GOLDTHREAD_HMRC_URL": {"Ref": "HmrcUrl"},
    "GOLDTHREAD_METALS_URL": {"Ref": "MetalsUrl"},
    "GOLDTHREAD_MERCHANT_FILE": "chalicelib/merchant.toml",
}


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue and how its worker reads it."""

    name: str
    consumer: str
    timeout_s: int
    """The consumer's timeout, as in .chalice/config.json; a test holds the two together."""
    concurrency: int
    window_s: int = 0
    """How long a batch is gathered. Zero where somebody waits for the outcome."""


QUEUES = (
    Queue("Tracking", consumer="OnTrackingReceived", timeout_s=30, concurrency=20, window_s=1),
    Queue("Polls", consumer="OnPollDue", timeout_s=60, concurrency=4),
    Queue("Steps", consumer="OnStepDue", timeout_s=60, concurrency=4),
    Queue("Papers", consumer="OnPapersDue", timeout_s=60, concurrency=4),
    Queue("Alerts", consumer="OnAlertRaised", timeout_s=30, concurrency=4),
    Queue("Notices", consumer="OnNoticeDue", timeout_s=60, concurrency=4),
    # A receiver that hangs holds one of these for as long as it may answer, and rests afterwards.
    Queue("Deliveries", consumer="OnDeliveryDue", timeout_s=60, concurrency=8),
    Queue("Evidence", consumer="OnEvidenceDue", timeout_s=60, concurrency=4),
    Queue("Payments", consumer="OnPaymentDue", timeout_s=60, concurrency=2),
)

# Function -> the environment it needs beyond GOLDTHREAD_STAGE (names without the prefix).
ENV_BY_FUNCTION: dict[str, tuple[str, ...]] = {
    "APIHandler": (
        "TABLE",
        "QUEUE_TRACKING",
        "QUEUE_STEPS",
        "QUEUE_PAPERS",
        "QUEUE_ALERTS",
        "QUEUE_DELIVERIES",
        "QUEUE_NOTICES",
        "QUEUE_EVIDENCE",
        "QUEUE_PAYMENTS",
        "EVIDENCE_BUCKET",
        "MERCHANT_FILE",
        "SECRET_WEBHOOKS",
        "KMS_KEY",
        "PUBLIC_URL",
    ),
    "OnTrackingReceived": (
        "TABLE",
        "QUEUE_STEPS",
        "QUEUE_ALERTS",
        "EVIDENCE_BUCKET",
        "MERCHANT_FILE",
        "DEAD_LETTERS_TRACKING",
    ),
    "OnPollDue": (
        "TABLE",
        "QUEUE_STEPS",
        "QUEUE_ALERTS",
        "EVIDENCE_BUCKET",
        "MERCHANT_FILE",
        "SECRET_CARRIERS",
        "FEDEX_URL",
        "MYDHL_URL",
        "DHL_UNIFIED_URL",
        "EMS_URL",
        "DEAD_LETTERS_POLLS",
    ),
    "OnStepDue": (
        "TABLE",
        "QUEUE_STEPS",
        "QUEUE_PAPERS",
        "QUEUE_ALERTS",
        "QUEUE_NOTICES",
        "QUEUE_PAYMENTS",
        "EVIDENCE_BUCKET",
        "MERCHANT_FILE",
        "SECRET_CARRIERS",
        "KMS_KEY",
        "FEDEX_URL",
        "MYDHL_URL",
        "DHL_UNIFIED_URL",
        "EMS_URL",
        "DEAD_LETTERS_STEPS",
    ),
    "OnPapersDue": ("TABLE", "QUEUE_ALERTS", "EVIDENCE_BUCKET", "MERCHANT_FILE", "KMS_KEY", "DEAD_LETTERS_PAPERS"),
    "OnAlertRaised": (
        "TABLE",
        "QUEUE_STEPS",
        "QUEUE_NOTICES",
        "QUEUE_DELIVERIES",
        "MERCHANT_FILE",
        "DEAD_LETTERS_ALERTS",
    ),
    "OnNoticeDue": (
        "TABLE",
        "QUEUE_ALERTS",
        "MERCHANT_FILE",
        "MAIL_DOMAIN",
        "KMS_KEY",
        "PUBLIC_URL",
        "DEAD_LETTERS_NOTICES",
    ),
    "OnEvidenceDue": (
        "TABLE",
        "QUEUE_STEPS",
        "QUEUE_ALERTS",
        "QUEUE_NOTICES",
        "EVIDENCE_BUCKET",
        "MERCHANT_FILE",
        "DEAD_LETTERS_EVIDENCE",
    ),
    "OnPaymentDue": (
        "TABLE",
        "QUEUE_STEPS",
        "QUEUE_ALERTS",
        "QUEUE_NOTICES",
        "MERCHANT_FILE",
        "SECRET_PAYMENTS",
        "STRIPE_URL",
        "PAYMENT_SANDBOX",
        "DEAD_LETTERS_PAYMENTS",
    ),
    "OnDeliveryDue": (
        "TABLE",
        "QUEUE_ALERTS",
        "QUEUE_DELIVERIES",
        "MERCHANT_FILE",
        "MAIL_DOMAIN",
        "TOPIC",
        "SECRET_RECEIVERS",
        "RECEIVER_GUARD",
        "DEAD_LETTERS_DELIVERIES",
    ),
    "DailyDigest": ("TABLE", "QUEUE_DELIVERIES", "MERCHANT_FILE"),
    "WatchRules": ("TABLE", "QUEUE_ALERTS"),
    "RefreshRates": ("TABLE", "QUEUE_ALERTS", "ECB_URL", "HMRC_URL", "METALS_URL"),
    "SweepDueWork": (
        "TABLE",
        "QUEUE_POLLS",
        "QUEUE_STEPS",
        "QUEUE_ALERTS",
        "QUEUE_DELIVERIES",
        "QUEUE_EVIDENCE",
        "QUEUE_PAYMENTS",
        "MERCHANT_FILE",
    ),
}
FUNCTIONS = tuple(ENV_BY_FUNCTION)
KEPT_IN_PROD = (
    "Table",
    "EvidenceBucket",
    "PersonKey",
    "WebhooksSecret",
    "CarriersSecret",
    "ReceiversSecret",
    "PaymentsSecret",
)


def build_template(stage: str, machine: str | None = None) -> Template:
    """Give the merge template of a stage; `local` takes its architecture from `machine`, the host's."""
    if stage not in STAGES:
        raise ValueError(f"unknown stage {stage!r}, there are {', '.join(STAGES)}")
    template = _single_resources()
    template["Parameters"]["Stage"]["Default"] = stage
    resources: Template = template["Resources"]
    for queue in QUEUES:
        resources |= _queue_pair(queue)
    for name in FUNCTIONS:
        resources |= _function(name, stage, architecture(stage, machine))
    for queue in QUEUES:
        resources[queue.consumer]["Properties"]["Events"] = _event_source(queue)
    resources["RestAPI"] = _rest_api()
    resources |= alarms({queue.consumer: queue.name for queue in QUEUES}, FUNCTIONS)
    resources["Dashboard"] = dashboard(tuple(queue.name for queue in QUEUES), FUNCTIONS)
    _protect(resources, kept=stage != "dev")
    if stage == "local":
        _set_local_values(template)
    return template


def architecture(stage: str, machine: str | None = None) -> str:
    """Give the Lambda architecture: arm64, but in `local`, which runs the zip itself, the host's own."""
    if stage != "local":
        return "arm64"
    return "arm64" if (machine or platform.machine()) in ("aarch64", "arm64") else "x86_64"


def _single_resources() -> Template:
    text = Path(__file__).with_name("resources.yaml").read_text(encoding="utf-8")
    template: Template = YAMLTemplateSerializer().load_template(text, "resources.yaml")
    return template


def _queue_pair(queue: Queue) -> Template:
    dead = f"{queue.name}DeadLetters"
    return {
        f"{queue.name}Queue": {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "VisibilityTimeout": VISIBILITY_TIMES_TIMEOUT * queue.timeout_s,
                "MessageRetentionPeriod": SOURCE_QUEUE_DAYS * 86400,
                "ReceiveMessageWaitTimeSeconds": 20,
                "SqsManagedSseEnabled": True,
                "RedrivePolicy": {
                    "deadLetterTargetArn": {"Fn::GetAtt": [dead, "Arn"]},
                    "maxReceiveCount": MAX_RECEIVE_COUNT,
                },
            },
        },
        # Kept longer than the source: a message carries its age across.
        dead: {
            "Type": "AWS::SQS::Queue",
            "Properties": {"MessageRetentionPeriod": DEAD_LETTER_DAYS * 86400, "SqsManagedSseEnabled": True},
        },
    }


def _function(name: str, stage: str, architecture_name: str) -> Template:
    logs = f"{name}Logs"
    env = {f"GOLDTHREAD_{key}": REFERENCE_BY_ENV[f"GOLDTHREAD_{key}"] for key in ENV_BY_FUNCTION[name]}
    return {
        name: {
            "Properties": {
                "Architectures": [architecture_name],
                "Environment": {"Variables": {"GOLDTHREAD_STAGE": stage} | env},
                "LoggingConfig": {"LogGroup": {"Ref": logs}},
            }
        },
        # Named by us instead of /aws/lambda/<function>: the role can name it exactly, it exists before the
        # first call, and Chalice's own log group for the API (which names a function that is not there) is
        # not needed.
        logs: {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {
                "LogGroupName": {"Fn::Sub": f"/goldthread/${{AWS::StackName}}/{name}"},
                "RetentionInDays": LOG_RETENTION_DAYS,
            },
        },
    }


def _event_source(queue: Queue) -> Template:
    properties: Template = {
        # The decorator names a placeholder ARN: a plain string, which the merge replaces whole.
        "Queue": {"Fn::GetAtt": [f"{queue.name}Queue", "Arn"]},
        # Without this, AWS deletes the failed messages of a batch as if they had succeeded.
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        # Held back here and not by reserved concurrency: throttled invocations would count as receives and
        # end as dead letters.
        "ScalingConfig": {"MaximumConcurrency": queue.concurrency},
    }
    if queue.window_s:
        properties["MaximumBatchingWindowInSeconds"] = queue.window_s
    return {f"{queue.consumer}SqsEventSource": {"Properties": properties}}


def _rest_api() -> Template:
    """Throttle the API, and carriers' calls apart, so that a flood of forged ones leaves room for people."""
    return {
        "Properties": {
            # Alarms and the dashboard find the API by this name, which must differ between stages of one
            # account.
            "DefinitionBody": {"info": {"title": {"Ref": "AWS::StackName"}}},
            # In a method setting every slash of a path but the first is written ~1.
            "MethodSettings": [
                _throttle("/*", "*", rate=50, burst=100),
                _throttle("/~1v1~1webhooks~1{carrier}", "POST", rate=100, burst=200),
            ],
        }
    }


def _throttle(path: str, method: str, rate: int, burst: int) -> Template:
    return {
        "ResourcePath": path,
        "HttpMethod": method,
        "ThrottlingRateLimit": rate,
        "ThrottlingBurstLimit": burst,
        "MetricsEnabled": False,
    }


def _protect(resources: Template, *, kept: bool) -> None:
    for name in KEPT_IN_PROD:
        policy = "Retain" if kept else "Delete"
        resources[name] |= {"DeletionPolicy": policy, "UpdateReplacePolicy": policy}
    resources["Table"]["Properties"]["DeletionProtectionEnabled"] = kept


def _set_local_values(template: Template) -> None:
    for path, value in LOCAL_VALUES.items():
        *parents, last = path.split(".")
        place = template
        for key in parents:
            place = place[key]
        place[last] = value

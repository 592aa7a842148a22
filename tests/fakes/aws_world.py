"""One stage of the product on moto or on the embedded AWS: the table as the template has it, queues, bucket, secrets,
key.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from chalice.package import YAMLTemplateSerializer

from chalicelib.adapters.aws import SIGNING
from chalicelib.settings import Settings, read_settings
from tests.fakes.memory_ports import SECRETS

RESOURCES = Path(__file__).parents[2] / "infra" / "resources.yaml"
REGION = "us-east-1"
QUEUES = ("tracking", "polls", "steps", "papers", "alerts", "notices", "deliveries", "evidence", "payments")
SET_APART = ("TimeToLiveSpecification", "PointInTimeRecoverySpecification", "SSESpecification")

_numbers = itertools.count(1)


def client_maker(endpoint: str | None = None, attempts: int = 3) -> Callable[[str], Any]:
    """Clients with made-up credentials, for moto or for an endpoint on this machine."""
    session = boto3.session.Session(aws_access_key_id="local", aws_secret_access_key="local", region_name=REGION)

    def client(service: str) -> Any:
        config = Config(
            retries={"mode": "standard", "total_max_attempts": attempts},
            connect_timeout=5,
            read_timeout=60,
            proxies={},
            **SIGNING.get(service, {}),
        )
        return session.client(service, endpoint_url=endpoint, config=config)

    return client


def table_definition(name: str) -> dict[str, Any]:
    """The table of the template, without what CloudFormation sets apart from its creation."""
    template = YAMLTemplateSerializer().load_template(RESOURCES.read_text(encoding="utf-8"), "resources.yaml")
    properties = template["Resources"]["Table"]["Properties"]
    return {"TableName": name} | {one: value for one, value in properties.items() if one not in SET_APART}


class AwsStage:
    """What a stage has besides its table; made once, because a table per test is enough to keep tests apart."""

    def __init__(self, make_client: Callable[[str], Any], secrets: Mapping[str, Any] = SECRETS) -> None:
        self.make_client = make_client
        prefix = f"t{next(_numbers)}"
        self.bucket = f"goldthread-evidence-{prefix}"
        make_client("s3").create_bucket(Bucket=self.bucket)
        sqs, store = make_client("sqs"), make_client("secretsmanager")
        self.queues = {name: sqs.create_queue(QueueName=f"{prefix}-{name}")["QueueUrl"] for name in QUEUES}
        self.dead_letters = {name: sqs.create_queue(QueueName=f"{prefix}-{name}-dead")["QueueUrl"] for name in QUEUES}
        self.secrets = {
            name: store.create_secret(Name=f"{prefix}-{name}", SecretString=json.dumps(value))["ARN"]
            for name, value in secrets.items()
        }
        self.topic = make_client("sns").create_topic(Name=f"{prefix}-alerts")["TopicArn"]
        make_client("ses").verify_domain_identity(Domain="example.com")
        self.key = make_client("kms").create_key()["KeyMetadata"]["KeyId"]

    def new_table(self) -> str:
        """An empty table and its name."""
        name = f"table-{next(_numbers)}"
        dynamo = self.make_client("dynamodb")
        dynamo.create_table(**table_definition(name))
        dynamo.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
        return name

    def environment(self, table: str) -> dict[str, str]:
        """What the functions of this stage are told."""
        return {
            "GOLDTHREAD_STAGE": "local",
            "GOLDTHREAD_TABLE": table,
            **{f"GOLDTHREAD_QUEUE_{name.upper()}": url for name, url in self.queues.items()},
            **{f"GOLDTHREAD_DEAD_LETTERS_{name.upper()}": url for name, url in self.dead_letters.items()},
            "GOLDTHREAD_EVIDENCE_BUCKET": self.bucket,
            "GOLDTHREAD_SECRET_WEBHOOKS": self.secrets["webhooks"],
            "GOLDTHREAD_SECRET_CARRIERS": self.secrets["carriers"],
            "GOLDTHREAD_SECRET_RECEIVERS": self.secrets["receivers"],
            "GOLDTHREAD_SECRET_PAYMENTS": self.secrets["payments"],
            "GOLDTHREAD_PUBLIC_URL": "https://returns.example.com",
            "GOLDTHREAD_TOPIC": self.topic,
            "GOLDTHREAD_MAIL_DOMAIN": "example.com",
            "GOLDTHREAD_RECEIVER_GUARD": "private_addresses_allowed",
            "GOLDTHREAD_KMS_KEY": self.key,
        }

    def settings(self, table: str) -> Settings:
        """The settings of a function of this stage."""
        return read_settings(self.environment(table))

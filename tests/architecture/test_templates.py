"""What the packaged template of every stage must say, whatever generated it."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.adapters.track_items import parked_item
from infra.build_template import FUNCTIONS, QUEUES, build_template
from tests.fakes.pieces import a_parked

DAY = 86400
TAKES_A_MINUTE = (
    "app.on_poll_due", "app.on_step_due", "app.on_papers_due", "app.on_notice_due", "app.on_delivery_due",
    "app.on_evidence_due", "app.on_payment_due",
)  # fmt: skip


def _target(reference: dict) -> str:
    """Give the resource that a reference names."""
    return reference["Fn::GetAtt"][0] if "Fn::GetAtt" in reference else reference["Ref"]


def _alarmed(packaged, metric: str, dimension: str) -> set[str]:
    """Give the resources whose metric has an alarm that tells somebody."""
    return {
        _target(found["Value"])
        for alarm in packaged.of_type("AWS::CloudWatch::Alarm").values()
        if alarm["AlarmActions"] == [{"Ref": "AlertTopic"}]
        for watched in [
            alarm,
            *(row["MetricStat"]["Metric"] for row in alarm.get("Metrics", []) if "MetricStat" in row),
        ]
        if watched.get("MetricName") == metric
        for found in watched["Dimensions"]
        if found["Name"] == dimension
    }


def test_the_stage_has_exactly_the_functions_that_were_planned(packaged):
    assert set(packaged.functions) == set(FUNCTIONS)


def test_every_function_is_handled_in_app_py(packaged):
    handlers = {function["Handler"] for function in packaged.functions.values()}

    assert {handler.split(".")[0] for handler in handlers} == {"app"}
    assert len(handlers) == len(packaged.functions)


def test_every_queue_is_read_by_one_function(packaged):
    read = sorted(_target(source["Queue"]) for source in packaged.queue_sources.values())

    assert read == sorted(f"{queue.name}Queue" for queue in QUEUES)


def test_every_queue_worker_reports_partial_batches_and_is_held_back(packaged):
    for source in packaged.queue_sources.values():
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert 2 <= source["ScalingConfig"]["MaximumConcurrency"] <= 100


def test_every_source_queue_has_a_dead_letter_queue_with_an_alarm(packaged):
    queues = packaged.of_type("AWS::SQS::Queue")
    alarmed = _alarmed(packaged, "ApproximateNumberOfMessagesVisible", "QueueName")

    for source in packaged.queue_sources.values():
        queue = queues[_target(source["Queue"])]
        dead = _target(queue["RedrivePolicy"]["deadLetterTargetArn"])
        assert queue["RedrivePolicy"]["maxReceiveCount"] >= 5
        assert dead in alarmed
        assert queues[dead]["MessageRetentionPeriod"] == 14 * DAY > queue["MessageRetentionPeriod"]


def test_every_source_queue_hides_a_message_for_six_timeouts_of_its_worker(packaged):
    queues = packaged.of_type("AWS::SQS::Queue")

    for name, source in packaged.queue_sources.items():
        visible_again = queues[_target(source["Queue"])]["VisibilityTimeout"]
        assert visible_again >= 6 * packaged.functions[name]["Timeout"]


def test_every_queue_is_encrypted_and_its_age_watched(packaged):
    queues = packaged.of_type("AWS::SQS::Queue")
    sources = {_target(source["Queue"]) for source in packaged.queue_sources.values()}

    assert all(queue["SqsManagedSseEnabled"] is True for queue in queues.values())
    assert sources <= _alarmed(packaged, "ApproximateAgeOfOldestMessage", "QueueName")


def test_every_function_has_memory_and_a_timeout_chosen_for_it(packaged):
    for function in packaged.functions.values():
        assert function["MemorySize"] >= 256
        assert function["Timeout"] != 60 or function["Handler"] in TAKES_A_MINUTE


def test_the_api_answers_before_api_gateway_gives_up(packaged):
    assert packaged.functions["APIHandler"]["Timeout"] < 29


def test_every_function_logs_to_a_group_that_forgets(packaged):
    groups = packaged.of_type("AWS::Logs::LogGroup")

    used = {function["LoggingConfig"]["LogGroup"]["Ref"] for function in packaged.functions.values()}

    assert used == set(groups)
    assert all(group["RetentionInDays"] == 30 for group in groups.values())


def test_every_function_has_an_alarm_on_its_errors(packaged):
    assert _alarmed(packaged, "Errors", "FunctionName") == set(packaged.functions)


def test_a_worker_s_alarm_counts_the_messages_that_it_reports_as_failed(packaged):
    alarms = packaged.of_type("AWS::CloudWatch::Alarm")
    for worker, source in packaged.queue_sources.items():
        queue = source["Queue"]["Fn::GetAtt"][0].removesuffix("Queue").lower()
        alarm = alarms[f"{worker}ErrorsAlarm"]
        (own,) = [
            row["MetricStat"]["Metric"]
            for row in alarm["Metrics"]
            if row.get("MetricStat", {}).get("Metric", {}).get("Namespace") == "Goldthread"
        ]
        assert own["MetricName"] == "MessagesFailed"
        assert {"Name": "queue", "Value": queue} in own["Dimensions"]
        assert "messages" in alarm["Metrics"][0]["Expression"]


SCHEDULES = {
    "SweepDueWork": ("rate(5 minutes)", timedelta(minutes=15)),
    "RefreshRates": ("rate(6 hours)", timedelta(hours=12)),
    "WatchRules": ("rate(1 day)", timedelta(days=2)),
    "DailyDigest": ("rate(1 hour)", timedelta(hours=12)),
}


def test_every_scheduled_function_runs_as_often_as_planned(packaged):
    found = {
        name: event["Properties"]["Schedule"]
        for name, function in packaged.functions.items()
        for event in function.get("Events", {}).values()
        if event["Type"] == "Schedule"
    }

    assert found == {name: rate for name, (rate, _) in SCHEDULES.items()}


@pytest.mark.parametrize("function", SCHEDULES)
def test_a_schedule_that_does_not_run_is_an_alarm(packaged, function):
    (alarm,) = [
        one
        for name, one in packaged.of_type("AWS::CloudWatch::Alarm").items()
        if name.endswith("NotRunAlarm") and _target(one["Dimensions"][0]["Value"]) == function
    ]

    assert alarm["TreatMissingData"] == "breaching"
    assert (alarm["MetricName"], alarm["ComparisonOperator"], alarm["Threshold"]) == (
        "Invocations",
        "LessThanThreshold",
        1,
    )
    assert timedelta(seconds=alarm["Period"] * alarm["EvaluationPeriods"]) == SCHEDULES[function][1]


def test_the_api_is_regional_throttled_and_watched(packaged):
    api = packaged.of_type("AWS::Serverless::Api")["RestAPI"]
    alarm = packaged.of_type("AWS::CloudWatch::Alarm")["ApiFailingAlarm"]
    named = {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}

    assert api["EndpointConfiguration"] == "REGIONAL"
    assert {setting["ResourcePath"] for setting in api["MethodSettings"]} == {
        "/*",
        "/~1v1~1webhooks~1{carrier}",
    }
    assert all(setting["ThrottlingRateLimit"] > 0 for setting in api["MethodSettings"])
    assert named == {"ApiName": api["DefinitionBody"]["info"]["title"], "Stage": api["StageName"]}


def test_deployed_stages_run_on_arm64_and_the_embedded_one_on_its_host(packages):
    deployed = [packages[stage].functions.values() for stage in ("dev", "prod")]

    assert all(function["Architectures"] == ["arm64"] for functions in deployed for function in functions)
    assert build_template("local", "x86_64")["Resources"]["OnPollDue"]["Properties"]["Architectures"] == ["x86_64"]
    assert build_template("local", "aarch64")["Resources"]["OnPollDue"]["Properties"]["Architectures"] == ["arm64"]


def test_the_table_can_be_restored_is_encrypted_and_forgets(packaged):
    table = packaged.of_type("AWS::DynamoDB::Table")["Table"]

    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {
        "PointInTimeRecoveryEnabled": True,
        "RecoveryPeriodInDays": 35,
    }
    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


def test_the_indexes_carry_keys_only(packaged):
    indexes = packaged.of_type("AWS::DynamoDB::Table")["Table"]["GlobalSecondaryIndexes"]

    keys = {row["IndexName"]: [key["AttributeName"] for key in row["KeySchema"]] for row in indexes}

    assert keys == {"due": ["due_shard", "due_at"], "listing": ["listed_as", "listed_at"]}
    assert {row["Projection"]["ProjectionType"] for row in indexes} == {"KEYS_ONLY"}


def test_production_data_outlives_a_deleted_stack(packages):
    resources = packages["prod"].template["Resources"]
    kept = {name for name, resource in resources.items() if resource.get("DeletionPolicy") == "Retain"}

    assert {"Table", "EvidenceBucket", "PersonKey"} <= kept
    assert all(resources[name]["UpdateReplacePolicy"] == "Retain" for name in kept)
    assert resources["Table"]["Properties"]["DeletionProtectionEnabled"] is True


def test_the_evidence_bucket_is_private_encrypted_and_versioned(packaged):
    bucket = packaged.of_type("AWS::S3::Bucket")["EvidenceBucket"]

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "raw/" in {rule.get("Prefix") for rule in bucket["LifecycleConfiguration"]["Rules"]}


@pytest.mark.parametrize("prefix", ["labels/", "papers/"])
def test_labels_and_papers_are_kept_seven_years_and_no_longer(packaged, prefix):
    rules = packaged.of_type("AWS::S3::Bucket")["EvidenceBucket"]["LifecycleConfiguration"]["Rules"]
    (days,) = [rule["ExpirationInDays"] for rule in rules if rule.get("Prefix") == prefix]

    longest = max((date(year + 7, 1, 1) - date(year, 1, 1)).days for year in range(2026, 2034))
    assert days == longest


def test_the_evidence_bucket_is_reached_over_tls_only(packaged):
    policy = packaged.of_type("AWS::S3::BucketPolicy")["EvidenceBucketPolicy"]

    (statement,) = policy["PolicyDocument"]["Statement"]

    assert (statement["Effect"], statement["Condition"]) == (
        "Deny",
        {"Bool": {"aws:SecureTransport": "false"}},
    )


def test_the_key_of_personal_values_is_rotated(packaged):
    assert packaged.of_type("AWS::KMS::Key")["PersonKey"]["EnableKeyRotation"] is True


def test_no_secret_value_stands_in_the_template(packaged):
    for secret in packaged.of_type("AWS::SecretsManager::Secret").values():
        assert "SecretString" not in secret
        assert secret["GenerateSecretString"]["SecretStringTemplate"] == "{}"


def test_a_parked_event_is_forgotten_shortly_before_the_body_it_points_at(packaged):
    rules = packaged.of_type("AWS::S3::Bucket")["EvidenceBucket"]["LifecycleConfiguration"]["Rules"]
    (body_days,) = [rule["ExpirationInDays"] for rule in rules if rule.get("Prefix") == "raw/"]
    expiry = packaged.of_type("AWS::DynamoDB::Table")["Table"]["TimeToLiveSpecification"]["AttributeName"]
    parked = a_parked()

    kept = datetime.fromtimestamp(parked_item(parked)[expiry], UTC) - parked.received_at

    assert timedelta(days=body_days - 7) <= kept < timedelta(days=body_days)


def test_the_dashboard_shows_every_function_and_queue(packaged):
    board = packaged.of_type("AWS::CloudWatch::Dashboard")["Dashboard"]["DashboardBody"]["Fn::Sub"]

    assert json.loads(board)["widgets"]
    assert all(f"${{{name}}}" in board for name in packaged.functions)
    assert all(f"${{{name}.QueueName}}" in board for name in packaged.of_type("AWS::SQS::Queue"))


def test_cloudformation_accepts_the_template(packaged):
    linter = Path(sys.executable).with_name("cfn-lint")

    done = subprocess.run([linter, packaged.folder / "sam.json"], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")

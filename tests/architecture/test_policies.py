"""Who may do what: one hand-written policy per function, as narrow as its story."""

import re

import pytest

from chalicelib.settings import NEEDED_BY
from infra.build_template import ENV_BY_FUNCTION, FUNCTIONS

# What a policy may end a resource with after a name of ours.
OPEN_ENDS = re.compile(r"\$\{(EvidenceBucket\.Arn\}/[a-z]+/|Table\.Arn\}/index/)\*")
READ_AND_CHANGE = {"GetItem", "UpdateItem"}
TABLE_ACTIONS_BY_FUNCTION = {
    "APIHandler": {"BatchGetItem", "PutItem", "Query"} | READ_AND_CHANGE,
    "OnTrackingReceived": {"PutItem", "Query", "UpdateItem"},
    "OnPollDue": {"PutItem", "Query"} | READ_AND_CHANGE,
    "OnStepDue": {"BatchGetItem", "PutItem", "Query"} | READ_AND_CHANGE,
    "OnPapersDue": {"Query"} | READ_AND_CHANGE,
    "OnAlertRaised": {"PutItem", "Query"} | READ_AND_CHANGE,
    "OnNoticeDue": {"BatchGetItem", "PutItem", "Query"} | READ_AND_CHANGE,
    "OnEvidenceDue": {"PutItem", "Query"} | READ_AND_CHANGE,
    "OnPaymentDue": {"BatchGetItem", "PutItem", "Query"} | READ_AND_CHANGE,
    "OnDeliveryDue": {"PutItem", "Query"} | READ_AND_CHANGE,
    "DailyDigest": {"BatchGetItem", "PutItem", "Query"} | READ_AND_CHANGE,
    "RefreshRates": {"Query"} | READ_AND_CHANGE,
    "WatchRules": {"GetItem"},
    "SweepDueWork": READ_AND_CHANGE,
}
SENDS_BY_FUNCTION = {
    "APIHandler": {
        "TrackingQueue", "StepsQueue", "PapersQueue", "AlertsQueue", "DeliveriesQueue", "NoticesQueue",
        "EvidenceQueue", "PaymentsQueue",
    },
    "OnTrackingReceived": {"StepsQueue", "AlertsQueue", "TrackingDeadLetters"},
    "OnPollDue": {"StepsQueue", "AlertsQueue", "PollsDeadLetters"},
    "OnStepDue": {"StepsQueue", "PapersQueue", "AlertsQueue", "NoticesQueue", "PaymentsQueue", "StepsDeadLetters"},
    "OnPapersDue": {"AlertsQueue", "PapersDeadLetters"},
    "OnAlertRaised": {"StepsQueue", "NoticesQueue", "DeliveriesQueue", "AlertsDeadLetters"},
    "OnNoticeDue": {"AlertsQueue", "NoticesDeadLetters"},
    "OnDeliveryDue": {"AlertsQueue", "DeliveriesQueue", "DeliveriesDeadLetters"},
    "OnEvidenceDue": {"StepsQueue", "AlertsQueue", "NoticesQueue", "EvidenceDeadLetters"},
    "OnPaymentDue": {"StepsQueue", "AlertsQueue", "NoticesQueue", "PaymentsDeadLetters"},
    "DailyDigest": {"DeliveriesQueue"},
    "RefreshRates": {"AlertsQueue"},
    "WatchRules": {"AlertsQueue"},
    "SweepDueWork": {"PollsQueue", "StepsQueue", "AlertsQueue", "DeliveriesQueue", "EvidenceQueue", "PaymentsQueue"},
}  # fmt: skip
SECRET_BY_FUNCTION = {
    "APIHandler": {"WebhooksSecret"},
    "OnPollDue": {"CarriersSecret"},
    "OnStepDue": {"CarriersSecret"},
    "OnDeliveryDue": {"ReceiversSecret"},
    "OnPaymentDue": {"PaymentsSecret"},
}
# What a function may read and write of the evidence bucket, by the first part of its keys.
EVIDENCE_BY_FUNCTION = {
    "APIHandler": {
        "s3:PutObject": {"raw", "uploads"},
        "s3:GetObject": {"labels", "papers", "claims", "exports", "shown", "evidence"},
    },
    "OnEvidenceDue": {"s3:PutObject": {"evidence", "shown"}, "s3:GetObject": {"uploads", "evidence", "shown"}},
    "OnTrackingReceived": {"s3:PutObject": {"raw"}, "s3:GetObject": {"raw"}},
    "OnPollDue": {"s3:PutObject": {"raw"}, "s3:GetObject": {"raw"}},
    "OnStepDue": {"s3:PutObject": {"labels", "erased"}, "s3:GetObject": {"raw"}},
    "OnPapersDue": {"s3:PutObject": {"papers", "claims", "exports"}, "s3:GetObject": {"labels", "papers"}},
}
# The keys under which a function may delete: answers that ran out, parked events that found their leg.
DELETES_BY_FUNCTION = {
    "OnTrackingReceived": {"dynamodb:DeleteItem": ["NUM#*"]},
    "OnPollDue": {"dynamodb:DeleteItem": ["NUM#*"]},
    "OnStepDue": {"dynamodb:DeleteItem": ["NUM#*"]},
}
RESOURCE_BY_ENV = {
    "QUEUE_TRACKING": "TrackingQueue",
    "QUEUE_POLLS": "PollsQueue",
    "QUEUE_STEPS": "StepsQueue",
    "QUEUE_PAPERS": "PapersQueue",
    "QUEUE_ALERTS": "AlertsQueue",
    "DEAD_LETTERS_TRACKING": "TrackingDeadLetters",
    "DEAD_LETTERS_POLLS": "PollsDeadLetters",
    "DEAD_LETTERS_STEPS": "StepsDeadLetters",
    "DEAD_LETTERS_PAPERS": "PapersDeadLetters",
    "DEAD_LETTERS_ALERTS": "AlertsDeadLetters",
    "QUEUE_NOTICES": "NoticesQueue",
    "QUEUE_DELIVERIES": "DeliveriesQueue",
    "DEAD_LETTERS_NOTICES": "NoticesDeadLetters",
    "DEAD_LETTERS_DELIVERIES": "DeliveriesDeadLetters",
    "SECRET_RECEIVERS": "ReceiversSecret",
    "SECRET_PAYMENTS": "PaymentsSecret",
    "QUEUE_EVIDENCE": "EvidenceQueue",
    "QUEUE_PAYMENTS": "PaymentsQueue",
    "DEAD_LETTERS_EVIDENCE": "EvidenceDeadLetters",
    "DEAD_LETTERS_PAYMENTS": "PaymentsDeadLetters",
    "TOPIC": "AlertTopic",
    "MAIL_DOMAIN": "MailDomain",
    "TABLE": "Table",
    "SECRET_WEBHOOKS": "WebhooksSecret",
    "SECRET_CARRIERS": "CarriersSecret",
    "KMS_KEY": "PersonKey",
    "EVIDENCE_BUCKET": "EvidenceBucket",
}


def _listed(value):
    return value if isinstance(value, list) else [value]


def too_wide(statement: dict) -> list[str]:
    """Name what in a statement reaches further than a named thing."""
    wide = [action for action in _listed(statement["Action"]) if "*" in action]
    for resource in _listed(statement["Resource"]):
        text = resource if isinstance(resource, str) else resource.get("Fn::Sub", "")
        if "*" in text and not OPEN_ENDS.fullmatch(text):
            wide.append(text)
    return wide + [key for key in ("NotAction", "NotResource") if key in statement]


def named(resource) -> str:
    """Give the logical id a policy resource names."""
    if "Ref" in resource:
        return resource["Ref"]
    if "Fn::GetAtt" in resource:
        return resource["Fn::GetAtt"][0]
    return re.search(r"\$\{(\w+)[.}]", resource["Fn::Sub"].replace("${AWS::", ""))[1]


def _allowed(packaged, function: str, action: str) -> set[str]:
    return {
        named(resource)
        for statement in packaged.statements(function)
        if action in _listed(statement["Action"])
        for resource in _listed(statement["Resource"])
    }


def test_every_function_has_a_role_of_its_own(packaged):
    roles = [function["Role"]["Fn::GetAtt"][0] for function in packaged.functions.values()]

    assert len(set(roles)) == len(roles) == len(packaged.of_type("AWS::IAM::Role"))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_policy_reaches_further_than_a_named_thing(packaged, function):
    statements = packaged.statements(function)

    assert statements
    assert [wide for statement in statements for wide in too_wide(statement)] == []
    assert {statement["Effect"] for statement in statements} == {"Allow"}


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("sqs:*", {"Ref": "Table"}),
        ("dynamodb:Get*", {"Ref": "Table"}),
        ("sns:Publish", "*"),
        ("s3:PutObject", {"Fn::Sub": "${EvidenceBucket.Arn}/*"}),
        ("s3:PutObject", "arn:aws:s3:::*"),
        ("logs:PutLogEvents", {"Fn::Sub": "arn:aws:logs:*:*:*"}),
    ],
)
def test_a_policy_that_reaches_further_is_found(action, resource):
    assert too_wide({"Action": action, "Resource": [resource]})


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_sends_only_to_the_queues_of_its_story(packaged, function):
    assert _allowed(packaged, function, "sqs:SendMessage") == SENDS_BY_FUNCTION[function]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_takes_only_from_its_own_queue(packaged, function):
    source = packaged.queue_sources.get(function)
    own = {source["Queue"]["Fn::GetAtt"][0]} if source else set()

    assert _allowed(packaged, function, "sqs:ReceiveMessage") == own
    assert _allowed(packaged, function, "sqs:DeleteMessage") == own


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_polls_and_steps_read_carrier_credentials_and_only_deliveries_those_of_receivers(packaged, function):
    read = _allowed(packaged, function, "secretsmanager:GetSecretValue")

    assert read == SECRET_BY_FUNCTION.get(function, set())


def test_the_public_function_knows_nothing_of_carrier_credentials(packaged):
    told = packaged.functions["APIHandler"]["Environment"]["Variables"]

    assert "CarriersSecret" not in str(told) + str(packaged.statements("APIHandler"))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_the_api_seals_and_only_waybills_papers_and_notices_open_personal_values(packaged, function):
    assert bool(_allowed(packaged, function, "kms:Decrypt")) is (
        function in ("OnStepDue", "OnPapersDue", "OnNoticeDue")
    )
    assert bool(_allowed(packaged, function, "kms:GenerateDataKey")) is (function in ("APIHandler", "OnNoticeDue"))


@pytest.mark.parametrize(
    ("function", "action"),
    [
        ("APIHandler", "kms:GenerateDataKey"),
        ("OnStepDue", "kms:Decrypt"),
        ("OnPapersDue", "kms:Decrypt"),
        ("OnNoticeDue", "kms:Decrypt"),
        ("OnNoticeDue", "kms:GenerateDataKey"),
    ],
)
def test_personal_values_are_sealed_and_opened_only_for_a_named_case(packaged, function, action):
    (statement,) = [row for row in packaged.statements(function) if action in row["Action"]]

    assert statement["Condition"] == {"Null": {"kms:EncryptionContext:case_id": "false"}}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_does_to_the_table_what_its_story_does_and_deletes_hardly_anything(packaged, function):
    statements = [row for row in packaged.statements(function) if "dynamodb:" in str(row["Action"])]
    plain = {
        action.removeprefix("dynamodb:")
        for row in statements
        if "Condition" not in row and row["Resource"] == [{"Fn::GetAtt": ["Table", "Arn"]}]
        for action in _listed(row["Action"])
    }
    narrowed = {
        action: row["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
        for row in statements
        if "Condition" in row
        for action in _listed(row["Action"])
    }

    assert plain == TABLE_ACTIONS_BY_FUNCTION[function]
    assert narrowed == DELETES_BY_FUNCTION.get(function, {})


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_reads_and_writes_its_own_part_of_the_evidence_and_no_other(packaged, function):
    found: dict[str, set[str]] = {}
    for statement in packaged.statements(function):
        for action in _listed(statement["Action"]):
            if action.startswith("s3:"):
                parts = {row["Fn::Sub"].split("/")[1] for row in _listed(statement["Resource"])}
                found.setdefault(action, set()).update(parts)

    assert found == EVIDENCE_BY_FUNCTION.get(function, {})


def test_only_the_sweep_reads_what_is_due_and_only_the_api_and_the_digest_list(packaged):
    indexed = {
        function: sorted(
            resource["Fn::Sub"]
            for statement in packaged.statements(function)
            for resource in _listed(statement["Resource"])
            if "/index/" in resource.get("Fn::Sub", "")
        )
        for function in FUNCTIONS
    }

    assert {function: found for function, found in indexed.items() if found} == {
        "APIHandler": ["${Table.Arn}/index/listing"],
        "DailyDigest": ["${Table.Arn}/index/listing"],
        "SweepDueWork": ["${Table.Arn}/index/due"],
    }


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_s_settings_ask_for_what_the_template_tells_it(packaged, function):
    handler = packaged.functions[function]["Handler"]

    assert NEEDED_BY[handler] == set(ENV_BY_FUNCTION[function])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_use_what_its_environment_names_and_nothing_else(packaged, function):
    log_group = packaged.functions[function]["LoggingConfig"]["LogGroup"]["Ref"]
    source = packaged.queue_sources.get(function)
    own = {log_group} | ({source["Queue"]["Fn::GetAtt"][0]} if source else set())
    used = {named(row) for statement in packaged.statements(function) for row in _listed(statement["Resource"])}
    told = {RESOURCE_BY_ENV[name] for name in ENV_BY_FUNCTION[function] if name in RESOURCE_BY_ENV}

    assert used == told | own


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_told_only_what_it_needs(packaged, function):
    told = packaged.functions[function]["Environment"]["Variables"]

    assert set(told) == {"GOLDTHREAD_STAGE"} | {f"GOLDTHREAD_{name}" for name in ENV_BY_FUNCTION[function]}
    assert told["GOLDTHREAD_STAGE"] == packaged.stage

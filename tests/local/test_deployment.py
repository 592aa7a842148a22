"""The packaged stage `local` on the embedded AWS: deployed once, then updated, never made anew."""

import json
import shutil

import pytest

from infra.build_template import QUEUES
from infra.local import local_secrets
from infra.local.child import LocalRunError, free_port
from infra.local.deployment import HOST, STACK, deploy
from infra.local.door import Door
from infra.local.stack import PYTHON, Ministack
from infra.package import BUILD, package

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.skipif(not PYTHON.exists(), reason="not installed: make .venv-local/made"),
]
FEDEX = {"FedexUrl": "http://127.0.0.1:4610"}
KEPT = {"PK": {"S": "CASE#1"}, "SK": {"S": "CASE"}}


@pytest.fixture(scope="module")
def aws(tmp_path_factory):
    with Ministack(free_port(), tmp_path_factory.mktemp("aws"), keep=False) as embedded:
        yield embedded


@pytest.fixture(scope="module")
def build():
    package("local")
    return BUILD / "local"


@pytest.fixture(scope="module")
def deployed(aws, build):
    return deploy(aws, build, FEDEX)


def test_the_api_answers_under_a_name_of_its_own(aws, deployed):
    answer = Door(aws.port, HOST).call("GET", "/v1/health")
    assert (answer.status, answer.body) == (200, {"status": "ok"})


def test_what_is_deployed_already_is_not_deployed_again(aws, build, deployed):
    again = deploy(aws, build, FEDEX)
    assert deployed.changed
    assert not again.changed
    assert (again.resources, again.outputs) == (deployed.resources, deployed.outputs)


def test_a_change_updates_the_stack_and_keeps_what_is_stored(aws, build, deployed, tmp_path):
    table = deployed.resources["Table"]
    aws.client("dynamodb").put_item(TableName=table, Item=KEPT)
    changed = shutil.copytree(build, tmp_path / "changed")
    template = json.loads((changed / "sam.json").read_text())
    template["Outputs"]["Another"] = {"Value": "output"}
    (changed / "sam.json").write_text(json.dumps(template))
    (changed / "hash").write_text("another")

    after = deploy(aws, changed, {"FedexUrl": "http://127.0.0.1:4711"})

    assert (after.changed, after.resources["Table"]) == (True, table)
    assert aws.client("dynamodb").get_item(TableName=table, Key=KEPT)["Item"] == KEPT
    function = aws.client("lambda").get_function_configuration(FunctionName=after.resources["OnPollDue"])
    assert function["Environment"]["Variables"]["GOLDTHREAD_FEDEX_URL"] == "http://127.0.0.1:4711"
    assert Door(aws.port, HOST).call("GET", "/v1/health").status == 200


def test_only_alarms_on_formulas_are_left_out(aws, build, deployed):
    template = json.loads((build / "sam.json").read_text())["Resources"]
    assert set(deployed.left_out) == {name for name in template if name.endswith("ErrorsAlarm")}
    assert set(template) - set(deployed.left_out) <= set(deployed.resources)


def test_items_expire_as_the_template_says(aws, deployed):
    told = aws.client("dynamodb").describe_time_to_live(TableName=deployed.resources["Table"])
    assert told["TimeToLiveDescription"] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}


def test_every_queue_reports_partial_failures_and_has_its_dead_letters(aws, deployed):
    mappings = aws.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert len(mappings) == len(QUEUES)
    assert all(row["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for row in mappings)


def test_secrets_are_made_once_and_put_where_the_functions_look(aws, deployed, tmp_path):
    made = local_secrets.load_or_make(tmp_path / "secrets.json", "http://127.0.0.1:4610")
    assert local_secrets.load_or_make(tmp_path / "secrets.json", "http://127.0.0.1:4610") == made
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0
    local_secrets.put(aws, deployed, made)
    stored = aws.client("secretsmanager").get_secret_value(SecretId=deployed.resources["WebhooksSecret"])
    assert json.loads(stored["SecretString"]) == made["webhooks"]


def test_receivers_keep_their_secrets_and_are_found_where_they_answer_this_time(tmp_path):
    first = local_secrets.load_or_make(tmp_path / "secrets.json", "http://127.0.0.1:4610")["receivers"]
    later = local_secrets.load_or_make(tmp_path / "secrets.json", "http://127.0.0.1:4710")["receivers"]
    assert {name: one["secrets"] for name, one in first.items()} == {
        name: one["secrets"] for name, one in later.items()
    }
    assert {one["url"] for one in later.values()} == {f"http://127.0.0.1:4710/receivers/{name}" for name in later}


def test_mails_may_be_sent_from_the_domain_of_the_local_stage(aws):
    for _ in range(2):
        local_secrets.prove_sender(aws)
    sent = aws.client("sesv2").send_email(
        FromEmailAddress="returns@example.com",
        Destination={"ToAddresses": ["camille@example.com"]},
        Content={"Simple": {"Subject": {"Data": "hello"}, "Body": {"Text": {"Data": "there"}}}},
    )
    assert sent["MessageId"]


def test_a_template_that_cannot_be_deployed_says_why_and_the_next_one_is_deployed(build, tmp_path):
    broken = shutil.copytree(build, tmp_path / "broken")
    template = json.loads((broken / "sam.json").read_text())
    template["Resources"]["Odd"] = {"Type": "AWS::Nobody::Knows"}
    (broken / "sam.json").write_text(json.dumps(template))
    with Ministack(free_port(), tmp_path / "aws", keep=False) as aws:
        with pytest.raises(LocalRunError, match="AWS::Nobody::Knows"):
            deploy(aws, broken, FEDEX)
        assert deploy(aws, build, FEDEX).changed
        assert aws.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"] in (
            "CREATE_COMPLETE",
            "UPDATE_COMPLETE",
        )

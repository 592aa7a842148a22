"""Deploying: what would be asked of AWS, told to clients that only write it down."""

import json
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError, WaiterError

from infra.deploy import deploy, deployable

NO_STACK = ClientError({"Error": {"Code": "ValidationError", "Message": "Stack does not exist"}}, "DescribeStacks")
DENIED = ClientError({"Error": {"Code": "AccessDenied", "Message": "not yours"}}, "DescribeStacks")
NO_CHANGE = "The submitted information didn't contain changes."


class Account:
    """An account that remembers what it was asked for."""

    def __init__(self, status=None, refused=None):
        self.status, self.refused, self.asked = status, refused, []
        self.meta = SimpleNamespace(endpoint_url="https://s3.eu-west-1.amazonaws.com")

    def client(self, _name):
        return self

    def upload_file(self, path, bucket, key):
        self.asked.append(("upload", bucket, key))

    def put_object(self, **asked):
        self.template = json.loads(asked["Body"])

    def describe_stacks(self, **_asked):
        if isinstance(self.status, ClientError):
            raise self.status
        return {"Stacks": [{"StackStatus": self.status}]}

    def create_change_set(self, **asked):
        self.asked.append((asked["ChangeSetType"], asked["StackName"], asked["TemplateURL"]))

    def describe_change_set(self, **_asked):
        return {"StatusReason": self.refused}

    def delete_change_set(self, **_asked):
        self.asked.append(("forget",))

    def execute_change_set(self, **_asked):
        self.asked.append(("execute",))

    def get_waiter(self, name):
        def wait(**_asked):
            if self.refused and name == "change_set_create_complete":
                raise WaiterError(name, self.refused, {})
            self.asked.append((name,))

        return SimpleNamespace(wait=wait)


@pytest.fixture
def build(tmp_path):
    folder = tmp_path / "dev"
    folder.mkdir()
    (folder / "hash").write_text("cafe\n")
    function = {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "./deployment.zip"}}
    (folder / "sam.json").write_text(json.dumps({"Resources": {"OnPollDue": function}}))
    return tmp_path


@pytest.mark.parametrize(
    ("status", "kind"),
    [(NO_STACK, "CREATE"), ("REVIEW_IN_PROGRESS", "CREATE"), ("UPDATE_COMPLETE", "UPDATE")],
)
def test_a_stack_is_made_or_updated_by_a_change_set(build, status, kind):
    account = Account(status)

    said = deploy("dev", "code", build, account)

    assert said == f"goldthread-dev: {kind.lower()}d"
    assert account.asked == [
        ("upload", "code", "goldthread/cafe.zip"),
        (kind, "goldthread-dev", "https://s3.eu-west-1.amazonaws.com/code/goldthread/cafe.json"),
        ("change_set_create_complete",),
        ("execute",),
        (f"stack_{kind.lower()}_complete",),
    ]
    assert account.template["Resources"]["OnPollDue"]["Properties"]["CodeUri"] == {
        "Bucket": "code",
        "Key": "goldthread/cafe.zip",
    }


def test_a_deploy_without_changes_executes_nothing(build):
    account = Account("UPDATE_COMPLETE", refused=NO_CHANGE)

    assert deploy("dev", "code", build, account) == "goldthread-dev: unchanged"
    assert account.asked[-1] == ("forget",)


def test_a_change_set_that_cannot_be_made_is_an_error(build):
    with pytest.raises(WaiterError):
        deploy("dev", "code", build, Account("UPDATE_COMPLETE", refused="Template format error"))


def test_a_stack_that_may_not_be_seen_is_not_taken_for_missing(build):
    with pytest.raises(ClientError, match="not yours"):
        deploy("dev", "code", build, Account(DENIED))


def test_the_packaged_template_itself_is_left_alone():
    template = {"Resources": {"F": {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "x"}}}}

    deployable(template, "bucket", "key")

    assert template["Resources"]["F"]["Properties"]["CodeUri"] == "x"

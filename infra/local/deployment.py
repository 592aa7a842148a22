"""Deploy the packaged stage `local` to the embedded AWS by CloudFormation, and bridge what it does not carry.

The stack is created once and then only updated, so what is stored in it survives every change of the code.
What was deployed is kept as a tag of the stack itself: it cannot disagree with the state it stands beside.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.local.child import LocalRunError, wait_until
from infra.local.stack import Ministack

STACK = "goldthread-local"
ARTIFACTS = "goldthread-local-artifacts"
DIGEST_TAG = "goldthread-digest"
API_STAGE = "api"
HOST = "goldthread.localhost"
DEPLOY_S = 120.0


@dataclass(frozen=True, slots=True)
class Deployed:
    """What stands on the embedded AWS: physical names by the template's names, and the outputs."""

    changed: bool
    left_out: tuple[str, ...]
    """Resources of the template that the embedded AWS cannot carry."""
    resources: Mapping[str, str]
    outputs: Mapping[str, str]

    @property
    def api_id(self) -> str:
        """The id of the REST API, which changes when its routes do; HOST does not."""
        return self.resources["RestAPI"]


def deploy(aws: Ministack, build: Path, parameters: Mapping[str, str]) -> Deployed:
    """Create or update the stack unless exactly this is deployed. Raises LocalRunError with the reason."""
    cloudformation = aws.client("cloudformation")
    template = json.loads((build / "sam.json").read_text(encoding="utf-8"))
    left_out = _leave_out(template)
    digest = _digest((build / "hash").read_text().strip(), parameters)
    before = _stack(cloudformation)
    changed = before is None or _tags(before).get(DIGEST_TAG) != digest
    if changed:
        _write_stack(aws, build, template, parameters, digest, exists=_can_be_updated(cloudformation, before))
    deployed = _read(cloudformation, left_out, changed=changed)
    if changed:
        _enable_expiry(aws, template, deployed)
        _name_the_api(aws, deployed)
    return deployed


def _leave_out(template: dict[str, Any]) -> tuple[str, ...]:
    """Bridge: alarms on a formula of metrics are refused here. Nothing refers to one, and none would ring."""
    resources = template["Resources"]
    names = [name for name, row in resources.items() if _is_formula_alarm(row)]
    for name in names:
        del resources[name]
    return tuple(names)


def _is_formula_alarm(resource: Mapping[str, Any]) -> bool:
    return resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]


def _can_be_updated(cloudformation: Any, stack: Mapping[str, Any] | None) -> bool:
    """A stack whose creation failed holds nothing, and CloudFormation only lets it be deleted."""
    if stack is None:
        return False
    if stack["StackStatus"] != "ROLLBACK_COMPLETE":
        return True
    cloudformation.delete_stack(StackName=STACK)
    if not wait_until(lambda: _stack(cloudformation) is None, DEPLOY_S):
        raise LocalRunError("the remains of a failed first deployment could not be deleted")
    return False


def _digest(package_hash: str, parameters: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps([package_hash, sorted(parameters.items())]).encode()).hexdigest()


def _stack(cloudformation: Any) -> dict[str, Any] | None:
    try:
        stacks: list[dict[str, Any]] = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return stacks[0] if stacks else None


def _tags(stack: Mapping[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in stack.get("Tags", ())}


def _write_stack(
    aws: Ministack,
    build: Path,
    template: dict[str, Any],
    parameters: Mapping[str, str],
    digest: str,
    *,
    exists: bool,
) -> None:
    cloudformation = aws.client("cloudformation")
    url = _upload(aws, build, template)
    write = cloudformation.update_stack if exists else cloudformation.create_stack
    try:
        write(
            StackName=STACK,
            TemplateURL=url,
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
            Tags=[{"Key": DIGEST_TAG, "Value": digest}],
        )
    except ClientError as error:
        raise LocalRunError(f"CloudFormation refused the template: {error}") from error
    _wait(cloudformation)


def _upload(aws: Ministack, build: Path, template: dict[str, Any]) -> str:
    """Put code and template where CloudFormation reads them: the template is larger than a request may be."""
    objects = aws.client("s3")
    objects.create_bucket(Bucket=ARTIFACTS)
    code = (build / "deployment.zip").read_bytes()
    key = f"{hashlib.sha256(code).hexdigest()}.zip"
    for old in objects.list_objects_v2(Bucket=ARTIFACTS).get("Contents", ()):
        objects.delete_object(Bucket=ARTIFACTS, Key=old["Key"])
    objects.put_object(Bucket=ARTIFACTS, Key=key, Body=code)
    for resource in template["Resources"].values():
        if "CodeUri" in resource.get("Properties", {}):
            resource["Properties"]["CodeUri"] = f"s3://{ARTIFACTS}/{key}"
    objects.put_object(Bucket=ARTIFACTS, Key="template.json", Body=json.dumps(template).encode())
    return f"{aws.endpoint}/{ARTIFACTS}/template.json"


def _wait(cloudformation: Any) -> None:
    end = time.monotonic() + DEPLOY_S
    while (stack := _stack(cloudformation)) is None or stack["StackStatus"].endswith("IN_PROGRESS"):
        if time.monotonic() > end:
            raise LocalRunError(f"CloudFormation did not finish within {DEPLOY_S:.0f} s")
        time.sleep(0.1)
    if stack["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise LocalRunError(f"CloudFormation ended with {stack['StackStatus']}: {_first_failure(cloudformation)}")


def _first_failure(cloudformation: Any) -> str:
    events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
    return "; ".join(
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason')}" for event in failed[-3:]
    )


def _read(cloudformation: Any, left_out: tuple[str, ...], *, changed: bool) -> Deployed:
    stack = _stack(cloudformation)
    if stack is None:
        raise LocalRunError("CloudFormation does not know the stack it has just written")
    resources = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    return Deployed(
        changed=changed,
        left_out=left_out,
        resources={row["LogicalResourceId"]: row["PhysicalResourceId"] for row in resources},
        outputs={row["OutputKey"]: row["OutputValue"] for row in stack.get("Outputs", ())},
    )


def _enable_expiry(aws: Ministack, template: Mapping[str, Any], deployed: Deployed) -> None:
    """Bridge: the embedded AWS leaves out a table's expiry when CloudFormation makes it."""
    tables = aws.client("dynamodb")
    for name, resource in template["Resources"].items():
        wanted = resource.get("Properties", {}).get("TimeToLiveSpecification")
        if wanted and _expiry_off(tables, deployed.resources[name]):
            tables.update_time_to_live(TableName=deployed.resources[name], TimeToLiveSpecification=wanted)


def _expiry_off(tables: Any, table: str) -> bool:
    status: str = tables.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["TimeToLiveStatus"]
    return status == "DISABLED"


def _name_the_api(aws: Ministack, deployed: Deployed) -> None:
    """Bridge: an update gives the API a new id here; a domain of its own keeps every URL as it was."""
    gateway = aws.client("apigateway")
    gateway.create_domain_name(domainName=HOST, endpointConfiguration={"types": ["REGIONAL"]})
    for mapping in gateway.get_base_path_mappings(domainName=HOST).get("items", ()):
        gateway.delete_base_path_mapping(domainName=HOST, basePath=mapping["basePath"])
    gateway.create_base_path_mapping(domainName=HOST, restApiId=deployed.api_id, stage=API_STAGE)

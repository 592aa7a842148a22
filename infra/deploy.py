"""`make deploy STAGE=dev BUCKET=name`: what `make package` made goes to AWS, by a change set.

The zip is stored in the bucket under its content hash, so a stack can always go back to one it ran before. A
stack is created or updated, never deleted: its table and bucket outlive it.
"""

import json
import sys
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError, WaiterError

from infra.package import BUILD

APP = "goldthread"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
NOTHING_TO_DO = ("didn't contain changes", "No updates are to be performed")


def deployable(template: dict[str, Any], bucket: str, key: str) -> dict[str, Any]:
    """Give the packaged template with its code in the bucket instead of beside it."""
    located: dict[str, Any] = json.loads(json.dumps(template))
    for resource in located["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": key}
    return located


def deploy(stage: str, bucket: str, build: Path = BUILD, session: Any = boto3) -> str:
    """Upload, prepare the change set, carry it out, wait; give what happened. Needs credentials."""
    package = build / stage
    digest = (package / "hash").read_text().strip()
    code, described = f"{APP}/{digest}.zip", f"{APP}/{digest}.json"
    template = json.loads((package / "sam.json").read_text(encoding="utf-8"))
    s3 = session.client("s3")
    s3.upload_file(str(package / "deployment.zip"), bucket, code)
    s3.put_object(Bucket=bucket, Key=described, Body=json.dumps(deployable(template, bucket, code)).encode())
    url = f"{s3.meta.endpoint_url}/{bucket}/{described}"
    return _change(session.client("cloudformation"), f"{APP}-{stage}", f"set-{digest[:32]}", url)


def _change(cloudformation: Any, stack: str, name: str, url: str) -> str:
    kind = "UPDATE" if _exists(cloudformation, stack) else "CREATE"
    cloudformation.create_change_set(
        StackName=stack, ChangeSetName=name, ChangeSetType=kind, TemplateURL=url, Capabilities=CAPABILITIES
    )
    try:
        cloudformation.get_waiter("change_set_create_complete").wait(StackName=stack, ChangeSetName=name)
    except WaiterError:
        found = cloudformation.describe_change_set(StackName=stack, ChangeSetName=name)
        cloudformation.delete_change_set(StackName=stack, ChangeSetName=name)
        if any(words in found.get("StatusReason", "") for words in NOTHING_TO_DO):
            return f"{stack}: unchanged"
        raise
    cloudformation.execute_change_set(StackName=stack, ChangeSetName=name)
    cloudformation.get_waiter(f"stack_{kind.lower()}_complete").wait(StackName=stack)
    return f"{stack}: {kind.lower()}d"


def _exists(cloudformation: Any, stack: str) -> bool:
    """Say whether the stack is there; one that only ever had a change set prepared is not."""
    try:
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as failed:
        if "does not exist" in str(failed):
            return False
        raise
    return bool(found["StackStatus"] != "REVIEW_IN_PROGRESS")


def main(arguments: list[str]) -> int:
    """Deploy a stage to the account of the environment."""
    if len(arguments) != 2 or arguments[0] not in ("dev", "prod"):
        print("usage: make deploy STAGE=dev|prod BUCKET=name-of-a-bucket-for-code", file=sys.stderr)
        return 2
    stage, bucket = arguments
    print(deploy(stage, bucket))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
